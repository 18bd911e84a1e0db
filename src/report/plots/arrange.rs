//! Puts the cells of a run where a choice wants them: into series, along the horizontal axis, into panels.

use super::choice::{self, Choice, agree, number_of, numbers, text};
use super::figure::{Figure, Horizontal, Panel, Place, Series};
use super::keys::{self, RULE_SET};
use super::quantity::Quantity;
use super::theme::Style;
use crate::experiment::{Axis, CellSummary, RunSummary};
use crate::sim::Setup;

/// More series than this are not told apart by anybody.
const MOST_SERIES: usize = 16;
/// More categories than this have no room for their names.
const MOST_CATEGORIES: usize = 12;

impl<'a> Figure<'a> {
    /// Arranges `run`.
    pub(super) fn new(run: &'a RunSummary) -> Self {
        arrange(run, None, &[])
    }

    /// The same run along the axis `key`, if that is numeric. Series of the same name keep their style.
    pub(super) fn along(&self, key: &str) -> Self {
        let styles: Vec<(&str, Style)> =
            self.series.iter().map(|series| (series.label.as_str(), series.style)).collect();
        arrange(self.run, Some(key), &styles)
    }
}

/// Arranges `run`, along the numbers of `wanted` where there are such; `known` are the styles that series already have.
fn arrange<'a>(run: &'a RunSummary, wanted: Option<&str>, known: &[(&str, Style)]) -> Figure<'a> {
    let choice = choice::choose(run, wanted);
    let mut figure = match choice.number {
        Some(axis) => numeric(run, &choice, axis),
        None => categorical(run, &choice),
    };
    let styles = styles(&figure.series, known);
    for figure in std::iter::once(&mut figure.series).chain(figure.panels.iter_mut().map(|it| &mut it.figure.series)) {
        for series in figure {
            let known = styles.iter().find(|(label, _)| *label == series.label);
            series.style = known.map_or(Style::nth(0), |(_, style)| *style);
        }
    }
    figure.panels.iter_mut().for_each(|panel| cap(&mut panel.figure));
    cap(&mut figure);
    figure
}

fn numeric<'a>(run: &'a RunSummary, choice: &Choice, axis: usize) -> Figure<'a> {
    let place = |cell: &'a CellSummary| Some(Place { x: number_of(cell, axis)?, cell });
    let points: Vec<Place<'a>> = run.cells.iter().filter_map(place).collect();
    // Companions on the axis say nothing new, unless two cells of a series would share a place.
    let own = &choice.series;
    let apart = own.iter().chain(&choice.panels).copied().collect::<Vec<_>>();
    let is_rising = |series: &Series<'_>| series.points.windows(2).all(|pair| pair[0].x < pair[1].x);
    let is_enough = gather(run, &apart, points.iter()).iter().all(is_rising);
    let own = if is_enough { own.clone() } else { [&own[..], &choice.companions].concat() };

    let horizontal = Horizontal::Numbers(Quantity::of(run, axis));
    let notes = companions(run, axis);
    let figure = |series| Figure { notes: notes.clone(), ..Figure::plain(run, horizontal.clone(), series) };
    let panel = |sample: &CellSummary| {
        let here = points.iter().filter(|point| agree(point.cell, sample, &choice.panels));
        Panel { value: panel_value(run, sample, &choice.panels), figure: figure(gather(run, &own, here)) }
    };
    let panels = samples(run, &choice.panels).into_iter().map(panel).collect();
    let panel_key = choice.panels.first().map(|axis| run.axes[*axis].key.clone());
    Figure { panels, panel_key, ..figure(gather(run, &own, points.iter())) }
}

/// Words about the numbers that advance together with an axis, and so are part of what it shows.
fn companions(run: &RunSummary, axis: usize) -> Vec<String> {
    let is_number = |at: usize| run.cells.iter().all(|cell| cell.axes.get(at).is_some_and(|it| it.number.is_some()));
    let advances = |(at, other): &(usize, &Axis)| *at != axis && other.group == run.axes[axis].group && is_number(*at);
    let others = run.axes.iter().enumerate().filter(advances);
    let names: Vec<String> = others.map(|(_, axis)| keys::in_series(&axis.key, true)).collect();
    if names.is_empty() { Vec::new() } else { vec![format!("advancing with it: {}", names.join(", "))] }
}

/// A cell of every panel, in their order; none where one plot shows it all.
fn samples<'a>(run: &'a RunSummary, panels: &[usize]) -> Vec<&'a CellSummary> {
    let mut samples: Vec<&CellSummary> = Vec::new();
    for cell in run.cells.iter().filter(|_| !panels.is_empty()) {
        if !samples.iter().any(|other| agree(other, cell, panels)) {
            samples.push(cell);
        }
    }
    if let Some(first) = panels.first().filter(|first| numbers(run, **first).is_some()) {
        let number = |cell: &CellSummary| number_of(cell, *first).unwrap_or(0.0);
        samples.sort_by(|a, b| number(a).total_cmp(&number(b)));
    }
    samples
}

/// The value that the cells of a panel have in common.
fn panel_value(run: &RunSummary, sample: &CellSummary, panels: &[usize]) -> String {
    let number = panels.first().and_then(|axis| number_of(sample, *axis));
    match (number, panels) {
        (Some(number), [axis]) => Quantity::of(run, *axis).write(number),
        _ => name(run, sample, panels),
    }
}

fn categorical<'a>(run: &'a RunSummary, choice: &Choice) -> Figure<'a> {
    let each = choice.series.is_empty();
    let mut labels: Vec<String> = Vec::new();
    let mut points = Vec::new();
    for cell in &run.cells {
        let name = name(run, cell, &choice.categories);
        let place = labels.iter().position(|label| *label == name && !each).unwrap_or(labels.len());
        if place == labels.len() {
            labels.push(name);
        }
        points.push(Place { x: place as f64, cell });
    }
    let single = |point: &Place<'a>| Series {
        label: labels[point.x as usize].clone(),
        style: Style::nth(0),
        points: vec![*point],
    };
    let series = if each { points.iter().map(single).collect() } else { gather(run, &choice.series, points.iter()) };
    let keys = choice.categories.iter().chain(&choice.series).map(|axis| run.axes[*axis].key.clone()).collect();
    let horizontal = Horizontal::Categories { keys, labels, each };
    Figure::plain(run, horizontal, series)
}

/// Puts cells with the same values on `axes` together, in the order in which they first appear.
fn gather<'a: 'p, 'p>(
    run: &RunSummary,
    axes: &[usize],
    points: impl Iterator<Item = &'p Place<'a>>,
) -> Vec<Series<'a>> {
    let mut all: Vec<Series<'a>> = Vec::new();
    for point in points {
        let label = label(run, point.cell, axes);
        match all.iter_mut().find(|series| series.label == label) {
            Some(series) => series.points.push(*point),
            None => all.push(Series { label, style: Style::nth(0), points: vec![*point] }),
        }
    }
    for series in &mut all {
        series.points.sort_by(|a, b| a.x.total_cmp(&b.x));
    }
    all
}

/// Name of a category: its value, where there is one; otherwise as [`label`].
pub(super) fn name(run: &RunSummary, cell: &CellSummary, axes: &[usize]) -> String {
    match axes {
        [] => format!("{} · {}", cell.rule_set, cell.payload_holders),
        [only] => text(cell, *only).to_owned(),
        _ => label(run, cell, axes),
    }
}

/// Name of a series: the values of `axes`, the rule set first.
fn label(run: &RunSummary, cell: &CellSummary, axes: &[usize]) -> String {
    let mut axes = axes.to_vec();
    axes.sort_by_key(|axis| run.axes[*axis].key != RULE_SET);
    let part = |axis: &usize| {
        // An axis with names among its numbers has no number in any cell.
        let has_numbers = run.cells.iter().any(|cell| text(cell, *axis).parse::<f64>().is_ok());
        let key = keys::in_series(&run.axes[*axis].key, has_numbers);
        format!("{key} {}", text(cell, *axis)).trim().to_owned()
    };
    axes.iter().map(part).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// The style of every name of a series: grey and dashed is the baseline, unless there is no other; the rest take colours
/// in turn, but for those that are known.
fn styles(all: &[Series<'_>], known: &[(&str, Style)]) -> Vec<(String, Style)> {
    let is_baseline = |label: &str| {
        let cells = all.iter().filter(|series| series.label == label).flat_map(|series| &series.points);
        cells.into_iter().all(|Place { cell, .. }| Setup::is_baseline(&cell.rule_set, &cell.payload_holders))
    };
    let grey = !all.iter().all(|series| is_baseline(&series.label));
    let mut styles: Vec<(String, Style)> = Vec::new();
    let mut next = known.iter().filter(|(_, style)| *style != Style::BASELINE).count();
    for Series { label, .. } in all {
        if styles.iter().any(|(other, _)| other == label) {
            continue;
        }
        let style = match known.iter().find(|(other, _)| other == label) {
            Some((_, style)) => *style,
            None if grey && is_baseline(label) => Style::BASELINE,
            None => {
                next += 1;
                Style::nth(next - 1)
            }
        };
        styles.push((label.clone(), style));
    }
    styles
}

/// Leaves out what has no room, and notes it.
fn cap(figure: &mut Figure<'_>) {
    if figure.series.len() > MOST_SERIES && !figure.is_one_each() {
        figure.notes.push(format!("the first {MOST_SERIES} of {} series", figure.series.len()));
        figure.series.truncate(MOST_SERIES);
    }
    let Horizontal::Categories { labels, each, .. } = &mut figure.horizontal else { return };
    if labels.len() > MOST_CATEGORIES {
        let what = if *each { "cells" } else { "values" };
        figure.notes.push(format!("the first {MOST_CATEGORIES} of {} {what}", labels.len()));
        labels.truncate(MOST_CATEGORIES);
        for series in &mut figure.series {
            series.points.retain(|point| point.x < MOST_CATEGORIES as f64);
        }
        figure.series.retain(|series| !series.points.is_empty());
    }
}
