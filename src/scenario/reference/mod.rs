//! The scenario format for people and editors: `scenarios/README.md` and `scenarios/scenario.schema.json`, both made of
//! the one list of tables and keys that reading goes by, so that neither can tell anything else.
//!
//! `kinds` knows what each kind of value is in words, as an example and as JSON Schema, `axes` what `[sweep]` may hold;
//! `json` and `markdown` put the documents together.

mod axes;
mod json;
mod kinds;
mod markdown;
#[cfg(test)]
mod tests;

pub use json::json_schema;
pub use markdown::markdown;

use super::schema::{Key, SECTIONS};

/// The names of what stands directly in the table called `path`, and their dotted names: tables and arrays of tables.
fn tables_below(path: &str) -> Vec<(&'static str, &'static str)> {
    let prefix = if path.is_empty() { String::new() } else { format!("{path}.") };
    let mut found: Vec<(&str, &str)> = Vec::new();
    for section in SECTIONS.iter().filter(|section| !section.path.is_empty()) {
        let Some(rest) = section.path.strip_prefix(&prefix) else { continue };
        let name = rest.split('.').next().unwrap_or(rest);
        let dotted = &section.path[..section.path.len() - rest.len() + name.len()];
        if !found.contains(&(name, dotted)) {
            found.push((name, dotted));
        }
    }
    found
}

/// A value that shows what can be written for a key.
pub(super) fn example(key: &Key) -> String {
    key.example.map_or_else(|| kinds::example(key.kind), Into::into)
}
