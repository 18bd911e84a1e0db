//! Which replicate to look at when a verdict is bad.

use std::collections::BTreeMap;

use crate::engine::Span;
use crate::scenario::{Direction, Expectation, Metric, Stat};
use crate::sim::{Outcome, Replicate, Row};

/// The first replicates of a cell in which something is to be seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Witnesses {
    /// A wrong response was accepted, or honest workflow nodes disagree.
    pub unsafe_replicate: Option<u64>,
    /// By the number of an expectation of single cells: the replicate's own value is not what is expected of all.
    pub against: BTreeMap<usize, u64>,
}

impl Witnesses {
    /// Looks at a replicate of a cell for which `expectations` hold; they come in their order.
    pub(super) fn look(&mut self, number: u64, replicate: &Replicate, expectations: &[(usize, &Expectation)]) {
        if honest(replicate).any(|row| row.outcome == Outcome::AcceptedWrong || row.disagreement) {
            self.unsafe_replicate.get_or_insert(number);
        }
        for (at, expectation) in expectations {
            if !fits(expectation, own_value(expectation.metric, replicate)) {
                self.against.entry(*at).or_insert(number);
            }
        }
    }
}

/// Whether a value is what is expected; nothing measured is.
#[must_use]
pub fn fits(expectation: &Expectation, value: Option<f64>) -> bool {
    value.is_none_or(|value| match expectation.direction {
        Direction::AtLeast => value >= expectation.threshold,
        Direction::AtMost => value <= expectation.threshold,
    })
}

/// What a metric is in one replicate alone, in its unit; infinite for a latency that is beyond the deadline, `None` without
/// honest rows.
#[must_use]
pub fn own_value(metric: Metric, replicate: &Replicate) -> Option<f64> {
    let requests = replicate.rows.iter().filter(|row| row.workflow_node == 0).count();
    let share = |count: usize, of: usize| (of > 0).then(|| count as f64 / of as f64);
    let of_requests = |is_so: fn(&Row) -> bool| {
        share(replicate.rows.iter().filter(|row| row.workflow_node == 0 && is_so(row)).count(), requests)
    };
    match metric.stat() {
        Stat::Quantile(q) => quantile(q, replicate),
        Stat::Mean => amount(metric).and_then(|amount| {
            let sum: u64 = replicate.rows.iter().map(amount).sum();
            (requests > 0).then(|| sum as f64 / requests as f64)
        }),
        // One world alone saves nothing.
        Stat::Ratio => None,
        Stat::Rate if metric == Metric::Served => of_requests(|row| row.served),
        Stat::Rate if metric == Metric::Disagreement => of_requests(|row| row.disagreement),
        Stat::Rate => {
            let hits = honest(replicate).filter(|row| row.outcome.name() == metric.name()).count();
            share(hits, honest(replicate).count())
        }
    }
}

fn honest(replicate: &Replicate) -> impl Iterator<Item = &Row> {
    replicate.rows.iter().filter(|row| row.outcome != Outcome::Byzantine)
}

/// A quantile of the replicate's own latencies in ms.
fn quantile(q: f64, replicate: &Replicate) -> Option<f64> {
    let latency = |row: &Row| row.latency.filter(|_| row.outcome.is_right()).map_or(u64::MAX, Span::as_nanos);
    let mut latencies: Vec<u64> = honest(replicate).map(latency).collect();
    latencies.sort_unstable();
    let rank = libm::ceil(q * latencies.len() as f64).max(1.0) as usize;
    let nanos = *latencies.get(rank - 1)?;
    Some(if nanos == u64::MAX { f64::INFINITY } else { nanos as f64 / 1e6 })
}

/// The number of a row that a mean is about.
fn amount(metric: Metric) -> Option<fn(&Row) -> u64> {
    super::tally::AMOUNTS.iter().find(|(other, _)| *other == metric).map(|(_, amount)| *amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(workflow_node: u32, outcome: Outcome, millis: Option<u64>) -> Row {
        Row {
            request: 0,
            workflow_node,
            outcome,
            latency: millis.map(Span::from_millis),
            error: String::new(),
            served: true,
            disagreement: false,
            doomed: None,
            judgement: crate::sim::Judgement::Depended,
            bytes: crate::sim::Bytes { request: 10, ..Default::default() },
            signatures_verified: 3,
        }
    }

    #[test]
    fn own_values_are_those_of_the_replicate() {
        let rows = vec![
            row(0, Outcome::Accepted, Some(40)),
            row(1, Outcome::Accepted, Some(20)),
            row(2, Outcome::Expired, None),
            row(3, Outcome::Byzantine, None),
        ];
        let replicate = Replicate { rows, faults: Vec::new() };
        for (metric, value) in [
            (Metric::Accepted, 2.0 / 3.0),
            (Metric::Expired, 1.0 / 3.0),
            (Metric::Failed, 0.0),
            (Metric::Served, 1.0),
            (Metric::Disagreement, 0.0),
            (Metric::LatencyP50, 40.0),
            (Metric::LatencyP99, f64::INFINITY),
            (Metric::RequestBytes, 40.0),
            (Metric::TotalBytes, 40.0),
            (Metric::SignaturesVerified, 12.0),
        ] {
            assert_eq!(own_value(metric, &replicate), Some(value), "{}", metric.name());
        }
        assert_eq!(own_value(Metric::Accepted, &Replicate::default()), None);
    }
}
