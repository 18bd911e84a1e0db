//! Ranges as values of an axis: `{ from, to, step }`, or `{ from, to, points, scale }`.
//!
//! A range is nothing but a short way to write a list: it is turned into one at once, in exact decimal arithmetic, and
//! nobody behind this module knows of it. Points that do not come out even have three significant digits: on a
//! linear scale three of their distance, on a logarithmic one three of their own. Counts are whole numbers, and
//! those that fall together after rounding are one; other points may not.

mod ticks;

use super::diagnostics::{Diagnostic, Place, did_you_mean};
use super::document::{Node, Raw};
use super::files::Files;
use super::kinds::{Kind, Lowering, Measure, amount};
use super::schema::RANGE;
use super::units::Quantity;
use ticks::{DIGITS, Rounding, Spacing};

/// More points than this make more cells than a scenario may have.
const MAX_POINTS: u64 = 100_000;

/// Whether a value of an axis is a range, and no table of further axes.
pub(super) fn is_range(node: &Node) -> bool {
    let Raw::Table(entries) = &node.raw else { return false };
    let is_own = |key: &str| RANGE.iter().any(|(name, _)| *name == key);
    entries.iter().any(|entry| is_own(&entry.key) && !matches!(entry.value.raw, Raw::Array(_) | Raw::Table(_)))
}

/// The values that a range stands for, as if the file listed them; reports everything that is wrong with it.
pub(super) fn expand(kind: &dyn Kind, key: &str, node: &Node, findings: &mut Vec<Diagnostic>) -> Option<Vec<Node>> {
    let Some(measure) = kind.measure() else {
        let finding = Diagnostic::new(node.at, format!("`{key}` has no order")).label("a range needs one");
        findings.push(finding.help("list its values: [ …, … ]"));
        return None;
    };
    let mut reader = Reader { kind, key, measure, node, findings };
    reader.unknown_parameters();
    let (from, to) = (reader.end("from"), reader.end("to"));
    let spacing = reader.spacing();
    reader.points(from?, to?, spacing?)
}

struct Reader<'a> {
    kind: &'a dyn Kind,
    key: &'a str,
    measure: Measure,
    node: &'a Node,
    findings: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn report<T>(&mut self, at: Place, message: &str, label: &str, help: String) -> Option<T> {
        let message = format!("the range of `{}` {message}", self.key);
        self.findings.push(Diagnostic::new(at, message).label(label).help(help));
        None
    }

    fn unknown_parameters(&mut self) {
        let Raw::Table(entries) = &self.node.raw else { return };
        for entry in entries.iter().filter(|entry| RANGE.iter().all(|(name, _)| *name != entry.key)) {
            let help = did_you_mean(&entry.key, RANGE.iter().map(|(name, _)| *name));
            let message = format!("has no parameter `{}`", entry.key);
            self.report::<()>(entry.key_at, &message, "not known here", help);
        }
    }

    /// An end of the range: a value that the key itself could have.
    fn end(&mut self, name: &str) -> Option<(u128, Place)> {
        let Some(end) = self.node.get(name) else {
            let (message, help) = (format!("lacks `{name}`"), format!("add `{name} = …` to it"));
            return self.report(self.node.at, &message, "needs `from` and `to`", help);
        };
        self.kind.read(&mut Lowering::new(&Files::default(), self.findings), self.key, end)?;
        match self.measure.ticks(end) {
            Some(ticks) => Some((ticks, end.at)),
            None => self.not_a_number(name, end),
        }
    }

    fn not_a_number<T>(&mut self, name: &str, node: &Node) -> Option<T> {
        let (message, label) = (format!("needs a plain number as `{name}`"), format!("found {}", node.describe()));
        let help = match self.measure {
            Measure::Count => "write a whole number".into(),
            Measure::Decimal => "write a decimal number of at most 18 digits behind the point".into(),
            Measure::Of(quantity) => format!("write {} such as \"40{}\"", quantity.noun, quantity.usual_unit),
        };
        self.report(node.at, &message, &label, help)
    }

    fn spacing(&mut self) -> Option<Spacing> {
        let is_log = self.is_log();
        match (self.node.get("step"), self.node.get("points")) {
            (Some(step), Some(_)) => {
                self.report(step.at, "has both a step and a number of points", "one too many", "drop one".into())
            }
            (None, None) => {
                let help = "add `step = …`, or `points = …` for so many values";
                self.report(self.node.at, "lacks `step` or `points`", "how many values?", help.into())
            }
            (Some(step), None) if is_log == Some(true) => {
                let help = "write `points = …` in place of the step";
                self.report(step.at, "is logarithmic and has a step", "ratios are meant", help.into())
            }
            (Some(step), None) => self.step(step),
            (None, Some(points)) => match points.raw {
                Raw::Integer(count) if (2..=i128::from(MAX_POINTS)).contains(&count) => {
                    let count = count as u64;
                    Some(if is_log? { Spacing::Log(count) } else { Spacing::Linear(count) })
                }
                _ => {
                    let label = format!("found {}", points.describe());
                    let help = format!("write a whole number from 2 to {MAX_POINTS}");
                    self.report(points.at, "has no such number of points", &label, help)
                }
            },
        }
    }

    fn is_log(&mut self) -> Option<bool> {
        let Some(scale) = self.node.get("scale") else { return Some(false) };
        match &scale.raw {
            Raw::Text(word) if word == "log" => Some(true),
            Raw::Text(word) if word == "linear" => Some(false),
            other => {
                let word = if let Raw::Text(word) = other { word.as_str() } else { "" };
                let help = did_you_mean(word, ["linear", "log"]);
                self.report(scale.at, "has an unknown scale", &format!("found {}", scale.describe()), help)
            }
        }
    }

    fn step(&mut self, step: &Node) -> Option<Spacing> {
        let is_below_zero = match &step.raw {
            Raw::Integer(number) => *number < 0,
            Raw::Float(number) => *number < 0.0,
            Raw::Text(text) => text.trim_start().starts_with('-'),
            _ => false,
        };
        let ticks = match self.measure {
            _ if is_below_zero => Some(0),
            Measure::Of(quantity) => {
                let mut lowering = Lowering { files: &Files::default(), findings: self.findings };
                Some(u128::from(amount(&mut lowering, self.key, step, quantity)?))
            }
            measure => measure.ticks(step),
        };
        match ticks {
            Some(0) => {
                let label = if is_below_zero { "goes downwards" } else { "never gets on" };
                let help = "a range goes upwards by a step above zero; list the values for another order";
                self.report(step.at, "has no positive step", label, help.into())
            }
            Some(ticks) => Some(Spacing::Step(ticks)),
            None => self.not_a_number("step", step),
        }
    }

    fn points(&mut self, from: (u128, Place), to: (u128, Place), spacing: Spacing) -> Option<Vec<Node>> {
        let ((from, from_at), (to, to_at)) = (from, to);
        if from > to {
            let help = "exchange the two; list the values for another order";
            return self.report(to_at, "ends below its beginning", "below `from`", help.into());
        }
        if from == 0 && matches!(spacing, Spacing::Log(_)) {
            let help = "no ratio leads away from zero; write a small value above it";
            return self.report(from_at, "is logarithmic and begins at zero", "must be above zero", help.into());
        }
        let count = ticks::count(from, to, spacing);
        if count > u128::from(MAX_POINTS) {
            let help = format!("at most {MAX_POINTS} are possible; use a larger step");
            return self.report(self.node.at, &format!("has {count} points"), "too many", help);
        }
        let rounding = rounding(self.measure, from, to);
        let Some(points) = ticks::points(from, to, spacing, rounding) else {
            let label = format!("equal after rounding to {DIGITS} digits");
            return self.report(self.node.at, "has points that fall together", &label, "use fewer points".into());
        };
        let at = self.node.at;
        Some(points.into_iter().map(|ticks| Node { at, raw: self.measure.raw(ticks) }).collect())
    }
}

fn rounding(measure: Measure, from: u128, to: u128) -> Rounding {
    let is_binary = |ticks: u128| ticks.is_multiple_of(1 << 10);
    match measure {
        Measure::Count => Rounding::Whole,
        Measure::Of(Quantity::Size) if is_binary(from) && is_binary(to) => Rounding::Binary,
        Measure::Decimal | Measure::Of(_) => Rounding::Decimal,
    }
}
