//! Puts the cells of a run where a choice wants them: into series, along the horizontal axis, into panels.

use super::choice::{self, Below, Choice, RULE_SET, number, numbers, text};
use super::study::{Across, Panel, Point, Series, Study};
use super::theme::Look;
use super::words;
use crate::experiment::{CellSummary, RunSummary};

/// More series than this are not told apart by anybody.
const MOST_SERIES: usize = 16;
/// More categories than this have no room for their names.
const MOST_CATEGORIES: usize = 12;

/// Arranges `run`, below it the numbers of `wanted` where there are such; `known` are the looks that series already have.
pub(super) fn arrange<'a>(run: &'a RunSummary, wanted: Option<&str>, known: &[(String, Look)]) -> Study<'a> {
    let choice = choice::choose(run, wanted);
    let mut study = match &choice.below {
        Below::Numbers { axis, companions } => numeric(run, &choice, *axis, companions),
        Below::Names(below) => categorical(run, &choice, below),
    };
    let looks = looks(&study.series, known);
    let dress = |series: &mut Series<'_>| {
        let known = looks.iter().find(|(kin, _)| *kin == series.kin);
        series.look = known.map_or(Look::nth(0), |(_, look)| *look);
    };
    study.series.iter_mut().chain(study.panels.iter_mut().flat_map(|panel| &mut panel.study.series)).for_each(dress);
    let companions = study.companions();
    if !companions.is_empty() {
        let note = format!("advancing with it: {}", companions.join(", "));
        study.panels.iter_mut().for_each(|panel| panel.study.notes.push(note.clone()));
        study.notes.push(note);
    }
    cap(&mut study);
    study.panels.iter_mut().for_each(|panel| cap(&mut panel.study));
    study
}

fn numeric<'a>(run: &'a RunSummary, choice: &Choice, axis: usize, companions: &[usize]) -> Study<'a> {
    let places = numbers(run, axis).unwrap_or_default();
    let build = |own: &[usize]| {
        let all = [own, &choice.panels].concat();
        gather(run.cells.iter().zip(&places).map(|(cell, x)| {
            let kin = label(run, cell, own);
            let label = if choice.panels.is_empty() { kin.clone() } else { label(run, cell, &all) };
            (label, kin, Point { x: *x, cell })
        }))
    };
    // Companions on the axis say nothing new, unless two cells of a series would share a place.
    let mut series = build(&choice.series);
    if series.iter().any(|series| series.points.windows(2).any(|pair| pair[0].x >= pair[1].x)) {
        series = build(&[&choice.series, companions].concat());
    }
    let mut values = places;
    values.sort_by(f64::total_cmp);
    values.dedup();
    let unit = run.cells.iter().find_map(|cell| cell.axes.get(axis)).map_or("", |value| value.unit);
    let across = Across::Numbers { key: run.axes[axis].key.clone(), unit, values };
    let panels = panels(run, choice, &across, &series);
    let panel_key = choice.panels.first().map(|axis| run.axes[*axis].key.clone());
    Study { run, across, series, panels, panel_key, notes: Vec::new() }
}

/// The series of every panel, which is their cells' value on the axes that tell panels apart.
fn panels<'a>(run: &'a RunSummary, choice: &Choice, across: &Across, series: &[Series<'a>]) -> Vec<Panel<'a>> {
    let Some(first) = choice.panels.first() else { return Vec::new() };
    let same = |a: &CellSummary, b: &CellSummary| choice.panels.iter().all(|axis| text(a, *axis) == text(b, *axis));
    let mut cells: Vec<&CellSummary> = Vec::new();
    for cell in &run.cells {
        if !cells.iter().any(|other| same(other, cell)) {
            cells.push(cell);
        }
    }
    if numbers(run, *first).is_some() {
        cells.sort_by(|a, b| number(a, *first).unwrap_or(0.0).total_cmp(&number(b, *first).unwrap_or(0.0)));
    }
    let values: Vec<f64> = cells.iter().filter_map(|cell| number(cell, *first)).collect();
    let panel = |sample: &&CellSummary| {
        let points = series.iter().flat_map(|series| series.points.iter().map(move |point| (&series.kin, point)));
        let here = points.filter(|(_, point)| same(point.cell, sample));
        let series = gather(here.map(|(kin, point)| (kin.clone(), kin.clone(), *point)));
        let study =
            Study { run, across: across.clone(), series, panels: Vec::new(), panel_key: None, notes: Vec::new() };
        let value = match (number(sample, *first), choice.panels.as_slice()) {
            (Some(number), [axis]) => words::value(&run.axes[*axis].key, sample.axes[*axis].unit, number, &values),
            _ => name(run, sample, &choice.panels),
        };
        Panel { value, study }
    };
    cells.iter().map(panel).collect()
}

fn categorical<'a>(run: &'a RunSummary, choice: &Choice, below: &[usize]) -> Study<'a> {
    let each = choice.series.is_empty();
    let mut labels: Vec<String> = Vec::new();
    let mut points = Vec::new();
    for cell in &run.cells {
        let name = name(run, cell, below);
        let place = labels.iter().position(|label| *label == name && !each).unwrap_or_else(|| {
            labels.push(name.clone());
            labels.len() - 1
        });
        let series = if each { name } else { label(run, cell, &choice.series) };
        points.push((series.clone(), series, Point { x: place as f64, cell }));
    }
    let single = |(label, kin, point)| Series { label, kin, look: Look::nth(0), points: vec![point] };
    let series = if each { points.into_iter().map(single).collect() } else { gather(points.into_iter()) };
    let keys = below.iter().chain(&choice.series).map(|axis| run.axes[*axis].key.clone()).collect();
    let across = Across::Categories { keys, labels, each };
    Study { run, across, series, panels: Vec::new(), panel_key: None, notes: Vec::new() }
}

/// Puts cells of one label together, in the order in which labels first appear.
fn gather<'a>(cells: impl Iterator<Item = (String, String, Point<'a>)>) -> Vec<Series<'a>> {
    let mut series: Vec<Series<'a>> = Vec::new();
    for (label, kin, point) in cells {
        match series.iter_mut().find(|series| series.label == label) {
            Some(series) => series.points.push(point),
            None => series.push(Series { label, kin, look: Look::nth(0), points: vec![point] }),
        }
    }
    for series in &mut series {
        series.points.sort_by(|a, b| a.x.total_cmp(&b.x));
    }
    series
}

/// What names a category: its value, where there is one; otherwise as [`label`].
pub(super) fn name(run: &RunSummary, cell: &CellSummary, axes: &[usize]) -> String {
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

/// The look of every kind of series: grey and dashed is the baseline, unless there is no other; the rest
/// take colours in turn, but for those that are known.
fn looks(series: &[Series<'_>], known: &[(String, Look)]) -> Vec<(String, Look)> {
    let mut kinds: Vec<&str> = Vec::new();
    for series in series {
        if !kinds.contains(&series.kin.as_str()) {
            kinds.push(&series.kin);
        }
    }
    let is_before = |cell: &CellSummary| cell.rule_set == "identical" && cell.payload_holders == "all";
    let before = |kin: &str| {
        let mut kin = series.iter().filter(|series| series.kin == kin);
        kin.all(|series| series.points.iter().all(|point| is_before(point.cell)))
    };
    let grey = !kinds.iter().all(|kin| before(kin));
    let mut looks = Vec::new();
    let mut next = known.iter().filter(|(_, look)| *look != Look::BEFORE).count();
    for kin in kinds {
        let look = match known.iter().find(|(other, _)| other == kin) {
            Some((_, look)) => *look,
            None if grey && before(kin) => Look::BEFORE,
            None => {
                next += 1;
                Look::nth(next - 1)
            }
        };
        looks.push((kin.to_owned(), look));
    }
    looks
}

/// Leaves out what has no room, and notes it.
fn cap(study: &mut Study<'_>) {
    if study.series.len() > MOST_SERIES && !matches!(study.across, Across::Categories { each: true, .. }) {
        study.notes.push(format!("the first {MOST_SERIES} of {} series", study.series.len()));
        study.series.truncate(MOST_SERIES);
    }
    let Across::Categories { labels, each, .. } = &mut study.across else { return };
    if labels.len() > MOST_CATEGORIES {
        let what = if *each { "cells" } else { "values" };
        study.notes.push(format!("the first {MOST_CATEGORIES} of {} {what}", labels.len()));
        labels.truncate(MOST_CATEGORIES);
        for series in &mut study.series {
            series.points.retain(|point| point.x < MOST_CATEGORIES as f64);
        }
        study.series.retain(|series| !series.points.is_empty());
    }
}
