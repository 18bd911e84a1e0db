//! What keys and values in a condition mean, and which of them can be compared.

use super::super::AxisValue;
use super::super::diagnostics::{Diagnostic, did_you_mean};
use super::super::document::{Raw, literal, segments};
use super::super::lower::Lowering;
use super::super::schema::{Kind, PARAMETERS, parameter};
use super::super::settings::Target;
use super::super::sweep::kind_at;
use super::super::text::{Part, Text};
use super::super::units::Quantity;
use super::super::value::Value;
use super::parser::{Comparison, Expr, Form};
use super::{Amount, Context, Key, Side, Test};
use crate::engine::Span;

/// The key that names a cell's id.
const ID: &str = "cell";

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Measure {
    /// Nodes, requests, probabilities.
    Plain,
    Of(Quantity),
}

impl Measure {
    /// `None` for what has no order.
    const fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Count { .. } | Kind::Probability | Kind::Confidence | Kind::Exponent | Kind::Holders => {
                Some(Self::Plain)
            }
            Kind::Duration { .. } | Kind::Distribution | Kind::Skew | Kind::Latency => {
                Some(Self::Of(Quantity::Duration))
            }
            Kind::Size { .. } => Some(Self::Of(Quantity::Size)),
            Kind::Bandwidth => Some(Self::Of(Quantity::Bandwidth)),
            _ => None,
        }
    }

    const fn noun(self) -> &'static str {
        match self {
            Self::Plain => "a plain number",
            Self::Of(quantity) => quantity.noun(),
        }
    }
}

/// A key as a condition names it.
struct Named {
    key: Key,
    /// `None` for the id.
    kind: Option<Kind>,
    dotted: String,
}

/// Understands a condition.
pub(super) struct Meaning<'m, 'a> {
    pub text: &'m Text<'a>,
    pub context: Context<'m>,
    pub findings: &'m mut Vec<Diagnostic>,
}

impl Meaning<'_, '_> {
    /// What is true or false; goes on after what is wrong, to find all of it.
    pub fn test(&mut self, expr: &Expr<'_>) -> Option<Test> {
        match &expr.form {
            Form::Any(list) => self.tests(list).map(Test::Any),
            Form::All(list) => self.tests(list).map(Test::All),
            Form::Not(inner) => Some(Test::Not(Box::new(self.test(inner)?))),
            Form::Compare(left, comparison, right) => self.compare(expr.part, left, *comparison, right),
            Form::Word => {
                let named = self.key(expr.part)?;
                if named.kind == Some(Kind::Flag) {
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
        let measure = |named: &Named| named.kind.and_then(Measure::of);
        let is_alike = match (measure(&left), measure(&right)) {
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
        if measure(&left).is_none() && needs_order(comparison) {
            return self.no_order(all, &left.dotted);
        }
        Some(Test::Compare(Side::Key(left.key), comparison, Side::Key(right.key)))
    }

    fn no_order<T>(&mut self, part: Part<'_>, dotted: &str) -> Option<T> {
        let message = format!("`{dotted}` has no order");
        self.report(part, message, "neither above nor below", "compare it with `==` or `!=`")
    }

    fn mismatch<T>(&mut self, left: (Part<'_>, Measure), right: (Part<'_>, Measure)) -> Option<T> {
        let message = format!("`{}` is {}, `{}` is {}", left.0.text, left.1.noun(), right.0.text, right.1.noun());
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
            return Some(AxisValue { text, number: None, unit: "" });
        };
        let mut lowering = Lowering::new(self.context.files);
        let lowered = lowering.value(kind, &named.dotted, &node);
        self.findings.append(&mut lowering.findings);
        let value = lowered?.axis_value();
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
            let help = did_you_mean(last, PARAMETERS.iter().copied());
            return self.report(part, message, "not a number, a quantity or a name", &help);
        }
        let (kind, dotted) = (kind_at(settings, &target), target.dotted.clone());
        Some(Named { key: Key::Setting(target), kind: Some(kind), dotted })
    }

    fn amount(&mut self, expr: &Expr<'_>) -> Option<(Amount, Measure)> {
        match &expr.form {
            Form::Word => {
                let named = self.key(expr.part)?;
                match named.kind.and_then(Measure::of) {
                    Some(measure) => Some((Amount::Key(named.key), measure)),
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
    fn number(&mut self, part: Part<'_>) -> Option<(Amount, Measure)> {
        match literal(part.text, self.text.place(part)).raw {
            Raw::Integer(number) => Some((Amount::Fixed(number as f64), Measure::Plain)),
            Raw::Float(number) => Some((Amount::Fixed(number), Measure::Plain)),
            Raw::Text(text) => {
                for quantity in [Quantity::Duration, Quantity::Size, Quantity::Bandwidth] {
                    if let Ok(amount) = quantity.parse(&text) {
                        let value = match quantity {
                            Quantity::Duration => Value::Duration(Span::from_nanos(amount)),
                            Quantity::Size => Value::Size(amount),
                            Quantity::Bandwidth => Value::Bandwidth(amount),
                        };
                        return Some((Amount::Fixed(value.axis_value().number?), Measure::Of(quantity)));
                    }
                }
                self.no_number(part)
            }
            _ => self.no_number(part),
        }
    }

    fn sum(&mut self, terms: &[(bool, Expr<'_>)]) -> Option<(Amount, Measure)> {
        let found: Vec<_> = terms.iter().map(|(sign, term)| Some((*sign, self.amount(term)?))).collect();
        let found = found.into_iter().collect::<Option<Vec<_>>>()?;
        let measure = found.first()?.1.1;
        if let Some(odd) = found.iter().position(|(_, (_, other))| *other != measure) {
            return self.mismatch((terms[0].1.part, measure), (terms[odd].1.part, found[odd].1.1));
        }
        Some((Amount::Sum(found.into_iter().map(|(sign, (amount, _))| (sign, amount)).collect()), measure))
    }

    /// One quantity at most is multiplied, and a quantity is divided by plain numbers or by one of its kind.
    fn product(&mut self, factors: &[(bool, Expr<'_>)]) -> Option<(Amount, Measure)> {
        let found: Vec<_> = factors.iter().map(|(divides, factor)| Some((*divides, self.amount(factor)?))).collect();
        let found = found.into_iter().collect::<Option<Vec<_>>>()?;
        let mut measure = Measure::Plain;
        for ((divides, (_, other)), (_, factor)) in found.iter().zip(factors) {
            measure = match (divides, measure, *other) {
                (_, measure, Measure::Plain) => measure,
                (false, Measure::Plain, other) => other,
                (true, measure, other) if measure == other => Measure::Plain,
                _ => {
                    let message = format!("`{}` cannot be a factor here", factor.part.text);
                    let help = "multiply quantities by plain numbers; divide one by another of its kind";
                    return self.report(factor.part, message, other.noun(), help);
                }
            };
        }
        Some((Amount::Product(found.into_iter().map(|(divides, (amount, _))| (divides, amount)).collect()), measure))
    }
}

const fn needs_order(comparison: Comparison) -> bool {
    !matches!(comparison, Comparison::Equal | Comparison::Unequal)
}
