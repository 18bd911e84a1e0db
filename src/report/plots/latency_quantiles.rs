//! The median, 90 % and 99 % quantile of the latency: a panel each along a numeric axis, side by side on categories.

use super::curves::{self, Curve, Sample};
use super::frame::{self, Page};
use super::labels::{Entry, Labels, Swatch};
use super::latency::{NAME, deadline, deadline_name, deadline_of, notes, quantile, value_axis};
use super::layers;
use super::multiples::{self, Ground, Measure};
use super::scene::{Align, Rect, Scene, Text};
use super::study::{Across, Study};
use super::theme::{INK, Look, MUTED, Marker};
use crate::experiment::{CellSummary, Metric};

const QUANTILES: [(Metric, &str, Marker); 3] = [
    (Metric::LatencyP50, "p50", Marker::Circle),
    (Metric::LatencyP90, "p90", Marker::Square),
    (Metric::LatencyP99, "p99", Marker::Triangle),
];
const PANEL_GAP: f64 = 30.0;

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
        Across::Numbers { .. } if !study.panels.is_empty() => Some(multiples(study)),
        Across::Numbers { .. } => {
            let (scene, note) = panels(study, &samples, &[]);
            Some(note.map_or(scene, |note| panels(study, &samples, &[note]).0))
        }
        Across::Categories { .. } => Some(columns(study, &samples)),
    }
}

fn page(study: &Study<'_>, samples: &Samples, own: &[String]) -> Page {
    let mut facts = study.facts();
    facts.push(curves::intervals(study));
    let samples = samples.concat();
    let axis = value_axis(&samples, Rect { left: 0.0, top: 0.0, right: 800.0, bottom: 500.0 });
    let mut notes = [study.notes.as_slice(), own, &notes(&samples, &axis)].concat();
    notes.extend(curves::exact_note(samples.iter().flatten(), study));
    Page::new(&study.title("Latency of requests"), facts, &notes, &study.run.id)
}

/// The median and the 99 % quantile, a row each: with panels there is no room for more.
fn multiples(study: &Study<'_>) -> Scene {
    let median = |cell: &CellSummary| quantile(cell, Metric::LatencyP50);
    let late = |cell: &CellSummary| quantile(cell, Metric::LatencyP99);
    let measure = |name, read| Measure { name, read, axis: &value_axis, ground: Ground::Deadline };
    let measures: [Measure<'_>; 2] = [measure("p50 [ms]", &median), measure("p99 [ms]", &late)];
    let mut told: Vec<String> = Vec::new();
    for measure in &measures {
        let samples: Vec<Vec<Sample>> =
            study.series.iter().map(|series| curves::samples(series, measure.read)).collect();
        told.extend(notes(&samples, &value_axis(&samples, Rect { left: 0.0, top: 0.0, right: 800.0, bottom: 250.0 })));
        if samples.iter().flatten().any(|sample| deadline_of(sample).is_some()) {
            told.push("dotted: deadline".to_owned());
        }
    }
    multiples::draw(study, "Latency of requests", &told, &measures)
}

fn panels(study: &Study<'_>, samples: &Samples, notes: &[String]) -> (Scene, Option<String>) {
    let mut page = page(study, samples, notes);
    let width = Labels::new(curves::entries(study, None)).width();
    let body = Rect { right: page.body.right - width, top: page.body.top + 26.0, ..page.body };
    let narrow = Rect { right: body.left + body.width() / 3.0, ..body };
    let gap = frame::panel_gap(study, narrow).max(PANEL_GAP);
    let each = (body.width() - 2.0 * gap) / 3.0;
    let y = value_axis(&samples.concat(), body);
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
        deadline(&mut page.scene, study, samples, (&x, &y), plot);
        let curves: Vec<Curve> = curves::place(study, samples, &x, &y);
        curves::draw(&mut page.scene, study, &curves);
        frame::tear_value(&mut page.scene, plot, &y);
        note = note.or_else(|| layers::overlap_note(curves::named(study, &curves)));
        if index == 2 {
            Labels::new(curves::entries(study, Some(&curves))).draw(&mut page.scene, plot);
        }
    }
    page.scene.text((40.0, body.top - 46.0), Text::new(NAME).color(MUTED));
    deadline_name(&mut page.scene, study, &samples.concat(), (body.right, body.top - 46.0));
    (page.scene, note)
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
    let y = value_axis(&samples.concat(), plot);
    frame::value_axis(&mut page.scene, plot, &y, NAME, true);
    let x = frame::below(&mut page.scene, study, plot);
    let mut censored = samples.iter().flatten().cloned().collect::<Vec<_>>();
    censored.retain(|series| series.iter().any(|sample| deadline_of(sample).is_some()));
    deadline(&mut page.scene, study, &censored, (&x, &y), plot);
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
