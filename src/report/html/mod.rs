//! `report.html`: a run as one page for a browser. The page is a single file that asks for nothing else, and all of it is there
//! without its script, which sorts and filters tables and shows values of pictures under the pointer.
//!
//! 1. The verdict and the table of results come first, then the checks behind the verdict and the requests that broke one.
//! 2. Pictures follow, then all other tables of cells.
//! 3. How the run was made comes last.
//!
//! Of many cells the worst are on the page and the rest in the CSV files, and of pictures as many as [`room::PAGE`] leaves room
//! for: a browser opens it within a second, however large the sweep is. What is left out is said.
//!
//! Everything that a scenario or a table says goes through [`text`].

mod account;
mod checks;
mod compared;
mod diagrams;
mod lost;
mod origins;
mod room;
mod tables;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::experiment::{Metric, RunSummary};
use crate::scenario::escaped;

use super::plots::Drawing;
use super::rows_file;
use super::table::rate;
use super::witness::Exhibits;
pub(super) use account::Account;
pub use compared::comparison_page;
use room::{beginning, fitting};

/// Cells that tables show.
const MOST_CELLS: usize = 200;

/// A section of a page: its place, its title, and what it says.
type Section = (&'static str, &'static str, Markup);

/// Look of the page.
const STYLE: &str = include_str!("page.css");
/// Conduct of the page.
const SCRIPT: &str = include_str!("page.js");

/// The page of a run.
pub(super) fn page(run: &RunSummary, account: &Account, exhibits: &Exhibits, pictures: &[Drawing]) -> String {
    let tables = |cells: usize| tables::sections(run, &worst(run, account, cells));
    let mut sections = fitting(run.cells.len().min(MOST_CELLS), room::TABLES, |all| bytes(all), tables);
    let rest = sections.split_off(1);
    sections.extend(section("expectations", "Expectations", checks::section(account, exhibits)));
    sections.extend(section("why", "Why it failed", checks::why(account, exhibits)));
    let before = sections.len();
    sections.extend(rest);
    sections.extend(section("made", "How it was made", Some(made(run, account))));
    let taken = frame(&run.name, &head(run, (account, exhibits), &sections), &sections).len();
    let pictures = section("pictures", "Pictures", gallery(pictures, room::PAGE.saturating_sub(taken)));
    sections.splice(before..before, pictures);
    frame(&run.name, &head(run, (account, exhibits), &sections), &sections)
}

/// A section, where there is something to say in it.
fn section(id: &'static str, title: &'static str, content: Option<Markup>) -> Option<Section> {
    content.map(|content| (id, title, content))
}

/// Bytes that sections take.
fn bytes(sections: &[Section]) -> usize {
    sections.iter().map(|(_, _, content)| content.0.len()).sum()
}

/// A whole page: its head and its sections, each with its place and its title.
fn frame(title: &str, head: &Markup, sections: &[Section]) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy"
                    content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
                // Without one, browsers ask for a file.
                link rel="icon" href="data:,";
                title { (text(title)) " · donsim" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a class="skip" href="#main" { "Skip to the results" }
                (head)
                main id="main" tabindex="-1" {
                    @for (id, title, content) in sections {
                        section aria-labelledby=(id) { h2 id=(id) { (title) } (content) }
                    }
                }
                div id="tip" role="status" hidden {}
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string() + "\n"
}

/// A scenario's own words, with nothing in them that is not seen.
fn text(words: &str) -> String {
    escaped(words)
}

/// The run with at most so many `cells`, in the order of the plan: those first in which something unsafe
/// happened, then those of which a check fails, then those that accepted least.
fn worst<'a>(run: &'a RunSummary, account: &Account, cells: usize) -> Cow<'a, RunSummary> {
    if run.cells.len() <= cells {
        return Cow::Borrowed(run);
    }
    let mut order: Vec<usize> = (0..run.cells.len()).collect();
    let of = |at: usize, metric| rate(&run.cells[at], metric);
    let unsafely = |at| of(at, Metric::AcceptedWrong) + of(at, Metric::Disagreement);
    order.sort_by(|a, b| {
        let accepted = of(*a, Metric::Accepted).total_cmp(&of(*b, Metric::Accepted));
        let passed = |at: usize| !account.has_failed(&run.cells[at].id);
        unsafely(*b).total_cmp(&unsafely(*a)).then(passed(*a).cmp(&passed(*b))).then(accepted)
    });
    order.truncate(cells);
    order.sort_unstable();
    let cells = order.into_iter().map(|at| run.cells[at].clone()).collect();
    Cow::Owned(RunSummary { cells, axes: run.axes.clone(), ..nameless(run) })
}

/// What a run is without its cells.
fn nameless(run: &RunSummary) -> RunSummary {
    RunSummary {
        name: run.name.clone(),
        id: run.id.clone(),
        replicates: run.replicates,
        axes: Vec::new(),
        cells: Vec::new(),
        expectations: Vec::new(),
    }
}

fn head(run: &RunSummary, (account, exhibits): (&Account, &Exhibits), sections: &[Section]) -> Markup {
    html! {
        header {
            p class="product" { "donsim" }
            h1 { (text(&run.name)) }
            @if !account.description.is_empty() { p class="question" { (text(&beginning(&account.description))) } }
            (checks::verdict(run, account, exhibits))
            p class="facts" {
                (plural(run.cells.len() as u64, "cell")) " of "
                @if run.has_stop_rules() { "at most " }
                (plural(run.replicates, "replicate"))
                @if !account.seed.is_empty() { " · seed " (text(&account.seed)) }
                " · run " code { (text(&run.id)) }
            }
            @if !account.changed.is_empty() {
                p class="facts" { (origins::keys(&account.changed)) " " a href="#made" { "changed" } " on the command line." }
            }
            (navigation(sections))
        }
    }
}

fn navigation(sections: &[Section]) -> Markup {
    html! {
        nav aria-label="Sections" { ul { @for (id, title, _) in sections { li { a href={ "#" (id) } { (title) } } } } }
    }
}

/// A number with its noun, thousands separated.
fn plural(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(count), if count == 1 { "" } else { "s" })
}

fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let comma = |at: usize| at > 0 && (digits.len() - at).is_multiple_of(3);
    let pairs = digits.char_indices().flat_map(|(at, digit)| [Some(',').filter(|_| comma(at)), Some(digit)]);
    pairs.flatten().collect()
}

/// Every picture as far as there is `room` in bytes, and links to the others.
fn gallery(pictures: &[Drawing], mut room: usize) -> Option<Markup> {
    let fits = |drawing: &&Drawing| {
        let fits = drawing.inline.len() <= room;
        room -= if fits { drawing.inline.len() } else { 0 };
        fits
    };
    let (shown, left): (Vec<&Drawing>, Vec<&Drawing>) = pictures.iter().partition(fits);
    (!pictures.is_empty()).then(|| {
        html! {
            @for Drawing { picture, inline, .. } in shown {
                figure {
                    h3 class="unseen" { (picture.title) }
                    div class="picture" tabindex="0" role="group" aria-label=(picture.title) { (PreEscaped(inline)) }
                    figcaption id={ "about-" (picture.name) } {
                        (picture.sentence) " " a href={ "plots/" (picture.name) ".svg" } { (picture.name) ".svg" }
                    }
                }
            }
            @if !left.is_empty() {
                p class="note" { "Too large for this page:"
                    @for Drawing { picture, .. } in left {
                        " " a href={ "plots/" (picture.name) ".svg" } { (picture.title) }
                    }
                }
            }
        }
    })
}

/// Files of the folder, and what each holds.
const FILES: [(&str, &str); 8] = [
    ("summary.csv", "every metric of every cell, with intervals"),
    ("cells.csv", "a row a cell"),
    (rows_file::NAMES[0], "a row a request and workflow node"),
    ("latency.csv", "the distribution of the latency"),
    ("expectations.json", "what was expected, and what came of it"),
    ("resolved.toml", "the scenario with every default"),
    ("manifest.json", "versions, and the digest of every file"),
    ("report.md", "this page as text"),
];

fn made(run: &RunSummary, account: &Account) -> Markup {
    let version = |version: &str| if version.is_empty() { "unknown".to_owned() } else { text(version) };
    html! {
        dl class="made" {
            dt { "Made by" } dd { "donsim " (version(&account.version)) ", results version " (version(&account.results_version)) }
            dt { "Run" } dd { code { (text(&run.name)) "/" (text(&run.id)) } }
            dt { "Seed" } dd { (version(&account.seed)) }
            @if !account.changed.is_empty() {
                dt { "Changed" } dd { ul class="files" { (origins::changes(&account.changed)) } }
            }
            dt { "Again" } dd { (command("donsim run resolved.toml")) " in this folder gives the same results" }
        }
        h3 { "Files beside this page" }
        @let shown = |file| if account.is_gzip && file == rows_file::NAMES[0] { rows_file::NAMES[1] } else { file };
        ul class="files" { @for (file, holds) in FILES.map(|(file, holds)| (shown(file), holds)) { li { a href=(file) { (file) } " " (holds) } } }
        @let lines = html! { @for line in account.scenario.lines() { (text(&line.replace('\t', "    "))) "\n" } };
        @if !account.scenario.is_empty() && lines.0.len() <= room::SCENARIO {
            details { summary { "scenario.toml" @if !account.changed.is_empty() { ", before the changes" } } pre tabindex="0" { (lines) } }
        }
    }
}

/// A command to copy.
fn command(command: &str) -> Markup {
    html! { code class="command" { (text(command)) } }
}
