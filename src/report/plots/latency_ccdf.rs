//! Share of requests that still wait, over time, up to the deadline.

use super::prelude::*;
use super::survival::{Survival, choose, floor};

/// Up to this many curves have room for a line of their own about their rest.
const MOST_DETAILED: usize = 8;
/// Latencies that fill less of the time axis than this make it break before the deadline.
const LEAST_SHARE: f64 = 0.4;
/// Latencies that start after this share of the last one leave zero out.
const NARROW: f64 = 0.25;
/// Deadlines beyond a break.
const STUB: Stub = Stub { lead: 64.0, step: 76.0, most: 4 };

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
    Some(twice(note.into_iter().chain(exact).collect(), |notes| picture(figure, &curves, notes)))
}

fn picture(figure: &Figure<'_>, curves: &[Survival<'_>], notes: &[String]) -> (Scene, Option<String>) {
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

    let lines: Vec<Vec<Point>> = curves.iter().map(|curve| curve.line(&x, &y)).collect();
    let styles: Vec<Style> = curves.iter().map(|curve| curve.style).collect();
    let layers = layers::layers(&styles, |below, above| lie_on_each_other(&lines[below], &lines[above], plot));
    let order = layers::upwards(&styles);
    for index in &order {
        let exact = curves[*index].exact_line(&x, &y, floor(curves));
        let curve = &curves[*index];
        page.scene.part(&curve.name, |scene| curve.draw(scene, &lines[*index], &exact, layers[*index]));
    }
    frame::break_base(&mut page.scene, plot, &x);
    let end = |index: usize| lines[index][lines[index].len() - 1];
    for index in order {
        let (curve, radius) = (&curves[index], layers[index].radius());
        let marker = |scene: &mut Scene| scene.marker(end(index), curve.style.marker, radius, curve.color, false);
        page.scene.part(&curve.name, marker);
        curve.tell(&mut page.scene, &x, &y);
    }
    let ends: Vec<Option<Point>> = (0..curves.len()).map(|index| Some((plot.right, end(index).1))).collect();
    names(&ends).draw(&mut page.scene, plot);
    (page.scene, layers::overlap_note(curves.iter().map(|curve| curve.name.as_str()).zip(layers)))
}

fn axes(curves: &[Survival<'_>], plot: Rect) -> (Axis, Axis) {
    let y = Axis::log(floor(curves), 1.0, 100.0).between(plot.bottom, plot.top);
    let zero = curves.iter().any(|curve| curve.rest() == 0.0);
    (time_axis(curves, plot), if zero { y.with_zero() } else { y })
}

/// Time from zero to the last deadline where the latencies fill enough of that; otherwise around them, with a break
/// before a deadline that is far away.
fn time_axis(curves: &[Survival<'_>], plot: Rect) -> Axis {
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

/// Whether two step lines are the same nearly everywhere.
fn lie_on_each_other(a: &[Point], b: &[Point], plot: Rect) -> bool {
    const PLACES: usize = 60;
    let height =
        |line: &[Point], x: f64| line.iter().rev().find(|point| point.0 <= x).map_or(line[0].1, |point| point.1);
    let same = |place: &usize| {
        let x = plot.left + plot.width() * (*place as f64 + 0.5) / PLACES as f64;
        (height(a, x) - height(b, x)).abs() < layers::TOUCH
    };
    (0..PLACES).filter(same).count() * 10 >= PLACES * 9
}

/// A curve's name, and what became of its last requests: on a line of its own, or, where there are many, on the same.
fn entry(curve: &Survival<'_>, end: Option<Point>, short: bool) -> Entry {
    let (rest, swatch) = (curve.rest(), Swatch::Line(curve.style, curve.color));
    let never = if rest > 0.0 { number::percent(rest) } else { "0 %".to_owned() };
    if short {
        let text = format!("{}: {never} never", curve.name);
        return Entry { text, ..Entry::new(&curve.name, swatch) };
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

/// Every deadline once, rising.
fn deadlines(curves: &[Survival<'_>]) -> Vec<f64> {
    rising(curves.iter().map(|curve| curve.cell.deadline_ms))
}
