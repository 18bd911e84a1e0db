//! The summary of a cell, from its totals.

use crate::scenario::Metric;
use crate::stats::Proportion;

use super::accumulator::{CellTotals, ms};
use super::agreement::exact;
use super::consumer::Consumer;
use super::judgement::Bounds;
use super::summary::{CONFIDENCE, CauseSummary, CellSummary, Estimate, FaultSummary, HoldersSummary};

/// Points of a survival function that are kept.
const SURVIVAL_POINTS: usize = 72;

impl Consumer for Vec<CellSummary> {
    fn cell_end(&mut self, totals: &CellTotals<'_>) {
        let (cell, setup) = (totals.cell, &totals.cell.setup);
        let survival = totals.quantiles.survival(SURVIVAL_POINTS);
        self.push(CellSummary {
            id: cell.id.clone(),
            axes: cell.axes.clone(),
            rule_set: setup.aggregator.rule_set.name().to_owned(),
            payload_holders: setup.capability_don.payload_holders.to_string(),
            deadline_ms: ms(setup.aggregator.timeout.as_nanos()),
            replicates: totals.sums.replicates,
            estimates: Metric::ALL
                .iter()
                .filter(|metric| !metric.is_of_rounds() || setup.capability_don.ocr.rounds().is_some())
                .map(|metric| estimate(totals, *metric))
                .collect(),
            survival: survival.into_iter().map(|(at, share)| (ms(at), share)).collect(),
            exact: exact(&totals.closed_form),
            // Their pairs may be incomplete yet.
            differences: Vec::new(),
            causes: causes(totals),
            holders: holders(totals),
            faults: faults(totals),
        });
    }
}

fn estimate(totals: &CellTotals<'_>, metric: Metric) -> Estimate {
    let bounds = totals.bounds(metric, CONFIDENCE, Proportion::interval).finite();
    let n = totals.replicates(metric);
    Estimate { metric, value: bounds.observed, ci_low: bounds.low, ci_high: bounds.high, n }
}

fn causes(totals: &CellTotals<'_>) -> Vec<CauseSummary> {
    let summary = |(cause, share): (_, &Proportion)| {
        let Bounds { observed, low, high } = Bounds::new(share.estimate(), share.interval(CONFIDENCE));
        CauseSummary { cause, share: observed, ci_low: low, ci_high: high }
    };
    totals.sums.causes().map(summary).collect()
}

fn holders(totals: &CellTotals<'_>) -> Vec<HoldersSummary> {
    let summary = |(holders, share): (u32, &Proportion)| {
        let Bounds { observed, low, high } = Bounds::new(share.estimate(), share.interval(CONFIDENCE));
        HoldersSummary { holders, share: observed, ci_low: low, ci_high: high }
    };
    totals.sums.holders().map(summary).collect()
}

fn faults(totals: &CellTotals<'_>) -> Vec<FaultSummary> {
    let faults = &totals.cell.setup.faults;
    let name = |at: usize| {
        let kind = faults[at].kind.name();
        let ordinal = faults[..at].iter().filter(|other| other.kind.name() == kind).count();
        format!("faults.{kind}.{ordinal}")
    };
    let reports = totals.sums.faults.iter().enumerate().map(|(at, report)| FaultSummary {
        name: name(at),
        nodes: faults[at].nodes,
        fired: report.fired,
        holder_shortfall: report.holder_shortfall,
    });
    let network = &totals.cell.setup.network;
    let barrier = |list: &str, at: usize, nodes: usize, fired: u64| FaultSummary {
        name: format!("network.{list}.{at}"),
        nodes: nodes as u32,
        fired,
        holder_shortfall: 0,
    };
    let partitions = network.partitions.iter().zip(&totals.sums.partitions).enumerate();
    let cuts = network.cuts.iter().zip(&totals.sums.cuts).enumerate();
    reports
        .chain(partitions.map(|(at, (it, stopped))| barrier("partitions", at, it.nodes.len(), *stopped)))
        .chain(cuts.map(|(at, (it, stopped))| barrier("cuts", at, it.from.len().min(it.to.len()), *stopped)))
        .collect()
}
