//! `summary.csv`: what was measured in each cell.

use crate::experiment::{CauseSummary, CellSummary, Difference, Estimate, HoldersSummary, Metric, RunSummary, Stat};
use crate::report::summary_csv::{COLUMNS, HOLDERS};
use crate::sim::FailureCause;

use super::curves::known;
use super::error::ReadError;
use super::table::{Row, Table, is_above};
use super::{Places, owner};

/// Puts estimates, exact values, differences and causes into the run's cells.
pub(super) fn read(summary: &Table, places: &Places, run: &mut RunSummary) -> Result<(), ReadError> {
    summary.require(&["cell"])?;
    summary.require(&COLUMNS)?;
    for row in summary.rows() {
        take(row, &mut run.cells[owner(places, row)?])?;
    }
    run.cells.iter_mut().try_for_each(|cell| complete(summary, cell))
}

/// Puts a cell's rows in order; every metric and cause has to be there once.
fn complete(summary: &Table, cell: &mut CellSummary) -> Result<(), ReadError> {
    cell.estimates.sort_by_key(|estimate| estimate.metric);
    cell.causes.sort_by_key(|summary| summary.cause);
    cell.holders.sort_by_key(|summary| summary.holders);
    let metrics = Metric::ALL.iter().map(|metric| {
        let count = cell.estimates.iter().filter(|estimate| estimate.metric == *metric).count();
        (metric.name().to_owned(), count)
    });
    // Single causes are always told, several together where they occur.
    let causes = FailureCause::SINGLE.into_iter().chain(cell.causes.iter().map(|summary| summary.cause)).map(|cause| {
        let count = cell.causes.iter().filter(|summary| summary.cause == cause).count();
        (format!("cause_{cause}"), count)
    });
    // Those of rounds are told where there are rounds, those of strata where there are strata.
    let has_any = |is_meant: fn(Metric) -> bool| cell.estimates.iter().any(|estimate| is_meant(estimate.metric));
    let (has_rounds, has_strata) = (has_any(Metric::is_of_rounds), has_any(Metric::is_of_strata));
    let is_idle = |metric: &Metric| (metric.is_of_rounds() && !has_rounds) || (metric.is_of_strata() && !has_strata);
    let idle: Vec<&str> = Metric::ALL.iter().filter(|metric| is_idle(metric)).map(|metric| metric.name()).collect();
    let metrics = metrics.filter(|(name, _)| !idle.contains(&name.as_str()));
    match metrics.chain(causes).find(|(_, count)| *count != 1) {
        Some((name, count)) => {
            let problem = format!("there are {count} rows of `{name}` for the cell {}, not 1", cell.id);
            Err(summary.wrong(None, None, problem))
        }
        None => Ok(()),
    }
}

fn take(row: Row<'_>, cell: &mut CellSummary) -> Result<(), ReadError> {
    let (name, stat) = (row.text("metric"), row.text("stat"));
    let is_none = || row.wrong("metric", format!("{} is no metric", row.quoted("metric")));
    if let Some(cause) = name.strip_prefix("cause_") {
        let cause = FailureCause::named(cause).ok_or_else(is_none)?;
        let [share, ci_low, ci_high] = interval(row, range(Stat::Rate))?;
        cell.causes.push(CauseSummary { cause, share, ci_low, ci_high });
        return Ok(());
    }
    if let Some(holders) = name.strip_prefix(HOLDERS) {
        let holders = holders.parse().map_err(|_| is_none())?;
        let [share, ci_low, ci_high] = interval(row, range(Stat::Rate))?;
        cell.holders.push(HoldersSummary { holders, share, ci_low, ci_high });
        return Ok(());
    }
    let metric = *Metric::ALL.iter().find(|known| known.name() == name).ok_or_else(is_none)?;
    let range = match (stat, metric.stat()) {
        ("difference" | "difference_unpaired", Stat::Rate) => (-1.0, 1.0),
        ("difference" | "difference_unpaired", _) => (f64::NEG_INFINITY, f64::INFINITY),
        (_, stat) => range(stat),
    };
    let [value, ci_low, ci_high] = interval(row, range)?;
    match stat {
        "exact" => known(&mut cell.exact).values.push((metric, row.number("value")?)),
        "difference" => {
            let (versus, n) = (row.text("versus").to_owned(), row.count("n")?);
            let (unpaired_low, unpaired_high) = (None, None);
            cell.differences.push(Difference {
                metric,
                versus,
                value,
                ci_low,
                ci_high,
                unpaired_low,
                unpaired_high,
                n,
            });
        }
        "difference_unpaired" => {
            let paired = cell.differences.last_mut().filter(|paired| paired.metric == metric);
            let paired = paired.ok_or_else(|| row.wrong("stat", "it does not stand behind its `difference`"))?;
            (paired.unpaired_low, paired.unpaired_high) = (ci_low, ci_high);
        }
        stat if stat == metric.stat().name() => {
            cell.estimates.push(Estimate { metric, value, ci_low, ci_high, n: row.count("n")? });
        }
        _ => return Err(row.wrong("stat", format!("{} is no stat of `{name}`", row.quoted("stat")))),
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
fn interval(row: Row<'_>, range: (f64, f64)) -> Result<[Option<f64>; 3], ReadError> {
    let [value, low, high] = ["value", "ci_low", "ci_high"].map(|column| row.within(column, range));
    let (value, low, high) = (value?, low?, high?);
    if let Some((_, above)) = low.zip(value.or(high)).filter(|(low, other)| is_above(*low, *other)) {
        return Err(row.wrong("ci_low", format!("{} is above {above}", row.quoted("ci_low"))));
    }
    if let Some((_, below)) = high.zip(value).filter(|(high, value)| is_above(*value, *high)) {
        return Err(row.wrong("ci_high", format!("{} is below {below}", row.quoted("ci_high"))));
    }
    Ok([value, low, high])
}
