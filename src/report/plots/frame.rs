//! Surroundings of the data: title, subtitle, axes, grid, category names.

use super::axis::{Axis, BREAK, Tick, wants_log};
use super::figure::{Figure, Horizontal};
use super::scene::{Align, HEIGHT, Point, Rect, Scene, TEXT, Text, WIDTH};
use super::theme::{FRAME, GRID, MUTED, WHITE};
use super::{font, names};

const MARGIN: f64 = 40.0;
const LINE: f64 = 24.0;
/// Room left of a plot for the labels of its value axis.
pub(super) const SCALE_ROOM: f64 = 78.0;

/// A page with its title and subtitle, and the place that is left for plots.
pub(super) struct Page {
    pub(super) scene: Scene,
    /// The area inside of all axes, labels at the right included.
    pub(super) body: Rect,
}

impl Page {
    /// A page; `facts` are what the subtitle says, `notes` what readers have to know about this picture.
    pub(super) fn new(title: &str, mut facts: Vec<String>, notes: &[String], id: &str) -> Self {
        let mut scene = Scene::default();
        let room = WIDTH - 2.0 * MARGIN;
        let size = if font::width(title, 28.0, true) <= room { 28.0 } else { 22.0 };
        scene.text((MARGIN, 54.0), Text::new(font::fit(title, size, true, room)).bold(size));
        facts.push(format!("run {id}"));
        let facts: Vec<String> = facts.iter().map(|fact| font::fit(fact, TEXT, false, 420.0)).collect();
        let mut lines = font::wrap(facts.iter().map(String::as_str), font::SEPARATOR, TEXT, room, 2);
        if !notes.is_empty() {
            lines.extend(font::wrap(notes.iter().map(String::as_str), font::SEPARATOR, TEXT, room, 2));
        }
        let mut baseline = 60.0;
        for line in lines {
            baseline += LINE;
            scene.text((MARGIN, baseline), Text::new(line).color(MUTED));
        }
        let body =
            Rect { left: MARGIN + SCALE_ROOM, top: baseline + 62.0, right: WIDTH - MARGIN, bottom: HEIGHT - 92.0 };
        Self { scene, body }
    }

    /// The page of a figure, with what it tells besides the figure's own facts and notes.
    pub(super) fn of(figure: &Figure<'_>, subject: &str, fact: &str, notes: &[String]) -> Self {
        let mut facts = figure.facts();
        facts.extend(Some(fact.to_owned()).filter(|fact| !fact.is_empty()));
        let notes = [&figure.notes(), notes].concat();
        Self::new(&figure.title(subject), facts, &notes, &figure.run.id)
    }
}

/// Draws a picture with its notes, and a second time where lines lie on each other: that is known only once they are
/// placed, and saying so moves everything down.
pub(super) fn twice(mut notes: Vec<String>, draw: impl Fn(&[String]) -> (Scene, Option<String>)) -> Scene {
    let (scene, overlap) = draw(&notes);
    let Some(overlap) = overlap else { return scene };
    notes.push(overlap);
    draw(&notes).0
}

/// The horizontal axis of a figure, laid along `plot`, with ticks at the values of the sweep where they fit; on a
/// logarithmic axis at every second or third of them otherwise, and as few as it takes where each has a unit.
pub(super) fn across(figure: &Figure<'_>, plot: Rect) -> Axis {
    let quantity = match &figure.horizontal {
        Horizontal::Numbers(quantity) => quantity,
        Horizontal::Categories { labels, .. } => {
            let last = labels.len() as f64 - 0.5;
            return Axis::linear(-0.5, last, 1, 1.0).with_ticks(Vec::new()).between(plot.left, plot.right);
        }
    };
    let (low, high) = quantity.ends();
    // Sizes are doubled rather than added to.
    let sizes = quantity.unit == "bytes" && quantity.values.len() > 2 && low > 0.0 && high >= 8.0 * low;
    let axis = if sizes || wants_log(low, high) {
        Axis::log(low, high, quantity.factor())
    } else {
        Axis::linear(low, high, ((plot.width() / 80.0) as usize).max(2), quantity.factor())
    };
    let axis = axis.padded(0.03).between(plot.left, plot.right);
    let all: Vec<Tick> = quantity.values.iter().map(|value| Tick::new(*value, quantity.tick(*value))).collect();
    let most = match (quantity.has_own_units(), axis.is_log()) {
        (true, _) => all.len(),
        (false, true) => 4,
        (false, false) => 1,
    };
    let mut choices = (1..=most).map(|step| all.iter().step_by(step).cloned().collect::<Vec<_>>());
    match choices.find(|ticks| ticks_fit(&axis, ticks)) {
        Some(ticks) => axis.with_ticks(ticks),
        None => axis,
    }
}

fn ticks_fit(axis: &Axis, ticks: &[Tick]) -> bool {
    let half = |tick: &Tick| font::width(&tick.label, TEXT, false) / 2.0;
    ticks
        .windows(2)
        .all(|pair| axis.at(pair[1].value) - axis.at(pair[0].value) > half(&pair[0]) + half(&pair[1]) + 10.0)
}

/// Grid, labels and name of a value axis; the name stands above the plot, where it needs no turning of heads.
pub(super) fn value_axis(scene: &mut Scene, plot: Rect, axis: &Axis, name: &str, labelled: bool) {
    for tick in &axis.ticks {
        let y = axis.at(tick.value);
        scene.line(&[(plot.left, y), (plot.right, y)], 1.0, GRID);
        if labelled {
            scene.text((plot.left - 12.0, y + 6.5), Text::new(&tick.label).align(Align::Right));
        }
    }
    if axis.is_log() {
        for value in &axis.minor {
            let y = axis.at(*value);
            scene.line(&[(plot.left - 5.0, y), (plot.left, y)], 1.0, FRAME);
        }
        scene.line(&[(plot.left, plot.top), (plot.left, plot.bottom)], 1.0, FRAME);
    }
    if let Some(y) = axis.gap() {
        scene.line(&[(plot.left, y - 4.0), (plot.left, y + 4.0)], 4.0, WHITE);
        for dy in [-4.0, 4.0] {
            scene.line(&[(plot.left - 7.0, y + dy + 3.0), (plot.left + 7.0, y + dy - 3.0)], 1.0, FRAME);
        }
    }
    if let Some(y) = axis.axis_break() {
        scene.line(&[(plot.left, y), (plot.left, plot.bottom)], 1.0, FRAME);
        scene.line(&[(plot.left, y), (plot.left, plot.top)], 1.0, FRAME);
    }
    let left = if labelled { MARGIN.max(plot.left - SCALE_ROOM) } else { plot.left };
    scene.text((left, plot.top - 20.0), Text::new(name).color(MUTED));
}

/// Cuts the picture where a value axis breaks before its far values; for after the data, which is cut too.
pub(super) fn break_value(scene: &mut Scene, plot: Rect, axis: &Axis) {
    let Some(y) = axis.axis_break() else { return };
    let (top, bottom) = (y - BREAK / 2.0, y + BREAK / 2.0);
    let edge = |y: f64| [(plot.left - 8.0, y + 3.5), (plot.left + 8.0, y - 3.5)];
    cut(scene, Rect { left: plot.left - 8.0, right: plot.right + 8.0, top, bottom }, [edge(top), edge(bottom)]);
}

/// The same where the horizontal axis breaks.
pub(super) fn break_base(scene: &mut Scene, plot: Rect, axis: &Axis) {
    let Some(x) = axis.axis_break() else { return };
    let (left, right) = (x - BREAK / 2.0, x + BREAK / 2.0);
    let edge = |x: f64| [(x - 3.5, plot.bottom + 8.0), (x + 3.5, plot.bottom - 8.0)];
    cut(scene, Rect { left, right, top: plot.top - 12.0, bottom: plot.bottom + 12.0 }, [edge(left), edge(right)]);
}

fn cut(scene: &mut Scene, gap: Rect, edges: [[Point; 2]; 2]) {
    scene.rect(gap, WHITE);
    for edge in edges {
        scene.line(&edge, 1.5, FRAME);
    }
}

/// Draws the horizontal axis of `figure` below `plot`, with its labels and its name where it has such.
pub(super) fn below(scene: &mut Scene, figure: &Figure<'_>, plot: Rect, labelled: bool, name: &str) -> Axis {
    let axis = across(figure, plot);
    match &figure.horizontal {
        Horizontal::Categories { labels, .. } if labelled => {
            let lines = categories(scene, plot, labels);
            axis_name(scene, plot, 38.0 + 22.0 * lines as f64, name);
        }
        _ => {
            base_ticks(scene, plot, &axis, labelled);
            axis_name(scene, plot, 62.0, name);
        }
    }
    axis
}

/// The name of a horizontal axis, this far below the middle of `plot`.
pub(super) fn axis_name(scene: &mut Scene, plot: Rect, depth: f64, name: &str) {
    let at = (plot.center(), plot.bottom + depth);
    scene.text(at, Text::new(name).align(Align::Center).color(MUTED));
}

/// Line and ticks of the horizontal axis, with or without their labels.
pub(super) fn base_ticks(scene: &mut Scene, plot: Rect, axis: &Axis, labelled: bool) {
    scene.line(&[(plot.left, plot.bottom), (plot.right, plot.bottom)], 1.5, FRAME);
    let mut free_from = 0.0;
    for tick in &axis.ticks {
        let x = axis.at(tick.value);
        scene.line(&[(x, plot.bottom), (x, plot.bottom + 7.0)], 1.5, FRAME);
        let half = font::width(&tick.label, TEXT, false) / 2.0;
        let broken = axis.axis_break().is_some_and(|at| (x - at).abs() < half + BREAK / 2.0);
        if labelled && x - half >= free_from && !broken {
            scene.text((x, plot.bottom + 28.0), Text::new(&tick.label).align(Align::Center));
            free_from = x + half + 8.0;
        }
    }
    for value in &axis.minor {
        let x = axis.at(*value);
        scene.line(&[(x, plot.bottom), (x, plot.bottom + 4.0)], 1.0, FRAME);
    }
}

/// Room between plots of the width of `plot`, so that the labels at their corners do not meet.
pub(super) fn panel_gap(figure: &Figure<'_>, plot: Rect) -> f64 {
    let ticks = across(figure, plot).ticks;
    ticks.iter().map(|tick| Text::new(&tick.label).width() + 6.0).fold(0.0, f64::max)
}

/// A line at zero, where the axis reaches below it.
pub(super) fn zero_line(scene: &mut Scene, plot: Rect, axis: &Axis) {
    let y = axis.at(0.0);
    if y < plot.bottom - 1.0 {
        scene.line(&[(plot.left, y), (plot.right, y)], 1.5, FRAME);
    }
}

/// Names of categories below the plot, each within its slot; returns how many lines they take.
fn categories(scene: &mut Scene, plot: Rect, labels: &[String]) -> usize {
    scene.line(&[(plot.left, plot.bottom), (plot.right, plot.bottom)], 1.5, FRAME);
    let slot = plot.width() / labels.len().max(1) as f64;
    let names = names::distinct(labels, |_, label| names::wrap(label, slot - 10.0, 2));
    for (index, lines) in names.iter().enumerate() {
        centred(scene, (plot.left + slot * (index as f64 + 0.5), plot.bottom + 28.0), lines);
    }
    names.iter().map(Vec::len).fold(1, usize::max)
}

/// Centred lines, the first at `at`.
pub(super) fn centred(scene: &mut Scene, at: Point, lines: &[String]) {
    for (index, line) in lines.iter().enumerate() {
        scene.text((at.0, at.1 + 22.0 * index as f64), Text::new(line).align(Align::Center));
    }
}
