//! What surrounds the data: title, subtitle, axes, grid, category names.

use super::axis::{Axis, BREAK, Tick, wants_log};
use super::font;
use super::number;
use super::scene::{Align, HEIGHT, Rect, Scene, TEXT, Text, WIDTH};
use super::study::{Across, Study};
use super::theme::{FRAME, GRID, MUTED, WHITE};
use super::{names, words};

const MARGIN: f64 = 40.0;
/// Between the parts of names and subtitles.
pub(super) const SEPARATOR: &str = " · ";
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
        let mut lines = font::wrap(facts.iter().map(String::as_str), SEPARATOR, TEXT, room, 2);
        if !notes.is_empty() {
            lines.extend(font::wrap(notes.iter().map(String::as_str), SEPARATOR, TEXT, room, 2));
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
}

/// The horizontal axis of a study, laid along `plot`.
pub(super) fn across(study: &Study<'_>, plot: Rect) -> Axis {
    match &study.across {
        Across::Categories { labels, .. } => {
            let last = labels.len() as f64 - 0.5;
            Axis::linear(-0.5, last, 1, 1.0).with_ticks(Vec::new()).between(plot.left, plot.right)
        }
        Across::Numbers { key, unit, values } => {
            let (low, high) = (values[0], values[values.len() - 1]);
            let (factor, _) = words::reading(key, unit, values);
            let most = (plot.width() / 80.0) as usize;
            // Sizes are doubled rather than added to.
            let sizes = *unit == "bytes" && values.len() > 2 && low > 0.0 && high >= 8.0 * low;
            let axis = if sizes || wants_log(low, high) {
                Axis::log(low, high, factor)
            } else {
                Axis::linear(low, high, most.max(2), factor)
            };
            let axis = axis.padded(0.03).between(plot.left, plot.right);
            let own = words::own_units(unit, values);
            let label = |v: f64| if own { words::value(key, unit, v, values) } else { number::short(v * factor) };
            let exact: Vec<Tick> = values.iter().map(|value| Tick::new(*value, label(*value))).collect();
            exact_ticks(axis, &exact, own)
        }
    }
}

/// Ticks at the values of the sweep where they fit; on a logarithmic axis every second or third of them otherwise, and
/// as few as it takes where `only` they have names.
fn exact_ticks(axis: Axis, exact: &[Tick], only: bool) -> Axis {
    let steps = if only {
        1..=exact.len()
    } else if axis.is_log() {
        1..=4
    } else {
        1..=1
    };
    for step in steps {
        let ticks: Vec<Tick> = exact.iter().step_by(step).cloned().collect();
        if ticks_fit(&axis, &ticks) {
            return axis.with_ticks(ticks);
        }
    }
    axis
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
    if let Some(y) = axis.tear() {
        scene.line(&[(plot.left, y), (plot.left, plot.bottom)], 1.0, FRAME);
        scene.line(&[(plot.left, y), (plot.left, plot.top)], 1.0, FRAME);
    }
    let left = if labelled { MARGIN.max(plot.left - SCALE_ROOM) } else { plot.left };
    scene.text((left, plot.top - 20.0), Text::new(name).color(MUTED));
}

/// Cuts the picture where a value axis breaks before its far values; for after the data, which is cut too.
pub(super) fn tear_value(scene: &mut Scene, plot: Rect, axis: &Axis) {
    let Some(y) = axis.tear() else { return };
    let half = BREAK / 2.0;
    scene.rect(Rect { left: plot.left - 8.0, right: plot.right + 8.0, top: y - half, bottom: y + half }, WHITE);
    for edge in [y - half, y + half] {
        scene.line(&[(plot.left - 8.0, edge + 3.5), (plot.left + 8.0, edge - 3.5)], 1.5, FRAME);
    }
}

/// Cuts the picture where the horizontal axis breaks before its far values; for after the data, which is cut too.
pub(super) fn tear_base(scene: &mut Scene, plot: Rect, axis: &Axis) {
    let Some(x) = axis.tear() else { return };
    let half = BREAK / 2.0;
    scene.rect(Rect { left: x - half, right: x + half, top: plot.top - 12.0, bottom: plot.bottom + 12.0 }, WHITE);
    for edge in [x - half, x + half] {
        scene.line(&[(edge - 3.5, plot.bottom + 8.0), (edge + 3.5, plot.bottom - 8.0)], 1.5, FRAME);
    }
}

/// Line, ticks, labels and name of the horizontal axis.
pub(super) fn base_axis(scene: &mut Scene, plot: Rect, axis: &Axis, name: &str) {
    base_ticks(scene, plot, axis, true);
    let center = f64::midpoint(plot.left, plot.right);
    scene.text((center, plot.bottom + 62.0), Text::new(name).align(Align::Center).color(MUTED));
}

/// Line and ticks of the horizontal axis, with or without their labels.
pub(super) fn base_ticks(scene: &mut Scene, plot: Rect, axis: &Axis, labelled: bool) {
    scene.line(&[(plot.left, plot.bottom), (plot.right, plot.bottom)], 1.5, FRAME);
    let mut free_from = 0.0;
    for tick in &axis.ticks {
        let x = axis.at(tick.value);
        scene.line(&[(x, plot.bottom), (x, plot.bottom + 7.0)], 1.5, FRAME);
        let half = font::width(&tick.label, TEXT, false) / 2.0;
        let torn = axis.tear().is_some_and(|tear| (x - tear).abs() < half + BREAK / 2.0);
        if labelled && x - half >= free_from && !torn {
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
pub(super) fn panel_gap(study: &Study<'_>, plot: Rect) -> f64 {
    let ticks = across(study, plot).ticks;
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
pub(super) fn centred(scene: &mut Scene, at: (f64, f64), lines: &[String]) {
    for (index, line) in lines.iter().enumerate() {
        scene.text((at.0, at.1 + 22.0 * index as f64), Text::new(line).align(Align::Center));
    }
}

/// Draws the horizontal axis of `study` below `plot`.
pub(super) fn below(scene: &mut Scene, study: &Study<'_>, plot: Rect) -> Axis {
    let (axis, name) = (across(study, plot), study.axis_name());
    match &study.across {
        Across::Categories { labels, .. } => {
            let lines = categories(scene, plot, labels);
            let center = f64::midpoint(plot.left, plot.right);
            scene.text(
                (center, plot.bottom + 38.0 + 22.0 * lines as f64),
                Text::new(name).align(Align::Center).color(MUTED),
            );
        }
        Across::Numbers { .. } => base_axis(scene, plot, &axis, &name),
    }
    axis
}
