//! Bytes of a request by cause: stacked bars, the useful part at the bottom, waste on top.

use super::prelude::*;

/// A cause of bytes and its style: waste is lighter or hatched.
type Cause = (Metric, &'static str, RGBColor, Fill);

/// From the bottom up, the same everywhere.
const CAUSES: [Cause; 13] = [
    (Metric::ResponseBytes, "Responses used", BLUE, Fill::Plain),
    (Metric::RequestBytes, "Requests", SKY, Fill::Plain),
    (Metric::AttestationBytes, "Attestations", GREEN, Fill::Plain),
    (Metric::EnvelopeBytes, "Envelopes", PURPLE, Fill::Plain),
    // Between capability nodes, where OCR3 rounds are simulated.
    (Metric::OcrObservationBytes, "OCR observations", YELLOW, Fill::Plain),
    (Metric::OcrProposalBytes, "OCR proposals", YELLOW, Fill::Hatched),
    (Metric::OcrVoteBytes, "OCR votes", SKY, Fill::Lighter),
    (Metric::OcrReportBytes, "OCR signatures", GREEN, Fill::Lighter),
    (Metric::OcrQueryBytes, "OCR queries", PURPLE, Fill::Lighter),
    (Metric::OcrEpochBytes, "OCR epochs", PURPLE, Fill::Hatched),
    // Waste on top.
    (Metric::CoordinationBytes, "Coordination", BLACK, Fill::Lighter),
    (Metric::ErrorBytes, "Errors", ORANGE, Fill::Lighter),
    (Metric::DuplicatePayloadBytes, "Duplicate payloads", VERMILLION, Fill::Hatched),
];

/// Draws the picture; nothing when no bytes were counted.
pub(super) fn draw(figure: &Figure<'_>) -> Option<Scene> {
    figure.single(|figure| {
        let mut bars = Bars { figure, layers: CAUSES.map(layer).into(), scale: Scale::Amounts(1.0) };
        let (factor, unit) = sizes(bars.highest().filter(|largest| *largest > 0.0)?);
        bars.scale = Scale::Amounts(factor);
        Some(bars.draw("Bytes per request", &with_unit("Sent for one request by all nodes", unit), &[]))
    })
}

fn layer((metric, name, color, fill): Cause) -> Layer {
    Layer { name: name.to_owned(), color, fill, part: Box::new(move |cell| value(cell, metric).unwrap_or(0.0)) }
}
