//! Choice of the request that shows best what a replicate is a witness of.

use crate::engine::Span;
use crate::scenario::{Derivation, Direction, Metric};
use crate::sim::{Outcome, Row};

use super::RequestAt;

impl RequestAt {
    /// The request and honest caller that show why a metric is on the wrong side of what is expected: of a rate the first that
    /// counts against it, of latencies the slowest, of an amount the one with the most (or the least) of it; otherwise, and
    /// without a metric, what [`RequestAt::choose`] takes, an unsafe one first.
    pub fn showing(rows: &[Row], about: Option<(Metric, Direction)>) -> Option<Self> {
        let unsafely = |row: &Row| row.outcome == Outcome::AcceptedWrong || row.disagreement;
        let found = match about.map(|(metric, direction)| (metric.derivation(), direction)) {
            Some((Derivation::ShareOfRows(is_hit) | Derivation::ShareOfRequests(is_hit), direction)) => {
                first(rows, |row| is_hit(row) == (direction == Direction::AtMost))
            }
            Some((Derivation::Latency(_), Direction::AtMost)) => most(rows, late),
            Some((Derivation::Amount(amount), Direction::AtMost)) => most(rows, amount),
            Some((Derivation::Amount(amount), Direction::AtLeast)) => most(rows, |row| u64::MAX - amount(row)),
            Some(_) => None,
            None => first(rows, unsafely),
        };
        found.or_else(|| Self::choose(rows, |_| true))
    }

    /// The request and caller at which the first of two cells counts against what is expected of their difference, and the
    /// second does not; the first at which they differ where there is none, and otherwise as of the first cell alone.
    pub fn showing_difference([of, minus]: [&[Row]; 2], metric: Metric, direction: Direction) -> Option<Self> {
        let (Derivation::ShareOfRows(is_hit) | Derivation::ShareOfRequests(is_hit)) = metric.derivation() else {
            return Self::showing(of, Some((metric, direction)));
        };
        let is_against = |row: &Row| is_hit(row) == (direction == Direction::AtMost);
        let partner =
            |row: &Row| minus.iter().find(|other| Self::of(other) == Self::of(row)).filter(|it| is_honest(it));
        let differ = |row: &Row| partner(row).is_some_and(|other| is_hit(other) != is_hit(row));
        let against = first(of, |row| is_against(row) && differ(row));
        against.or_else(|| first(of, differ)).or_else(|| Self::showing(of, Some((metric, direction))))
    }

    /// Options of `donsim replay` that choose it.
    pub(in crate::report) fn options(self) -> String {
        format!(" --only request.{} --only workflow.{}", self.request, self.caller)
    }

    const fn of(row: &Row) -> Self {
        Self { request: row.request, caller: row.workflow_node }
    }
}

fn is_honest(row: &Row) -> bool {
    row.outcome != Outcome::Byzantine
}

/// The first honest row that is so and did not accept the right response, or the first that is so.
fn first(rows: &[Row], is_so: impl Fn(&Row) -> bool) -> Option<RequestAt> {
    let mut all = rows.iter().filter(|row| is_honest(row) && is_so(row));
    let first = all.clone().next();
    all.find(|row| !row.outcome.is_right()).or(first).map(RequestAt::of)
}

/// The first of the honest rows with the most of something.
fn most(rows: &[Row], amount: impl Fn(&Row) -> u64) -> Option<RequestAt> {
    // Of equals the last is taken, so they come backwards.
    rows.iter().rev().filter(|row| is_honest(row)).max_by_key(|row| amount(row)).map(RequestAt::of)
}

/// Latency of a row in ns; no right response is later than any.
fn late(row: &Row) -> u64 {
    row.latency.filter(|_| row.outcome.is_right()).map_or(u64::MAX, Span::as_nanos)
}
