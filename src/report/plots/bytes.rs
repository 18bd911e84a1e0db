//! Where the bytes of a request go: stacked bars, the useful part at the bottom, waste on top.

use super::bars::{Bars, Fill, Layer, Scale};
use super::scene::Scene;
use super::study::Study;
use super::theme::{BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILLION};
use super::words;
use crate::experiment::{CellSummary, Metric};
use plotters::style::RGBColor;

/// A cause of bytes and its look: waste is lighter or hatched.
type Cause = (Metric, &'static str, RGBColor, Fill);

/// From the bottom up, the same everywhere.
const CAUSES: [Cause; 6] = [
    (Metric::ResponseBytes, "Responses used", BLUE, Fill::Plain),
    (Metric::RequestBytes, "Requests", SKY, Fill::Plain),
    (Metric::AttestationBytes, "Attestations", GREEN, Fill::Plain),
    (Metric::EnvelopeBytes, "Envelopes", PURPLE, Fill::Plain),
    (Metric::ErrorBytes, "Errors", ORANGE, Fill::Lighter),
    (Metric::DuplicatePayloadBytes, "Duplicate payloads", VERMILLION, Fill::Hatched),
];

/// Draws the picture; nothing when no bytes were counted.
pub(super) fn draw(study: &Study<'_>) -> Option<Scene> {
    study.single(single)
}

fn single(study: &Study<'_>, panel: &[String]) -> Option<Scene> {
    let mut bars = Bars { study, layers: CAUSES.map(layer).into(), scale: Scale::Amounts(1.0) };
    let largest = bars.highest().filter(|largest| *largest > 0.0)?;
    let (factor, unit) = words::bytes(largest);
    bars.scale = Scale::Amounts(factor);
    let name = words::with_unit("Sent for one request by all nodes", &unit);
    Some(bars.draw(&study.title("Bytes per request"), &name, panel))
}

fn layer((metric, name, color, fill): Cause) -> Layer {
    let part = move |cell: &CellSummary| cell.estimate(metric).and_then(|estimate| estimate.value).unwrap_or(0.0);
    Layer { name: name.to_owned(), color, fill, part: Box::new(part) }
}
