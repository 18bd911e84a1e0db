//! The JSON Schema of scenario files, for editors.
//!
//! It knows every table, key and unit; what one key has to do with another is for `donsim check` to say. References
//! stand alone, for editors ignore what stands beside one, and there is no `allOf`, on which taplo's language server
//! recurses without end.

use serde_json::{Map, Value as Json, json};

use super::super::diagnostics::Place;
use super::super::document::{Node, Raw};
use super::super::schema::{Key, Preset, SECTIONS, SWEEP, Section};
use super::super::settings::default_node;
use super::{axes, example, kinds, tables_below};

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The JSON Schema (draft 2020-12) of scenario files, pretty-printed, with a line break at its end.
#[must_use]
pub fn json_schema() -> String {
    let mut schema = table("");
    schema["$schema"] = json!(DRAFT);
    schema["$id"] = json!("urn:donsim:scenario:1");
    schema["title"] = json!("donsim scenario");
    schema["description"] =
        json!("Two DONs, the network between them, faults, rule sets, and what is expected of them.");
    if let Json::Object(properties) = &mut schema["properties"][SWEEP]["properties"] {
        properties.extend(axes::tables());
    }
    let definitions: Map<_, _> = kinds::definitions().into_iter().chain(axes::definitions()).collect();
    schema["$defs"] = Json::Object(definitions);
    // An axis may give what its table lacks.
    schema["if"] = json!({ "not": { "required": ["sweep"] } });
    schema["then"] = required_below("");
    // Alternate form: indented by two.
    format!("{schema:#}\n")
}

/// The table called `path`, with all below it.
fn table(path: &str) -> Json {
    let section = SECTIONS.iter().find(|section| section.path == path);
    let mut properties = section.map(properties).unwrap_or_default();
    for (name, dotted) in tables_below(path) {
        properties.insert(name.to_owned(), table(dotted));
    }
    let mut table = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    let fixed = section.filter(|section| !section.sweepable).map(required).filter(|names| !names.is_empty());
    if let Some(names) = fixed {
        table["required"] = json!(names);
    }
    if let Some(section) = section.filter(|section| section.list) {
        return json!({ "type": "array", "description": section.meaning, "items": table });
    }
    if let Some(section) = section.filter(|section| !section.path.is_empty()) {
        table["description"] = json!(section.meaning);
    }
    table
}

fn properties(section: &Section) -> Map<String, Json> {
    let schema = |key| seen_before(section, key).unwrap_or_else(|| property(key));
    section.keys.iter().map(|key| (key.name.to_owned(), schema(key))).collect()
}

/// A reference to the first table that has the same key: forty faults share theirs.
fn seen_before(section: &Section, key: &Key) -> Option<Json> {
    let first = SECTIONS.iter().find(|other| other.keys.contains(key))?;
    let table = format!("#/properties/{}", first.path.replace('.', "/properties/"));
    let items = if first.list { "/items" } else { "" };
    (first.path != section.path).then(|| json!({ "$ref": format!("{table}{items}/properties/{}", key.name) }))
}

fn property(key: &Key) -> Json {
    let mut schema = kinds::schema(key.kind);
    let absent = match key.preset {
        Preset::Required => "Required.".to_owned(),
        Preset::Value(text) => format!("Default: {text}."),
        Preset::Derived(rule, _) | Preset::Open(rule) => format!("When absent: {rule}."),
    };
    schema.insert("description".into(), json!(format!("{} {absent}", key.meaning)));
    if let Preset::Value(text) = key.preset {
        schema.insert("default".into(), toml(text));
    }
    schema.insert("examples".into(), json!([toml(&example(key))]));
    Json::Object(schema)
}

fn required(section: &Section) -> Vec<&'static str> {
    section.keys.iter().filter(|key| key.preset == Preset::Required).map(|key| key.name).collect()
}

/// What sweepable tables below `path` need; only what has to be there is named.
fn required_below(path: &str) -> Json {
    let mut properties = Map::new();
    for (name, dotted) in tables_below(path) {
        let below = required_below(dotted);
        if below != json!({}) {
            properties.insert(name.to_owned(), below);
        }
    }
    let mut schema = json!({});
    if !properties.is_empty() {
        schema["properties"] = Json::Object(properties);
    }
    let section = SECTIONS.iter().find(|section| section.path == path && section.sweepable);
    match section.map(|section| (section, required(section))) {
        Some((_, names)) if names.is_empty() => schema,
        Some((section, names)) if section.list => json!({ "items": { "required": names } }),
        Some((_, names)) => {
            schema["required"] = json!(names);
            schema
        }
        None => schema,
    }
}

/// A value as TOML writes it.
fn toml(text: &str) -> Json {
    let nowhere = Place { source: 0, start: 0, end: 0 };
    default_node(text, nowhere).map_or(Json::Null, |node| of_node(&node))
}

fn of_node(node: &Node) -> Json {
    match &node.raw {
        Raw::Text(text) => json!(text),
        // What the schema says itself is far from the ends of 64 bits.
        Raw::Integer(number) => json!(i64::try_from(*number).unwrap_or(i64::MAX)),
        Raw::Float(number) => json!(number),
        Raw::Flag(flag) => json!(flag),
        Raw::Datetime => Json::Null,
        Raw::Array(items) => Json::Array(items.iter().map(of_node).collect()),
        Raw::Table(entries) => {
            Json::Object(entries.iter().map(|entry| (entry.key.clone(), of_node(&entry.value))).collect())
        }
    }
}
