//! From what a file says to what it means, one value at a time: whoever reads one reports what is wrong and returns
//! `None`; its caller goes on with the next value.

use super::super::diagnostics::Diagnostic;
use super::super::document::Node;
use super::super::files::Files;

/// Collects what is wrong with values.
#[derive(Debug)]
pub(in super::super) struct Lowering<'a> {
    /// Files that values may name.
    pub files: &'a Files,
    /// Everything found so far.
    pub findings: &'a mut Vec<Diagnostic>,
}

impl<'a> Lowering<'a> {
    pub const fn new(files: &'a Files, findings: &'a mut Vec<Diagnostic>) -> Self {
        Self { files, findings }
    }

    pub fn report<T>(&mut self, finding: Diagnostic) -> Option<T> {
        self.findings.push(finding);
        None
    }

    pub fn wrong_type<T>(&mut self, key: &str, node: &Node, expected: &str) -> Option<T> {
        self.wrong_value(key, node, expected, format!("write {expected}"))
    }

    /// As `wrong_type`, with a better way out than to write what is expected.
    pub fn wrong_value<T>(&mut self, key: &str, node: &Node, expected: &str, help: String) -> Option<T> {
        let message = format!("`{key}` must be {expected}");
        let finding = Diagnostic::new(node.at, message).label(format!("found {}", node.describe()));
        self.report(finding.help(help))
    }
}
