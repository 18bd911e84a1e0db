//! Judges the checks of a run as its cells end.
//!
//! A single cell is judged when it ends. A difference needs both cells replicate by replicate, and they may be in
//! different groups: what is needed of the first is kept until the second ends.

use std::collections::BTreeMap;

use crate::scenario::{Cell, Expectation, Scenario, Subject};
use crate::stats::Proportion;

use super::super::accumulator::CellTotals;
use super::super::consumer::Consumer;
use super::super::judgement::{Bounds, Judgement};
use super::super::pair_store::PairStore;
use super::super::reading::Simulated;
use super::checks::{cells, shared_confidence, two_sided};

/// One check: its number, and an expectation's, and what it is checked on.
#[derive(Clone, Copy, Debug)]
struct Due {
    number: usize,
    expectation: usize,
    subject: Subject,
}

/// A scenario's expectations and what is known of them so far.
pub(in super::super) struct Judge<'a> {
    scenario: &'a Scenario,
    /// Checks by the last of their cells in the plan.
    due: BTreeMap<u64, Vec<Due>>,
    store: PairStore,
    /// By the number of the check, so in the order of the scenario.
    pub judgements: BTreeMap<usize, Judgement>,
}

impl<'a> Judge<'a> {
    pub fn new(scenario: &'a Scenario) -> Self {
        let mut judge =
            Self { scenario, due: BTreeMap::new(), store: PairStore::default(), judgements: BTreeMap::new() };
        let mut number = 0;
        for (at, expectation) in scenario.expectations().iter().enumerate() {
            for subject in expectation.subjects.iter().copied() {
                let last = cells(subject).max().unwrap_or_default();
                judge.due.entry(last).or_default().push(Due { number, expectation: at, subject });
                if let Subject::Difference { of, minus } = subject {
                    judge.store.want([of, minus], expectation.metric);
                }
                number += 1;
            }
        }
        judge
    }

    /// What is known of a metric of a cell that ended, or of its difference; rates by their exact intervals.
    fn bounds(&self, totals: &CellTotals<'_>, check: Due, confidence: f64) -> Bounds {
        let (metric, confidence) = (self.expectation(check).metric, two_sided(confidence));
        match check.subject {
            Subject::Cell(_) => totals.bounds(metric, confidence, Proportion::exact_interval),
            Subject::Difference { of, minus } => {
                let Some([of, minus]) = self.store.pair([of, minus], metric) else { return Bounds::default() };
                // Scenarios expect differences of rates alone.
                let (rates, _) = of.rates_apart(minus);
                Bounds::new(rates.estimate(), rates.exact_interval(confidence))
            }
        }
    }

    fn expectation(&self, check: Due) -> &'a Expectation {
        &self.scenario.expectations()[check.expectation]
    }

    fn judgement(&self, check: Due, confidence: f64, bounds: Bounds) -> Judgement {
        let expectation = self.expectation(check);
        let of: Vec<_> = cells(check.subject).map(|cell| self.scenario.cell(cell)).collect();
        let axes = self.scenario.axes().iter().enumerate();
        let common = axes.filter(|(at, _)| of.iter().all(|cell| cell.axes[*at] == of[0].axes[*at]));
        let place = common.map(|(at, axis)| format!("{} = {}", axis.key, of[0].axes[at].text));
        Judgement {
            expectation: check.expectation,
            that: expectation.that.clone(),
            condition: expectation.condition.clone(),
            line: expectation.line,
            place: place.collect::<Vec<_>>().join(", "),
            cells: of.into_iter().map(|cell| cell.id).collect(),
            metric: expectation.metric,
            direction: expectation.direction,
            threshold: expectation.threshold,
            confidence,
            bounds,
            ruling: bounds.rule(expectation.direction, expectation.threshold),
        }
    }
}

impl Consumer for Judge<'_> {
    fn replicate(&mut self, cell: &Cell, _: u64, result: &Result<Simulated, String>) {
        self.store.add(cell.index, result);
    }

    fn cell_end(&mut self, totals: &CellTotals<'_>) {
        for check in self.due.remove(&totals.cell.index).unwrap_or_default() {
            let confidence = shared_confidence(self.scenario, self.expectation(check).confidence);
            let bounds = self.bounds(totals, check, confidence);
            self.judgements.insert(check.number, self.judgement(check, confidence, bounds));
        }
        self.store.forget(totals.cell.index);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::pair_store::tests::kept;
    use super::*;

    #[test]
    fn series_are_kept_no_longer_than_they_are_needed() {
        let text = "schema = 1\n[[expect]]\nthat = \"accepted[0.1] - accepted[0] <= 0.5\"\n\
                    [[expect]]\nthat = \"served[0.2] - served[0] <= 0.5\"\n\
                    [sweep.grid]\nnetwork.loss = [0, 0.1, 0.2, 0.3]\nrequest.count = [1, 2]\n";
        let scenario = Scenario::parse(std::path::Path::new("demo.toml"), text.to_owned(), &[]).unwrap();
        // Both cells without loss are in two differences each, of two rates.
        assert_eq!(kept(&mut Judge::new(&scenario).store, scenario.cell_count()), [2, 4, 4, 4, 2, 0, 0, 0]);
    }
}
