//! From what the file says to what it means, one value at a time. Every function reports what is wrong and returns
//! `None`; its caller goes on with the next value.

mod distribution;
mod nodes;
mod scalar;

pub(super) use scalar::MAX_NAME;
pub(crate) use scalar::is_name;

use super::diagnostics::{Diagnostic, did_you_mean, nearest};
use super::document::{Entry, Node, Raw};
use super::files::Files;
use super::schema::Kind;
use super::value::Value;
use crate::sim::PayloadHolders;

/// Reads values and collects what is wrong with them.
#[derive(Debug)]
pub(super) struct Lowering<'a> {
    files: &'a Files,
    /// Everything found so far.
    pub findings: Vec<Diagnostic>,
}

impl<'a> Lowering<'a> {
    pub fn new(files: &'a Files) -> Self {
        Self { files, findings: Vec::new() }
    }

    /// The meaning of `node`, the value of the dotted `key`.
    pub fn value(&mut self, kind: Kind, key: &str, node: &Node) -> Option<Value> {
        match kind {
            Kind::Count { min, max } => self.count(key, node, min, max).map(Value::Count),
            Kind::Probability => self.probability(key, node).map(Value::Number),
            Kind::Confidence => self.confidence(key, node).map(Value::Number),
            Kind::Exponent => self.exponent(key, node).map(Value::Number),
            Kind::Flag => self.flag(key, node).map(Value::Flag),
            Kind::Text => self.text(key, node, "a string").map(Value::Text),
            Kind::NonEmptyText => self.non_empty_text(key, node).map(Value::Text),
            Kind::Name => self.name(key, node).map(Value::Text),
            Kind::Duration { positive } => self.duration(key, node, positive).map(Value::Duration),
            Kind::Size { max } => self.size(key, node, max).map(Value::Size),
            Kind::Bandwidth => self.bandwidth(key, node).map(Value::Bandwidth),
            Kind::Distribution => self.law(key, node).map(Value::Law),
            Kind::Skew => self.skew(key, node).map(Value::Skew),
            Kind::Latency => self.latency(key, node).map(Value::Law),
            Kind::Holders => self.holders(key, node).map(Value::Holders),
            Kind::Choice(words) => self.choice(key, node, words).map(Value::Choice),
            Kind::Names => self.names(key, node).map(Value::Names),
            Kind::Nodes => self.nodes(key, node).map(Value::Nodes),
            Kind::File => self.file(key, node).map(Value::File),
        }
    }

    fn report<T>(&mut self, finding: Diagnostic) -> Option<T> {
        self.findings.push(finding);
        None
    }

    fn wrong_type<T>(&mut self, key: &str, node: &Node, expected: &str) -> Option<T> {
        self.wrong_value(key, node, expected, format!("write {expected}"))
    }

    /// As `wrong_type`, with a better way out than to write what is expected.
    fn wrong_value<T>(&mut self, key: &str, node: &Node, expected: &str, help: String) -> Option<T> {
        let message = format!("`{key}` must be {expected}");
        let finding = Diagnostic::new(node.at, message).label(format!("found {}", node.describe()));
        self.report(finding.help(help))
    }

    fn holders(&mut self, key: &str, node: &Node) -> Option<PayloadHolders> {
        const EXPECTED: &str = "\"f+1\", \"all\", a number of nodes, or a table such as { agree = 0.8 }";
        match &node.raw {
            Raw::Text(text) if text == "f+1" => Some(PayloadHolders::FPlusOne),
            Raw::Text(text) if text == "all" => Some(PayloadHolders::All),
            Raw::Integer(_) => {
                let count = self.count(key, node, 0, super::schema::MAX_NODES)?;
                Some(PayloadHolders::Count(u32::try_from(count).unwrap_or(u32::MAX)))
            }
            Raw::Table(entries) => {
                let entries: Vec<_> = entries.iter().collect();
                let parameters = self.parameters(key, node, &entries, &[("agree", true)])?;
                Some(PayloadHolders::Agree(self.probability(&format!("{key}.agree"), parameters.first()?.as_ref()?)?))
            }
            _ => self.wrong_type(key, node, EXPECTED),
        }
    }

    /// The values of `expected` parameters (`true`: required) in a table that may hold nothing else.
    fn parameters<'n>(
        &mut self,
        key: &str,
        node: &Node,
        entries: &[&'n Entry],
        expected: &[(&str, bool)],
    ) -> Option<Vec<Option<&'n Node>>> {
        let names = expected.iter().map(|(name, _)| *name);
        let before = self.findings.len();
        let unknown = entries.iter().filter(|entry| !names.clone().any(|name| name == entry.key));
        for entry in unknown.clone() {
            self.findings.push(
                Diagnostic::new(entry.key_at, format!("unknown key `{}` in `{key}`", entry.key))
                    .label("not known here")
                    .help(did_you_mean(&entry.key, names.clone())),
            );
        }
        let find = |name: &str| entries.iter().find(|entry| entry.key == name).map(|entry| &entry.value);
        // What is only misspelled is not missing, too.
        let is_meant = |name: &str| unknown.clone().any(|entry| nearest(&entry.key, names.clone()) == Some(name));
        for (name, _) in expected.iter().filter(|(name, required)| *required && find(name).is_none() && !is_meant(name))
        {
            let needed = names.clone().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ");
            let finding = Diagnostic::new(node.at, format!("`{key}` lacks `{name}`")).label(format!("needs {needed}"));
            self.findings.push(finding.help(format!("add `{name} = …` to this table")));
        }
        (self.findings.len() == before).then(|| names.map(find).collect())
    }
}
