//! Tables of cells. A script finds their rows by `data-cell`, which is a cell's place on the page, and sorts them by what stands
//! in their fields, or by `data-value` where that is no number yet.

use maud::{Markup, html};

use crate::experiment::{CauseSummary, CellSummary, Metric, RunSummary};
use crate::report::cell_tables::{self, CellTable, compared_with, missing_closed_forms};

use super::{Section, grouped, section, text};

/// All tables, that of results first: of the cells of a run those that are `shown`.
pub(super) fn sections(run: &RunSummary, shown: &RunSummary) -> Vec<Section> {
    [
        ("results", "Results", Some(results(run, shown))),
        ("causes", "Failure causes", causes(shown)),
        ("differences", "Differences", differences(shown)),
        ("bytes", "Bytes", bytes(shown)),
        ("intervals", "Intervals", Some(intervals(shown))),
        ("closed-form", "Closed form", closed_forms(run, shown)),
        ("faults", "Faults", faults(run)),
    ]
    .into_iter()
    .filter_map(|(id, title, content)| section(id, title, content))
    .collect()
}

/// The table that a run prints, with what chooses among its rows.
fn results(run: &RunSummary, shown: &RunSummary) -> Markup {
    html! {
        @let part = format!("{} of {}", shown.cells.len(), grouped(run.cells.len() as u64));
        @let is_whole = shown.cells.len() == run.cells.len();
        @let cells = if is_whole { "every cell".to_owned() } else { format!("{part} cells") };
        @if shown.cells.len() > 1 { (filters(shown, run.cells.len())) }
        (table(shown, &format!("What became of requests in {cells}"), &CellTable::results(shown)))
        @if !is_whole {
            p class="note" {
                "Of " (grouped(run.cells.len() as u64)) " cells the " (shown.cells.len()) " that fail a check or accepted least, here and in all tables "
                "below; all are in " a href="cells.csv" { "cells.csv" } " and " a href="summary.csv" { "summary.csv" } "."
            }
        }
        p class="note" {
            em { "accepted" } ": the share of requests and honest workflow nodes with the right response in time; "
            em { "served" } ": the share of requests that enough workflow nodes accepted; "
            em { "p50" } ", " em { "p99" } ": quantiles of the time from a workflow node’s first send to its acceptance, written > "
            "beyond the deadline; " em { "KiB/request" } ": bytes a request over the whole DON; "
            em { "failure cause" } ": what most often made success impossible. […] are 95 % intervals over replicates."
        }
    }
}

/// A choice for every axis, and a search.
fn filters(shown: &RunSummary, all: usize) -> Markup {
    let names = CellTable::new(shown, &[], |_| vec![Vec::new()]);
    choices(
        names.header.iter().enumerate().map(|(at, name)| Choice::new(at, name, &names.rows)).collect(),
        (all, "cells"),
    )
}

/// A choice among the values in a column.
pub(super) struct Choice {
    column: usize,
    name: String,
    values: Vec<String>,
}

impl Choice {
    pub(super) fn new(column: usize, name: &str, rows: &[(usize, Vec<String>)]) -> Self {
        let mut values: Vec<String> = Vec::new();
        for (_, row) in rows {
            if !values.contains(&row[column]) {
                values.push(row[column].clone());
            }
        }
        Self { column, name: name.to_owned(), values }
    }
}

/// Choices among rows, of `all` that `noun` counts, those that are worth it, and a search; a script shows them, without which they do nothing.
pub(super) fn choices(choices: Vec<Choice>, (all, noun): (usize, &str)) -> Markup {
    const MOST_VALUES: usize = 100;
    let worth = choices.into_iter().filter(|choice| (2..=MOST_VALUES).contains(&choice.values.len()));
    html! {
        form class="filters" hidden data-noun=(noun) data-all=(grouped(all as u64)) aria-label={ "Filter all tables of " (noun) } {
            @for Choice { column, name, values } in worth {
                label {
                    span { (text(&name)) }
                    select data-column=(column) {
                        option value="" { "all" }
                        @for value in &values { option value=(text(value)) { (text(value)) } }
                    }
                }
            }
            label { span { "search" } input type="search" placeholder="any text"; }
            output { }
        }
    }
}

/// Metrics with their intervals.
fn intervals(shown: &RunSummary) -> Markup {
    html! {
        (table(shown, "Metrics with 95 % intervals over replicates", &CellTable::intervals(shown)))
        p class="note" {
            "… stands for an end beyond the deadline, or one that too few replicates can show. All metrics are in "
            a href="summary.csv" { "summary.csv" } "."
        }
    }
}

/// Shares of all causes that occur; nothing where none does.
fn causes(shown: &RunSummary) -> Option<Markup> {
    let causes = shown.causes();
    let names: Vec<String> = causes.iter().map(ToString::to_string).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let cells = CellTable::new(shown, &names, |cell| {
        let share = |cause| cell.causes.iter().find(|summary| summary.cause == cause).map_or_else(String::new, share);
        vec![causes.iter().map(|cause| share(*cause)).collect()]
    });
    (!causes.is_empty()).then(|| {
        html! {
            (table(shown, "What made success impossible, as shares of requests and honest workflow nodes", &cells))
            p class="note" {
                "A cause is everything that had happened to the right answers when success became impossible. […] are 95 % intervals."
            }
        }
    })
}

fn share(summary: &CauseSummary) -> String {
    match (summary.share, summary.ci_low, summary.ci_high) {
        (None, ..) => String::new(),
        (Some(0.0), ..) => "0".to_owned(),
        (Some(share), Some(low), Some(high)) => format!("{share:.4} [{low:.4}, {high:.4}]"),
        (Some(share), ..) => format!("{share:.4}"),
    }
}

/// Bytes of a request by cause, where some are sent.
fn bytes(shown: &RunSummary) -> Option<Markup> {
    let value = |cell: &CellSummary, metric| cell.estimate(metric).and_then(|estimate| estimate.value);
    let is_there = |metric: &Metric| shown.cells.iter().any(|cell| value(cell, *metric) > Some(0.0));
    let metrics: Vec<Metric> =
        Metric::ALL.iter().copied().filter(|metric| metric.unit() == "bytes").filter(is_there).collect();
    let names: Vec<String> =
        metrics.iter().map(|metric| metric.name().trim_end_matches("_bytes").replace('_', " ")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let cells = CellTable::new(shown, &names, |cell| {
        let kib = |metric: &Metric| value(cell, *metric).map_or_else(String::new, |it| format!("{:.2}", it / 1024.0));
        vec![metrics.iter().map(kib).collect()]
    });
    (!metrics.is_empty()).then(|| {
        html! {
            (table(shown, "KiB that a request costs, by cause", &cells))
            dl class="words" {
                @for (metric, name) in metrics.iter().zip(names) { div { dt { (name) } dd { (metric.meaning()) } } }
            }
        }
    })
}

/// Closed forms beside what was simulated; nothing where there is nothing to say about them.
fn closed_forms(run: &RunSummary, shown: &RunSummary) -> Option<Markup> {
    let (missing, is_exact) = (missing_closed_forms(run), shown.cells.iter().any(|cell| cell.exact.is_ok()));
    (is_exact || !missing.is_empty()).then(|| {
        html! {
            @if is_exact {
                (table(shown, "Exact values beside what was simulated", &CellTable::closed_forms(shown)))
                p class="note" { "Of 95 % intervals one in twenty misses the exact value by chance." }
            }
            @for ((part, whole), cells) in missing {
                p class="note" {
                    "No closed form " (text(part.trim_end_matches('.'))) @if !part.is_empty() { " " }
                    "for " (grouped(cells as u64)) " of " (grouped(run.cells.len() as u64)) " cells"
                    @if !whole.is_empty() { ": " (text(whole.trim_end_matches('.'))) } "."
                }
            }
        }
    })
}

/// Differences between rule sets; nothing where none is taken.
fn differences(shown: &RunSummary) -> Option<Markup> {
    let cells = CellTable::differences(shown)?;
    let against = compared_with(shown).map_or_else(|| "its partner".to_owned(), text);
    Some(html! {
        (table(shown, "Differences between rule sets, with paired 95 % intervals", &cells))
        p class="note" {
            "Each cell less the one under " em { (against) } " that is equal in all else. Both met the same weather, so intervals are "
            "of paired replicates."
        }
    })
}

/// Actions of every fault of the scenario; nothing without faults.
fn faults(run: &RunSummary) -> Option<Markup> {
    let (header, rows) = cell_tables::faults(run)?;
    Some(html! {
        div class="scroll" tabindex="0" role="group" aria-label="Faults" {
            table {
                caption { "How often each fault acted, in all replicates of all cells" }
                thead { tr { @for (at, name) in header.iter().enumerate() { (heading(name, at > 0)) } } }
                tbody {
                    @for row in rows {
                        tr {
                            th scope="row" { (text(&row[0])) }
                            @for field in &row[1..] { td class="number" { (field) } }
                        }
                    }
                }
            }
        }
    })
}

fn heading(name: &str, is_number: bool) -> Markup {
    html! { th scope="col" class=[is_number.then_some("number")] { (text(name)) } }
}

fn table(shown: &RunSummary, caption: &str, cells: &CellTable) -> Markup {
    rows_table(caption, cells, &|cell, at| order(&shown.cells[cell], at))
}

/// A table whose rows a script sorts, by what `order` says of a row's first columns where it says something.
pub(super) fn rows_table(caption: &str, cells: &CellTable, order: &dyn Fn(usize, usize) -> Option<f64>) -> Markup {
    let class = |at: usize| cells.numbers.contains(&at).then_some("number");
    html! {
        div class="scroll" tabindex="0" role="group" aria-label=(caption) {
            table class="cells" {
                caption { (caption) }
                thead { tr { @for (at, name) in cells.header.iter().enumerate() { (heading(name, class(at).is_some())) } } }
                tbody {
                    @for (cell, row) in &cells.rows {
                        tr data-cell=(cell) {
                            @for (at, field) in row.iter().enumerate() {
                                @if at < cells.texts {
                                    th scope="row" data-value=[order(*cell, at)] { (text(field)) }
                                } @else {
                                    td class=[class(at)] { (value(field)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A cell's place in the order of an axis of numbers.
fn order(cell: &CellSummary, axis: usize) -> Option<f64> {
    cell.axes.get(axis)?.number
}

/// A value, with its interval set apart.
fn value(field: &str) -> Markup {
    let (value, interval) = field.split_once(" [").map_or((field, None), |(value, rest)| (value, Some(rest)));
    html! { (text(value)) @if let Some(rest) = interval { " " span class="interval" { "[" (text(rest)) } } }
}
