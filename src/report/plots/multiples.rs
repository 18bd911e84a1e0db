//! Small multiples: plots side by side or one below the other that share their axes.

use super::axis::Axis;
use super::curves::{self, Sample};
use super::figure::Figure;
use super::frame::{self, Page, twice};
use super::labels::Labels;
use super::plot::{self, Ground, Plot};
use super::scene::{Align, Rect, Scene, TEXT, Text};
use super::theme::MUTED;
use super::{font, names};
use crate::experiment::CellSummary;

/// Content of a row of plots.
pub(super) struct Measure<'m> {
    /// The name of its value axis, with the unit.
    pub(super) name: &'m str,
    /// The name of its values where that of the axis is another.
    pub(super) values: Option<&'m str>,
    pub(super) read: &'m dyn Fn(&CellSummary) -> Option<Sample>,
    /// The value axis for these samples, laid along a plot.
    pub(super) axis: &'m dyn Fn(&[Vec<Sample>], Rect) -> Axis,
    /// The ground below these samples.
    pub(super) ground: fn(&[Vec<Sample>]) -> Ground<'_>,
}

/// Between rows of plots: a title or the name of a value axis, and its distance to both.
pub(super) const LINE_GAP: f64 = 62.0;
const COLUMN_GAP: f64 = 26.0;
/// A single row of more plots than this is cut in two.
const MOST_COLUMNS: usize = 3;

/// Places of plots: in lines of equally many.
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

/// Number of plots that stand side by side.
pub(super) fn columns(panels: usize) -> usize {
    if panels > MOST_COLUMNS { panels.div_ceil(2) } else { panels }
}

/// The samples of a measure, by plot.
type Row = Vec<Vec<Vec<Sample>>>;

/// Draws a plot for every measure and panel of `figure`: measures are rows and panels columns. Without panels, measures are
/// columns where the horizontal axis is numeric, and rows otherwise.
pub(super) fn draw(figure: &Figure<'_>, subject: &str, notes: &[String], measures: &[Measure<'_>]) -> Scene {
    let plots = figure.plots();
    let row = |measure: &Measure<'_>| plots.iter().map(|figure| curves::samples(figure, measure.read)).collect();
    let rows: Vec<Row> = measures.iter().map(row).collect();
    let mut notes = notes.to_vec();
    notes.extend(plot::exact_note(figure, rows.iter().flatten().flatten().flatten()));
    twice(notes, |notes| picture(figure, Page::of(figure, subject, plot::intervals(figure), notes), measures, &rows))
}

fn picture(figure: &Figure<'_>, mut page: Page, measures: &[Measure<'_>], rows: &[Row]) -> (Scene, Option<String>) {
    let (plots, has_panels) = (figure.plots(), !figure.panels.is_empty());
    let shown: Vec<(&Figure<'_>, &[Vec<Sample>])> =
        rows.iter().flat_map(|row| plots.iter().copied().zip(row.iter().map(Vec::as_slice))).collect();
    let labels = Labels::new(plot::entries(figure, &shown, &[]));
    let top = page.body.top + if has_panels { 26.0 } else { 0.0 };
    let body = Rect { right: page.body.right - labels.width(), top, ..page.body };
    let columns = match measures.len() {
        1 if has_panels => columns(plots.len()),
        measures if !has_panels && figure.is_numeric() => measures,
        _ => plots.len(),
    };
    let narrow = Rect { right: body.left + body.width() / columns as f64, ..body };
    let grid = Grid::new(body, shown.len(), columns, (frame::panel_gap(figure, narrow).max(COLUMN_GAP), LINE_GAP));
    let x_name = figure.axis_name();
    let mut overlap = None;
    for (index, (own, samples)) in shown.into_iter().enumerate() {
        let (area, at) = (grid.plots[index], index / plots.len());
        let (measure, row) = (&measures[at], rows[at].concat());
        let plot = Plot {
            figure: own,
            samples,
            area,
            y: (measure.axis)(&row, area),
            y_name: "",
            y_labels: grid.is_first(index),
            x_name: if own.is_numeric() || !grid.is_last(index) { "" } else { &x_name },
            x_labels: grid.is_last(index),
            heading: "",
            values: measure.values.unwrap_or(measure.name),
            ground: (measure.ground)(&row),
        };
        let curves = plot.draw(&mut page.scene);
        overlap = overlap.or_else(|| plot::overlap_note(own, &curves));
        // Only the first row of plots carries titles where every column has its own.
        let has_title = has_panels && index < plots.len();
        if has_title {
            title(&mut page.scene, figure, index, area);
        }
        if index.is_multiple_of(plots.len()) {
            let left = if has_panels || !figure.is_numeric() { area.left - frame::SCALE_ROOM } else { area.left };
            let height = match (has_panels, has_title) {
                (true, true) => 42.0,
                (true, false) => 18.0,
                (false, _) => 20.0,
            };
            page.scene.text((left, area.top - height), Text::new(measure.name).color(MUTED));
        }
    }
    if figure.is_numeric() {
        frame::axis_name(&mut page.scene, body, 62.0, &x_name);
    }
    labels.draw(&mut page.scene, body);
    (page.scene, overlap)
}

/// The title of a panel above its plot: `payload = 64 KiB`, or the value alone where that has no room.
pub(super) fn title(scene: &mut Scene, figure: &Figure<'_>, index: usize, plot: Rect) {
    let room = plot.width() + COLUMN_GAP / 2.0;
    let full: Vec<String> = figure.panels.iter().map(|panel| figure.panel_title(panel)).collect();
    let all_fit = full.iter().all(|title| font::width(title, TEXT, true) <= room);
    let values = || figure.panels.iter().map(|panel| panel.value.clone()).collect();
    titles(scene, &if all_fit { full } else { values() }, index, (plot, room));
}

/// One of several titles above a plot, told apart from the others.
pub(super) fn titles(scene: &mut Scene, all: &[String], index: usize, (plot, room): (Rect, f64)) {
    let shown = names::distinct(all, |_, title| vec![font::fit(title, TEXT, true, room)]);
    let at = (plot.center(), plot.top - 14.0);
    scene.text(at, Text::new(shown[index].concat()).bold(TEXT).align(Align::Center));
}
