//! `summary.csv`, one row per cell and metric or failure cause (tidy), and `cells.csv`, one row a cell.

use crate::experiment::{CellSummary, FaultSummary, Metric, RunSummary, Stat};

use super::columns::AxisColumn;

/// The tidy table: cell, axes, metric, what kind of number it is, value, interval, replicates, unit, and for latencies
/// the share of requests that were not accepted before the deadline. Behind a cell's metrics stands how often each
/// cause occurred, never included.
pub(super) fn summary(run: &RunSummary) -> csv::Result<Vec<u8>> {
    let axes = axes(run);
    let mut writer = csv::Writer::from_writer(Vec::new());
    let headers = axes.iter().map(|axis| axis.header.as_str());
    let columns = ["metric", "stat", "value", "ci_low", "ci_high", "n", "unit", "censored", "versus"];
    writer.write_record(std::iter::once("cell").chain(headers).chain(columns))?;
    for cell in &run.cells {
        for estimate in &cell.estimates {
            let mut record = cell_fields(cell, &axes);
            record.extend([estimate.metric.name(), estimate.metric.stat().name()].map(str::to_owned));
            record.extend([estimate.value, estimate.ci_low, estimate.ci_high].map(number));
            record.extend([estimate.n.to_string(), estimate.metric.unit().to_owned()]);
            record.push(number(matches!(estimate.metric.stat(), Stat::Quantile(_)).then(|| cell.censored())));
            record.push(String::new());
            writer.write_record(record)?;
        }
        for (metric, value) in cell.exact.iter().flat_map(|exact| &exact.values) {
            let mut record = cell_fields(cell, &axes);
            record.extend([metric.name(), "exact"].map(str::to_owned));
            record.extend([Some(*value), None, None].map(number));
            record.extend([String::new(), metric.unit().to_owned(), String::new(), String::new()]);
            writer.write_record(record)?;
        }
        for difference in &cell.differences {
            let intervals = [
                ("difference", difference.ci_low, difference.ci_high),
                ("difference_unpaired", difference.unpaired_low, difference.unpaired_high),
            ];
            for (stat, low, high) in intervals {
                let mut record = cell_fields(cell, &axes);
                record.extend([difference.metric.name(), stat].map(str::to_owned));
                record.extend([difference.value, low, high].map(number));
                record.extend([difference.n.to_string(), difference.metric.unit().to_owned()]);
                record.extend([String::new(), difference.versus.clone()]);
                writer.write_record(record)?;
            }
        }
        for cause in &cell.causes {
            let mut record = cell_fields(cell, &axes);
            record.extend([format!("cause_{}", cause.cause), Stat::Rate.name().to_owned()]);
            record.extend([cause.share, cause.ci_low, cause.ci_high].map(number));
            record.extend([cell.replicates.to_string(), "1".to_owned(), String::new(), String::new()]);
            writer.write_record(record)?;
        }
    }
    finish(writer)
}

/// One row a cell: what it is, every metric's value, what each fault did, and why there is no closed form, or not a
/// whole one.
pub(super) fn cells(run: &RunSummary) -> csv::Result<Vec<u8>> {
    let axes = axes(run);
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut header = vec!["run".to_owned(), "cell".to_owned()];
    header.extend(axes.iter().map(|axis| axis.header.clone()));
    header.extend(["rule_set", "payload_holders", "deadline_ms", "replicates"].map(str::to_owned));
    header.extend(Metric::ALL.iter().map(|metric| column(*metric)));
    let faults = run.cells.first().map_or(&[][..], |cell| &cell.faults);
    let names = faults.iter().flat_map(|fault| FAULT.map(|what| fault_column(&fault.name, what)));
    // How many nodes a fault has may be an axis of the same name, which says it already.
    let is_new: Vec<bool> = names.clone().map(|name| !header.contains(&name)).collect();
    header.extend(names.zip(&is_new).filter(|(_, is_new)| **is_new).map(|(name, _)| name));
    header.push("no_closed_form".to_owned());
    writer.write_record(&header)?;
    for cell in &run.cells {
        let mut record = vec![format!("{}/{}", run.name, run.id)];
        record.extend(cell_fields(cell, &axes));
        record.extend([cell.rule_set.clone(), cell.payload_holders.clone()]);
        record.extend([cell.deadline_ms.to_string(), cell.replicates.to_string()]);
        record.extend(cell.estimates.iter().map(|estimate| number(estimate.value)));
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

/// What a fault has a column for.
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

/// A metric's column, its unit last unless the name ends with it.
pub(super) fn column(metric: Metric) -> String {
    match metric.unit() {
        "1" | "bytes" => metric.name().to_owned(),
        unit => format!("{}_{unit}", metric.name()),
    }
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// All that was written.
pub(super) fn finish(writer: csv::Writer<Vec<u8>>) -> csv::Result<Vec<u8>> {
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}
