//! Checks of a scenario: each of its expectations on each of its subjects.

use crate::scenario::{Scenario, Subject};

/// The one-sided confidence of every check of an expectation: its own, shared with all checks of the scenario, so that
/// a check comes out the same when others are not selected.
pub(super) fn shared_confidence(scenario: &Scenario, confidence: f64) -> f64 {
    1.0 - (1.0 - confidence) / scenario.check_count().max(1) as f64
}

/// The confidence of the two-sided interval whose ends are one-sided bounds at `confidence`.
pub(super) fn two_sided(confidence: f64) -> f64 {
    2.0 * confidence - 1.0
}

/// The cells of a subject, one or two.
pub(super) fn cells(subject: Subject) -> impl Iterator<Item = u64> {
    let (first, second) = match subject {
        Subject::Cell(cell) => (cell, None),
        Subject::Difference { of, minus } => (of, Some(minus)),
    };
    std::iter::once(first).chain(second)
}
