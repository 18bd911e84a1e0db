//! `latency.csv`: the curves of each cell.

use std::collections::BTreeMap;

use crate::experiment::{Exact, RunSummary};
use crate::report::latency_csv::{COLUMNS, EXACT, SIMULATED};

use super::error::ReadError;
use super::summary::owner;
use super::table::{Table, is_above};

/// Puts the curves into the run's cells. Where they end, `summary.csv` has to say too.
pub(super) fn read(latency: &Table, summary: &Table, run: &mut RunSummary) -> Result<(), ReadError> {
    let places: BTreeMap<String, usize> =
        run.cells.iter().enumerate().map(|(at, cell)| (cell.id.clone(), at)).collect();
    let id = latency.column("cell")?;
    let [source, time, waiting] = COLUMNS.map(|name| latency.column(name));
    let (source, time, waiting) = (source?, time?, waiting?);
    // The line of each cell's last simulated step.
    let mut last_lines = vec![None; run.cells.len()];
    for row in latency.rows() {
        let place = owner(&places, row, id)?;
        let cell = &mut run.cells[place];
        let curve = match row.text(source) {
            SIMULATED => {
                last_lines[place] = Some(row.line);
                &mut cell.survival
            }
            EXACT => {
                if cell.exact.is_err() {
                    cell.exact = Ok(Exact::default());
                }
                let Ok(exact) = &mut cell.exact else { continue };
                &mut exact.survival
            }
            _ => {
                let problem = format!("{} is neither `{SIMULATED}` nor `{EXACT}`", row.quoted(source));
                return Err(row.wrong(source, &problem));
            }
        };
        let step = (row.number_within(time, (0.0, f64::INFINITY))?, row.number_within(waiting, (0.0, 1.0))?);
        if let Some(before) = curve.last() {
            if is_above(before.0, step.0) {
                return Err(row.wrong(time, &format!("{} is before the step above, {}", row.quoted(time), before.0)));
            }
            if is_above(step.1, before.1) {
                let problem = format!("{} is more than in the step above, {}", row.quoted(waiting), before.1);
                return Err(row.wrong(waiting, &problem));
            }
        }
        curve.push(step);
    }
    check_ends(latency, summary, run, &places, &last_lines)
}

/// Compares where the curves end with the shares that `summary.csv` calls censored. Which of the two is wrong cannot be
/// told from them, so both are named.
fn check_ends(
    latency: &Table,
    summary: &Table,
    run: &RunSummary,
    places: &BTreeMap<String, usize>,
    last_lines: &[Option<u64>],
) -> Result<(), ReadError> {
    let (id, censored) = (summary.column("cell")?, summary.column("censored")?);
    for row in summary.rows() {
        let place = owner(places, row, id)?;
        let end = run.cells[place].censored();
        let stated = row.within(censored, (0.0, 1.0))?;
        if let Some(stated) = stated.filter(|stated| *stated != end) {
            let (cell, line) = (row.quoted(id), row.line);
            let problem = format!(
                "the curve of {cell} ends at {end}, but summary.csv, line {line}, column `censored` says {stated}"
            );
            return Err(latency.wrong(last_lines[place], Some(COLUMNS[2]), problem));
        }
    }
    Ok(())
}
