//! What is compared in a run: which axis lies below, what makes a series, and which look each series keeps.

use super::arrange::arrange;
use super::number;
use super::theme::Look;
use super::words;
use crate::experiment::{Axis, CellSummary, RunSummary};

/// A run, arranged for drawing.
#[derive(Debug)]
pub(super) struct Study<'a> {
    pub(super) run: &'a RunSummary,
    pub(super) across: Across,
    /// All that is compared, for pictures with one plot.
    pub(super) series: Vec<Series<'a>>,
    /// The same in small multiples; empty where one plot shows it all.
    pub(super) panels: Vec<Panel<'a>>,
    /// What tells the panels apart.
    pub(super) panel_key: Option<String>,
    /// What is left out, in words.
    pub(super) notes: Vec<String>,
}

/// What lies along the horizontal axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Across {
    /// A numeric axis of the sweep, its values rising.
    Numbers { key: String, unit: &'static str, values: Vec<f64> },
    /// Names without an order, and the keys that they stand for; `each` when every series is one category of its own.
    Categories { keys: Vec<String>, labels: Vec<String>, each: bool },
}

/// Cells that differ only along the horizontal axis.
#[derive(Debug)]
pub(super) struct Series<'a> {
    pub(super) label: String,
    /// The label but for what tells panels apart: what is equal in that looks the same.
    pub(super) kin: String,
    pub(super) look: Look,
    pub(super) points: Vec<Point<'a>>,
}

/// A cell at its place: a value, or the index of a category.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point<'a> {
    pub(super) x: f64,
    pub(super) cell: &'a CellSummary,
}

/// One of several plots side by side.
#[derive(Debug)]
pub(super) struct Panel<'a> {
    /// What its cells have in common: `64 KiB`.
    pub(super) value: String,
    /// Its cells, over the same axis as everywhere, without panels of their own.
    pub(super) study: Study<'a>,
}

impl<'a> Study<'a> {
    /// Arranges `run`.
    pub(super) fn new(run: &'a RunSummary) -> Self {
        arrange(run, None, &[])
    }

    /// The same run, with the axis `key` below if it is numeric. Series of the same name keep their look.
    pub(super) fn along(&self, key: &str) -> Self {
        let looks: Vec<(String, Look)> = self.legend().map(|series| (series.kin.clone(), series.look)).collect();
        arrange(self.run, Some(key), &looks)
    }

    /// For pictures with room for one plot: draws the last of the panels that has something to show, and tells which.
    pub(super) fn single<T>(&self, draw: impl Fn(&Self, &[String]) -> Option<T>) -> Option<T> {
        if self.panels.is_empty() {
            return draw(self, &[]);
        }
        let key = self.panel_key.as_deref().map(words::panel_name).unwrap_or_default();
        self.panels.iter().rev().find_map(|panel| draw(&panel.study, &[format!("{key} = {} only", panel.value)]))
    }

    /// One series of every look, in their order.
    pub(super) fn legend(&self) -> impl Iterator<Item = &Series<'a>> {
        let first = |(index, series): &(usize, &Series<'a>)| {
            !self.series[..*index].iter().any(|earlier| earlier.kin == series.kin && earlier.look == series.look)
        };
        self.series.iter().enumerate().filter(first).map(|(_, series)| series)
    }

    /// Every cell that is shown, series by series.
    pub(super) fn cells(&self) -> impl Iterator<Item = &'a CellSummary> {
        self.series.iter().flat_map(|series| series.points.iter().map(|point| point.cell))
    }

    /// A title about `subject`: with what happens along the axis, or what is compared.
    pub(super) fn title(&self, subject: &str) -> String {
        let ending = match &self.across {
            Across::Numbers { key, .. } => words::along(key),
            Across::Categories { keys, .. } => words::by(&keys.iter().map(String::as_str).collect::<Vec<_>>()),
        };
        format!("{subject} {ending}").trim_end().to_owned()
    }

    /// The facts under a title: the scenario, what all cells have in common, how sure the values are.
    pub(super) fn facts(&self) -> Vec<String> {
        let plural = if self.run.replicates == 1 { "" } else { "s" };
        let mut facts =
            vec![self.run.name.clone(), format!("{} replicate{plural}", number::count(self.run.replicates))];
        if let Some(rule_set) = common(self.cells().map(|cell| cell.rule_set.as_str())) {
            facts.push(format!("rule set {rule_set}"));
        }
        if let Some(holders) = common(self.cells().map(|cell| cell.payload_holders.as_str())) {
            facts.push(format!("holders {holders}"));
        }
        if let Some(deadline) = self.deadline() {
            facts.push(format!("deadline {}", number::span(deadline)));
        }
        facts
    }

    /// The numbers that advance together with the horizontal axis, and so are part of what it shows.
    pub(super) fn companions(&self) -> Vec<String> {
        let Across::Numbers { key: across, .. } = &self.across else { return Vec::new() };
        let axes = &self.run.axes;
        let Some(group) = axes.iter().find(|axis| axis.key == *across).map(|axis| axis.group) else {
            return Vec::new();
        };
        let is_number =
            |at: usize| self.run.cells.iter().all(|cell| cell.axes.get(at).is_some_and(|it| it.number.is_some()));
        let advances = |(at, axis): &(usize, &Axis)| axis.group == group && axis.key != *across && is_number(*at);
        axes.iter().enumerate().filter(advances).map(|(_, axis)| words::short_key(&axis.key)).collect()
    }

    /// The deadline, where all cells have the same.
    pub(super) fn deadline(&self) -> Option<f64> {
        common(self.cells().map(|cell| cell.deadline_ms.to_bits())).map(f64::from_bits)
    }

    /// A place on the horizontal axis in words: a value with its unit, or a category.
    pub(super) fn name_of(&self, x: f64) -> String {
        match &self.across {
            Across::Numbers { key, unit, values } => words::value(key, unit, x, values),
            Across::Categories { labels, .. } => labels.get(x as usize).cloned().unwrap_or_default(),
        }
    }

    /// The same without its unit, where the axis tells that.
    pub(super) fn short_name_of(&self, x: f64) -> String {
        match &self.across {
            Across::Numbers { key, unit, values } if !words::own_units(unit, values) => {
                number::short(x * words::reading(key, unit, values).0)
            }
            _ => self.name_of(x),
        }
    }

    /// Every place on the horizontal axis.
    pub(super) fn places(&self) -> Vec<f64> {
        match &self.across {
            Across::Numbers { values, .. } => values.clone(),
            Across::Categories { labels, .. } => (0..labels.len()).map(|index| index as f64).collect(),
        }
    }

    /// The name of the horizontal axis, without its unit.
    pub(super) fn subject(&self) -> String {
        match &self.across {
            Across::Numbers { key, .. } => words::axis_name(key),
            Across::Categories { keys, .. } => keys.first().map(|key| words::axis_name(key)).unwrap_or_default(),
        }
    }

    /// The name of the horizontal axis, with its unit; empty where its categories are the cells.
    pub(super) fn axis_name(&self) -> String {
        match &self.across {
            Across::Numbers { unit, values, .. } if words::own_units(unit, values) => self.subject(),
            Across::Numbers { key, unit, values } => {
                let (_, unit) = words::reading(key, unit, values);
                words::with_unit(&self.subject(), &unit)
            }
            Across::Categories { each: true, .. } => String::new(),
            Across::Categories { .. } => self.subject(),
        }
    }

    /// Whether series have names of their own, that the categories do not already tell.
    pub(super) fn needs_labels(&self) -> bool {
        match &self.across {
            Across::Numbers { .. } => {
                self.series.len() > 1 || self.series.iter().any(|series| !series.label.is_empty())
            }
            Across::Categories { each, .. } => !each,
        }
    }
}

fn common<T: PartialEq>(mut values: impl Iterator<Item = T>) -> Option<T> {
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}
