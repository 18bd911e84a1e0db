//! `latency.csv`, one row a step of a curve: how many requests still wait after how long.

use crate::experiment::RunSummary;

use super::summary_csv::{axes, begin, cell_fields, finish};

/// The columns behind a cell's id and axes.
pub(super) const COLUMNS: [&str; 3] = ["source", "latency_ms", "waiting"];

/// The source of what the replicates say.
pub(super) const SIMULATED: &str = "simulated";

/// The source of what a closed form says.
pub(super) const EXACT: &str = "exact";

/// The table.
pub(super) fn table(run: &RunSummary) -> csv::Result<Vec<u8>> {
    let axes = axes(run);
    let mut writer = begin(&axes, &COLUMNS)?;
    for cell in &run.cells {
        let fields = cell_fields(cell, &axes);
        let exact = cell.exact.as_ref().map_or(&[][..], |exact| &exact.survival);
        for (source, curve) in [(SIMULATED, &cell.survival[..]), (EXACT, exact)] {
            for (latency, waiting) in curve {
                let step = [source.to_owned(), latency.to_string(), waiting.to_string()];
                writer.write_record(fields.iter().chain(&step))?;
            }
        }
    }
    finish(writer)
}
