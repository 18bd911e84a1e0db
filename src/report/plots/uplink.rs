//! Load of the busiest uplink: its mean over a replicate, and the most of a second.

use super::prelude::*;

/// Bytes a second in Mbit a second.
const MEGABITS: f64 = 8e-6;

/// Draws the picture; nothing without OCR3 rounds, whose proposals are what loads an uplink.
pub(super) fn draw(figure: &Figure<'_>) -> Option<Scene> {
    let has_rounds = |cell: &CellSummary| cell.estimate(Metric::Epochs).is_some();
    if !figure.run.cells.iter().any(has_rounds) {
        return None;
    }
    let mean = |cell: &CellSummary| Sample::of(cell, Metric::UplinkMean);
    let peak = |cell: &CellSummary| Sample::of(cell, Metric::UplinkPeak);
    // One axis serves both.
    let cells = || figure.run.cells.iter();
    let all: Vec<Sample> = cells().filter_map(mean).chain(cells().filter_map(peak)).collect();
    let axis = |_: &[Vec<Sample>], plot: Rect| axis(&all, plot);
    let measure = |name, read| Measure { name, values: None, read, axis: &axis, ground: |_| Ground::Amounts };
    let measures = [measure("Mean [Mbit/s]", &mean), measure("Peak of a second [Mbit/s]", &peak)];
    Some(multiples::draw(figure, "Load of the busiest uplink", &[], &measures))
}

/// From nothing to the highest, or logarithmic where loads differ much.
fn axis(samples: &[Sample], plot: Rect) -> Axis {
    let ends = || samples.iter().flat_map(|sample| [Some(sample.value), sample.low, sample.high]).flatten();
    let (low, high) = extent(ends().filter(|end| end.is_finite() && *end > 0.0));
    let most = (plot.height() / 50.0) as usize;
    let axis = if wants_log(low, high) {
        Axis::log(low * 0.8, high * 1.2, MEGABITS)
    } else {
        Axis::linear(0.0, high.max(1.0) * 1.08, most.clamp(2, 8), MEGABITS)
    };
    axis.between(plot.bottom, plot.top)
}
