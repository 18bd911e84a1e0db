//! What a finished run has to say: what it leaves out, what went wrong, what was expected, and where to look.

use std::path::PathBuf;

use crate::experiment::{Breaches, CellSummary, Findings, Ruling, Verdict, idle_faults, is_violated};
use crate::report::{against, by_gravity, judgement_line, table};
use crate::scenario::Scenario;
use crate::sim::{Breach, Safety};

use super::{count_of_cells, print, say};

/// Lines about expectations that are printed; `expectations.json` has all.
const MOST_LINES: usize = 100;

/// A run that came to its end, or was stopped.
pub(super) struct Finished<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) findings: Findings,
    pub(super) verdict: Verdict,
    /// Its results folder.
    pub(super) path: PathBuf,
    /// Name of the file in it that has its rows.
    pub(super) rows: &'static str,
}

impl Finished<'_> {
    /// Prints its table, and where the rest is.
    pub(super) fn print(&self) {
        let Self { findings, path, rows, .. } = self;
        print(table(&findings.summary));
        if findings.is_complete() {
            let path = path.display();
            print(format_args!("wrote {path}/ (report.html, cells.csv, {rows}, summary.csv, plots/)\n"));
        }
    }

    /// The replicate that shows best what is wrong, if something is.
    pub(super) fn witness(&self) -> Option<(&str, u64)> {
        let Findings { summary, panicked, breaches, witnesses, .. } = &self.findings;
        if let Some(panicked) = panicked.first() {
            return Some((&panicked.cell, panicked.replicate));
        }
        if let Some(breaches) = breaches.first() {
            return Some((&breaches.cell, breaches.replicate));
        }
        match self.verdict {
            Verdict::SafetyViolated => {
                let seen = |cell: &CellSummary| witnesses.get(&cell.id)?.unsafe_replicate;
                summary.cells.iter().find_map(|cell| Some((cell.id.as_str(), seen(cell)?)))
            }
            Verdict::Fail => {
                let failed = summary.expectations.iter().find(|judgement| judgement.ruling == Ruling::Fail)?;
                let cell = failed.cells.first()?;
                Some((cell, against(failed, witnesses).unwrap_or(0)))
            }
            _ => None,
        }
    }

    /// What chance does not explain: somebody should look for the error.
    pub(super) fn say_disagreements(&self) {
        for disagreement in &self.findings.disagreements {
            say(format_args!("warning: {disagreement}"));
        }
    }

    /// Errors of the aggregator itself: no chance, no node and no network explains them.
    pub(super) fn say_breaches(&self) {
        for Breaches { cell, rows, replicate, breach } in &self.findings.breaches {
            let did = match breach {
                Breach::DidNotAccept => "did not accept a right answer that proves itself, or enough equal ones",
                Breach::AcceptedUnproven => "accepted what neither an attestation nor enough equal answers prove",
            };
            say(format_args!(
                "error: the aggregator broke its rules {rows} times in cell {cell}, first in replicate {replicate}: it {did}"
            ));
        }
    }

    /// Faults that did not find as many payload holders as the scenario gives them.
    pub(super) fn say_shortfalls(&self) {
        let cells = &self.findings.summary.cells;
        let Some(first) = cells.first() else { return };
        for (at, fault) in first.faults.iter().enumerate() {
            let missing = |cell: &CellSummary| cell.faults.get(at).map_or(0, |fault| fault.holder_shortfall);
            let total: u64 = cells.iter().map(missing).sum();
            let replicates: u64 = cells.iter().filter(|cell| missing(cell) > 0).map(|cell| cell.replicates).sum();
            if total > 0 {
                let name = &fault.name;
                say(format_args!(
                    "warning: {name} asks for more payload holders than there were: {total} too few in {replicates} \
                     replicates; the fault took those that there were"
                ));
            }
        }
    }

    /// What cannot be judged because not all cells are selected.
    pub(super) fn say_what_is_left_out(&self) {
        let scenario = self.scenario;
        if !scenario.is_partial() {
            return;
        }
        say(format_args!("selected: {}", count_of_cells(scenario)));
        let unselected: usize = scenario.expectations().iter().map(|expectation| expectation.unselected).sum();
        if unselected > 0 {
            let all = scenario.check_count();
            say(format_args!("expect: {unselected} of {all} checks are skipped, as their cells are not all selected"));
        }
        if expected_safety(scenario, &self.findings) != scenario.safety() {
            say("safety: that it is violated is expected of the whole scenario, so it is not judged");
        }
    }

    /// One line a check; of very many, those that did not pass first.
    pub(super) fn say_expectations(&self) {
        let judgements = &self.findings.summary.expectations;
        let shown: Vec<_> =
            if judgements.len() > MOST_LINES { by_gravity(judgements) } else { judgements.iter().collect() };
        for judgement in shown.iter().take(MOST_LINES) {
            say(format_args!("expect: {}", judgement_line(judgement)));
        }
        if shown.len() > MOST_LINES {
            say(format_args!("expect: {} more in expectations.json", shown.len() - MOST_LINES));
        }
    }

    pub(super) fn say_verdict(&self) {
        let judgements = &self.findings.summary.expectations;
        let count = |ruling| judgements.iter().filter(|judgement| judgement.ruling == ruling).count();
        let (failed, undecided, all) = (count(Ruling::Fail), count(Ruling::Inconclusive), judgements.len());
        match self.verdict {
            Verdict::SafetyViolated => {
                say("safety violated: a wrong response was accepted, or workflow nodes disagree");
            }
            Verdict::Fail if failed > 0 => say(format_args!("failed: {failed} of {all} checks do not hold")),
            Verdict::Fail => say("failed: the scenario expects a violation of safety, and there was none"),
            Verdict::Inconclusive => {
                if undecided > 0 {
                    let narrow = self.scenario.stop_rules().is_some_and(|rules| rules.narrow.is_some());
                    let more =
                        if narrow { "raise run.replicates, lower run.stop.half_width" } else { "raise run.replicates" };
                    let help = format!("{more}, or ask for less");
                    say(format_args!("inconclusive: {undecided} of {all} checks are undecided; {help}"));
                }
                let idle = idle_faults(&self.findings.summary);
                if !idle.is_empty() {
                    say(format_args!("inconclusive: never acted: {}", idle.join(", ")));
                }
            }
            Verdict::Pass | Verdict::Incomplete => {}
        }
    }
}

/// What is expected of the selected cells: the violation of safety that a scenario shows may lie in the others.
pub(super) fn expected_safety(scenario: &Scenario, findings: &Findings) -> Safety {
    let is_elsewhere = scenario.is_partial() && !is_violated(&findings.summary);
    if is_elsewhere { Safety::Holds } else { scenario.safety() }
}
