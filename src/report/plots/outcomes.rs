//! How requests end: the share that is accepted, and on top of it why the others could not be.

use super::bars::{Bars, Fill, Layer, Scale};
use super::figure::{Figure, value};
use super::scene::Scene;
use super::theme::{BASELINE, BLACK, BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILLION, YELLOW};
use crate::experiment::{CellSummary, Metric};
use crate::sim::FailureCause;
use plotters::style::RGBColor;

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
    let bars = Bars { figure, layers: layers(unreachable), scale: Scale::Shares };
    Some(bars.draw(subject, "Requests at honest workflow nodes [%]", note.as_slice()))
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
        layers.extend(FailureCause::ALL.map(|cause| {
            let (color, fill) = style(cause);
            layer(&name(cause), color, fill, Box::new(move |cell| cell.cause_share(cause)))
        }));
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

/// A cause's style. There are more causes than colours: the rarer of those that share one are hatched, and no two of
/// them are next to each other in the stack.
const fn style(cause: FailureCause) -> (RGBColor, Fill) {
    match cause {
        FailureCause::NoHonestHolder => (YELLOW, Fill::Plain),
        FailureCause::AllHoldersLost => (ORANGE, Fill::Plain),
        FailureCause::QuorumUnreachable => (PURPLE, Fill::Plain),
        FailureCause::TooFewRequests => (ORANGE, Fill::Hatched),
        FailureCause::DeadlineBeforeSchedule => (SKY, Fill::Plain),
        FailureCause::TooLate => (GREEN, Fill::Plain),
        FailureCause::NoAgreement => (PURPLE, Fill::Hatched),
        FailureCause::AggregatorFailedEarly => (VERMILLION, Fill::Plain),
        FailureCause::NodeCrashed => (BLACK, Fill::Plain),
    }
}

/// A cause's name as a sentence begins.
fn name(cause: FailureCause) -> String {
    let words = cause.name().replace('_', " ");
    let (first, rest) = words.split_at(1);
    format!("{}{rest}", first.to_uppercase())
}

fn rate(cell: &CellSummary, metric: Metric) -> f64 {
    value(cell, metric).unwrap_or(0.0)
}

/// Share that is left of a cell that something is known of.
fn other(cell: &CellSummary) -> f64 {
    let Some(accepted) = value(cell, Metric::Accepted) else { return 0.0 };
    let unreachable: f64 = FailureCause::ALL.into_iter().map(|cause| cell.cause_share(cause)).sum();
    let left = 1.0 - accepted - rate(cell, Metric::AcceptedTainted) - unreachable;
    if left > NOTHING { left } else { 0.0 }
}
