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
    Flag(Term),
    Compare {
        left: Term,
        comparison: Comparison,
        right: Term,
        /// What was computed is known by its number alone; all else has one text for each value.
        by_number: bool,
    },
}

/// A value of a cell, or a number that is made of such.
#[derive(Debug)]
pub(super) enum Term {
    /// The cell's id.
    Id,
    Key(Target),
    Fixed(AxisValue),
    Sum(Marked),
    Product(Marked),
    Negative(Box<Term>),
}

/// Terms; a marked one is subtracted, or what is divided by.
pub(super) type Marked = Vec<(bool, Term)>;

impl Test {
    pub fn holds(&self, cell: &View<'_>) -> bool {
        match self {
            Self::Any(tests) => tests.iter().any(|test| test.holds(cell)),
            Self::All(tests) => tests.iter().all(|test| test.holds(cell)),
            Self::Not(test) => !test.holds(cell),
            Self::Flag(key) => key.value(cell).is_some_and(|value| value.text == "true"),
            Self::Compare { left, comparison, right, by_number } => match (left.value(cell), right.value(cell)) {
                (Some(left), Some(right)) => compare(&left, *comparison, &right, *by_number),
                _ => *comparison == Comparison::Unequal,
            },
        }
    }
}

impl Term {
    fn value<'c>(&'c self, cell: &'c View<'_>) -> Option<Cow<'c, AxisValue>> {
        match self {
            Self::Id => Some(Cow::Owned(AxisValue::word(cell.id()))),
            Self::Key(target) => cell.value(target),
            Self::Fixed(value) => Some(Cow::Borrowed(value)),
            _ => Some(Cow::Owned(AxisValue::plain(self.number(cell)?))),
        }
    }

    fn number(&self, cell: &View<'_>) -> Option<f64> {
        match self {
            Self::Id | Self::Key(_) | Self::Fixed(_) => self.value(cell)?.number,
            Self::Negative(term) => term.number(cell).map(|number| -number),
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

fn compare(left: &AxisValue, comparison: Comparison, right: &AxisValue, by_number: bool) -> bool {
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
