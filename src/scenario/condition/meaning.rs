//! The meaning of keys and values in a condition, and which of them can be compared.

use super::super::axis::AxisValue;
use super::super::diagnostics::{Diagnostic, did_you_mean};
use super::super::document::{Path, Raw, literal};
use super::super::files::Files;
use super::super::kinds::{Flag, Kind, Lowering, Measure, PARAMETERS};
use super::super::settings::{Settings, Target};
use super::super::text::{Part, Text};
use super::super::units::Quantity;
use super::parser::{Chain, Comparison, Expr, Form};
use super::terms::{Marked, Term, Test};

/// The key that names a cell's id.
const ID: &str = "cell";

/// Quantity of a number; `None` for nodes, requests, probabilities.
type Dimension = Option<Quantity>;

fn noun(dimension: Dimension) -> &'static str {
    dimension.map_or("a plain number", |quantity| quantity.units().noun)
}

/// `None` for what has no order.
fn dimension(named: &Named) -> Option<Dimension> {
    named.kind?.measure().map(Measure::quantity)
}

/// A key as a condition names it.
struct Named {
    term: Term,
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
        let message = match &expr.form {
            Form::Any(list) => return self.tests(list).map(Test::Any),
            Form::All(list) => return self.tests(list).map(Test::All),
            Form::Not(inner) => return Some(Test::Not(Box::new(self.test(inner)?))),
            Form::Compare(left, comparison, right) => return self.compare(expr.part, left, *comparison, right),
            Form::Word => {
                let named = self.key(expr.part)?;
                if named.kind == Some(&Flag) {
                    return Some(Test::Flag(named.term));
                }
                format!("`{}` alone is no condition", named.dotted)
            }
            _ => format!("`{}` alone is no condition", expr.part.text),
        };
        let help = "compare it: `==`, `!=`, `<`, `<=`, `>`, `>=`";
        self.report(expr.part, message, "neither true nor false", help)
    }

    fn tests(&mut self, list: &Chain<'_>) -> Option<Vec<Test>> {
        let tests: Vec<_> = list.iter().map(|(_, expr)| self.test(expr)).collect();
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
        let is_value = |this: &Self, expr: &Expr<'_>| matches!(expr.form, Form::Value) || this.is_bare(expr);
        let (left, right, by_number) = if is_word(left) && is_value(self, right) {
            let named = self.key(left.part)?;
            let value = self.literal(all, &named, comparison, right.part)?;
            (named.term, value, false)
        } else if is_word(right) && is_value(self, left) && !self.is_bare(right) {
            let named = self.key(right.part)?;
            let value = self.literal(all, &named, comparison, left.part)?;
            (value, named.term, false)
        } else if is_word(left) && is_word(right) {
            let (left, right) = (self.key(left.part), self.key(right.part));
            let (left, right) = self.alike(all, left?, comparison, right?)?;
            (left, right, false)
        } else {
            let (left_number, right_number) = (self.number(left), self.number(right));
            let ((left_term, left_measure), (right_term, right_measure)) = (left_number?, right_number?);
            // Nothing is as much in any unit.
            let is_zero = |term: &Term| matches!(term, Term::Fixed(value) if value.number == Some(0.0));
            if left_measure != right_measure && !is_zero(&left_term) && !is_zero(&right_term) {
                return self.mismatch((left.part, left_measure), (right.part, right_measure));
            }
            (left_term, right_term, true)
        };
        Some(Test::Compare { left, comparison, right, by_number })
    }

    /// Two keys that can be compared with each other.
    fn alike(&mut self, all: Part<'_>, left: Named, comparison: Comparison, right: Named) -> Option<(Term, Term)> {
        let is_alike = match (dimension(&left), dimension(&right)) {
            (Some(left), Some(right)) => left == right,
            (None, None) => left.kind == right.kind,
            _ => false,
        };
        if !is_alike {
            let message = format!("`{}` and `{}` cannot be compared", left.dotted, right.dotted);
            let help = "compare a key with a value of its own kind";
            return self.report(all, message, "values of different kinds", help);
        }
        if dimension(&left).is_none() && needs_order(comparison) {
            return self.no_order(all, &left.dotted);
        }
        Some((left.term, right.term))
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
    fn literal(&mut self, all: Part<'_>, named: &Named, comparison: Comparison, value: Part<'_>) -> Option<Term> {
        let node = literal(value.text, self.text.place(value));
        let Some(kind) = named.kind else {
            if needs_order(comparison) {
                return self.no_order(all, &named.dotted);
            }
            let text = if let Raw::Text(text) = node.raw { text } else { value.text.into() };
            return Some(Term::Fixed(AxisValue::word(text)));
        };
        let mut lowering = Lowering::new(self.context.files, self.findings);
        let value = kind.read(&mut lowering, &named.dotted, &node)?.axis_value();
        if needs_order(comparison) && value.number.is_none() {
            return self.no_order(all, &named.dotted);
        }
        Some(Term::Fixed(value))
    }

    fn target(&self, part: Part<'_>) -> Result<Target, Diagnostic> {
        self.context.settings.target(&Path::new(part.text, self.text.place(part)))
    }

    /// A key that tells cells apart and has a value by itself.
    fn key(&mut self, part: Part<'_>) -> Option<Named> {
        if part.text == ID {
            return Some(Named { term: Term::Id, kind: None, dotted: ID.into() });
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
            && target.parameter().is_none()
        {
            let message = format!("`{}` is no parameter to compare", target.dotted);
            let help = did_you_mean(last, PARAMETERS.iter().map(|parameter| parameter.name));
            return self.report(part, message, "not a number, a quantity or a name", &help);
        }
        let (kind, dotted) = (settings.kind(&target), target.dotted.clone());
        Some(Named { term: Term::Key(target), kind: Some(kind), dotted })
    }

    /// A number of a cell, and its dimension.
    fn number(&mut self, expr: &Expr<'_>) -> Option<(Term, Dimension)> {
        let found = match &expr.form {
            Form::Word => {
                let named = self.key(expr.part)?;
                dimension(&named).map(|dimension| (named.term, dimension))
            }
            Form::Value => self.fixed(expr.part),
            Form::Negative(inner) => {
                let (term, dimension) = self.number(inner)?;
                Some((Term::Negative(Box::new(term)), dimension))
            }
            Form::Sum(terms) => return self.sum(terms),
            Form::Product(factors) => return self.product(factors),
            Form::Any(_) | Form::All(_) | Form::Not(_) | Form::Compare(..) => None,
        };
        found.or_else(|| {
            let message = format!("`{}` is no number", expr.part.text);
            let help = "calculate with counts, probabilities and quantities";
            self.report(expr.part, message, "cannot be calculated with", help)
        })
    }

    /// A number, or a quantity by its unit.
    fn fixed(&self, part: Part<'_>) -> Option<(Term, Dimension)> {
        let (number, dimension) = match literal(part.text, self.text.place(part)).raw {
            Raw::Integer(number) => (number as f64, None),
            Raw::Float(number) => (number, None),
            Raw::Text(text) => {
                let parsed = |quantity: Quantity| Some((quantity, quantity.parse(&text).ok()?));
                let (quantity, amount) = Quantity::ALL.into_iter().find_map(parsed)?;
                (amount as f64 / quantity.per_axis_unit, Some(quantity))
            }
            _ => return None,
        };
        Some((Term::Fixed(AxisValue::plain(number)), dimension))
    }

    /// All operands, each read even when one before it is wrong, and their dimensions.
    fn operands(&mut self, chain: &Chain<'_>) -> Option<(Marked, Vec<Dimension>)> {
        let found: Vec<_> = chain.iter().map(|(mark, operand)| Some((*mark, self.number(operand)?))).collect();
        let found = found.into_iter().collect::<Option<Vec<_>>>()?;
        Some(found.into_iter().map(|(mark, (term, dimension))| ((mark, term), dimension)).unzip())
    }

    fn sum(&mut self, chain: &Chain<'_>) -> Option<(Term, Dimension)> {
        let (terms, dimensions) = self.operands(chain)?;
        let first = *dimensions.first()?;
        match dimensions.iter().position(|other| *other != first) {
            Some(odd) => self.mismatch((chain[0].1.part, first), (chain[odd].1.part, dimensions[odd])),
            None => Some((Term::Sum(terms), first)),
        }
    }

    /// One quantity at most is multiplied, and a quantity is divided by plain numbers or by one of its kind.
    fn product(&mut self, chain: &Chain<'_>) -> Option<(Term, Dimension)> {
        let (factors, dimensions) = self.operands(chain)?;
        let mut product = None;
        for ((divides, factor), other) in chain.iter().zip(dimensions) {
            product = match (divides, product, other) {
                (_, product, None) => product,
                (false, None, other) => other,
                (true, product, other) if product == other => None,
                _ => {
                    let message = format!("`{}` cannot be a factor here", factor.part.text);
                    let help = "multiply quantities by plain numbers; divide one by another of its kind";
                    return self.report(factor.part, message, noun(other), help);
                }
            };
        }
        Some((Term::Product(factors), product))
    }
}

const fn needs_order(comparison: Comparison) -> bool {
    !matches!(comparison, Comparison::Equal | Comparison::Unequal)
}
