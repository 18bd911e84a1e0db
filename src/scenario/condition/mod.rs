//! Conditions on the keys of a cell: the `where` of `[sweep]` and of `[[expect]]`, and `--filter`.
//!
//! 1. `lexer` cuts the text into words, `parser` finds its structure;
//! 2. `meaning` understands keys and values, and refuses what compares apples with pears;
//! 3. [`Condition::holds`] asks whether a cell fits.
//!
//! Every key of the cell may be named, swept or not, given or derived, and the cell's id as `cell`. Numbers that agree
//! to twelve digits are equal, so that `3 * 0.1 == 0.3`. What has no value in a cell, or none that is a number, differs
//! from all and is neither above nor below any.

mod lexer;
mod meaning;
mod parser;

use std::borrow::Cow;
use std::cell::{Cell, OnceCell};

use super::AxisValue;
use super::diagnostics::{Diagnostic, Place};
use super::files::Files;
use super::identity;
use super::lower::Lowering;
use super::schema::parameter;
use super::settings::{Settings, Slot, Target, default_node};
use super::sweep::Sweep;
use super::text::{Part, Text};
use super::value::{FileNames, Value};
use meaning::Meaning;
use parser::{Comparison, Wrong};

/// Relative distance below which numbers are equal.
const TOLERANCE: f64 = 1e-12;

/// Something that holds of a cell or not.
#[derive(Debug)]
pub(super) struct Condition(Test);

#[derive(Debug)]
enum Test {
    Any(Vec<Test>),
    All(Vec<Test>),
    Not(Box<Test>),
    /// A key that is `true` or `false`.
    Flag(Key),
    Compare(Side, Comparison, Side),
}

/// One side of a comparison.
#[derive(Debug)]
enum Side {
    Key(Key),
    Fixed(AxisValue),
    Amount(Amount),
}

/// A number of a cell.
#[derive(Debug)]
enum Amount {
    Key(Key),
    Fixed(f64),
    /// `true` is subtracted.
    Sum(Vec<(bool, Amount)>),
    /// By `true` is divided.
    Product(Vec<(bool, Amount)>),
    Negative(Box<Amount>),
}

#[derive(Debug)]
enum Key {
    /// The cell's id.
    Id,
    Setting(Target),
}

/// What a condition is read with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'a> {
    /// What findings call the condition: `sweep.where`.
    pub name: &'a str,
    pub settings: &'a Settings,
    pub files: &'a Files,
}

impl Condition {
    /// Reads a condition; reports everything that is wrong with it.
    pub fn parse(text: &Text<'_>, context: Context<'_>, findings: &mut Vec<Diagnostic>) -> Option<Self> {
        let whole = text.all().trim();
        let expr = lexer::tokens(whole).map_err(unknown_sign).and_then(|tokens| parser::parse(whole, &tokens));
        let expr = expr.map_err(|wrong| findings.push(malformed(text, context.name, wrong))).ok()?;
        Meaning { text, context, findings }.test(&expr).map(Self)
    }

    /// Whether a cell fits. One that could not be understood does: what is wrong with it must come to light.
    pub fn holds(&self, cell: &View<'_>) -> bool {
        cell.is_unknown.set(false);
        self.0.holds(cell) || cell.is_unknown.get()
    }
}

fn unknown_sign(rest: Part<'_>) -> Wrong<'_> {
    let label = match rest.text.as_bytes() {
        [b'=', ..] => "write `==`",
        [b'&', ..] => "write `and`",
        [b'|', ..] => "write `or`",
        [b'!', ..] => "write `not`",
        [b'"' | b'\'' | b'{' | b'[', ..] => "is not closed",
        _ => "not a part of conditions",
    };
    (rest, label)
}

fn malformed(text: &Text<'_>, name: &str, (part, label): Wrong<'_>) -> Diagnostic {
    let finding = Diagnostic::new(text.place(part), format!("`{name}` is not a condition")).label(label);
    finding.help(
        "write for example `network.loss <= 0.1 and aggregator.rule_set == \"attested\"`, or \
         `capability_don.nodes >= 3 * capability_don.f + 1`",
    )
}

/// A cell that conditions look at; no more of it is made than they ask for.
#[derive(Debug)]
pub(super) struct View<'a> {
    base: &'a Settings,
    sweep: &'a Sweep,
    files: &'a Files,
    index: u64,
    settings: OnceCell<(Settings, Vec<Diagnostic>)>,
    id: OnceCell<String>,
    /// Whether a key was asked for whose value is refused.
    is_unknown: Cell<bool>,
}

impl<'a> View<'a> {
    /// Of combination number `index`.
    pub fn new(base: &'a Settings, sweep: &'a Sweep, files: &'a Files, index: u64) -> Self {
        let (settings, id) = (OnceCell::new(), OnceCell::new());
        Self { base, sweep, files, index, settings, id, is_unknown: Cell::new(false) }
    }

    fn made(&self) -> &(Settings, Vec<Diagnostic>) {
        self.settings.get_or_init(|| {
            let mut findings = Vec::new();
            (self.sweep.settings(self.base, self.index, self.files, &mut findings), findings)
        })
    }

    /// The cell's settings, and what is wrong with them one by one.
    pub fn into_settings(self) -> (Settings, Vec<Diagnostic>) {
        self.made();
        self.settings.into_inner().unwrap_or_else(|| unreachable!("it has just been made"))
    }

    /// The cell's id.
    pub fn id(&self) -> &str {
        self.id.get_or_init(|| identity::cell_id(&self.made().0))
    }

    fn value(&self, key: &Key) -> Option<Cow<'_, AxisValue>> {
        let target = match key {
            Key::Id => {
                let text = self.id().to_owned();
                return Some(Cow::Owned(AxisValue { text, number: None, unit: "" }));
            }
            Key::Setting(target) => target,
        };
        let value = if let Some(axis) = self.sweep.axis_of(target) {
            self.sweep.value(self.index, axis).map(Cow::Borrowed)
        } else {
            let slot = &self.made().0.groups[target.group].slots[target.slot];
            (!slot.broken).then(|| Cow::Owned(self.part(slot, &target.rest)))
        };
        if value.is_none() {
            self.is_unknown.set(true);
        }
        value
    }

    /// The value of a key, or of a parameter in it; none at all where it has no such parameter.
    fn part(&self, slot: &Slot, path: &[String]) -> AxisValue {
        let Some(last) = path.last() else { return slot.value.axis_value() };
        let printed = default_node(&slot.value.print(FileNames::Stored), Place { source: 0, start: 0, end: 0 });
        let node = path.iter().try_fold(printed.as_ref(), |node, name| Some(node?.get(name))).flatten();
        let value =
            node.zip(parameter(last)).and_then(|(node, kind)| Lowering::new(self.files).value(kind, last, node));
        value.unwrap_or(Value::Absent).axis_value()
    }
}

impl Test {
    fn holds(&self, cell: &View<'_>) -> bool {
        match self {
            Self::Any(tests) => tests.iter().any(|test| test.holds(cell)),
            Self::All(tests) => tests.iter().all(|test| test.holds(cell)),
            Self::Not(test) => !test.holds(cell),
            Self::Flag(key) => cell.value(key).is_some_and(|value| value.text == "true"),
            Self::Compare(left, comparison, right) => compare(cell, left, *comparison, right),
        }
    }
}

impl Side {
    fn value<'c>(&'c self, cell: &'c View<'_>) -> Option<Cow<'c, AxisValue>> {
        match self {
            Self::Key(key) => cell.value(key),
            Self::Fixed(value) => Some(Cow::Borrowed(value)),
            Self::Amount(amount) => {
                let number = amount.number(cell)?;
                Some(Cow::Owned(AxisValue { text: String::new(), number: Some(number), unit: "" }))
            }
        }
    }

    const fn is_amount(&self) -> bool {
        matches!(self, Self::Amount(_))
    }
}

impl Amount {
    fn number(&self, cell: &View<'_>) -> Option<f64> {
        match self {
            Self::Key(key) => cell.value(key)?.number,
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
