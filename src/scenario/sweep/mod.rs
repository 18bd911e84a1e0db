//! `[sweep]`: axes, the order of cells, and the settings of each.

mod lower;
mod read;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::axis::{Axis, AxisValue};
use super::diagnostics::{Diagnostic, Place};
use super::document::Node;
use super::files::{FileNames, Files};
use super::kinds::{Lowering, Value};
use super::settings::{Settings, Target};

/// A value on an axis.
#[derive(Clone, Debug)]
struct Point {
    node: Arc<Node>,
    /// `None` until it is understood, and when it was refused.
    value: Option<Value>,
    shown: Option<AxisValue>,
}

impl Point {
    fn new(node: Node) -> Self {
        Self { node: Arc::new(node), value: None, shown: None }
    }
}

/// An axis with its values.
#[derive(Debug)]
pub(super) struct AxisPlan {
    /// The key, or part of one, that it sweeps.
    pub target: Target,
    points: Vec<Point>,
    zip: bool,
    at: Option<Place>,
    /// Whether the command line took it out of the zipped group.
    unzipped: bool,
    /// Whether its values could not be read; what is wrong with them is reported.
    broken: bool,
}

impl AxisPlan {
    /// Its values as the reader sees them.
    pub fn shown(&self) -> impl Iterator<Item = &AxisValue> + Clone {
        self.points.iter().filter_map(|point| point.shown.as_ref())
    }

    /// Its values as a TOML array.
    pub fn print(&self, names: FileNames) -> String {
        let values = self.points.iter().filter_map(|point| Some(point.value.as_ref()?.print(names)));
        format!("[{}]", values.collect::<Vec<_>>().join(", "))
    }
}

/// All axes, and by them all cells.
#[derive(Debug, Default)]
pub(super) struct Sweep {
    at: Option<Place>,
    /// Zipped axes, then grid axes in the order of the file.
    pub axes: Vec<AxisPlan>,
    /// How many combinations there are; conditions choose among them.
    pub count: u64,
}

impl Sweep {
    /// How many axes are zipped.
    pub fn zipped(&self) -> usize {
        self.axes.iter().filter(|axis| axis.zip).count()
    }

    /// The axes as others see them.
    pub fn named(&self) -> Vec<Axis> {
        let first_grid = self.zipped().saturating_sub(1);
        let axes = self.axes.iter().enumerate();
        axes.map(|(at, axis)| Axis { key: axis.target.dotted.clone(), group: at.saturating_sub(first_grid) }).collect()
    }

    /// The positions of a cell on all axes; the last grid axis runs fastest.
    fn positions(&self, index: u64) -> Vec<usize> {
        let mut rest = index;
        let mut positions = vec![0; self.axes.len()];
        let zipped = self.zipped();
        for (axis, position) in self.axes.iter().zip(&mut positions).skip(zipped).rev() {
            let size = axis.points.len() as u64;
            *position = (rest % size) as usize;
            rest /= size;
        }
        for (axis, position) in self.axes.iter().zip(&mut positions).take(zipped) {
            *position = (rest % axis.points.len() as u64) as usize;
        }
        positions
    }

    fn points(&self, index: u64) -> impl Iterator<Item = (&AxisPlan, &Point)> {
        self.axes.iter().zip(self.positions(index)).map(|(axis, position)| (axis, &axis.points[position]))
    }

    /// The axis that sweeps all of `target`, if there is one.
    pub fn axis_of(&self, target: &Target) -> Option<usize> {
        self.axes.iter().position(|axis| axis.target == *target)
    }

    /// A cell's value on one axis; `None` when it was refused.
    pub fn value(&self, index: u64, axis: usize) -> Option<&AxisValue> {
        self.axes[axis].points[self.positions(index)[axis]].shown.as_ref()
    }

    /// A cell's values on all axes.
    pub fn values(&self, index: u64) -> Vec<AxisValue> {
        self.points(index).map(|(_, point)| point.shown.clone().unwrap_or_else(|| AxisValue::word(""))).collect()
    }

    /// The texts of a cell's values on the axes that are `wanted`.
    pub fn texts(&self, index: u64, wanted: impl Fn(usize) -> bool) -> Vec<String> {
        let values = self.values(index).into_iter().enumerate();
        values.filter(|(axis, _)| wanted(*axis)).map(|(_, value)| value.text).collect()
    }

    /// A cell in words: `network.loss = 0.1, aggregator.rule_set = attested`.
    pub fn describe(&self, index: u64) -> String {
        let values = self.values(index);
        let pairs =
            self.axes.iter().zip(values).map(|(axis, value)| format!("{} = {}", axis.target.dotted, value.text));
        pairs.collect::<Vec<_>>().join(", ")
    }

    /// Where a cell's value on the fastest axis stands.
    pub fn place(&self, index: u64) -> Option<Place> {
        self.points(index).last().map(|(_, point)| point.node.at)
    }
}

/// Parts that cells are made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ground<'a> {
    pub base: &'a Settings,
    pub sweep: &'a Sweep,
    pub files: &'a Files,
}

impl Ground<'_> {
    /// Settings of a cell: its values in those of all cells, and every derived default filled.
    pub fn settings(&self, index: u64, findings: &mut Vec<Diagnostic>) -> Settings {
        let mut settings = self.base.clone();
        let mut parts = BTreeSet::new();
        for (axis, point) in self.sweep.points(index) {
            let (group, slot) = (axis.target.group, axis.target.slot);
            settings.groups[group].slots[slot].swept = true;
            if axis.broken {
                settings.groups[group].slots[slot].broken = true;
                continue;
            }
            if let Err(finding) = settings.give(&axis.target, &point.node) {
                findings.push(finding);
            }
            let slot_ref = &mut settings.groups[group].slots[slot];
            if !axis.target.rest.is_empty() {
                parts.insert((group, slot));
            } else if let Some(value) = &point.value {
                (slot_ref.value, slot_ref.broken) = (Some(Arc::clone(value)), false);
            } else {
                slot_ref.broken = true;
            }
        }
        for (group, slot) in parts {
            settings.lower(group, slot, &mut Lowering::new(self.files, findings));
        }
        settings.derive();
        settings
    }
}
