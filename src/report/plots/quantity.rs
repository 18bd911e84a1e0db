//! The values of a numeric axis as readers see them: in which unit, and how each is written.

use super::axis::rising;
use super::choice::number_of;
use super::number;
use crate::experiment::RunSummary;
use crate::scenario::axis_title;

const KIB: f64 = 1024.0;
const MIB: f64 = 1024.0 * KIB;
const GIB: f64 = 1024.0 * MIB;

/// The values of an axis, rising.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Quantity {
    pub(super) key: String,
    pub(super) unit: &'static str,
    pub(super) values: Vec<f64>,
}

impl Quantity {
    /// The values that cells have on an axis.
    pub(super) fn of(run: &RunSummary, axis: usize) -> Self {
        let values = rising(run.cells.iter().filter_map(|cell| number_of(cell, axis)));
        let unit = run.cells.iter().find_map(|cell| cell.axes.get(axis)).map_or("", |value| value.unit);
        Self { key: run.axes[axis].key.clone(), unit, values }
    }

    /// The ends of the axis.
    pub(super) fn ends(&self) -> (f64, f64) {
        (self.values[0], self.values[self.values.len() - 1])
    }

    /// The name of the axis, with the unit that all values have in common.
    pub(super) fn title(&self) -> String {
        let name = axis_title(&self.key);
        if self.has_own_units() { name } else { with_unit(&name, self.reading(&self.values).1) }
    }

    /// The factor by which values are multiplied when they are shown in their common unit.
    pub(super) fn factor(&self) -> f64 {
        self.reading(&self.values).0
    }

    /// A value with its unit: `5 %`, `64 KiB`.
    pub(super) fn write(&self, value: f64) -> String {
        let (factor, unit) = if self.has_own_units() { self.reading(&[value]) } else { self.reading(&self.values) };
        format!("{} {unit}", number::short(value * factor)).trim_end().to_owned()
    }

    /// The same without its unit, where the axis tells that.
    pub(super) fn tick(&self, value: f64) -> String {
        if self.has_own_units() { self.write(value) } else { number::short(value * self.factor()) }
    }

    /// Whether values need a unit each: sizes from bytes to megabytes have none in common that reads well.
    pub(super) fn has_own_units(&self) -> bool {
        self.unit == "bytes" && self.largest() >= KIB * self.smallest()
    }

    fn largest(&self) -> f64 {
        self.values.iter().copied().fold(0.0, f64::max)
    }

    /// The smallest value above zero.
    fn smallest(&self) -> f64 {
        self.values.iter().copied().filter(|size| *size > 0.0).fold(f64::INFINITY, f64::min)
    }

    /// Factor and unit in which `values` are shown.
    fn reading(&self, values: &[f64]) -> (f64, &'static str) {
        let last = self.key.rsplit('.').next().unwrap_or_default();
        match (self.unit, values) {
            ("bytes", [only]) => unit(*only, [1.0; 3]),
            // A unit that suits only the largest would leave tiny fractions to the others.
            ("bytes", _) => sizes(self.largest().min(self.smallest() * 16.0)),
            ("" | "1", _) if ["loss", "duplication", "probability", "agree"].contains(&last) => (100.0, "%"),
            ("" | "1", _) => (1.0, ""),
            (other, _) => (1.0, other),
        }
    }
}

/// The factor and the unit for amounts of data up to `largest`.
pub(super) fn sizes(largest: f64) -> (f64, &'static str) {
    unit(largest, [4.0, 4.0, 2.0])
}

/// The factor and the unit for `size`: the largest unit that it reaches so many times, given from the largest down.
fn unit(size: f64, least: [f64; 3]) -> (f64, &'static str) {
    let mut units = [(GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")].into_iter().zip(least);
    let unit = units.find(|((unit, _), least)| size >= least * unit);
    unit.map_or((1.0, "bytes"), |((unit, name), _)| (1.0 / unit, name))
}

/// A name with its unit in brackets.
pub(super) fn with_unit(name: &str, unit: &str) -> String {
    if unit.is_empty() { name.to_owned() } else { format!("{name} [{unit}]") }
}

#[cfg(test)]
#[path = "tests/quantity.rs"]
mod tests;
