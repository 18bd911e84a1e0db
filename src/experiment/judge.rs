//! Expectations of a scenario, held against what a run found.
//!
//! Every expectation is checked on each of its cells (or pairs of cells) by a one-sided bound. For `>=` it passes when
//! the lower bound reaches the threshold, fails when the upper bound stays below it, and otherwise the run is too small
//! to tell; `<=` is the mirror image. Bounds are the same as in the tables, but for rates, which get the exact interval:
//! at the level of a gate an approximation has no place.
//!
//! A scenario with many checks would let one pass by luck, so all of them share the risk (Bonferroni): of `m` checks in
//! the file each is made at the confidence `1 - (1 - confidence) / m`. The chance that any of them passes wrongly is
//! then at most `1 - confidence`, and so is the chance that any fails wrongly.
//!
//! Where stop rules end cells, bounds hold at all looks together: whichever look came last, a verdict is wrong no more often.
//!
//! A single cell is judged when it ends. A difference needs both cells replicate by replicate, and they may be in
//! different groups: the numbers of the first are kept until the second ends.

use std::collections::BTreeMap;

use crate::scenario::{Cell, Direction, Expectation, Scenario, Subject};
use crate::stats::Proportion;

use super::accumulator::CellTotals;
use super::consumer::Consumer;
use super::judgement::{Bounds, Judgement, Ruling};
use super::looks::at_look;
use super::pair_store::PairStore;
use super::reading::Simulated;

/// The one-sided confidence of every check of an expectation: its own, shared with all checks of the scenario, so that
/// a check comes out the same when others are not selected.
fn shared_confidence(scenario: &Scenario, expectation: &Expectation) -> f64 {
    1.0 - (1.0 - expectation.confidence) / scenario.check_count().max(1) as f64
}

/// The confidence of the two-sided interval whose ends are the one-sided bounds of such a check.
pub(super) fn two_sided_confidence(scenario: &Scenario, expectation: &Expectation) -> f64 {
    2.0 * shared_confidence(scenario, expectation) - 1.0
}

/// One check of an expectation, each with its number.
#[derive(Clone, Copy, Debug)]
struct Check<'a> {
    number: usize,
    expectation: (usize, &'a Expectation),
    subject: Subject,
}

/// A scenario's expectations and what is known of them so far.
pub(super) struct Judge<'a> {
    scenario: &'a Scenario,
    /// Checks by the last of their cells in the plan.
    due: BTreeMap<u64, Vec<Check<'a>>>,
    store: PairStore,
    /// By the number of the check, so in the order of the scenario.
    pub judgements: BTreeMap<usize, Judgement>,
}

impl<'a> Judge<'a> {
    pub fn new(scenario: &'a Scenario) -> Self {
        let (mut due, mut store) = (BTreeMap::<_, Vec<_>>::new(), PairStore::default());
        let numbered = scenario.expectations().iter().enumerate();
        let checks = numbered.flat_map(|it| it.1.subjects.iter().map(move |subject| (it, *subject)));
        for (number, (expectation, subject)) in checks.enumerate() {
            let last = subject.cells().max().unwrap_or_default();
            due.entry(last).or_default().push(Check { number, expectation, subject });
            if let Subject::Difference { of, minus } = subject {
                store.want([of, minus], expectation.1.metric);
            }
        }
        Self { scenario, due, store, judgements: BTreeMap::new() }
    }

    /// Bounds of a metric of a cell that ended, or of its difference; those of rates are exact.
    fn bounds(&self, totals: &CellTotals<'_>, check: Check<'_>) -> Bounds {
        let expectation = check.expectation.1;
        let (metric, confidence) = (expectation.metric, two_sided_confidence(self.scenario, expectation));
        match check.subject {
            Subject::Cell(_) => totals.bounds(metric, confidence, Proportion::exact_interval),
            Subject::Difference { .. } if self.scenario.run().strata => Bounds::default(),
            Subject::Difference { of, minus } => {
                let Some([of, minus]) = self.store.pair([of, minus], metric) else { return Bounds::default() };
                // Scenarios expect differences of rates alone.
                let stops = self.scenario.stop_rules().is_some();
                let confidence = if stops { at_look(confidence, of.common(minus)) } else { confidence };
                let (rates, _) = of.rates_apart(minus);
                Bounds::new(rates.estimate(), rates.exact_interval(confidence))
            }
        }
    }

    /// The replicate in which a difference goes furthest against what is expected, and how far it goes there.
    fn furthest(&self, check: Check<'_>) -> Option<(u64, f64)> {
        let Subject::Difference { of, minus } = check.subject else { return None };
        let [of, minus] = self.store.pair([of, minus], check.expectation.1.metric)?;
        match check.expectation.1.direction {
            Direction::AtLeast => of.furthest_below(minus),
            Direction::AtMost => minus.furthest_below(of).map(|(number, apart)| (number, 0.0 - apart)),
        }
    }

    fn judgement(&self, check: Check<'_>, bounds: Bounds) -> Judgement {
        let (at, expectation) = check.expectation;
        let ruling = bounds.rule(expectation.direction, expectation.threshold);
        let of: Vec<_> = check.subject.cells().map(|cell| self.scenario.cell(cell)).collect();
        let axes = self.scenario.axes().iter().enumerate();
        let common = axes.filter(|(at, _)| of.iter().all(|cell| cell.axes[*at] == of[0].axes[*at]));
        let place = common.map(|(at, axis)| format!("{} = {}", axis.key, of[0].axes[at].text));
        Judgement {
            expectation: at,
            that: expectation.that.clone(),
            condition: expectation.condition.clone(),
            line: expectation.line,
            place: place.collect::<Vec<_>>().join(", "),
            cells: of.into_iter().map(|cell| cell.id).collect(),
            metric: expectation.metric,
            direction: expectation.direction,
            threshold: expectation.threshold,
            confidence: shared_confidence(self.scenario, expectation),
            bounds,
            ruling,
            furthest: (ruling == Ruling::Fail).then(|| self.furthest(check)).flatten(),
        }
    }
}

impl Consumer for Judge<'_> {
    fn replicate(&mut self, cell: &Cell, _: u64, result: &Result<Simulated, String>) {
        self.store.add(cell.index, result);
    }

    fn cell_end(&mut self, totals: &CellTotals<'_>) {
        for check in self.due.remove(&totals.cell.index).unwrap_or_default() {
            let judgement = self.judgement(check, self.bounds(totals, check));
            self.judgements.insert(check.number, judgement);
        }
        self.store.forget(totals.cell.index);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_are_kept_no_longer_than_they_are_needed() {
        let text = "schema = 1\n[[expect]]\nthat = \"accepted[0.1] - accepted[0] <= 0.5\"\n\
                    [[expect]]\nthat = \"served[0.2] - served[0] <= 0.5\"\n\
                    [sweep.grid]\nnetwork.loss = [0, 0.1, 0.2, 0.3]\nrequest.count = [1, 2]\n";
        let scenario = Scenario::parse(std::path::Path::new("demo.toml"), text.to_owned(), &[]).unwrap();
        // Both cells without loss are in two differences each, of two rates.
        assert_eq!(Judge::new(&scenario).store.kept(scenario.cell_count()), [2, 4, 4, 4, 2, 0, 0, 0]);
    }
}
