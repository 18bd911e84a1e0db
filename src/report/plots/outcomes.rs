//! Ends of requests: the share that is accepted, and on top of it why the others could not be.

use super::prelude::*;
use crate::experiment::CauseSummary;
use crate::sim::FailureCause;
use std::collections::BTreeSet;

/// Name of the end of a request when it is neither accepted rightly nor has a cause of failure.
const OTHER: &str = "Other: wrong or crashed";
/// Less than this is left over by rounding: one row in more than anybody simulates.
const NOTHING: f64 = 1e-9;

/// Draws the picture; nothing when all requests were accepted.
pub(super) fn draw(figure: &Figure<'_>) -> Option<Scene> {
    figure.single(single)
}

fn single(figure: &Figure<'_>) -> Option<Scene> {
    let unreachable = figure.cells().any(|cell| cell.main_cause().is_some());
    if !unreachable && !figure.cells().any(|cell| other(cell) > 0.0) {
        return None;
    }
    let subject = if figure.is_numeric() { "Why requests fail" } else { "How requests end" };
    // A cause is about the right response, and some requests that have one got a wrong one.
    let wrong = unreachable && figure.cells().any(|cell| rate(cell, Metric::AcceptedWrong) > 0.0);
    let note = wrong.then(|| "wrong responses do not count as accepted".to_owned());
    let bars = Bars { figure, layers: layers(figure, unreachable), scale: Scale::Shares };
    Some(bars.draw(subject, "Requests at honest workflow nodes [%]", note.as_slice()))
}

/// From the bottom up, the same everywhere: what was accepted, then why the rest failed; where nothing has a cause in
/// any cell, how the rest ended.
fn layers(figure: &Figure<'_>, unreachable: bool) -> Vec<Layer> {
    let layer = |name: &str, color, fill, part| Layer { name: name.to_owned(), color, fill, part };
    let outcome = |metric| -> Box<dyn Fn(&CellSummary) -> f64> { Box::new(move |cell| rate(cell, metric)) };
    let mut layers = vec![
        layer("Accepted", BLUE, Fill::Plain, outcome(Metric::Accepted)),
        layer("Accepted, tainted", BLUE, Fill::Lighter, outcome(Metric::AcceptedTainted)),
    ];
    if unreachable {
        layers.extend(SINGLE.map(|(cause, color, fill)| {
            layer(&name(cause), color, fill, Box::new(move |cell| cell.cause_share(cause)))
        }));
        layers.extend(several(figure));
        layers.push(layer(OTHER, BASELINE, Fill::Lighter, Box::new(other)));
    } else {
        layers.extend([
            layer("No agreement", PURPLE, Fill::Hatched, outcome(Metric::NoAgreement)),
            layer("Expired", GREEN, Fill::Plain, outcome(Metric::Expired)),
            layer("Failed", VERMILLION, Fill::Plain, outcome(Metric::Failed)),
            layer("Crashed", BLACK, Fill::Plain, outcome(Metric::Crashed)),
            layer("Accepted, wrong", BASELINE, Fill::Hatched, outcome(Metric::AcceptedWrong)),
        ]);
    }
    layers
}

/// Causes of one kind from the bottom up, with their style. There are more causes than colours: the rarer of those that
/// share one are hatched, and no two of them are next to each other in the stack.
const SINGLE: [(FailureCause, RGBColor, Fill); 11] = [
    (FailureCause::FAULTY, YELLOW, Fill::Plain),
    (FailureCause::LOST, ORANGE, Fill::Plain),
    (FailureCause::TOO_FEW_HOLDERS, PURPLE, Fill::Plain),
    (FailureCause::TOO_FEW_REQUESTS, ORANGE, Fill::Hatched),
    (FailureCause::DEADLINE_BEFORE_SCHEDULE, SKY, Fill::Plain),
    (FailureCause::TOO_LATE, GREEN, Fill::Plain),
    (FailureCause::NO_AGREEMENT, PURPLE, Fill::Hatched),
    (FailureCause::AGGREGATOR_FAILED_EARLY, VERMILLION, Fill::Plain),
    (FailureCause::REJECTED_BY_AGGREGATOR, VERMILLION, Fill::Hatched),
    (FailureCause::NODE_CRASHED, BLACK, Fill::Plain),
    (FailureCause::AGREED_ON_ERROR, SKY, Fill::Hatched),
];

/// A cause's name as a sentence begins.
fn name(cause: FailureCause) -> String {
    let words = cause.to_string().replace('_', " ").replace('+', " + ");
    let (first, rest) = words.split_at(1);
    format!("{}{rest}", first.to_uppercase())
}

/// Layers of the causes of several kinds: one each as long as they are few, all together otherwise.
fn several(figure: &Figure<'_>) -> Vec<Layer> {
    let is_there = |summary: &&CauseSummary| !summary.cause.is_single() && summary.share > Some(0.0);
    let causes = figure.cells().flat_map(|cell| &cell.causes).filter(is_there).map(|summary| summary.cause);
    let causes: BTreeSet<FailureCause> = causes.collect();
    let layer = |name, color, part| Layer { name, color, fill: Fill::Hatched, part };
    if causes.len() > SEVERAL.len() {
        let share = |cell: &CellSummary| -> f64 {
            let several = cell.causes.iter().filter(|summary| !summary.cause.is_single());
            several.filter_map(|summary| summary.share).sum()
        };
        return vec![layer("Several causes".to_owned(), SKY, Box::new(share))];
    }
    let one = |(cause, color): (FailureCause, RGBColor)| {
        layer(name(cause), color, Box::new(move |cell: &CellSummary| cell.cause_share(cause)))
    };
    causes.into_iter().zip(SEVERAL).map(one).collect()
}

/// Colours of the causes of several kinds.
const SEVERAL: [RGBColor; 3] = [SKY, GREEN, YELLOW];

fn rate(cell: &CellSummary, metric: Metric) -> f64 {
    value(cell, metric).unwrap_or(0.0)
}

/// Share that is left of a cell that something is known of.
fn other(cell: &CellSummary) -> f64 {
    let Some(accepted) = value(cell, Metric::Accepted) else { return 0.0 };
    let unreachable: f64 = cell.causes.iter().filter_map(|summary| summary.share).sum();
    let left = 1.0 - accepted - rate(cell, Metric::AcceptedTainted) - unreachable;
    if left > NOTHING { left } else { 0.0 }
}
