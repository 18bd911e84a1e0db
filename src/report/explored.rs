//! What an exploration found, as tables for people and as CSV.

use crate::experiment::CellSummary;
use crate::explore::{Aim, Explored};
use crate::scenario::{Axis, Metric, escaped, label};

use super::columns::AxisColumn;
use super::markdown::pipes;
use super::table::{align, milliseconds, rate, with_interval};

/// One line a cell: its figures without an attack and under the worst ones that were found.
#[must_use]
pub fn explored_table(axes: &[Axis], explored: &[Explored]) -> String {
    let rows = rows(axes, explored);
    align(&rows, &(axes.len()..rows[0].len()))
}

/// The same in Markdown, with the attacks below it.
#[must_use]
pub fn explored_markdown(axes: &[Axis], explored: &[Explored]) -> String {
    let table = rows(axes, explored);
    let mut attacks = vec![names(axes)];
    attacks[0].extend(["worst", "attack"].map(Into::into));
    for cell in explored {
        attacks.extend(cell.worst.iter().map(|worst| {
            let mut row = place(cell);
            row.extend([worst.aim.metric().name().to_owned(), format!("`{}`", escaped(&worst.attack))]);
            row
        }));
    }
    format!("{}\n{}", pipes(&table, &(axes.len()..table[0].len())), pipes(&attacks, &(0..0)))
}

/// One row a cell and aim: the figure without an attack, and that under the worst attack with its interval.
///
/// # Errors
/// Never: there is nothing but memory that is written to.
pub fn explored_csv(axes: &[Axis], explored: &[Explored]) -> csv::Result<Vec<u8>> {
    let columns = AxisColumn::all(axes, explored.iter().map(|cell| &cell.axes));
    let mut writer = csv::Writer::from_writer(Vec::new());
    let fixed = ["nodes", "trials", "metric", "unit", "plain", "value", "ci_low", "ci_high", "n", "attack"];
    writer.write_record(columns.iter().map(|column| column.header.as_str()).chain(fixed))?;
    let text = |number: Option<f64>| number.map_or_else(String::new, |number| number.to_string());
    for cell in explored {
        for worst in &cell.worst {
            let metric = worst.aim.metric();
            let Some(estimate) = worst.cell.estimate(metric) else { continue };
            let plain = cell.plain.estimate(metric).and_then(|estimate| estimate.value);
            let mut row: Vec<String> =
                columns.iter().zip(&cell.axes).map(|(column, value)| column.field(value)).collect();
            row.extend([cell.nodes.to_string(), cell.trials.to_string()]);
            row.extend([metric.name(), metric.unit()].map(Into::into));
            row.extend([plain, estimate.value, estimate.ci_low, estimate.ci_high].map(text));
            row.extend([estimate.n.to_string(), worst.attack.clone()]);
            writer.write_record(row)?;
        }
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

fn names(axes: &[Axis]) -> Vec<String> {
    axes.iter().map(|axis| label(&axis.key)).collect()
}

fn place(cell: &Explored) -> Vec<String> {
    cell.axes.iter().map(|value| escaped(&value.text)).collect()
}

fn rows(axes: &[Axis], explored: &[Explored]) -> Vec<Vec<String>> {
    let mut header = names(axes);
    header.push("faulty nodes".to_owned());
    for name in ["accepted", "p99 ms", "signatures"] {
        header.extend([format!("{name}, no attack"), format!("{name}, worst")]);
    }
    header.push("finds".to_owned());
    let row = |cell: &Explored| {
        let mut row = place(cell);
        row.push(cell.nodes.to_string());
        for aim in Aim::ALL {
            let worst = cell.worst.iter().find(|worst| worst.aim == aim).map(|worst| &worst.cell);
            row.extend([Some(&cell.plain), worst].map(|it| it.map_or_else(String::new, |it| figure(it, aim.metric()))));
        }
        row.push(cell.finds.len().to_string());
        row
    };
    std::iter::once(header).chain(explored.iter().map(row)).collect()
}

fn figure(cell: &CellSummary, metric: Metric) -> String {
    match metric {
        Metric::Accepted => cell.estimate(metric).map_or_else(String::new, with_interval),
        Metric::LatencyP99 => milliseconds(cell, metric),
        _ => format!("{:.1}", rate(cell, metric)),
    }
}
