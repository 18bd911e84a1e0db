//! Share of the bytes that is saved against the baseline: everybody holds the payload, F + 1 equal answers are
//! needed, nothing is attested, and OCR carries full payloads.

use super::prelude::*;
use crate::aggregator::RuleSet;
use crate::sim::PayloadHolders;

/// The key that savings usually depend on.
const PAYLOAD: &str = "request.payload_size";

/// Draws the picture, over the payload where the sweep has such an axis; nothing without any saving.
pub(super) fn draw(figure: &Figure<'_>) -> Option<Scene> {
    let answers = |cell: &CellSummary| Sample::of(cell, Metric::SavedResponse);
    let total = |cell: &CellSummary| {
        let sample = Sample::of(cell, Metric::SavedTotal)?;
        Some(Sample { exact: sample.exact.or_else(|| by_count(cell)), ..sample })
    };
    let cells = || figure.run.cells.iter();
    let all: Vec<Sample> = cells().filter_map(answers).chain(cells().filter_map(total)).collect();
    if all.is_empty() {
        return None;
    }
    let (holders, rule_set) = (PayloadHolders::All, RuleSet::BASELINE.name());
    let against = format!("against the baseline: {holders} holders, {rule_set}, no attestations, full payloads in OCR");
    let axis = |_: &[Vec<Sample>], plot: Rect| axis(&all, plot);
    let measure = |name, read| Measure { name, values: None, read, axis: &axis, ground: |_| Ground::Zero };
    let measures =
        [measure("Saved of all answers [%]", &answers), measure("Saved of all bytes, OCR included [%]", &total)];
    let counted = cells().any(|cell| by_count(cell).is_some());
    let line = counted.then(|| "closed form: (N - 1)(N + 1) copies of the payload less".to_owned());
    let notes: Vec<String> = [against].into_iter().chain(line).collect();
    Some(multiples::draw(&figure.along(PAYLOAD), "Bytes saved", &notes, &measures))
}

/// Saving by the count of copies that rounds on hashes leave out, `(N - 1)(N + 1) P` for each request, where there are rounds.
fn by_count(cell: &CellSummary) -> Option<f64> {
    let (copies, now) = (value(cell, Metric::CopiesBytes)?, value(cell, Metric::AllBytes)?);
    // With payloads in the observations nothing is left out.
    (copies > 0.0).then(|| copies / (now + copies))
}

/// From nothing to everything, and below where more is spent than before.
fn axis(samples: &[Sample], plot: Rect) -> Axis {
    let ends = samples.iter().flat_map(|sample| [Some(sample.value), sample.low, sample.exact]).flatten();
    let low = ends.filter(|end| end.is_finite()).fold(0.0, f64::min);
    let most = (plot.height() / 50.0) as usize;
    Axis::linear(low * 1.05, 1.0, most.clamp(2, 8), 100.0).padded(0.03).between(plot.bottom, plot.top)
}
