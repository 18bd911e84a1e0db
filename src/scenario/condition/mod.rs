//! Conditions on the keys of a cell: the `where` of `[sweep]` and of `[[expect]]`, and `--filter`.
//!
//! 1. `lexer` cuts the text into words, `parser` finds its structure;
//! 2. `meaning` understands keys and values, and refuses what compares apples with pears;
//! 3. [`Condition::holds`] asks whether a cell fits: `terms` of a [`View`] of it.
//!
//! Every key of the cell may be named, swept or not, given or derived, and the cell's id as `cell`. Numbers that agree
//! to twelve digits are equal, so that `3 * 0.1 == 0.3`. What has no value in a cell, or none that is a number, differs
//! from all and is neither above nor below any.

mod lexer;
mod meaning;
mod parser;
mod terms;
mod view;

use super::diagnostics::Diagnostic;
use super::text::{Part, Text};
pub(super) use meaning::Context;
use meaning::Meaning;
use parser::Wrong;
use terms::Test;
pub(super) use view::View;

/// Something that holds of a cell or not.
#[derive(Debug)]
pub(super) struct Condition(Test);

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
        cell.may_hold(|cell| self.0.holds(cell))
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
