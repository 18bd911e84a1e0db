//! Series within a plot: lines with bands along a numeric axis, points with whiskers on categories.

use super::axis::{Axis, rising};
use super::figure::{Figure, Series, value};
use super::layers::{self, Layer, MARKER, TOUCH};
use super::scene::{Point, Scene};
use super::theme::{Marker, Style};
use crate::experiment::{CellSummary, Metric};

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
    /// The value by a closed form.
    pub(super) exact: Option<f64>,
}

impl Sample {
    /// The estimate of a metric in a cell, at no place yet.
    pub(super) fn of(cell: &CellSummary, metric: Metric) -> Option<Self> {
        let (value, estimate) = (value(cell, metric)?, cell.estimate(metric)?);
        let (low, high, exact) = (estimate.ci_low, estimate.ci_high, cell.exact_value(metric));
        Some(Self { x: 0.0, value, low, high, beyond: false, open: false, exact })
    }
}

/// A series, placed on the canvas.
#[derive(Clone, Debug)]
pub(super) struct Curve {
    /// Label of its series.
    pub(super) label: String,
    /// Entry of the legend that it belongs to.
    pub(super) name: String,
    pub(super) style: Style,
    pub(super) samples: Vec<Placed>,
    pub(super) layer: Layer,
}

/// A sample, placed on the canvas.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    pub(super) at: Point,
    pub(super) low: f64,
    pub(super) high: f64,
    interval: bool,
    pub(super) beyond: bool,
    exact: Option<f64>,
    /// Place at which the axis breaks before zero, where the closed form lies beyond that and is not zero.
    cut: Option<f64>,
}

/// Half the length of a closed form's line at a category.
const DASH: f64 = 17.0;

/// The samples of every series: `read` takes one from a cell, or nothing where the cell has none.
pub(super) fn samples(figure: &Figure<'_>, read: impl Fn(&CellSummary) -> Option<Sample>) -> Vec<Vec<Sample>> {
    let sample = |point: &super::figure::Place<'_>| Some(Sample { x: point.x, ..read(point.cell)? });
    let all = |series: &Series<'_>| {
        series.points.iter().filter_map(sample).filter(|sample| sample.value.is_finite()).collect()
    };
    figure.series.iter().map(all).collect()
}

/// Places the samples of every series on the canvas.
pub(super) fn place(figure: &Figure<'_>, all: &[Vec<Sample>], x: &Axis, y: &Axis) -> Vec<Curve> {
    let curve = |(index, (series, samples)): (usize, (&Series<'_>, &Vec<Sample>))| {
        Curve::new(series, samples, (x, y), dodge(figure, index, x))
    };
    let mut curves: Vec<Curve> = figure.series.iter().zip(all).enumerate().map(curve).collect();
    if figure.is_numeric() {
        stack(&mut curves, lie_on_each_other);
        part_unknown(&mut curves);
    }
    curves
}

/// Gives curves their layers, where `touch` says which two lie on each other.
pub(super) fn stack(curves: &mut [Curve], touch: impl Fn(&Curve, &Curve) -> bool) {
    let styles: Vec<Style> = curves.iter().map(|curve| curve.style).collect();
    let layers = layers::layers(&styles, |below, above| touch(&curves[below], &curves[above]));
    curves.iter_mut().zip(layers).for_each(|(curve, layer)| curve.layer = layer);
}

/// Moves values beyond the deadline apart, which would otherwise all lie in the same place.
fn part_unknown(curves: &mut [Curve]) {
    let places = rising(curves.iter().flat_map(|curve| &curve.samples).filter(|p| p.beyond).map(|p| p.at.0));
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
fn dodge(figure: &Figure<'_>, index: usize, x: &Axis) -> f64 {
    if figure.is_numeric() || figure.is_one_each() {
        return 0.0;
    }
    let slot = (x.at(1.0) - x.at(0.0)).abs() * 0.7;
    slot * ((index as f64 + 0.5) / figure.series.len() as f64 - 0.5)
}

/// Whether two thirds of the places that two curves share are the same.
fn lie_on_each_other(a: &Curve, b: &Curve) -> bool {
    let shared =
        |one: &Placed| b.known().find(|other| (one.at.0 - other.at.0).abs() < 0.5).map(|it| (one.at.1, it.at.1));
    let pairs: Vec<(f64, f64)> = a.known().filter_map(shared).collect();
    let touching = pairs.iter().filter(|(one, other)| (one - other).abs() < TOUCH).count();
    pairs.len() > 1 && touching * 3 >= pairs.len() * 2
}

/// Draws curves, all bands below all lines, and lines below markers.
pub(super) fn draw(scene: &mut Scene, figure: &Figure<'_>, curves: &[Curve]) {
    let joined = figure.is_numeric();
    let curves = upwards(curves);
    for curve in &curves {
        scene.part(&curve.name, |scene| curve.intervals(scene, joined));
    }
    for curve in &curves {
        scene.part(&curve.name, |scene| if joined { curve.line(scene) } else { curve.dashes(scene) });
    }
    for curve in &curves {
        scene.part(&curve.name, |scene| curve.markers(scene, |_| 0));
    }
}

/// Curves in the order in which they are drawn.
pub(super) fn upwards(curves: &[Curve]) -> Vec<&Curve> {
    let styles: Vec<Style> = curves.iter().map(|curve| curve.style).collect();
    layers::upwards(&styles).into_iter().map(|index| &curves[index]).collect()
}

impl Curve {
    /// Samples on axes, moved sideways.
    pub(super) fn new(series: &Series<'_>, samples: &[Sample], (x, y): (&Axis, &Axis), shift: f64) -> Self {
        let placed = samples.iter().map(|sample| {
            let at = (x.at(sample.x) + shift, y.at(sample.value));
            let end = |end: Option<f64>| end.filter(|end| end.is_finite()).map_or(at.1, |end| y.at(end));
            let interval = sample.low.is_some() || sample.high.is_some();
            let known = sample.exact.filter(|exact| exact.is_finite());
            let below = known.and_then(|exact| y.below(exact));
            let exact = below.or(known.map(|exact| y.at(exact)));
            let cut = y.gap().filter(|gap| below.is_some_and(|below| below > *gap));
            Placed { at, low: end(sample.low), high: end(sample.high), interval, beyond: sample.beyond, exact, cut }
        });
        let label = series.label.clone();
        Self { name: label.clone(), label, style: series.style, samples: placed.collect(), layer: Layer::default() }
    }

    /// Intervals of its samples: a band where they are joined, otherwise whiskers.
    fn intervals(&self, scene: &mut Scene, joined: bool) {
        for run in self.samples.chunk_by(|a, b| a.interval && b.interval) {
            if joined && run.len() > 1 {
                band(scene, run, self.style);
            } else {
                for placed in run {
                    whisker(scene, placed, self.style);
                }
            }
        }
    }

    /// The samples whose values are known.
    pub(super) fn known(&self) -> impl Iterator<Item = &Placed> {
        self.samples.iter().filter(|placed| !placed.beyond)
    }

    /// The line through all points: the closed form's where there is one, otherwise that of the simulation.
    pub(super) fn line(&self, scene: &mut Scene) {
        let exact = |a: &Placed, b: &Placed| a.exact.is_some() && b.exact.is_some();
        for points in self.samples.chunk_by(exact).flat_map(above_break) {
            self.layer.exact(scene, &points, self.style.color);
        }
        for known in self.samples.chunk_by(|a, b| !a.beyond && !b.beyond && !exact(a, b)) {
            let points: Vec<Point> = known.iter().map(|placed| placed.at).collect();
            self.layer.line(scene, &points, self.style, self.style.color);
        }
        // The way to an unknown value is only hinted at.
        let hinted = |pair: &&[Placed]| pair[0].beyond != pair[1].beyond && !exact(&pair[0], &pair[1]);
        for pair in self.samples.windows(2).filter(hinted) {
            scene.dashed(&[pair[0].at, pair[1].at], 1.5, self.style.color, &[2.0, 6.0]);
        }
    }

    /// A marker for every sample; one beyond the deadline is an open one with an arrow, the larger the more lie `above` it.
    pub(super) fn markers(&self, scene: &mut Scene, above: impl Fn(&Placed) -> usize) {
        for placed in &self.samples {
            if placed.beyond {
                arrow(scene, placed.at, self.style, MARKER + 1.0 + 4.0 * above(placed).min(4) as f64);
            } else {
                let (radius, hollow) = (self.layer.radius(), placed.exact.is_some());
                scene.marker(placed.at, self.style.marker, radius, self.style.color, hollow);
            }
        }
    }

    /// Short lines at the values of the closed form, for points that nothing joins.
    fn dashes(&self, scene: &mut Scene) {
        let shown = self.samples.iter().filter(|placed| placed.cut.is_none());
        for (x, y) in shown.filter_map(|placed| Some((placed.at.0, placed.exact?))) {
            scene.line(&[(x - DASH, y), (x + DASH, y)], 1.6, self.style.color);
        }
    }

    /// The same curve, moved sideways, with another marker, and maybe of another entry of the legend.
    pub(super) fn marked(mut self, marker: Marker, shift: f64, legend: Option<&str>) -> Self {
        self.name = legend.map_or(self.name, str::to_owned);
        self.samples.iter_mut().for_each(|placed| placed.at.0 += shift);
        self.style.marker = marker;
        self
    }
}

/// Lines through the closed forms of neighbours: below the lowest decade there is none, only the way to it, up to the break.
fn above_break(known: &[Placed]) -> Vec<Vec<Point>> {
    let mut lines = vec![Vec::new()];
    for (index, placed) in known.iter().enumerate() {
        let Some(exact) = placed.exact else { continue };
        let Some(cut) = placed.cut else {
            lines.last_mut().expect("there is one").push((placed.at.0, exact));
            continue;
        };
        let way = |other: &Placed| {
            let share = (cut - exact) / (other.exact? - exact);
            (other.cut.is_none() && (0.0..=1.0).contains(&share))
                .then_some((placed.at.0 + (other.at.0 - placed.at.0) * share, cut))
        };
        lines.last_mut().expect("there is one").extend(index.checked_sub(1).and_then(|before| way(&known[before])));
        lines.push(known.get(index + 1).and_then(way).into_iter().collect());
    }
    lines
}

fn band(scene: &mut Scene, run: &[Placed], style: Style) {
    let upper = run.iter().map(|placed| (placed.at.0, placed.high));
    let lower = run.iter().rev().map(|placed| (placed.at.0, placed.low));
    scene.area(&upper.chain(lower).collect::<Vec<_>>(), style.color, 0.2);
}

/// An interval as a vertical line with ends, as far as the marker does not cover it.
fn whisker(scene: &mut Scene, placed: &Placed, style: Style) {
    let x = placed.at.0;
    for y in [placed.low, placed.high] {
        if placed.interval && (y - placed.at.1).abs() > MARKER + 3.0 {
            scene.line(&[(x, placed.at.1), (x, y)], 2.5, style.color);
            scene.line(&[(x - 8.0, y), (x + 8.0, y)], 2.5, style.color);
        }
    }
}

/// An open marker with an arrow: the value lies higher than can be shown.
fn arrow(scene: &mut Scene, at: Point, style: Style, radius: f64) {
    scene.line(&[(at.0, at.1), (at.0, at.1 - 18.0)], 2.0, style.color);
    scene.line(&[(at.0 - 5.0, at.1 - 12.0), (at.0, at.1 - 19.0), (at.0 + 5.0, at.1 - 12.0)], 2.0, style.color);
    scene.marker(at, style.marker, radius, style.color, true);
}
