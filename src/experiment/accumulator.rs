//! Sums over the replicates of a cell, and what they say of each metric.

use std::collections::BTreeMap;

use crate::closed_form::{self, Absent, ClosedForm};
use crate::scenario::{Cell, Derivation, Metric, Stat};
use crate::sim::{FailureCause, FaultReport, Replicate, Strata};
use crate::stats::{End, Interval, Latencies, Mean, Proportion, Quantiles, RateSequence, RatioOfMeans};

use super::judgement::Bounds;
use super::looks::{Ended, at_look};
use super::reading::{NEVER, Reading, Simulated, honest, latencies};
use super::strata::{Quantity, WeightedStrata};

/// The sums of one cell, in an order of replicates that does not matter but for latencies.
pub(super) struct CellAccumulator {
    pub cell: Cell,
    pub replicates: u64,
    /// Why no more come; only where stop rules say so.
    pub ended: Option<Ended>,
    /// Strata that replicates are dealt to; without them all are one.
    strata: Option<Strata>,
    /// By stratum, then metric.
    sums: Vec<[Sums; Metric::ALL.len()]>,
    /// By metric, the rates that stop rules may look at; empty without such rules.
    sequences: Vec<RateSequence>,
    /// Causes that occurred, and one that did not, by stratum.
    causes: BTreeMap<FailureCause, Vec<Proportion>>,
    no_cause: Vec<Proportion>,
    /// By number of holders that occurred, and one that did not, how many requests had so many, by stratum.
    holders: BTreeMap<u32, Vec<Proportion>>,
    no_holders: Vec<Proportion>,
    latencies: Latencies,
    /// Actions of each fault, then of each partition and cut: messages that it stopped.
    pub faults: Vec<FaultReport>,
}

/// The sums of a metric, of which its readings feed one.
#[derive(Clone, Copy, Default)]
struct Sums {
    share: Proportion,
    amount: Mean,
    saving: RatioOfMeans,
}

impl CellAccumulator {
    /// Of a cell that may end early, if `stops`.
    pub fn new(cell: Cell, stops: bool) -> Self {
        let (setup, network) = (&cell.setup, &cell.setup.network);
        let faults = setup.faults.len() + network.partitions.len() + network.cuts.len();
        let strata = Strata::of(setup);
        let count = strata.as_ref().map_or(1, Strata::len);
        Self {
            replicates: 0,
            ended: None,
            sequences: if stops { vec![RateSequence::default(); Metric::ALL.len()] } else { Vec::new() },
            sums: vec![[Sums::default(); Metric::ALL.len()]; count],
            strata,
            causes: BTreeMap::new(),
            no_cause: vec![Proportion::default(); count],
            holders: BTreeMap::new(),
            no_holders: vec![Proportion::default(); count],
            latencies: Latencies::default(),
            faults: vec![FaultReport::default(); faults],
            cell,
        }
    }

    /// Adds the next replicate.
    pub fn add(&mut self, number: u64, simulated: &Simulated) {
        self.replicates += 1;
        let stratum = self.strata.as_ref().map_or(0, |strata| strata.of_replicate(number));
        for (metric, sums) in Metric::ALL.iter().zip(&mut self.sums[stratum]) {
            match simulated.reading(*metric) {
                Reading::Share { hits, rows } => {
                    sums.share.record(hits, rows);
                    if let Some(sequence) = self.sequences.get_mut(*metric as usize).filter(|_| metric.has_equal_rows())
                    {
                        sequence.record(hits, rows);
                    }
                }
                Reading::Amount { sum, .. } => sums.amount.record(sum),
                // A replicate in which nothing was sent before has nothing to save.
                Reading::Cost { before: 0, .. } | Reading::Latency(_) => {}
                Reading::Cost { now, before } => sums.saving.record(now, before),
            }
        }
        let replicate = &simulated.replicate;
        self.add_causes(stratum, replicate);
        self.add_holders(stratum, replicate);
        if self.strata.is_none() {
            self.latencies.record(latencies(replicate).map(|nanos| (nanos != NEVER).then_some(nanos)));
        }
        let stopped = replicate.partitions.iter().chain(&replicate.cuts);
        let stopped = stopped.map(|fired| FaultReport { fired: *fired, holder_shortfall: 0 });
        let reports = replicate.faults.iter().copied().chain(stopped);
        self.faults.iter_mut().zip(reports).for_each(|(sum, report)| *sum += report);
    }

    fn add_causes(&mut self, stratum: usize, replicate: &Replicate) {
        let honest = honest(replicate).count() as u32;
        // Rows of workflow nodes that are faulty themselves have no cause.
        let causes = || replicate.rows.iter().filter_map(|row| row.unreachable).map(|unreachable| unreachable.cause);
        for cause in causes() {
            self.causes.entry(cause).or_insert_with(|| self.no_cause.clone());
        }
        for (cause, proportions) in &mut self.causes {
            proportions[stratum].record(causes().filter(|other| other == cause).count() as u32, honest);
        }
        self.no_cause[stratum].record(0, honest);
    }

    fn add_holders(&mut self, stratum: usize, replicate: &Replicate) {
        let requests = replicate.requests.len() as u32;
        for request in &replicate.requests {
            self.holders.entry(request.holders).or_insert_with(|| self.no_holders.clone());
        }
        for (holders, proportions) in &mut self.holders {
            let hits = replicate.requests.iter().filter(|request| request.holders == *holders).count();
            proportions[stratum].record(hits as u32, requests);
        }
        self.no_holders[stratum].record(0, requests);
    }

    /// The sample of a rate in a stratum.
    pub fn stratum(&self, stratum: usize, rate: Metric) -> &Proportion {
        &self.sums[stratum][rate as usize].share
    }

    /// The sequence of intervals of a rate; `None` for a metric that has none, and where nothing ends the cell early.
    pub fn sequence(&self, metric: Metric) -> Option<&RateSequence> {
        self.sequences.get(metric as usize).filter(|_| metric.has_equal_rows())
    }

    /// Numbers of holders that occurred, each with the share of the requests that had so many, by stratum.
    pub fn holders(&self) -> impl Iterator<Item = (u32, &[Proportion])> {
        self.holders.iter().map(|(holders, shares)| (*holders, shares.as_slice()))
    }

    /// Quantiles of the latencies, which are no longer there then.
    pub fn take_quantiles(&mut self) -> Quantiles {
        std::mem::take(&mut self.latencies).into()
    }

    /// Every single cause and every one of several that occurred, with its share by stratum.
    pub fn causes(&self) -> impl Iterator<Item = (FailureCause, &[Proportion])> {
        let several = self.causes.keys().copied().filter(|cause| !cause.is_single());
        let share = |cause| (cause, self.causes.get(&cause).unwrap_or(&self.no_cause).as_slice());
        FailureCause::SINGLE.into_iter().chain(several).map(share)
    }
}

/// All that is known of a cell when no more replicates come.
pub(super) struct CellTotals<'a> {
    pub cell: &'a Cell,
    pub sums: &'a CellAccumulator,
    pub quantiles: Quantiles,
    /// Values that simulation should come to.
    pub closed_form: Result<ClosedForm, Absent>,
    /// Strata, where there are such.
    pub strata: Option<WeightedStrata>,
}

impl<'a> CellTotals<'a> {
    /// Of the sums of a cell and their [`CellAccumulator::take_quantiles`].
    pub fn new(sums: &'a CellAccumulator, quantiles: Quantiles) -> Self {
        let (cell, setup) = (&sums.cell, &sums.cell.setup);
        let strata = WeightedStrata::of(setup);
        Self { cell, sums, quantiles, closed_form: closed_form::of(setup), strata }
    }

    /// Share of hits among all rows, or requests, that a rate is about, where all replicates are one stratum.
    pub fn share(&self, rate: Metric) -> Option<f64> {
        self.sums.stratum(0, rate).estimate()
    }

    /// Confidence of an interval that is for one look, where the cell may have had several.
    pub fn at_look(&self, confidence: f64) -> f64 {
        if self.sums.sequences.is_empty() { confidence } else { at_look(confidence, self.sums.replicates) }
    }

    /// Replicates that tell something of a metric.
    pub fn replicates(&self, metric: Metric) -> u64 {
        match metric.stat() {
            Stat::Ratio | Stat::Quantile(_) if self.strata.is_some() => 0,
            Stat::Ratio => self.sums.sums[0][metric as usize].saving.replicates(),
            _ => self.sums.replicates,
        }
    }

    /// Estimate of a metric with the ends of its two-sided interval; those of a rate are of the kind that is asked for. Where the
    /// cell may end early they hold at all looks together: those of a rate by its sequence.
    pub fn bounds(
        &self,
        metric: Metric,
        confidence: f64,
        interval_of_share: fn(&Proportion, f64) -> Option<Interval>,
    ) -> Bounds {
        if let Some(sequence) = self.sums.sequence(metric) {
            return Bounds::new(self.share(metric), sequence.interval(confidence));
        }
        let confidence = self.at_look(confidence);
        let of_metric = || self.sums.sums.iter().map(|sums| &sums[metric as usize]);
        let Sums { amount, saving, .. } = &self.sums.sums[0][metric as usize];
        match (metric.stat(), &self.strata) {
            (Stat::Rate, _) => {
                let shares: Vec<Proportion> = of_metric().map(|sums| sums.share).collect();
                self.share_bounds(Quantity::Metric(metric), &shares, confidence, interval_of_share)
            }
            (Stat::Mean, strata) => {
                let parts = match metric.derivation() {
                    Derivation::PerReplicate(_) => 1.0,
                    _ => f64::from(self.cell.setup.request.count),
                };
                let bounds = match strata {
                    Some(strata) => strata.mean(of_metric().map(|sums| sums.amount), confidence),
                    None => Bounds::new(amount.estimate(), amount.interval(confidence)),
                };
                // No amount is below zero.
                bounds.map(|sum| sum.max(0.0) / parts)
            }
            // Ratios of means, and quantiles, of a mixture have no interval here.
            (Stat::Ratio | Stat::Quantile(_), Some(_)) => Bounds::default(),
            (Stat::Ratio, None) => {
                // What is saved is what is left of one. An end that a ratio has not is open.
                let ratio = Bounds::new(saving.estimate(), saving.interval(confidence)).finite().map(|now| 1.0 - now);
                Bounds { low: ratio.high, high: ratio.low, ..ratio }
            }
            (Stat::Quantile(q), None) => self.latency_bounds(q, confidence),
        }
    }

    /// Estimate of a share with the ends of its two-sided interval, of the kind that is asked for unless there are strata:
    /// those have exact ones.
    pub fn share_bounds(
        &self,
        quantity: Quantity,
        shares: &[Proportion],
        confidence: f64,
        interval_of_share: fn(&Proportion, f64) -> Option<Interval>,
    ) -> Bounds {
        match (&self.strata, shares) {
            (Some(strata), _) => strata.rate(quantity, shares.iter().copied(), confidence),
            (None, [share, ..]) => Bounds::new(share.estimate(), interval_of_share(share, confidence)),
            (None, []) => Bounds::default(),
        }
    }

    fn latency_bounds(&self, q: f64, confidence: f64) -> Bounds {
        let end = |end: End| match end {
            End::Unknown => None,
            End::At(nanos) => Some(ms(nanos)),
            End::BeyondDeadline => Some(f64::INFINITY),
        };
        let (low, high) = self.quantiles.ends(q, confidence);
        let latency = || self.quantiles.quantile(q).map_or(f64::INFINITY, ms);
        Bounds { observed: (self.quantiles.rows() > 0).then(latency), low: end(low), high: end(high) }
    }
}

/// Nanoseconds in ms.
pub(super) fn ms(nanos: u64) -> f64 {
    nanos as f64 / 1e6
}
