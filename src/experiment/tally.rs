//! Adds up one cell's replicates.

use crate::engine::Span;
use crate::scenario::Cell;
use crate::sim::{FaultReport, Outcome, Replicate, Row, Side};
use crate::stats::{Interval, Mean, Proportion, Quantiles};

use super::summary::{CellSummary, Estimate, FaultSummary, Metric};

/// The confidence of every interval that is reported.
const CONFIDENCE: f64 = 0.95;

/// Points of a survival function that are kept.
const SURVIVAL_POINTS: usize = 200;

/// What stands for "never accepted" among the latencies: no latency is as long as virtual time.
const NEVER: u64 = u64::MAX;

/// The sums of one cell; fed with its replicates in their order.
pub(super) struct Tally {
    cell: Cell,
    replicates: u64,
    outcomes: [Proportion; Outcome::ALL.len()],
    served: Proportion,
    disagreement: Proportion,
    amounts: [Mean; AMOUNTS.len()],
    /// Latencies in ns by replicate, then row.
    latencies: Vec<u64>,
    faults: Vec<FaultReport>,
}

/// A number of a row.
type Amount = fn(&Row) -> u64;

/// What is summed up a replicate and reported a request.
const AMOUNTS: [(Metric, Amount); 7] = [
    (Metric::RequestBytes, |row| row.bytes.request),
    (Metric::ResponseBytes, |row| row.bytes.response),
    (Metric::DuplicatePayloadBytes, |row| row.bytes.duplicate_payload),
    (Metric::AttestationBytes, |row| row.bytes.attestation),
    (Metric::ErrorBytes, |row| row.bytes.error),
    (Metric::EnvelopeBytes, |row| row.bytes.envelope),
    (Metric::SignaturesVerified, |row| row.signatures_verified),
];

impl Tally {
    pub(super) fn new(cell: Cell) -> Self {
        Self {
            replicates: 0,
            outcomes: [Proportion::default(); Outcome::ALL.len()],
            served: Proportion::default(),
            disagreement: Proportion::default(),
            amounts: [Mean::default(); AMOUNTS.len()],
            latencies: Vec::new(),
            faults: vec![FaultReport::default(); cell.setup.faults.len()],
            cell,
        }
    }

    /// Adds the next replicate.
    pub(super) fn add(&mut self, replicate: &Replicate) {
        self.replicates += 1;
        let rows = &replicate.rows;
        let count = |predicate: &dyn Fn(&&Row) -> bool| rows.iter().filter(predicate).count() as u32;
        let honest = count(&|row| row.outcome != Outcome::Byzantine);
        for (outcome, proportion) in Outcome::ALL.into_iter().zip(&mut self.outcomes) {
            proportion.record(count(&|row| row.outcome == outcome), honest);
        }
        // One row a request stands for it.
        let requests = count(&|row| row.workflow_node == 0);
        self.served.record(count(&|row| row.workflow_node == 0 && row.served), requests);
        self.disagreement.record(count(&|row| row.workflow_node == 0 && row.disagreement), requests);
        for ((_, amount), mean) in AMOUNTS.iter().zip(&mut self.amounts) {
            mean.record(rows.iter().map(amount).sum());
        }
        // Only the right response in time has a latency; everything else is beyond the deadline.
        let latency = |row: &Row| row.latency.filter(|_| row.outcome.is_right()).map_or(NEVER, Span::as_nanos);
        self.latencies.extend(rows.iter().filter(|row| row.outcome != Outcome::Byzantine).map(latency));
        for (sum, report) in self.faults.iter_mut().zip(&replicate.faults) {
            *sum += *report;
        }
    }

    /// What the cell came to.
    pub(super) fn finish(self) -> CellSummary {
        let setup = &self.cell.setup;
        // Faults of workflow nodes never share a node, so every replicate has as many honest ones.
        let faulty: u32 =
            setup.faults.iter().filter(|fault| fault.kind.side() == Side::Workflow).map(|fault| fault.nodes).sum();
        let honest = setup.workflow_don.nodes.saturating_sub(faulty);
        let rows_a_replicate = setup.request.count as usize * honest as usize;
        let latencies: Vec<Option<u64>> =
            self.latencies.iter().map(|nanos| (*nanos != NEVER).then_some(*nanos)).collect();
        let quantiles = Quantiles::new(&latencies, rows_a_replicate);
        let survival = quantiles.survival(SURVIVAL_POINTS).into_iter().map(|(at, share)| (ms(at), share)).collect();
        CellSummary {
            estimates: Metric::ALL.iter().map(|metric| self.estimate(*metric, &quantiles)).collect(),
            survival,
            deadline_ms: ms(setup.aggregator.timeout.as_nanos()),
            rule_set: setup.aggregator.rule_set.name().to_owned(),
            payload_holders: setup.capability_don.payload_holders.to_string(),
            faults: self.fault_summaries(),
            id: self.cell.id.clone(),
            axes: self.cell.axes.clone(),
            replicates: self.replicates,
        }
    }

    fn estimate(&self, metric: Metric, quantiles: &Quantiles<'_>) -> Estimate {
        let ends = |interval: Option<Interval>| (interval.map(|i| i.low), interval.map(|i| i.high));
        let rate = |proportion: &Proportion| (proportion.estimate(), ends(proportion.interval(CONFIDENCE)));
        let (value, (ci_low, ci_high)) = match metric {
            Metric::Served => rate(&self.served),
            Metric::Disagreement => rate(&self.disagreement),
            Metric::LatencyP50 => latency(quantiles, 0.5),
            Metric::LatencyP90 => latency(quantiles, 0.9),
            Metric::LatencyP99 => latency(quantiles, 0.99),
            _ => match self.amount(metric) {
                Some(mean) => {
                    let requests = f64::from(self.cell.setup.request.count);
                    let (low, high) = ends(mean.interval(CONFIDENCE));
                    (mean.estimate().map(|sum| sum / requests), (low.map(|x| x / requests), high.map(|x| x / requests)))
                }
                None => self.outcome(metric).map_or((None, (None, None)), rate),
            },
        };
        Estimate { metric, value, ci_low, ci_high, n: self.replicates }
    }

    fn amount(&self, metric: Metric) -> Option<&Mean> {
        AMOUNTS.iter().position(|(other, _)| *other == metric).map(|at| &self.amounts[at])
    }

    /// The proportion of the outcome that a rate is named for.
    fn outcome(&self, metric: Metric) -> Option<&Proportion> {
        Outcome::ALL.iter().position(|outcome| outcome.name() == metric.name()).map(|at| &self.outcomes[at])
    }

    fn fault_summaries(&self) -> Vec<FaultSummary> {
        let faults = &self.cell.setup.faults;
        let name = |at: usize| {
            let kind = faults[at].kind.name();
            let ordinal = faults[..at].iter().filter(|other| other.kind.name() == kind).count();
            format!("{kind}.{ordinal}")
        };
        let summary = |(at, report): (usize, &FaultReport)| FaultSummary {
            name: name(at),
            nodes: faults[at].nodes,
            fired: report.fired,
            holder_shortfall: report.holder_shortfall,
        };
        self.faults.iter().enumerate().map(summary).collect()
    }
}

fn latency(quantiles: &Quantiles<'_>, q: f64) -> (Option<f64>, (Option<f64>, Option<f64>)) {
    let (low, high) = quantiles.interval(q, CONFIDENCE);
    (quantiles.quantile(q).map(ms), (low.map(ms), high.map(ms)))
}

fn ms(nanos: u64) -> f64 {
    nanos as f64 / 1e6
}
