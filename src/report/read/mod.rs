//! A run's findings from the tables of its folder: `axes.csv`, `cells.csv`, `latency.csv` and `summary.csv`.
//!
//! 1. The manifest tells which tables are not those that the run wrote.
//! 2. Every table is read by the names of its columns; what is no number where one has to be, or none that a run finds, is
//!    refused with its place.
//! 3. Together they make the run: cells with what tells them apart, their estimates, curves and comparisons.
//! 4. The run's own tables are made anew and compared with what was read. So nothing is overlooked: rows that are
//!    missing, doubled, unknown or of another run, and tables that contradict each other.

mod cells;
mod changes;
mod curves;
mod error;
mod summary;
mod table;
#[cfg(test)]
pub(super) mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::experiment::RunSummary;

pub use error::ReadError;

use super::folder::{TABLES, tables};
use table::{Row, Table};

/// Treatment of tables that were changed after the run, and with a folder that has no manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// They are refused.
    Refused,
    /// They are read, if what they say is possible and they agree.
    Accepted,
}

/// Reads the findings of the run in `folder` from its tables. Its expectations stand in no table and are left out.
pub fn read(folder: &Path, changed: Changed) -> Result<RunSummary, ReadError> {
    let [axes, cells, latency, summary] = TABLES.map(|name| table::load(folder, name));
    // All results have this one, so it decides whether there are any.
    let cells = cells?;
    let files = [axes?, cells, latency?, summary?];
    let paths = match changes::changed(folder, &files) {
        Ok(paths) if changed == Changed::Refused && !paths.is_empty() => return Err(ReadError::Changed(paths)),
        Err(error) if changed == Changed::Refused => return Err(error),
        known => known.unwrap_or_default(),
    };
    understand(files).map_err(|error| blame(error, paths))
}

/// The error, on the tables that were `changed` if it shows in another one.
fn blame(error: ReadError, changed: Vec<PathBuf>) -> ReadError {
    match &error {
        ReadError::Wrong { path, .. } if !changed.is_empty() && !changed.contains(path) => {
            ReadError::AtOdds(changed, Box::new(error))
        }
        _ => error,
    }
}

/// The run of these tables, in the order of [`TABLES`].
fn understand(files: [(PathBuf, Vec<u8>); 4]) -> Result<RunSummary, ReadError> {
    let [axes, cells, latency, summary] = files.map(|(path, bytes)| Table::parse(path, &bytes));
    let (axes, cells, latency, summary) = (axes?, cells?, latency?, summary?);
    let mut run = cells::read(&axes, &cells)?;
    let places = run.cells.iter().enumerate().map(|(at, cell)| (cell.id.clone(), at)).collect();
    summary::read(&summary, &places, &mut run)?;
    curves::read(&latency, &summary, &places, &mut run)?;
    let made = tables(&run).map_err(|error| cells.wrong(None, None, error.to_string()))?;
    for (found, (_, bytes)) in [&axes, &cells, &latency, &summary].into_iter().zip(&made) {
        compare(found, &Table::parse(found.path.clone(), bytes)?)?;
    }
    Ok(run)
}

/// Places of the cells of a run, by their ids.
type Places = BTreeMap<String, usize>;

/// The cell that a row is about.
fn owner(places: &Places, row: Row<'_>) -> Result<usize, ReadError> {
    let place = places.get(row.text("cell")).copied();
    place.ok_or_else(|| row.wrong("cell", format!("cells.csv has no cell {}", row.quoted("cell"))))
}

/// Compares a table with the one that is made of what was understood.
fn compare(found: &Table, made: &Table) -> Result<(), ReadError> {
    let odd = found.header.iter().find(|name| !made.header.contains(name));
    if let Some(name) = odd {
        return Err(found.wrong(Some(1), Some(name), "there is no such column"));
    }
    if found.header != made.header {
        return Err(found.wrong(Some(1), None, format!("the columns are not {}", made.header.join(", "))));
    }
    if let Some(error) = found.rows().zip(made.rows()).find_map(|(found, made)| found.disagreement(made)) {
        return Err(error);
    }
    if found.rows().len() == made.rows().len() {
        return Ok(());
    }
    let (rows, expected) = (found.rows().len(), made.rows().len());
    Err(found.wrong(None, None, format!("there are {rows} rows where all else says {expected}")))
}
