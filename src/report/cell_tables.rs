//! Tables of a run's cells as its pages show them, before they are Markdown or HTML.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::experiment::{CellSummary, Difference, Estimate, FaultSummary, Metric, RunSummary, Stat};

use super::columns::common;
use super::table::{distinctions, place, rows};

/// Metrics whose intervals the table of results leaves out.
const INTERVALS: [(Metric, &str); 5] = [
    (Metric::Served, "served"),
    (Metric::LatencyP50, "p50 ms"),
    (Metric::LatencyP90, "p90 ms"),
    (Metric::LatencyP99, "p99 ms"),
    (Metric::TotalBytes, "KiB/request"),
];

/// Metrics whose differences are worth a column here, of those that are taken; `summary.csv` has all.
pub(super) const COMPARED: [(Metric, &str); 3] =
    [(Metric::Accepted, "accepted"), (Metric::Served, "served"), (Metric::TotalBytes, "KiB/request")];

/// A table whose rows are of cells, each behind what tells that cell apart.
pub(super) struct CellTable {
    pub(super) header: Vec<String>,
    /// Each with the place of its cell in the run.
    pub(super) rows: Vec<(usize, Vec<String>)>,
    /// Columns that tell cells apart: the first so many.
    pub(super) texts: usize,
    /// Columns of numbers.
    pub(super) numbers: Range<usize>,
}

impl CellTable {
    /// A table of some lines a cell.
    pub(super) fn new(run: &RunSummary, names: &[&str], lines: impl Fn(&CellSummary) -> Vec<Vec<String>>) -> Self {
        let mut header = distinctions(run);
        let texts = header.len();
        header.extend(names.iter().map(|name| (*name).to_owned()));
        let mut rows = Vec::new();
        for (at, cell) in run.cells.iter().enumerate() {
            let place = place(run, cell);
            rows.extend(lines(cell).into_iter().map(|line| (at, [place.clone(), line].concat())));
        }
        // A metric that has no column of its own is named in the first.
        let numbers = texts + usize::from(names.first() == Some(&"metric"))..header.len();
        Self { header, rows, texts, numbers }
    }

    /// The table that a run prints.
    pub(super) fn results(run: &RunSummary) -> Self {
        let (mut rows, numbers) = rows(run);
        let header = rows.remove(0);
        Self { texts: distinctions(run).len(), header, rows: rows.into_iter().enumerate().collect(), numbers }
    }

    /// Metrics with their intervals.
    pub(super) fn intervals(run: &RunSummary) -> Self {
        Self::new(run, &INTERVALS.map(|(_, name)| name), |cell| {
            let shown = |metric| cell.estimate(metric).map_or_else(String::new, |it| with_interval(cell, it));
            vec![INTERVALS.map(|(metric, _)| shown(metric)).to_vec()]
        })
    }

    /// Closed forms beside what was simulated.
    pub(super) fn closed_forms(run: &RunSummary) -> Self {
        Self::new(run, &["metric", "exact", "simulated", "exact value inside"], compared_with_exact)
    }

    /// Differences of some metrics from the cell under the first rule set; nothing where none is taken.
    pub(super) fn differences(run: &RunSummary) -> Option<Self> {
        let is_there = |(metric, _): &(Metric, &str)| run.cells.iter().any(|cell| difference(cell, *metric).is_some());
        let compared: Vec<_> = COMPARED.into_iter().filter(is_there).collect();
        let names: Vec<&str> = compared.iter().map(|(_, name)| *name).collect();
        (!compared.is_empty()).then(|| {
            Self::new(run, &names, |cell| {
                let shown =
                    |(metric, _): &(Metric, &str)| difference(cell, *metric).map_or_else(String::new, with_ends);
                let line: Vec<String> = compared.iter().map(shown).collect();
                if cell.differences.is_empty() { Vec::new() } else { vec![line] }
            })
        })
    }
}

/// Header and rows of what each fault of the scenario did; nothing without faults.
pub(super) fn faults(run: &RunSummary) -> Option<(Vec<String>, Vec<Vec<String>>)> {
    let first = run.cells.first().filter(|cell| !cell.faults.is_empty())?;
    let header = ["fault", "nodes", "acted", "holders missing", "cells in which it never acted"];
    let row = |(at, fault): (usize, &FaultSummary)| {
        let all: Vec<&FaultSummary> = run.cells.iter().filter_map(|cell| cell.faults.get(at)).collect();
        let nodes = || all.iter().map(|fault| fault.nodes);
        let (least, most) = (nodes().min().unwrap_or_default(), nodes().max().unwrap_or_default());
        let range = if least == most { most.to_string() } else { format!("{least} to {most}") };
        let sum = |what: fn(&FaultSummary) -> u64| all.iter().map(|fault| what(fault)).sum::<u64>().to_string();
        let idle = all.iter().filter(|fault| fault.nodes > 0 && fault.fired == 0).count();
        let (acted, missing) = (sum(|fault| fault.fired), sum(|fault| fault.holder_shortfall));
        vec![fault.name.clone(), range, acted, missing, idle.to_string()]
    };
    Some((header.map(str::to_owned).to_vec(), first.faults.iter().enumerate().map(row).collect()))
}

/// Reasons for which cells have no closed form, or only one in part, with their numbers of cells: the part that is missing
/// or, with an empty one, why all of it is.
pub(super) fn missing_closed_forms(run: &RunSummary) -> BTreeMap<(&str, &str), usize> {
    let mut reasons: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for cell in &run.cells {
        match &cell.exact {
            Ok(exact) => *reasons.entry((&exact.missing, "")).or_default() += 1,
            Err(why) => *reasons.entry(("", why)).or_default() += 1,
        }
    }
    reasons.remove(&("", ""));
    reasons
}

/// Rule set that all differences of a run are taken from.
pub(super) fn compared_with(run: &RunSummary) -> Option<&str> {
    let rule_set = |id: &str| run.cells.iter().find(|cell| cell.id == id).map(|cell| cell.rule_set.as_str());
    common(run.cells.iter().flat_map(|cell| &cell.differences).map(|it| rule_set(&it.versus))).flatten()
}

fn compared_with_exact(cell: &CellSummary) -> Vec<Vec<String>> {
    // What cannot be and was not is left to `summary.csv`.
    let tells = |(metric, exact): &&(Metric, f64)| {
        *exact != 0.0 || cell.estimate(*metric).and_then(|estimate| estimate.value) != Some(0.0)
    };
    let values = cell.exact.iter().flat_map(|exact| &exact.values).filter(tells);
    let line = |(metric, exact): &(Metric, f64)| {
        let estimate = cell.estimate(*metric);
        let ends = estimate.and_then(|estimate| estimate.ci_low.zip(estimate.ci_high));
        let inside = ends.map_or("…", |(low, high)| if low <= *exact && *exact <= high { "yes" } else { "no" });
        let simulated = estimate.map_or_else(String::new, |it| with_interval(cell, it));
        vec![named(*metric), shown(*metric, *exact), simulated, inside.to_owned()]
    };
    values.map(line).collect()
}

pub(super) fn difference(cell: &CellSummary, metric: Metric) -> Option<&Difference> {
    cell.differences.iter().find(|difference| difference.metric == metric)
}

pub(super) fn with_interval(cell: &CellSummary, estimate: &Estimate) -> String {
    let metric = estimate.metric;
    let end = |end: Option<f64>| end.map_or_else(|| "…".to_owned(), |end| shown(metric, end));
    let value = match (estimate.value, metric.stat()) {
        (Some(value), _) => shown(metric, value),
        (None, Stat::Quantile(_)) => format!(">{}", cell.deadline_ms),
        (None, _) => return "–".to_owned(),
    };
    match (estimate.ci_low, estimate.ci_high) {
        (None, None) => value,
        (low, high) => format!("{value} [{}, {}]", end(low), end(high)),
    }
}

pub(super) fn with_ends(difference: &Difference) -> String {
    let signed = |value: f64| {
        let text = shown(difference.metric, value);
        if value > 0.0 { format!("+{text}") } else { text }
    };
    let end = |end: Option<f64>| end.map_or_else(|| "…".to_owned(), signed);
    let Some(value) = difference.value else { return "–".to_owned() };
    format!("{} [{}, {}]", signed(value), end(difference.ci_low), end(difference.ci_high))
}

/// A metric's name, with the unit in which it is [`shown`].
pub(super) fn named(metric: Metric) -> String {
    match metric.unit() {
        "1" => metric.name().to_owned(),
        "bytes" => format!("{} KiB", metric.name()),
        unit => format!("{} {unit}", metric.name()),
    }
}

/// A value as tables for people show it: rates to four decimals, latencies to a tenth of a ms, bytes in KiB.
pub(super) fn shown(metric: Metric, value: f64) -> String {
    match (metric.stat(), metric.unit()) {
        (Stat::Rate | Stat::Ratio, _) => format!("{value:.4}"),
        (_, "bytes") => format!("{:.1}", value / 1024.0),
        (_, "1") => format!("{value:.2}"),
        _ => format!("{value:.1}"),
    }
}
