//! A figure: what is compared in a run, along which axis, and in which style each series is drawn.

use super::keys;
use super::number;
use super::quantity::Quantity;
use super::theme::Style;
use crate::experiment::{CellSummary, Metric, RunSummary};
use crate::report::columns::common;
use crate::scenario::axis_title;

/// A run, arranged for drawing.
#[derive(Clone, Debug)]
pub(super) struct Figure<'a> {
    pub(super) run: &'a RunSummary,
    pub(super) horizontal: Horizontal,
    /// All that is compared, whatever panel it is in.
    pub(super) series: Vec<Series<'a>>,
    /// The same in small multiples; empty where one plot shows it all.
    pub(super) panels: Vec<Panel<'a>>,
    /// Key of the axis that tells the panels apart.
    pub(super) panel_key: Option<String>,
    /// Words about what is left out.
    pub(super) notes: Vec<String>,
}

/// The horizontal axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Horizontal {
    /// A numeric axis of the sweep.
    Numbers(Quantity),
    /// Names without an order, and the keys that they stand for; `each` when every series is one category of its own.
    Categories { keys: Vec<String>, labels: Vec<String>, each: bool },
}

/// Cells that differ only along the horizontal axis, and maybe in their panel.
#[derive(Clone, Debug)]
pub(super) struct Series<'a> {
    pub(super) label: String,
    pub(super) style: Style,
    pub(super) points: Vec<Place<'a>>,
}

/// A cell at its place: a value, or the index of a category.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) x: f64,
    pub(super) cell: &'a CellSummary,
}

/// One of several plots side by side.
#[derive(Clone, Debug)]
pub(super) struct Panel<'a> {
    /// The value that its cells have in common: `64 KiB`.
    pub(super) value: String,
    /// Its cells, along the same axis as everywhere, without panels of their own.
    pub(super) figure: Figure<'a>,
}

impl<'a> Figure<'a> {
    /// A figure without panels.
    pub(super) fn plain(run: &'a RunSummary, horizontal: Horizontal, series: Vec<Series<'a>>) -> Self {
        Self { run, horizontal, series, panels: Vec::new(), panel_key: None, notes: Vec::new() }
    }

    /// For pictures with room for one plot: draws the last of the panels that has something to show, and tells which.
    pub(super) fn single<T>(&self, draw: impl Fn(&Self) -> Option<T>) -> Option<T> {
        if self.panels.is_empty() {
            return draw(self);
        }
        self.panels.iter().rev().find_map(|panel| {
            let mut figure = panel.figure.clone();
            figure.notes.push(format!("{} only", self.panel_title(panel)));
            draw(&figure)
        })
    }

    /// The figures that are plotted: of every panel, or this one.
    pub(super) fn plots(&self) -> Vec<&Self> {
        if self.panels.is_empty() { vec![self] } else { self.panels.iter().map(|panel| &panel.figure).collect() }
    }

    /// The name of a panel: `payload = 64 KiB`.
    pub(super) fn panel_title(&self, panel: &Panel<'_>) -> String {
        let key = self.panel_key.as_deref().map(keys::in_sentence).unwrap_or_default();
        format!("{key} = {}", panel.value)
    }

    /// Every cell that is shown, series by series.
    pub(super) fn cells(&self) -> impl Iterator<Item = &'a CellSummary> {
        self.series.iter().flat_map(|series| series.points.iter().map(|point| point.cell))
    }

    /// Whether the horizontal axis has numbers.
    pub(super) fn is_numeric(&self) -> bool {
        matches!(self.horizontal, Horizontal::Numbers(_))
    }

    /// Whether every series is a category of its own.
    pub(super) fn is_one_each(&self) -> bool {
        matches!(self.horizontal, Horizontal::Categories { each: true, .. })
    }

    /// A title about `subject`: with what happens along the axis, or what is compared, and what tells panels apart.
    pub(super) fn title(&self, subject: &str) -> String {
        let ending = match &self.horizontal {
            Horizontal::Numbers(quantity) => keys::along(&quantity.key),
            Horizontal::Categories { keys, .. } => keys::by(keys),
        };
        let panels = self.panel_key.as_deref().map(|key| format!(", by {}", keys::in_sentence(key)));
        format!("{subject} {ending}").trim_end().to_owned() + &panels.unwrap_or_default()
    }

    /// The facts under a title: the scenario, what all cells have in common.
    pub(super) fn facts(&self) -> Vec<String> {
        let plural = if self.run.replicates == 1 { "" } else { "s" };
        let count = number::fixed(self.run.replicates as f64, 0);
        let most = if self.run.has_stop_rules() { "up to " } else { "" };
        let mut facts = vec![self.run.name.clone(), format!("{most}{count} replicate{plural}")];
        facts.extend(common(self.cells().map(|cell| &cell.rule_set)).map(|rule_set| format!("rule set {rule_set}")));
        facts.extend(common(self.cells().map(|cell| &cell.payload_holders)).map(|who| format!("holders {who}")));
        facts.extend(self.deadline().map(|deadline| format!("deadline {}", number::span(deadline))));
        facts
    }

    /// Words about what is left out of the plots.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> = self.plots().iter().flat_map(|figure| figure.notes.clone()).collect();
        notes.dedup();
        notes
    }

    /// The deadline, where all cells have the same.
    pub(super) fn deadline(&self) -> Option<f64> {
        common(self.cells().map(|cell| cell.deadline_ms.to_bits())).map(f64::from_bits)
    }

    /// A place on the horizontal axis in words: a value with its unit, or a category.
    pub(super) fn name_of(&self, x: f64) -> String {
        match &self.horizontal {
            Horizontal::Numbers(quantity) => quantity.write(x),
            Horizontal::Categories { labels, .. } => labels.get(x as usize).cloned().unwrap_or_default(),
        }
    }

    /// The same without its unit, where the axis tells that.
    pub(super) fn tick_of(&self, x: f64) -> String {
        match &self.horizontal {
            Horizontal::Numbers(quantity) => quantity.tick(x),
            Horizontal::Categories { .. } => self.name_of(x),
        }
    }

    /// Every place on the horizontal axis.
    pub(super) fn places(&self) -> Vec<f64> {
        match &self.horizontal {
            Horizontal::Numbers(quantity) => quantity.values.clone(),
            Horizontal::Categories { labels, .. } => (0..labels.len()).map(|index| index as f64).collect(),
        }
    }

    /// The name of the horizontal axis, without its unit.
    pub(super) fn subject(&self) -> String {
        match &self.horizontal {
            Horizontal::Numbers(quantity) => axis_title(&quantity.key),
            Horizontal::Categories { keys, .. } => keys.first().map(|key| axis_title(key)).unwrap_or_default(),
        }
    }

    /// The name of the horizontal axis, with its unit; empty where its categories are the cells.
    pub(super) fn axis_name(&self) -> String {
        match &self.horizontal {
            Horizontal::Numbers(quantity) => quantity.title(),
            Horizontal::Categories { each: true, .. } => String::new(),
            Horizontal::Categories { .. } => self.subject(),
        }
    }

    /// Whether series have names of their own, that the categories do not already tell.
    pub(super) fn needs_labels(&self) -> bool {
        match &self.horizontal {
            Horizontal::Numbers(_) => self.series.len() > 1 || self.series.iter().any(|it| !it.label.is_empty()),
            Horizontal::Categories { each, .. } => !each,
        }
    }
}

/// The value of a metric in a cell, where it is a number.
pub(super) fn value(cell: &CellSummary, metric: Metric) -> Option<f64> {
    cell.estimate(metric)?.value.filter(|value| value.is_finite())
}
