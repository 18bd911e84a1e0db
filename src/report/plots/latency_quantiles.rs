//! The median, 90 % and 99 % quantile of the latency: a plot each along a numeric axis, side by side on categories.

use super::latency::{NAME, any_beyond, deadline, deadline_name, notes, quantile, value_axis};
use super::prelude::*;

const QUANTILES: [(Metric, &str, Marker); 3] = [
    (Metric::LatencyP50, "p50", Marker::Circle),
    (Metric::LatencyP90, "p90", Marker::Square),
    (Metric::LatencyP99, "p99", Marker::Triangle),
];
const PANEL_GAP: f64 = 30.0;
const SUBJECT: &str = "Latency of requests";

/// The samples of every series, a quantile each.
type Samples = [Vec<Vec<Sample>>; 3];

/// Draws the picture; nothing when no quantile of any cell is known.
pub(super) fn draw(figure: &Figure<'_>) -> Option<Scene> {
    let samples: Samples = QUANTILES.map(|(metric, _, _)| curves::samples(figure, |cell| quantile(cell, metric)));
    if samples.iter().flatten().flatten().all(|sample| sample.beyond) {
        return None;
    }
    Some(match figure.panels.is_empty() {
        false => multiples(figure),
        true if figure.is_numeric() => twice(Vec::new(), |overlap| panels(figure, &samples, overlap)),
        true => columns(figure, &samples),
    })
}

fn page(figure: &Figure<'_>, samples: &Samples, overlap: &[String]) -> Page {
    let all = samples.concat();
    let exact = plot::exact_note(figure, all.iter().flatten());
    let notes: Vec<String> = overlap.iter().cloned().chain(notes(&all, (800.0, 500.0))).chain(exact).collect();
    Page::of(figure, SUBJECT, plot::intervals(figure), &notes)
}

/// The median and the 99 % quantile, a row each: with panels there is no room for more.
fn multiples(figure: &Figure<'_>) -> Scene {
    let median = |cell: &CellSummary| quantile(cell, Metric::LatencyP50);
    let late = |cell: &CellSummary| quantile(cell, Metric::LatencyP99);
    let measure = |name, read| Measure {
        name,
        values: None,
        read,
        axis: &value_axis,
        ground: |samples| Ground::Deadline(samples),
    };
    let measures: [Measure<'_>; 2] = [measure("p50 [ms]", &median), measure("p99 [ms]", &late)];
    let mut told: Vec<String> = Vec::new();
    for measure in &measures {
        let samples = curves::samples(figure, measure.read);
        let dotted = any_beyond(&samples).then(|| "dotted: deadline".to_owned());
        for note in notes(&samples, (800.0, 250.0)).into_iter().chain(dotted) {
            if !told.contains(&note) {
                told.push(note);
            }
        }
    }
    multiples::draw(figure, SUBJECT, &told, &measures)
}

fn panels(figure: &Figure<'_>, samples: &Samples, overlap: &[String]) -> (Scene, Option<String>) {
    let mut page = page(figure, samples, overlap);
    let labels = |ends: &[curves::Curve]| Labels::new(plot::entries(figure, &[(figure, &samples[2])], ends));
    let body = Rect { right: page.body.right - labels(&[]).width(), top: page.body.top + 26.0, ..page.body };
    let narrow = Rect { right: body.left + body.width() / 3.0, ..body };
    let gap = frame::panel_gap(figure, narrow).max(PANEL_GAP);
    let grid = Grid::new(body, 3, 3, (gap, 0.0));
    let (x_name, mut overlap, mut ends) = (figure.axis_name(), None, Vec::new());
    for (index, (samples_here, (_, heading, _))) in samples.iter().zip(QUANTILES).enumerate() {
        let plot = Plot {
            figure,
            samples: samples_here,
            area: grid.plots[index],
            y: value_axis(&samples.concat(), body),
            y_name: "",
            y_labels: index == 0,
            // One name in the middle serves all three panels.
            x_name: if index == 1 { &x_name } else { "" },
            x_labels: true,
            heading,
            values: &format!("{heading} [ms]"),
            ground: Ground::Deadline(samples_here),
        };
        ends = plot.draw(&mut page.scene);
        overlap = overlap.or_else(|| plot::overlap_note(figure, &ends));
    }
    labels(&ends).draw(&mut page.scene, body);
    page.scene.text((40.0, body.top - 46.0), Text::new(NAME).color(MUTED));
    deadline_name(&mut page.scene, figure, &samples.concat(), (body.right, body.top - 46.0));
    (page.scene, overlap)
}

/// All quantiles of a cell above its name, told apart by their markers.
fn columns(figure: &Figure<'_>, samples: &Samples) -> Scene {
    let mut page = page(figure, samples, &[]);
    let quantile = |(_, name, marker): &(Metric, &str, Marker)| {
        Entry::new(*name, Swatch::Marker(Style { color: INK, marker: *marker, dash: &[] }))
    };
    let mut entries: Vec<Entry> = QUANTILES.iter().rev().map(quantile).collect();
    if figure.needs_labels() {
        entries.extend(figure.series.iter().map(|it| Entry::new(&it.label, Swatch::Box(it.style.color, false))));
    }
    let labels = Labels::new(entries);
    let plot = Rect { right: page.body.right - labels.width(), ..page.body };
    let y = value_axis(&samples.concat(), plot);
    frame::value_axis(&mut page.scene, plot, &y, NAME, true);
    let x = frame::below(&mut page.scene, figure, plot, true, &figure.axis_name());
    deadline(&mut page.scene, figure, &samples.concat(), (&x, &y), plot);
    deadline_name(&mut page.scene, figure, &samples.concat(), (plot.right, plot.top - 20.0));
    // The median comes last: where it is beyond the deadline, so are the others, and its marker covers theirs.
    for (index, (samples, (_, name, marker))) in samples.iter().zip(QUANTILES).enumerate().rev() {
        let room = (plot.width() / figure.series.len() as f64 * 0.22).min(60.0);
        let shift = (index as f64 - 1.0) * if figure.needs_labels() { 0.0 } else { room };
        let curves = curves::place(figure, samples, &x, &y).into_iter();
        let legend = Some(name).filter(|_| !figure.needs_labels());
        let curves: Vec<_> = curves.map(|curve| curve.marked(marker, shift, legend)).collect();
        curves::draw(&mut page.scene, figure, &curves);
        for of_series in curves.iter().zip(samples.iter().map(Vec::as_slice)) {
            spots::on_curve(&mut page.scene, figure, of_series, (&format!("{name} [ms]"), y.factor));
        }
    }
    frame::break_value(&mut page.scene, plot, &y);
    labels.draw(&mut page.scene, plot);
    page.scene
}
