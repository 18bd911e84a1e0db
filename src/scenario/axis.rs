//! Axes and their values, as all rooms above see them.

use super::units::Quantity;

/// A swept axis.
///
/// ```
/// use donsim::experiment::Axis;
/// use donsim::scenario::Scenario;
///
/// let text = "schema = 1\nsweep.zip.capability_don = { nodes = [4, 7], f = [1, 2] }\n".to_owned();
/// let scenario = Scenario::parse("mine.toml".as_ref(), text, &[])?;
/// let keys = ["capability_don.nodes", "capability_don.f"];
/// assert_eq!(scenario.axes(), keys.map(|key| Axis { key: key.to_owned(), group: 0 }), "they advance together");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// The dotted key, such as `network.loss`.
    pub key: String,
    /// Axes of one group advance together (`[sweep.zip]`); every grid axis is a group of its own.
    pub group: usize,
}

/// A cell's value on an axis.
///
/// ```
/// use donsim::experiment::{Axis, AxisValue};
/// use donsim::scenario::Scenario;
///
/// let text = "schema = 1\nsweep.grid.network.latency = [\"40ms\", \"1500ms\"]\n".to_owned();
/// let scenario = Scenario::parse("mine.toml".as_ref(), text, &[])?;
/// assert_eq!(scenario.axes(), [Axis { key: "network.latency".to_owned(), group: 0 }]);
/// let AxisValue { text, number, unit } = &scenario.cell(1).axes[0];
/// assert_eq!((&text[..], *number, *unit), ("1.5s", Some(1500.0), "ms"));
/// assert_eq!(AxisValue::of_number(1500.0, "ms").as_ref(), Some(&scenario.cell(1).axes[0]));
/// assert!(AxisValue::UNITS.contains(unit) && AxisValue::of_number(-1.0, "ms").is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct AxisValue {
    /// As the scenario writes it, without quotes: `0.05`, `40ms`, `attested`, `f+1`.
    pub text: String,
    /// As a number for a value axis, in `unit`; `None` for what has no order, such as a rule set.
    pub number: Option<f64>,
    /// The unit of `number`: `ms`, `bytes`, `Mbit/s`, or empty for counts and probabilities.
    pub unit: &'static str,
}

impl AxisValue {
    /// The units that numbers on axes have.
    pub const UNITS: [&'static str; 4] = [
        "",
        Quantity::Duration.units().axis_unit,
        Quantity::Size.units().axis_unit,
        Quantity::Bandwidth.units().axis_unit,
    ];

    /// A number in one of [`Self::UNITS`], with the one text that it has whoever wrote it: `1.5s` for 1500 in `ms`.
    /// `None` for what no scenario can have there: a quantity below zero, or finer than it is counted.
    #[must_use]
    pub fn of_number(number: f64, unit: &'static str) -> Option<Self> {
        let Some(quantity) = Quantity::ALL.into_iter().find(|quantity| quantity.axis_unit == unit) else {
            return (unit.is_empty() && number.is_finite()).then(|| Self::plain(number));
        };
        // Floats hold every count of a scenario exactly, and give it back when the division is undone.
        let count = libm::round(number * quantity.per_axis_unit);
        let is_exact = (0.0..u64::MAX as f64).contains(&count) && count / quantity.per_axis_unit == number;
        is_exact.then(|| Self { number: Some(number), ..Self::amount(quantity, count as u64) })
    }

    /// A value without order.
    pub(super) fn word(text: impl Into<String>) -> Self {
        Self { text: text.into(), number: None, unit: "" }
    }

    /// A count, a probability.
    pub(super) fn plain(number: f64) -> Self {
        Self { text: number.to_string(), number: Some(number), unit: "" }
    }

    /// An amount of a quantity, in what it is counted in.
    pub(super) fn amount(quantity: Quantity, amount: u64) -> Self {
        let number = amount as f64 / quantity.per_axis_unit;
        Self { text: quantity.print(amount), number: Some(number), unit: quantity.axis_unit }
    }
}
