//! Share of requests that are accepted.

use super::prelude::*;

/// Everything above this is too near 1 to be told apart on a scale from 0.
const NEAR_ONE: f64 = 0.9;
/// Shares missing to 1 that are less than this have no place on their axis: a closed form knows shares that no simulation
/// sees, and decades of them would crowd out what it does see.
const LEAST_SEEN: f64 = 1e-6;
const SUBJECT: &str = "Accepted requests";
const ACCEPTED: &str = "Accepted [%]";
const NOT_ACCEPTED: &str = "Not accepted [%], logarithmic";
const PANEL_GAP: f64 = 96.0;
/// About the width of one of two panels.
const HALF: f64 = 430.0;
/// Categories narrower than this in half of a picture are not shown twice, unless all are near 1.
const NAME_ROOM: f64 = 100.0;

/// Draws the picture; nothing without any rate.
pub(super) fn draw(figure: &Figure<'_>) -> Option<Scene> {
    let rates = curves::samples(figure, accepted);
    if rates.iter().all(Vec::is_empty) {
        return None;
    }
    if !figure.panels.is_empty() {
        return Some(multiples(figure, &rates));
    }
    let near = near_one(figure, &rates);
    let all = near.as_ref().is_none_or(|near| near.iter().zip(&rates).all(|(near, all)| near.len() == all.len()));
    let partial = (!all).then(|| "right panel: series above 90 % throughout".to_owned());
    let notes = plot::exact_note(figure, rates.iter().flatten()).into_iter().chain(partial).collect();
    Some(twice(notes, |notes| picture(figure, &rates, near.as_deref(), notes)))
}

/// A plot for every panel; where all of them are near 1, a second row with what is missing.
fn multiples(figure: &Figure<'_>, rates: &[Vec<Sample>]) -> Scene {
    let all = || rates.iter().flatten();
    let near = all().all(|sample| sample.value > NEAR_ONE) && all().any(|sample| sample.value < 1.0);
    let missing = |cell: &CellSummary| accepted(cell).as_ref().map(complement);
    let measures = [
        Measure { name: ACCEPTED, values: None, read: &accepted, axis: &rate_axis, ground: |_| Ground::Plain },
        Measure { name: NOT_ACCEPTED, values: None, read: &missing, axis: &complement_axis, ground: |_| Ground::Plain },
    ];
    multiples::draw(figure, SUBJECT, &[], &measures[..if near { 2 } else { 1 }])
}

/// The shares that series miss to 1 which lie near it throughout, and nothing for the others; `None` where a second panel
/// would say nothing new or have no room.
fn near_one(figure: &Figure<'_>, rates: &[Vec<Sample>]) -> Option<Vec<Vec<Sample>>> {
    let is_near = |samples: &[Sample]| samples.iter().all(|sample| sample.value > NEAR_ONE);
    let missing = |samples: &Vec<Sample>| -> Vec<Sample> {
        if is_near(samples) { samples.iter().map(complement).collect() } else { Vec::new() }
    };
    let near: Vec<Vec<Sample>> = rates.iter().map(missing).collect();
    let has_room = match &figure.horizontal {
        Horizontal::Numbers(_) => true,
        Horizontal::Categories { labels, .. } => HALF / labels.len() as f64 > NAME_ROOM,
    };
    let tells = near.iter().flatten().any(|sample| sample.value > 0.0);
    (tells && (has_room || rates.iter().all(|samples| is_near(samples)))).then_some(near)
}

/// The rates of every series, and beside them the shares that those miss which lie near 1.
fn picture(
    figure: &Figure<'_>,
    rates: &[Vec<Sample>],
    near: Option<&[Vec<Sample>]>,
    notes: &[String],
) -> (Scene, Option<String>) {
    let mut page = Page::of(figure, SUBJECT, plot::intervals(figure), notes);
    let last = near.unwrap_or(rates);
    let labels = |ends: &[curves::Curve]| Labels::new(plot::entries(figure, &[(figure, last)], ends));
    let body = Rect { right: page.body.right - labels(&[]).width(), ..page.body };
    let half = body.left + (body.width() - PANEL_GAP) / 2.0;
    let left = Rect { right: if near.is_some() { half } else { body.right }, ..body };
    let mut panels = vec![(left, rates, rate_axis(rates, left), ACCEPTED)];
    panels.extend(near.map(|missing| {
        let right = Rect { left: half + PANEL_GAP, ..body };
        (right, missing, complement_axis(missing, right), NOT_ACCEPTED)
    }));
    let (x_name, mut overlap, mut ends) = (figure.axis_name(), None, Vec::new());
    for (area, samples, y, y_name) in panels {
        let (ground, x_name) = (Ground::Plain, x_name.as_str());
        let (y_labels, x_labels, heading, values) = (true, true, "", y_name);
        let plot = Plot { figure, samples, area, y, y_name, y_labels, x_name, x_labels, heading, values, ground };
        ends = plot.draw(&mut page.scene);
        overlap = overlap.or_else(|| plot::overlap_note(figure, &ends));
    }
    labels(&ends).draw(&mut page.scene, body);
    (page.scene, overlap)
}

fn accepted(cell: &CellSummary) -> Option<Sample> {
    Sample::of(cell, Metric::Accepted)
}

fn rate_axis(_: &[Vec<Sample>], plot: Rect) -> Axis {
    Axis::linear(0.0, 1.0, 5, 100.0).padded(0.03).between(plot.bottom, plot.top)
}

/// The share that is missing to 1.
fn complement(sample: &Sample) -> Sample {
    let missing = |rate: f64| (1.0 - rate).max(0.0);
    let (low, high) = (sample.high.map(missing), sample.low.map(missing));
    Sample { value: missing(sample.value), low, high, exact: sample.exact.map(missing), ..*sample }
}

/// Whole decades around every value and interval.
fn complement_axis(missing: &[Vec<Sample>], plot: Rect) -> Axis {
    let seen = |sample: &Sample| sample.exact.filter(|exact| *exact >= LEAST_SEEN);
    let ends = missing.iter().flatten().flat_map(|s| [Some(s.value), s.low, s.high, seen(s)]).flatten();
    let (low, high) =
        ends.filter(|end| *end > 1e-9).fold((0.1, 1e-3), |(low, high): (f64, f64), end| (low.min(end), high.max(end)));
    let decade = |value: f64, round: fn(f64) -> f64| libm::pow(10.0, round(libm::log10(value)));
    let axis = Axis::log(decade(low, libm::floor), decade(high.min(1.0), libm::ceil), 100.0);
    axis.between(plot.bottom, plot.top).with_zero()
}
