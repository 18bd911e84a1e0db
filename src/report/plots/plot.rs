//! A plot of series: its axes, what lies below the data, the data; and the words about it beside and above.

use super::axis::Axis;
use super::curves::{self, Curve, Sample};
use super::figure::{Figure, Horizontal, Series};
use super::frame;
use super::labels::{Entry, Swatch};
use super::scene::{Align, Rect, Scene, TEXT, Text};
use super::theme::MUTED;
use super::{latency, layers, number, spots};

/// Categories wider than this have their values written beside the points.
const VALUE_ROOM: f64 = 120.0;
/// And wider than this in a plot that is higher, their intervals too.
const INTERVAL_ROOM: f64 = 300.0;

/// Drawing below the data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Ground<'p> {
    Plain,
    /// Nothing, for amounts rather than rates.
    Amounts,
    /// A line at zero, where values lie on both sides of it.
    Zero,
    /// The deadline, where one of these samples lies beyond it.
    Deadline(&'p [Vec<Sample>]),
}

/// A plot before it is drawn.
pub(super) struct Plot<'p, 'a> {
    pub(super) figure: &'p Figure<'a>,
    pub(super) samples: &'p [Vec<Sample>],
    pub(super) area: Rect,
    /// The value axis, laid along the area.
    pub(super) y: Axis,
    /// The name of the value axis; empty where it stands elsewhere.
    pub(super) y_name: &'p str,
    /// Whether the ticks of the value axis have labels.
    pub(super) y_labels: bool,
    /// The name of the horizontal axis; empty where it stands elsewhere.
    pub(super) x_name: &'p str,
    pub(super) x_labels: bool,
    pub(super) heading: &'p str,
    /// The name of its values, with the unit.
    pub(super) values: &'p str,
    pub(super) ground: Ground<'p>,
}

impl Plot<'_, '_> {
    /// Draws the plot; the curves know where their lines end, and which lie on each other.
    pub(super) fn draw(&self, scene: &mut Scene) -> Vec<Curve> {
        let (area, y) = (self.area, &self.y);
        frame::value_axis(scene, area, y, self.y_name, self.y_labels);
        let above = (area.center(), area.top - 20.0);
        scene.text(above, Text::new(self.heading).bold(TEXT).align(Align::Center));
        let x = frame::below(scene, self.figure, area, self.x_labels, self.x_name);
        match self.ground {
            Ground::Plain | Ground::Amounts => {}
            Ground::Zero => frame::zero_line(scene, area, y),
            Ground::Deadline(samples) => latency::deadline(scene, self.figure, samples, (&x, y), area),
        }
        let curves = curves::place(self.figure, self.samples, &x, y);
        curves::draw(scene, self.figure, &curves);
        for of_series in curves.iter().zip(self.samples.iter().map(Vec::as_slice)) {
            spots::on_curve(scene, self.figure, of_series, (self.values, y.factor));
        }
        if !matches!(self.ground, Ground::Deadline(_) | Ground::Amounts) {
            self.written(scene, &x);
        }
        frame::break_value(scene, area, y);
        curves
    }

    /// Where every category is a series of its own, writes rates beside their points, and intervals, as far as a plot of
    /// that size has room.
    fn written(&self, scene: &mut Scene, x: &Axis) {
        let Horizontal::Categories { each: true, labels, .. } = &self.figure.horizontal else { return };
        let room = self.area.width() / labels.len() as f64;
        let intervals = room > INTERVAL_ROOM && self.area.height() > INTERVAL_ROOM;
        for sample in self.samples.iter().flatten().filter(|_| room > VALUE_ROOM) {
            let away = if sample.exact.is_some() { 24.0 } else { 16.0 };
            let at = (x.at(sample.x) + away, self.y.at(sample.value) - 8.0);
            scene.text(at, Text::new(number::percent(sample.value)));
            if let (Some(low), Some(high), true) = (sample.low, sample.high, intervals) {
                let interval = format!("{} to {}", number::percent(low), number::percent(high));
                scene.text((at.0, at.1 + 28.0), Text::new(interval).color(MUTED));
            }
        }
    }
}

/// Names for the right side, each with how its series is drawn in these `plots`: the figure and the samples of each. Where
/// `ends` are given, names are tied to the ends of lines, but not where one ends beyond the deadline: there they lie too close.
pub(super) fn entries(figure: &Figure<'_>, plots: &[(&Figure<'_>, &[Vec<Sample>])], ends: &[Curve]) -> Vec<Entry> {
    let joined = figure.is_numeric();
    let is_exact = |label: &str| {
        let all = plots.iter().flat_map(|(figure, samples)| figure.series.iter().zip(*samples));
        let own = all.filter(|(series, _)| series.label == label).flat_map(|(_, samples)| samples);
        let mut known = own.filter(|sample| !sample.beyond).peekable();
        known.peek().is_some() && known.all(|sample| sample.exact.is_some())
    };
    let last = |index: usize| ends.get(index).and_then(|curve: &Curve| curve.samples.last());
    let tied = joined && !(0..ends.len()).filter_map(last).any(|placed| placed.beyond);
    let entry = |(index, series): (usize, &Series<'_>)| {
        let swatch = match joined {
            true if is_exact(&series.label) => Swatch::Exact(series.style),
            true => Swatch::Line(series.style, series.style.color),
            false => Swatch::Marker(series.style),
        };
        let end = last(index).filter(|_| tied).map(|placed| placed.at);
        Entry { end, ..Entry::new(&series.label, swatch) }
    };
    let named =
        figure.series.iter().enumerate().filter(|(_, series)| figure.needs_labels() && !series.label.is_empty());
    named.map(entry).collect()
}

/// Words about curves that lie on each other; nothing where none do.
pub(super) fn overlap_note(figure: &Figure<'_>, curves: &[Curve]) -> Option<String> {
    layers::overlap_note(figure.series.iter().zip(curves).map(|(series, curve)| (series.label.as_str(), curve.layer)))
}

/// Words about thin lines, for a subtitle; nothing where there is none.
pub(super) fn exact_note<'s>(figure: &Figure<'_>, samples: impl IntoIterator<Item = &'s Sample>) -> Option<String> {
    let thin = if figure.is_numeric() { "thin" } else { "short" };
    let known = |sample: &Sample| sample.exact.is_some_and(f64::is_finite);
    samples.into_iter().any(known).then(|| format!("{thin} line: closed form"))
}

/// Words about the intervals, for a subtitle.
pub(super) fn intervals(figure: &Figure<'_>) -> &'static str {
    if figure.is_numeric() { "95 % intervals" } else { "95 % intervals, where larger than the marker" }
}
