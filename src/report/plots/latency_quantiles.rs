//! The median, 90 % and 99 % quantile of the latency: a panel each along a numeric axis, side by side on categories.

use super::axis::{Axis, Stub, extent, wants_log};
use super::curves::{self, Curve, Sample};
use super::frame::{self, Page};
use super::labels::{Entry, Labels, Swatch};
use super::number;
use super::scene::{Align, Rect, Scene, Text};
use super::study::{Across, Study};
use super::theme::{DEADLINE_DASH, INK, Look, MUTED, Marker};
use crate::experiment::{CellSummary, Metric};

const QUANTILES: [(Metric, &str, Marker); 3] = [
    (Metric::LatencyP50, "p50", Marker::Circle),
    (Metric::LatencyP90, "p90", Marker::Square),
    (Metric::LatencyP99, "p99", Marker::Triangle),
];
const PANEL_GAP: f64 = 30.0;
/// Known values that fill less of the axis than this make it break before the deadline.
const LEAST_SHARE: f64 = 0.5;
/// Values above this share of the largest leave zero out.
const NARROW: f64 = 0.5;
/// The room for arrows above the last deadline.
const ARROWS: f64 = 26.0;
/// Deadlines beyond a break.
const STUB: Stub = Stub { lead: 26.0, step: 26.0, most: 6 };
const NAME: &str = "Latency [ms]";

/// The samples of every series, a quantile each.
type Samples = [Vec<Vec<Sample>>; 3];

/// Draws the picture; nothing when no quantile of any cell is known.
pub(super) fn draw(study: &Study<'_>) -> Option<Scene> {
    let read =
        |metric| study.series.iter().map(|series| curves::samples(series, |cell| quantile(cell, metric))).collect();
    let samples: Samples = QUANTILES.map(|(metric, _, _)| read(metric));
    let known = |sample: &Sample| !sample.beyond;
    if !samples.iter().flatten().flatten().any(known) {
        return None;
    }
    match &study.across {
        Across::Numbers { .. } => {
            let (scene, note) = panels(study, &samples, &[]);
            Some(note.map_or(scene, |note| panels(study, &samples, &[note]).0))
        }
        Across::Categories { .. } => Some(columns(study, &samples)),
    }
}

/// A quantile, or that it lies beyond the deadline.
fn quantile(cell: &CellSummary, metric: Metric) -> Option<Sample> {
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
    };
    Some(sample)
}

fn page(study: &Study<'_>, samples: &Samples, notes: &[String]) -> Page {
    let mut facts = study.facts();
    facts.push(curves::intervals(study));
    let mut notes = [study.notes.as_slice(), notes].concat();
    if samples.iter().flatten().flatten().any(|sample| sample.beyond) {
        notes.push("open markers: beyond the deadline".to_owned());
    }
    if value_axis(samples, Rect { left: 0.0, top: 0.0, right: 800.0, bottom: 500.0 }).lacks_zero() {
        notes.push("latency axis does not start at 0".to_owned());
    }
    Page::new(&study.title("Latency of requests"), facts, &notes, &study.run.id)
}

/// Values and intervals, and the deadline where something lies beyond it, behind a break when that is far away.
fn value_axis(samples: &Samples, plot: Rect) -> Axis {
    let all = || samples.iter().flatten().flatten();
    let known = all().flat_map(|sample| {
        [(!sample.beyond).then_some(sample.value), sample.low, sample.high.filter(|_| !sample.open)]
    });
    let (low, high) = extent(known.flatten().filter(|end| end.is_finite() && *end >= 0.0));
    let data = Axis::around(low, high, 6, NARROW);
    let mut deadlines: Vec<f64> = all().filter_map(deadline_of).collect();
    if deadlines.is_empty() {
        return data.between(plot.bottom, plot.top);
    }
    deadlines.sort_by(f64::total_cmp);
    deadlines.dedup();
    let (soonest, latest) = extent(deadlines.iter().copied());
    let (from, to) = (plot.bottom, plot.top + ARROWS);
    let (low, top) = (low.min(soonest), latest.max(high));
    let whole = if wants_log(low, top) { Axis::log(low * 0.85, top, 1.0) } else { Axis::linear(0.0, top, 6, 1.0) };
    let whole = whole.between(from, to);
    if from - whole.at(high) >= LEAST_SHARE * (from - to) {
        return whole;
    }
    data.between(from, to).broken(&deadlines, STUB).unwrap_or(whole)
}

/// The deadline beyond which a value or the end of its interval lies.
fn deadline_of(sample: &Sample) -> Option<f64> {
    if sample.beyond { Some(sample.value) } else { sample.high.filter(|_| sample.open) }
}

fn panels(study: &Study<'_>, samples: &Samples, notes: &[String]) -> (Scene, Option<String>) {
    let mut page = page(study, samples, notes);
    let width = Labels::new(curves::entries(study, None)).width();
    let body = Rect { right: page.body.right - width, top: page.body.top + 26.0, ..page.body };
    let gap = panel_gap(study, body);
    let each = (body.width() - 2.0 * gap) / 3.0;
    let y = value_axis(samples, body);
    let mut note = None;
    for (index, (samples, (_, name, _))) in samples.iter().zip(QUANTILES).enumerate() {
        let left = body.left + (each + gap) * index as f64;
        let plot = Rect { left, right: left + each, ..body };
        frame::value_axis(&mut page.scene, plot, &y, "", index == 0);
        page.scene.text(
            (f64::midpoint(plot.left, plot.right), plot.top - 20.0),
            Text::new(name).bold(18.0).align(Align::Center),
        );
        let (x, x_name) = (frame::across(study, plot), study.axis_name());
        // One name in the middle serves all three panels.
        frame::base_axis(&mut page.scene, plot, &x, if index == 1 { &x_name } else { "" });
        deadline(&mut page.scene, study, samples, &x, &y, plot);
        let curves: Vec<Curve> = curves::place(study, samples, &x, &y);
        curves::draw(&mut page.scene, study, &curves);
        frame::tear_value(&mut page.scene, plot, &y);
        note = note.or_else(|| curves::overlap_note(curves::named(study, &curves)));
        if index == 2 {
            Labels::new(curves::entries(study, Some(&curves))).draw(&mut page.scene, plot);
        }
    }
    page.scene.text((40.0, body.top - 46.0), Text::new(NAME).color(MUTED));
    deadline_name(&mut page.scene, study, &samples.concat(), (body.right, body.top - 46.0));
    (page.scene, note)
}

/// Room between panels, so that the labels at their corners do not meet.
fn panel_gap(study: &Study<'_>, body: Rect) -> f64 {
    let narrow = Rect { right: body.left + body.width() / 3.0, ..body };
    let ticks = frame::across(study, narrow).ticks;
    ticks.iter().map(|tick| Text::new(&tick.label).width() + 6.0).fold(PANEL_GAP, f64::max)
}

/// All quantiles of a cell above its name, told apart by their markers.
fn columns(study: &Study<'_>, samples: &Samples) -> Scene {
    let mut page = page(study, samples, &[]);
    let mut entries: Vec<Entry> = QUANTILES
        .iter()
        .rev()
        .map(|(_, name, marker)| {
            let swatch = Swatch::Marker(Look { color: INK, marker: *marker, dash: &[] });
            Entry { text: (*name).to_owned(), detail: None, swatch, end: None, leader: false }
        })
        .collect();
    entries.extend(
        curves::entries(study, None)
            .into_iter()
            .zip(&study.series)
            .map(|(entry, series)| Entry { swatch: Swatch::Box(series.look.color, false), ..entry }),
    );
    let labels = Labels::new(entries);
    let plot = Rect { right: page.body.right - labels.width(), ..page.body };
    let y = value_axis(samples, plot);
    frame::value_axis(&mut page.scene, plot, &y, NAME, true);
    let x = frame::below(&mut page.scene, study, plot);
    let mut censored = samples.iter().flatten().cloned().collect::<Vec<_>>();
    censored.retain(|series| series.iter().any(|sample| deadline_of(sample).is_some()));
    deadline(&mut page.scene, study, &censored, &x, &y, plot);
    deadline_name(&mut page.scene, study, &censored, (plot.right, plot.top - 20.0));
    // The median comes last: where it is beyond the deadline, so are the others, and its marker covers theirs.
    for (index, (samples, (_, _, marker))) in samples.iter().zip(QUANTILES).enumerate().rev() {
        let step = if study.needs_labels() { 0.0 } else { (plot.width() / study.series.len() as f64 * 0.22).min(60.0) };
        let shift = (index as f64 - 1.0) * step;
        let curves: Vec<Curve> = curves::place(study, samples, &x, &y);
        let curves: Vec<Curve> = curves.into_iter().map(|curve| curve.shifted(shift).with_marker(marker)).collect();
        curves::draw(&mut page.scene, study, &curves);
    }
    frame::tear_value(&mut page.scene, plot, &y);
    labels.draw(&mut page.scene, plot);
    page.scene
}

/// The deadline, where something lies beyond it: a line when it is the same everywhere, a step a cell otherwise.
fn deadline(scene: &mut Scene, study: &Study<'_>, samples: &[Vec<Sample>], x: &Axis, y: &Axis, plot: Rect) {
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

/// Says what the dotted line is, outside of the plot.
fn deadline_name(scene: &mut Scene, study: &Study<'_>, samples: &[Vec<Sample>], at: (f64, f64)) {
    if samples.iter().flatten().any(|sample| deadline_of(sample).is_some()) {
        let deadline = study.deadline().map_or_else(String::new, |deadline| format!(" {}", number::span(deadline)));
        scene.text(at, Text::new(format!("dotted: deadline{deadline}")).align(Align::Right).color(MUTED));
    }
}
