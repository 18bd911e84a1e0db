//! Numbers with a fraction.

use super::prelude::*;

#[derive(Debug)]
pub(in super::super) struct Number {
    name: &'static str,
    words: &'static str,
    example: &'static str,
    /// Words of an error for what it must be, and a number that is.
    expected: (&'static str, &'static str),
    /// Whether a percentage may have been meant.
    is_share: bool,
    accepts: fn(f64) -> bool,
    schema: fn() -> Json,
}

pub(in super::super) const PROBABILITY: Number = Number {
    name: "probability",
    words: "probability, 0 to 1",
    example: "0.1",
    expected: ("a probability from 0 to 1", "0.05"),
    is_share: true,
    accepts: |number| (0.0..=1.0).contains(&number),
    schema: || json!({ "type": "number", "minimum": 0, "maximum": 1 }),
};

pub(in super::super) const CONFIDENCE: Number = Number {
    name: "confidence",
    words: "number from 0.5 to below 1",
    example: "0.99",
    expected: ("from 0.5 to below 1, such as 0.95", "0.95"),
    is_share: true,
    accepts: |number| (0.5..1.0).contains(&number),
    schema: || json!({ "type": "number", "minimum": 0.5, "exclusiveMaximum": 1 }),
};

pub(in super::super) const HALF_WIDTH: Number = Number {
    name: "half_width",
    words: "number above 0, below 1",
    example: "0.01",
    expected: ("above 0 and below 1, such as 0.01", "0.01"),
    is_share: true,
    accepts: |number| number > 0.0 && number < 1.0,
    schema: || json!({ "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1 }),
};

/// A positive number. The limit keeps it printable in full; far below it the tail is gone already.
pub(in super::super) const EXPONENT: Number = Number {
    name: "exponent",
    words: "number above 0, up to 1000",
    example: "1.5",
    expected: ("a positive number up to 1000", "1.5"),
    is_share: false,
    accepts: |number| number > 0.0 && number <= 1_000.0,
    schema: || json!({ "type": "number", "exclusiveMinimum": 0, "maximum": 1000 }),
};

impl Kind for Number {
    fn about(&self) -> About {
        About::new(self.name, self.words, self.example, (self.schema)())
    }

    fn read(&self, lowering: &mut Lowering<'_>, key: &str, node: &Node) -> Option<Value> {
        // Adding zero takes the sign off a negative zero.
        if let Some(number) = number(node).filter(|number| (self.accepts)(*number)) {
            return Some(Arc::new(number + 0.0));
        }
        let (expected, such_as) = self.expected;
        let help = percentage(node).filter(|_| self.is_share);
        let help = help.unwrap_or_else(|| format!("write a number such as {such_as}"));
        lowering.wrong_value(key, node, expected, help)
    }

    fn measure(&self) -> Option<Measure> {
        Some(Measure::Decimal)
    }
}

plain_meaning!(f64: number => AxisValue::plain(*number));
from_value!(f64);

fn number(node: &Node) -> Option<f64> {
    match node.raw {
        Raw::Integer(number) => Some(number as f64),
        Raw::Float(number) => Some(number),
        _ => None,
    }
}

/// Advice if `node` is a percentage.
fn percentage(node: &Node) -> Option<String> {
    // Up to 1 it is a share already, unless it says that it is none.
    let (percent, least) = match &node.raw {
        Raw::Text(text) => (text.strip_suffix('%')?.trim().parse().ok()?, 0.0),
        _ => (number(node)?, 1.0),
    };
    (percent > least && percent <= 100.0).then(|| format!("if {percent} % is meant, write {}", percent / 100.0))
}
