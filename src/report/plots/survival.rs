//! Curves of the share of requests that still wait: which cells have one, and where it runs.

use super::axis::Axis;
use super::figure::{Figure, Horizontal, Place, Series};
use super::layers::Layer;
use super::scene::{Point, Scene};
use super::theme::{Style, tint};
use super::{number, spots};
use crate::experiment::{CellSummary, Metric};
use plotters::style::RGBColor;

/// More curves than this are thinned to the ends of the axis.
const MOST_CURVES: usize = 6;
/// And of those no more than this.
const MOST_THINNED: usize = 16;
/// Shares whose times are told under the pointer.
const TOLD: [f64; 9] = [0.9, 0.75, 0.5, 0.25, 0.1, 0.05, 0.01, 1e-3, 0.0];
/// The width of simulated steps under a closed form.
const UNDER: f64 = 6.0;

/// A cell's share of waiting requests over time.
pub(super) struct Survival<'a> {
    pub(super) name: String,
    pub(super) style: Style,
    pub(super) color: RGBColor,
    pub(super) cell: &'a CellSummary,
    /// Positive, finite steps.
    pub(super) steps: Vec<(f64, f64)>,
    /// The points of the closed form, if there is one.
    pub(super) exact: Vec<(f64, f64)>,
}

impl Survival<'_> {
    /// The share that was never accepted.
    pub(super) fn rest(&self) -> f64 {
        let accepted = self.cell.estimate(Metric::Accepted).and_then(|estimate| estimate.value);
        let fallback = accepted.map_or(1.0, |accepted| 1.0 - accepted);
        self.steps.last().map_or(fallback, |step| step.1).clamp(0.0, 1.0)
    }

    /// Draws its steps, below those of the closed form where there is one.
    pub(super) fn draw(&self, scene: &mut Scene, steps: &[Point], exact: &[Point], layer: Layer) {
        if self.exact.is_empty() {
            return layer.line(scene, steps, self.style, self.color);
        }
        // Pale and wide enough to be seen on both sides of the closed form.
        scene.line(steps, UNDER, tint(self.color, 0.4));
        layer.exact(scene, exact, self.color);
    }

    /// The steps on axes, from all to those that still wait when the curve ends.
    pub(super) fn line(&self, x: &Axis, y: &Axis) -> Vec<Point> {
        let mut points = vec![(x.at(0.0), y.at(1.0))];
        for (time, share) in &self.steps {
            let before = points[points.len() - 1].1;
            points.push((x.at(*time), before));
            points.push((x.at(*time), y.at(*share)));
        }
        let rest = self.rest();
        if rest > 0.0 {
            points.push((x.at(self.cell.deadline_ms), y.at(rest)));
        }
        points
    }

    /// Times after which telling shares still wait, under the pointer.
    pub(super) fn tell(&self, scene: &mut Scene, x: &Axis, y: &Axis) {
        let reached = |most: &f64| self.steps.iter().find(|step| step.1 <= *most);
        let mut told: Vec<(f64, f64)> = TOLD.iter().filter_map(reached).copied().collect();
        told.dedup();
        let mut spot = |time: f64, share: f64, words: String| {
            let text = format!("{}\n{words}", self.name).trim_start().to_owned();
            scene.spot(spots::around((x.at(time), y.at(share))), &self.name, text);
        };
        for (time, share) in told {
            spot(time, share, format!("{} still wait after {}", number::percent(share), number::span(time)));
        }
        if self.rest() > 0.0 {
            spot(self.cell.deadline_ms, self.rest(), format!("{} never accepted", number::percent(self.rest())));
        }
    }

    /// The closed form from the first send to the deadline, as far down as the axis reaches.
    ///
    /// It ends where it falls below `floor`, the smallest share that the axis has room for.
    pub(super) fn exact_line(&self, x: &Axis, y: &Axis, floor: f64) -> Vec<Point> {
        let deadline = self.cell.deadline_ms;
        let first = self.exact.first().map_or(0.0, |point| point.0.min(deadline));
        let mut points = vec![(x.at(0.0), y.at(1.0)), (x.at(first), y.at(1.0))];
        for (time, share) in self.exact.iter().filter(|point| point.0 <= deadline) {
            if *share < floor {
                points.push((x.at(*time), y.at(0.0)));
                return points;
            }
            points.push((x.at(*time), y.at(*share)));
        }
        let rest = self.exact.last().map_or(0.0, |point| point.1);
        if rest > 0.0 {
            points.push((x.at(deadline), y.at(rest)));
        }
        points
    }
}

/// The cells to draw, and what to say about the others.
pub(super) fn choose<'a>(figure: &Figure<'a>) -> (Vec<Survival<'a>>, Option<String>) {
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
fn curve<'a>(
    figure: &Figure<'a>,
    series: &Series<'a>,
    point: &Place<'a>,
    (rank, count): (usize, usize),
) -> Survival<'a> {
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
    Survival { name, style: series.style, color, cell: point.cell, steps, exact }
}

/// The smallest share that is shown, but for zero.
pub(super) fn floor(curves: &[Survival<'_>]) -> f64 {
    let shares = curves.iter().flat_map(|curve| curve.steps.iter().map(|step| step.1)).filter(|share| *share > 0.0);
    shares.fold(0.1, f64::min).max(1e-6)
}
