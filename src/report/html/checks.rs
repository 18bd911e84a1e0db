//! The verdict of a run, and the checks behind it.

use maud::{Markup, html};

use crate::experiment::{RunSummary, Verdict, idle_faults, is_violated};

use super::account::{Account, Check};
use super::diagrams::Diagrams;
use super::room::{CHECKS, beginning, fitting};
use super::{command, grouped, plural, text};
use crate::report::witness::{Exhibit, Exhibits, Witness};

/// Checks that are shown.
const MOST_CHECKS: usize = 200;
/// Checks of one request that are named at its diagram.
const MOST_REASONS: usize = 3;

/// The verdict in a word, and why.
pub(super) fn verdict(run: &RunSummary, account: &Account, exhibits: &Exhibits) -> Markup {
    let (kind, word) = match account.verdict.as_str() {
        "pass" => ("pass", "Passed"),
        "fail" => ("fail", "Failed"),
        "inconclusive" => ("inconclusive", "Inconclusive"),
        "safety_violated" => ("fail", "Safety violated"),
        _ => ("unknown", "Not judged"),
    };
    html! {
        p class="verdict" {
            strong class={ "badge " (kind) } { (word) } " "
            @for sentence in sentences(run, account) { span { (text(&beginning(&sentence))) } " " }
        }
        @if let Some(witness) = account.witnesses().next() { (replay(witness, exhibits)) }
    }
}

/// Reasons for the verdict.
fn sentences(run: &RunSummary, account: &Account) -> Vec<String> {
    let all = account.checks.len();
    let count = |ruling: &str| account.checks.iter().filter(|check| check.ruling == ruling).count();
    let (failed, undecided) = (count("fail"), count("inconclusive"));
    let mut sentences = Vec::new();
    let is_judged = |verdict: Verdict| account.verdict == verdict.name();
    if is_violated(run) {
        let expected = if is_judged(Verdict::SafetyViolated) { "" } else { ", as the scenario expects" };
        sentences.push(format!("A wrong response was accepted, or workflow nodes accepted different ones{expected}."));
    } else if is_judged(Verdict::Fail) && failed == 0 {
        sentences.push("The scenario expects a violation of safety, and there was none.".to_owned());
    }
    if failed > 0 {
        sentences.push(format!("{failed} of {all} checks do not hold."));
    }
    if undecided > 0 {
        sentences.push(format!("{undecided} of {all} checks are undecided: more replicates would tell."));
    }
    let idle = idle_faults(run);
    if !idle.is_empty() {
        sentences.push(format!("Never acted: {}.", idle.join(", ")));
    }
    if sentences.is_empty() && is_judged(Verdict::Pass) {
        sentences.push(match all {
            0 => "No wrong response was accepted; the scenario expects nothing else.".to_owned(),
            1 => "The only check holds.".to_owned(),
            _ => format!("All {all} checks hold."),
        });
    }
    sentences
}

/// Every check, what did not pass first; nothing where nothing is expected.
pub(super) fn section(account: &Account, exhibits: &Exhibits) -> Option<Markup> {
    let all = account.checks.len();
    let first = |shown: usize| {
        html! {
            (verdicts("Expectations", "What was expected, where, and what came of it", "expected", &html! {
                @for check in &account.checks[..shown] { (row(check, exhibits)) }
            }))
            @if shown < all {
                p class="note" {
                    "The first " (shown) " of " (grouped(all as u64)) " checks; all are in "
                    a href="expectations.json" { "expectations.json" } "."
                }
            }
        }
    };
    (all > 0).then(|| fitting(all.min(MOST_CHECKS), CHECKS, |it: &Markup| it.0.len(), first))
}

/// A table of verdicts on `subject`, of which each row says where, and what was found.
pub(super) fn verdicts(name: &str, caption: &str, subject: &str, rows: &Markup) -> Markup {
    html! {
        div class="scroll" tabindex="0" role="group" aria-label=(name) {
            table class="checks" {
                caption { (caption) }
                thead { tr { @for name in ["verdict", subject, "where", "found"] { th scope="col" { (name) } } } }
                tbody { (rows) }
            }
        }
    }
}

fn row(check: &Check, exhibits: &Exhibits) -> Markup {
    let Check { ruling, that, place, found, witness } = check;
    html! {
        tr class=(text(ruling)) {
            td { span class={ "badge " (text(ruling)) } { (text(ruling)) } }
            th scope="row" { code { (text(that)) } }
            td { (text(place)) }
            td { (text(found)) }
        }
        @if let Some(witness) = witness {
            tr class="witness" { td {} td colspan="3" { (replay(witness, exhibits)) } }
        }
    }
}

/// How to see what happened to the request that broke an expectation.
fn replay(witness: &Witness, exhibits: &Exhibits) -> Markup {
    let beside = witness.beside();
    let drawn = if beside.is_empty() { "" } else { " --diagram why.svg" };
    let line = format!("donsim replay resolved.toml {}{beside}{drawn}", witness.options());
    html! {
        div class="replay" {
            @if let Some(Exhibit { name, .. }) = exhibits.of(witness) {
                "See why: " a href={ "#" (name) } { "the request drawn" } ", or in this folder:"
            } @else {
                span { "See why, in this folder:" }
            }
            " " (command(&line))
        }
    }
}

/// The requests that broke expectations, drawn; nothing where none did.
pub(super) fn why(account: &Account, exhibits: &Exhibits) -> Option<Markup> {
    let left = exhibits.left;
    let mut diagrams = Diagrams::default();
    (!exhibits.shown.is_empty() || left > 0).then(|| {
        html! {
            @for exhibit in &exhibits.shown { (figure(account, exhibit, exhibits, &mut diagrams)) }
            @if left > 0 {
                p class="note" {
                    (plural(left as u64, "more replicate")) " that " (if left == 1 { "shows" } else { "show" }) " a failure "
                    (if left == 1 { "is" } else { "are" }) " not drawn here. " code { "--diagram FILE.svg" }
                    " behind the command of a check draws a request of its own."
                }
            }
        }
    })
}

fn figure(account: &Account, exhibit: &Exhibit, exhibits: &Exhibits, diagrams: &mut Diagrams) -> Markup {
    let Exhibit { name, witness, shown } = exhibit;
    let is_of = |of: &Option<Witness>| of.as_ref().and_then(|of| exhibits.of(of)).is_some_and(|it| it.name == *name);
    let checks: Vec<&Check> = account.checks.iter().filter(|check| is_of(&check.witness)).collect();
    let only = shown.request.options();
    let line = format!("donsim replay resolved.toml {}{}{only} --diagram why.svg", witness.options(), witness.beside());
    let reasons = html! {
        @if is_of(&account.violation) { p { "A wrong response was accepted, or workflow nodes accepted different ones." } }
        @for check in checks.iter().take(MOST_REASONS) {
            p { "Against " code { (text(&beginning(&check.that))) } @if !check.place.is_empty() { " where " (text(&beginning(&check.place))) } "." }
        }
        @if checks.len() > MOST_REASONS { p { "And against " (plural((checks.len() - MOST_REASONS) as u64, "more check")) "." } }
        @if let Some(apart) = witness.apart { p { (own_difference(apart)) } }
    };
    let again =
        html! { a href={ "plots/" (name) ".svg" } { (name) ".svg" } ", in this folder again: " (command(&line)) };
    diagrams.figure(name, &shown.diagram, &reasons, &again)
}

/// Difference of two cells in the one replicate that is drawn.
fn own_difference(apart: f64) -> String {
    if apart == 0.0 {
        return "In no replicate does the difference go the other way: it is too small too often. In the one that is drawn there is \
                none."
            .to_owned();
    }
    format!("In this replicate the difference is {apart:+.4}, and in none does it go further against what is expected.")
}
