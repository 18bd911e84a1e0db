//! Durations, sizes and bandwidths: numbers with a unit.

use super::super::units::{Problem, Quantity};
use super::json;
use super::prelude::*;
use crate::engine::Span;

/// A number with a unit.
#[derive(Debug)]
pub(in super::super) struct Measured {
    name: &'static str,
    words: &'static str,
    example: &'static str,
    quantity: Quantity,
    /// Objection to zero, and the way out; `None` where zero is fine.
    zero: Option<(&'static str, &'static str)>,
    /// The largest amount, which the words end with.
    max: Option<u64>,
}

pub(in super::super) const TIME: Measured = measured("duration", "duration", "\"40ms\"", Quantity::Duration);

/// A duration above zero.
pub(in super::super) const POSITIVE_TIME: Measured = Measured {
    zero: Some(("must be above zero", "write a longer time, such as \"10s\"")),
    ..measured("duration.positive", "duration above zero", "\"40ms\"", Quantity::Duration)
};

/// A size up to a limit.
pub(in super::super) const SIZE: Measured =
    Measured { max: Some(16 << 20), ..measured("size", "size up to ", "\"64KiB\"", Quantity::Size) };

/// A bandwidth above zero.
pub(in super::super) const BANDWIDTH: Measured = Measured {
    zero: Some(("nothing would ever arrive", "leave the key out for no limit, or cut the links with [[network.cuts]]")),
    ..measured("bandwidth", "bandwidth above zero", "\"100Mbit/s\"", Quantity::Bandwidth)
};

const fn measured(name: &'static str, words: &'static str, example: &'static str, quantity: Quantity) -> Measured {
    Measured { name, words, example, quantity, zero: None, max: None }
}

#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Amount {
    pub quantity: Quantity,
    /// In nanoseconds, bytes or bits a second.
    pub amount: u64,
}

impl From<Span> for Amount {
    fn from(span: Span) -> Self {
        Self { quantity: Quantity::Duration, amount: span.as_nanos() }
    }
}

impl Kind for Measured {
    fn about(&self) -> About {
        let words = format!("{}{}", self.words, self.max.map(|max| self.quantity.print(max)).unwrap_or_default());
        About::new(self.name, words, self.example, json::quantity(self.quantity, self.zero.is_some()))
    }

    fn read(&self, lowering: &mut Lowering<'_>, key: &str, node: &Node) -> Option<Value> {
        let amount = amount(lowering, key, node, self.quantity)?;
        if let Some((label, help)) = self.zero.filter(|_| amount == 0) {
            let finding = Diagnostic::new(node.at, format!("`{key}` is zero"));
            return lowering.report(finding.label(label).help(help));
        }
        if let Some(max) = self.max.filter(|max| amount > *max) {
            let finding = Diagnostic::new(node.at, format!("`{key}` is out of range")).label("too large");
            return lowering.report(finding.help(format!("use {} at most", self.quantity.print(max))));
        }
        Some(Arc::new(Amount { quantity: self.quantity, amount }))
    }

    fn measure(&self) -> Option<Measure> {
        Some(Measure::Of(self.quantity))
    }
}

impl Meaning for Amount {
    fn axis_value(&self) -> AxisValue {
        AxisValue::amount(self.quantity, self.amount)
    }
}

impl FromValue for Span {
    fn from_value(value: Option<&dyn Meaning>) -> Self {
        Self::from_nanos(u64::from_value(value))
    }
}

/// The amount that `node` is.
pub(in super::super) fn amount(lowering: &mut Lowering<'_>, key: &str, node: &Node, quantity: Quantity) -> Option<u64> {
    let (text, result) = match &node.raw {
        Raw::Text(text) => (text.clone(), quantity.parse(text)),
        Raw::Integer(number) if *number >= 0 => (number.to_string(), Err(Problem::MissingUnit)),
        Raw::Float(number) if number.is_finite() && *number >= 0.0 => (number.to_string(), Err(Problem::MissingUnit)),
        _ => {
            let example = format!("{} with its unit, such as \"40{}\"", quantity.noun, quantity.usual_unit);
            return lowering.wrong_type(key, node, &example);
        }
    };
    result.map_or_else(|problem| lowering.report(finding(key, node, quantity, &text, problem)), Some)
}

fn finding(key: &str, node: &Node, quantity: Quantity, text: &str, problem: Problem) -> Diagnostic {
    let noun = quantity.noun;
    let (message, label, help) = match problem {
        Problem::NotANumber => {
            let help = format!("write a number and a unit, such as \"40{}\"", quantity.usual_unit);
            (format!("`{key}` must be {noun}"), "not a number with a unit", help)
        }
        Problem::MissingUnit => {
            let help = format!("write \"{}{}\"; units: {}", text.trim(), quantity.usual_unit, quantity.unit_list);
            (format!("`{key}` lacks a unit"), "a number alone", help)
        }
        Problem::UnknownUnit { number, unit, candidates } if !candidates.is_empty() => {
            let offers: Vec<_> = candidates.iter().map(|unit| format!("\"{number}{unit}\"")).collect();
            let state = if candidates.len() > 1 { "ambiguous" } else { "unknown" };
            (
                format!("{state} unit `{unit}` in `{key}`"),
                "which unit is meant?",
                format!("write {}", offers.join(" or ")),
            )
        }
        Problem::UnknownUnit { unit, .. } => {
            (format!("unknown unit `{unit}` in `{key}`"), "not a unit", format!("units: {}", quantity.unit_list))
        }
        Problem::TooFine => {
            let help = format!("the smallest step is {}", quantity.print(1));
            (format!("`{key}` is too fine"), "would have to be rounded", help)
        }
        Problem::TooLarge => (format!("`{key}` is too large"), "more than 64 bits can hold", "write less".into()),
    };
    Diagnostic::new(node.at, message).label(label).help(help)
}
