//! The summary of a cell, from its totals.

use crate::scenario::Metric;
use crate::sim::FaultReport;
use crate::sim::Ocr;
use crate::stats::Proportion;

use super::accumulator::{CellTotals, ms};
use super::agreement::exact;
use super::consumer::Consumer;
use super::judgement::Bounds;
use super::reading::is_measured;
use super::strata::Quantity;
use super::summary::{CONFIDENCE, CauseSummary, CellSummary, Estimate, FaultSummary, HoldersSummary};

/// Points of a survival function that are kept.
const SURVIVAL_POINTS: usize = 48;

impl Consumer for Vec<CellSummary> {
    fn cell_end(&mut self, totals: &CellTotals<'_>) {
        let (cell, setup) = (totals.cell, &totals.cell.setup);
        let survival = totals.quantiles.survival(SURVIVAL_POINTS);
        self.push(CellSummary {
            id: cell.id.clone(),
            axes: cell.axes.clone(),
            rule_set: setup.aggregator.rule_set.to_string(),
            payload_holders: match setup.capability_don.ocr {
                Ocr::Latency(_) => setup.capability_don.payload_holders.to_string(),
                Ocr::Rounds(_) => "observed".to_owned(),
            },
            deadline_ms: ms(setup.aggregator.timeout.as_nanos()),
            replicates: totals.sums.replicates,
            ended: totals.sums.ended,
            estimates: Metric::ALL
                .iter()
                .filter(|metric| is_measured(setup, **metric))
                .map(|metric| estimate(totals, *metric))
                .collect(),
            survival: survival.into_iter().map(|(at, share)| (ms(at), share)).collect(),
            exact: exact(totals),
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
    let summary = |(cause, shares): (_, &[Proportion])| {
        let Bounds { observed, low, high } =
            totals.share_bounds(Quantity::Cause, shares, totals.at_look(CONFIDENCE), Proportion::interval);
        CauseSummary { cause, share: observed, ci_low: low, ci_high: high }
    };
    totals.sums.causes().map(summary).collect()
}

fn holders(totals: &CellTotals<'_>) -> Vec<HoldersSummary> {
    let summary = |(holders, shares): (u32, &[Proportion])| {
        let Bounds { observed, low, high } =
            totals.share_bounds(Quantity::Other, shares, totals.at_look(CONFIDENCE), Proportion::interval);
        HoldersSummary { holders, share: observed, ci_low: low, ci_high: high }
    };
    totals.sums.holders().map(summary).collect()
}

fn faults(totals: &CellTotals<'_>) -> Vec<FaultSummary> {
    let (faults, network) = (&totals.cell.setup.faults, &totals.cell.setup.network);
    let named = faults.iter().enumerate().map(|(at, fault)| {
        let kind = fault.kind.name();
        let ordinal = faults[..at].iter().filter(|other| other.kind.name() == kind).count();
        (format!("faults.{kind}.{ordinal}"), fault.nodes.most(totals.cell.setup.capability_don.nodes))
    });
    let partitions = network.partitions.iter().map(|it| it.nodes.len()).enumerate();
    let partitions = partitions.map(|(at, nodes)| (format!("network.partitions.{at}"), nodes as u32));
    let cuts = network.cuts.iter().map(|it| it.from.len().min(it.to.len())).enumerate();
    let cuts = cuts.map(|(at, nodes)| (format!("network.cuts.{at}"), nodes as u32));
    let summary = |((name, nodes), report): (_, &FaultReport)| {
        let FaultReport { fired, holder_shortfall } = *report;
        FaultSummary { name, nodes, fired, holder_shortfall }
    };
    named.chain(partitions).chain(cuts).zip(&totals.sums.faults).map(summary).collect()
}
