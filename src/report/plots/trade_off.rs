//! The price of speed: the bytes of a request against the 99 % quantile of its latency, a marker a cell.

use super::beside::{around, free, text_box};
use super::keys::lower;
use super::layers::TOUCH;
use super::prelude::*;

/// Values above this share of the largest leave zero out.
const NARROW: f64 = 0.5;
/// Up to this many series have the ends of their lines named.
const MOST_NAMED: usize = 6;
/// Between a marker and its ring.
const RIM: f64 = 6.0;
/// Between lines of plots: tick labels and a title.
const LINE_GAP: f64 = 84.0;
const NAME: &str = "Latency p99 [ms]";

/// A cell's place in the sweep, and whether no choice in the same world is better.
#[derive(Clone, Copy)]
struct Mark {
    place: f64,
    best: bool,
}

/// The cells of a figure by series: bytes and latency, and the marks of the same cells.
struct Cells<'f, 'a> {
    figure: &'f Figure<'a>,
    samples: Vec<Vec<Sample>>,
    marks: Vec<Vec<Mark>>,
}

/// Draws the picture; nothing where fewer than two cells have both bytes and a known latency, or where all cells cost the
/// same.
pub(super) fn draw(figure: &Figure<'_>) -> Option<Scene> {
    let largest = figure.run.cells.iter().filter_map(read).map(|sample| sample.x).fold(0.0, f64::max);
    let (factor, unit) = sizes(largest);
    let best = pareto::best(figure.run);
    let plots: Vec<Cells<'_, '_>> = figure.plots().into_iter().map(|plot| cells(plot, factor, &best)).collect();
    let all: Vec<Vec<Sample>> = plots.iter().flat_map(|cells| cells.samples.clone()).collect();
    if all.iter().flatten().filter(|sample| !sample.beyond).count() < 2 || !plots.iter().any(differ) {
        return None;
    }
    let name = with_unit("Sent for one request by all nodes", unit);
    Some(twice(notes(figure, &plots, &all), |notes| picture(figure, &plots, &all, (&name, notes))))
}

/// Whether the cells of a plot cost different amounts: by one percent at least.
fn differ(cells: &Cells<'_, '_>) -> bool {
    let (low, high) = extent(cells.samples.iter().flatten().map(|sample| sample.x));
    high >= 1.01 * low
}

/// Bytes and latency of a cell, or that the latency lies beyond the deadline.
fn read(cell: &CellSummary) -> Option<Sample> {
    let bytes = value(cell, pareto::sent(cell)).filter(|bytes| *bytes > 0.0)?;
    let sample = latency::quantile(cell, Metric::LatencyP99).filter(|sample| sample.value.is_finite())?;
    Some(Sample { x: bytes, exact: None, ..sample })
}

fn cells<'f, 'a>(figure: &'f Figure<'a>, factor: f64, best: &[&str]) -> Cells<'f, 'a> {
    let cell = |point: &super::figure::Place<'_>| {
        let sample = read(point.cell)?;
        let mark = Mark { place: point.x, best: best.contains(&point.cell.id.as_str()) };
        Some((Sample { x: sample.x * factor, ..sample }, mark))
    };
    let series = figure.series.iter().map(|series| series.points.iter().filter_map(cell).unzip());
    let (samples, marks) = series.unzip();
    Cells { figure, samples, marks }
}

fn picture(
    figure: &Figure<'_>,
    plots: &[Cells<'_, '_>],
    all: &[Vec<Sample>],
    (name, notes): (&str, &[String]),
) -> (Scene, Option<String>) {
    let mut page = Page::of(figure, "Bytes against latency", "95 % intervals", notes);
    let labels = Labels::new(legend(figure));
    let multiple = plots.len() > 1;
    let top = page.body.top + if multiple { 26.0 } else { 0.0 };
    let body = Rect { right: page.body.right - labels.width(), top, ..page.body };
    let grid = Grid::new(body, plots.len(), multiples::columns(plots.len()), (40.0, LINE_GAP));
    let mut overlap = None;
    for (index, cells) in plots.iter().enumerate() {
        let (area, scene) = (grid.plots[index], &mut page.scene);
        let (x, y) = (bytes_axis(&cells.samples, area), latency::value_axis(all, area));
        frame::value_axis(scene, area, &y, if multiple { "" } else { NAME }, grid.is_first(index));
        frame::base_ticks(scene, area, &x, true);
        latency::deadline(scene, figure, all, (&x, &y), area);
        let curves = markers(scene, cells, (&x, &y));
        values(scene, cells, &curves, name);
        frame::break_value(scene, area, &y);
        if multiple {
            multiples::title(scene, figure, index, area);
        }
        ends(scene, cells, &curves, area);
        overlap = overlap.or_else(|| plot::overlap_note(cells.figure, &curves));
    }
    let above = body.top - if multiple { 42.0 } else { 20.0 };
    if multiple {
        page.scene.text((body.left - frame::SCALE_ROOM, above), Text::new(NAME).color(MUTED));
    }
    latency::deadline_name(&mut page.scene, figure, all, (body.right, above));
    frame::axis_name(&mut page.scene, body, 62.0, name);
    labels.draw(&mut page.scene, body);
    (page.scene, overlap)
}

fn notes(figure: &Figure<'_>, plots: &[Cells<'_, '_>], all: &[Vec<Sample>]) -> Vec<String> {
    let mut notes = Vec::new();
    if plots.iter().flat_map(|cells| cells.marks.iter().flatten()).any(|mark| mark.best) {
        notes.push("ring: not beaten in the same world".to_owned());
    }
    if figure.is_numeric() && plots.iter().all(|cells| cells.samples.len() <= MOST_NAMED) {
        notes.push(format!("at the ends: {}", lower(&figure.subject())));
    }
    if all.iter().flatten().any(|sample| sample.beyond) {
        notes.push("arrows: p99 beyond the deadline".to_owned());
    }
    let rect = Rect { left: 0.0, top: 0.0, right: 800.0, bottom: 500.0 };
    if bytes_axis(all, rect).lacks_zero() || latency::value_axis(all, rect).lacks_zero() {
        notes.push("axes do not start at 0".to_owned());
    }
    notes
}

fn bytes_axis(samples: &[Vec<Sample>], plot: Rect) -> Axis {
    let (low, high) = extent(samples.iter().flatten().map(|sample| sample.x));
    let most = ((plot.width() / 90.0) as usize).max(2);
    let axis = if wants_log(low, high) { Axis::log(low, high, 1.0) } else { Axis::around(low, high, most, NARROW) };
    // A marker at the end of the axis keeps within the plot.
    let air = (16.0 / plot.width()).min(0.1);
    axis.padded(air).between(plot.left, plot.right)
}

/// Whether two markers lie in the same place.
fn near(a: Point, b: Point) -> bool {
    (a.0 - b.0).abs() < TOUCH && (a.1 - b.1).abs() < TOUCH
}

/// Whether two curves have two thirds of their cells in the same places.
fn lie_on_each_other(a: &Curve, b: &Curve) -> bool {
    let shared = a.known().filter(|a| b.known().any(|b| near(a.at, b.at))).count();
    shared > 0 && shared * 3 >= a.known().count().min(b.known().count()) * 2
}

/// Draws the cells of a plot, with their intervals, and lines through those of each series.
fn markers(scene: &mut Scene, cells: &Cells<'_, '_>, axes: (&Axis, &Axis)) -> Vec<Curve> {
    let series = cells.figure.series.iter().zip(&cells.samples);
    let mut curves: Vec<Curve> = series.map(|(it, samples)| Curve::new(it, samples, axes, 0.0)).collect();
    curves::stack(&mut curves, lie_on_each_other);
    for (curve, samples) in curves.iter().zip(&cells.samples) {
        for (x, low, high) in intervals(curve, samples) {
            let color = tint(curve.style.color, 0.5);
            scene.part(&curve.name, |scene| scene.line(&[(x, low), (x, high)], 2.0, color));
        }
    }
    let order = curves::upwards(&curves);
    // Names have no order in which a line could lead through them.
    if cells.figure.is_numeric() {
        for curve in &order {
            scene.part(&curve.name, |scene| curve.line(scene));
        }
    }
    rings(scene, cells, &curves);
    for (rank, curve) in order.iter().enumerate() {
        let here = |placed: &Placed, other: &Curve| other.samples.iter().any(|it| it.beyond && near(it.at, placed.at));
        let above = |placed: &Placed| order[rank + 1..].iter().filter(|other| here(placed, other)).count();
        scene.part(&curve.name, |scene| curve.markers(scene, above));
    }
    curves
}

/// Bytes and latency of every cell, under the pointer.
fn values(scene: &mut Scene, cells: &Cells<'_, '_>, curves: &[Curve], name: &str) {
    for ((curve, samples), marks) in curves.iter().zip(&cells.samples).zip(&cells.marks) {
        for ((placed, sample), mark) in curve.samples.iter().zip(samples).zip(marks) {
            let mut lines = spots::heading(cells.figure, &curve.label, mark.place);
            lines.push(spots::told(name, sample.x, 1.0));
            let late = "p99 beyond the deadline".to_owned();
            lines.push(if sample.beyond { late } else { spots::told(NAME, sample.value, 1.0) });
            scene.spot(spots::around(placed.at), &curve.name, lines.join("\n"));
        }
    }
}

/// Places of the intervals of known latencies whose ends are both known: across, lower end, upper end.
fn intervals<'c>(curve: &'c Curve, samples: &'c [Sample]) -> impl Iterator<Item = (f64, f64, f64)> + 'c {
    let is_known =
        |(placed, sample): &(&Placed, &Sample)| !placed.beyond && sample.low.is_some() && sample.high.is_some();
    curve.samples.iter().zip(samples).filter(is_known).map(|(placed, _)| (placed.at.0, placed.low, placed.high))
}

/// A ring in every place where a cell is best, around all markers there.
fn rings(scene: &mut Scene, cells: &Cells<'_, '_>, curves: &[Curve]) {
    let mut rings: Vec<(Point, f64)> = Vec::new();
    for (curve, marks) in curves.iter().zip(&cells.marks) {
        let radius = curve.layer.radius() + RIM;
        for (placed, _) in curve.samples.iter().zip(marks).filter(|(placed, mark)| mark.best && !placed.beyond) {
            match rings.iter_mut().find(|(ring, _)| near(*ring, placed.at)) {
                Some((_, widest)) => *widest = widest.max(radius),
                None => rings.push((placed.at, radius)),
            }
        }
    }
    for (place, radius) in rings {
        scene.disc(place, radius, BLACK);
        scene.disc(place, radius - 2.0, WHITE);
    }
}

fn legend(figure: &Figure<'_>) -> Vec<Entry> {
    if figure.needs_labels() || !figure.is_one_each() {
        return plot::entries(figure, &[], &[]);
    }
    figure.series.iter().map(|series| Entry::new(&series.label, Swatch::Marker(series.style))).collect()
}

/// Writes where on the axis of the sweep a line begins and ends, as far as there is room beside the data.
fn ends(scene: &mut Scene, cells: &Cells<'_, '_>, curves: &[Curve], area: Rect) {
    if cells.figure.is_one_each() || curves.len() > MOST_NAMED {
        return;
    }
    let reach = curves.iter().map(|curve| curve.layer.radius() + RIM).fold(0.0, f64::max);
    let mut taken: Vec<Rect> = scene.shapes.iter().filter_map(text_box).collect();
    for (curve, samples) in curves.iter().zip(&cells.samples) {
        taken.extend(room(curve, samples, reach));
    }
    // What lies in the same place has the same name in each series.
    let mut named: Vec<(f64, Point)> = Vec::new();
    for (curve, marks) in curves.iter().zip(&cells.marks) {
        let all = || curve.samples.iter().zip(marks);
        for (placed, mark) in all().take(1).chain(all().skip(1).last()) {
            let (here, close) = (placed.at, |a: f64, b: f64| (a - b).abs() < reach);
            if named.iter().any(|(place, at)| *place == mark.place && close(at.0, here.0) && close(at.1, here.1)) {
                continue;
            }
            named.push((mark.place, here));
            let text = Text::new(cells.figure.name_of(mark.place)).color(MUTED);
            if let Some((place, box_of_text)) = free(here, (text.width(), reach + 5.0), area, &taken) {
                taken.push(box_of_text);
                scene.text(place, text);
            }
        }
    }
}

/// The room that a curve takes: its markers, its intervals, and boxes along its line.
fn room(curve: &Curve, samples: &[Sample], reach: f64) -> Vec<Rect> {
    let marker = |placed: &Placed| around(placed.at, if placed.beyond { 22.0 } else { reach });
    let mut taken: Vec<Rect> = curve.samples.iter().map(marker).collect();
    let interval = |(x, low, high)| Rect { left: x - 2.0, right: x + 2.0, top: high, bottom: low };
    taken.extend(intervals(curve, samples).map(interval));
    for pair in curve.samples.windows(2) {
        let (from, to) = (pair[0].at, pair[1].at);
        taken.extend((0..=24).map(|step| {
            let share = f64::from(step) / 24.0;
            around((from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share), 2.0)
        }));
    }
    taken
}
