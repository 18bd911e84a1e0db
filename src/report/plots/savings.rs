//! Which share of the bytes is saved against the baseline: everybody holds the payload, F + 1 equal answers are
//! needed, nothing is attested, and OCR carries full payloads.

use super::axis::Axis;
use super::curves::Sample;
use super::multiples::{self, Ground, Measure};
use super::scene::{Rect, Scene};
use super::study::Study;
use crate::experiment::{CellSummary, Metric};

/// What savings are usually about.
const PAYLOAD: &str = "request.payload_size";
const BEFORE: &str = "against the baseline: all holders, identical, no attestations, full payloads in OCR";

/// Draws the picture, over the payload where the sweep has such an axis; nothing without any saving.
pub(super) fn draw(study: &Study<'_>) -> Option<Scene> {
    let answers = |cell: &CellSummary| saved(cell, Metric::SavedResponse);
    let total = |cell: &CellSummary| saved(cell, Metric::SavedTotal);
    let cells = &study.run.cells;
    let all: Vec<Sample> = cells.iter().filter_map(answers).chain(cells.iter().filter_map(total)).collect();
    if all.is_empty() {
        return None;
    }
    let axis = |_: &[Vec<Sample>], plot: Rect| axis(&all, plot);
    let measure = |name, read| Measure { name, read, axis: &axis, ground: Ground::Zero };
    let measures =
        [measure("Saved of all answers [%]", &answers), measure("Saved of all bytes, OCR included [%]", &total)];
    Some(multiples::draw(&study.along(PAYLOAD), "Bytes saved", &[BEFORE.to_owned()], &measures))
}

fn saved(cell: &CellSummary, metric: Metric) -> Option<Sample> {
    let estimate = cell.estimate(metric)?;
    let value = estimate.value.filter(|value| value.is_finite())?;
    let exact = cell.exact_value(metric);
    Some(Sample { x: 0.0, value, low: estimate.ci_low, high: estimate.ci_high, beyond: false, open: false, exact })
}

/// From nothing to everything, and below where more is spent than before.
fn axis(samples: &[Sample], plot: Rect) -> Axis {
    let ends = samples.iter().flat_map(|sample| [Some(sample.value), sample.low, sample.exact]).flatten();
    let low = ends.filter(|end| end.is_finite()).fold(0.0, f64::min);
    let most = (plot.height() / 50.0) as usize;
    Axis::linear(low * 1.05, 1.0, most.clamp(2, 8), 100.0).padded(0.03).between(plot.bottom, plot.top)
}
