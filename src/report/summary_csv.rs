//! `summary.csv`, one row per cell and metric or failure cause (tidy), and `cells.csv`, one row a cell.

use crate::experiment::{CellSummary, FaultSummary, Metric, RunSummary, Stat};

use super::columns::AxisColumn;

/// The tidy table: cell, axes, metric, what kind of number it is, value, interval, replicates, unit, and for latencies
/// the share of requests that were not accepted before the deadline. Behind a cell's metrics stands how often each
/// cause occurred, never included, and how often a request had so many holders.
pub(super) fn summary(run: &RunSummary) -> csv::Result<Vec<u8>> {
    let axes = axes(run);
    let mut writer = begin(&axes, &COLUMNS)?;
    for cell in &run.cells {
        let fields = cell_fields(cell, &axes);
        for line in lines(cell) {
            writer.write_record(fields.iter().chain(&line))?;
        }
    }
    finish(writer)
}

/// Beginning of the metric that tells how often a request has so many holders.
pub(super) const HOLDERS: &str = "holders_";

/// The columns of `summary.csv` behind a cell's id and axes.
pub(super) const COLUMNS: [&str; 9] =
    ["metric", "stat", "value", "ci_low", "ci_high", "n", "unit", "censored", "versus"];

/// The rows of a cell, each with a field for every one of [`COLUMNS`].
fn lines(cell: &CellSummary) -> Vec<[String; COLUMNS.len()]> {
    let line = |name: &str, stat: &str, numbers: [Option<f64>; 3], n: Option<u64>, unit: &str| {
        let ([value, low, high], n) = (numbers.map(number), n.map_or_else(String::new, |n| n.to_string()));
        [name.to_owned(), stat.to_owned(), value, low, high, n, unit.to_owned(), String::new(), String::new()]
    };
    let of = |metric: Metric, stat, numbers, n| line(metric.name(), stat, numbers, n, metric.unit());
    let mut lines = Vec::new();
    for it in &cell.estimates {
        let mut line = of(it.metric, it.metric.stat().name(), [it.value, it.ci_low, it.ci_high], Some(it.n));
        line[7] = number((matches!(it.metric.stat(), Stat::Quantile(_)) && it.n > 0).then(|| cell.censored()));
        lines.push(line);
    }
    let exact = cell.exact.iter().flat_map(|exact| &exact.values);
    lines.extend(exact.map(|(metric, value)| of(*metric, "exact", [Some(*value), None, None], None)));
    for it in &cell.differences {
        let paired = of(it.metric, "difference", [it.value, it.ci_low, it.ci_high], Some(it.n));
        let unpaired = [it.value, it.unpaired_low, it.unpaired_high];
        for mut line in [paired, of(it.metric, "difference_unpaired", unpaired, Some(it.n))] {
            line[8].clone_from(&it.versus);
            lines.push(line);
        }
    }
    for it in &cell.causes {
        let (name, numbers) = (format!("cause_{}", it.cause), [it.share, it.ci_low, it.ci_high]);
        lines.push(line(&name, Stat::Rate.name(), numbers, Some(cell.replicates), "1"));
    }
    for it in &cell.holders {
        let (name, numbers) = (format!("{HOLDERS}{}", it.holders), [it.share, it.ci_low, it.ci_high]);
        lines.push(line(&name, Stat::Rate.name(), numbers, Some(cell.replicates), "1"));
    }
    lines
}

/// One row a cell: what it is, every metric's value, what each fault did, and why there is no closed form, or not a
/// whole one.
pub(super) fn cells(run: &RunSummary) -> csv::Result<Vec<u8>> {
    let axes = axes(run);
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut header = vec!["run".to_owned(), "cell".to_owned()];
    header.extend(axes.iter().map(|axis| axis.header.clone()));
    header.extend(CELL_COLUMNS.map(str::to_owned));
    header.extend(run.has_stop_rules().then(|| ENDED_BY.to_owned()));
    // A metric's unit stands last, unless its name ends with it.
    let is_there = |metric: &&Metric| run.cells.iter().any(|cell| cell.estimate(**metric).is_some());
    let metrics: Vec<Metric> = Metric::ALL.iter().filter(is_there).copied().collect();
    header.extend(metrics.iter().map(|metric| match metric.unit() {
        "1" | "bytes" => metric.name().to_owned(),
        unit => format!("{}_{unit}", metric.name()),
    }));
    let faults = run.cells.first().map_or(&[][..], |cell| &cell.faults);
    let names = faults.iter().flat_map(|fault| FAULT.map(|what| fault_column(&fault.name, what)));
    // How many nodes a fault has may be an axis of the same name, which says it already.
    let is_new: Vec<bool> = names.clone().map(|name| !header.contains(&name)).collect();
    header.extend(names.zip(&is_new).filter(|(_, is_new)| **is_new).map(|(name, _)| name));
    header.push(NO_CLOSED_FORM.to_owned());
    writer.write_record(&header)?;
    for cell in &run.cells {
        let mut record = vec![format!("{}/{}", run.name, run.id)];
        record.extend(cell_fields(cell, &axes));
        record.extend([cell.rule_set.clone(), cell.payload_holders.clone()]);
        record.extend([cell.deadline_ms.to_string(), cell.replicates.to_string()]);
        let ended_by = cell.ended.map_or_else(String::new, |ended| ended.name().to_owned());
        record.extend(run.has_stop_rules().then_some(ended_by));
        let value = |metric: &Metric| number(cell.estimate(*metric).and_then(|estimate| estimate.value));
        record.extend(metrics.iter().map(value));
        let facts = |fault: &FaultSummary| {
            [fault.nodes.to_string(), fault.fired.to_string(), fault.holder_shortfall.to_string()]
        };
        let facts = cell.faults.iter().flat_map(facts).zip(&is_new);
        record.extend(facts.filter(|(_, is_new)| **is_new).map(|(fact, _)| fact));
        record.push(cell.exact.as_ref().map_or_else(Clone::clone, |exact| exact.missing.clone()));
        writer.write_record(record)?;
    }
    finish(writer)
}

/// The columns of `cells.csv` that say what a cell is.
pub(super) const CELL_COLUMNS: [&str; 4] = ["rule_set", "payload_holders", "deadline_ms", "replicates"];

/// The column of why a cell has no more replicates, where stop rules end cells.
pub(super) const ENDED_BY: &str = "ended_by";

/// The column of why there is no closed form, or not a whole one.
pub(super) const NO_CLOSED_FORM: &str = "no_closed_form";

/// Facts that a fault has a column for.
pub(super) const FAULT: [&str; 3] = ["nodes", "fired", "holder_shortfall"];

/// The column of a fault that tells `what`, one of [`FAULT`].
pub(super) fn fault_column(name: &str, what: &str) -> String {
    format!("{name}.{what}")
}

/// The columns of the run's axes.
pub(super) fn axes(run: &RunSummary) -> Vec<AxisColumn> {
    AxisColumn::all(&run.axes, run.cells.iter().map(|cell| &cell.axes))
}

/// A cell's id and its values on the axes.
pub(super) fn cell_fields(cell: &CellSummary, axes: &[AxisColumn]) -> Vec<String> {
    let mut fields = vec![cell.id.clone()];
    fields.extend(axes.iter().zip(&cell.axes).map(|(column, value)| column.field(value)));
    fields
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// A table whose first columns are a cell's id and its axes.
pub(super) fn begin(axes: &[AxisColumn], columns: &[&str]) -> csv::Result<csv::Writer<Vec<u8>>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let axes = axes.iter().map(|axis| axis.header.as_str());
    writer.write_record(std::iter::once("cell").chain(axes).chain(columns.iter().copied()))?;
    Ok(writer)
}

/// All that was written.
pub(super) fn finish(writer: csv::Writer<Vec<u8>>) -> csv::Result<Vec<u8>> {
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}
