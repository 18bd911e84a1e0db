//! `latency.csv`: the curves of each cell.

use crate::experiment::{Exact, RunSummary};
use crate::report::latency_csv::{COLUMNS, EXACT, SIMULATED};

use super::error::ReadError;
use super::table::{Table, is_above};
use super::{Places, owner};

/// Puts the curves into the run's cells. Where they end, `summary.csv` has to say too.
pub(super) fn read(latency: &Table, summary: &Table, places: &Places, run: &mut RunSummary) -> Result<(), ReadError> {
    latency.require(&["cell"])?;
    latency.require(&COLUMNS)?;
    let [source, time, waiting] = COLUMNS;
    // The line of each cell's last simulated step.
    let mut last_lines = vec![None; run.cells.len()];
    for row in latency.rows() {
        let place = owner(places, row)?;
        let cell = &mut run.cells[place];
        let curve = match row.text(source) {
            SIMULATED => {
                last_lines[place] = Some(row.line);
                &mut cell.survival
            }
            EXACT => &mut known(&mut cell.exact).survival,
            _ => {
                let problem = format!("{} is neither `{SIMULATED}` nor `{EXACT}`", row.quoted(source));
                return Err(row.wrong(source, problem));
            }
        };
        let step = (row.number_within(time, (0.0, f64::INFINITY))?, row.number_within(waiting, (0.0, 1.0))?);
        if let Some(before) = curve.last() {
            if is_above(before.0, step.0) {
                return Err(row.wrong(time, format!("{} is before the step above, {}", row.quoted(time), before.0)));
            }
            if is_above(step.1, before.1) {
                let problem = format!("{} is more than in the step above, {}", row.quoted(waiting), before.1);
                return Err(row.wrong(waiting, problem));
            }
        }
        curve.push(step);
    }
    summary.require(&["censored"])?;
    // Which of the two is wrong cannot be told from them, so both are named.
    for row in summary.rows() {
        let place = owner(places, row)?;
        let end = run.cells[place].censored();
        let stated = row.within("censored", (0.0, 1.0))?;
        if let Some(stated) = stated.filter(|stated| *stated != end) {
            let (cell, line) = (row.quoted("cell"), row.line);
            let problem = format!(
                "the curve of {cell} ends at {end}, but summary.csv, line {line}, column `censored` says {stated}"
            );
            return Err(latency.wrong(last_lines[place], Some(waiting), problem));
        }
    }
    Ok(())
}

/// The closed form, to be completed.
pub(super) fn known(exact: &mut Result<Exact, String>) -> &mut Exact {
    if exact.is_err() {
        *exact = Ok(Exact::default());
    }
    exact.as_mut().expect("it was made to be there")
}
