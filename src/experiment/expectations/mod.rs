//! What a scenario expects, held against what a run found.
//!
//! Every expectation is checked on each of its cells (or pairs of cells) by a one-sided bound. For `>=` it passes when
//! the lower bound reaches the threshold, fails when the upper bound stays below it, and otherwise the run is too small
//! to tell; `<=` is the mirror image. What counts as a bound is the same as in the tables, but for rates, which get the
//! exact interval: at the level of a gate an approximation has no place.
//!
//! A scenario with many checks would let one pass by luck, so all of them share the risk (Bonferroni): of `m` checks in
//! the file each is made at the confidence `1 - (1 - confidence) / m`. The chance that any of them passes wrongly is
//! then at most `1 - confidence`, and so is the chance that any fails wrongly.

mod judge;
mod power;
#[cfg(test)]
mod tests;

pub(super) use judge::Judge;
pub use power::check_power;

use crate::scenario::{Direction, Metric, Scenario, Subject};

/// What came of one check.
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

/// What is known of a metric; latencies beyond the deadline are infinite.
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
    /// What is measured.
    pub metric: Metric,
    /// On which side of the threshold it is expected.
    pub direction: Direction,
    /// The threshold, in the unit of the metric.
    pub threshold: f64,
    /// The confidence of each bound by itself, after sharing the risk with all other checks.
    pub confidence: f64,
    /// What is known.
    pub bounds: Bounds,
    /// What follows.
    pub ruling: Ruling,
}

/// The one-sided confidence of every check of an expectation: its own, shared with all checks of the scenario, so that
/// a check comes out the same when others are not selected.
fn shared_confidence(scenario: &Scenario, confidence: f64) -> f64 {
    1.0 - (1.0 - confidence) / scenario.check_count().max(1) as f64
}

/// The confidence of the two-sided interval whose ends are one-sided bounds at `confidence`.
fn two_sided(confidence: f64) -> f64 {
    2.0 * confidence - 1.0
}

/// The cells of a subject, one or two.
fn cells(subject: Subject) -> impl Iterator<Item = u64> {
    let (first, second) = match subject {
        Subject::Cell(cell) => (cell, None),
        Subject::Difference { of, minus } => (of, Some(minus)),
    };
    std::iter::once(first).chain(second)
}

#[cfg(test)]
mod rules {
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
