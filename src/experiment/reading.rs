//! A metric in one replicate.

use std::sync::Arc;

use crate::engine::Span;
use crate::scenario::{Derivation, Metric};
use crate::sim::{Outcome, Replicate, Row, Setup, Side};

use super::savings::{Baseline, OcrCost};

/// Latency of a row that accepted nothing right before the deadline: no latency is as long as virtual time.
pub(super) const NEVER: u64 = u64::MAX;

/// A replicate of a cell with all that its metrics need.
pub(super) struct Simulated {
    pub replicate: Replicate,
    pub before: Arc<Baseline>,
    pub ocr: OcrCost,
}

impl Simulated {
    pub fn reading(&self, metric: Metric) -> Reading {
        Reading::of(metric, &self.replicate, Some(&self.before), self.ocr)
    }

    pub fn own_value(&self, metric: Metric) -> Option<f64> {
        self.reading(metric).value(&self.replicate)
    }
}

/// Numbers that a replicate adds to a metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Reading {
    /// Rows, or requests, and how many of them are hits of a rate.
    Share { hits: u32, rows: u32 },
    /// Sum of an amount over so many parts of the replicate: its requests, or the one that it is.
    Amount { sum: u64, parts: u32 },
    /// Bytes now and in the baseline, of which there are none where it is not known.
    Cost { now: u64, before: u64 },
    /// This quantile of its latencies.
    Latency(f64),
}

impl Reading {
    fn of(metric: Metric, replicate: &Replicate, before: Option<&Baseline>, ocr: OcrCost) -> Self {
        let sum = |amount: &dyn Fn(&Row) -> u64| replicate.rows.iter().map(amount).sum::<u64>();
        let per_request = |sum| Self::Amount { sum, parts: requests(replicate).count() as u32 };
        match metric.derivation() {
            Derivation::ShareOfRows(is_hit) => share(honest(replicate), is_hit),
            Derivation::ShareOfRequests(is_hit) => share(requests(replicate), is_hit),
            Derivation::Latency(q) => Self::Latency(q),
            Derivation::Amount(amount) => per_request(sum(&amount)),
            Derivation::Ocr => per_request(ocr.now(replicate)),
            Derivation::Copies => per_request(ocr.copies),
            Derivation::AllBytes => per_request(sum(&|row| row.bytes.total()).saturating_add(ocr.now(replicate))),
            Derivation::PerRequest(amount) => per_request(amount(replicate)),
            Derivation::PerReplicate(amount) => Self::Amount { sum: amount(replicate), parts: 1 },
            Derivation::Reported => reported(replicate),
            Derivation::Saving { bytes, ocr: with_ocr } => {
                let with = |bytes: u64, ocr: u64| bytes.saturating_add(if with_ocr { ocr } else { 0 });
                let now = with(sum(&|row| bytes(&row.bytes)), ocr.now(replicate));
                Self::Cost { now, before: before.map_or(0, |before| with(before.sum(bytes), ocr.before(before))) }
            }
        }
    }

    /// The metric's value if there were no other replicates than the one that was read.
    fn value(self, replicate: &Replicate) -> Option<f64> {
        match self {
            Self::Share { hits, rows } => (rows > 0).then(|| f64::from(hits) / f64::from(rows)),
            Self::Amount { sum, parts } => (parts > 0).then(|| sum as f64 / f64::from(parts)),
            Self::Cost { now, before } => (before > 0).then(|| 1.0 - now as f64 / before as f64),
            Self::Latency(q) => quantile(q, replicate),
        }
    }
}

/// A metric in one replicate alone, in its unit; infinite for a latency that is beyond the deadline, `None` without
/// honest rows, and for a saving without the baseline or when nothing was sent there.
pub(crate) fn own_value(
    metric: Metric,
    setup: &Setup,
    replicate: &Replicate,
    before: Option<&Baseline>,
) -> Option<f64> {
    Reading::of(metric, replicate, before, OcrCost::of(setup)).value(replicate)
}

/// Rows per replicate that a metric is about, the same in every replicate.
pub(super) fn rows_per_replicate(setup: &Setup, metric: Metric) -> u32 {
    match metric.derivation() {
        Derivation::ShareOfRequests(_) => return setup.request.count,
        Derivation::Reported if setup.capability_don.ocr.rounds().is_some() => return setup.request.count,
        Derivation::Reported => return 0,
        _ => {}
    }
    // Faults of workflow nodes never share a node, so every replicate has as many honest ones.
    let faulty: u32 =
        setup.faults.iter().filter(|fault| fault.kind.side() == Side::Workflow).map(|fault| fault.nodes.given()).sum();
    setup.request.count.saturating_mul(setup.workflow_don.nodes.saturating_sub(faulty))
}

/// Whether a metric is of cells such as this one.
pub(super) fn is_measured(setup: &Setup, metric: Metric) -> bool {
    (!metric.is_of_rounds() || setup.capability_don.ocr.rounds().is_some())
        && (!metric.is_of_strata() || setup.run.strata)
}

/// Rows of honest workflow nodes.
pub(super) fn honest(replicate: &Replicate) -> impl Iterator<Item = &Row> {
    replicate.rows.iter().filter(|row| row.outcome != Outcome::Byzantine)
}

/// The latencies of honest workflow nodes in ns; only the right response in time has one that is not [`NEVER`].
pub(super) fn latencies(replicate: &Replicate) -> impl Iterator<Item = u64> {
    honest(replicate).map(|row| row.latency.filter(|_| row.outcome.is_right()).map_or(NEVER, Span::as_nanos))
}

/// One row per request.
fn requests(replicate: &Replicate) -> impl Iterator<Item = &Row> {
    replicate.rows.iter().filter(|row| row.workflow_node == 0)
}

fn share<'a>(rows: impl Iterator<Item = &'a Row>, is_hit: fn(&Row) -> bool) -> Reading {
    let (hits, rows) = rows.fold((0, 0), |(hits, rows), row| (hits + u32::from(is_hit(row)), rows + 1));
    Reading::Share { hits, rows }
}

/// Requests that were reported in time, of those that could be.
fn reported(replicate: &Replicate) -> Reading {
    let reported = || replicate.requests.iter().filter_map(|request| request.reported);
    Reading::Share { hits: reported().filter(|reported| *reported).count() as u32, rows: reported().count() as u32 }
}

/// A quantile of the replicate's own latencies in ms.
fn quantile(q: f64, replicate: &Replicate) -> Option<f64> {
    let mut latencies: Vec<u64> = latencies(replicate).collect();
    latencies.sort_unstable();
    let rank = libm::ceil(q * latencies.len() as f64).max(1.0) as usize;
    let nanos = *latencies.get(rank - 1)?;
    Some(if nanos == NEVER { f64::INFINITY } else { nanos as f64 / 1e6 })
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
            decided: None,
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
