//! Texts, and names that can be a folder's.

use super::prelude::*;

#[derive(Debug)]
pub(in super::super) struct Text {
    pub may_be_empty: bool,
}

/// A name that can be a folder's.
#[derive(Debug)]
pub(in super::super) struct Name;

/// The text that `node` is, where `expected` is one.
pub(in super::super) fn text(lowering: &mut Lowering<'_>, key: &str, node: &Node, expected: &str) -> Option<String> {
    match &node.raw {
        Raw::Text(text) => Some(text.clone()),
        Raw::Integer(number) if expected == "a string" => {
            lowering.wrong_value(key, node, expected, format!("put it into quotes: \"{number}\""))
        }
        _ => lowering.wrong_type(key, node, expected),
    }
}

impl Kind for Text {
    fn about(&self) -> About {
        let (name, words, schema) = if self.may_be_empty {
            ("text", "text", json!({ "type": "string" }))
        } else {
            ("text.not_empty", "text, not empty", json!({ "type": "string", "minLength": 1 }))
        };
        About::new(name, words, "\"upstream timed out\"", schema)
    }

    fn read(&self, lowering: &mut Lowering<'_>, key: &str, node: &Node) -> Option<Value> {
        let text = text(lowering, key, node, "a string")?;
        if text.is_empty() && !self.may_be_empty {
            let finding = Diagnostic::new(node.at, format!("`{key}` is empty")).label("no text");
            return lowering.report(finding.help("say something, or leave it out"));
        }
        Some(Arc::new(text))
    }
}

impl Kind for Name {
    fn about(&self) -> About {
        let not = json!({ "enum": [".", ".."] });
        let schema = json!({ "type": "string", "pattern": "^[A-Za-z0-9_.-]+$", "maxLength": MAX_NAME, "not": not });
        About::new("name", format!("letters, digits, `_`, `-`, `.`, {MAX_NAME} at most"), "\"name\"", schema)
    }

    fn read(&self, lowering: &mut Lowering<'_>, key: &str, node: &Node) -> Option<Value> {
        let name = text(lowering, key, node, "a string")?;
        if is_name(&name) {
            return Some(Arc::new(name));
        }
        if name.len() > MAX_NAME {
            let finding = Diagnostic::new(node.at, format!("`{key}` is too long for a folder's name"));
            return lowering
                .report(finding.label(format!("{} bytes", name.len())).help(format!("use {MAX_NAME} at most")));
        }
        lowering.report(
            Diagnostic::new(node.at, format!("`{key}` cannot be a folder's name"))
                .label("results go to a folder of this name")
                .help("use letters, digits, `_`, `-` and `.` only"),
        )
    }
}

/// Bytes of a name: file systems take 255 for a folder, and those who copy it add to its name.
const MAX_NAME: usize = 200;

/// Whether results may lie in a folder of this name.
pub(crate) fn is_name(name: &str) -> bool {
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    !matches!(name, "" | "." | "..") && name.len() <= MAX_NAME && name.chars().all(known)
}

impl Meaning for String {
    fn axis_value(&self) -> AxisValue {
        AxisValue::word(self)
    }
}

from_value!(String);
