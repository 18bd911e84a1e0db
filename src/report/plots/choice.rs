//! Arrangement of the pictures of a sweep: its horizontal axis, and the axes that make series and panels.
//!
//! Axes that advance together (one group of the sweep) are one *dimension*; those whose values are the same in all cells
//! are none. A dimension is *numeric* when one of its axes has a number in every cell.
//!
//! | dimensions | horizontal | series | panels |
//! | --- | --- | --- | --- |
//! | none | the only cell | | |
//! | one, numeric | its numbers | one | |
//! | one, categorical | its values | each its own | |
//! | two, both categorical | that with more values, not the rule set | the other | |
//! | two, one numeric | the numbers | the other | |
//! | two, both numeric | that with more values | the other | |
//! | three or more, one numeric | the numbers, as above | the rest, in combination | one with two to six values |
//! | three or more, all categorical | that with most values, not the rule set | the rest, in combination | |
//!
//! Panels are made by numbers rather than by names and by the rule set last of all: lines that are compared share a panel.
//! Two numeric dimensions also make a heat map ([`plane`]), the rest of them its panels.

use super::keys::RULE_SET;
use crate::experiment::{CellSummary, RunSummary};

const NODES: &str = "capability_don.nodes";
const F: &str = "capability_don.f";
/// More panels than this are too small.
pub(super) const MOST_PANELS: usize = 6;

/// Arrangement of the pictures of a sweep. Axes are indices into [`RunSummary::axes`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Choice {
    /// The axis whose numbers lie along the horizontal axis; without it, that holds `categories`.
    pub(super) number: Option<usize>,
    /// Axes that advance with `number` and are no numbers themselves.
    pub(super) companions: Vec<usize>,
    /// The axes whose values together name a place on the horizontal axis.
    pub(super) categories: Vec<usize>,
    /// The axes that tell series apart.
    pub(super) series: Vec<usize>,
    /// The axes that tell panels apart; empty for a single one.
    pub(super) panels: Vec<usize>,
}

/// Axes that advance together and are not the same everywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Dimension {
    axes: Vec<usize>,
    /// Different values.
    count: usize,
    /// The first of its axes with a number in every cell.
    number: Option<usize>,
    about_rule_sets: bool,
}

/// Arrangement of `run`: along the axis `wanted` where that is a numeric one.
pub(super) fn choose(run: &RunSummary, wanted: Option<&str>) -> Choice {
    let all = dimensions(run);
    let Some((along, axis)) = numeric(run, &all, wanted) else { return names(&all) };
    let rest: Vec<&Dimension> = all.iter().filter(|dimension| *dimension != along).collect();
    let panels = if rest.len() > 1 { panels(&rest) } else { None };
    let series = rest.iter().filter(|dimension| Some(**dimension) != panels);
    Choice {
        number: Some(axis),
        companions: along.axes.iter().copied().filter(|other| numbers(run, *other).is_none()).collect(),
        series: series.flat_map(|dimension| dimension.axes.clone()).collect(),
        panels: panels.map(|dimension| dimension.axes.clone()).unwrap_or_default(),
        ..Choice::default()
    }
}

/// The two numeric axes of a heat map, and what else varies: N and F where the sweep has both, otherwise the two with most
/// values, the first of equals first.
pub(super) fn plane(run: &RunSummary) -> Option<(usize, usize, Vec<usize>)> {
    let all = dimensions(run);
    let axis = |key: &str| run.axes.iter().position(|axis| axis.key == key);
    let of = |axis: Option<usize>| all.iter().position(|dimension| axis.is_some() && dimension.number == axis);
    let dons = of(axis(NODES)).zip(of(axis(F)));
    let (x, y) = dons.or_else(|| {
        let mut numeric: Vec<usize> = (0..all.len()).filter(|index| all[*index].number.is_some()).collect();
        numeric.sort_by_key(|index| std::cmp::Reverse(all[*index].count));
        numeric.first().copied().zip(numeric.get(1).copied())
    })?;
    let rest = (0..all.len()).filter(|index| *index != x && *index != y).flat_map(|index| all[index].axes.clone());
    Some((all[x].number?, all[y].number?, rest.collect()))
}

/// Whether the axes of a heat map are N and F.
pub(super) fn is_dons(run: &RunSummary, x: usize, y: usize) -> bool {
    run.axes[x].key == NODES && run.axes[y].key == F
}

/// The numeric dimension of the horizontal axis, and its axis: the wanted one, or the first of those with most values.
fn numeric<'a>(run: &RunSummary, all: &'a [Dimension], wanted: Option<&str>) -> Option<(&'a Dimension, usize)> {
    let is_wanted = |axis: &usize| Some(run.axes[*axis].key.as_str()) == wanted && numbers(run, *axis).is_some();
    let named = all.iter().find_map(|dimension| Some((dimension, dimension.axes.iter().copied().find(is_wanted)?)));
    let candidates = all.iter().filter_map(|dimension| Some((dimension, dimension.number?)));
    named.or_else(|| candidates.rev().max_by_key(|(dimension, _)| dimension.count))
}

fn panels<'a>(rest: &[&'a Dimension]) -> Option<&'a Dimension> {
    let fits = |dimension: &&&Dimension| (2..=MOST_PANELS).contains(&dimension.count);
    let rank = |dimension: &&&Dimension| (!dimension.about_rule_sets, dimension.number.is_some());
    rest.iter().filter(fits).max_by_key(rank).copied()
}

/// Without numbers: the dimension with most values is horizontal; a single one is a category a cell.
fn names(all: &[Dimension]) -> Choice {
    let candidates = all.iter().filter(|dimension| !dimension.about_rule_sets || all.len() < 2);
    let along = candidates.rev().max_by_key(|dimension| dimension.count);
    let rest = all.iter().filter(|dimension| Some(*dimension) != along);
    Choice {
        categories: along.map(|dimension| dimension.axes.clone()).unwrap_or_default(),
        series: rest.flat_map(|dimension| dimension.axes.clone()).collect(),
        ..Choice::default()
    }
}

/// Dimensions of the sweep, in the order of the file.
fn dimensions(run: &RunSummary) -> Vec<Dimension> {
    let mut all: Vec<(usize, Vec<usize>)> = Vec::new();
    for axis in (0..run.axes.len()).filter(|axis| varies(run, *axis)) {
        let group = run.axes[axis].group;
        match all.iter_mut().find(|(other, _)| *other == group) {
            Some((_, axes)) => axes.push(axis),
            None => all.push((group, vec![axis])),
        }
    }
    all.into_iter().map(|(_, axes)| dimension(run, axes)).collect()
}

fn dimension(run: &RunSummary, axes: Vec<usize>) -> Dimension {
    let mut values: Vec<Vec<&str>> =
        run.cells.iter().map(|cell| axes.iter().map(|axis| text(cell, *axis)).collect()).collect();
    values.sort_unstable();
    values.dedup();
    let number = axes.iter().copied().find(|axis| numbers(run, *axis).is_some());
    let about_rule_sets = axes.iter().any(|axis| run.axes[*axis].key == RULE_SET);
    Dimension { count: values.len(), number, about_rule_sets, axes }
}

fn varies(run: &RunSummary, axis: usize) -> bool {
    run.cells.windows(2).any(|pair| text(&pair[0], axis) != text(&pair[1], axis))
}

/// The text of a cell on an axis; cells that lack it count as equal.
pub(super) fn text(cell: &CellSummary, axis: usize) -> &str {
    cell.axes.get(axis).map_or("", |value| value.text.as_str())
}

/// Whether two cells have the same texts on all of these axes.
pub(super) fn agree(a: &CellSummary, b: &CellSummary, axes: &[usize]) -> bool {
    axes.iter().all(|axis| text(a, *axis) == text(b, *axis))
}

/// The place of a cell on a numeric axis.
pub(super) fn number_of(cell: &CellSummary, axis: usize) -> Option<f64> {
    cell.axes.get(axis)?.number.filter(|number| number.is_finite())
}

/// The place of every cell on a numeric axis that is not the same everywhere.
pub(super) fn numbers(run: &RunSummary, axis: usize) -> Option<Vec<f64>> {
    let places: Vec<f64> = run.cells.iter().map(|cell| number_of(cell, axis)).collect::<Option<_>>()?;
    places.windows(2).any(|pair| pair[0] != pair[1]).then_some(places)
}
