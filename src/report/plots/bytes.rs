//! Where the bytes of a request go: stacked bars, the useful part at the bottom, waste on top.

use super::axis::Axis;
use super::font;
use super::frame::{self, Page};
use super::labels::{Entry, Labels, Swatch, hatch};
use super::number;
use super::scene::{Align, Rect, Scene, TEXT, Text};
use super::study::{Across, Point, Series, Study};
use super::theme::{BLUE, FRAME, GREEN, MUTED, ORANGE, PURPLE, SKY, VERMILLION, WHITE, tint};
use super::words;
use crate::experiment::{CellSummary, Metric};
use plotters::style::RGBColor;

/// Whether bytes are waste, and how that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waste {
    No,
    Lighter,
    Hatched,
}

/// A cause of bytes, its colour, and whether it is waste.
type Cause = (Metric, &'static str, RGBColor, Waste);

/// From the bottom up, the same everywhere.
const CAUSES: [Cause; 6] = [
    (Metric::ResponseBytes, "Responses used", BLUE, Waste::No),
    (Metric::RequestBytes, "Requests", SKY, Waste::No),
    (Metric::AttestationBytes, "Attestations", GREEN, Waste::No),
    (Metric::EnvelopeBytes, "Envelopes", PURPLE, Waste::No),
    (Metric::ErrorBytes, "Errors", ORANGE, Waste::Lighter),
    (Metric::DuplicatePayloadBytes, "Duplicate payloads", VERMILLION, Waste::Hatched),
];
/// More bars than this make a texture, not a picture.
const MOST_BARS: usize = 24;
const LEAST_SLOT: f64 = 30.0;

/// Bars of one series, side by side.
struct Group {
    name: String,
    bars: Vec<Bar>,
}

struct Bar {
    name: String,
    parts: [f64; 6],
}

impl Bar {
    fn total(&self) -> f64 {
        self.parts.iter().sum()
    }
}

/// Draws the picture; nothing when no bytes were counted.
pub(super) fn draw(study: &Study<'_>) -> Option<Scene> {
    let largest = study.cells().map(|cell| parts(cell).iter().sum::<f64>()).reduce(f64::max)?;
    if largest <= 0.0 {
        return None;
    }
    let (factor, unit) = words::bytes(largest);
    let legend = Labels::new(legend(study));
    let room = Page::new("", Vec::new(), &[], "").body.width() - legend.width();
    let (groups, note) = choose(study, factor, room);
    let notes: Vec<String> = study.notes.iter().cloned().chain(note).collect();
    let mut page = Page::new(&study.title("Bytes per request"), study.facts(), &notes, &study.run.id);
    let plot = Rect { right: page.body.right - legend.width(), bottom: page.body.bottom - 26.0, ..page.body };

    let highest = groups.iter().flat_map(|group| &group.bars).map(Bar::total).fold(0.0, f64::max);
    let y = Axis::linear(0.0, highest * 1.08, 6, factor).between(plot.bottom, plot.top);
    let name = words::with_unit("Sent for one request by all nodes", &unit);
    frame::value_axis(&mut page.scene, plot, &y, &name, true);
    bars(&mut page.scene, study, &groups, &y, plot, factor);
    legend.draw(&mut page.scene, plot);
    Some(page.scene)
}

fn parts(cell: &CellSummary) -> [f64; 6] {
    CAUSES.map(|(metric, ..)| {
        let value = cell.estimate(metric).and_then(|estimate| estimate.value);
        value.filter(|value| value.is_finite() && *value > 0.0).unwrap_or(0.0)
    })
}

/// The causes that occur, in the order of the stack.
fn legend(study: &Study<'_>) -> Vec<Entry> {
    let occurs = |index: usize| study.cells().any(|cell| parts(cell)[index] > 0.0);
    let causes = CAUSES.iter().enumerate().rev().filter(|(index, _)| occurs(*index));
    let entry = |(_, (_, name, color, waste)): (usize, &Cause)| Entry {
        text: (*name).to_owned(),
        detail: None,
        swatch: Swatch::Box(shade(*color, *waste), *waste == Waste::Hatched),
        end: None,
        leader: false,
    };
    causes.map(entry).collect()
}

fn shade(color: RGBColor, waste: Waste) -> RGBColor {
    match waste {
        Waste::No => color,
        Waste::Lighter => tint(color, 0.55),
        Waste::Hatched => tint(color, 0.85),
    }
}

/// The bars that have room in `room`: all, or some places of the axis, and what to say about the others.
fn choose(study: &Study<'_>, factor: f64, room: f64) -> (Vec<Group>, Option<String>) {
    let places = study.places();
    if matches!(study.across, Across::Categories { each: true, .. }) || places.is_empty() {
        return (groups(study, &places), None);
    }
    let (first, middle, last) = (places[0], places[places.len() / 2], places[places.len() - 1]);
    let choices = [places.clone(), vec![first, middle, last], vec![first, last]];
    let fitting = choices.iter().find(|shown| fits(&groups(study, shown), factor, room));
    let shown = fitting.cloned().unwrap_or_else(|| vec![last]);
    let listed: Vec<String> = shown.iter().map(|x| study.name_of(*x)).collect();
    let note = format!("{}: {} only", study.subject(), listed.join(", "));
    (groups(study, &shown), (shown.len() < places.len()).then_some(note))
}

fn groups(study: &Study<'_>, shown: &[f64]) -> Vec<Group> {
    let named = study.needs_labels();
    let bar = |point: &Point<'_>| {
        let name = if named { study.name_of(point.x) } else { String::new() };
        Bar { name: name.split(' ').next().unwrap_or_default().to_owned(), parts: parts(point.cell) }
    };
    let bars = |series: &Series<'_>| series.points.iter().filter(|point| shown.contains(&point.x)).map(bar).collect();
    let group = |series: &Series<'_>| Group { name: series.label.clone(), bars: bars(series) };
    study.series.iter().map(group).filter(|group| !group.bars.is_empty()).collect()
}

/// Whether totals and names of the bars have room.
fn fits(groups: &[Group], factor: f64, room: f64) -> bool {
    let bars: Vec<&Bar> = groups.iter().flat_map(|group| &group.bars).collect();
    let wide = |bar: &&Bar| {
        font::width(&number::short(bar.total() * factor), TEXT, false).max(font::width(&bar.name, TEXT, false))
    };
    let widest = bars.iter().map(wide).fold(LEAST_SLOT, f64::max) + 8.0;
    let slots = bars.len() as f64 + groups.len() as f64 * 0.5;
    bars.len() <= MOST_BARS && slots * widest <= room
}

fn bars(scene: &mut Scene, study: &Study<'_>, groups: &[Group], y: &Axis, plot: Rect, factor: f64) {
    let count: usize = groups.iter().map(|group| group.bars.len()).sum();
    // Half a slot lies between groups.
    let slot = plot.width() / (count as f64 + groups.len() as f64 * 0.5);
    let mut left = plot.left + slot * 0.25;
    let names = if groups.iter().flat_map(|group| &group.bars).any(|bar| !bar.name.is_empty()) { 50.0 } else { 26.0 };
    let mut lines = 1;
    for group in groups {
        let width = slot * group.bars.len() as f64;
        for (index, bar) in group.bars.iter().enumerate() {
            let center = left + slot * (index as f64 + 0.5);
            stack(scene, bar, (center, (slot * 0.76).min(110.0)), y, factor);
            let room = slot * if group.bars.len() == 1 { 1.4 } else { 0.96 };
            let name = font::fit(&bar.name, TEXT, false, room);
            scene.text((center, plot.bottom + 26.0), Text::new(name).align(Align::Center));
        }
        let taken = frame::under(scene, (left + width / 2.0, plot.bottom + names), &group.name, width + slot * 0.4, 2);
        lines = lines.max(taken);
        left += width + slot * 0.5;
    }
    scene.line(&[(plot.left, plot.bottom), (plot.right, plot.bottom)], 1.5, FRAME);
    let center = f64::midpoint(plot.left, plot.right);
    scene.text(
        (center, plot.bottom + names + 10.0 + 22.0 * lines as f64),
        Text::new(study.axis_name()).align(Align::Center).color(MUTED),
    );
}

fn stack(scene: &mut Scene, bar: &Bar, (center, width): (f64, f64), y: &Axis, factor: f64) {
    let mut sum = 0.0;
    for (part, (_, _, color, waste)) in bar.parts.iter().zip(CAUSES) {
        let (bottom, top) = (y.at(sum), y.at(sum + part));
        sum += part;
        if bottom - top <= 0.0 {
            continue;
        }
        let rect = Rect { left: center - width / 2.0, right: center + width / 2.0, top, bottom };
        scene.rect(rect, shade(color, waste));
        if waste == Waste::Hatched {
            hatch(scene, rect);
        }
        if rect.height() > 3.0 {
            scene.line(&[(rect.left, top), (rect.right, top)], 1.0, WHITE);
        }
    }
    scene.text((center, y.at(sum) - 8.0), Text::new(number::short(sum * factor)).align(Align::Center));
}
