//! Which replicate to look at when a verdict is bad.

use std::collections::BTreeMap;

use crate::engine::Span;
use crate::scenario::{Direction, Expectation, Metric, Stat};
use crate::sim::{Outcome, Replicate, Row, Setup};

use super::group::Simulated;
use super::savings::{Baseline, Costs, OcrCost, saved};
use super::tally::amount;

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
    pub(super) fn look(
        &mut self,
        number: u64,
        Simulated { replicate, before }: &Simulated,
        setup: &Setup,
        expectations: &[(usize, &Expectation)],
    ) {
        if honest(replicate).any(|row| row.outcome == Outcome::AcceptedWrong || row.disagreement) {
            self.unsafe_replicate.get_or_insert(number);
        }
        for (at, expectation) in expectations {
            if !fits(expectation, own_value(expectation.metric, setup, replicate, Some(before))) {
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
/// honest rows, and for a saving without the baseline or when nothing was sent there.
#[must_use]
pub fn own_value(metric: Metric, setup: &Setup, replicate: &Replicate, before: Option<&Baseline>) -> Option<f64> {
    let requests = replicate.rows.iter().filter(|row| row.workflow_node == 0).count();
    let share = |count: usize, of: usize| (of > 0).then(|| count as f64 / of as f64);
    let of_requests = |is_so: fn(&Row) -> bool| {
        share(replicate.rows.iter().filter(|row| row.workflow_node == 0 && is_so(row)).count(), requests)
    };
    match metric.stat() {
        Stat::Quantile(q) => quantile(q, replicate),
        Stat::Mean => {
            let sum = match amount(metric) {
                Some(amount) => replicate.rows.iter().map(amount).sum(),
                None => OcrCost::of(setup).now,
            };
            (requests > 0).then(|| sum as f64 / requests as f64)
        }
        Stat::Ratio => {
            let costs = Costs::of(replicate, before?, OcrCost::of(setup));
            saved(if metric == Metric::SavedTotal { costs.total } else { costs.answers })
        }
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
            unreachable: None,
            breach: None,
            judgement: crate::sim::Judgement::Depended,
            bytes: crate::sim::Bytes { request: 10, ..Default::default() },
            signatures_verified: 3,
        }
    }

    /// `donsim`'s default world.
    fn setup() -> Setup {
        let path = std::path::Path::new("demo.toml");
        crate::scenario::Scenario::parse(path, "schema = 1".to_owned(), &[]).unwrap().cell(0).setup
    }

    #[test]
    fn own_values_are_those_of_the_replicate() {
        let rows = vec![
            row(0, Outcome::Accepted, Some(40)),
            row(1, Outcome::Accepted, Some(20)),
            row(2, Outcome::Expired, None),
            row(3, Outcome::Byzantine, None),
        ];
        let replicate = Replicate { rows, ..Replicate::default() };
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
            (Metric::OcrBytes, crate::sim::ocr_bytes(&setup(), crate::sim::ObservationContent::Hash) as f64),
        ] {
            assert_eq!(own_value(metric, &setup(), &replicate, None), Some(value), "{}", metric.name());
        }
        assert_eq!(own_value(Metric::Accepted, &setup(), &Replicate::default(), None), None);
    }

    #[test]
    fn a_replicate_saves_what_the_world_before_cost() {
        let world = |error, attestation, requests| {
            let mut row = row(0, Outcome::Accepted, Some(40));
            row.bytes = crate::sim::Bytes { request: requests, error, attestation, ..Default::default() };
            Replicate { rows: vec![row.clone(), Row { outcome: Outcome::Byzantine, ..row }], ..Replicate::default() }
        };
        let own =
            |metric, now: &Replicate, before: &Replicate| own_value(metric, &setup(), now, Some(&Baseline::of(before)));
        // 200 of 800 bytes of answers: attestations count now and did not before.
        let (now, before) = (world(60, 40, 10), world(400, 1_000, 20));
        assert_eq!(own(Metric::SavedResponse, &now, &before), Some(0.75));
        let ocr = |observed| crate::sim::ocr_bytes(&setup(), observed) as f64;
        let (hashes, payloads) =
            (ocr(crate::sim::ObservationContent::Hash), ocr(crate::sim::ObservationContent::Payload));
        let total = 1.0 - (220.0 + hashes) / (840.0 + payloads);
        assert_eq!(own(Metric::SavedTotal, &now, &before), Some(total));
        assert_eq!(own(Metric::SavedResponse, &now, &world(0, 1_000, 20)), None);
        assert_eq!(own_value(Metric::SavedResponse, &setup(), &now, None), None);
    }
}
