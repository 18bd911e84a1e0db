//! The page of two runs beside each other, of `donsim compare --html`.

use std::path::Path;

use maud::{Markup, html};

use crate::report::cell_tables::CellTable;
use crate::report::compare::{Change, Comparison, Comparisons, Differing, Origin};
use crate::scenario::{label, shell_path};

use super::lost::{self, LookAtLoss};
use super::room::{CHECKS, fitting};
use super::tables::{Choice, choices, rows_table};
use super::{Section, checks, command, frame, grouped, navigation, origins, section, text};

/// Bytes of the table of comparisons and the diagrams.
const MOST_BYTES: usize = 600_000;
/// Changes that are told one by one.
const MOST_CHANGES: usize = 200;

/// The page of all comparisons of the run in folder `new` with that in `base`: what became worse comes first, then what became
/// better.
#[must_use]
pub fn comparison_page(found: &Comparisons, folders: [&Path; 2], look: &LookAtLoss<'_>) -> String {
    let mut all: Vec<&Comparison> = found.all.iter().collect();
    let gravity = |change| [Change::Regressed, Change::Improved, Change::None].iter().position(|it| *it == change);
    all.sort_by_key(|it| gravity(it.change));
    let origins = folders.map(Origin::of);
    let differing = Origin::differing(origins.each_ref());
    let (lost, drawn) = lost::requests(found, folders, look);
    let sections: Vec<Section> = [
        ("changes", "What changed", changes(found, &all)),
        ("lost", "What became of a request", lost),
        ("results", "All comparisons", Some(comparisons(found, &all, MOST_BYTES - drawn))),
        ("scenarios", "What differs in the scenarios", differing.as_deref().map(origins::scenarios)),
        ("made", "How it was compared", Some(made(folders))),
    ]
    .into_iter()
    .filter_map(|(id, title, content)| section(id, title, content))
    .collect();
    frame("compare", &head(found, (folders, &origins, differing.as_deref().unwrap_or_default()), &sections), &sections)
}

fn head(
    found: &Comparisons,
    (folders, origins, differing): ([&Path; 2], &[Origin; 2], &[Differing]),
    sections: &[Section],
) -> Markup {
    let (kind, word) = if found.has_regressed() { ("fail", "Regressed") } else { ("pass", "No regression") };
    html! {
        header {
            p class="product" { "donsim" }
            h1 { "Two runs compared" }
            p class="verdict" { strong class={ "badge " (kind) } { (word) } " " span { (text(&found.sentence())) "." } }
            @if let Some(loss) = found.losses.first() {
                p { "See why: " a href={ "#" (lost::name(loss)) } { (if loss.slower.is_some() { "a request that became slower" } else { "a request that was lost" }) } }
            }
            (origins::beside(folders, origins))
            (origins::seeds(origins))
            (origins::fact(differing))
            (navigation(sections))
        }
    }
}

/// Values of a cell on the axes, in words.
pub(super) fn place(found: &Comparisons, axes: &[String]) -> String {
    found.axes.iter().zip(axes).map(|(axis, value)| format!("{axis} = {value}")).collect::<Vec<_>>().join(", ")
}

/// Every change with its verdict, as far as there is room; nothing where there is none.
fn changes(found: &Comparisons, all: &[&Comparison]) -> Option<Markup> {
    let changed: Vec<_> = all.iter().filter(|it| it.change != Change::None).collect();
    let first = |shown: usize| {
        html! {
            (checks::verdicts("Changes and their verdicts", "What became worse or better, where, and by how much", "metric", &html! {
                @for it in &changed[..shown] { (change(found, it)) }
            }))
            @if shown < changed.len() {
                p class="note" { (grouped((changed.len() - shown) as u64)) " more changes stand in the table below." }
            }
        }
    };
    (!changed.is_empty()).then(|| fitting(changed.len().min(MOST_CHANGES), CHECKS, |it: &Markup| it.0.len(), first))
}

fn change(found: &Comparisons, it: &Comparison) -> Markup {
    let kind = if it.change == Change::Regressed { "fail" } else { "pass" };
    html! {
        tr class=(kind) {
            td { span class={ "badge " (kind) } { (it.change.name()) } }
            td { code { (it.metric) } }
            td { (text(&place(found, &it.axes))) }
            td { (it.number(it.base)) " → " (it.number(it.base + it.difference)) (unit(it)) ": " (difference(it)) }
        }
    }
}

/// As many comparisons as there is room for.
fn comparisons(found: &Comparisons, all: &[&Comparison], room: usize) -> Markup {
    let fixed = ["metric", "change", "base", "new", "difference", "replicates", "p"];
    let header: Vec<String> = found.axes.iter().map(|axis| label(axis)).chain(fixed.map(str::to_owned)).collect();
    let row = |it: &Comparison| {
        let own = [
            format!("{}{}", it.metric, unit(it)),
            it.change.name().to_owned(),
            it.number(it.base),
            it.number(it.base + it.difference),
            difference(it),
            it.n.to_string(),
            probability(it.p),
        ];
        it.axes.iter().cloned().chain(own).collect::<Vec<_>>()
    };
    let texts = found.axes.len();
    let first = |shown: usize| {
        let rows: Vec<(usize, Vec<String>)> = all[..shown].iter().map(|it| row(it)).enumerate().collect();
        let chosen = (0..texts + 2).map(|at| Choice::new(at, &header[at], &rows)).collect();
        let table = CellTable { numbers: texts + 2..header.len(), header: header.clone(), rows, texts };
        html! {
            (choices(chosen, (all.len(), "comparisons")))
            (rows_table("Every metric of every cell that both runs have", &table, &|_, _| None))
            @if shown < all.len() {
                p class="note" {
                    "The first " (grouped(shown as u64)) " of " (grouped(all.len() as u64)) " comparisons, changes first; "
                    code { "donsim compare --json" } " has all."
                }
            }
        }
    };
    fitting(all.len(), room, |it: &Markup| it.0.len(), first)
}

fn made([base, new]: [&Path; 2]) -> Markup {
    let line = format!("donsim compare {} {} --html FILE", shell_path(base), shell_path(new));
    html! {
        p { "Cells pair by their axes, replicates by their number. " em { "difference" } ": new less base in the mean of pairs, with its 95 % "
            "interval. " em { "p" } ": probability of a difference as large by chance. A difference is a change when it is significant "
            "after Holm’s correction over all comparisons, and not too small to matter." }
        p { (command(&line)) }
    }
}

fn unit(it: &Comparison) -> String {
    if it.unit == "1" { String::new() } else { format!(" {}", it.unit) }
}

fn difference(it: &Comparison) -> String {
    [it.difference()].into_iter().chain(it.interval()).collect::<Vec<_>>().join(" ")
}

/// A probability in three decimals, as long as they tell something.
fn probability(p: f64) -> String {
    if p < 0.001 { format!("{p:.0e}") } else { format!("{p:.3}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_are_short() {
        assert_eq!([1.0, 0.0114, 0.00175, 9.09e-13].map(probability), ["1.000", "0.011", "0.002", "9e-13"]);
    }

    #[test]
    fn different_seeds_are_said() {
        let folder = |seed: &str| {
            let folder = tempfile::tempdir().expect("a folder");
            std::fs::write(folder.path().join("manifest.json"), format!("{{\"seed\": {seed}}}"))
                .expect("it is written");
            folder
        };
        let (one, two, unsaid) = (folder("1"), folder("2"), folder("null"));
        let found = Comparisons { axes: Vec::new(), all: Vec::new(), unpaired: 0, losses: Vec::new() };
        let says = |new: &tempfile::TempDir| {
            let page = comparison_page(&found, [one.path(), new.path()], &|_| Err(String::new()));
            page.contains("The seeds differ: replicates of one number are not the same ones")
        };
        assert!(says(&two) && !says(&one) && !says(&unsaid));
    }

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
        let found = Comparisons { axes, all: (0..50_000).map(one).collect(), unpaired: 3, losses: Vec::new() };
        let page = comparison_page(&found, [Path::new("base"), Path::new("new")], &|_| Err(String::new()));
        assert!((500_000..1_000_000).contains(&page.len()), "{} bytes", page.len());
        assert!(page.contains("24,800 more changes") && page.contains(" of 50,000 comparisons, changes first"));
        assert!(!page.contains("<b>") && !page.contains("<td>no change</td>"), "what changed comes first");
    }
}
