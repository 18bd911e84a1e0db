//! How many requests are accepted.

use super::axis::Axis;
use super::curves::{self, Sample};
use super::frame::{self, Page};
use super::labels::Labels;
use super::number;
use super::scene::{Rect, Scene, Text};
use super::study::{Across, Study};
use super::theme::MUTED;
use crate::experiment::{CellSummary, Metric};

/// Everything above this is too near 1 to be told apart on a scale from 0.
const NEAR_ONE: f64 = 0.9;
const PANEL_GAP: f64 = 96.0;
/// About the width of one of two panels.
const HALF: f64 = 430.0;
/// Categories narrower than this in half of a picture are not shown twice, unless all are near 1.
const NAME_ROOM: f64 = 100.0;
/// Categories wider than this have their values written beside the points.
const VALUE_ROOM: f64 = 120.0;
/// And wider than this, their intervals too.
const INTERVAL_ROOM: f64 = 300.0;

/// Draws the picture; nothing without any rate.
pub(super) fn draw(study: &Study<'_>) -> Option<Scene> {
    let rates: Vec<Vec<Sample>> = study.series.iter().map(|series| curves::samples(series, accepted)).collect();
    if rates.iter().all(Vec::is_empty) {
        return None;
    }
    let near = near_one(study, &rates);
    let all = near.as_ref().is_none_or(|near| near.iter().zip(&rates).all(|(near, all)| near.len() == all.len()));
    let mut notes: Vec<String> = Vec::new();
    if !all {
        notes.push("right panel: series above 90 % throughout".to_owned());
    }

    // What lies on each other is known only once it is placed, and saying so moves everything down.
    let (scene, overlap) = picture(study, (&rates, near.as_deref()), &notes);
    let Some(overlap) = overlap else { return Some(scene) };
    notes.push(overlap);
    Some(picture(study, (&rates, near.as_deref()), &notes).0)
}

/// What series that lie near 1 throughout miss to it, and nothing for the others; `None` where a second panel would say
/// nothing new or have no room.
fn near_one(study: &Study<'_>, rates: &[Vec<Sample>]) -> Option<Vec<Vec<Sample>>> {
    let is_near = |samples: &[Sample]| samples.iter().all(|sample| sample.value > NEAR_ONE);
    let missing = |samples: &Vec<Sample>| -> Vec<Sample> {
        if is_near(samples) { samples.iter().map(complement).collect() } else { Vec::new() }
    };
    let near: Vec<Vec<Sample>> = rates.iter().map(missing).collect();
    let roomy = match &study.across {
        Across::Numbers { .. } => true,
        Across::Categories { labels, .. } => HALF / labels.len() as f64 > NAME_ROOM,
    };
    let tells = near.iter().flatten().any(|sample| sample.value > 0.0);
    (tells && (roomy || rates.iter().all(|samples| is_near(samples)))).then_some(near)
}

/// The rates of every series, and what those miss that lie near 1.
type Panels<'a> = (&'a [Vec<Sample>], Option<&'a [Vec<Sample>]>);

fn picture(study: &Study<'_>, (rates, near): Panels<'_>, notes: &[String]) -> (Scene, Option<String>) {
    let mut facts = study.facts();
    facts.push(curves::intervals(study));
    let notes = [study.notes.as_slice(), notes].concat();
    let mut page = Page::new(&study.title("Accepted requests"), facts, &notes, &study.run.id);
    let labels = Labels::new(curves::entries(study, None));
    let body = Rect { right: page.body.right - labels.width(), ..page.body };
    let left =
        Rect { right: if near.is_some() { body.left + (body.width() - PANEL_GAP) / 2.0 } else { body.right }, ..body };
    let right = Rect { left: left.right + PANEL_GAP, ..body };

    let whole = Axis::linear(0.0, 1.0, 5, 100.0).padded(0.03).between(left.bottom, left.top);
    let mut curves = panel(&mut page.scene, study, rates, left, &whole, "Accepted [%]");
    let mut overlap = curves::overlap_note(curves::named(study, &curves));
    let mut plot = left;
    if let Some(missing) = near {
        let axis = complement_axis(missing).between(right.bottom, right.top).with_zero();
        curves = panel(&mut page.scene, study, missing, right, &axis, "Not accepted [%], logarithmic");
        overlap = overlap.or_else(|| curves::overlap_note(curves::named(study, &curves)));
        plot = right;
    }
    Labels::new(curves::entries(study, Some(&curves))).draw(&mut page.scene, plot);
    (page.scene, overlap)
}

fn panel(
    scene: &mut Scene,
    study: &Study<'_>,
    samples: &[Vec<Sample>],
    plot: Rect,
    axis: &Axis,
    name: &str,
) -> Vec<curves::Curve> {
    frame::value_axis(scene, plot, axis, name, true);
    let x = frame::below(scene, study, plot);
    let curves = curves::place(study, samples, &x, axis);
    curves::draw(scene, study, &curves);
    if let Across::Categories { each: true, labels, .. } = &study.across {
        values(scene, samples, (&x, axis), plot.width() / labels.len() as f64);
    }
    curves
}

/// Writes values beside their points, with their intervals where there is `room`.
fn values(scene: &mut Scene, samples: &[Vec<Sample>], (x, y): (&Axis, &Axis), room: f64) {
    for sample in samples.iter().flatten().filter(|_| room > VALUE_ROOM) {
        let at = (x.at(sample.x) + 16.0, y.at(sample.value) - 8.0);
        scene.text(at, Text::new(number::percent(sample.value)));
        if let (Some(low), Some(high), true) = (sample.low, sample.high, room > INTERVAL_ROOM) {
            let interval = format!("{} to {}", number::percent(low), number::percent(high));
            scene.text((at.0, at.1 + 28.0), Text::new(interval).color(MUTED));
        }
    }
}

fn accepted(cell: &CellSummary) -> Option<Sample> {
    let estimate = cell.estimate(Metric::Accepted)?;
    let (low, high) = (estimate.ci_low, estimate.ci_high);
    Some(Sample { x: 0.0, value: estimate.value?, low, high, beyond: false, open: false })
}

/// The share that is missing to 1.
fn complement(sample: &Sample) -> Sample {
    let missing = |rate: f64| (1.0 - rate).max(0.0);
    Sample { value: missing(sample.value), low: sample.high.map(missing), high: sample.low.map(missing), ..*sample }
}

/// Whole decades around every value and interval.
fn complement_axis(missing: &[Vec<Sample>]) -> Axis {
    let ends = missing.iter().flatten().flat_map(|sample| [Some(sample.value), sample.low, sample.high]).flatten();
    let (low, high) =
        ends.filter(|end| *end > 1e-9).fold((0.1, 1e-3), |(low, high): (f64, f64), end| (low.min(end), high.max(end)));
    let decade = |value: f64, round: fn(f64) -> f64| libm::pow(10.0, round(libm::log10(value)));
    Axis::log(decade(low, libm::floor), decade(high.min(1.0), libm::ceil), 100.0)
}
