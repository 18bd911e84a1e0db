//! Judges the checks of a run as its cells are completed.
//!
//! A single cell is judged when its group ends. A difference needs both cells replicate by replicate, and they may be
//! in different groups: the keeper has what is needed of the first when the second comes.

use std::collections::BTreeMap;

use crate::scenario::{Expectation, Metric, Scenario, Subject};

use super::super::keeper::Keeper;
use super::{Bounds, Judgement, cells, shared_confidence, two_sided};

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
    /// By number.
    judgements: BTreeMap<usize, Judgement>,
}

impl<'a> Judge<'a> {
    /// Asks `keeper` for what differences need.
    pub fn new(scenario: &'a Scenario, keeper: &mut Keeper) -> Self {
        let mut judge = Self { scenario, due: BTreeMap::new(), judgements: BTreeMap::new() };
        let expectations = scenario.expectations().iter().enumerate();
        let checks = expectations.flat_map(|(expectation, Expectation { subjects, .. })| {
            subjects.iter().map(move |subject| Check { expectation, subject: *subject })
        });
        checks.enumerate().for_each(|(number, check)| judge.plan(number, check, keeper));
        judge
    }

    fn plan(&mut self, number: usize, check: Check, keeper: &mut Keeper) {
        let last = cells(check.subject).max().unwrap_or_default();
        self.due.entry(last).or_default().push((number, check));
        if let Subject::Difference { of, minus } = check.subject {
            keeper.want([of, minus], self.expectation(check).metric);
        }
    }

    fn expectation(&self, check: Check) -> &'a Expectation {
        &self.scenario.expectations()[check.expectation]
    }

    /// Takes the next cell of the plan: what it knows of a metric at a two-sided confidence. Its series are kept by now.
    pub fn take(&mut self, cell: u64, bounds: &dyn Fn(Metric, f64) -> Bounds, keeper: &Keeper) {
        for (number, check) in self.due.remove(&cell).unwrap_or_default() {
            let expectation = self.expectation(check);
            let confidence = shared_confidence(self.scenario, expectation.confidence);
            let found = match check.subject {
                Subject::Cell(_) => bounds(expectation.metric, two_sided(confidence)),
                Subject::Difference { of, minus } => difference(keeper, expectation.metric, [of, minus], confidence),
            };
            let judgement = self.judgement(check, confidence, found);
            self.judgements.insert(number, judgement);
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

fn difference(keeper: &Keeper, metric: Metric, pair: [u64; 2], confidence: f64) -> Bounds {
    let rates = keeper.pair(pair, metric).and_then(|[of, minus]| Some(of.rates_apart(minus)?.0));
    let interval = rates.and_then(|rates| rates.exact_interval(two_sided(confidence)));
    Bounds {
        observed: rates.and_then(|rates| rates.estimate()),
        low: interval.map(|interval| interval.low),
        high: interval.map(|interval| interval.high),
    }
}
