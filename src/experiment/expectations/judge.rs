//! Judges the checks of a run as its cells are completed.
//!
//! A single cell is judged when its group ends. A difference needs both cells replicate by replicate, and they may be
//! in different groups: of a cell that is in one, the hits of every replicate are kept until its last partner has come.

use std::collections::{BTreeMap, BTreeSet};

use crate::scenario::{Expectation, Metric, Scenario, Subject};
use crate::stats::PairedDifference;

use super::{Bounds, Judgement, cells, shared_confidence, two_sided};

/// Of every replicate of a cell, how many rows are hits of a rate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Hits {
    /// Rows a replicate, the same in all.
    pub rows: u32,
    /// By replicate; [`Hits::MISSING`] for one that came to nothing.
    pub replicates: Vec<u32>,
}

impl Hits {
    /// Stands for a replicate that panicked.
    pub const MISSING: u32 = u32::MAX;
}

/// One check: an expectation and what it is checked on.
#[derive(Clone, Copy, Debug)]
struct Check {
    expectation: usize,
    subject: Subject,
}

/// A scenario's expectations and what is known of them so far.
pub(in super::super) struct Judge<'a> {
    scenario: &'a Scenario,
    /// Checks by the last of their cells in the plan, with their numbers.
    due: BTreeMap<u64, Vec<(usize, Check)>>,
    /// The rates whose hits are kept of a cell.
    paired: BTreeMap<u64, BTreeSet<Metric>>,
    /// The last cell whose difference with this one is needed.
    last_use: BTreeMap<u64, u64>,
    /// What is kept for cells to come.
    kept: BTreeMap<(u64, Metric), Hits>,
    /// By number.
    judgements: BTreeMap<usize, Judgement>,
}

impl<'a> Judge<'a> {
    pub fn new(scenario: &'a Scenario) -> Self {
        let mut judge = Self {
            scenario,
            due: BTreeMap::new(),
            paired: BTreeMap::new(),
            last_use: BTreeMap::new(),
            kept: BTreeMap::new(),
            judgements: BTreeMap::new(),
        };
        let expectations = scenario.expectations().iter().enumerate();
        let checks = expectations.flat_map(|(expectation, Expectation { subjects, .. })| {
            subjects.iter().map(move |subject| Check { expectation, subject: *subject })
        });
        checks.enumerate().for_each(|(number, check)| judge.plan(number, check));
        judge
    }

    fn plan(&mut self, number: usize, check: Check) {
        let last = cells(check.subject).max().unwrap_or_default();
        self.due.entry(last).or_default().push((number, check));
        if let Subject::Difference { of, minus } = check.subject {
            let metric = self.expectation(check).metric;
            for cell in [of, minus] {
                self.paired.entry(cell).or_default().insert(metric);
                let use_of = self.last_use.entry(cell).or_default();
                *use_of = last.max(*use_of);
            }
        }
    }

    fn expectation(&self, check: Check) -> &'a Expectation {
        &self.scenario.expectations()[check.expectation]
    }

    /// The rates whose hits are needed of every replicate of a cell.
    pub fn paired(&self, cell: u64) -> Vec<Metric> {
        self.paired.get(&cell).map(|metrics| metrics.iter().copied().collect()).unwrap_or_default()
    }

    /// Takes the next cell of the plan: what it knows of a metric at a two-sided confidence, and the hits of its rates that
    /// were asked for.
    pub fn take(&mut self, cell: u64, bounds: &dyn Fn(Metric, f64) -> Bounds, hits: Vec<(Metric, Hits)>) {
        self.kept.extend(hits.into_iter().map(|(metric, hits)| ((cell, metric), hits)));
        let due = self.due.remove(&cell).unwrap_or_default();
        for (number, check) in &due {
            let check = *check;
            let expectation = self.expectation(check);
            let confidence = shared_confidence(self.scenario, expectation.confidence);
            let found = match check.subject {
                Subject::Cell(_) => bounds(expectation.metric, two_sided(confidence)),
                Subject::Difference { of, minus } => self.difference(expectation.metric, [of, minus], confidence),
            };
            let judgement = self.judgement(check, confidence, found);
            self.judgements.insert(*number, judgement);
        }
        due.into_iter().flat_map(|(_, check)| cells(check.subject)).for_each(|used| self.forget(used, cell));
    }

    /// Drops what is kept of the cell `used` unless a cell behind `now` needs it.
    fn forget(&mut self, used: u64, now: u64) {
        if self.last_use.get(&used).is_some_and(|last| *last <= now) {
            for metric in self.paired.remove(&used).unwrap_or_default() {
                self.kept.remove(&(used, metric));
            }
        }
    }

    fn difference(&self, metric: Metric, pair: [u64; 2], confidence: f64) -> Bounds {
        let [Some(a), Some(b)] = pair.map(|cell| self.kept.get(&(cell, metric))) else { return Bounds::default() };
        let mut difference = PairedDifference::new([a.rows, b.rows]);
        let replicates = a.replicates.iter().zip(&b.replicates);
        let whole = replicates.filter(|(a, b)| **a != Hits::MISSING && **b != Hits::MISSING);
        whole.for_each(|(a, b)| difference.record([*a, *b]));
        let interval = difference.interval(two_sided(confidence));
        Bounds {
            observed: difference.estimate(),
            low: interval.map(|interval| interval.low),
            high: interval.map(|interval| interval.high),
        }
    }

    fn judgement(&self, check: Check, confidence: f64, bounds: Bounds) -> Judgement {
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

    /// All that could be judged, in the order of the scenario.
    pub fn finish(self) -> Vec<Judgement> {
        self.judgements.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_are_kept_no_longer_than_they_are_needed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("demo.toml");
        let text = "schema = 1\n[[expect]]\nthat = \"accepted[0.1] - accepted[0] <= 0.5\"\n\
                    [[expect]]\nthat = \"served[0.2] - served[0] <= 0.5\"\n\
                    [sweep.grid]\nnetwork.loss = [0, 0.1, 0.2, 0.3]\nrequest.count = [1, 2]\n";
        std::fs::write(&path, text).unwrap();
        let scenario = Scenario::load(&path, &[]).unwrap();
        let mut judge = Judge::new(&scenario);
        let mut kept = Vec::new();
        for cell in 0..8 {
            let hits = judge.paired(cell).into_iter().map(|metric| (metric, Hits { rows: 1, replicates: vec![1; 9] }));
            let hits = hits.collect();
            judge.take(cell, &|_, _| Bounds::default(), hits);
            kept.push(judge.kept.len());
        }
        // Both cells without loss are in two differences each, of two rates.
        assert_eq!(kept, [2, 4, 4, 4, 2, 0, 0, 0]);
        assert!(judge.finish().iter().all(|judgement| judgement.bounds.observed == Some(0.0)));
    }
}
