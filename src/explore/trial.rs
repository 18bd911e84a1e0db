//! Trials: an attack as the scenario that it is, simulated, judged and listened to.

use std::collections::BTreeSet;
use std::fmt::{self, Debug, Write};
use std::mem::{Discriminant, discriminant};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use crate::aggregator::{Rejection, Verdict};
use crate::experiment::{
    self, Bounds, CellSummary, Findings, Judgement, Options, Ruling, RunError, is_violated, on_threads,
};
use crate::scenario::{Outline, Scenario};
use crate::sim::{Breach, Happening, Listener, Replicate, ReplicateCache, Safety, Setup, Side, What};

use super::Simulate;

/// What an attack breaks.
#[derive(Clone, Debug, PartialEq)]
pub enum Goal {
    /// A replicate panics: an error in donsim.
    Panic,
    /// A wrong response is accepted, or honest workflow nodes disagree.
    Safety,
    /// The aggregator goes against its rules.
    Rules(Breach),
    /// An expectation, as the scenario writes it.
    Expectation(String),
}

/// Something broken, and the most frequent failure cause beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Broken {
    /// What is broken.
    pub goal: Goal,
    /// Name of the cause; empty where nothing failed.
    pub cause: String,
}

impl Broken {
    /// The gravest thing that is broken, if something is.
    fn of(findings: &Findings, safety: Safety) -> Option<Self> {
        let cell = findings.summary.cells.first()?;
        let failed = findings.summary.expectations.iter().find(|judgement| judgement.ruling == Ruling::Fail);
        let goal = if !findings.panicked.is_empty() {
            Goal::Panic
        } else if safety == Safety::Holds && is_violated(&findings.summary) {
            Goal::Safety
        } else if let Some(breaches) = findings.breaches.first() {
            Goal::Rules(breaches.breach)
        } else {
            Goal::Expectation(failed?.that.clone())
        };
        let cause = cell.main_cause().map_or_else(String::new, |(cause, _)| cause.to_string());
        Some(Self { goal, cause })
    }
}

/// Faulty capability nodes that a scenario may have, those of its own included.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound {
    nodes: u32,
    /// Whether they may be no more than `F`, also where an attack is tried on a smaller DON.
    within_f: bool,
}

impl Bound {
    /// So many more than the cell has, or as many as its `F` allows.
    pub fn of(setup: &Setup, more: Option<u32>) -> Self {
        let (own, f) = (faulty(setup), setup.capability_don.f);
        let nodes = more.map_or(f.max(own), |more| (own + more).min(setup.capability_don.nodes));
        Self { nodes, within_f: nodes <= f }
    }

    /// Nodes that are left for an adversary.
    pub fn spare(self, setup: &Setup) -> u32 {
        self.nodes - faulty(setup).min(self.nodes)
    }

    fn allows(self, setup: &Setup) -> bool {
        let faulty = faulty(setup);
        faulty <= self.nodes && (!self.within_f || faulty <= setup.capability_don.f)
    }
}

/// Nodes that are faulty by probability come on top: they are no adversary's.
fn faulty(setup: &Setup) -> u32 {
    let faults = setup.faults.iter().filter(|fault| fault.kind.side() == Side::Capability);
    faults.map(|fault| fault.nodes.given()).sum()
}

/// A trial's outcome.
pub(super) struct Trial {
    /// Its one cell.
    pub cell: CellSummary,
    pub broken: Option<Broken>,
    /// An expectation that looks broken, if none is, with too few replicates to tell.
    pub suspected: Option<Goal>,
    /// Everything that happened and could be told apart.
    pub features: BTreeSet<String>,
}

/// Place where attacks are tried.
#[derive(Clone, Copy)]
pub(super) struct Lab<'a> {
    pub scenario: &'a Scenario,
    /// Folder of the files that scenarios name.
    pub folder: &'a Path,
    pub bound: Bound,
    pub simulate: &'a Simulate<'a>,
    pub options: Options<'a>,
}

impl Lab<'_> {
    /// Tries a scenario of one cell on all threads; all that is wrong with it when it is none.
    pub fn run(&self, outline: &Outline, seed: u64, replicates: u64) -> Result<Result<Trial, String>, RunError> {
        self.run_on(self.options.threads, outline, seed, replicates)
    }

    /// Tries several, as many at a time as there are threads, in their order.
    pub fn run_all(
        &self,
        outlines: &[Outline],
        seed: u64,
        replicates: u64,
    ) -> Result<Vec<Result<Trial, String>>, RunError> {
        let run = |at: usize| self.run_on(NonZeroUsize::MIN, &outlines[at], seed, replicates);
        on_threads(self.options.threads, outlines.len(), run).into_iter().collect()
    }

    fn run_on(
        &self,
        threads: NonZeroUsize,
        outline: &Outline,
        seed: u64,
        replicates: u64,
    ) -> Result<Result<Trial, String>, RunError> {
        let mut outline = outline.clone();
        let run = outline.table("run");
        run.set("seed", seed.to_string());
        run.set("replicates", replicates.to_string());
        let file = self.folder.join("trial.toml");
        let scenario = match Scenario::parse(&file, outline.text(), &[]) {
            Ok(scenario) => scenario,
            Err(findings) => return Ok(Err(findings.to_string())),
        };
        let setup = scenario.cell(0).setup;
        if !self.bound.allows(&setup) {
            return Ok(Err("more faulty nodes than the adversary has".to_owned()));
        }
        let features = Mutex::new(BTreeSet::new());
        let simulate = |other: &Setup, number: u64, cache: &mut ReplicateCache| {
            if *other != setup {
                // The baseline.
                return (self.simulate)(other, number, cache, None);
            }
            let mut kinds = Kinds::default();
            let replicate = (self.simulate)(other, number, cache, Some(&mut kinds));
            kinds.add_rows(&replicate);
            lock(&features).extend(kinds.names);
            replicate
        };
        // Ctrl-C waits for the trials that are under way.
        let stop = AtomicBool::new(false);
        let findings = experiment::run(&scenario, Options::new(threads, &stop), &simulate, &mut ())?;
        let broken = Broken::of(&findings, scenario.safety());
        let suspected = suspected(&findings.summary.expectations).filter(|_| broken.is_none());
        let Some(cell) = findings.summary.cells.into_iter().next() else {
            return Ok(Err("nothing was simulated".to_owned()));
        };
        let features = features.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        Ok(Ok(Trial { cell, broken, suspected, features }))
    }
}

fn suspected(judgements: &[Judgement]) -> Option<Goal> {
    let looks_broken = |judgement: &&Judgement| {
        let Judgement { bounds, direction, threshold, .. } = judgement;
        let exactly = Bounds { low: bounds.observed, high: bounds.observed, ..*bounds };
        exactly.rule(*direction, *threshold) == Ruling::Fail
    };
    judgements.iter().find(looks_broken).map(|judgement| Goal::Expectation(judgement.that.clone()))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Kinds of happenings, verdicts and outcomes of a replicate.
#[derive(Default)]
struct Kinds {
    heard: Vec<[Option<Kind>; 3]>,
    names: BTreeSet<String>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    What(Discriminant<What>),
    Verdict(Discriminant<Verdict>),
    Rejection(Discriminant<Rejection>),
}

impl Listener for Kinds {
    fn hear(&mut self, happening: &Happening) {
        let verdict = match &happening.what {
            What::Judged { verdict, .. } => Some(verdict),
            _ => None,
        };
        let rejection = match verdict {
            Some(Verdict::Rejected(rejection)) => Some(rejection),
            _ => None,
        };
        let kinds = [
            Some(Kind::What(discriminant(&happening.what))),
            verdict.map(|verdict| Kind::Verdict(discriminant(verdict))),
            rejection.map(|rejection| Kind::Rejection(discriminant(rejection))),
        ];
        if !self.heard.contains(&kinds) {
            self.heard.push(kinds);
            let names =
                [verdict.is_none().then(|| variant(&happening.what)), verdict.map(variant), rejection.map(variant)];
            self.names.insert(names.into_iter().flatten().collect::<Vec<_>>().join(" "));
        }
    }
}

impl Kinds {
    fn add_rows(&mut self, replicate: &Replicate) {
        for row in &replicate.rows {
            let cause = row.unreachable.map_or_else(String::new, |unreachable| unreachable.cause.to_string());
            self.names.insert(format!("{} {cause} {:?} {:?}", row.outcome.name(), row.judgement, row.breach));
            self.names.insert(format!("about 2^{} signatures", row.signatures_verified.checked_ilog2().unwrap_or(0)));
        }
    }
}

/// Name of a value's variant.
fn variant(value: &impl Debug) -> String {
    let mut name = FirstWord(String::new());
    // An error after the name: the bytes that a value carries are not printed.
    let _ = write!(name, "{value:?}");
    name.0
}

/// Text up to what is no letter and no digit.
struct FirstWord(String);

impl fmt::Write for FirstWord {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let word = text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        self.0.push_str(word);
        if word.len() == text.len() { Ok(()) } else { Err(fmt::Error) }
    }
}
