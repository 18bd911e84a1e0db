//! How many requests are accepted.

use super::axis::Axis;
use super::curves::{self, Sample};
use super::frame::{self, Page};
use super::labels::Labels;
use super::layers;
use super::multiples::{self, Ground, Measure};
use super::scene::{Rect, Scene};
use super::study::{Across, Study};
use crate::experiment::{CellSummary, Metric};

/// Everything above this is too near 1 to be told apart on a scale from 0.
const NEAR_ONE: f64 = 0.9;
/// What is missing to 1 by less than this counts as nothing.
const LEAST_SEEN: f64 = 1e-6;
const NOT_ACCEPTED: &str = "Not accepted [%], logarithmic";
const PANEL_GAP: f64 = 96.0;
/// About the width of one of two panels.
const HALF: f64 = 430.0;
/// Categories narrower than this in half of a picture are not shown twice, unless all are near 1.
const NAME_ROOM: f64 = 100.0;

/// Draws the picture; nothing without any rate.
pub(super) fn draw(study: &Study<'_>) -> Option<Scene> {
    let rates: Vec<Vec<Sample>> = study.series.iter().map(|series| curves::samples(series, accepted)).collect();
    if rates.iter().all(Vec::is_empty) {
        return None;
    }
    if !study.panels.is_empty() {
        return Some(multiples(study, &rates));
    }
    let near = near_one(study, &rates);
    let all = near.as_ref().is_none_or(|near| near.iter().zip(&rates).all(|(near, all)| near.len() == all.len()));
    let mut notes: Vec<String> = curves::exact_note(rates.iter().flatten(), study).into_iter().collect();
    if !all {
        notes.push("right panel: series above 90 % throughout".to_owned());
    }

    // What lies on each other is known only once it is placed, and saying so moves everything down.
    let (scene, overlap) = picture(study, (&rates, near.as_deref()), &notes);
    let Some(overlap) = overlap else { return Some(scene) };
    notes.push(overlap);
    Some(picture(study, (&rates, near.as_deref()), &notes).0)
}

/// A plot for every panel; where all of them are near 1, a second row with what is missing.
fn multiples(study: &Study<'_>, rates: &[Vec<Sample>]) -> Scene {
    let all = || rates.iter().flatten();
    let near = all().all(|sample| sample.value > NEAR_ONE) && all().any(|sample| sample.value < 1.0);
    let whole = |_: &[Vec<Sample>], plot: Rect| rate_axis(plot);
    let rest =
        |samples: &[Vec<Sample>], plot: Rect| complement_axis(samples).between(plot.bottom, plot.top).with_zero();
    let missing = |cell: &CellSummary| accepted(cell).as_ref().map(complement);
    let measures = [
        Measure { name: "Accepted [%]", read: &accepted, axis: &whole, ground: Ground::Plain },
        Measure { name: NOT_ACCEPTED, read: &missing, axis: &rest, ground: Ground::Plain },
    ];
    multiples::draw(study, "Accepted requests", &[], &measures[..if near { 2 } else { 1 }])
}

fn rate_axis(plot: Rect) -> Axis {
    Axis::linear(0.0, 1.0, 5, 100.0).padded(0.03).between(plot.bottom, plot.top)
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

    let whole = rate_axis(left);
    let mut curves = panel(&mut page.scene, study, rates, left, &whole, "Accepted [%]");
    let mut overlap = layers::overlap_note(curves::named(study, &curves));
    let mut plot = left;
    if let Some(missing) = near {
        let axis = complement_axis(missing).between(right.bottom, right.top).with_zero();
        curves = panel(&mut page.scene, study, missing, right, &axis, NOT_ACCEPTED);
        overlap = overlap.or_else(|| layers::overlap_note(curves::named(study, &curves)));
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
    curves::values(scene, study, samples, (&x, axis), plot);
    curves
}

fn accepted(cell: &CellSummary) -> Option<Sample> {
    let estimate = cell.estimate(Metric::Accepted)?;
    let (low, high) = (estimate.ci_low, estimate.ci_high);
    let exact = cell.exact_value(Metric::Accepted);
    Some(Sample { x: 0.0, value: estimate.value?, low, high, beyond: false, open: false, exact })
}

/// The share that is missing to 1.
fn complement(sample: &Sample) -> Sample {
    let missing = |rate: f64| (1.0 - rate).max(0.0);
    let (low, high) = (sample.high.map(missing), sample.low.map(missing));
    // A closed form knows shares that no simulation sees; decades of them would crowd out what it does see.
    let seen = |share: f64| if share < LEAST_SEEN { 0.0 } else { share };
    Sample { value: missing(sample.value), low, high, exact: sample.exact.map(missing).map(seen), ..*sample }
}

/// Whole decades around every value and interval.
fn complement_axis(missing: &[Vec<Sample>]) -> Axis {
    let ends = missing.iter().flatten().flat_map(|s| [Some(s.value), s.low, s.high, s.exact]).flatten();
    let (low, high) =
        ends.filter(|end| *end > 1e-9).fold((0.1, 1e-3), |(low, high): (f64, f64), end| (low.min(end), high.max(end)));
    let decade = |value: f64, round: fn(f64) -> f64| libm::pow(10.0, round(libm::log10(value)));
    Axis::log(decade(low, libm::floor), decade(high.min(1.0), libm::ceil), 100.0)
}
