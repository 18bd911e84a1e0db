//! Judgements: what is known of a metric, held against what is expected of it.

use crate::scenario::{Direction, Metric};
use crate::stats::Interval;

/// Outcome of one check.
///
/// ```
/// use donsim::experiment::{Bounds, Direction, Ruling};
///
/// let latency = Bounds { observed: Some(900.0), low: Some(850.0), high: Some(960.0) };
/// let rulings = [1000.0, 900.0, 800.0].map(|most| latency.rule(Direction::AtMost, most));
/// assert_eq!(rulings, [Ruling::Pass, Ruling::Inconclusive, Ruling::Fail]);
/// assert_eq!(Ruling::Inconclusive.name(), "inconclusive");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// The expectation holds.
    Pass,
    /// It does not.
    Fail,
    /// Too little is known.
    Inconclusive,
}

impl Ruling {
    /// Its name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Inconclusive => "inconclusive",
        }
    }
}

/// All that is known of a metric; latencies beyond the deadline are infinite.
///
/// ```
/// use donsim::experiment::{Bounds, Direction, Ruling};
///
/// let rate = Bounds { observed: Some(0.95), low: Some(0.9), high: Some(0.98) };
/// assert_eq!(rate.rule(Direction::AtLeast, 0.9), Ruling::Pass, "even the lower bound suffices");
/// assert_eq!(rate.rule(Direction::AtLeast, 0.95), Ruling::Inconclusive);
/// assert_eq!(Bounds { low: None, ..rate }.rule(Direction::AtLeast, 0.9), Ruling::Inconclusive);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bounds {
    /// The estimate; `None` without rows.
    pub observed: Option<f64>,
    /// One-sided lower bound; `None` where there is too little to tell.
    pub low: Option<f64>,
    /// One-sided upper bound; likewise.
    pub high: Option<f64>,
}

impl Bounds {
    /// An estimate and the ends of its interval.
    pub(super) fn new(observed: Option<f64>, interval: Option<Interval>) -> Self {
        Self { observed, low: interval.map(|interval| interval.low), high: interval.map(|interval| interval.high) }
    }

    /// Each of them in another unit.
    pub(super) fn map(self, change: impl Fn(f64) -> f64) -> Self {
        let Self { observed, low, high } = self;
        Self { observed: observed.map(&change), low: low.map(&change), high: high.map(&change) }
    }

    /// Those that are numbers; the others are open.
    pub(super) fn finite(self) -> Self {
        let finite = |value: Option<f64>| value.filter(|value| value.is_finite());
        Self { observed: finite(self.observed), low: finite(self.low), high: finite(self.high) }
    }

    /// Whether they show what is expected, or the contrary.
    #[must_use]
    pub fn rule(&self, direction: Direction, threshold: f64) -> Ruling {
        let (passes, fails) = match direction {
            Direction::AtLeast => {
                (self.low.is_some_and(|low| low >= threshold), self.high.is_some_and(|high| high < threshold))
            }
            Direction::AtMost => {
                (self.high.is_some_and(|high| high <= threshold), self.low.is_some_and(|low| low > threshold))
            }
        };
        match (passes, fails) {
            (true, _) => Ruling::Pass,
            (_, true) => Ruling::Fail,
            _ => Ruling::Inconclusive,
        }
    }
}

/// An expectation on one cell, or on the difference of two.
///
/// ```
/// # use std::{num::NonZero, path::Path, sync::atomic::AtomicBool};
/// use donsim::experiment::{Bounds, Direction, Judgement, Options, Ruling, run};
/// # use donsim::scenario::Scenario;
/// # use donsim::sim::simulate;
///
/// let text = "schema = 1\nrun.replicates = 20\n[[expect]]\nthat = \"accepted >= 0.5\"\n";
/// # let scenario = Scenario::parse(Path::new("mine.toml"), text.to_owned(), &[])?;
/// # let stop = AtomicBool::new(false);
/// let summary = run(&scenario, Options::new(NonZero::<usize>::MIN, &stop), &simulate, &mut ())?.summary;
/// let Judgement { that, bounds, ruling, .. } = &summary.expectations[0];
/// assert_eq!((&that[..], ruling.name(), bounds.observed), ("accepted >= 0.5", "pass", Some(1.0)));
/// assert_eq!(bounds.rule(Direction::AtLeast, 0.9999), Ruling::Inconclusive, "20 replicates cannot show it");
/// assert_eq!(Bounds::default().rule(Direction::AtMost, 1.0), Ruling::Inconclusive, "nothing is known");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The expectation's number in the scenario, from 0.
    pub expectation: usize,
    /// `that`, as the scenario writes it.
    pub that: String,
    /// `where`, likewise.
    pub condition: Option<String>,
    /// The line of `that` in the scenario file.
    pub line: Option<usize>,
    /// The ids of the cell, or of the two.
    pub cells: Vec<String>,
    /// The axes of the cell in words; of two cells, the axes on which they agree.
    pub place: String,
    /// Metric that is measured.
    pub metric: Metric,
    /// On which side of the threshold it is expected.
    pub direction: Direction,
    /// The threshold, in the unit of the metric.
    pub threshold: f64,
    /// The confidence of each bound by itself, after sharing the risk with all other checks.
    pub confidence: f64,
    /// Estimate and bounds.
    pub bounds: Bounds,
    /// Outcome.
    pub ruling: Ruling,
    /// Of a difference that fails, the replicate in which the two cells go furthest against what is expected, and their own
    /// difference there.
    pub furthest: Option<(u64, f64)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn bounds(low: f64, high: f64) -> Bounds {
        Bounds { observed: Some(0.5), low: Some(low), high: Some(high) }
    }

    #[test]
    fn a_bound_on_the_threshold_passes_and_never_fails() {
        for (low, high, at_least, at_most) in [
            (0.5, 0.9, Ruling::Pass, Ruling::Inconclusive),
            (0.499, 0.9, Ruling::Inconclusive, Ruling::Inconclusive),
            (0.501, 0.9, Ruling::Pass, Ruling::Fail),
            (0.1, 0.5, Ruling::Inconclusive, Ruling::Pass),
            (0.1, 0.499, Ruling::Fail, Ruling::Pass),
            (0.5, 0.5, Ruling::Pass, Ruling::Pass),
        ] {
            assert_eq!(bounds(low, high).rule(Direction::AtLeast, 0.5), at_least, "{low} {high}");
            assert_eq!(bounds(low, high).rule(Direction::AtMost, 0.5), at_most, "{low} {high}");
        }
    }

    #[test]
    fn what_is_unknown_is_inconclusive_and_beyond_the_deadline_is_late() {
        let unknown = Bounds { observed: Some(100.0), ..Bounds::default() };
        let open = Bounds { low: Some(100.0), ..unknown };
        let late = Bounds { observed: Some(f64::INFINITY), low: Some(f64::INFINITY), high: Some(f64::INFINITY) };
        for (bounds, at_most) in [(unknown, Ruling::Inconclusive), (open, Ruling::Inconclusive), (late, Ruling::Fail)] {
            assert_eq!(bounds.rule(Direction::AtMost, 2_000.0), at_most);
        }
        assert_eq!(late.rule(Direction::AtLeast, 2_000.0), Ruling::Pass);
    }
}
