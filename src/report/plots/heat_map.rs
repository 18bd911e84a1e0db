//! Share of requests that are accepted over two numeric axes: a field per cell, coloured and written on.

use super::arrange::name;
use super::choice::{MOST_PANELS, agree, number_of};
use super::multiples::{LINE_GAP, titles};
use super::prelude::*;
use crate::scenario::axis_title;
use plotters::style::colors::colormaps::ViridisRGB;

/// More values than this nobody reads.
const MOST_VALUES: usize = 150;
/// Up to this many fields of a panel tell their values under the pointer.
const MOST_TOLD: usize = 1000;
/// Room for the colour bar and its labels.
const BAR_ROOM: f64 = 130.0;
const BAR_WIDTH: f64 = 26.0;
const BAR_STEPS: usize = 40;

/// Two axes, and the fields of every panel.
struct Map {
    x: Quantity,
    y: Quantity,
    panels: Vec<(String, Vec<Field>)>,
    /// The rates between which colours lie.
    range: (f64, f64),
    /// The corner between fields left of which N is below 3F + 1, a row each; `None` where the axes are others, or where
    /// all fields lie on one side.
    boundary: Option<Vec<usize>>,
}

/// The rate of a cell, and the indices of its place.
struct Field {
    column: usize,
    row: usize,
    rate: f64,
}

/// Draws the picture; nothing without two numeric axes or where all rates are equal.
pub(super) fn draw(figure: &Figure<'_>) -> Option<Scene> {
    let (map, count) = map(figure.run)?;
    let mut facts = figure.facts();
    // The rest of the subtitle is about what series have in common; panels tell that here.
    facts.truncate(2);
    let mut page = Page::new(&map.title(), facts, &notes(&map, count), &figure.run.id);
    let multiple = map.panels.len() > 1;
    let widest = map.y.values.iter().map(|value| font::width(&map.y.tick(*value), TEXT, false)).fold(0.0, f64::max);
    let top = page.body.top + if multiple { 26.0 } else { 0.0 };
    let left = page.body.left.max(40.0 + 24.0 + widest);
    let body = Rect { left, top, right: page.body.right - BAR_ROOM, ..page.body };
    let grid = Grid::new(body, map.panels.len(), multiples::columns(map.panels.len()), (30.0, LINE_GAP));
    let labels = labels(&map, grid.plots[0]);
    let names: Vec<String> = map.panels.iter().map(|(name, _)| name.clone()).collect();
    for (index, (_, fields)) in map.panels.iter().enumerate() {
        let plot = grid.plots[index];
        draw_fields(&mut page.scene, &map, fields, labels, plot);
        ticks(&mut page.scene, &map, plot, (grid.is_first(index), grid.is_last(index)));
        if multiple {
            titles(&mut page.scene, &names, index, (plot, plot.width() + 20.0));
        }
    }
    frame::axis_name(&mut page.scene, body, 62.0, &map.x.title());
    let above = body.top - if multiple { 42.0 } else { 20.0 };
    page.scene.text((40.0, above), Text::new(map.y.title()).color(MUTED));
    page.scene.text((page.body.right, above), Text::new("Accepted [%]").align(Align::Right).color(MUTED));
    bar(&mut page.scene, map.range, Rect { left: body.right + 40.0, right: body.right + 40.0 + BAR_WIDTH, ..body });
    Some(page.scene)
}

/// The map of a run, and how many panels it would have if there were room for all.
fn map(run: &RunSummary) -> Option<(Map, usize)> {
    let (x_axis, y_axis, rest) = choice::plane(run)?;
    let (x, y) = (Quantity::of(run, x_axis), Quantity::of(run, y_axis));
    let mut panels: Vec<(&CellSummary, Vec<Field>)> = Vec::new();
    for (cell, rate) in run.cells.iter().filter_map(|cell| Some((cell, value(cell, Metric::Accepted)?))) {
        let place = |side: &Quantity, axis| side.values.iter().position(|value| Some(*value) == number_of(cell, axis));
        let field = Field { column: place(&x, x_axis)?, row: place(&y, y_axis)?, rate: rate.clamp(0.0, 1.0) };
        match panels.iter_mut().find(|(sample, _)| agree(sample, cell, &rest)) {
            Some((_, fields)) => fields.push(field),
            None => panels.push((cell, vec![field])),
        }
    }
    let count = panels.len();
    panels.truncate(MOST_PANELS);
    let (least, most) = extent(panels.iter().flat_map(|(_, fields)| fields).map(|field| field.rate));
    // One colour everywhere tells nothing; without any rate the extent is empty.
    if least >= most {
        return None;
    }
    // What is near 1 everywhere would otherwise have one colour.
    let low = [0.999, 0.99, 0.9].into_iter().find(|low| least >= *low && least < 1.0).unwrap_or(0.0);
    let boundary = if choice::is_dons(run, x_axis, y_axis) { boundary(&x, &y) } else { None };
    let panels = panels.into_iter().map(|(sample, fields)| (name(run, sample, &rest), fields)).collect();
    Some((Map { x, y, panels, range: (low, 1.0), boundary }, count))
}

/// The corners of N = 3F + 1, a row each.
fn boundary(x: &Quantity, y: &Quantity) -> Option<Vec<usize>> {
    let columns = x.values.len();
    let first = |f: &f64| x.values.iter().position(|n| *n >= 3.0 * f + 1.0).unwrap_or(columns);
    let corners: Vec<usize> = y.values.iter().map(first).collect();
    corners.iter().any(|corner| *corner > 0 && *corner < columns).then_some(corners)
}

fn notes(map: &Map, panels: usize) -> Vec<String> {
    let is_partial = map.panels.iter().any(|(_, fields)| fields.len() < map.places());
    let boundary = map.boundary.as_ref().map(|_| "line: N = 3F + 1, fewer nodes to its left".to_owned());
    let partial = is_partial.then(|| "hatched: not in the sweep".to_owned());
    let more = (panels > MOST_PANELS).then(|| format!("the first {MOST_PANELS} of {panels} panels"));
    boundary.into_iter().chain(partial).chain(more).collect()
}

impl Map {
    fn title(&self) -> String {
        let [x, y] = [&self.x, &self.y].map(|side| keys::in_sentence(&side.key));
        format!("Accepted requests over {x} and {y}")
    }

    /// Number of fields that a panel has room for.
    fn places(&self) -> usize {
        self.x.values.len() * self.y.values.len()
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

/// Writer of rates, if they are written.
type Labels = Option<fn(f64) -> String>;

/// The most telling way of writing rates that has room in the fields.
fn labels(map: &Map, plot: Rect) -> Labels {
    let fields = || map.panels.iter().flat_map(|(_, fields)| fields);
    let field = map.rect(0, 0, plot);
    if fields().count() > MOST_VALUES || field.height() < TEXT + 4.0 {
        return None;
    }
    let fits =
        |write: &fn(f64) -> String| fields().all(|it| font::width(&write(it.rate), TEXT, false) + 8.0 <= field.width());
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

fn draw_fields(scene: &mut Scene, map: &Map, fields: &[Field], labels: Labels, plot: Rect) {
    if fields.len() < map.places() {
        scene.rect(plot, GRID);
        hatch(scene, plot);
    }
    // A little paper between fields shows where equal ones meet.
    let rim = if labels.is_some() { 1.0 } else { 0.0 };
    for field in fields {
        let rect = map.rect(field.column, field.row, plot);
        let color = map.color(field.rate);
        if rim > 0.0 {
            scene.rect(rect, WHITE);
        }
        scene.rect(Rect { right: rect.right - rim, top: rect.top + rim, ..rect }, color);
        if let Some(write) = labels {
            let at = (rect.center(), f64::midpoint(rect.top, rect.bottom) + 6.5);
            scene.text(at, Text::new(write(field.rate)).align(Align::Center).color(ink(color)));
        }
    }
    for field in fields.iter().filter(|_| fields.len() <= MOST_TOLD) {
        let [x, y] = [(&map.x, field.column), (&map.y, field.row)]
            .map(|(side, at)| format!("{}: {}", axis_title(&side.key), side.write(side.values[at])));
        let rate = number::percent(field.rate);
        scene.spot(map.rect(field.column, field.row, plot), "", format!("{x}\n{y}\nAccepted {rate}"));
    }
    if let Some(corners) = &map.boundary {
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
fn ticks(scene: &mut Scene, map: &Map, plot: Rect, (left, below): (bool, bool)) {
    let mut free_from = 0.0;
    for (column, value) in map.x.values.iter().enumerate().filter(|_| below) {
        let rect = map.rect(column, 0, plot);
        let (x, label) = (rect.center(), map.x.tick(*value));
        let half = font::width(&label, TEXT, false) / 2.0;
        if x - half >= free_from {
            scene.text((x, plot.bottom + 28.0), Text::new(label).align(Align::Center));
            free_from = x + half + 8.0;
        }
    }
    let mut free_to = f64::INFINITY;
    for (row, value) in map.y.values.iter().enumerate().filter(|_| left) {
        let rect = map.rect(0, row, plot);
        let y = f64::midpoint(rect.top, rect.bottom) + 6.5;
        if y <= free_to {
            scene.text((plot.left - 12.0, y), Text::new(map.y.tick(*value)).align(Align::Right));
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
    let axis = Axis::linear(low, high, 5, 100.0).between(rect.bottom, rect.top);
    for tick in &axis.ticks {
        let y = axis.at(tick.value);
        scene.line(&[(rect.right, y), (rect.right + 6.0, y)], 1.0, FRAME);
        scene.text((rect.right + 12.0, y + 6.5), Text::new(&tick.label).color(INK));
    }
}
