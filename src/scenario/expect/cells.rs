//! Which cells an expectation is about: the contents of its brackets, and the cells that fit them.

use std::collections::BTreeMap;

use super::super::cells::Cells;
use super::super::diagnostics::{Diagnostic, Place, did_you_mean, list, nearest};
use super::super::document::literal;
use super::super::kinds::Lowering;
use super::super::sweep::{AxisPlan, Ground, Sweep};
use super::super::text::{Part, Text};

/// Cells that an expectation is checked on: places in the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A cell.
    Cell(u64),
    /// The difference of two cells that agree on all axes but those in the brackets.
    Difference {
        /// The cell of the first bracket.
        of: u64,
        /// The cell of the second.
        minus: u64,
    },
}

impl Subject {
    /// Its cells, one or two.
    pub fn cells(self) -> impl Iterator<Item = u64> {
        let (first, second) = match self {
            Self::Cell(cell) => (cell, None),
            Self::Difference { of, minus } => (of, Some(minus)),
        };
        std::iter::once(first).chain(second)
    }

    /// Whether a cell is the subject, or one of the two.
    pub(crate) const fn concerns(self, cell: u64) -> bool {
        match self {
            Self::Cell(index) => index == cell,
            Self::Difference { of, minus } => of == cell || minus == cell,
        }
    }
}

/// Axes that a bracket fixes, with the text of one of their values.
pub(super) type Selection = Vec<(usize, String)>;

/// The values in a bracket: `attested`, or `aggregator.rule_set=attested, network.loss=0.1`.
pub(super) fn selection(ground: Ground<'_>, text: &Text<'_>, bracket: Part<'_>) -> Result<Selection, Diagnostic> {
    let mut selection = Selection::new();
    for item in bracket.split(|rest| rest.starts_with(',').then_some(1)) {
        let item = item.trim();
        let sides = item.split(|rest| rest.starts_with('=').then_some(1));
        let (axis, value) = match sides[..] {
            [value] => anywhere(ground, text, value.trim())?,
            [axis, value] => on_axis(ground, text, axis.trim(), value.trim())?,
            _ => {
                return Err(Diagnostic::new(text.place(item), "a bracket holds values of axes")
                    .label("not one")
                    .help("write for example `[attested]`, or `[network.loss=0.1, attested]`"));
            }
        };
        if selection.iter().any(|(other, _)| *other == axis) {
            let message = format!("`{}` has two values in one bracket", ground.sweep.axes[axis].target.dotted);
            let help = "write one value an axis; without a bracket every cell is checked";
            return Err(Diagnostic::new(text.place(item), message).label("the second").help(help));
        }
        selection.push((axis, value));
    }
    selection.sort_unstable();
    Ok(selection)
}

/// The axis that has `value`, if one only has.
fn anywhere(ground: Ground<'_>, text: &Text<'_>, value: Part<'_>) -> Result<(usize, String), Diagnostic> {
    let axes = &ground.sweep.axes;
    let found: Vec<_> =
        axes.iter().enumerate().filter_map(|(at, axis)| Some((at, find(ground, axis, value.text)?))).collect();
    match found.as_slice() {
        [only] => Ok(only.clone()),
        [] => {
            let finding = Diagnostic::new(text.place(value), format!("no axis has the value `{}`", value.text));
            let known = axes.iter().flat_map(AxisPlan::shown).map(|value| value.text.as_str());
            let help = if axes.is_empty() {
                "there is no [sweep], so there is one cell only".into()
            } else {
                did_you_mean(value.text, known)
            };
            Err(finding.label("not swept").help(help))
        }
        several => {
            let offers = several.iter().map(|(at, value)| format!("`{}={value}`", axes[*at].target.dotted));
            let offers = offers.collect::<Vec<_>>().join(" or ");
            let message = format!("several axes have the value `{}`", value.text);
            Err(Diagnostic::new(text.place(value), message).label("ambiguous").help(format!("write {offers}")))
        }
    }
}

fn on_axis(ground: Ground<'_>, text: &Text<'_>, key: Part<'_>, value: Part<'_>) -> Result<(usize, String), Diagnostic> {
    let axes = &ground.sweep.axes;
    let Some(at) = axes.iter().position(|axis| axis.target.dotted == key.text) else {
        let keys = axes.iter().map(|axis| axis.target.dotted.as_str());
        let ending = keys.clone().find(|known| known.rsplit('.').next() == Some(key.text));
        let help = match nearest(key.text, keys.clone()).or(ending) {
            Some(near) => format!("did you mean `{near}`?"),
            None if axes.is_empty() => "there is no [sweep], so there is one cell only".into(),
            None => format!("the axes are {}", list(keys)),
        };
        let finding = Diagnostic::new(text.place(key), format!("`{}` is no axis", key.text));
        return Err(finding.label("not swept").help(help));
    };
    find(ground, &axes[at], value.text).map(|found| (at, found)).ok_or_else(|| {
        let message = format!("the axis `{}` has no value `{}`", key.text, value.text);
        let known = axes[at].shown().map(|value| value.text.as_str());
        Diagnostic::new(text.place(value), message)
            .label("not on the axis")
            .help(format!("its values are {}", list(known)))
    })
}

/// The value of `axis` that `text` means, as the axis shows it.
fn find(ground: Ground<'_>, axis: &AxisPlan, text: &str) -> Option<String> {
    let as_shown = axis.shown().find(|value| value.text == text);
    let meant = || {
        let kind = ground.base.kind(&axis.target);
        // Whether it is a value of this axis is only being tried.
        let mut tried = Vec::new();
        let node = literal(text, Place::NOWHERE);
        let mut lowering = Lowering::new(ground.files, &mut tried);
        let value = kind.read(&mut lowering, &axis.target.dotted, &node)?.axis_value();
        axis.shown().find(|shown| **shown == value)
    };
    as_shown.or_else(meant).map(|value| value.text.clone())
}

/// The combinations among `cells` that fit `selection`.
pub(super) fn matching(sweep: &Sweep, cells: &Cells, selection: &Selection, fits: &dyn Fn(u64) -> bool) -> Vec<u64> {
    let selected = |index: &u64| {
        let values = sweep.values(*index);
        selection.iter().all(|(axis, text)| values[*axis].text == *text)
    };
    cells.iter().filter(selected).filter(|index| fits(*index)).collect()
}

/// The pairs of cells of which the first fits one selection, the second the other, and that agree on all other axes.
pub(super) fn pairs(
    sweep: &Sweep,
    cells: &Cells,
    selections: [&Selection; 2],
    fits: &dyn Fn(u64) -> bool,
) -> Vec<Subject> {
    let others = |index: u64| sweep.texts(index, |at| selections[0].iter().all(|(axis, _)| *axis != at));
    let [first, second] = selections.map(|selection| matching(sweep, cells, selection, fits));
    let second: BTreeMap<_, _> = second.into_iter().map(|index| (others(index), index)).collect();
    let pair = |cell: u64| Some(Subject::Difference { of: cell, minus: *second.get(&others(cell))? });
    first.into_iter().filter_map(pair).collect()
}
