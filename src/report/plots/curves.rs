//! Series within a plot: lines with bands along a numeric axis, points with whiskers on categories.

use super::axis::Axis;
use super::labels::{Entry, Swatch};
use super::scene::{Point, Scene};
use super::study::{Across, Series, Study};
use super::theme::{ABOVE_DASH, Look, Marker, WHITE};
use crate::experiment::CellSummary;
use plotters::style::RGBColor;

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
}

/// Lines whose points are this close lie on each other.
pub(super) const TOUCH: f64 = 2.5;
/// The radius of a data point.
const MARKER: f64 = 6.0;

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
            Placed { at, low: end(sample.low), high: end(sample.high), interval, beyond: sample.beyond }
        });
        curves.push(Curve { look: series.look, samples: placed.collect(), layer: Layer::default() });
    }
    if matches!(study.across, Across::Numbers { .. }) {
        let looks: Vec<Look> = curves.iter().map(|curve| curve.look).collect();
        let layers = layers(&looks, |below, above| lie_on_each_other(&curves[below], &curves[above]));
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

/// How many lines lie on each line, and on how many it lies: lines drawn later lie above.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Layer {
    under: usize,
    over: usize,
}

impl Layer {
    /// Draws a line of `look` in `color`: thicker below, the uppermost dashed, so that each shows at both sides of those
    /// above. The dashes have a white rim, without which they vanish in the colour below when the picture is small.
    pub(super) fn line(self, scene: &mut Scene, points: &[Point], look: Look, color: RGBColor) {
        let (width, dash) = self.stroke(look);
        if self.over > 0 && self.under == 0 {
            scene.dashed(points, width + 2.0, WHITE, dash);
        }
        scene.dashed(points, width, color, dash);
    }

    fn stroke(self, look: Look) -> (f64, &'static [f64]) {
        let dash: &[f64] = match self {
            Self { over: 0, under: 0 } => look.dash,
            Self { under: 0, .. } => ABOVE_DASH,
            _ => &[],
        };
        ([3.0, 8.0, 14.0, 20.0, 26.0][self.under.min(4)], dash)
    }

    /// The radius of its markers.
    pub(super) fn radius(self) -> f64 {
        MARKER + 2.5 * self.under.min(4) as f64
    }

    fn shares(self) -> bool {
        self.under + self.over > 0
    }
}

/// The order of drawing: the world before the change comes last, so that its dashes lie above what equals it.
pub(super) fn upwards(looks: &[Look]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..looks.len()).collect();
    order.sort_by_key(|index| looks[*index] == Look::BEFORE);
    order
}

/// The layers of lines, given which two lie on each other.
pub(super) fn layers(looks: &[Look], touch: impl Fn(usize, usize) -> bool) -> Vec<Layer> {
    let mut layers = vec![Layer::default(); looks.len()];
    let order = upwards(looks);
    for (rank, above) in order.iter().enumerate() {
        for below in &order[..rank] {
            if touch(*below, *above) {
                layers[*below].under += 1;
                layers[*above].over += 1;
            }
        }
    }
    layers
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

/// What to say about lines that lie on each other.
pub(super) fn overlap_note<'a>(lines: impl Iterator<Item = (&'a str, Layer)>) -> Option<String> {
    let names: Vec<&str> = lines.filter(|(_, layer)| layer.shares()).map(|(name, _)| name).collect();
    match names.as_slice() {
        [] => None,
        [a, b] => Some(format!("{a} and {b} lie on each other: thick below, dashed above")),
        _ => Some("lines on each other: thick below, dashed above".to_owned()),
    }
}

/// Draws curves, all bands below all lines, and lines below markers.
pub(super) fn draw(scene: &mut Scene, study: &Study<'_>, curves: &[Curve]) {
    let joined = matches!(study.across, Across::Numbers { .. });
    let looks: Vec<Look> = curves.iter().map(|curve| curve.look).collect();
    let curves: Vec<&Curve> = upwards(&looks).into_iter().map(|index| &curves[index]).collect();
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
    if joined {
        for curve in &curves {
            curve.line(scene);
        }
    }
    for curve in &curves {
        curve.markers(scene);
    }
}

impl Curve {
    fn line(&self, scene: &mut Scene) {
        for known in self.samples.chunk_by(|a, b| !a.beyond && !b.beyond) {
            let points: Vec<Point> = known.iter().map(|placed| placed.at).collect();
            self.layer.line(scene, &points, self.look, self.look.color);
        }
        // The way to an unknown value is only hinted at.
        for pair in self.samples.windows(2).filter(|pair| pair[0].beyond != pair[1].beyond) {
            scene.dashed(&[pair[0].at, pair[1].at], 1.5, self.look.color, &[2.0, 6.0]);
        }
    }

    fn markers(&self, scene: &mut Scene) {
        let radius = self.layer.radius();
        for placed in &self.samples {
            if placed.beyond {
                beyond(scene, placed.at, self.look);
            } else {
                scene.marker(placed.at, self.look.marker, radius, self.look.color, false);
            }
        }
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
fn beyond(scene: &mut Scene, at: Point, look: Look) {
    scene.line(&[(at.0, at.1), (at.0, at.1 - 18.0)], 2.0, look.color);
    scene.line(&[(at.0 - 5.0, at.1 - 12.0), (at.0, at.1 - 19.0), (at.0 + 5.0, at.1 - 12.0)], 2.0, look.color);
    scene.marker(at, look.marker, 7.0, look.color, true);
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
        let swatch = if joined { Swatch::Line(series.look, series.look.color) } else { Swatch::Marker(series.look) };
        Entry { text: series.label.clone(), detail: None, swatch, end, leader: true }
    };
    study.series.iter().enumerate().map(entry).collect()
}

/// The names of series and their layers.
pub(super) fn named<'a>(study: &'a Study<'_>, curves: &'a [Curve]) -> impl Iterator<Item = (&'a str, Layer)> {
    study.series.iter().zip(curves).map(|(series, curve)| (series.label.as_str(), curve.layer))
}

/// How the intervals are shown, for a subtitle.
pub(super) fn intervals(study: &Study<'_>) -> String {
    let covered = if matches!(study.across, Across::Numbers { .. }) { "" } else { ", where larger than the marker" };
    format!("95 % intervals{covered}")
}
