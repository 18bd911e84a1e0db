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
        let Raw::Integer(number) = node.raw else {
            return self.wrong_value(key, node, "a whole number", format!("write a whole number from {min} to {max}"));
        };
        if let Ok(count) = u64::try_from(number)
            && (min..=max).contains(&count)
        {
            return Some(count);
        }
        let finding = match number {
            // One value and no other is a version.
            _ if min == max => {
                let finding = Diagnostic::new(node.at, format!("`{key}` is of an unknown version"));
                let finding = finding.label(format!("this donsim reads version {min}"));
                return self.report(finding.help(format!("write `{key} = {min}`, or use the donsim of that version")));
            }
            0 => Diagnostic::new(node.at, format!("`{key}` is zero")).label(format!("at least {min} is needed")),
            i128::MIN | i128::MAX => Diagnostic::new(node.at, format!("`{key}` is out of range")).label("far too long"),
            _ => Diagnostic::new(node.at, format!("`{key}` is out of range")).label(format!("found {number}")),
        };
        self.report(finding.help(format!("use {min} to {max}")))
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
            _ => {
                let help = percentage(node).unwrap_or_else(|| "write a number such as 0.05".into());
                self.wrong_value(key, node, EXPECTED, help)
            }
        }
    }

    pub(super) fn confidence(&mut self, key: &str, node: &Node) -> Option<f64> {
        match Self::number(node) {
            Some(number) if (0.5..1.0).contains(&number) => Some(number),
            _ => {
                let help = percentage(node).unwrap_or_else(|| "write a number such as 0.95".into());
                self.wrong_value(key, node, "from 0.5 to below 1, such as 0.95", help)
            }
        }
    }

    pub(super) fn exponent(&mut self, key: &str, node: &Node) -> Option<f64> {
        match Self::number(node) {
            // The limit keeps it printable in full; far below it the tail is gone already.
            Some(number) if number > 0.0 && number <= 1_000.0 => Some(number),
            _ => {
                let help = "write a number such as 1.5".into();
                self.wrong_value(key, node, "a positive number up to 1000", help)
            }
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
            Raw::Integer(number) if expected == "a string" => {
                self.wrong_value(key, node, expected, format!("put it into quotes: \"{number}\""))
            }
            _ => self.wrong_type(key, node, expected),
        }
    }

    pub(super) fn non_empty_text(&mut self, key: &str, node: &Node) -> Option<String> {
        let text = self.text(key, node, "a string")?;
        if text.is_empty() {
            let finding = Diagnostic::new(node.at, format!("`{key}` is empty")).label("no text");
            return self.report(finding.help("say something, or leave it out"));
        }
        Some(text)
    }

    pub(super) fn name(&mut self, key: &str, node: &Node) -> Option<String> {
        let name = self.text(key, node, "a string")?;
        if is_name(&name) {
            return Some(name);
        }
        if name.len() > MAX_NAME {
            let finding = Diagnostic::new(node.at, format!("`{key}` is too long for a folder's name"));
            return self.report(finding.label(format!("{} bytes", name.len())).help(format!("use {MAX_NAME} at most")));
        }
        self.report(
            Diagnostic::new(node.at, format!("`{key}` cannot be a folder's name"))
                .label("results go to a folder of this name")
                .help("use letters, digits, `_`, `-` and `.` only"),
        )
    }

    pub(super) fn choice(&mut self, key: &str, node: &Node, words: &[&'static str]) -> Option<&'static str> {
        let text = self.text(key, node, &format!("one of {}", list(words.iter().copied())))?;
        match words.iter().find(|word| **word == text) {
            Some(word) => Some(word),
            None => self.report(
                Diagnostic::new(node.at, format!("unknown value of `{key}`"))
                    .label("not known here")
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
            Err(problem) => self.bad_file(node, &name, &problem, ""),
        }
    }

    /// A file that cannot be read, or whose contents are not of the form that its user needs.
    pub(super) fn bad_file<T>(&mut self, node: &Node, name: &str, problem: &str, form: &str) -> Option<T> {
        let help = match self.files.reference(name) {
            Ok(_) => form,
            Err(_) => "check the name; it is relative to the folder of the scenario",
        };
        let finding = Diagnostic::new(node.at, format!("cannot use the file `{name}`: {problem}"));
        self.report(finding.label("named here").help(help))
    }
}

/// Bytes of a name: file systems take 255 for a folder, and those who copy it add to its name.
pub(in super::super) const MAX_NAME: usize = 200;

/// Whether results may lie in a folder of this name.
pub(crate) fn is_name(name: &str) -> bool {
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    !matches!(name, "" | "." | "..") && name.len() <= MAX_NAME && name.chars().all(known)
}

/// What to write if `node` is a percentage.
fn percentage(node: &Node) -> Option<String> {
    let percent = match &node.raw {
        Raw::Text(text) => text.strip_suffix('%')?.trim().parse().ok()?,
        _ => Lowering::number(node)?,
    };
    // Up to 1 it is a share already, unless it says that it is none.
    let least = if matches!(node.raw, Raw::Text(_)) { 0.0 } else { 1.0 };
    (percent > least && percent <= 100.0).then(|| format!("if {percent} % is meant, write {}", percent / 100.0))
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
        Problem::TooLarge => (format!("`{key}` is too large"), "more than 64 bits can hold", "write less".into()),
    };
    Diagnostic::new(node.at, message).label(label).help(help)
}
