//! `summary.csv`: what was measured in each cell.

use std::collections::BTreeMap;

use crate::experiment::{CauseSummary, CellSummary, Difference, Estimate, Exact, Metric, RunSummary, Stat};
use crate::sim::FailureCause;

use super::error::ReadError;
use super::table::{Column, Row, Table, is_above};

/// The columns that say something.
struct Columns {
    cell: Column,
    metric: Column,
    stat: Column,
    value: Column,
    low: Column,
    high: Column,
    n: Column,
    versus: Column,
}

/// Puts estimates, exact values, differences and causes into the run's cells.
pub(super) fn read(summary: &Table, run: &mut RunSummary) -> Result<(), ReadError> {
    let places: BTreeMap<String, usize> =
        run.cells.iter().enumerate().map(|(at, cell)| (cell.id.clone(), at)).collect();
    let column = |name| summary.column(name);
    let columns = Columns {
        cell: column("cell")?,
        metric: column("metric")?,
        stat: column("stat")?,
        value: column("value")?,
        low: column("ci_low")?,
        high: column("ci_high")?,
        n: column("n")?,
        versus: column("versus")?,
    };
    for row in summary.rows() {
        let cell = &mut run.cells[owner(&places, row, columns.cell)?];
        take(row, &columns, cell)?;
    }
    run.cells.iter_mut().try_for_each(|cell| complete(summary, cell))
}

/// Puts a cell's rows in order; every metric and cause has to be there once.
fn complete(summary: &Table, cell: &mut CellSummary) -> Result<(), ReadError> {
    cell.estimates.sort_by_key(|estimate| estimate.metric);
    cell.causes.sort_by_key(|summary| summary.cause);
    let metrics = Metric::ALL.iter().map(|metric| {
        let count = cell.estimates.iter().filter(|estimate| estimate.metric == *metric).count();
        (metric.name().to_owned(), count)
    });
    // Single causes are always told, several together where they occur.
    let causes = FailureCause::SINGLE.into_iter().chain(cell.causes.iter().map(|summary| summary.cause)).map(|cause| {
        let count = cell.causes.iter().filter(|summary| summary.cause == cause).count();
        (format!("cause_{cause}"), count)
    });
    match metrics.chain(causes).find(|(_, count)| *count != 1) {
        Some((name, count)) => {
            let problem = format!("there are {count} rows of `{name}` for the cell {}, not 1", cell.id);
            Err(summary.wrong(None, None, problem))
        }
        None => Ok(()),
    }
}

/// Which cell a row is about.
pub(super) fn owner(places: &BTreeMap<String, usize>, row: Row<'_>, id: Column) -> Result<usize, ReadError> {
    let place = places.get(row.text(id)).copied();
    place.ok_or_else(|| row.wrong(id, &format!("cells.csv has no cell {}", row.quoted(id))))
}

fn take(row: Row<'_>, at: &Columns, cell: &mut CellSummary) -> Result<(), ReadError> {
    if let Some(cause) = row.text(at.metric).strip_prefix("cause_") {
        let cause = FailureCause::named(cause)
            .ok_or_else(|| row.wrong(at.metric, &format!("{} is no metric", row.quoted(at.metric))))?;
        let [value, low, high] = interval(row, at, range(Stat::Rate))?;
        cell.causes.push(CauseSummary { cause, share: value, ci_low: low, ci_high: high });
        return Ok(());
    }
    let metric = Metric::ALL.iter().find(|known| known.name() == row.text(at.metric));
    let metric = *metric.ok_or_else(|| row.wrong(at.metric, &format!("{} is no metric", row.quoted(at.metric))))?;
    let range = match (row.text(at.stat), metric.stat()) {
        ("difference" | "difference_unpaired", Stat::Rate) => (-1.0, 1.0),
        ("difference" | "difference_unpaired", _) => (f64::NEG_INFINITY, f64::INFINITY),
        (_, stat) => range(stat),
    };
    let [value, low, high] = interval(row, at, range)?;
    match row.text(at.stat) {
        "exact" => {
            let value = row.number(at.value)?;
            match &mut cell.exact {
                Ok(exact) => exact.values.push((metric, value)),
                none => *none = Ok(Exact { values: vec![(metric, value)], ..Exact::default() }),
            }
        }
        "difference" => cell.differences.push(Difference {
            metric,
            versus: row.text(at.versus).to_owned(),
            value,
            ci_low: low,
            ci_high: high,
            unpaired_low: None,
            unpaired_high: None,
            n: row.count(at.n)?,
        }),
        "difference_unpaired" => {
            let paired = cell.differences.last_mut().filter(|paired| paired.metric == metric);
            let paired = paired.ok_or_else(|| row.wrong(at.stat, "it does not stand behind its `difference`"))?;
            (paired.unpaired_low, paired.unpaired_high) = (low, high);
        }
        stat if stat == metric.stat().name() => {
            let estimate = Estimate { metric, value, ci_low: low, ci_high: high, n: row.count(at.n)? };
            cell.estimates.push(estimate);
        }
        _ => {
            let problem = format!("{} is no stat of `{}`", row.quoted(at.stat), metric.name());
            return Err(row.wrong(at.stat, &problem));
        }
    }
    Ok(())
}

/// All values that a number of this kind has in any run.
const fn range(stat: Stat) -> (f64, f64) {
    match stat {
        Stat::Rate => (0.0, 1.0),
        Stat::Quantile(_) | Stat::Mean => (0.0, f64::INFINITY),
        Stat::Ratio => (f64::NEG_INFINITY, 1.0),
    }
}

/// A row's value and the ends of its interval, all within `range`, with the value between the ends.
fn interval(row: Row<'_>, at: &Columns, range: (f64, f64)) -> Result<[Option<f64>; 3], ReadError> {
    let [value, low, high] = [at.value, at.low, at.high].map(|column| row.within(column, range));
    let (value, low, high) = (value?, low?, high?);
    if let Some((_, above)) = low.zip(value.or(high)).filter(|(low, other)| is_above(*low, *other)) {
        return Err(row.wrong(at.low, &format!("{} is above {above}", row.quoted(at.low))));
    }
    if let Some((_, below)) = high.zip(value).filter(|(high, value)| is_above(*value, *high)) {
        return Err(row.wrong(at.high, &format!("{} is below {below}", row.quoted(at.high))));
    }
    Ok([value, low, high])
}
