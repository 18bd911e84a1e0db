//! How requests end: the share that is accepted, and on top of it why the others could not be.

use super::bars::{Bars, Fill, Layer, Scale};
use super::scene::Scene;
use super::study::{Across, Study};
use super::theme::{BEFORE, BLACK, BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILLION, YELLOW};
use crate::experiment::{CellSummary, Metric};
use crate::sim::FailureCause;
use plotters::style::RGBColor;

/// What a request ends with when it is neither accepted rightly nor has a cause of failure.
const OTHER: &str = "Other: wrong or crashed";
/// Less than this is left over by rounding: one row in more than anybody simulates.
const NOTHING: f64 = 1e-9;

/// Draws the picture; nothing when all requests were accepted.
pub(super) fn draw(study: &Study<'_>) -> Option<Scene> {
    study.single(single)
}

fn single(study: &Study<'_>, panel: &[String]) -> Option<Scene> {
    let unreachable = study.cells().any(|cell| cell.main_cause().is_some());
    if !unreachable && !study.cells().any(|cell| other(cell) > 0.0) {
        return None;
    }
    let subject = match study.across {
        Across::Numbers { .. } => "Why requests fail",
        Across::Categories { .. } => "How requests end",
    };
    // A cause is about the right response, and some requests that have one got a wrong one.
    let wrong = unreachable && study.cells().any(|cell| rate(cell, Metric::AcceptedWrong) > 0.0);
    let notes: Vec<String> =
        panel.iter().cloned().chain(wrong.then(|| "wrong responses do not count as accepted".to_owned())).collect();
    let bars = Bars { study, layers: layers(unreachable), scale: Scale::Shares };
    Some(bars.draw(&study.title(subject), "Requests at honest workflow nodes [%]", &notes))
}

/// From the bottom up, the same everywhere: what was accepted, then why the rest failed; where nothing has a cause in
/// any cell, how the rest ended.
fn layers(unreachable: bool) -> Vec<Layer> {
    let layer = |name: &str, color, fill, part| Layer { name: name.to_owned(), color, fill, part };
    let outcome = |metric| -> Box<dyn Fn(&CellSummary) -> f64> { Box::new(move |cell| rate(cell, metric)) };
    let mut layers = vec![
        layer("Accepted", BLUE, Fill::Plain, outcome(Metric::Accepted)),
        layer("Accepted, tainted", BLUE, Fill::Lighter, outcome(Metric::AcceptedTainted)),
    ];
    if unreachable {
        layers.extend(SINGLE.map(|(cause, color, fill)| {
            layer(&words(cause), color, fill, Box::new(move |cell| cell.cause_share(cause)))
        }));
        layers.push(layer("Several causes", SKY, Fill::Hatched, Box::new(several)));
        layers.push(layer(OTHER, BEFORE, Fill::Lighter, Box::new(other)));
    } else {
        layers.extend([
            layer("No agreement", PURPLE, Fill::Hatched, outcome(Metric::NoAgreement)),
            layer("Expired", GREEN, Fill::Plain, outcome(Metric::Expired)),
            layer("Failed", VERMILLION, Fill::Plain, outcome(Metric::Failed)),
            layer("Crashed", BLACK, Fill::Plain, outcome(Metric::Crashed)),
            layer("Accepted, wrong", BEFORE, Fill::Hatched, outcome(Metric::AcceptedWrong)),
        ]);
    }
    layers
}

/// Causes of one kind from the bottom up, with their style. There are more causes than colours: the rarer of those that
/// share one are hatched, and no two of them are next to each other in the stack.
const SINGLE: [(FailureCause, RGBColor, Fill); 10] = [
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
];

/// A cause's name as a sentence begins.
fn words(cause: FailureCause) -> String {
    let name = cause.to_string().replace('_', " ");
    let (first, rest) = name.split_at(1);
    format!("{}{rest}", first.to_uppercase())
}

/// Share of the causes of several kinds.
fn several(cell: &CellSummary) -> f64 {
    let several = cell.causes.iter().filter(|summary| !summary.cause.is_single());
    several.filter_map(|summary| summary.share).sum()
}

fn rate(cell: &CellSummary, metric: Metric) -> f64 {
    cell.estimate(metric).and_then(|estimate| estimate.value).unwrap_or(0.0)
}

/// What is left of a cell that something is known of.
fn other(cell: &CellSummary) -> f64 {
    let Some(accepted) = cell.estimate(Metric::Accepted).and_then(|estimate| estimate.value) else { return 0.0 };
    let unreachable: f64 = cell.causes.iter().filter_map(|summary| summary.share).sum();
    let left = 1.0 - accepted - rate(cell, Metric::AcceptedTainted) - unreachable;
    if left > NOTHING { left } else { 0.0 }
}
