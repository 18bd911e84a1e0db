//! Exit codes.

use crate::experiment::Verdict;

/// Everything that was expected holds.
pub const PASS: u8 = 0;
/// An expectation does not hold.
pub const FAIL: u8 = 1;
/// The command line or a scenario is wrong, or results cannot be kept.
pub const USAGE: u8 = 2;
/// The run shows too little: an expectation is undecided, or a fault never acted.
pub const INCONCLUSIVE: u8 = 3;
/// Nothing is selected.
pub const NOTHING_SELECTED: u8 = 4;
/// Not everything was simulated.
pub const INCOMPLETE: u8 = 5;
/// A wrong response was accepted, or honest workflow nodes disagree; outranks all of these.
pub const SAFETY_VIOLATED: u8 = 6;
/// A replicate that was simulated twice differs from itself; outranks the rest.
pub const NONDETERMINISTIC: u8 = 7;
/// Interrupted twice: what was under way is dropped.
pub const KILLED: u8 = 130;

/// The exit codes for people.
pub(super) const HELP: &str = "\
Exit codes:
    0  everything that was expected holds
    1  an expectation does not hold
    2  the command line or a scenario is wrong, or results cannot be kept
    3  inconclusive: an expectation is undecided, or a fault of the scenario never acted
    4  nothing is selected
    5  incomplete: interrupted, or a replicate panicked
    6  safety is violated: a wrong response was accepted
    7  nondeterminism: a replicate that was simulated twice differs from itself
  130  interrupted twice: what was under way is dropped";

/// The exit code of a verdict.
#[must_use]
pub const fn code(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass => PASS,
        Verdict::Fail => FAIL,
        Verdict::Inconclusive => INCONCLUSIVE,
        Verdict::Incomplete => INCOMPLETE,
        Verdict::SafetyViolated => SAFETY_VIOLATED,
    }
}

/// The exit code of several verdicts: that of the gravest.
#[must_use]
pub fn worst(codes: impl IntoIterator<Item = u8>) -> u8 {
    const BY_GRAVITY: [u8; 8] =
        [PASS, INCONCLUSIVE, FAIL, NOTHING_SELECTED, INCOMPLETE, USAGE, SAFETY_VIOLATED, NONDETERMINISTIC];
    let gravity = |code: &u8| BY_GRAVITY.iter().position(|other| other == code);
    codes.into_iter().max_by_key(gravity).unwrap_or(PASS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn safety_outranks_the_rest() {
        assert_eq!(worst([PASS, FAIL, SAFETY_VIOLATED, INCOMPLETE]), SAFETY_VIOLATED);
        assert_eq!(worst([PASS, INCONCLUSIVE, FAIL]), FAIL);
        assert_eq!(worst([]), PASS);
    }
}
