//! Stacked bars, one a cell: what every picture of them has in common.

use super::axis::Axis;
use super::figure::{Figure, Place, Series};
use super::font;
use super::frame::{self, Page};
use super::labels::{Entry, Labels, Swatch, hatch};
use super::names;
use super::number;
use super::scene::{Align, Rect, Scene, TEXT, Text};
use super::theme::{FRAME, WHITE, tint};
use crate::experiment::CellSummary;
use plotters::style::RGBColor;

/// More bars than this make a texture, not a picture.
const MOST_BARS: usize = 24;
const LEAST_SLOT: f64 = 30.0;

/// Filling of a layer's area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fill {
    Plain,
    Lighter,
    Hatched,
}

impl Fill {
    fn shade(self, color: RGBColor) -> RGBColor {
        match self {
            Self::Plain => color,
            Self::Lighter => tint(color, 0.55),
            Self::Hatched => tint(color, 0.85),
        }
    }
}

/// A part that every bar has.
pub(super) struct Layer {
    pub(super) name: String,
    pub(super) color: RGBColor,
    pub(super) fill: Fill,
    /// Its part of a cell's bar; what is no number above zero counts as nothing.
    pub(super) part: Box<dyn Fn(&CellSummary) -> f64>,
}

impl Layer {
    fn draw(&self, scene: &mut Scene, rect: Rect) {
        scene.rect(rect, self.fill.shade(self.color));
        if self.fill == Fill::Hatched {
            hatch(scene, rect);
        }
        if rect.height() > 3.0 {
            scene.line(&[(rect.left, rect.top), (rect.right, rect.top)], 1.0, WHITE);
        }
    }
}

/// The measure of bars.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scale {
    /// Amounts, shown times a factor; the total stands above each bar.
    Amounts(f64),
    /// Shares of a whole, in percent.
    Shares,
}

impl Scale {
    fn factor(self) -> f64 {
        match self {
            Self::Amounts(factor) => factor,
            Self::Shares => 100.0,
        }
    }

    /// The value axis of bars up to `highest`.
    fn axis(self, highest: f64) -> Axis {
        let end = match self {
            Self::Amounts(_) => highest * 1.08,
            Self::Shares => 1.0,
        };
        Axis::linear(0.0, end, 6, self.factor())
    }

    /// A part of a bar, under the pointer.
    fn told(self, part: f64) -> String {
        match self {
            Self::Amounts(factor) => number::short(part * factor),
            Self::Shares => number::percent(part),
        }
    }

    /// Text above a bar.
    fn total(self, bar: &Bar) -> String {
        match self {
            Self::Amounts(factor) => number::short(bar.total() * factor),
            Self::Shares => String::new(),
        }
    }
}

/// A picture of stacked bars.
pub(super) struct Bars<'a> {
    pub(super) figure: &'a Figure<'a>,
    /// From the bottom up.
    pub(super) layers: Vec<Layer>,
    pub(super) scale: Scale,
}

/// Bars of one series, side by side.
struct Group {
    name: String,
    bars: Vec<Bar>,
}

struct Bar {
    name: String,
    /// The same with its unit.
    place: String,
    /// One a layer.
    parts: Vec<f64>,
}

impl Bar {
    fn total(&self) -> f64 {
        self.parts.iter().sum()
    }
}

impl Bars<'_> {
    /// The highest bar of all cells; `None` without any.
    pub(super) fn highest(&self) -> Option<f64> {
        self.figure.cells().map(|cell| self.parts(cell).iter().sum()).reduce(f64::max)
    }

    /// Draws bars for as many places of the axis as have room; `name` is that of the value axis, with its unit.
    pub(super) fn draw(&self, subject: &str, name: &str, notes: &[String]) -> Scene {
        let legend = Labels::new(self.legend());
        let room = Page::new("", Vec::new(), &[], "").body.width() - legend.width();
        let (groups, left_out) = self.choose(room);
        let notes: Vec<String> = notes.iter().cloned().chain(left_out).collect();
        let mut page = Page::of(self.figure, subject, "", &notes);
        let plot = Rect { right: page.body.right - legend.width(), bottom: page.body.bottom - 26.0, ..page.body };

        let highest = groups.iter().flat_map(|group| &group.bars).map(Bar::total).fold(0.0, f64::max);
        let y = self.scale.axis(highest).between(plot.bottom, plot.top);
        frame::value_axis(&mut page.scene, plot, &y, name, true);
        self.bars(&mut page.scene, &groups, &y, plot);
        legend.draw(&mut page.scene, plot);
        page.scene
    }

    fn parts(&self, cell: &CellSummary) -> Vec<f64> {
        let parts = self.layers.iter().map(|layer| (layer.part)(cell)).map(|part| match part {
            part if part.is_finite() => part.max(0.0),
            _ => 0.0,
        });
        match self.scale {
            Scale::Amounts(_) => parts.collect(),
            // Rounding must not make more than a whole of them.
            Scale::Shares => {
                parts.scan(1.0, |left, part| Some(part.min(*left)).inspect(|part| *left -= part)).collect()
            }
        }
    }

    /// The layers that occur, in the order of the stack.
    fn legend(&self) -> Vec<Entry> {
        let bars: Vec<Vec<f64>> = self.figure.cells().map(|cell| self.parts(cell)).collect();
        let occurs = |index: usize| bars.iter().any(|parts| parts[index] > 0.0);
        let layers = self.layers.iter().enumerate().rev().filter(|(index, _)| occurs(*index));
        let swatch = |layer: &Layer| Swatch::Box(layer.fill.shade(layer.color), layer.fill == Fill::Hatched);
        layers.map(|(_, layer)| Entry::new(&layer.name, swatch(layer))).collect()
    }

    /// The bars that have room in `room`: all, or some places of the axis, and what to say about the others.
    fn choose(&self, room: f64) -> (Vec<Group>, Option<String>) {
        let figure = self.figure;
        let places = figure.places();
        if figure.is_one_each() || places.is_empty() {
            return (self.groups(&places), None);
        }
        let (first, middle, last) = (places[0], places[places.len() / 2], places[places.len() - 1]);
        let choices = [places.clone(), vec![first, middle, last], vec![first, last]];
        let fitting = choices.into_iter().find(|shown| self.fits(&self.groups(shown), room));
        let shown = fitting.unwrap_or_else(|| vec![last]);
        let listed: Vec<String> = shown.iter().map(|x| figure.name_of(*x)).collect();
        let note = format!("{}: {} only", figure.subject(), listed.join(", "));
        (self.groups(&shown), (shown.len() < places.len()).then_some(note))
    }

    fn groups(&self, shown: &[f64]) -> Vec<Group> {
        let figure = self.figure;
        let bar = |point: &Place<'_>| {
            let name = if figure.is_one_each() { String::new() } else { figure.tick_of(point.x) };
            let place = if figure.is_one_each() { String::new() } else { figure.name_of(point.x) };
            Bar { name, place, parts: self.parts(point.cell) }
        };
        let bars =
            |series: &Series<'_>| series.points.iter().filter(|point| shown.contains(&point.x)).map(bar).collect();
        let group = |series: &Series<'_>| Group { name: series.label.clone(), bars: bars(series) };
        figure.series.iter().map(group).filter(|group| !group.bars.is_empty()).collect()
    }

    /// Whether totals and names of the bars have room.
    fn fits(&self, groups: &[Group], room: f64) -> bool {
        let bars: Vec<&Bar> = groups.iter().flat_map(|group| &group.bars).collect();
        let wide =
            |bar: &&Bar| font::width(&self.scale.total(bar), TEXT, false).max(font::width(&bar.name, TEXT, false));
        let widest = bars.iter().map(wide).fold(LEAST_SLOT, f64::max) + 8.0;
        let slots = bars.len() as f64 + groups.len() as f64 * 0.5;
        bars.len() <= MOST_BARS && slots * widest <= room
    }

    fn bars(&self, scene: &mut Scene, groups: &[Group], y: &Axis, plot: Rect) {
        let count: usize = groups.iter().map(|group| group.bars.len()).sum();
        // Half a slot lies between groups.
        let slot = plot.width() / (count as f64 + groups.len() as f64 * 0.5);
        let mut left = plot.left + slot * 0.25;
        let named = groups.iter().flat_map(|group| &group.bars).any(|bar| !bar.name.is_empty());
        let below = if named { 50.0 } else { 26.0 };
        let width = |group: &Group| slot * group.bars.len() as f64;
        let titles: Vec<String> = groups.iter().map(|group| group.name.clone()).collect();
        let titles = names::distinct(&titles, |at, name| names::wrap(name, width(&groups[at]) + slot * 0.4, 2));
        let lines = titles.iter().map(Vec::len).fold(1, usize::max);
        for (group, title) in groups.iter().zip(&titles) {
            let room = slot * if group.bars.len() == 1 { 1.4 } else { 0.96 };
            let places: Vec<String> = group.bars.iter().map(|bar| bar.name.clone()).collect();
            let places = names::distinct(&places, |_, name| vec![font::fit(name, TEXT, false, room)]);
            for (index, (bar, place)) in group.bars.iter().zip(&places).enumerate() {
                let center = left + slot * (index as f64 + 0.5);
                self.stack(scene, (bar, &group.name), (center, (slot * 0.76).min(110.0)), y);
                frame::centred(scene, (center, plot.bottom + 26.0), place);
            }
            frame::centred(scene, (left + width(group) / 2.0, plot.bottom + below), title);
            left += width(group) + slot * 0.5;
        }
        scene.line(&[(plot.left, plot.bottom), (plot.right, plot.bottom)], 1.5, FRAME);
        frame::axis_name(scene, plot, below + 10.0 + 22.0 * lines as f64, &self.figure.axis_name());
    }

    fn stack(&self, scene: &mut Scene, (bar, group): (&Bar, &str), (center, width): (f64, f64), y: &Axis) {
        let mut sum = 0.0;
        for (part, layer) in bar.parts.iter().zip(&self.layers) {
            let (bottom, top) = (y.at(sum), y.at(sum + part));
            sum += part;
            if bottom - top <= 0.0 {
                continue;
            }
            let rect = Rect { left: center - width / 2.0, right: center + width / 2.0, top, bottom };
            scene.part(&layer.name, |scene| layer.draw(scene, rect));
            let (name, part) = (&layer.name, self.scale.told(*part));
            let lines = [group, &bar.place, &format!("{name} {part}")];
            let lines: Vec<&str> = lines.into_iter().filter(|line| !line.is_empty()).collect();
            scene.spot(rect, name, lines.join("\n"));
        }
        scene.text((center, y.at(sum) - 8.0), Text::new(self.scale.total(bar)).align(Align::Center));
    }
}
