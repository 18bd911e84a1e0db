//! What speed costs: the bytes of a request against the 99 % quantile of its latency, a marker a cell.

use super::axis::{Axis, extent, wants_log};
use super::beside::{around, free, text_box};
use super::curves::{self, Sample};
use super::frame::{self, Page};
use super::labels::{Entry, Labels, Swatch};
use super::latency;
use super::layers::{self, Layer, TOUCH};
use super::multiples::{self, Grid};
use super::pareto;
use super::scene::{Align, Point, Rect, Scene, Text};
use super::study::{Across, Series, Study};
use super::theme::{BLACK, Look, MUTED, WHITE, tint};
use super::words;
use crate::experiment::{CellSummary, Metric};

/// Values above this share of the largest leave zero out.
const NARROW: f64 = 0.5;
/// Up to this many series have the ends of their lines named.
const MOST_NAMED: usize = 6;
/// Between a marker and its ring.
const RIM: f64 = 6.0;
/// Between lines of plots: tick labels and a title.
const LINE_GAP: f64 = 84.0;
const NAME: &str = "Latency p99 [ms]";

/// A cell: where it lies, what it is called, how it is drawn.
struct Mark {
    /// The latency over the bytes.
    sample: Sample,
    /// Its place on the axis of the sweep.
    place: f64,
    /// Whether no choice in the same world is better.
    best: bool,
}

struct Line {
    look: Look,
    marks: Vec<Mark>,
}

impl Line {
    /// Whether it has a cell beyond the deadline in this place.
    fn is_beyond(&self, place: Point, axes: (&Axis, &Axis)) -> bool {
        self.marks.iter().any(|mark| mark.sample.beyond && near(&at(mark, axes), &place))
    }
}

/// Draws the picture; nothing where fewer than two cells have both bytes and a known latency, or where all cells cost the
/// same.
pub(super) fn draw(study: &Study<'_>) -> Option<Scene> {
    let plots: Vec<&Study<'_>> =
        if study.panels.is_empty() { vec![study] } else { study.panels.iter().map(|panel| &panel.study).collect() };
    let known = plots.iter().flat_map(|plot| plot.cells()).filter_map(read);
    if known.filter(|sample| !sample.beyond).count() < 2 {
        return None;
    }
    let largest = study.run.cells.iter().filter_map(read).map(|sample| sample.x).fold(0.0, f64::max);
    let (factor, unit) = words::bytes(largest);
    let best = pareto::best(study.run);
    let lines: Vec<Vec<Line>> = plots.iter().map(|plot| lines(plot, factor, &best)).collect();
    if !lines.iter().any(|lines| differ(lines)) {
        return None;
    }
    let name = words::with_unit("Sent for one request by all nodes", &unit);
    let (scene, overlap) = picture(study, &lines, &name, &[]);
    Some(overlap.map_or(scene, |overlap| picture(study, &lines, &name, &[overlap]).0))
}

/// Whether the cells of a plot cost different amounts: by one percent at least.
fn differ(lines: &[Line]) -> bool {
    let (low, high) = extent(lines.iter().flat_map(|line| line.marks.iter().map(|mark| mark.sample.x)));
    high >= 1.01 * low
}

/// Bytes and latency of a cell, or that the latency lies beyond the deadline.
fn read(cell: &CellSummary) -> Option<Sample> {
    let bytes = cell.estimate(Metric::TotalBytes)?.value.filter(|bytes| bytes.is_finite() && *bytes > 0.0)?;
    let sample = latency::quantile(cell, Metric::LatencyP99).filter(|sample| sample.value.is_finite())?;
    Some(Sample { x: bytes, exact: None, ..sample })
}

fn lines(study: &Study<'_>, factor: f64, best: &[&str]) -> Vec<Line> {
    let line = |series: &Series<'_>| {
        let mark = |point: &super::study::Point<'_>| {
            let sample = read(point.cell)?;
            let best = best.contains(&point.cell.id.as_str());
            Some(Mark { sample: Sample { x: sample.x * factor, ..sample }, place: point.x, best })
        };
        Line { look: series.look, marks: series.points.iter().filter_map(mark).collect() }
    };
    study.series.iter().map(line).collect()
}

type Plots<'p> = &'p [Vec<Line>];

fn picture(study: &Study<'_>, plots: Plots<'_>, name: &str, told: &[String]) -> (Scene, Option<String>) {
    let samples = |lines: &[Line]| -> Vec<Vec<Sample>> {
        lines.iter().map(|line| line.marks.iter().map(|mark| mark.sample).collect()).collect()
    };
    let all: Vec<Vec<Sample>> = plots.iter().flat_map(|lines| samples(lines)).collect();
    let labels = Labels::new(legend(study));
    let mut page = page(study, plots, told);
    let multiple = plots.len() > 1;
    let top = page.body.top + if multiple { 26.0 } else { 0.0 };
    let body = Rect { right: page.body.right - labels.width(), top, ..page.body };
    let grid = Grid::new(body, plots.len(), multiples::columns(study, 1), (40.0, LINE_GAP));
    let mut overlap = None;
    for (index, lines) in plots.iter().enumerate() {
        let plot = grid.plots[index];
        let (x, y) = (bytes_axis(&samples(lines), plot), latency::value_axis(&all, plot));
        frame::value_axis(&mut page.scene, plot, &y, if multiple { "" } else { NAME }, grid.is_first(index));
        frame::base_ticks(&mut page.scene, plot, &x, true);
        latency::deadline(&mut page.scene, study, &all, (&x, &y), plot);
        let layers = layers(lines, (&x, &y));
        let axes = (&x, &y);
        whiskers(&mut page.scene, lines, axes);
        // Names have no order in which a line could lead through them.
        if matches!(study.across, Across::Numbers { .. }) {
            joined(&mut page.scene, lines, &layers, axes);
        }
        marks(&mut page.scene, lines, &layers, axes);
        frame::tear_value(&mut page.scene, plot, &y);
        let inner = study.panels.get(index).map_or(study, |panel| &panel.study);
        if index < study.panels.len() {
            multiples::title(&mut page.scene, study, index, plot);
        }
        let reach = layers.iter().map(|layer| layer.radius() + RIM).fold(0.0, f64::max);
        ends(&mut page.scene, inner, lines, axes, (plot, reach));
        let names = inner.series.iter().map(|series| series.kin.as_str());
        overlap = overlap.or_else(|| layers::overlap_note(names.zip(layers)));
    }
    let above = body.top - if multiple { 42.0 } else { 20.0 };
    if multiple {
        page.scene.text((body.left - frame::SCALE_ROOM, above), Text::new(NAME).color(MUTED));
    }
    latency::deadline_name(&mut page.scene, study, &all, (body.right, above));
    let center = f64::midpoint(body.left, body.right);
    page.scene.text((center, body.bottom + 62.0), Text::new(name).align(Align::Center).color(MUTED));
    labels.draw(&mut page.scene, body);
    (page.scene, overlap)
}

fn page(study: &Study<'_>, plots: Plots<'_>, told: &[String]) -> Page {
    let mut facts = study.facts();
    facts.push("95 % intervals".to_owned());
    let marks = || plots.iter().flatten().flat_map(|line| &line.marks);
    let mut notes = multiples::notes(study);
    if marks().any(|mark| mark.best) {
        notes.push("ring: not beaten in the same world".to_owned());
    }
    if matches!(study.across, Across::Numbers { .. }) && plots.iter().all(|lines| lines.len() <= MOST_NAMED) {
        notes.push(format!("at the ends: {}", words::lower(&study.subject())));
    }
    if marks().any(|mark| mark.sample.beyond) {
        notes.push("arrows: p99 beyond the deadline".to_owned());
    }
    let rect = Rect { left: 0.0, top: 0.0, right: 800.0, bottom: 500.0 };
    let samples = [marks().map(|mark| mark.sample).collect::<Vec<_>>()];
    if bytes_axis(&samples, rect).lacks_zero() || latency::value_axis(&samples, rect).lacks_zero() {
        notes.push("axes do not start at 0".to_owned());
    }
    notes.extend(told.iter().cloned());
    Page::new(&multiples::titled(study, "Bytes against latency"), facts, &notes, &study.run.id)
}

fn bytes_axis(samples: &[Vec<Sample>], plot: Rect) -> Axis {
    let (low, high) = extent(samples.iter().flatten().map(|sample| sample.x));
    let most = ((plot.width() / 90.0) as usize).max(2);
    let axis = if wants_log(low, high) { Axis::log(low, high, 1.0) } else { Axis::around(low, high, most, NARROW) };
    // A marker at the end of the axis keeps within the plot.
    let air = (16.0 / plot.width()).min(0.1);
    axis.padded(air).between(plot.left, plot.right)
}

fn at(mark: &Mark, (x, y): (&Axis, &Axis)) -> Point {
    (x.at(mark.sample.x), y.at(mark.sample.value))
}

/// Whether two markers lie in the same place.
fn near(a: &Point, b: &Point) -> bool {
    (a.0 - b.0).abs() < TOUCH && (a.1 - b.1).abs() < TOUCH
}

/// Which lines lie on each other: those that have two thirds of their cells in the same places.
fn layers(lines: &[Line], axes: (&Axis, &Axis)) -> Vec<Layer> {
    let places = |index: usize| -> Vec<Point> {
        lines[index].marks.iter().filter(|mark| !mark.sample.beyond).map(|mark| at(mark, axes)).collect()
    };
    let touch = |below: usize, above: usize| {
        let (a, b) = (places(below), places(above));
        let shared = a.iter().filter(|a| b.iter().any(|b| near(a, b))).count();
        shared > 0 && shared * 3 >= a.len().min(b.len()) * 2
    };
    let looks: Vec<Look> = lines.iter().map(|line| line.look).collect();
    layers::layers(&looks, touch)
}

/// The intervals of known latencies.
fn whiskers(scene: &mut Scene, lines: &[Line], axes: (&Axis, &Axis)) {
    for line in lines {
        for mark in line.marks.iter().filter(|mark| !mark.sample.beyond) {
            if let (Some(low), Some(high)) = (mark.sample.low, mark.sample.high) {
                let x = at(mark, axes).0;
                scene.line(&[(x, axes.1.at(low)), (x, axes.1.at(high))], 2.0, tint(line.look.color, 0.5));
            }
        }
    }
}

/// The order in which lines are drawn.
fn order(lines: &[Line]) -> Vec<usize> {
    layers::upwards(&lines.iter().map(|line| line.look).collect::<Vec<_>>())
}

/// Lines through the cells of every series; the way to an unknown latency is only hinted at.
fn joined(scene: &mut Scene, lines: &[Line], layers: &[Layer], axes: (&Axis, &Axis)) {
    for index in order(lines) {
        let line = &lines[index];
        for known in line.marks.chunk_by(|a, b| !a.sample.beyond && !b.sample.beyond) {
            let points: Vec<Point> = known.iter().map(|mark| at(mark, axes)).collect();
            layers[index].line(scene, &points, line.look, line.look.color);
        }
        for pair in line.marks.windows(2).filter(|pair| pair[0].sample.beyond != pair[1].sample.beyond) {
            scene.dashed(&[at(&pair[0], axes), at(&pair[1], axes)], 1.5, line.look.color, &[2.0, 6.0]);
        }
    }
}

/// A ring in every place where a cell is best, around all markers there.
fn rings(scene: &mut Scene, lines: &[Line], layers: &[Layer], axes: (&Axis, &Axis)) {
    let mut rings: Vec<(Point, f64)> = Vec::new();
    for (line, layer) in lines.iter().zip(layers) {
        for place in line.marks.iter().filter(|mark| mark.best && !mark.sample.beyond).map(|mark| at(mark, axes)) {
            match rings.iter_mut().find(|(ring, _)| near(ring, &place)) {
                Some((_, radius)) => *radius = radius.max(layer.radius() + RIM),
                None => rings.push((place, layer.radius() + RIM)),
            }
        }
    }
    for (place, radius) in rings {
        scene.disc(place, radius, BLACK);
        scene.disc(place, radius - 2.0, WHITE);
    }
}

/// The markers of a plot.
fn marks(scene: &mut Scene, lines: &[Line], layers: &[Layer], axes: (&Axis, &Axis)) {
    let order = order(lines);
    rings(scene, lines, layers, axes);
    for (rank, index) in order.iter().copied().enumerate() {
        let line = &lines[index];
        for mark in &line.marks {
            if mark.sample.beyond {
                let later = order[rank + 1..].iter().map(|index| &lines[*index]);
                let above = later.filter(|line| line.is_beyond(at(mark, axes), axes)).count();
                curves::beyond(scene, at(mark, axes), line.look, 7.0 + 4.0 * above.min(4) as f64);
            } else {
                scene.marker(at(mark, axes), line.look.marker, layers[index].radius(), line.look.color, false);
            }
        }
    }
}

fn legend(study: &Study<'_>) -> Vec<Entry> {
    if !study.needs_labels() && !matches!(study.across, Across::Categories { each: true, .. }) {
        return Vec::new();
    }
    let joined = matches!(study.across, Across::Numbers { .. });
    let entry = |series: &Series<'_>| {
        let swatch = if joined { Swatch::Line(series.look, series.look.color) } else { Swatch::Marker(series.look) };
        Entry { text: series.kin.clone(), detail: None, swatch, end: None, leader: false }
    };
    study.legend().map(entry).filter(|entry| !entry.text.is_empty()).collect()
}

/// Writes where on the axis of the sweep a line begins and ends, as far as there is room beside the data.
fn ends(scene: &mut Scene, study: &Study<'_>, lines: &[Line], (x, y): (&Axis, &Axis), (plot, reach): (Rect, f64)) {
    let named = !matches!(study.across, Across::Categories { each: true, .. }) && lines.len() <= MOST_NAMED;
    if !named {
        return;
    }
    let at = |mark: &Mark| at(mark, (x, y));
    let mut taken: Vec<Rect> = scene.shapes.iter().filter_map(text_box).collect();
    for line in lines {
        taken.extend(line.marks.iter().map(|mark| around(at(mark), if mark.sample.beyond { 22.0 } else { reach })));
        taken.extend(line.marks.iter().filter_map(|mark| {
            let (low, high, x) = (y.at(mark.sample.low?), y.at(mark.sample.high?), at(mark).0);
            (!mark.sample.beyond).then_some(Rect { left: x - 2.0, right: x + 2.0, top: high, bottom: low })
        }));
        for pair in line.marks.windows(2) {
            let (from, to) = (at(&pair[0]), at(&pair[1]));
            let on = |step: i32| {
                let share = f64::from(step) / 24.0;
                (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share)
            };
            taken.extend((0..=24).map(|step| around(on(step), 2.0)));
        }
    }
    // What lies in the same place has the same name in each series.
    let mut named: Vec<(f64, Point)> = Vec::new();
    for mark in lines.iter().flat_map(|line| line.marks.iter().take(1).chain(line.marks.iter().skip(1).last())) {
        let (here, near) = (at(mark), |a: f64, b: f64| (a - b).abs() < reach);
        if named.iter().any(|(place, at)| *place == mark.place && near(at.0, here.0) && near(at.1, here.1)) {
            continue;
        }
        named.push((mark.place, here));
        let text = Text::new(study.name_of(mark.place)).color(MUTED);
        if let Some((place, area)) = free(at(mark), (text.width(), reach + 5.0), plot, &taken) {
            taken.push(area);
            scene.text(place, text);
        }
    }
}
