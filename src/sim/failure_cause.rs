//! Failure causes: why a request could not succeed at a workflow node.

use serde::{Deserialize, Serialize};

use std::fmt;

/// Set of everything that happened to the right answers of a request that did not succeed, up to and in the instant in
/// which success became unreachable. Where several kinds of things share the blame, all of them are in it. Two kinds stand
/// alone: what the aggregator or a crash did while a right answer could still come.
///
/// ```
/// use donsim::sim::FailureCause;
///
/// let both = FailureCause::FAULTY.and(FailureCause::LOST);
/// assert!(both.to_string() == "faulty+lost" && FailureCause::named("faulty+lost") == Some(both));
/// assert!(!both.is_single() && !both.is_empty() && FailureCause::named("lost+faulty").is_none());
/// let from_the_start = [
///     FailureCause::NO_AGREEMENT,
///     FailureCause::TOO_FEW_HOLDERS,
///     FailureCause::TOO_FEW_REQUESTS,
///     FailureCause::DEADLINE_BEFORE_SCHEDULE,
/// ];
/// assert_eq!(FailureCause::SINGLE[..4], from_the_start);
/// let of_nobody_else = [FailureCause::AGGREGATOR_FAILED_EARLY, FailureCause::NODE_CRASHED];
/// assert_eq!(of_nobody_else.map(|cause| cause.to_string()), ["aggregator_failed_early", "node_crashed"]);
/// let other = [FailureCause::TOO_LATE, FailureCause::REJECTED_BY_AGGREGATOR, FailureCause::AGREED_ON_ERROR];
/// assert!(other.into_iter().all(FailureCause::is_single) && FailureCause::TOO_LATE < both, "single ones come first");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureCause(u16);

/// Names of the kinds, by bit.
const NAMES: [&str; 11] = [
    "no_agreement",
    "too_few_holders",
    "too_few_requests",
    "deadline_before_schedule",
    "faulty",
    "lost",
    "too_late",
    "rejected_by_aggregator",
    "aggregator_failed_early",
    "node_crashed",
    "agreed_on_error",
];

impl FailureCause {
    /// OCR found nothing that enough nodes observed.
    pub const NO_AGREEMENT: Self = Self(1);
    /// Fewer nodes hold the payload than the rules need right answers.
    pub const TOO_FEW_HOLDERS: Self = Self(1 << 1);
    /// Capability nodes were not asked by enough workflow nodes, or not by this one.
    pub const TOO_FEW_REQUESTS: Self = Self(1 << 2);
    /// The schedule asks too late for any answer to be in time.
    pub const DEADLINE_BEFORE_SCHEDULE: Self = Self(1 << 3);
    /// A fault of a capability node kept or spoilt right answers.
    pub const FAULTY: Self = Self(1 << 4);
    /// The network lost right answers, or a partition stopped them.
    pub const LOST: Self = Self(1 << 5);
    /// Right answers came after the deadline, or would have.
    pub const TOO_LATE: Self = Self(1 << 6);
    /// The aggregator heard right answers and did not count them.
    pub const REJECTED_BY_AGGREGATOR: Self = Self(1 << 7);
    /// The aggregator failed while a right answer could still come.
    pub const AGGREGATOR_FAILED_EARLY: Self = Self(1 << 8);
    /// A message crashed the workflow node while a right answer could still come.
    pub const NODE_CRASHED: Self = Self(1 << 9);
    /// The capability nodes agreed that the RPC fails.
    pub const AGREED_ON_ERROR: Self = Self(1 << 10);

    /// Every cause of one kind.
    pub const SINGLE: [Self; NAMES.len()] = [
        Self::NO_AGREEMENT,
        Self::TOO_FEW_HOLDERS,
        Self::TOO_FEW_REQUESTS,
        Self::DEADLINE_BEFORE_SCHEDULE,
        Self::FAULTY,
        Self::LOST,
        Self::TOO_LATE,
        Self::REJECTED_BY_AGGREGATOR,
        Self::AGGREGATOR_FAILED_EARLY,
        Self::NODE_CRASHED,
        Self::AGREED_ON_ERROR,
    ];

    /// The cause with this name in files.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let kind = |name| NAMES.iter().position(|known| *known == name).map(|bit| Self(1 << bit));
        let kinds: Vec<Self> = name.split('+').map(kind).collect::<Option<_>>()?;
        let cause = kinds.into_iter().fold(Self::default(), Self::and);
        (cause.to_string() == name).then_some(cause)
    }

    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether it has no kind.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether it is of one kind.
    #[must_use]
    pub const fn is_single(self) -> bool {
        self.0.is_power_of_two()
    }
}

impl PartialOrd for FailureCause {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for FailureCause {
    /// Single causes first, in the order of [`FailureCause::SINGLE`].
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.0.count_ones(), self.0).cmp(&(other.0.count_ones(), other.0))
    }
}

impl fmt::Display for FailureCause {
    /// Its name in files: the names of its kinds, joined by `+`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = NAMES.iter().enumerate().filter(|(bit, _)| self.0 & (1 << bit) != 0).map(|(_, name)| *name);
        f.write_str(&names.collect::<Vec<_>>().join("+"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for bits in 1..1 << NAMES.len() {
            let cause = FailureCause(bits);
            assert_eq!(FailureCause::named(&cause.to_string()), Some(cause));
        }
        for wrong in ["", "lost+", "lost+faulty", "lost+lost", "fate"] {
            assert_eq!(FailureCause::named(wrong), None, "{wrong}");
        }
        assert_eq!(FailureCause::FAULTY.and(FailureCause::LOST).to_string(), "faulty+lost");
    }
}
