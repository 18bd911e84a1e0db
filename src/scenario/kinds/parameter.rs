//! Inline tables: values that have parameters.

use super::super::diagnostics::nearest;
use super::super::document::{self, Entry};
use super::json;
use super::prelude::*;

/// A parameter of an inline table.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Parameter {
    pub name: &'static str,
    pub kind: &'static dyn Kind,
    /// What holds when it is left out, as TOML; `None` when it may not be.
    pub default: Option<&'static str>,
}

impl Parameter {
    pub const fn new(name: &'static str, kind: &'static dyn Kind) -> Self {
        Self { name, kind, default: None }
    }
}

impl Lowering<'_> {
    /// The values of `expected` parameters in a table that may hold nothing else.
    pub(super) fn parameters(
        &mut self,
        key: &str,
        node: &Node,
        entries: &[&Entry],
        expected: &[Parameter],
    ) -> Option<Vec<Value>> {
        let names = expected.iter().map(|parameter| parameter.name);
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
        for Parameter { name, .. } in expected.iter().filter(|parameter| parameter.default.is_none()) {
            if find(name).is_none() && !is_meant(name) {
                let needed = names.clone().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ");
                let finding = Diagnostic::new(node.at, format!("`{key}` lacks `{name}`"));
                let finding = finding.label(format!("needs {needed}"));
                self.findings.push(finding.help(format!("add `{name} = …` to this table")));
            }
        }
        if self.findings.len() > before {
            return None;
        }
        // All of them are read, even when the first is wrong, to find all that is.
        let read = |Parameter { name, kind, default }: &Parameter| {
            let value = find(name).cloned().or_else(|| document::value((*default)?, node.at))?;
            kind.read(self, &format!("{key}.{name}"), &value)
        };
        let values: Vec<_> = expected.iter().map(read).collect();
        values.into_iter().collect()
    }
}

/// JSON Schema of an inline table that says what it is by `dist`, or by its keys alone.
pub(super) fn inline_table(dist: Option<&str>, meaning: &str, parameters: &[Parameter]) -> Json {
    let named = dist.map(|name| ("dist".to_owned(), json!({ "const": name })));
    let property = |Parameter { name, kind, .. }: &Parameter| {
        let about = kind.about();
        let schema = if kind.table().is_some() { json::reference(&about.name) } else { about.schema };
        ((*name).to_owned(), schema)
    };
    let required = parameters.iter().filter(|parameter| parameter.default.is_none()).map(|parameter| parameter.name);
    json!({
        "type": "object",
        "description": meaning,
        "properties": named.into_iter().chain(parameters.iter().map(property)).collect::<Json>(),
        "required": dist.map(|_| "dist").into_iter().chain(required).collect::<Vec<_>>(),
        "additionalProperties": false,
    })
}
