//! The page of two runs beside each other, of `donsim compare --html`.

use std::path::Path;

use maud::{Markup, html};

use crate::report::cell_tables::CellTable;
use crate::report::compare::{Change, Comparison, Comparisons};

use super::tables::{Choice, choices, rows_table};
use super::{frame, grouped, navigation, text};

/// Comparisons that the page has room for.
const MOST_COMPARISONS: usize = 2000;
/// Changes that are told one by one.
const MOST_CHANGES: usize = 200;

/// The page of all comparisons of the run in folder `new` with that in `base`: what became worse comes first, then what became
/// better.
#[must_use]
pub fn comparison_page(found: &Comparisons, [base, new]: [&Path; 2]) -> String {
    let mut all: Vec<&Comparison> = found.all.iter().collect();
    let gravity = |change| [Change::Regressed, Change::Improved, Change::None].iter().position(|it| *it == change);
    all.sort_by_key(|it| gravity(it.change));
    let sections: Vec<(&str, &str, Markup)> = [
        ("changes", "What changed", changes(found, &all)),
        ("results", "All comparisons", Some(comparisons(found, &all))),
        ("made", "How it was compared", Some(made([base, new]))),
    ]
    .into_iter()
    .filter_map(|(id, title, content)| Some((id, title, content?)))
    .collect();
    frame("compare", &head(found, [base, new], &sections), &sections)
}

fn head(found: &Comparisons, [base, new]: [&Path; 2], sections: &[(&str, &str, Markup)]) -> Markup {
    let (kind, word) = if found.has_regressed() { ("fail", "Regressed") } else { ("pass", "No regression") };
    html! {
        header {
            p class="product" { "donsim" }
            h1 { "Two runs compared" }
            p class="verdict" { strong class={ "badge " (kind) } { (word) } " " span { (text(&found.sentence())) "." } }
            p class="facts" {
                "base " code { (text(&base.display().to_string())) } " · new " code { (text(&new.display().to_string())) }
            }
            (navigation(sections))
        }
    }
}

/// Every change with its verdict, as far as there is room; nothing where there is none.
fn changes(found: &Comparisons, all: &[&Comparison]) -> Option<Markup> {
    let changed: Vec<_> = all.iter().filter(|it| it.change != Change::None).collect();
    let shown = &changed[..changed.len().min(MOST_CHANGES)];
    (!changed.is_empty()).then(|| {
        html! {
            div class="scroll" tabindex="0" role="group" aria-label="Changes and their verdicts" {
                table class="checks" {
                    caption { "What became worse or better, where, and by how much" }
                    thead { tr { @for name in ["verdict", "metric", "where", "found"] { th scope="col" { (name) } } } }
                    tbody { @for it in shown { (change(found, it)) } }
                }
            }
            @if shown.len() < changed.len() {
                p class="note" { (grouped((changed.len() - shown.len()) as u64)) " more changes stand in the table below." }
            }
        }
    })
}

fn change(found: &Comparisons, it: &Comparison) -> Markup {
    let kind = if it.change == Change::Regressed { "fail" } else { "pass" };
    let place = found.axes.iter().zip(&it.axes).map(|(axis, value)| format!("{axis} = {value}")).collect::<Vec<_>>();
    html! {
        tr class=(kind) {
            td { span class={ "badge " (kind) } { (it.change.name()) } }
            td { code { (it.metric) } }
            td { (text(&place.join(", "))) }
            td { (number(it.base)) " → " (number(it.base + it.difference)) (unit(it)) ": " (difference(it)) }
        }
    }
}

fn comparisons(found: &Comparisons, all: &[&Comparison]) -> Markup {
    let shown = &all[..all.len().min(MOST_COMPARISONS)];
    let fixed = ["metric", "change", "base", "new", "difference", "replicates", "p"];
    let header: Vec<String> = found.axes.iter().cloned().chain(fixed.map(str::to_owned)).collect();
    let row = |it: &Comparison| {
        let own = [
            format!("{}{}", it.metric, unit(it)),
            it.change.name().to_owned(),
            number(it.base),
            number(it.base + it.difference),
            difference(it),
            it.n.to_string(),
            format!("{:.2e}", it.p),
        ];
        it.axes.iter().cloned().chain(own).collect::<Vec<_>>()
    };
    let rows: Vec<(usize, Vec<String>)> = shown.iter().map(|it| row(it)).enumerate().collect();
    let texts = found.axes.len();
    let chosen = (0..texts + 2).map(|at| Choice::new(at, &header[at], &rows)).collect();
    let table = CellTable { numbers: texts + 2..header.len(), header, rows, texts };
    html! {
        (choices(chosen, "comparisons"))
        (rows_table("Every metric of every cell that both runs have", &table, &|_, _| None))
        @if shown.len() < all.len() {
            p class="note" {
                "The first " (grouped(shown.len() as u64)) " of " (grouped(all.len() as u64)) " comparisons, changes first; "
                code { "donsim compare --json" } " has all."
            }
        }
    }
}

fn made([base, new]: [&Path; 2]) -> Markup {
    let line = format!("donsim compare {} {} --html FILE", base.display(), new.display());
    html! {
        p { "Cells pair by their axes, replicates by their number. " em { "difference" } ": new less base in the mean of pairs, with its 95 % "
            "interval. " em { "p" } ": probability of a difference as large by chance. A difference is a change when it is significant "
            "after Holm’s correction over all comparisons, and not too small to matter." }
        p { (super::command(&line)) }
    }
}

fn unit(it: &Comparison) -> String {
    if it.unit == "1" { String::new() } else { format!(" {}", it.unit) }
}

fn difference(it: &Comparison) -> String {
    let interval = it.interval.map_or_else(String::new, |(low, high)| format!(" [{low:+.3}, {high:+.3}]"));
    format!("{:+.3}{interval}", it.difference)
}

fn number(value: f64) -> String {
    format!("{value:.3}")
}
