//! Numbers, words, quantities and file names.

use std::sync::Arc;

use super::super::diagnostics::{Diagnostic, did_you_mean, list};
use super::super::document::{Node, Raw};
use super::super::files::FileRef;
use super::super::units::{Problem, Quantity};
use super::Lowering;
use crate::engine::Span;

impl Lowering<'_> {
    pub(super) fn count(&mut self, key: &str, node: &Node, min: u64, max: u64) -> Option<u64> {
        let Raw::Integer(number) = node.raw else { return self.wrong_type(key, node, "a whole number") };
        if let Ok(count) = u64::try_from(number)
            && (min..=max).contains(&count)
        {
            return Some(count);
        }
        let help = if min == max { format!("the only value is {min}") } else { format!("use {min} to {max}") };
        let finding = match number {
            0 => Diagnostic::new(node.at, format!("`{key}` is zero")).label("at least 1 is needed"),
            _ => Diagnostic::new(node.at, format!("`{key}` is out of range")).label(format!("found {number}")),
        };
        self.report(finding.help(help))
    }

    fn number(node: &Node) -> Option<f64> {
        match node.raw {
            Raw::Integer(number) => Some(number as f64),
            Raw::Float(number) => Some(number),
            _ => None,
        }
    }

    pub(super) fn probability(&mut self, key: &str, node: &Node) -> Option<f64> {
        const EXPECTED: &str = "a probability from 0 to 1";
        match Self::number(node) {
            // Adding zero takes the sign off a negative zero.
            Some(number) if (0.0..=1.0).contains(&number) => Some(number + 0.0),
            Some(number) if number > 1.0 && number <= 100.0 => {
                let help = format!("if {number} % is meant, write {}", number / 100.0);
                let finding = Diagnostic::new(node.at, format!("`{key}` must be {EXPECTED}"));
                self.report(finding.label(format!("found {}", node.describe())).help(help))
            }
            _ => self.wrong_type(key, node, EXPECTED),
        }
    }

    pub(super) fn confidence(&mut self, key: &str, node: &Node) -> Option<f64> {
        match Self::number(node) {
            Some(number) if (0.5..1.0).contains(&number) => Some(number),
            _ => self.wrong_type(key, node, "from 0.5 to below 1, such as 0.95"),
        }
    }

    pub(super) fn exponent(&mut self, key: &str, node: &Node) -> Option<f64> {
        match Self::number(node) {
            // The limit keeps it printable in full; far below it the tail is gone already.
            Some(number) if number > 0.0 && number <= 1_000.0 => Some(number),
            _ => self.wrong_type(key, node, "a positive number up to 1000"),
        }
    }

    pub(super) fn flag(&mut self, key: &str, node: &Node) -> Option<bool> {
        match node.raw {
            Raw::Flag(flag) => Some(flag),
            _ => self.wrong_type(key, node, "true or false"),
        }
    }

    pub(super) fn text(&mut self, key: &str, node: &Node, expected: &str) -> Option<String> {
        match &node.raw {
            Raw::Text(text) => Some(text.clone()),
            _ => self.wrong_type(key, node, expected),
        }
    }

    pub(super) fn non_empty_text(&mut self, key: &str, node: &Node) -> Option<String> {
        let text = self.text(key, node, "a string")?;
        if text.is_empty() {
            return self
                .report(Diagnostic::new(node.at, format!("`{key}` is empty")).help("say something, or leave it out"));
        }
        Some(text)
    }

    pub(super) fn name(&mut self, key: &str, node: &Node) -> Option<String> {
        let name = self.text(key, node, "a string")?;
        if is_name(&name) {
            return Some(name);
        }
        self.report(
            Diagnostic::new(node.at, format!("`{key}` cannot be a folder's name"))
                .help("use letters, digits, `_`, `-` and `.` only"),
        )
    }

    pub(super) fn choice(&mut self, key: &str, node: &Node, words: &[&'static str]) -> Option<&'static str> {
        let text = self.text(key, node, &format!("one of {}", list(words.iter().copied())))?;
        match words.iter().find(|word| **word == text) {
            Some(word) => Some(word),
            None => self.report(
                Diagnostic::new(node.at, format!("unknown value of `{key}`"))
                    .label("not known")
                    .help(did_you_mean(&text, words.iter().copied())),
            ),
        }
    }

    pub(super) fn duration(&mut self, key: &str, node: &Node, positive: bool) -> Option<Span> {
        let nanos = self.quantity(key, node, Quantity::Duration)?;
        if positive && nanos == 0 {
            let finding = Diagnostic::new(node.at, format!("`{key}` is zero")).label("must be above zero");
            return self.report(finding.help("write a longer time, such as \"10s\""));
        }
        Some(Span::from_nanos(nanos))
    }

    pub(super) fn size(&mut self, key: &str, node: &Node, max: u64) -> Option<u64> {
        let bytes = self.quantity(key, node, Quantity::Size)?;
        if bytes > max {
            let most = Quantity::Size.print(max);
            let finding = Diagnostic::new(node.at, format!("`{key}` is out of range"));
            return self.report(finding.label("too large").help(format!("use {most} at most")));
        }
        Some(bytes)
    }

    pub(super) fn bandwidth(&mut self, key: &str, node: &Node) -> Option<u64> {
        let bits = self.quantity(key, node, Quantity::Bandwidth)?;
        if bits == 0 {
            let finding = Diagnostic::new(node.at, format!("`{key}` is zero")).label("nothing would ever arrive");
            return self.report(finding.help("leave the key out for no limit, or cut the links with [[network.cuts]]"));
        }
        Some(bits)
    }

    pub(in super::super) fn quantity(&mut self, key: &str, node: &Node, quantity: Quantity) -> Option<u64> {
        let noun = quantity.noun();
        let (text, result) = match &node.raw {
            Raw::Text(text) => (text.clone(), quantity.parse(text)),
            Raw::Integer(number) if *number >= 0 => (number.to_string(), Err(Problem::MissingUnit)),
            Raw::Float(number) if number.is_finite() && *number >= 0.0 => {
                (number.to_string(), Err(Problem::MissingUnit))
            }
            _ => {
                let example = format!("{noun} with its unit, such as \"40{}\"", quantity.usual_unit());
                return self.wrong_type(key, node, &example);
            }
        };
        match result {
            Ok(amount) => Some(amount),
            Err(problem) => self.report(quantity_finding(key, node, quantity, &text, problem)),
        }
    }

    pub(super) fn file(&mut self, key: &str, node: &Node) -> Option<Arc<FileRef>> {
        let name = self.text(key, node, "the name of a file")?;
        match self.files.reference(&name) {
            Ok(reference) => Some(reference),
            Err(problem) => self.bad_file(node, &name, &problem),
        }
    }

    pub(super) fn bad_file<T>(&mut self, node: &Node, name: &str, problem: &str) -> Option<T> {
        self.report(
            Diagnostic::new(node.at, format!("cannot use the file `{name}`: {problem}"))
                .label("named here")
                .help("names are relative to the folder of the scenario"),
        )
    }
}

/// Whether results may lie in a folder of this name.
pub(crate) fn is_name(name: &str) -> bool {
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    !matches!(name, "" | "." | "..") && name.chars().all(known)
}

fn quantity_finding(key: &str, node: &Node, quantity: Quantity, text: &str, problem: Problem) -> Diagnostic {
    let noun = quantity.noun();
    let (message, label, help) = match problem {
        Problem::NotANumber => {
            let help = format!("write a number and a unit, such as \"40{}\"", quantity.usual_unit());
            (format!("`{key}` must be {noun}"), "not a number with a unit", help)
        }
        Problem::MissingUnit => {
            let help = format!("write \"{}{}\"; units: {}", text.trim(), quantity.usual_unit(), quantity.unit_list());
            (format!("`{key}` lacks a unit"), "a number alone", help)
        }
        Problem::UnknownUnit { number, unit, candidates } if !candidates.is_empty() => {
            let offers: Vec<_> = candidates.iter().map(|unit| format!("\"{number}{unit}\"")).collect();
            let state = if candidates.len() > 1 { "ambiguous" } else { "unknown" };
            (
                format!("{state} unit `{unit}` in `{key}`"),
                "which unit is meant?",
                format!("write {}", offers.join(" or ")),
            )
        }
        Problem::UnknownUnit { unit, .. } => {
            (format!("unknown unit `{unit}` in `{key}`"), "not a unit", format!("units: {}", quantity.unit_list()))
        }
        Problem::TooFine => {
            let step = match quantity {
                Quantity::Duration => "1ns",
                Quantity::Size => "1B",
                Quantity::Bandwidth => "1bit/s",
            };
            (format!("`{key}` is too fine"), "would have to be rounded", format!("the smallest step is {step}"))
        }
        Problem::TooLarge => (format!("`{key}` is too large"), "does not fit into 64 bits", "use less".into()),
    };
    Diagnostic::new(node.at, message).label(label).help(help)
}
