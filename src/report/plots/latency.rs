//! Latency quantiles as values: their axis, and the deadline beyond which some lie.

use super::axis::{Axis, Stub, Tick, extent, rising, wants_log};
use super::curves::Sample;
use super::figure::Figure;
use super::scene::{Align, Point, Rect, Scene, Text};
use super::theme::{DEADLINE_DASH, INK, MUTED};
use super::{frame, names, number};
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
    Some(Sample {
        x: 0.0,
        value: estimate.value.or(deadline)?,
        low: estimate.ci_low,
        high: estimate.ci_high.or(unknown),
        beyond: estimate.value.is_none(),
        open: unknown.is_some(),
        exact: cell.exact_value(metric).filter(|exact| deadline.is_none_or(|deadline| *exact <= deadline)),
    })
}

/// Values and intervals, and the deadline where something lies beyond it, behind a break when that is far away.
pub(super) fn value_axis(samples: &[Vec<Sample>], plot: Rect) -> Axis {
    let all = || samples.iter().flatten();
    let (low, high) = extent(all().flat_map(known));
    let data = Axis::around(low, high, 6, NARROW);
    let deadlines = rising(all().filter_map(deadline_of));
    if deadlines.is_empty() {
        return data.between(plot.bottom, plot.top);
    }
    let (soonest, latest) = extent(deadlines.iter().copied());
    let (from, to) = (plot.bottom, plot.top + ARROWS);
    if low > high {
        // Nothing is known but the deadlines.
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

/// Numbers that are known of a sample: its value, the ends of its interval, its closed form.
fn known(sample: &Sample) -> impl Iterator<Item = f64> {
    let ends =
        [(!sample.beyond).then_some(sample.value), sample.low, sample.high.filter(|_| !sample.open), sample.exact];
    ends.into_iter().flatten().filter(|end| end.is_finite() && *end >= 0.0)
}

/// The deadline beyond which a value or the end of its interval lies.
fn deadline_of(sample: &Sample) -> Option<f64> {
    if sample.beyond { Some(sample.value) } else { sample.high.filter(|_| sample.open) }
}

/// Words that readers need about samples on a plot of about this size.
pub(super) fn notes(samples: &[Vec<Sample>], (width, height): (f64, f64)) -> Vec<String> {
    let axis = value_axis(samples, Rect { left: 0.0, top: 0.0, right: width, bottom: height });
    let mut notes = Vec::new();
    if samples.iter().flatten().any(|sample| sample.beyond) {
        notes.push("arrows: beyond the deadline".to_owned());
    }
    if axis.lacks_zero() {
        notes.push("latency axis does not start at 0".to_owned());
    }
    notes
}

/// The deadline, where something lies beyond it: a line when it is the same everywhere, a step a cell otherwise. Says so
/// where nothing else is known.
pub(super) fn deadline(
    scene: &mut Scene,
    figure: &Figure<'_>,
    samples: &[Vec<Sample>],
    (x, y): (&Axis, &Axis),
    plot: Rect,
) {
    let all: Vec<(f64, f64)> =
        samples.iter().flatten().filter_map(|sample| Some((deadline_of(sample)?, sample.x))).collect();
    let step = |from: f64, to: f64, deadline: f64| {
        [(from.max(plot.left), y.at(deadline)), (to.min(plot.right), y.at(deadline))]
    };
    match figure.deadline() {
        _ if all.is_empty() => return,
        Some(deadline) => scene.dashed(&step(plot.left, plot.right, deadline), 1.5, INK, DEADLINE_DASH),
        None => {
            for (deadline, place) in &all {
                let line = step(x.at(*place) - 18.0, x.at(*place) + 18.0, *deadline);
                scene.dashed(&line, 1.5, INK, DEADLINE_DASH);
            }
        }
    }
    if y.ticks.iter().all(|tick| all.iter().any(|(deadline, _)| *deadline == tick.value)) {
        let middle = (plot.center(), f64::midpoint(plot.top, plot.bottom));
        frame::centred(scene, middle, &names::wrap(ALL_BEYOND, plot.width(), 3));
    }
}

/// Whether a value, or the end of its interval, lies beyond its deadline.
pub(super) fn any_beyond(samples: &[Vec<Sample>]) -> bool {
    samples.iter().flatten().any(|sample| deadline_of(sample).is_some())
}

/// Says what the dotted line is, outside of the plot.
pub(super) fn deadline_name(scene: &mut Scene, figure: &Figure<'_>, samples: &[Vec<Sample>], at: Point) {
    if any_beyond(samples) {
        let deadline = figure.deadline().map_or_else(String::new, |deadline| format!(" {}", number::span(deadline)));
        scene.text(at, Text::new(format!("dotted: deadline{deadline}")).align(Align::Right).color(MUTED));
    }
}
