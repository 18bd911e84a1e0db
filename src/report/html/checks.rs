//! The verdict of a run, and the checks behind it.

use maud::{Markup, html};

use crate::experiment::{RunSummary, Verdict, idle_faults, is_violated};

use super::account::{Account, Check};
use super::{command, grouped, text};

/// Checks that the page has room for.
const MOST_CHECKS: usize = 200;

/// The verdict in a word, and why.
pub(super) fn verdict(run: &RunSummary, account: &Account) -> Markup {
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
            @for sentence in sentences(run, account) { span { (text(&sentence)) } " " }
        }
        @if let Some((cell, replicate)) = &account.violation { (replay(cell, *replicate)) }
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
pub(super) fn section(account: &Account) -> Option<Markup> {
    let (all, shown) = (account.checks.len(), &account.checks[..account.checks.len().min(MOST_CHECKS)]);
    (all > 0).then(|| {
        html! {
            div class="scroll" tabindex="0" role="group" aria-label="Expectations" {
                table class="checks" {
                    caption { "What was expected, where, and what came of it" }
                    thead { tr { @for name in ["verdict", "expected", "where", "found"] { th scope="col" { (name) } } } }
                    tbody { @for check in shown { (row(check)) } }
                }
            }
            @if all > MOST_CHECKS {
                p class="note" {
                    "The first " (MOST_CHECKS) " of " (grouped(all as u64)) " checks; all are in "
                    a href="expectations.json" { "expectations.json" } "."
                }
            }
        }
    })
}

fn row(check: &Check) -> Markup {
    let Check { ruling, that, place, found, witness } = check;
    html! {
        tr class=(text(ruling)) {
            td { span class={ "badge " (text(ruling)) } { (text(ruling)) } }
            th scope="row" { code { (text(that)) } }
            td { (text(place)) }
            td { (text(found)) }
        }
        @if let Some((cell, replicate)) = witness {
            tr class="witness" { td {} td colspan="3" { (replay(cell, *replicate)) } }
        }
    }
}

/// Place of the request that broke an expectation: how to see what happened to it. A diagram of it belongs here, too.
fn replay(cell: &str, replicate: u64) -> Markup {
    let line = format!("donsim replay resolved.toml --cell {cell} --replicate {replicate}");
    html! {
        div class="replay" { span { "See why, in this folder:" } " " (command(&line)) }
    }
}
