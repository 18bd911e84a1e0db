//! Adds up one cell's replicates.

use std::collections::BTreeMap;

use crate::closed_form::{self, Absent, ClosedForm};
use crate::engine::Span;
use crate::scenario::{Cell, Metric, Stat};
use crate::sim::{FailureCause, FaultReport, Outcome, Row, Setup, Side};
use crate::stats::{End, Interval, Mean, Proportion, Quantiles, RatioOfMeans};

use super::agreement::{Check, exact, rate as exact_rate};
use super::expectations::{Bounds, Judge};
use super::group::Simulated;
use super::keeper::{Keeper, Series};
use super::savings::{Costs, OcrCost};
use super::summary::{CauseSummary, CellSummary, Estimate, FaultSummary};

/// The confidence of every interval that is reported.
pub(super) const CONFIDENCE: f64 = 0.95;

/// Points of a survival function that are kept.
const SURVIVAL_POINTS: usize = 72;

/// What stands for "never accepted" among the latencies: no latency is as long as virtual time.
const NEVER: u64 = u64::MAX;

/// The sums of one cell; fed with its replicates in their order.
pub(super) struct Tally {
    cell: Cell,
    replicates: u64,
    outcomes: [Proportion; Outcome::ALL.len()],
    /// Causes that occurred, and one that did not.
    causes: BTreeMap<FailureCause, Proportion>,
    no_cause: Proportion,
    served: Proportion,
    disagreement: Proportion,
    amounts: [Mean; AMOUNTS.len()],
    ocr: OcrCost,
    ocr_bytes: Mean,
    saved_response: RatioOfMeans,
    saved_total: RatioOfMeans,
    /// Latencies in ns by replicate, then row.
    latencies: Vec<u64>,
    faults: Vec<FaultReport>,
    partitions: Vec<u64>,
    cuts: Vec<u64>,
    /// What is compared with other cells.
    series: Vec<(Metric, Series)>,
    /// What it should come to.
    closed_form: Result<ClosedForm, Absent>,
}

/// A number of a row.
pub(super) type Amount = fn(&Row) -> u64;

/// What is summed up a replicate and reported a request.
pub(super) const AMOUNTS: [(Metric, Amount); 8] = [
    (Metric::RequestBytes, |row| row.bytes.request),
    (Metric::ResponseBytes, |row| row.bytes.response),
    (Metric::DuplicatePayloadBytes, |row| row.bytes.duplicate_payload),
    (Metric::AttestationBytes, |row| row.bytes.attestation),
    (Metric::ErrorBytes, |row| row.bytes.error),
    (Metric::EnvelopeBytes, |row| row.bytes.envelope),
    (Metric::TotalBytes, |row| row.bytes.total()),
    (Metric::SignaturesVerified, |row| row.signatures_verified),
];

impl Tally {
    /// Of `cell`; continues `series` with every replicate.
    pub(super) fn new(cell: Cell, series: Vec<(Metric, Series)>) -> Self {
        Self {
            series,
            replicates: 0,
            outcomes: [Proportion::default(); Outcome::ALL.len()],
            causes: BTreeMap::new(),
            no_cause: Proportion::default(),
            served: Proportion::default(),
            disagreement: Proportion::default(),
            amounts: [Mean::default(); AMOUNTS.len()],
            ocr: OcrCost::of(&cell.setup),
            ocr_bytes: Mean::default(),
            saved_response: RatioOfMeans::default(),
            saved_total: RatioOfMeans::default(),
            latencies: Vec::new(),
            faults: vec![FaultReport::default(); cell.setup.faults.len()],
            partitions: vec![0; cell.setup.network.partitions.len()],
            cuts: vec![0; cell.setup.network.cuts.len()],
            closed_form: closed_form::of(&cell.setup),
            cell,
        }
    }

    /// Adds the next replicate.
    pub(super) fn add(&mut self, Simulated { replicate, before }: &Simulated) {
        self.replicates += 1;
        let rows = &replicate.rows;
        let count = |predicate: &dyn Fn(&&Row) -> bool| rows.iter().filter(predicate).count() as u32;
        let honest = count(&|row| row.outcome != Outcome::Byzantine);
        for (outcome, proportion) in Outcome::ALL.into_iter().zip(&mut self.outcomes) {
            proportion.record(count(&|row| row.outcome == outcome), honest);
        }
        // Rows of workflow nodes that are faulty themselves have no cause.
        for cause in rows.iter().filter_map(|row| row.unreachable).map(|unreachable| unreachable.cause) {
            self.causes.entry(cause).or_insert(self.no_cause);
        }
        for (cause, proportion) in &mut self.causes {
            let has = |row: &&Row| row.unreachable.is_some_and(|unreachable| unreachable.cause == *cause);
            proportion.record(count(&has), honest);
        }
        self.no_cause.record(0, honest);
        // One row a request stands for it.
        let requests = count(&|row| row.workflow_node == 0);
        self.served.record(count(&|row| row.workflow_node == 0 && row.served), requests);
        self.disagreement.record(count(&|row| row.workflow_node == 0 && row.disagreement), requests);
        for ((_, amount), mean) in AMOUNTS.iter().zip(&mut self.amounts) {
            mean.record(rows.iter().map(amount).sum());
        }
        self.ocr_bytes.record(self.ocr.now);
        let Costs { answers, total } = Costs::of(replicate, before, self.ocr);
        for (saving, [now, before]) in [(&mut self.saved_response, answers), (&mut self.saved_total, total)] {
            if before > 0 {
                saving.record(now, before);
            }
        }
        // Only the right response in time has a latency; everything else is beyond the deadline.
        let latency = |row: &Row| row.latency.filter(|_| row.outcome.is_right()).map_or(NEVER, Span::as_nanos);
        self.latencies.extend(rows.iter().filter(|row| row.outcome != Outcome::Byzantine).map(latency));
        for (sum, report) in self.faults.iter_mut().zip(&replicate.faults) {
            *sum += *report;
        }
        self.partitions.iter_mut().zip(&replicate.partitions).for_each(|(sum, stopped)| *sum += stopped);
        self.cuts.iter_mut().zip(&replicate.cuts).for_each(|(sum, stopped)| *sum += stopped);
        self.series.iter_mut().for_each(|(_, series)| series.add(replicate));
    }

    /// The next replicate came to nothing.
    pub(super) fn skip(&mut self) {
        self.series.iter_mut().for_each(|(_, series)| series.skip());
    }

    /// What is to be compared with the closed form, where there is one.
    pub(super) fn checks(&self) -> Vec<Check> {
        let Ok(form) = &self.closed_form else { return Vec::new() };
        let check = |metric: Metric| {
            let (observed, exact) = match metric.stat() {
                Stat::Quantile(q) => {
                    let quantile = form.latency_quantile(q)?;
                    let within = self.latencies.iter().filter(|nanos| **nanos as f64 <= quantile).count();
                    (within as f64 / self.latencies.len() as f64, form.latency_cdf(quantile).ok()?)
                }
                _ => (self.outcome(metric)?.estimate()?, exact_rate(form, metric)?),
            };
            let (cell, tolerance, replicates) = (self.cell.id.clone(), form.tolerance, self.replicates);
            (replicates > 0).then_some(Check { cell, metric, observed, exact, tolerance, replicates })
        };
        Metric::ALL.iter().filter_map(|metric| check(*metric)).collect()
    }

    /// What the cell came to, and what the judge makes of it; its series are the keeper's.
    pub(super) fn finish(mut self, judge: &mut Judge<'_>, keeper: &mut Keeper) -> CellSummary {
        let latencies: Vec<Option<u64>> =
            self.latencies.iter().map(|nanos| (*nanos != NEVER).then_some(*nanos)).collect();
        let rows = rows_a_replicate(&self.cell.setup, Metric::LatencyP50);
        let quantiles = Quantiles::new(&latencies, rows as usize);
        keeper.put(self.cell.index, std::mem::take(&mut self.series));
        judge.take(self.cell.index, &|metric, confidence| self.bounds(metric, confidence, &quantiles), keeper);
        let setup = &self.cell.setup;
        let survival = quantiles.survival(SURVIVAL_POINTS).into_iter().map(|(at, share)| (ms(at), share)).collect();
        CellSummary {
            estimates: Metric::ALL.iter().map(|metric| self.estimate(*metric, &quantiles)).collect(),
            survival,
            exact: exact(&self.closed_form),
            differences: Vec::new(),
            deadline_ms: ms(setup.aggregator.timeout.as_nanos()),
            rule_set: setup.aggregator.rule_set.name().to_owned(),
            payload_holders: setup.capability_don.payload_holders.to_string(),
            causes: self.cause_summaries(),
            faults: self.fault_summaries(),
            id: self.cell.id.clone(),
            axes: self.cell.axes.clone(),
            replicates: self.replicates,
        }
    }

    fn estimate(&self, metric: Metric, quantiles: &Quantiles<'_>) -> Estimate {
        let (value, (ci_low, ci_high)) = match metric {
            Metric::Served => rate(&self.served),
            Metric::Disagreement => rate(&self.disagreement),
            Metric::LatencyP50 => latency(quantiles, 0.5),
            Metric::LatencyP90 => latency(quantiles, 0.9),
            Metric::LatencyP99 => latency(quantiles, 0.99),
            _ => match (self.amount(metric), self.saved(metric)) {
                (_, Some(ratio)) => saving(ratio, CONFIDENCE),
                (Some(mean), None) => {
                    let requests = f64::from(self.cell.setup.request.count);
                    let (low, high) = ends(mean.interval(CONFIDENCE));
                    (mean.estimate().map(|sum| sum / requests), (low.map(|x| x / requests), high.map(|x| x / requests)))
                }
                (None, None) => self.outcome(metric).map_or((None, (None, None)), rate),
            },
        };
        let n = self.saved(metric).map_or(self.replicates, RatioOfMeans::replicates);
        Estimate { metric, value, ci_low, ci_high, n }
    }

    /// What is known of a metric at a two-sided confidence; of a rate by its exact interval.
    fn bounds(&self, metric: Metric, confidence: f64, quantiles: &Quantiles<'_>) -> Bounds {
        let (observed, interval) = match metric.stat() {
            Stat::Quantile(q) => return latency_bounds(quantiles, q, confidence),
            Stat::Mean => {
                let requests = f64::from(self.cell.setup.request.count);
                let mean = self.amount(metric);
                let interval = mean.and_then(|mean| mean.interval(confidence));
                let a_request = |i: Interval| Interval { low: i.low / requests, high: i.high / requests };
                (mean.and_then(Mean::estimate).map(|sum| sum / requests), interval.map(a_request))
            }
            Stat::Ratio => {
                let saved = self.saved(metric).map(|ratio| saving(ratio, confidence));
                let (observed, (low, high)) = saved.unwrap_or_default();
                return Bounds { observed, low, high };
            }
            Stat::Rate => {
                let share = match metric {
                    Metric::Served => Some(&self.served),
                    Metric::Disagreement => Some(&self.disagreement),
                    _ => self.outcome(metric),
                };
                let interval = share.and_then(|share| share.exact_interval(confidence));
                (share.and_then(Proportion::estimate), interval)
            }
        };
        Bounds { observed, low: interval.map(|interval| interval.low), high: interval.map(|interval| interval.high) }
    }

    fn amount(&self, metric: Metric) -> Option<&Mean> {
        if metric == Metric::OcrBytes {
            return Some(&self.ocr_bytes);
        }
        AMOUNTS.iter().position(|(other, _)| *other == metric).map(|at| &self.amounts[at])
    }

    /// What now costs over what the baseline did.
    const fn saved(&self, metric: Metric) -> Option<&RatioOfMeans> {
        match metric {
            Metric::SavedResponse => Some(&self.saved_response),
            Metric::SavedTotal => Some(&self.saved_total),
            _ => None,
        }
    }

    /// The proportion of the outcome that a rate is named for.
    fn outcome(&self, metric: Metric) -> Option<&Proportion> {
        Outcome::ALL.iter().position(|outcome| outcome.name() == metric.name()).map(|at| &self.outcomes[at])
    }

    fn cause_summaries(&self) -> Vec<CauseSummary> {
        let summary = |cause: FailureCause| {
            let (share, (ci_low, ci_high)) = rate(self.causes.get(&cause).unwrap_or(&self.no_cause));
            CauseSummary { cause, share, ci_low, ci_high }
        };
        let several = self.causes.keys().copied().filter(|cause| !cause.is_single());
        FailureCause::SINGLE.into_iter().chain(several).map(summary).collect()
    }

    fn fault_summaries(&self) -> Vec<FaultSummary> {
        let faults = &self.cell.setup.faults;
        let name = |at: usize| {
            let kind = faults[at].kind.name();
            let ordinal = faults[..at].iter().filter(|other| other.kind.name() == kind).count();
            format!("faults.{kind}.{ordinal}")
        };
        let summary = |(at, report): (usize, &FaultReport)| FaultSummary {
            name: name(at),
            nodes: faults[at].nodes,
            fired: report.fired,
            holder_shortfall: report.holder_shortfall,
        };
        let network = &self.cell.setup.network;
        let barrier = |list: &str, at: usize, nodes: usize, fired: u64| FaultSummary {
            name: format!("network.{list}.{at}"),
            nodes: nodes as u32,
            fired,
            holder_shortfall: 0,
        };
        let partitions = network.partitions.iter().zip(&self.partitions).enumerate();
        let cuts = network.cuts.iter().zip(&self.cuts).enumerate();
        self.faults
            .iter()
            .enumerate()
            .map(summary)
            .chain(partitions.map(|(at, (it, stopped))| barrier("partitions", at, it.nodes.len(), *stopped)))
            .chain(cuts.map(|(at, (it, stopped))| barrier("cuts", at, it.from.len().min(it.to.len()), *stopped)))
            .collect()
    }
}

/// The number of a row that an amount is the sum of.
pub(super) fn amount(metric: Metric) -> Option<Amount> {
    AMOUNTS.iter().find(|(other, _)| *other == metric).map(|(_, amount)| *amount)
}

/// The rows of a replicate that a metric is about, the same in every replicate.
pub(super) fn rows_a_replicate(setup: &Setup, metric: Metric) -> u32 {
    if matches!(metric, Metric::Served | Metric::Disagreement) {
        return setup.request.count;
    }
    // Faults of workflow nodes never share a node, so every replicate has as many honest ones.
    let faulty: u32 =
        setup.faults.iter().filter(|fault| fault.kind.side() == Side::Workflow).map(|fault| fault.nodes).sum();
    setup.request.count.saturating_mul(setup.workflow_don.nodes.saturating_sub(faulty))
}

/// Whether a row is a hit of a rate.
pub(super) fn is_hit(row: &Row, rate: Metric) -> bool {
    // One row a request stands for it.
    match rate {
        Metric::Served => row.workflow_node == 0 && row.served,
        Metric::Disagreement => row.workflow_node == 0 && row.disagreement,
        _ => row.outcome.name() == rate.name(),
    }
}

fn latency_bounds(quantiles: &Quantiles<'_>, q: f64, confidence: f64) -> Bounds {
    let end = |end: End| match end {
        End::Unknown => None,
        End::At(nanos) => Some(ms(nanos)),
        End::BeyondDeadline => Some(f64::INFINITY),
    };
    let (low, high) = quantiles.ends(q, confidence);
    let observed = (!quantiles.is_empty()).then(|| quantiles.quantile(q).map_or(f64::INFINITY, ms));
    Bounds { observed, low: end(low), high: end(high) }
}

/// A value and the ends of its interval.
type Known = (Option<f64>, (Option<f64>, Option<f64>));

fn ends(interval: Option<Interval>) -> (Option<f64>, Option<f64>) {
    (interval.map(|interval| interval.low), interval.map(|interval| interval.high))
}

fn rate(proportion: &Proportion) -> Known {
    (proportion.estimate(), ends(proportion.interval(CONFIDENCE)))
}

/// What is saved is what is left of one. An end that a ratio has not is open.
fn saving(ratio: &RatioOfMeans, confidence: f64) -> Known {
    let (low, high) = ends(ratio.interval(confidence));
    let left = |end: Option<f64>| end.filter(|end| end.is_finite()).map(|end| 1.0 - end);
    (left(ratio.estimate()), (left(high), left(low)))
}

fn latency(quantiles: &Quantiles<'_>, q: f64) -> Known {
    let (low, high) = quantiles.interval(q, CONFIDENCE);
    (quantiles.quantile(q).map(ms), (low.map(ms), high.map(ms)))
}

fn ms(nanos: u64) -> f64 {
    nanos as f64 / 1e6
}
