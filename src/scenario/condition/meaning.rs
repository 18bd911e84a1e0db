//! The meaning of keys and values in a condition, and which of them can be compared.

use super::super::axis::AxisValue;
use super::super::diagnostics::{Diagnostic, did_you_mean};
use super::super::document::{Raw, literal, segments};
use super::super::files::Files;
use super::super::kinds::{Flag, Kind, Lowering, Measure, parameter, parameters};
use super::super::settings::{Settings, Target};
use super::super::sweep::kind_at;
use super::super::text::{Part, Text};
use super::super::units::Quantity;
use super::parser::{Comparison, Expr, Form};
use super::terms::{Amount, Key, Side, Test};

/// The key that names a cell's id.
const ID: &str = "cell";

/// Quantity of a number; `None` for nodes, requests, probabilities.
type Dimension = Option<Quantity>;

fn noun(dimension: Dimension) -> &'static str {
    dimension.map_or("a plain number", Quantity::noun)
}

/// `None` for what has no order.
fn dimension(named: &Named) -> Option<Dimension> {
    named.kind?.measure().map(Measure::quantity)
}

/// A key as a condition names it.
struct Named {
    key: Key,
    /// `None` for the id.
    kind: Option<&'static dyn Kind>,
    dotted: String,
}

/// Surroundings that a condition is read in.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Context<'a> {
    /// Name of the condition in findings: `sweep.where`.
    pub name: &'a str,
    pub settings: &'a Settings,
    pub files: &'a Files,
}

/// Understands a condition.
pub(super) struct Meaning<'m, 'a> {
    pub text: &'m Text<'a>,
    pub context: Context<'m>,
    pub findings: &'m mut Vec<Diagnostic>,
}

impl Meaning<'_, '_> {
    /// Test that is true or false; goes on after a mistake, to find all of them.
    pub fn test(&mut self, expr: &Expr<'_>) -> Option<Test> {
        match &expr.form {
            Form::Any(list) => self.tests(list).map(Test::Any),
            Form::All(list) => self.tests(list).map(Test::All),
            Form::Not(inner) => Some(Test::Not(Box::new(self.test(inner)?))),
            Form::Compare(left, comparison, right) => self.compare(expr.part, left, *comparison, right),
            Form::Word => {
                let named = self.key(expr.part)?;
                if named.kind == Some(&Flag) {
                    return Some(Test::Flag(named.key));
                }
                let message = format!("`{}` alone is no condition", named.dotted);
                self.report(
                    expr.part,
                    message,
                    "neither true nor false",
                    "compare it: `==`, `!=`, `<`, `<=`, `>`, `>=`",
                )
            }
            _ => {
                let message = format!("`{}` alone is no condition", expr.part.text);
                self.report(
                    expr.part,
                    message,
                    "neither true nor false",
                    "compare it: `==`, `!=`, `<`, `<=`, `>`, `>=`",
                )
            }
        }
    }

    fn tests(&mut self, list: &[Expr<'_>]) -> Option<Vec<Test>> {
        let tests: Vec<_> = list.iter().map(|expr| self.test(expr)).collect();
        tests.into_iter().collect()
    }

    fn report<T>(&mut self, part: Part<'_>, message: String, label: &str, help: &str) -> Option<T> {
        self.findings.push(Diagnostic::new(self.text.place(part), message).label(label).help(help));
        None
    }

    /// Whether a word is a value of the key that it is compared with: neither is it a key, nor was it meant to be one.
    fn is_bare(&self, expr: &Expr<'_>) -> bool {
        let word = expr.part.text;
        matches!(expr.form, Form::Word) && !word.contains('.') && word != ID && self.target(expr.part).is_err()
    }

    fn compare(&mut self, all: Part<'_>, left: &Expr<'_>, comparison: Comparison, right: &Expr<'_>) -> Option<Test> {
        let is_word = |expr: &Expr<'_>| matches!(expr.form, Form::Word);
        let is_value =
            |this: &Self, expr: &Expr<'_>| matches!(expr.form, Form::Number | Form::Literal) || this.is_bare(expr);
        if is_word(left) && is_value(self, right) {
            let named = self.key(left.part)?;
            let value = self.literal(all, &named, comparison, right.part)?;
            return Some(Test::Compare(Side::Key(named.key), comparison, Side::Fixed(value)));
        }
        if is_word(right) && is_value(self, left) && !self.is_bare(right) {
            let named = self.key(right.part)?;
            let value = self.literal(all, &named, comparison, left.part)?;
            return Some(Test::Compare(Side::Fixed(value), comparison, Side::Key(named.key)));
        }
        if is_word(left) && is_word(right) {
            let (left_key, right_key) = (self.key(left.part), self.key(right.part));
            return self.keys(all, left_key?, comparison, right_key?);
        }
        let (left_amount, right_amount) = (self.amount(left), self.amount(right));
        let ((left_amount, left_measure), (right_amount, right_measure)) = (left_amount?, right_amount?);
        // Nothing is as much in any unit.
        let is_zero = |amount: &Amount| matches!(amount, Amount::Fixed(number) if *number == 0.0);
        if left_measure != right_measure && !is_zero(&left_amount) && !is_zero(&right_amount) {
            return self.mismatch((left.part, left_measure), (right.part, right_measure));
        }
        Some(Test::Compare(Side::Amount(left_amount), comparison, Side::Amount(right_amount)))
    }

    /// Two keys with each other.
    fn keys(&mut self, all: Part<'_>, left: Named, comparison: Comparison, right: Named) -> Option<Test> {
        let is_alike = match (dimension(&left), dimension(&right)) {
            (Some(left), Some(right)) => left == right,
            (None, None) => left.kind == right.kind,
            _ => false,
        };
        if !is_alike {
            let message = format!("`{}` and `{}` cannot be compared", left.dotted, right.dotted);
            return self.report(
                all,
                message,
                "values of different kinds",
                "compare a key with a value of its own kind",
            );
        }
        if dimension(&left).is_none() && needs_order(comparison) {
            return self.no_order(all, &left.dotted);
        }
        Some(Test::Compare(Side::Key(left.key), comparison, Side::Key(right.key)))
    }

    fn no_order<T>(&mut self, part: Part<'_>, dotted: &str) -> Option<T> {
        let message = format!("`{dotted}` has no order");
        self.report(part, message, "neither above nor below", "compare it with `==` or `!=`")
    }

    fn mismatch<T>(&mut self, left: (Part<'_>, Dimension), right: (Part<'_>, Dimension)) -> Option<T> {
        let message = format!("`{}` is {}, `{}` is {}", left.0.text, noun(left.1), right.0.text, noun(right.1));
        let help = "write quantities with their units, such as 40ms or 64KiB";
        self.report(right.0, message, "not of one kind", help)
    }

    /// A value that `named` is compared with.
    fn literal(&mut self, all: Part<'_>, named: &Named, comparison: Comparison, value: Part<'_>) -> Option<AxisValue> {
        let node = literal(value.text, self.text.place(value));
        let Some(kind) = named.kind else {
            if needs_order(comparison) {
                return self.no_order(all, &named.dotted);
            }
            let text = if let Raw::Text(text) = node.raw { text } else { value.text.into() };
            return Some(AxisValue::word(text));
        };
        let mut lowering = Lowering::new(self.context.files, self.findings);
        let value = kind.read(&mut lowering, &named.dotted, &node)?.axis_value();
        if needs_order(comparison) && value.number.is_none() {
            return self.no_order(all, &named.dotted);
        }
        Some(value)
    }

    fn target(&self, part: Part<'_>) -> Result<Target, Diagnostic> {
        let path: Vec<_> = segments(part.text, self.text.place(part)).collect();
        self.context.settings.target(&path)
    }

    /// A key that tells cells apart and has a value by itself.
    fn key(&mut self, part: Part<'_>) -> Option<Named> {
        if part.text == ID {
            return Some(Named { key: Key::Id, kind: None, dotted: ID.into() });
        }
        let settings = self.context.settings;
        let target = self.target(part).map_err(|finding| self.findings.push(finding)).ok()?;
        let place = self.text.place(part);
        if !settings.groups[target.group].section.sweepable {
            let message = format!("`{}` does not tell cells apart", target.dotted);
            let finding = Diagnostic::new(place, message).label("the same in every cell");
            self.findings.push(finding.help("compare keys that may be swept, such as `network.loss`"));
            return None;
        }
        if let Some(last) = target.rest.last()
            && parameter(last).is_none()
        {
            let message = format!("`{}` is no parameter to compare", target.dotted);
            let help = did_you_mean(last, parameters());
            return self.report(part, message, "not a number, a quantity or a name", &help);
        }
        let (kind, dotted) = (kind_at(settings, &target), target.dotted.clone());
        Some(Named { key: Key::Setting(target), kind: Some(kind), dotted })
    }

    fn amount(&mut self, expr: &Expr<'_>) -> Option<(Amount, Dimension)> {
        match &expr.form {
            Form::Word => {
                let named = self.key(expr.part)?;
                match dimension(&named) {
                    Some(dimension) => Some((Amount::Key(named.key), dimension)),
                    None => self.no_number(expr.part),
                }
            }
            Form::Number | Form::Literal => self.number(expr.part),
            Form::Negative(inner) => {
                let (amount, measure) = self.amount(inner)?;
                Some((Amount::Negative(Box::new(amount)), measure))
            }
            Form::Sum(terms) => self.sum(terms),
            Form::Product(factors) => self.product(factors),
            Form::Any(_) | Form::All(_) | Form::Not(_) | Form::Compare(..) => self.no_number(expr.part),
        }
    }

    fn no_number<T>(&mut self, part: Part<'_>) -> Option<T> {
        let message = format!("`{}` is no number", part.text);
        self.report(part, message, "cannot be calculated with", "calculate with counts, probabilities and quantities")
    }

    /// A number, or a quantity by its unit.
    fn number(&mut self, part: Part<'_>) -> Option<(Amount, Dimension)> {
        match literal(part.text, self.text.place(part)).raw {
            Raw::Integer(number) => Some((Amount::Fixed(number as f64), None)),
            Raw::Float(number) => Some((Amount::Fixed(number), None)),
            Raw::Text(text) => {
                let parsed = |quantity: Quantity| Some((quantity, quantity.parse(&text).ok()?));
                match Quantity::ALL.into_iter().find_map(parsed) {
                    Some((quantity, amount)) => {
                        let number = amount as f64 / quantity.per_axis_unit();
                        Some((Amount::Fixed(number), Some(quantity)))
                    }
                    None => self.no_number(part),
                }
            }
            _ => self.no_number(part),
        }
    }

    fn sum(&mut self, terms: &[(bool, Expr<'_>)]) -> Option<(Amount, Dimension)> {
        let found: Vec<_> = terms.iter().map(|(sign, term)| Some((*sign, self.amount(term)?))).collect();
        let found = found.into_iter().collect::<Option<Vec<_>>>()?;
        let measure = found.first()?.1.1;
        if let Some(odd) = found.iter().position(|(_, (_, other))| *other != measure) {
            return self.mismatch((terms[0].1.part, measure), (terms[odd].1.part, found[odd].1.1));
        }
        Some((Amount::Sum(found.into_iter().map(|(sign, (amount, _))| (sign, amount)).collect()), measure))
    }

    /// One quantity at most is multiplied, and a quantity is divided by plain numbers or by one of its kind.
    fn product(&mut self, factors: &[(bool, Expr<'_>)]) -> Option<(Amount, Dimension)> {
        let found: Vec<_> = factors.iter().map(|(divides, factor)| Some((*divides, self.amount(factor)?))).collect();
        let found = found.into_iter().collect::<Option<Vec<_>>>()?;
        let mut measure = None;
        for ((divides, (_, other)), (_, factor)) in found.iter().zip(factors) {
            measure = match (divides, measure, *other) {
                (_, measure, None) => measure,
                (false, None, other) => other,
                (true, measure, other) if measure == other => None,
                _ => {
                    let message = format!("`{}` cannot be a factor here", factor.part.text);
                    let help = "multiply quantities by plain numbers; divide one by another of its kind";
                    return self.report(factor.part, message, noun(*other), help);
                }
            };
        }
        Some((Amount::Product(found.into_iter().map(|(divides, (amount, _))| (divides, amount)).collect()), measure))
    }
}

const fn needs_order(comparison: Comparison) -> bool {
    !matches!(comparison, Comparison::Equal | Comparison::Unequal)
}
