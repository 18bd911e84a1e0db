//! Orders of values: what numbers count, and the ticks that ranges of them are made of.

use super::super::document::{Node, Raw};
use super::super::units::{Decimal, Quantity};

/// Ticks of one in decimal numbers: no more digits are told apart.
const PARTS: u128 = 1_000_000_000_000_000_000;

/// Unit that a number counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Measure {
    /// Nodes, requests: whole numbers.
    Count,
    /// Probabilities, exponents.
    Decimal,
    /// Nanoseconds, bytes, bits a second.
    Of(Quantity),
}

impl Measure {
    /// `None` for plain numbers.
    pub const fn quantity(self) -> Option<Quantity> {
        match self {
            Self::Count | Self::Decimal => None,
            Self::Of(quantity) => Some(quantity),
        }
    }

    /// `node` in whole ticks; `None` for what is no plain number of this measure.
    pub fn ticks(self, node: &Node) -> Option<u128> {
        match (self, &node.raw) {
            (Self::Count, Raw::Integer(number)) => u128::try_from(*number).ok(),
            (Self::Decimal, Raw::Integer(number)) => u128::try_from(*number).ok()?.checked_mul(PARTS),
            // The shortest decimal that means this number: what the file says, in all but perverse cases.
            (Self::Decimal, Raw::Float(number)) => Decimal::parse(&(number + 0.0).to_string())?.in_parts(PARTS).ok(),
            (Self::Of(quantity), Raw::Text(text)) => quantity.parse(text).ok().map(u128::from),
            _ => None,
        }
    }

    /// So many ticks as a file would write them.
    pub fn raw(self, ticks: u128) -> Raw {
        let amount = u64::try_from(ticks).unwrap_or(u64::MAX);
        match self {
            Self::Count => Raw::Integer(i128::from(amount)),
            Self::Decimal => {
                let text = format!("{}.{:018}", ticks / PARTS, ticks % PARTS);
                Raw::Float(text.parse().unwrap_or(f64::NAN))
            }
            Self::Of(quantity) => Raw::Text(quantity.print(amount)),
        }
    }
}
