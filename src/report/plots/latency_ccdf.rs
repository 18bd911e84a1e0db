//! How many requests still wait, over time, up to the deadline.

use super::axis::{Axis, Stub, extent, wants_log};
use super::figure::{Figure, Horizontal, Point as Place, Series};
use super::frame::{self, Page, twice};
use super::labels::{Entry, Labels, Swatch};
use super::layers::{self, Layer};
use super::number;
use super::scene::{Align, Point, Rect, Scene, Text};
use super::theme::{DEADLINE_DASH, INK, MUTED, Style, tint};
use crate::experiment::{CellSummary, Metric};
use plotters::style::RGBColor;

/// More curves than this are thinned to the ends of the axis.
const MOST_CURVES: usize = 6;
/// And of those no more than this.
const MOST_THINNED: usize = 16;
/// Up to this many have room for a line of their own about their rest.
const MOST_DETAILED: usize = 8;
/// Latencies that fill less of the time axis than this make it break before the deadline.
const LEAST_SHARE: f64 = 0.4;
/// The width of simulated steps under a closed form.
const UNDER: f64 = 6.0;
/// Latencies that start after this share of the last one leave zero out.
const NARROW: f64 = 0.25;
/// Deadlines beyond a break.
const STUB: Stub = Stub { lead: 64.0, step: 76.0, most: 4 };

/// A cell's share of waiting requests over time.
struct Curve<'a> {
    name: String,
    style: Style,
    color: RGBColor,
    cell: &'a CellSummary,
    /// Positive, finite steps.
    steps: Vec<(f64, f64)>,
    /// The points of the closed form, if there is one.
    exact: Vec<(f64, f64)>,
}

impl Curve<'_> {
    /// The share that was never accepted.
    fn rest(&self) -> f64 {
        let accepted = self.cell.estimate(Metric::Accepted).and_then(|estimate| estimate.value);
        let fallback = accepted.map_or(1.0, |accepted| 1.0 - accepted);
        self.steps.last().map_or(fallback, |step| step.1).clamp(0.0, 1.0)
    }

    /// Draws its steps, below those of the closed form where there is one.
    fn draw(&self, scene: &mut Scene, steps: &[Point], exact: Vec<Point>, layer: Layer) {
        if self.exact.is_empty() {
            return layer.line(scene, steps, self.style, self.color);
        }
        // Pale and wide enough to be seen on both sides of the closed form.
        scene.line(steps, UNDER, tint(self.color, 0.4));
        layer.exact(scene, &exact, self.color);
    }
}

/// Draws the picture; nothing when no cell has a deadline or a step to show.
///
/// Of several panels only the last that has any is shown: what becomes of the last requests is written beside the curves.
pub(super) fn draw(figure: &Figure<'_>) -> Option<Scene> {
    figure.single(single)
}

fn single(figure: &Figure<'_>) -> Option<Scene> {
    let (mut curves, note) = choose(figure);
    curves.retain(|curve| curve.cell.deadline_ms.is_finite() && curve.cell.deadline_ms > 0.0);
    if curves.iter().all(|curve| curve.steps.is_empty()) {
        return None;
    }
    let exact = curves.iter().any(|curve| !curve.exact.is_empty()).then(|| "thin line: closed form".to_owned());
    let notes: Vec<String> = note.into_iter().chain(exact).collect();
    Some(twice(|overlap| {
        let notes: Vec<String> = notes.iter().cloned().chain(overlap).collect();
        picture(figure, &curves, &notes)
    }))
}

fn picture(figure: &Figure<'_>, curves: &[Curve<'_>], notes: &[String]) -> (Scene, Option<String>) {
    let comma = if figure.is_numeric() { "," } else { "" };
    let mut page = Page::of(figure, &format!("Requests still waiting over time{comma}"), "", notes);
    let short = curves.len() > MOST_DETAILED;
    let names = |ends: &[Option<Point>]| {
        let entry = |(index, curve)| entry(curve, ends.get(index).copied().flatten(), short);
        Labels::new(curves.iter().enumerate().map(entry).collect())
    };
    let plot = Rect { right: page.body.right - names(&[]).width(), ..page.body };

    let (x, y) = axes(curves, plot);
    frame::value_axis(&mut page.scene, plot, &y, "Requests that still wait [%], logarithmic", true);
    frame::base_ticks(&mut page.scene, plot, &x, true);
    frame::axis_name(&mut page.scene, plot, 62.0, "Time since the first send [ms]");
    deadline_lines(&mut page.scene, &deadlines(curves), &x, plot);

    let lines: Vec<Vec<Point>> = curves.iter().map(|curve| steps(curve, &x, &y)).collect();
    let styles: Vec<Style> = curves.iter().map(|curve| curve.style).collect();
    let layers = layers::layers(&styles, |below, above| lie_on_each_other(&lines[below], &lines[above], plot));
    let order = layers::upwards(&styles);
    for index in &order {
        let exact = exact(&curves[*index], &x, &y, floor(curves));
        curves[*index].draw(&mut page.scene, &lines[*index], exact, layers[*index]);
    }
    frame::break_base(&mut page.scene, plot, &x);
    let end = |index: usize| lines[index][lines[index].len() - 1];
    for index in order {
        let (curve, radius) = (&curves[index], layers[index].radius());
        page.scene.marker(end(index), curve.style.marker, radius, curve.color, false);
    }
    let ends: Vec<Option<Point>> = (0..curves.len()).map(|index| Some((plot.right, end(index).1))).collect();
    names(&ends).draw(&mut page.scene, plot);
    (page.scene, layers::overlap_note(curves.iter().map(|curve| curve.name.as_str()).zip(layers)))
}

/// The cells to draw, and what to say about the others.
fn choose<'a>(figure: &Figure<'a>) -> (Vec<Curve<'a>>, Option<String>) {
    let (keep, mut note) = keep(figure);
    let mut curves = Vec::new();
    for series in &figure.series {
        for point in &series.points {
            if let Some(rank) = keep.iter().position(|x| *x == point.x) {
                curves.push(curve(figure, series, point, (rank, keep.len())));
            }
        }
    }
    if curves.len() > MOST_THINNED {
        let text = format!("the first {MOST_THINNED} of {} curves", curves.len());
        note = Some(note.map_or(text.clone(), |note| format!("{note} · {text}")));
        curves.truncate(MOST_THINNED);
    }
    (curves, note)
}

/// The places of the axis to draw: all when cells are few, otherwise both ends, or the first categories.
fn keep(figure: &Figure<'_>) -> (Vec<f64>, Option<String>) {
    let many = figure.cells().count() > MOST_CURVES;
    let places = figure.places();
    let only = |shown: String| Some(format!("{}: {shown} only", figure.subject()));
    match &figure.horizontal {
        Horizontal::Numbers(quantity) => {
            let (first, last) = quantity.ends();
            let (pale, full) = (quantity.write(first), quantity.write(last));
            if many {
                return (vec![first, last], only(format!("{pale} (pale) and {full}")));
            }
            (places, Some(format!("{}: from {pale} (pale) to {full}", figure.subject())))
        }
        Horizontal::Categories { labels, each: false, .. } if many => {
            let count = (MOST_THINNED / figure.series.len()).clamp(1, labels.len());
            let note = only(labels[..count].join(", ")).filter(|_| count < labels.len());
            (places[..count].to_vec(), note)
        }
        Horizontal::Categories { .. } => (places, None),
    }
}

/// The curve of a cell, the `rank`th of `count` along the axis: lighter curves come first.
fn curve<'a>(figure: &Figure<'a>, series: &Series<'a>, point: &Place<'a>, (rank, count): (usize, usize)) -> Curve<'a> {
    let (mut name, mut color) = (series.label.clone(), series.style.color);
    if !figure.is_one_each() {
        let place = figure.name_of(point.x);
        name = if name.is_empty() || place.is_empty() { name + &place } else { format!("{name} · {place}") };
        color = tint(color, 1.0 - 0.55 * (count - 1 - rank) as f64 / count.max(2).saturating_sub(1) as f64);
    }
    let sorted = |steps: &[(f64, f64)]| {
        let good = |step: &&(f64, f64)| step.0.is_finite() && step.1.is_finite() && step.0 >= 0.0;
        let mut steps: Vec<(f64, f64)> = steps.iter().filter(good).copied().collect();
        steps.sort_by(|a, b| a.0.total_cmp(&b.0));
        steps
    };
    let exact = point.cell.exact.as_ref().map_or(Vec::new(), |exact| sorted(&exact.survival));
    let steps = sorted(&point.cell.survival);
    Curve { name, style: series.style, color, cell: point.cell, steps, exact }
}

/// The closed form from the first send to the deadline, as far down as the axis reaches.
///
/// It ends where it falls below `floor`, the smallest share that the axis has room for.
fn exact(curve: &Curve<'_>, x: &Axis, y: &Axis, floor: f64) -> Vec<Point> {
    let deadline = curve.cell.deadline_ms;
    let first = curve.exact.first().map_or(0.0, |point| point.0.min(deadline));
    let mut points = vec![(x.at(0.0), y.at(1.0)), (x.at(first), y.at(1.0))];
    for (time, share) in curve.exact.iter().filter(|point| point.0 <= deadline) {
        if *share < floor {
            points.push((x.at(*time), y.at(0.0)));
            return points;
        }
        points.push((x.at(*time), y.at(*share)));
    }
    let rest = curve.exact.last().map_or(0.0, |point| point.1);
    if rest > 0.0 {
        points.push((x.at(deadline), y.at(rest)));
    }
    points
}

/// The smallest share that is shown, but for zero.
fn floor(curves: &[Curve<'_>]) -> f64 {
    let shares = curves.iter().flat_map(|curve| curve.steps.iter().map(|step| step.1)).filter(|share| *share > 0.0);
    shares.fold(0.1, f64::min).max(1e-6)
}

fn axes(curves: &[Curve<'_>], plot: Rect) -> (Axis, Axis) {
    let y = Axis::log(floor(curves), 1.0, 100.0).between(plot.bottom, plot.top);
    let zero = curves.iter().any(|curve| curve.rest() == 0.0);
    (time_axis(curves, plot), if zero { y.with_zero() } else { y })
}

/// Time from zero to the last deadline where the latencies fill enough of that; otherwise around them, with a break
/// before a deadline that is far away.
fn time_axis(curves: &[Curve<'_>], plot: Rect) -> Axis {
    let times = curves.iter().flat_map(|curve| curve.steps.iter().map(|step| step.0)).filter(|time| *time > 0.0);
    let (first, last) = extent(times);
    let deadlines = deadlines(curves);
    let (soonest, latest) = extent(deadlines.iter().copied());
    let whole =
        if wants_log(first, latest) { Axis::log(first * 0.9, latest, 1.0) } else { Axis::linear(0.0, latest, 7, 1.0) };
    let whole = whole.between(plot.left, plot.right);
    if whole.at(last) - whole.at(first) >= LEAST_SHARE * plot.width() || soonest <= last || last < first {
        return whole;
    }
    let most = (plot.width() / 120.0) as usize;
    if soonest - last < (last - first).max(0.05 * last) {
        return Axis::around(first, latest, most, NARROW).between(plot.left, plot.right);
    }
    Axis::around(first, last, most, NARROW).between(plot.left, plot.right).broken(&deadlines, STUB).unwrap_or(whole)
}

/// Every deadline once, rising.
fn deadlines(curves: &[Curve<'_>]) -> Vec<f64> {
    let mut all: Vec<f64> = curves.iter().map(|curve| curve.cell.deadline_ms).collect();
    all.sort_by(f64::total_cmp);
    all.dedup();
    all
}

/// The steps of a curve, from all to those that still wait when it ends.
fn steps(curve: &Curve<'_>, x: &Axis, y: &Axis) -> Vec<Point> {
    let mut points = vec![(x.at(0.0), y.at(1.0))];
    for (time, share) in &curve.steps {
        let before = points[points.len() - 1].1;
        points.push((x.at(*time), before));
        points.push((x.at(*time), y.at(*share)));
    }
    let rest = curve.rest();
    if rest > 0.0 {
        points.push((x.at(curve.cell.deadline_ms), y.at(rest)));
    }
    points
}

/// Whether two step lines are the same nearly everywhere that a reader styles.
fn lie_on_each_other(a: &[Point], b: &[Point], plot: Rect) -> bool {
    const LOOKS: usize = 60;
    let height =
        |line: &[Point], x: f64| line.iter().rev().find(|point| point.0 <= x).map_or(line[0].1, |point| point.1);
    let same = |style: &usize| {
        let x = plot.left + plot.width() * (*style as f64 + 0.5) / LOOKS as f64;
        (height(a, x) - height(b, x)).abs() < layers::TOUCH
    };
    (0..LOOKS).filter(same).count() * 10 >= LOOKS * 9
}

/// A curve's name, and what became of its last requests: on a line of its own, or, where there are many, on the same.
fn entry(curve: &Curve<'_>, end: Option<Point>, short: bool) -> Entry {
    let (rest, swatch) = (curve.rest(), Swatch::Line(curve.style, curve.color));
    let never = if rest > 0.0 { number::percent(rest) } else { "0 %".to_owned() };
    if short {
        return Entry::new(format!("{}: {never} never", curve.name), swatch);
    }
    let last = curve.steps.last().map_or(0.0, |step| step.0);
    let accepted = format!("all accepted by {}", number::span(last));
    let detail = Some(if rest > 0.0 { format!("{never} never accepted") } else { accepted });
    Entry { detail, end, leader: rest > 0.0, ..Entry::new(&curve.name, swatch) }
}

fn deadline_lines(scene: &mut Scene, all: &[f64], x: &Axis, plot: Rect) {
    for deadline in all {
        let at = x.at(*deadline);
        scene.dashed(&[(at, plot.top - 8.0), (at, plot.bottom)], 1.5, INK, DEADLINE_DASH);
    }
    let text = if let [only] = all { format!("deadline {}", number::span(*only)) } else { "deadlines".to_owned() };
    let at = x.at(all[all.len() - 1]);
    scene.text((at, plot.top - 20.0), Text::new(text).align(Align::Right).color(MUTED));
}
