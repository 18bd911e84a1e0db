//! The tests that a condition makes of a cell.

use std::borrow::Cow;

use super::super::axis::AxisValue;
use super::super::settings::Target;
use super::parser::Comparison;
use super::view::View;

/// Relative distance below which numbers are equal.
const TOLERANCE: f64 = 1e-12;

/// Something that holds of a cell or not.
#[derive(Debug)]
pub(super) enum Test {
    Any(Vec<Test>),
    All(Vec<Test>),
    Not(Box<Test>),
    /// A key that is `true` or `false`.
    Flag(Key),
    Compare(Side, Comparison, Side),
}

/// One side of a comparison.
#[derive(Debug)]
pub(super) enum Side {
    Key(Key),
    Fixed(AxisValue),
    Amount(Amount),
}

/// A number of a cell.
#[derive(Debug)]
pub(super) enum Amount {
    Key(Key),
    Fixed(f64),
    /// `true` is subtracted.
    Sum(Vec<(bool, Amount)>),
    /// By `true` is divided.
    Product(Vec<(bool, Amount)>),
    Negative(Box<Amount>),
}

/// A key as cells have it.
#[derive(Debug)]
pub(super) enum Key {
    /// The cell's id.
    Id,
    Setting(Target),
}

impl Key {
    fn value<'c>(&self, cell: &'c View<'_>) -> Option<Cow<'c, AxisValue>> {
        match self {
            Self::Id => Some(Cow::Owned(AxisValue::word(cell.id()))),
            Self::Setting(target) => cell.value(target),
        }
    }
}

impl Test {
    pub fn holds(&self, cell: &View<'_>) -> bool {
        match self {
            Self::Any(tests) => tests.iter().any(|test| test.holds(cell)),
            Self::All(tests) => tests.iter().all(|test| test.holds(cell)),
            Self::Not(test) => !test.holds(cell),
            Self::Flag(key) => key.value(cell).is_some_and(|value| value.text == "true"),
            Self::Compare(left, comparison, right) => compare(cell, left, *comparison, right),
        }
    }
}

impl Side {
    fn value<'c>(&'c self, cell: &'c View<'_>) -> Option<Cow<'c, AxisValue>> {
        match self {
            Self::Key(key) => key.value(cell),
            Self::Fixed(value) => Some(Cow::Borrowed(value)),
            Self::Amount(amount) => Some(Cow::Owned(AxisValue::plain(amount.number(cell)?))),
        }
    }

    const fn is_amount(&self) -> bool {
        matches!(self, Self::Amount(_))
    }
}

impl Amount {
    fn number(&self, cell: &View<'_>) -> Option<f64> {
        match self {
            Self::Key(key) => key.value(cell)?.number,
            Self::Fixed(number) => Some(*number),
            Self::Negative(amount) => amount.number(cell).map(|number| -number),
            Self::Sum(terms) => terms.iter().try_fold(0.0, |sum, (is_subtracted, term)| {
                let term = term.number(cell)?;
                Some(if *is_subtracted { sum - term } else { sum + term })
            }),
            Self::Product(factors) => factors.iter().try_fold(1.0, |product, (divides, factor)| {
                let factor = factor.number(cell)?;
                Some(if *divides { product / factor } else { product * factor })
            }),
        }
    }
}

fn compare(cell: &View<'_>, left: &Side, comparison: Comparison, right: &Side) -> bool {
    // What was computed is known by its number alone; all else has one text for each value.
    let by_number = left.is_amount() || right.is_amount();
    let (Some(left), Some(right)) = (left.value(cell), right.value(cell)) else {
        return comparison == Comparison::Unequal;
    };
    let numbers = left.number.zip(right.number);
    let is_close = |(a, b): (f64, f64)| a == b || (a - b).abs() <= TOLERANCE * a.abs().max(b.abs());
    let is_equal = if by_number { numbers.is_some_and(is_close) } else { left.text == right.text };
    let is_below = numbers.is_some_and(|(a, b)| a < b) && !(by_number && is_equal);
    let is_above = numbers.is_some_and(|(a, b)| a > b) && !(by_number && is_equal);
    match comparison {
        Comparison::Equal => is_equal,
        Comparison::Unequal => !is_equal,
        Comparison::Below => is_below,
        Comparison::Above => is_above,
        Comparison::AtMost => is_below || (is_equal && numbers.is_some()),
        Comparison::AtLeast => is_above || (is_equal && numbers.is_some()),
    }
}
