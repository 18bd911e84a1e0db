//! Whole numbers.

use super::prelude::*;
use super::quantity::Amount;

/// Nodes in one DON.
pub(in super::super) const MAX_NODES: u64 = 1_000;

/// A whole number between bounds.
#[derive(Debug)]
pub(in super::super) struct Count {
    pub min: u64,
    pub max: u64,
}

impl Kind for Count {
    fn about(&self) -> About {
        let Self { min, max } = *self;
        let (words, schema) = if min == max {
            (format!("the number {min}"), json!({ "const": min }))
        } else {
            (format!("whole number, {min} to {max}"), json!({ "type": "integer", "minimum": min, "maximum": max }))
        };
        About::new(format!("count.{min}.{max}"), words, 2.clamp(min, max).to_string(), schema)
    }

    fn read(&self, lowering: &mut Lowering<'_>, key: &str, node: &Node) -> Option<Value> {
        let Self { min, max } = *self;
        let Raw::Integer(number) = node.raw else {
            let help = format!("write a whole number from {min} to {max}");
            return lowering.wrong_value(key, node, "a whole number", help);
        };
        if let Some(count) = u64::try_from(number).ok().filter(|count| (min..=max).contains(count)) {
            return Some(Arc::new(count));
        }
        let finding = match number {
            // One value and no other is a version.
            _ if min == max => {
                let finding = Diagnostic::new(node.at, format!("`{key}` is of an unknown version"));
                let finding = finding.label(format!("this donsim reads version {min}"));
                return lowering
                    .report(finding.help(format!("write `{key} = {min}`, or use the donsim of that version")));
            }
            0 => Diagnostic::new(node.at, format!("`{key}` is zero")).label(format!("at least {min} is needed")),
            i128::MIN | i128::MAX => Diagnostic::new(node.at, format!("`{key}` is out of range")).label("far too long"),
            _ => Diagnostic::new(node.at, format!("`{key}` is out of range")).label(format!("found {number}")),
        };
        lowering.report(finding.help(format!("use {min} to {max}")))
    }

    fn measure(&self) -> Option<Measure> {
        Some(Measure::Count)
    }
}

plain_meaning!(u64: count => AxisValue { text: count.to_string(), ..AxisValue::plain(*count as f64) });

impl FromValue for u64 {
    fn from_value(value: Option<&dyn Meaning>) -> Self {
        let amount = || downcast(value).map(|amount: &Amount| amount.amount);
        downcast(value).copied().or_else(amount).unwrap_or_default()
    }
}

impl FromValue for u32 {
    fn from_value(value: Option<&dyn Meaning>) -> Self {
        Self::try_from(u64::from_value(value)).unwrap_or(Self::MAX)
    }
}
