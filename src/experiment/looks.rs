//! Looks at a cell, after 1,000 replicates, 2,000, 4,000 and so on: when they are, what they cost, and why one was the last.

use crate::scenario::StopRules;
use crate::stats::shared_over_looks;

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
