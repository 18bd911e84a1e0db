//! What made two runs, on the page of their comparison.

use std::path::Path;

use maud::{Markup, html};

use crate::report::compare::{Differing, Origin};

use super::room::{SCENARIO, beginning, fitting};
use super::{grouped, plural, text};

/// Keys that the head names where scenarios differ.
const KEYS_OF_HEAD: usize = 5;
/// Keys that are shown with both values.
const MOST_KEYS: usize = 100;

/// What made the two runs, beside each other.
pub(super) fn beside(folders: [&Path; 2], origins: &[Origin; 2]) -> Markup {
    let fields =
        [("seed", "seed"), ("replicates", "replicates"), ("donsim", "donsim"), ("results version", "results_version")];
    let said = |origin: &Origin, field| {
        Some(origin.field(field)).filter(|it| !it.is_empty()).unwrap_or_else(|| "not said".to_owned())
    };
    html! {
        div class="scroll" tabindex="0" role="group" aria-label="The two runs" {
            table {
                thead { tr { th scope="col" { "run" } th scope="col" { "folder" } @for (name, _) in fields { th scope="col" { (name) } } } }
                tbody {
                    @for (run, folder, origin) in [("base", folders[0], &origins[0]), ("new", folders[1], &origins[1])] {
                        tr {
                            th scope="row" { (run) }
                            td { code { (text(&folder.display().to_string())) } }
                            @for (_, field) in fields { td { (text(&said(origin, field))) } }
                        }
                    }
                }
            }
        }
    }
}

/// What different seeds do to a comparison; nothing where both runs have the same, or one does not say.
pub(super) fn seeds(origins: &[Origin; 2]) -> Markup {
    let [base, new] = origins.each_ref().map(|it| it.field("seed"));
    let differ = !base.is_empty() && !new.is_empty() && base != new;
    html! {
        @if differ {
            p class="facts" {
                "The seeds differ: replicates of one number are not the same ones in both runs, so pairs take no chance out of a difference, "
                "and what a single pair shows may be chance."
            }
        }
    }
}

/// The keys of the scenarios that differ, by their names; nothing where none does.
pub(super) fn fact(differing: &[Differing]) -> Markup {
    html! {
        @if !differing.is_empty() {
            p class="facts" {
                "The scenarios " a href="#scenarios" { "differ" } " in " (keys(differing)) "."
            }
        }
    }
}

/// The first of some keys, and how many more there are.
pub(super) fn keys(differing: &[Differing]) -> Markup {
    html! {
        @for (at, (key, _)) in differing.iter().take(KEYS_OF_HEAD).enumerate() { @if at > 0 { ", " } code { (text(key)) } }
        @if differing.len() > KEYS_OF_HEAD { " and " (plural((differing.len() - KEYS_OF_HEAD) as u64, "more key")) }
    }
}

/// Keys with the value that each had in the text of the scenario, and the one that it has.
pub(super) fn changes(differing: &[Differing]) -> Markup {
    let value = |value: &str| html! { @if value.is_empty() { "none" } @else { code { (text(&beginning(value))) } } };
    html! {
        @for (key, [before, now]) in differing.iter().take(MOST_KEYS) {
            li { code { (text(key)) } ": " (value(now)) ", in the text " (value(before)) }
        }
        @if differing.len() > MOST_KEYS { li { (plural((differing.len() - MOST_KEYS) as u64, "more key")) } }
    }
}

/// Keys of the scenarios that differ, with both values.
pub(super) fn scenarios(differing: &[Differing]) -> Markup {
    fitting(differing.len().min(MOST_KEYS), SCENARIO, |it: &Markup| it.0.len(), |shown| first_keys(differing, shown))
}

fn first_keys(differing: &[Differing], shown: usize) -> Markup {
    html! {
        @if differing.is_empty() {
            p { "Nothing: every key has the same value in both." }
        } @else {
            div class="scroll" tabindex="0" role="group" aria-label="Keys that differ" {
                table {
                    caption { "Keys that differ, defaults included; empty where a scenario does not have one" }
                    thead { tr { @for name in ["key", "base", "new"] { th scope="col" { (name) } } } }
                    tbody {
                        @for (key, values) in &differing[..shown] {
                            tr { th scope="row" { code { (text(key)) } } @for value in values { td { (text(value)) } } }
                        }
                    }
                }
            }
            @if shown < differing.len() { p class="note" { (grouped((differing.len() - shown) as u64)) " more keys differ." } }
        }
    }
}
