//! The page of two runs beside each other, of `donsim compare --html`.

use std::path::Path;

use maud::{Markup, html};

use crate::report::cell_tables::CellTable;
use crate::report::compare::{Change, Comparison, Comparisons};

use super::tables::{Choice, choices, rows_table};
use super::{checks, frame, grouped, navigation, text};

/// Bytes of the table of comparisons, with what surrounds a value.
const MOST_BYTES: usize = 600_000;
const BYTES_A_VALUE: usize = 32;
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
            (checks::verdicts("Changes and their verdicts", "What became worse or better, where, and by how much", "metric", &html! {
                @for it in shown { (change(found, it)) }
            }))
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
    let mut room = MOST_BYTES;
    let fits = |row: &Vec<String>| {
        let bytes: usize = row.iter().map(|value| value.len() + BYTES_A_VALUE).sum();
        room.checked_sub(bytes).inspect(|left| room = *left).is_some()
    };
    let rows: Vec<(usize, Vec<String>)> = all.iter().map(|it| row(it)).take_while(fits).enumerate().collect();
    let shown = rows.len();
    let texts = found.axes.len();
    let chosen = (0..texts + 2).map(|at| Choice::new(at, &header[at], &rows)).collect();
    let table = CellTable { numbers: texts + 2..header.len(), header, rows, texts };
    html! {
        (choices(chosen, "comparisons"))
        (rows_table("Every metric of every cell that both runs have", &table, &|_, _| None))
        @if shown < all.len() {
            p class="note" {
                "The first " (grouped(shown as u64)) " of " (grouped(all.len() as u64)) " comparisons, changes first; "
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn very_many_comparisons_stay_below_a_megabyte() {
        let one = |cell: usize| Comparison {
            axes: vec![format!("{cell}"), "<b>a long value of an axis</b>".repeat(3)],
            metric: "accepted",
            unit: "1",
            base: 0.5,
            difference: -0.25,
            interval: Some((-0.3, -0.2)),
            p: 1e-9,
            n: 1000,
            change: if cell.is_multiple_of(2) { Change::None } else { Change::Regressed },
        };
        let axes = vec!["cell".to_owned(), "kind".to_owned()];
        let found = Comparisons { axes, all: (0..50_000).map(one).collect(), unpaired: 3 };
        let page = comparison_page(&found, [Path::new("base"), Path::new("new")]);
        assert!((500_000..1_000_000).contains(&page.len()), "{} bytes", page.len());
        assert!(page.contains("24,800 more changes") && page.contains(" of 50,000 comparisons, changes first"));
        assert!(!page.contains("<b>") && !page.contains("<td>no change</td>"), "what changed comes first");
    }
}
