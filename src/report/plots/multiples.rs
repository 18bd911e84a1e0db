//! Small multiples: plots side by side or one below the other that share their axes.

use super::axis::Axis;
use super::curves::{self, Curve, Sample};
use super::frame::{self, Page};
use super::labels::{Entry, Labels, Swatch};
use super::layers;
use super::scene::{Align, Rect, Scene, TEXT, Text};
use super::study::{Across, Panel, Study};
use super::theme::MUTED;
use super::{font, latency, names, words};
use crate::experiment::CellSummary;

/// What a row of plots shows.
pub(super) struct Measure<'m> {
    /// The name of its value axis, with the unit.
    pub(super) name: &'m str,
    pub(super) read: &'m dyn Fn(&CellSummary) -> Option<Sample>,
    /// The value axis for these samples, laid along a plot.
    pub(super) axis: &'m dyn Fn(&[Vec<Sample>], Rect) -> Axis,
    pub(super) ground: Ground,
}

/// What is drawn below the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ground {
    Plain,
    /// A line at zero, where values lie on both sides of it.
    Zero,
    /// The deadline, where something lies beyond it.
    Deadline,
}

/// Between rows of plots: a title or the name of a value axis, and its distance to both.
pub(super) const LINE_GAP: f64 = 62.0;
const COLUMN_GAP: f64 = 26.0;
/// A single row of more plots than this is cut in two.
const MOST_COLUMNS: usize = 3;

/// A plot: the cells that it shows, and what of them.
struct Tile<'s, 'a> {
    panel: Option<&'s Panel<'a>>,
    study: &'s Study<'a>,
    measure: usize,
    samples: Vec<Vec<Sample>>,
}

/// Draws a plot for every measure and panel of `study`: measures are rows and panels columns. Without panels, measures are
/// columns where the axis below is numeric, and rows otherwise.
pub(super) fn draw(study: &Study<'_>, subject: &str, notes: &[String], measures: &[Measure<'_>]) -> Scene {
    let tiles = tiles(study, measures);
    let samples = || tiles.iter().flat_map(|tile| tile.samples.iter().flatten());
    let mut notes = notes.to_vec();
    notes.extend(curves::exact_note(samples(), study));
    let (scene, overlap) = picture(study, subject, &notes, (&tiles, measures));
    let Some(overlap) = overlap else { return scene };
    notes.push(overlap);
    picture(study, subject, &notes, (&tiles, measures)).0
}

fn tiles<'s, 'a>(study: &'s Study<'a>, measures: &[Measure<'_>]) -> Vec<Tile<'s, 'a>> {
    let tile = |measure: usize, panel: Option<&'s Panel<'a>>| {
        let study = panel.map_or(study, |panel| &panel.study);
        let samples = study.series.iter().map(|series| curves::samples(series, measures[measure].read)).collect();
        Tile { panel, study, measure, samples }
    };
    let row = |measure| -> Vec<Tile<'s, 'a>> {
        if study.panels.is_empty() {
            return vec![tile(measure, None)];
        }
        study.panels.iter().map(|panel| tile(measure, Some(panel))).collect()
    };
    (0..measures.len()).flat_map(row).collect()
}

/// Whether a plot needs the whole width.
fn is_wide(study: &Study<'_>) -> bool {
    matches!(study.across, Across::Categories { .. })
}

/// Where plots stand: in lines of equally many.
pub(super) struct Grid {
    pub(super) plots: Vec<Rect>,
    columns: usize,
}

impl Grid {
    pub(super) fn new(body: Rect, count: usize, columns: usize, (gap, line_gap): (f64, f64)) -> Self {
        let lines = count.div_ceil(columns);
        let width = (body.width() - gap * (columns - 1) as f64) / columns as f64;
        let height = (body.height() - line_gap * (lines - 1) as f64) / lines as f64;
        let plot = |index: usize| {
            let left = body.left + (width + gap) * (index % columns) as f64;
            let top = body.top + (height + line_gap) * (index / columns) as f64;
            Rect { left, top, right: left + width, bottom: top + height }
        };
        Self { plots: (0..count).map(plot).collect(), columns }
    }

    /// Whether a line begins with this plot.
    pub(super) fn is_first(&self, index: usize) -> bool {
        index.is_multiple_of(self.columns)
    }

    /// Whether no plot stands below.
    pub(super) fn is_last(&self, index: usize) -> bool {
        index + self.columns >= self.plots.len()
    }
}

/// How many plots stand side by side.
pub(super) fn columns(study: &Study<'_>, measures: usize) -> usize {
    match study.panels.len() {
        0 if is_wide(study) => 1,
        0 => measures,
        panels if measures == 1 && panels > MOST_COLUMNS => panels.div_ceil(2),
        panels => panels,
    }
}

type Content<'c, 's, 'a> = (&'c [Tile<'s, 'a>], &'c [Measure<'c>]);

fn picture(
    study: &Study<'_>,
    subject: &str,
    notes: &[String],
    (tiles, measures): Content<'_, '_, '_>,
) -> (Scene, Option<String>) {
    let labels = Labels::new(legend(study, tiles));
    let mut page = page(study, subject, notes);
    let top = page.body.top + if study.panels.is_empty() { 0.0 } else { 26.0 };
    let body = Rect { right: page.body.right - labels.width(), top, ..page.body };
    let columns = columns(study, measures.len());
    let narrow = Rect { right: body.left + body.width() / columns as f64, ..body };
    let grid = Grid::new(body, tiles.len(), columns, (frame::panel_gap(study, narrow).max(COLUMN_GAP), LINE_GAP));
    let mut note = None;
    for (index, tile) in tiles.iter().enumerate() {
        let curves = plot(&mut page.scene, (tile, tiles), &measures[tile.measure], &grid, index);
        note = note.or_else(|| layers::overlap_note(curves::named(tile.study, &curves)));
        heading(&mut page.scene, study, tile, measures[tile.measure].name, (&grid, index));
    }
    if !is_wide(study) {
        let center = f64::midpoint(body.left, body.right);
        let name = Text::new(study.axis_name()).align(Align::Center).color(MUTED);
        page.scene.text((center, body.bottom + 62.0), name);
    }
    labels.draw(&mut page.scene, body);
    (page.scene, note)
}

fn page(study: &Study<'_>, subject: &str, notes: &[String]) -> Page {
    let mut facts = study.facts();
    facts.push(curves::intervals(study));
    let mut all = self::notes(study);
    for note in notes {
        if !all.contains(note) {
            all.push(note.clone());
        }
    }
    Page::new(&titled(study, subject), facts, &all, &study.run.id)
}

/// A title that names what tells the panels apart, too.
pub(super) fn titled(study: &Study<'_>, subject: &str) -> String {
    let panel = study.panel_key.as_deref().map(|key| format!(", by {}", words::panel_name(key)));
    study.title(subject) + &panel.unwrap_or_default()
}

/// What is left out of the plots.
pub(super) fn notes(study: &Study<'_>) -> Vec<String> {
    if study.panels.is_empty() {
        return study.notes.clone();
    }
    let mut notes: Vec<String> = study.panels.iter().flat_map(|panel| panel.study.notes.clone()).collect();
    notes.dedup();
    notes
}

/// The title of a panel above its plot: `payload = 64 KiB`, or the value alone where that has no room.
pub(super) fn title(scene: &mut Scene, study: &Study<'_>, index: usize, plot: Rect) {
    let key = study.panel_key.as_deref().map(words::panel_name).unwrap_or_default();
    let room = plot.width() + COLUMN_GAP / 2.0;
    let fits = |title: &str| font::width(title, TEXT, true) <= room;
    let full = |panel: &Panel<'_>| format!("{key} = {}", panel.value);
    let all = study.panels.iter().all(|panel| fits(&full(panel)));
    let titles: Vec<String> =
        study.panels.iter().map(|panel| if all { full(panel) } else { panel.value.clone() }).collect();
    let titles = names::distinct(&titles, |_, title| vec![font::fit(title, TEXT, true, room)]);
    let at = (f64::midpoint(plot.left, plot.right), plot.top - 14.0);
    scene.text(at, Text::new(titles[index].concat()).bold(TEXT).align(Align::Center));
}

/// Axes and data of one plot.
fn plot(
    scene: &mut Scene,
    (tile, tiles): (&Tile<'_, '_>, &[Tile<'_, '_>]),
    measure: &Measure<'_>,
    grid: &Grid,
    index: usize,
) -> Vec<Curve> {
    let plot = grid.plots[index];
    let row: Vec<Vec<Sample>> =
        tiles.iter().filter(|other| other.measure == tile.measure).flat_map(|other| other.samples.clone()).collect();
    let y = (measure.axis)(&row, plot);
    frame::value_axis(scene, plot, &y, "", grid.is_first(index));
    let x = if is_wide(tile.study) && grid.is_last(index) {
        frame::below(scene, tile.study, plot)
    } else {
        let x = frame::across(tile.study, plot);
        frame::base_ticks(scene, plot, &x, grid.is_last(index));
        x
    };
    match measure.ground {
        Ground::Plain => {}
        Ground::Zero => frame::zero_line(scene, plot, &y),
        Ground::Deadline => {
            latency::deadline(scene, tile.study, &row, (&x, &y), plot);
            latency::all_beyond(scene, &row, plot);
        }
    }
    let curves = curves::place(tile.study, &tile.samples, &x, &y);
    curves::draw(scene, tile.study, &curves);
    if measure.ground != Ground::Deadline {
        curves::values(scene, tile.study, &tile.samples, (&x, &y), plot);
    }
    frame::tear_value(scene, plot, &y);
    curves
}

/// The title of a plot, and the name of its value axis where its row begins.
fn heading(scene: &mut Scene, study: &Study<'_>, tile: &Tile<'_, '_>, name: &str, (grid, index): (&Grid, usize)) {
    let plot = grid.plots[index];
    let name = Text::new(name).color(MUTED);
    if tile.panel.is_none() {
        let left = if is_wide(study) { plot.left - frame::SCALE_ROOM } else { plot.left };
        scene.text((left, plot.top - 20.0), name);
        return;
    }
    // Only the first row of plots carries titles where every column has its own.
    let first = tile.measure == 0;
    if first {
        title(scene, study, index, plot);
    }
    if index.is_multiple_of(study.panels.len()) {
        scene.text((plot.left - frame::SCALE_ROOM, plot.top - if first { 42.0 } else { 18.0 }), name);
    }
}

/// One entry a look, whatever panels it is in.
fn legend(study: &Study<'_>, tiles: &[Tile<'_, '_>]) -> Vec<Entry> {
    if !study.needs_labels() {
        return Vec::new();
    }
    let is_exact = |kin: &str| {
        let all = tiles.iter().flat_map(|tile| tile.study.series.iter().zip(&tile.samples));
        let mut samples = all
            .filter(|(series, _)| series.kin == kin)
            .flat_map(|(_, samples)| samples)
            .filter(|sample| !sample.beyond)
            .peekable();
        samples.peek().is_some() && samples.all(|sample| sample.exact.is_some())
    };
    let swatch = |kin: &str, look| match is_wide(study) {
        true => Swatch::Marker(look),
        false if is_exact(kin) => Swatch::Exact(look),
        false => Swatch::Line(look, look.color),
    };
    let entry = |series: &super::study::Series<'_>| Entry {
        text: series.kin.clone(),
        detail: None,
        swatch: swatch(&series.kin, series.look),
        end: None,
        leader: false,
    };
    study.legend().map(entry).filter(|entry| !entry.text.is_empty()).collect()
}
