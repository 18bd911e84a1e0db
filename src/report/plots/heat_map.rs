//! How many requests are accepted over two numeric axes: a field a cell, coloured and written on.

use super::arrange::name;
use super::axis::extent;
use super::choice::{self, MOST_PANELS, number, text};
use super::frame::Page;
use super::labels::hatch;
use super::multiples::{Grid, LINE_GAP};
use super::scene::{Align, Rect, Scene, TEXT, Text};
use super::study::Study;
use super::theme::{BLACK, FRAME, GRID, INK, MUTED, VERMILLION, WHITE};
use super::{font, names, number, words};
use crate::experiment::{CellSummary, Metric, RunSummary};
use plotters::style::RGBColor;
use plotters::style::colors::colormaps::ViridisRGB;

/// More values than this nobody reads.
const MOST_VALUES: usize = 150;
/// Room for the colour bar and its labels.
const BAR_ROOM: f64 = 130.0;
const BAR_WIDTH: f64 = 26.0;
const BAR_STEPS: usize = 40;

/// Two axes, and the fields of every panel.
struct Map<'a> {
    run: &'a RunSummary,
    x: Side,
    y: Side,
    panels: Vec<(String, Vec<Field<'a>>)>,
    /// The rates between which colours lie.
    range: (f64, f64),
    notes: Vec<String>,
}

/// An axis of the map: its key and its values, rising.
struct Side {
    key: String,
    unit: &'static str,
    values: Vec<f64>,
}

/// A cell and the indices of its place.
struct Field<'a> {
    column: usize,
    row: usize,
    cell: &'a CellSummary,
}

/// Draws the picture; nothing without two numeric axes or where all rates are equal.
pub(super) fn draw(study: &Study<'_>) -> Option<Scene> {
    let map = arrange(study.run)?;
    let mut facts = study.facts();
    // The rest of the subtitle is about what series have in common; panels tell that here.
    facts.truncate(2);
    let mut page = Page::new(&map.title(), facts, &map.notes, &map.run.id);
    let columns = match map.panels.len() {
        0..=3 => map.panels.len(),
        count => count.div_ceil(2),
    };
    let top = page.body.top + if map.panels.len() > 1 { 26.0 } else { 0.0 };
    let left = page.body.left.max(40.0 + 24.0 + map.y.widest());
    let body = Rect { left, top, right: page.body.right - BAR_ROOM, ..page.body };
    let grid = Grid::new(body, map.panels.len(), columns, (30.0, LINE_GAP));
    let labels = labels(&map, &grid);
    let titles: Vec<String> = map.panels.iter().map(|(title, _)| title.clone()).collect();
    let titles =
        names::distinct(&titles, |at, title| vec![font::fit(title, TEXT, true, grid.plots[at].width() + 20.0)]);
    for (index, (_, fields)) in map.panels.iter().enumerate() {
        let plot = grid.plots[index];
        fields_of(&mut page.scene, &map, fields, labels, plot);
        ticks(&mut page.scene, &map, plot, (grid.is_first(index), grid.is_last(index)));
        if map.panels.len() > 1 {
            let at = (f64::midpoint(plot.left, plot.right), plot.top - 14.0);
            page.scene.text(at, Text::new(titles[index].concat()).bold(TEXT).align(Align::Center));
        }
    }
    let name = Text::new(map.x.name()).align(Align::Center).color(MUTED);
    page.scene.text((f64::midpoint(body.left, body.right), body.bottom + 62.0), name);
    let above = body.top - if map.panels.len() > 1 { 42.0 } else { 20.0 };
    page.scene.text((40.0, above), Text::new(map.y.name()).color(MUTED));
    page.scene.text((page.body.right, above), Text::new("Accepted [%]").align(Align::Right).color(MUTED));
    bar(&mut page.scene, map.range, Rect { left: body.right + 40.0, right: body.right + 40.0 + BAR_WIDTH, ..body });
    Some(page.scene)
}

fn arrange(run: &RunSummary) -> Option<Map<'_>> {
    let (x, y, rest) = choice::plane(run)?;
    let side = |axis: usize| {
        let mut values: Vec<f64> = run.cells.iter().filter_map(|cell| number(cell, axis)).collect();
        values.sort_by(f64::total_cmp);
        values.dedup();
        let unit = run.cells.first().and_then(|cell| cell.axes.get(axis)).map_or("", |value| value.unit);
        Side { key: run.axes[axis].key.clone(), unit, values }
    };
    let (x_side, y_side) = (side(x), side(y));
    let same = |a: &CellSummary, b: &CellSummary| rest.iter().all(|axis| text(a, *axis) == text(b, *axis));
    let mut panels: Vec<(&CellSummary, Vec<Field<'_>>)> = Vec::new();
    for cell in run.cells.iter().filter(|cell| rate(cell).is_some()) {
        let place = |side: &Side, axis| side.values.iter().position(|value| Some(*value) == number(cell, axis));
        let field = Field { column: place(&x_side, x)?, row: place(&y_side, y)?, cell };
        match panels.iter_mut().find(|(sample, _)| same(sample, cell)) {
            Some((_, fields)) => fields.push(field),
            None => panels.push((cell, vec![field])),
        }
    }
    let count = panels.len();
    panels.truncate(MOST_PANELS);
    let rates = panels.iter().flat_map(|(_, fields)| fields).filter_map(|field| rate(field.cell));
    let (least, most) = extent(rates);
    // One colour everywhere tells nothing; without any rate the extent is empty.
    if least >= most {
        return None;
    }
    let panels: Vec<_> = panels.into_iter().map(|(sample, fields)| (name(run, sample, &rest), fields)).collect();
    // What is near 1 everywhere would otherwise have one colour.
    let low = [0.999, 0.99, 0.9].into_iter().find(|low| least >= *low && least < 1.0).unwrap_or(0.0);
    let mut map = Map { run, x: x_side, y: y_side, panels, range: (low, 1.0), notes: Vec::new() };
    map.notes = notes(&map, count, choice::is_dons(run, x, y));
    Some(map)
}

fn notes(map: &Map<'_>, panels: usize, dons: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if dons && map.boundary().is_some() {
        notes.push("line: N = 3F + 1, fewer nodes to its left".to_owned());
    }
    let all = map.x.values.len() * map.y.values.len();
    if map.panels.iter().any(|(_, fields)| fields.len() < all) {
        notes.push("hatched: not in the sweep".to_owned());
    }
    if panels > MOST_PANELS {
        notes.push(format!("the first {MOST_PANELS} of {panels} panels"));
    }
    notes
}

fn rate(cell: &CellSummary) -> Option<f64> {
    cell.estimate(Metric::Accepted)?.value.filter(|rate| rate.is_finite()).map(|rate| rate.clamp(0.0, 1.0))
}

impl Side {
    fn name(&self) -> String {
        if words::own_units(self.unit, &self.values) {
            return words::axis_name(&self.key);
        }
        words::with_unit(&words::axis_name(&self.key), &words::reading(&self.key, self.unit, &self.values).1)
    }

    fn label(&self, index: usize) -> String {
        let value = self.values[index];
        if words::own_units(self.unit, &self.values) {
            return words::value(&self.key, self.unit, value, &self.values);
        }
        number::short(value * words::reading(&self.key, self.unit, &self.values).0)
    }

    fn widest(&self) -> f64 {
        (0..self.values.len()).map(|index| font::width(&self.label(index), TEXT, false)).fold(0.0, f64::max)
    }
}

impl Map<'_> {
    fn title(&self) -> String {
        let lower = |side: &Side| words::panel_name(&side.key);
        format!("Accepted requests over {} and {}", lower(&self.x), lower(&self.y))
    }

    /// The corner between fields left of which N is below 3F + 1, a row each; `None` where the axes are others, or where
    /// all fields lie on one side.
    fn boundary(&self) -> Option<Vec<usize>> {
        if self.x.key != "capability_don.nodes" || self.y.key != "capability_don.f" {
            return None;
        }
        let columns = self.x.values.len();
        let first = |f: &f64| self.x.values.iter().position(|n| *n >= 3.0 * f + 1.0).unwrap_or(columns);
        let corners: Vec<usize> = self.y.values.iter().map(first).collect();
        corners.iter().any(|corner| *corner > 0 && *corner < columns).then_some(corners)
    }

    fn rect(&self, column: usize, row: usize, plot: Rect) -> Rect {
        let (width, height) = (plot.width() / self.x.values.len() as f64, plot.height() / self.y.values.len() as f64);
        let (left, bottom) = (plot.left + width * column as f64, plot.bottom - height * row as f64);
        Rect { left, right: left + width, top: bottom - height, bottom }
    }

    fn color(&self, rate: f64) -> RGBColor {
        let (low, high) = self.range;
        ViridisRGB::get_color_normalized(rate.clamp(low, high), low, high)
    }
}

/// How rates are written, if they are.
type Labels = Option<fn(f64) -> String>;

/// The most telling way of writing rates that has room in the fields.
fn labels(map: &Map<'_>, grid: &Grid) -> Labels {
    let fields = || map.panels.iter().flat_map(|(_, fields)| fields);
    let field = map.rect(0, 0, grid.plots[0]);
    if fields().count() > MOST_VALUES || field.height() < TEXT + 4.0 {
        return None;
    }
    let fits = |write: &fn(f64) -> String| {
        fields()
            .filter_map(|field| rate(field.cell))
            .all(|rate| font::width(&write(rate), TEXT, false) + 8.0 <= field.width())
    };
    [full as fn(f64) -> String, whole].into_iter().find(fits)
}

/// A rate in percent, told from 0 and from 100.
fn full(rate: f64) -> String {
    number::percent(rate).trim_end_matches(" %").to_owned()
}

/// The same without decimals.
fn whole(rate: f64) -> String {
    match rate {
        0.0 => "0".to_owned(),
        rate if rate < 0.01 => "<1".to_owned(),
        1.0 => "100".to_owned(),
        rate if rate > 0.99 => ">99".to_owned(),
        rate => number::fixed(rate * 100.0, 0),
    }
}

fn fields_of(scene: &mut Scene, map: &Map<'_>, fields: &[Field<'_>], labels: Labels, plot: Rect) {
    if fields.len() < map.x.values.len() * map.y.values.len() {
        scene.rect(plot, GRID);
        hatch(scene, plot);
    }
    // A little paper between fields shows where equal ones meet.
    let rim = if labels.is_some() { 1.0 } else { 0.0 };
    for field in fields {
        let (rect, Some(rate)) = (map.rect(field.column, field.row, plot), rate(field.cell)) else { continue };
        let color = map.color(rate);
        if rim > 0.0 {
            scene.rect(rect, WHITE);
        }
        scene.rect(Rect { right: rect.right - rim, top: rect.top + rim, ..rect }, color);
        if let Some(write) = labels {
            let at = (f64::midpoint(rect.left, rect.right), f64::midpoint(rect.top, rect.bottom) + 6.5);
            scene.text(at, Text::new(write(rate)).align(Align::Center).color(ink(color)));
        }
    }
    if let Some(corners) = map.boundary() {
        let mut line = Vec::new();
        for (row, corner) in corners.iter().enumerate() {
            let rect = map.rect(*corner, row, plot);
            line.extend([(rect.left, rect.bottom), (rect.left, rect.top)]);
        }
        scene.line(&line, 6.0, WHITE);
        scene.line(&line, 3.0, VERMILLION);
    }
}

/// Black or white, whichever stands out more from `ground` by the contrast of WCAG 2.
fn ink(ground: RGBColor) -> RGBColor {
    let linear = |channel: u8| {
        let share = f64::from(channel) / 255.0;
        if share <= 0.040_45 { share / 12.92 } else { libm::pow((share + 0.055) / 1.055, 2.4) }
    };
    let luminance = 0.2126 * linear(ground.0) + 0.7152 * linear(ground.1) + 0.0722 * linear(ground.2);
    if (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) { BLACK } else { WHITE }
}

/// Values below and at the left, as many as have room.
fn ticks(scene: &mut Scene, map: &Map<'_>, plot: Rect, (left, below): (bool, bool)) {
    let mut free_from = 0.0;
    for column in 0..map.x.values.len() {
        let rect = map.rect(column, 0, plot);
        let (x, label) = (f64::midpoint(rect.left, rect.right), map.x.label(column));
        let half = font::width(&label, TEXT, false) / 2.0;
        if below && x - half >= free_from {
            scene.text((x, plot.bottom + 28.0), Text::new(label).align(Align::Center));
            free_from = x + half + 8.0;
        }
    }
    let mut free_to = f64::INFINITY;
    for row in 0..map.y.values.len() {
        let rect = map.rect(0, row, plot);
        let y = f64::midpoint(rect.top, rect.bottom) + 6.5;
        if left && y <= free_to {
            scene.text((plot.left - 12.0, y), Text::new(map.y.label(row)).align(Align::Right));
            free_to = y - TEXT - 4.0;
        }
    }
}

/// The colours of rates, from below up.
fn bar(scene: &mut Scene, (low, high): (f64, f64), rect: Rect) {
    let step = rect.height() / BAR_STEPS as f64;
    for index in 0..BAR_STEPS {
        let bottom = rect.bottom - step * index as f64;
        let color = ViridisRGB::get_color((index as f64 + 0.5) / BAR_STEPS as f64);
        // Each reaches a little under the next, so that no seam shows.
        let top = if index + 1 < BAR_STEPS { bottom - step - 0.5 } else { rect.top };
        scene.rect(Rect { top, bottom, ..rect }, color);
    }
    let axis = super::axis::Axis::linear(low, high, 5, 100.0).between(rect.bottom, rect.top);
    for tick in &axis.ticks {
        let y = axis.at(tick.value);
        scene.line(&[(rect.right, y), (rect.right + 6.0, y)], 1.0, FRAME);
        scene.text((rect.right + 12.0, y + 6.5), Text::new(&tick.label).color(INK));
    }
}
