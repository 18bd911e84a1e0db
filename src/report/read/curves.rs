//! `latency.csv`: the curves of each cell.

use std::collections::BTreeMap;

use crate::experiment::{Exact, RunSummary};
use crate::report::latency_csv::{COLUMNS, EXACT, SIMULATED};

use super::error::ReadError;
use super::summary::owner;
use super::table::Table;

/// Puts the curves into the run's cells.
pub(super) fn read(latency: &Table, run: &mut RunSummary) -> Result<(), ReadError> {
    let places: BTreeMap<String, usize> =
        run.cells.iter().enumerate().map(|(at, cell)| (cell.id.clone(), at)).collect();
    let id = latency.column("cell")?;
    let [source, time, waiting] = COLUMNS.map(|name| latency.column(name));
    let (source, time, waiting) = (source?, time?, waiting?);
    for row in latency.rows() {
        let cell = &mut run.cells[owner(&places, row, id)?];
        let step = (row.number(time)?, row.number(waiting)?);
        match row.text(source) {
            SIMULATED => cell.survival.push(step),
            EXACT => match &mut cell.exact {
                Ok(exact) => exact.survival.push(step),
                none => *none = Ok(Exact { values: Vec::new(), survival: vec![step] }),
            },
            _ => {
                let problem = format!("{} is neither `{SIMULATED}` nor `{EXACT}`", row.quoted(source));
                return Err(row.wrong(source, &problem));
            }
        }
    }
    Ok(())
}
