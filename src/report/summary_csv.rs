//! `summary.csv`, one row a cell and metric or reason of doom (tidy), and `cells.csv`, one row a cell.

use crate::experiment::{CellSummary, Metric, RunSummary, Stat};

use super::columns::AxisColumn;

/// The tidy table: cell, axes, metric, what kind of number it is, value, interval, replicates, unit, and for latencies
/// the share of requests that were not accepted before the deadline. Behind a cell's metrics stands how often each
/// reason doomed its requests, for the reasons that occur in the run.
pub(super) fn summary(run: &RunSummary) -> csv::Result<Vec<u8>> {
    let (axes, reasons) = (axes(run), run.dooms());
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
        for doom in cell.dooms.iter().filter(|doom| reasons.contains(&doom.reason)) {
            let mut record = cell_fields(cell, &axes);
            record.extend([format!("doomed_{}", doom.reason.name()), Stat::Rate.name().to_owned()]);
            record.extend([doom.share, doom.ci_low, doom.ci_high].map(number));
            record.extend([cell.replicates.to_string(), "1".to_owned(), String::new(), String::new()]);
            writer.write_record(record)?;
        }
    }
    finish(writer)
}

/// One row a cell: every metric's value, and what each fault did.
pub(super) fn cells(run: &RunSummary) -> csv::Result<Vec<u8>> {
    let axes = axes(run);
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut header = vec!["cell".to_owned()];
    header.extend(axes.iter().map(|axis| axis.header.clone()));
    header.push("replicates".to_owned());
    header.extend(Metric::ALL.iter().map(|metric| column(*metric)));
    let faults = run.cells.first().map_or(&[][..], |cell| &cell.faults);
    header.extend(
        faults.iter().flat_map(|fault| {
            ["nodes", "fired", "holder_shortfall"].map(|what| format!("faults.{}.{what}", fault.name))
        }),
    );
    writer.write_record(&header)?;
    for cell in &run.cells {
        let mut record = cell_fields(cell, &axes);
        record.push(cell.replicates.to_string());
        record.extend(cell.estimates.iter().map(|estimate| number(estimate.value)));
        record.extend(
            cell.faults.iter().flat_map(|fault| {
                [fault.nodes.to_string(), fault.fired.to_string(), fault.holder_shortfall.to_string()]
            }),
        );
        writer.write_record(record)?;
    }
    finish(writer)
}

fn axes(run: &RunSummary) -> Vec<AxisColumn> {
    AxisColumn::all(&run.axes, run.cells.iter().map(|cell| &cell.axes))
}

fn cell_fields(cell: &CellSummary, axes: &[AxisColumn]) -> Vec<String> {
    let mut fields = vec![cell.id.clone()];
    fields.extend(axes.iter().zip(&cell.axes).map(|(column, value)| column.field(value)));
    fields
}

/// A metric's column, its unit last unless the name ends with it.
fn column(metric: Metric) -> String {
    match metric.unit() {
        "1" | "bytes" => metric.name().to_owned(),
        unit => format!("{}_{unit}", metric.name()),
    }
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn finish(writer: csv::Writer<Vec<u8>>) -> csv::Result<Vec<u8>> {
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}
