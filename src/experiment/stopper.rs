//! Stop rules: what a rule says of a cell at a look, and who waits for it.
//!
//! A rule sees nothing but the replicates before its look, and none behind it is simulated before the look is over. So a cell ends
//! after the same replicates whatever the number of threads and whatever the record has, and nothing is simulated in vain but the
//! rest of a block.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::scenario::{Expectation, Scenario, StopRules};
use crate::stats::Interval;

use super::accumulator::CellAccumulator;
use super::blocks::Plan;
use super::judge::two_sided_confidence;
use super::judgement::{Bounds, Ruling};
use super::looks::{Ended, last_look};
use super::summary::CONFIDENCE;

/// The stop rules of a scenario, with all that they need to know of it.
pub(super) struct Stopper<'a> {
    scenario: &'a Scenario,
    rules: StopRules,
    /// By cell, the expectations of it alone.
    expectations: BTreeMap<u64, Vec<&'a Expectation>>,
}

impl<'a> Stopper<'a> {
    /// `None` when all cells have all replicates.
    pub fn of(scenario: &'a Scenario) -> Option<Self> {
        let mut expectations: BTreeMap<u64, Vec<_>> = BTreeMap::new();
        for expectation in scenario.expectations() {
            for cell in expectation.subjects.iter().flat_map(|subject| subject.cells()) {
                expectations.entry(cell).or_default().push(expectation);
            }
        }
        Some(Self { scenario, rules: scenario.stop_rules()?, expectations })
    }

    /// Whether a cell ends when so many replicates have come, and why.
    pub fn ended(&self, sums: &CellAccumulator, came: u64) -> Option<Ended> {
        let is_last = came == self.scenario.run().replicates;
        if last_look(came) != Some(came) && !is_last {
            return None;
        }
        let by_rule =
            || if self.is_decided(sums) { Some(Ended::Decided) } else { self.is_narrow(sums).then_some(Ended::Narrow) };
        by_rule().or_else(|| is_last.then_some(Ended::Cap))
    }

    fn is_narrow(&self, sums: &CellAccumulator) -> bool {
        let narrow = |(metric, half_width)| {
            let interval = sums.sequence(metric).and_then(|sequence| sequence.interval(CONFIDENCE));
            interval.is_some_and(|Interval { low, high }| (high - low) / 2.0 <= half_width)
        };
        self.rules.narrow.is_some_and(narrow)
    }

    fn is_decided(&self, sums: &CellAccumulator) -> bool {
        let is_decided = |expectation: &&Expectation| {
            let confidence = two_sided_confidence(self.scenario, expectation);
            let interval = sums.sequence(expectation.metric).and_then(|sequence| sequence.interval(confidence));
            let ruling = Bounds::new(None, interval).rule(expectation.direction, expectation.threshold);
            ruling != Ruling::Inconclusive
        };
        let expected = self.expectations.get(&sums.cell.index);
        self.rules.decided && expected.is_some_and(|expected| expected.iter().all(is_decided))
    }
}

/// How far the replicates of a run are taken, for those who wait for a look.
pub(super) struct Looks {
    plan: Plan,
    /// Whether there are any.
    stops: bool,
    taken: Mutex<Taken>,
    changed: Condvar,
}

#[derive(Default)]
struct Taken {
    /// The first piece of work that is not taken.
    next: u64,
    /// Cells that a rule ended.
    ended: BTreeSet<u64>,
    is_given_up: bool,
}

/// Gives a run up when the thread that has it panics: others would wait forever for what this one no longer does.
pub(super) struct ReleaseOnPanic<'a>(&'a Looks);

impl Drop for ReleaseOnPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.give_up();
        }
    }
}

impl Looks {
    pub fn new(plan: Plan, stops: bool) -> Self {
        Self { plan, stops, taken: Mutex::default(), changed: Condvar::new() }
    }

    /// Those of some cells that have not ended, once the last look before piece `at` is over.
    pub fn open(&self, at: u64, cells: Range<u64>) -> Vec<u64> {
        if !self.stops {
            return cells.collect();
        }
        let before = self.plan.last_look_before(at);
        let waits = |taken: &mut Taken| taken.next < before && !taken.is_given_up;
        let taken = self.changed.wait_while(self.taken(), waits).unwrap_or_else(PoisonError::into_inner);
        cells.filter(|cell| !taken.ended.contains(cell)).collect()
    }

    /// A cell has ended.
    pub fn end(&self, cell: u64) {
        self.taken().ended.insert(cell);
    }

    /// All pieces before `next` are taken.
    pub fn advance(&self, next: u64) {
        self.taken().next = next;
        self.changed.notify_all();
    }

    /// Lets nobody wait any longer: no more pieces are taken.
    pub fn give_up(&self) {
        self.taken().is_given_up = true;
        self.changed.notify_all();
    }

    pub fn are_given_up(&self) -> bool {
        self.taken().is_given_up
    }

    pub const fn release_on_panic(&self) -> ReleaseOnPanic<'_> {
        ReleaseOnPanic(self)
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
