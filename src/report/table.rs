//! The table that a run prints.

use std::ops::Range;

use crate::experiment::{CellSummary, Estimate, Metric, RunSummary};
use crate::scenario::{escaped, label};

/// Column of the replicates where cells have different numbers of them.
const REPLICATES: Column = ("replicates", |cell| cell.replicates.to_string());

/// The bytes that a request costs, by cause.
const BYTES: [Metric; 6] = [
    Metric::RequestBytes,
    Metric::ResponseBytes,
    Metric::DuplicatePayloadBytes,
    Metric::AttestationBytes,
    Metric::ErrorBytes,
    Metric::EnvelopeBytes,
];

/// Rates that are worth a column only when something is wrong.
const ALARMS: [(Metric, &str); 5] = [
    (Metric::AcceptedWrong, "wrong"),
    (Metric::AcceptedTainted, "tainted"),
    (Metric::Disagreement, "disagree"),
    (Metric::Crashed, "crashed"),
    (Metric::NoAgreement, "no agreement"),
];

/// A column and how its fields are made.
type Column = (&'static str, fn(&CellSummary) -> String);

/// Column in place of that of the accepted where replicates are dealt to strata.
const OF_STRATA: Column = ("not accepted", |cell| cell.estimate(Metric::NotAccepted).map_or_else(String::new, tiny));

/// The columns that every table has behind what tells cells apart.
const COLUMNS: [Column; 5] = [
    ("accepted", |cell| cell.estimate(Metric::Accepted).map_or_else(String::new, with_interval)),
    ("served", |cell| format!("{:.3}", rate(cell, Metric::Served))),
    ("p50 ms", |cell| milliseconds(cell, Metric::LatencyP50)),
    ("p99 ms", |cell| milliseconds(cell, Metric::LatencyP99)),
    ("KiB/request", |cell| format!("{:.1}", BYTES.iter().map(|metric| rate(cell, *metric)).sum::<f64>() / 1024.0)),
];

/// One line a cell under a header: its axes, how often requests are accepted and served, how fast, and at what cost; and
/// where something failed, the most frequent cause.
pub fn table(run: &RunSummary) -> String {
    let (rows, numbers) = rows(run);
    align(&rows, &numbers)
}

/// The header and a line a cell, and which columns are flush right.
pub(super) fn rows(run: &RunSummary) -> (Vec<Vec<String>>, Range<usize>) {
    let alarms: Vec<_> =
        ALARMS.into_iter().filter(|(metric, _)| run.cells.iter().any(|cell| rate(cell, *metric) > 0.0)).collect();
    let mut columns = COLUMNS.to_vec();
    if run.cells.iter().any(|cell| cell.estimate(Metric::NotAccepted).is_some()) {
        columns[0] = OF_STRATA;
    }
    columns.extend(run.has_stop_rules().then_some(REPLICATES));
    let names = columns.iter().map(|(name, _)| *name).chain(alarms.iter().map(|(_, name)| *name));
    let mut rows = vec![distinctions(run)];
    rows[0].extend(names.map(str::to_owned));
    rows.extend(run.cells.iter().map(|cell| {
        let fields = columns.iter().map(|(_, field)| field(cell));
        let alarms = alarms.iter().map(|(metric, _)| format!("{:.3}", rate(cell, *metric)));
        place(run, cell).into_iter().chain(fields).chain(alarms).collect()
    }));
    // All but what tells cells apart, and the first column.
    let numbers = rows[0].len() - (columns.len() - 1) - alarms.len()..rows[0].len();
    let causes: Vec<String> = run.cells.iter().map(failure_cause).collect();
    if causes.iter().any(|cause| !cause.is_empty()) {
        rows[0].push("failure cause".to_owned());
        rows[1..].iter_mut().zip(causes).for_each(|(row, cause)| row.push(cause));
    }
    (rows, numbers)
}

/// Headers that tell cells apart: the axes or, without any, what stands for them.
pub(super) fn distinctions(run: &RunSummary) -> Vec<String> {
    match &run.axes[..] {
        [] => vec!["rule set".to_owned(), "holders".to_owned()],
        axes => axes.iter().map(|axis| label(&axis.key)).collect(),
    }
}

/// A cell's values of its [`distinctions`].
pub(super) fn place(run: &RunSummary, cell: &CellSummary) -> Vec<String> {
    match &run.axes[..] {
        [] => vec![cell.rule_set.clone(), cell.payload_holders.clone()],
        _ => cell.axes.iter().map(|value| escaped(&value.text)).collect(),
    }
}

/// Most frequent cause of a cell and its share; empty when nothing failed, or so little that the share would read as none.
fn failure_cause(cell: &CellSummary) -> String {
    let told = cell.main_cause().map(|(cause, share)| (cause, format!("{share:.3}")));
    told.filter(|(_, share)| share != "0.000").map_or_else(String::new, |(cause, share)| format!("{cause} {share}"))
}

/// A metric's value, nothing counting as zero.
pub(super) fn rate(cell: &CellSummary, metric: Metric) -> f64 {
    cell.estimate(metric).and_then(|estimate| estimate.value).unwrap_or(0.0)
}

pub(super) fn with_interval(estimate: &Estimate) -> String {
    match (estimate.value, estimate.ci_low, estimate.ci_high) {
        (Some(value), Some(low), Some(high)) => format!("{value:.3} [{low:.3}, {high:.3}]"),
        (Some(value), ..) => format!("{value:.3}"),
        _ => "-".to_owned(),
    }
}

/// A rate that may be far too small for decimals.
fn tiny(estimate: &Estimate) -> String {
    match (estimate.value, estimate.ci_low, estimate.ci_high) {
        (Some(value), Some(low), Some(high)) => format!("{value:.1e} [{low:.1e}, {high:.1e}]"),
        _ => "-".to_owned(),
    }
}

/// A quantile; one beyond the deadline is only known to be later than that. Strata have none.
pub(super) fn milliseconds(cell: &CellSummary, metric: Metric) -> String {
    if cell.estimate(Metric::NotAccepted).is_some() {
        return "-".to_owned();
    }
    let (value, mark) = match cell.estimate(metric).and_then(|estimate| estimate.value) {
        Some(value) => (value, ""),
        // A short deadline in full: rounded it might be zero.
        None if cell.deadline_ms < 1.0 => return format!(">{}", cell.deadline_ms),
        None => (cell.deadline_ms, ">"),
    };
    if value < 100.0 { format!("{mark}{value:.1}") } else { format!("{mark}{value:.0}") }
}

/// Columns of equal width; `numbers` flush right, all others flush left.
pub(super) fn align(rows: &[Vec<String>], numbers: &Range<usize>) -> String {
    let columns = rows[0].len();
    let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths).enumerate().map(|(at, (cell, width))| {
            if numbers.contains(&at) { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Verdict;
    use crate::report::markdown::markdown;
    use crate::report::read::tests::sample;
    use crate::report::report_md::page;

    #[test]
    fn a_share_that_reads_as_none_is_no_cause() {
        let mut run = sample();
        let cause = run.cells[0].causes[2].cause.to_string();
        for (share, told) in [(0.000_499, None), (0.000_51, Some("0.001")), (0.25, Some("0.250"))] {
            run.cells[0].causes[2].share = Some(share);
            let (rows, _) = rows(&run);
            let last = |row: usize| rows[row].last().map(String::as_str);
            assert_eq!(last(0) == Some("failure cause"), told.is_some(), "{share}");
            if let Some(told) = told {
                assert_eq!((last(1), last(2)), (Some(format!("{cause} {told}").as_str()), Some("")));
            }
            for text in [table(&run), markdown(&run, Verdict::Pass), page(&run, &[])] {
                assert_eq!(text.contains(&cause), told.is_some(), "{share}: {text}");
            }
        }
    }
}
