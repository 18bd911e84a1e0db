//! Series within a plot: lines with bands along a numeric axis, points with whiskers on categories.

use super::axis::Axis;
use super::labels::{Entry, Swatch};
use super::layers::{self, Layer, MARKER, TOUCH};
use super::number;
use super::scene::{Point, Rect, Scene, Text};
use super::study::{Across, Series, Study};
use super::theme::{Look, MUTED, Marker};
use crate::experiment::CellSummary;

/// A value to draw, with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sample {
    pub(super) x: f64,
    pub(super) value: f64,
    pub(super) low: Option<f64>,
    pub(super) high: Option<f64>,
    /// The value is not known, only that it lies beyond this one.
    pub(super) beyond: bool,
    /// The upper end of the interval is not known, only that it lies beyond the deadline, which `high` holds.
    pub(super) open: bool,
    /// What a closed form says it is.
    pub(super) exact: Option<f64>,
}

/// A series, placed on the canvas.
#[derive(Clone, Debug)]
pub(super) struct Curve {
    look: Look,
    samples: Vec<Placed>,
    pub(super) layer: Layer,
}

#[derive(Clone, Copy, Debug)]
struct Placed {
    at: Point,
    low: f64,
    high: f64,
    interval: bool,
    beyond: bool,
    exact: Option<f64>,
}

/// Categories wider than this have their values written beside the points.
const VALUE_ROOM: f64 = 120.0;
/// And wider than this in a plot that is higher, their intervals too.
const INTERVAL_ROOM: f64 = 300.0;
/// Half the length of a closed form's line at a category.
const DASH: f64 = 17.0;

/// The samples of a series: `value` reads one from a cell, or nothing where the cell has none.
pub(super) fn samples(series: &Series<'_>, read: impl Fn(&CellSummary) -> Option<Sample>) -> Vec<Sample> {
    let sample = |point: &super::study::Point<'_>| Some(Sample { x: point.x, ..read(point.cell)? });
    series.points.iter().filter_map(sample).filter(|sample| sample.value.is_finite()).collect()
}

/// Places the samples of every series on the canvas.
pub(super) fn place(study: &Study<'_>, all: &[Vec<Sample>], x: &Axis, y: &Axis) -> Vec<Curve> {
    let mut curves: Vec<Curve> = Vec::new();
    for (index, (series, samples)) in study.series.iter().zip(all).enumerate() {
        let dodge = dodge(study, index, x);
        let placed = samples.iter().map(|sample| {
            let at = (x.at(sample.x) + dodge, y.at(sample.value));
            let end = |end: Option<f64>| end.filter(|end| end.is_finite()).map_or(at.1, |end| y.at(end));
            let interval = sample.low.is_some() || sample.high.is_some();
            let exact = sample.exact.filter(|exact| exact.is_finite()).map(|exact| y.at(exact));
            Placed { at, low: end(sample.low), high: end(sample.high), interval, beyond: sample.beyond, exact }
        });
        curves.push(Curve { look: series.look, samples: placed.collect(), layer: Layer::default() });
    }
    if matches!(study.across, Across::Numbers { .. }) {
        let looks: Vec<Look> = curves.iter().map(|curve| curve.look).collect();
        let layers = layers::layers(&looks, |below, above| lie_on_each_other(&curves[below], &curves[above]));
        curves.iter_mut().zip(layers).for_each(|(curve, layer)| curve.layer = layer);
        part_unknown(&mut curves);
    }
    curves
}

/// Moves values beyond the deadline apart, which would otherwise all lie in the same place.
fn part_unknown(curves: &mut [Curve]) {
    let mut places: Vec<f64> =
        curves.iter().flat_map(|curve| &curve.samples).filter(|p| p.beyond).map(|p| p.at.0).collect();
    places.sort_by(f64::total_cmp);
    places.dedup();
    let gap = places.windows(2).map(|pair| pair[1] - pair[0]).fold(200.0, f64::min);
    let step = (gap * 0.85 / curves.len() as f64).clamp(5.0, 17.0);
    for place in places {
        let unknown = |placed: &&mut Placed| placed.beyond && placed.at.0 == place;
        let here: Vec<&mut Placed> = curves.iter_mut().flat_map(|curve| &mut curve.samples).filter(unknown).collect();
        let middle = (here.len() as f64 - 1.0) / 2.0;
        for (rank, placed) in here.into_iter().enumerate() {
            placed.at.0 += (rank as f64 - middle) * step;
        }
    }
}

/// Series stand side by side within a category.
pub(super) fn dodge(study: &Study<'_>, index: usize, x: &Axis) -> f64 {
    match &study.across {
        Across::Categories { each: false, .. } => {
            let slot = (x.at(1.0) - x.at(0.0)).abs() * 0.7;
            let count = study.series.len() as f64;
            slot * ((index as f64 + 0.5) / count - 0.5)
        }
        _ => 0.0,
    }
}

/// Whether two thirds of the places that two curves share are the same.
fn lie_on_each_other(a: &Curve, b: &Curve) -> bool {
    let known = |curve: &Curve| curve.samples.iter().copied().filter(|placed| !placed.beyond).collect::<Vec<_>>();
    let (a, b) = (known(a), known(b));
    let shared =
        |one: &Placed| b.iter().find(|other| (one.at.0 - other.at.0).abs() < 0.5).map(|other| (one.at.1, other.at.1));
    let pairs: Vec<(f64, f64)> = a.iter().filter_map(shared).collect();
    let touching = pairs.iter().filter(|(one, other)| (one - other).abs() < TOUCH).count();
    pairs.len() > 1 && touching * 3 >= pairs.len() * 2
}

/// Draws curves, all bands below all lines, and lines below markers.
pub(super) fn draw(scene: &mut Scene, study: &Study<'_>, curves: &[Curve]) {
    let joined = matches!(study.across, Across::Numbers { .. });
    let looks: Vec<Look> = curves.iter().map(|curve| curve.look).collect();
    let curves: Vec<&Curve> = layers::upwards(&looks).into_iter().map(|index| &curves[index]).collect();
    for curve in &curves {
        for run in curve.samples.chunk_by(|a, b| a.interval && b.interval) {
            if joined && run.len() > 1 {
                band(scene, run, curve.look);
            } else {
                for placed in run {
                    whisker(scene, placed, curve.look);
                }
            }
        }
    }
    for curve in &curves {
        if joined { curve.line(scene) } else { curve.dashes(scene) }
    }
    for curve in &curves {
        curve.markers(scene);
    }
}

impl Curve {
    /// The line through all points: the closed form's where there is one, otherwise that of the simulation.
    fn line(&self, scene: &mut Scene) {
        let exact = |a: &Placed, b: &Placed| a.exact.is_some() && b.exact.is_some();
        for known in self.samples.chunk_by(exact) {
            let points: Vec<Point> = known.iter().filter_map(|placed| Some((placed.at.0, placed.exact?))).collect();
            self.layer.exact(scene, &points, self.look.color);
        }
        for known in self.samples.chunk_by(|a, b| !a.beyond && !b.beyond && !exact(a, b)) {
            let points: Vec<Point> = known.iter().map(|placed| placed.at).collect();
            self.layer.line(scene, &points, self.look, self.look.color);
        }
        // The way to an unknown value is only hinted at.
        let hinted = |pair: &&[Placed]| pair[0].beyond != pair[1].beyond && !exact(&pair[0], &pair[1]);
        for pair in self.samples.windows(2).filter(hinted) {
            scene.dashed(&[pair[0].at, pair[1].at], 1.5, self.look.color, &[2.0, 6.0]);
        }
    }

    fn markers(&self, scene: &mut Scene) {
        let radius = self.layer.radius();
        for placed in &self.samples {
            if placed.beyond {
                beyond(scene, placed.at, self.look, MARKER + 1.0);
            } else {
                scene.marker(placed.at, self.look.marker, radius, self.look.color, placed.exact.is_some());
            }
        }
    }

    /// Short lines at the values of the closed form, for points that nothing joins.
    fn dashes(&self, scene: &mut Scene) {
        for (x, y) in self.samples.iter().filter_map(|placed| Some((placed.at.0, placed.exact?))) {
            scene.line(&[(x - DASH, y), (x + DASH, y)], 1.6, self.look.color);
        }
    }

    /// Whether a closed form is known wherever a value is.
    fn is_exact(&self) -> bool {
        let exact = |placed: &Placed| placed.exact.is_some();
        self.samples.iter().any(exact) && self.samples.iter().all(|placed| exact(placed) || placed.beyond)
    }

    /// The same curve, moved sideways.
    pub(super) fn shifted(mut self, by: f64) -> Self {
        self.samples.iter_mut().for_each(|placed| placed.at.0 += by);
        self
    }

    /// The same curve with another marker.
    pub(super) fn with_marker(mut self, marker: Marker) -> Self {
        self.look.marker = marker;
        self
    }
}

fn band(scene: &mut Scene, run: &[Placed], look: Look) {
    let upper = run.iter().map(|placed| (placed.at.0, placed.high));
    let lower = run.iter().rev().map(|placed| (placed.at.0, placed.low));
    scene.area(&upper.chain(lower).collect::<Vec<_>>(), look.color, 0.2);
}

/// An interval as a vertical line with ends, as far as the marker does not cover it.
fn whisker(scene: &mut Scene, placed: &Placed, look: Look) {
    let x = placed.at.0;
    for y in [placed.low, placed.high] {
        if placed.interval && (y - placed.at.1).abs() > MARKER + 3.0 {
            scene.line(&[(x, placed.at.1), (x, y)], 2.5, look.color);
            scene.line(&[(x - 8.0, y), (x + 8.0, y)], 2.5, look.color);
        }
    }
}

/// An open marker with an arrow: the value lies higher than can be shown.
pub(super) fn beyond(scene: &mut Scene, at: Point, look: Look, radius: f64) {
    scene.line(&[(at.0, at.1), (at.0, at.1 - 18.0)], 2.0, look.color);
    scene.line(&[(at.0 - 5.0, at.1 - 12.0), (at.0, at.1 - 19.0), (at.0 + 5.0, at.1 - 12.0)], 2.0, look.color);
    scene.marker(at, look.marker, radius, look.color, true);
}

/// Names for the right side of the plot; `curves` tell where lines end. Where one ends beyond the deadline, none is tied
/// to its end: the ends there lie too close.
pub(super) fn entries(study: &Study<'_>, curves: Option<&[Curve]>) -> Vec<Entry> {
    if !study.needs_labels() {
        return Vec::new();
    }
    let joined = matches!(study.across, Across::Numbers { .. });
    let last = |index: usize| curves.and_then(|curves| curves.get(index)?.samples.last());
    let tied = joined && !(0..study.series.len()).filter_map(last).any(|placed| placed.beyond);
    let entry = |(index, series): (usize, &Series<'_>)| {
        let end = last(index).filter(|_| tied).map(|placed| placed.at);
        let exact = curves.and_then(|curves| curves.get(index)).is_some_and(Curve::is_exact);
        let swatch = match (joined, exact) {
            (true, true) => Swatch::Exact(series.look),
            (true, false) => Swatch::Line(series.look, series.look.color),
            (false, _) => Swatch::Marker(series.look),
        };
        Entry { text: series.label.clone(), detail: None, swatch, end, leader: true }
    };
    study.series.iter().enumerate().map(entry).collect()
}

/// The names of series and their layers.
pub(super) fn named<'a>(study: &'a Study<'_>, curves: &'a [Curve]) -> impl Iterator<Item = (&'a str, Layer)> {
    study.series.iter().zip(curves).map(|(series, curve)| (series.label.as_str(), curve.layer))
}

/// Where every category is a series of its own: writes rates beside their points, and intervals, as far as a plot of
/// that size has room.
pub(super) fn values(
    scene: &mut Scene,
    study: &Study<'_>,
    samples: &[Vec<Sample>],
    (x, y): (&Axis, &Axis),
    plot: Rect,
) {
    let Across::Categories { each: true, labels, .. } = &study.across else { return };
    let room = plot.width() / labels.len() as f64;
    let intervals = room > INTERVAL_ROOM && plot.height() > INTERVAL_ROOM;
    for sample in samples.iter().flatten().filter(|_| room > VALUE_ROOM) {
        let away = if sample.exact.is_some() { 24.0 } else { 16.0 };
        let at = (x.at(sample.x) + away, y.at(sample.value) - 8.0);
        scene.text(at, Text::new(number::percent(sample.value)));
        if let (Some(low), Some(high), true) = (sample.low, sample.high, intervals) {
            let interval = format!("{} to {}", number::percent(low), number::percent(high));
            scene.text((at.0, at.1 + 28.0), Text::new(interval).color(MUTED));
        }
    }
}

/// What thin lines are, for a subtitle; nothing where there is none.
pub(super) fn exact_note<'a>(samples: impl Iterator<Item = &'a Sample>, study: &Study<'_>) -> Option<String> {
    let thin = if matches!(study.across, Across::Numbers { .. }) { "thin" } else { "short" };
    let known = |sample: &Sample| sample.exact.is_some_and(f64::is_finite);
    samples.into_iter().any(known).then(|| format!("{thin} line: closed form"))
}

/// How the intervals are shown, for a subtitle.
pub(super) fn intervals(study: &Study<'_>) -> String {
    let covered = if matches!(study.across, Across::Numbers { .. }) { "" } else { ", where larger than the marker" };
    format!("95 % intervals{covered}")
}
