//! What is compared in a run: which axis lies below, what makes a series, and which look each series keeps.

use super::number;
use super::theme::Look;
use super::words;
use crate::experiment::{CellSummary, RunSummary};

/// More series than this are not told apart by anybody.
const MOST_SERIES: usize = 16;
/// More categories than this have no room for their names.
const MOST_CATEGORIES: usize = 12;
const RULE_SET: &str = "aggregator.rule_set";

/// A run, arranged for drawing.
#[derive(Debug)]
pub(super) struct Study<'a> {
    pub(super) run: &'a RunSummary,
    pub(super) across: Across,
    pub(super) series: Vec<Series<'a>>,
    /// What is left out, in words.
    pub(super) notes: Vec<String>,
}

/// What lies along the horizontal axis.
#[derive(Debug, PartialEq)]
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
    pub(super) look: Look,
    pub(super) points: Vec<Point<'a>>,
}

/// A cell at its place: a value, or the index of a category.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point<'a> {
    pub(super) x: f64,
    pub(super) cell: &'a CellSummary,
}

impl<'a> Study<'a> {
    /// Arranges `run`.
    pub(super) fn new(run: &'a RunSummary) -> Self {
        let mut study = numeric(run).unwrap_or_else(|| categorical(run));
        study.cap();
        study.give_looks();
        study
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

    /// The deadline, where all cells have the same.
    pub(super) fn deadline(&self) -> Option<f64> {
        common(self.cells().map(|cell| cell.deadline_ms.to_bits())).map(f64::from_bits)
    }

    /// A place on the horizontal axis in words: a value with its unit, or a category.
    pub(super) fn name_of(&self, x: f64) -> String {
        match &self.across {
            Across::Numbers { key, unit, values } => {
                let (factor, unit) = words::reading(key, unit, values);
                format!("{} {unit}", number::short(x * factor)).trim_end().to_owned()
            }
            Across::Categories { labels, .. } => labels.get(x as usize).cloned().unwrap_or_default(),
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
            Across::Numbers { .. } => self.series.len() > 1 || !self.series[0].label.is_empty(),
            Across::Categories { each, .. } => !each,
        }
    }

    fn cap(&mut self) {
        if self.series.len() > MOST_SERIES && !matches!(self.across, Across::Categories { each: true, .. }) {
            self.notes.push(format!("the first {MOST_SERIES} of {} series", self.series.len()));
            self.series.truncate(MOST_SERIES);
        }
        let Across::Categories { labels, each, .. } = &mut self.across else { return };
        if labels.len() > MOST_CATEGORIES {
            let what = if *each { "cells" } else { "values" };
            self.notes.push(format!("the first {MOST_CATEGORIES} of {} {what}", labels.len()));
            labels.truncate(MOST_CATEGORIES);
            for series in &mut self.series {
                series.points.retain(|point| point.x < MOST_CATEGORIES as f64);
            }
            self.series.retain(|series| !series.points.is_empty());
        }
    }

    /// Grey and dashed is the world before the change, unless there is no other; the rest take colours in turn.
    fn give_looks(&mut self) {
        let before = |series: &Series<'_>| {
            series.points.iter().all(|point| point.cell.rule_set == "identical" && point.cell.payload_holders == "all")
        };
        let grey = !self.series.iter().all(before);
        let mut next = 0;
        for series in &mut self.series {
            if grey && before(series) {
                series.look = Look::BEFORE;
            } else {
                series.look = Look::nth(next);
                next += 1;
            }
        }
    }
}

fn common<T: PartialEq>(mut values: impl Iterator<Item = T>) -> Option<T> {
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}

/// The text of a cell on an axis; cells that lack it count as equal.
fn text(cell: &CellSummary, axis: usize) -> &str {
    cell.axes.get(axis).map_or("", |value| value.text.as_str())
}

fn varies(run: &RunSummary, axis: usize) -> bool {
    common(run.cells.iter().map(|cell| text(cell, axis))).is_none() && !run.cells.is_empty()
}

/// The place of every cell on a numeric axis, when it has one.
fn numbers(run: &RunSummary, axis: usize) -> Option<Vec<f64>> {
    let number = |cell: &CellSummary| cell.axes.get(axis)?.number.filter(|number| number.is_finite());
    let places: Vec<f64> = run.cells.iter().map(number).collect::<Option<_>>()?;
    common(places.iter()).is_none().then_some(places).filter(|places| !places.is_empty())
}

/// What names a category: its value, where there is one; otherwise as [`label`].
fn name(run: &RunSummary, cell: &CellSummary, axes: &[usize]) -> String {
    match axes {
        [] => format!("{} · {}", cell.rule_set, cell.payload_holders),
        [only] => text(cell, *only).to_owned(),
        _ => label(run, cell, axes),
    }
}

/// What names a series: the values of `axes`, the rule set first.
fn label(run: &RunSummary, cell: &CellSummary, axes: &[usize]) -> String {
    let mut axes = axes.to_vec();
    axes.sort_by_key(|axis| run.axes[*axis].key != RULE_SET);
    let part = |axis: &usize| {
        let value = text(cell, *axis);
        format!("{} {value}", words::short_key(&run.axes[*axis].key)).trim().to_owned()
    };
    axes.iter().map(part).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// Puts cells of one label together, in the order in which labels first appear.
fn gather<'a>(cells: impl Iterator<Item = (String, Point<'a>)>) -> Vec<Series<'a>> {
    let mut series: Vec<Series<'a>> = Vec::new();
    for (label, point) in cells {
        match series.iter_mut().find(|series| series.label == label) {
            Some(series) => series.points.push(point),
            None => series.push(Series { label, look: Look::nth(0), points: vec![point] }),
        }
    }
    for series in &mut series {
        series.points.sort_by(|a, b| a.x.total_cmp(&b.x));
    }
    series
}

fn numeric(run: &RunSummary) -> Option<Study<'_>> {
    let (axis, places) = (0..run.axes.len()).find_map(|axis| Some((axis, numbers(run, axis)?)))?;
    let group = run.axes[axis].group;
    let others = |companions: bool| -> Vec<usize> {
        let named = |other: &usize| {
            let companion = run.axes[*other].group == group;
            *other != axis && varies(run, *other) && (!companion || companions && numbers(run, *other).is_none())
        };
        (0..run.axes.len()).filter(named).collect()
    };
    let build = |axes: &[usize]| {
        gather(run.cells.iter().zip(&places).map(|(cell, x)| (label(run, cell, axes), Point { x: *x, cell })))
    };
    // Companions on the axis say nothing new, unless two cells of a series would share a place.
    let mut series = build(&others(false));
    if series.iter().any(|series| series.points.windows(2).any(|pair| pair[0].x >= pair[1].x)) {
        series = build(&others(true));
    }
    let mut values = places;
    values.sort_by(f64::total_cmp);
    values.dedup();
    let unit = run.cells.iter().find_map(|cell| cell.axes.get(axis)).map_or("", |value| value.unit);
    let across = Across::Numbers { key: run.axes[axis].key.clone(), unit, values };
    Some(Study { run, across, series, notes: Vec::new() })
}

fn categorical(run: &RunSummary) -> Study<'_> {
    let varying: Vec<usize> = (0..run.axes.len()).filter(|axis| varies(run, *axis)).collect();
    let mut groups: Vec<usize> = varying.iter().map(|axis| run.axes[*axis].group).collect();
    groups.dedup();
    let below: Vec<usize> = if groups.len() < 2 { varying.clone() } else { below(run, &varying) };
    let each = below.len() == varying.len();
    let aside: Vec<usize> = varying.iter().copied().filter(|axis| !below.contains(axis)).collect();
    let mut labels: Vec<String> = Vec::new();
    let mut points = Vec::new();
    for cell in &run.cells {
        let name = name(run, cell, &below);
        let place = labels.iter().position(|label| *label == name && !each).unwrap_or_else(|| {
            labels.push(name.clone());
            labels.len() - 1
        });
        let series = if each { name } else { label(run, cell, &aside) };
        points.push((series, Point { x: place as f64, cell }));
    }
    let series = if each { singles(points) } else { gather(points.into_iter()) };
    let keys = below.iter().chain(&aside).map(|axis| run.axes[*axis].key.clone()).collect();
    Study { run, across: Across::Categories { keys, labels, each }, series, notes: Vec::new() }
}

fn singles(points: Vec<(String, Point<'_>)>) -> Vec<Series<'_>> {
    points.into_iter().map(|(label, point)| Series { label, look: Look::nth(0), points: vec![point] }).collect()
}

/// The axes of the group with the most values that is not about rule sets: rule sets are what is compared.
fn below(run: &RunSummary, varying: &[usize]) -> Vec<usize> {
    let distinct = |axis: usize| {
        let mut texts: Vec<&str> = run.cells.iter().map(|cell| text(cell, axis)).collect();
        texts.sort_unstable();
        texts.dedup();
        texts.len()
    };
    let candidates = varying.iter().filter(|axis| run.axes[**axis].key != RULE_SET);
    let widest = candidates.rev().max_by_key(|axis| distinct(**axis));
    let group = widest.map(|axis| run.axes[*axis].group);
    varying.iter().copied().filter(|axis| Some(run.axes[*axis].group) == group).collect()
}
