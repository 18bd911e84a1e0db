//! Latency quantiles as values: their axis, and the deadline beyond which some lie.

use super::axis::{Axis, Stub, Tick, extent, wants_log};
use super::curves::Sample;
use super::frame;
use super::names;
use super::number;
use super::scene::{Align, Rect, Scene, Text};
use super::study::Study;
use super::theme::{DEADLINE_DASH, INK, MUTED};
use crate::experiment::{CellSummary, Metric};

/// The name of the axis.
pub(super) const NAME: &str = "Latency [ms]";
/// Known values that fill less of the axis than this make it break before the deadline.
const LEAST_SHARE: f64 = 0.5;
/// Values above this share of the largest leave zero out.
const NARROW: f64 = 0.5;
/// The room for arrows above the last deadline.
const ARROWS: f64 = 26.0;
/// In place of values where there is none.
const ALL_BEYOND: &str = "all beyond the deadline";
/// Deadlines beyond a break.
const STUB: Stub = Stub { lead: 26.0, step: 26.0, most: 6 };

/// A quantile, or that it lies beyond the deadline.
pub(super) fn quantile(cell: &CellSummary, metric: Metric) -> Option<Sample> {
    let estimate = cell.estimate(metric)?;
    let deadline = Some(cell.deadline_ms).filter(|deadline| deadline.is_finite() && *deadline > 0.0);
    let unknown = deadline.filter(|_| estimate.ci_high.is_none() && estimate.ci_low.is_some());
    let sample = Sample {
        x: 0.0,
        value: estimate.value.or(deadline)?,
        low: estimate.ci_low,
        high: estimate.ci_high.or(unknown),
        beyond: estimate.value.is_none(),
        open: unknown.is_some(),
        exact: cell.exact_value(metric).filter(|exact| deadline.is_none_or(|deadline| *exact <= deadline)),
    };
    Some(sample)
}

/// Values and intervals, and the deadline where something lies beyond it, behind a break when that is far away.
pub(super) fn value_axis(samples: &[Vec<Sample>], plot: Rect) -> Axis {
    let all = || samples.iter().flatten();
    let (low, high) = extent(all().flat_map(known));
    let data = Axis::around(low, high, 6, NARROW);
    let mut deadlines: Vec<f64> = all().filter_map(deadline_of).collect();
    if deadlines.is_empty() {
        return data.between(plot.bottom, plot.top);
    }
    deadlines.sort_by(f64::total_cmp);
    deadlines.dedup();
    let (soonest, latest) = extent(deadlines.iter().copied());
    let (from, to) = (plot.bottom, plot.top + ARROWS);
    if low > high {
        let ticks = deadlines.iter().map(|deadline| Tick::new(*deadline, number::short(*deadline))).collect();
        return Axis::linear(0.0, latest, 1, 1.0).with_ticks(ticks).between(from, to);
    }
    let (low, top) = (low.min(soonest), latest.max(high));
    let whole = if wants_log(low, top) { Axis::log(low * 0.85, top, 1.0) } else { Axis::linear(0.0, top, 6, 1.0) };
    let whole = whole.between(from, to);
    if from - whole.at(high) >= LEAST_SHARE * (from - to) {
        return whole;
    }
    data.between(from, to).broken(&deadlines, STUB).unwrap_or(whole)
}

/// What is known of a sample: its value, the ends of its interval, its closed form.
fn known(sample: &Sample) -> impl Iterator<Item = f64> {
    let ends =
        [(!sample.beyond).then_some(sample.value), sample.low, sample.high.filter(|_| !sample.open), sample.exact];
    ends.into_iter().flatten().filter(|end| end.is_finite() && *end >= 0.0)
}

/// The deadline beyond which a value or the end of its interval lies.
pub(super) fn deadline_of(sample: &Sample) -> Option<f64> {
    if sample.beyond { Some(sample.value) } else { sample.high.filter(|_| sample.open) }
}

/// What readers have to know about these samples.
pub(super) fn notes(samples: &[Vec<Sample>], axis: &Axis) -> Vec<String> {
    let mut notes = Vec::new();
    if samples.iter().flatten().any(|sample| sample.beyond) {
        notes.push("arrows: beyond the deadline".to_owned());
    }
    if axis.lacks_zero() {
        notes.push("latency axis does not start at 0".to_owned());
    }
    notes
}

/// The deadline, where something lies beyond it: a line when it is the same everywhere, a step a cell otherwise.
pub(super) fn deadline(
    scene: &mut Scene,
    study: &Study<'_>,
    samples: &[Vec<Sample>],
    (x, y): (&Axis, &Axis),
    plot: Rect,
) {
    if !samples.iter().flatten().any(|sample| deadline_of(sample).is_some()) {
        return;
    }
    if let Some(deadline) = study.deadline() {
        let at = y.at(deadline);
        scene.dashed(&[(plot.left, at), (plot.right, at)], 1.5, INK, DEADLINE_DASH);
        return;
    }
    for (deadline, sample) in samples.iter().flatten().filter_map(|sample| Some((deadline_of(sample)?, sample))) {
        let (at, place) = (y.at(deadline), x.at(sample.x));
        let (left, right) = ((place - 18.0).max(plot.left), (place + 18.0).min(plot.right));
        scene.dashed(&[(left, at), (right, at)], 1.5, INK, DEADLINE_DASH);
    }
}

/// Says that nothing is known of these samples but that they lie beyond the deadline, where that is so.
pub(super) fn all_beyond(scene: &mut Scene, samples: &[Vec<Sample>], plot: Rect) {
    let mut all = samples.iter().flatten().peekable();
    if all.peek().is_some() && all.flat_map(known).next().is_none() {
        let middle = (f64::midpoint(plot.left, plot.right), f64::midpoint(plot.top, plot.bottom));
        frame::centred(scene, middle, &names::wrap(ALL_BEYOND, plot.width(), 3));
    }
}

/// Says what the dotted line is, outside of the plot.
pub(super) fn deadline_name(scene: &mut Scene, study: &Study<'_>, samples: &[Vec<Sample>], at: (f64, f64)) {
    if samples.iter().flatten().any(|sample| deadline_of(sample).is_some()) {
        let deadline = study.deadline().map_or_else(String::new, |deadline| format!(" {}", number::span(deadline)));
        scene.text(at, Text::new(format!("dotted: deadline{deadline}")).align(Align::Right).color(MUTED));
    }
}
