//! Looks at a cell, after 1,000 replicates, 2,000, 4,000 and so on: what a stop rule says there, and who waits for it.
//!
//! A rule sees nothing but the replicates before its look, and none behind it is simulated before the look is over. So a cell ends
//! after the same replicates whatever the number of threads and whatever the record has, and nothing is simulated in vain but the
//! rest of a block.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::scenario::{Expectation, Scenario, StopRules};
use crate::stats::{Interval, shared_over_looks};

use super::accumulator::CellAccumulator;
use super::blocks::Plan;
use super::judge::two_sided_confidence;
use super::judgement::{Bounds, Ruling};
use super::summary::CONFIDENCE;

/// Reason why a cell has no more replicates.
///
/// ```
/// # use std::{num::NonZero, path::Path, sync::atomic::AtomicBool};
/// use donsim::experiment::{Ended, Options, run};
/// # use donsim::scenario::Scenario;
/// # let stop = AtomicBool::new(false);
///
/// // Before the first look, after 1,000 replicates, no cell ends early.
/// let text = "schema = 1\nrun = { replicates = 9, stop = { half_width = 0.1 } }\n".to_owned();
/// # let scenario = Scenario::parse(Path::new("mine.toml"), text, &[])?;
/// let found = run(&scenario, Options::new(NonZero::<usize>::MIN, &stop), &donsim::sim::simulate, &mut ())?;
/// assert_eq!(found.summary.cells[0].ended, Some(Ended::Cap));
/// assert_eq!(Ended::Cap.name(), "cap");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It has as many as a cell may have.
    Cap,
    /// The interval of its rate is narrow enough.
    Narrow,
    /// All that is expected of it is decided.
    Decided,
}

impl Ended {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Cap, Self::Narrow, Self::Decided];

    /// Its name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cap => "cap",
            Self::Narrow => "narrow",
            Self::Decided => "decided",
        }
    }
}

/// The last look at so many replicates or fewer; `None` before the first.
pub(super) const fn last_look(replicates: u64) -> Option<u64> {
    match (replicates / StopRules::FIRST_LOOK).checked_ilog2() {
        Some(doublings) => Some(StopRules::FIRST_LOOK << doublings),
        None => None,
    }
}

/// Confidence of an interval after so many replicates that is for one look, so that all such intervals, one a look, cover together
/// as often as `confidence` says. The last replicate is a look, too.
pub(super) fn at_look(confidence: f64, replicates: u64) -> f64 {
    // As many looks as there are before the last replicate.
    let before = last_look(replicates.saturating_sub(1)).map_or(0, |look| (look / StopRules::FIRST_LOOK).ilog2() + 1);
    shared_over_looks(confidence, before)
}

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
        let waits = |taken: &mut Taken| taken.next < before;
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

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_double() {
        let looks: Vec<u64> = (1..=10_000).filter(|came| last_look(*came) == Some(*came)).collect();
        assert_eq!(looks, [1_000, 2_000, 4_000, 8_000]);
        assert_eq!([0, 999, 3_999].map(last_look), [None, None, Some(2_000)]);
        assert_eq!(last_look(u64::MAX), Some(1_000 << 54));
    }

    /// The risks of all looks add up to that of one interval, whether the last replicate is one more look or not.
    #[test]
    fn looks_share_the_risk() {
        let risk = |replicates| 1.0 - at_look(0.95, replicates);
        for (replicates, share) in [(1, 2.0), (1_000, 2.0), (1_001, 6.0), (2_000, 6.0), (2_001, 12.0), (4_000, 12.0)] {
            assert!((risk(replicates) - 0.05 / share).abs() < 1e-12, "{replicates}");
        }
        let all: f64 = (0..40).map(|look| risk(1_000 << look)).sum();
        assert!(all < 0.05 && all > 0.048, "{all}");
    }
}
