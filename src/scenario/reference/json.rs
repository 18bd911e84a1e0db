//! The JSON Schema of scenario files, for editors.
//!
//! It knows every table, key and unit; what one key has to do with another is for `donsim check` to say. References
//! stand alone, for editors ignore what stands beside one, and there is no `allOf`, on which taplo's language server
//! recurses without end.

use serde_json::{Map, Value as Json, json};

use super::super::diagnostics::Place;
use super::super::document;
use super::super::kinds::json::{open, range_by, reference};
use super::super::kinds::{Kind, PARAMETERS};
use super::super::schema::{AXES, Key, Preset, SWEEP, Section};
use super::super::tables::{SECTIONS, section, tables_below};

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
        properties.extend(AXES.iter().map(|(name, _)| ((*name).to_owned(), reference("axes"))));
    }
    let swept = SECTIONS.iter().filter(|section| section.sweepable);
    let kinds = swept
        .flat_map(|section| section.keys.iter().map(|key| key.kind))
        .chain(PARAMETERS.iter().map(|parameter| parameter.kind));
    schema["$defs"] = kinds.flat_map(Kind::definitions).chain(axis_definitions()).collect();
    // An axis may give what its table lacks.
    schema["if"] = json!({ "not": { "required": ["sweep"] } });
    schema["then"] = required_below("");
    // Alternate form: indented by two.
    format!("{schema:#}\n")
}

/// The table called `path`, with all below it.
fn table(path: &str) -> Json {
    let section = section(path);
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
    let first = SECTIONS.iter().find(|other| other.keys.iter().any(|known| known.is_like(key)))?;
    let table = format!("#/properties/{}", first.path.replace('.', "/properties/"));
    let items = if first.list { "/items" } else { "" };
    (first.path != section.path).then(|| json!({ "$ref": format!("{table}{items}/properties/{}", key.name) }))
}

fn property(key: &Key) -> Json {
    let mut schema = key.kind.about().schema;
    let absent = match key.preset {
        Preset::Required => "Required.".to_owned(),
        Preset::Value(text) => format!("Default: {text}."),
        Preset::Derived(rule, _) | Preset::Open(rule) => format!("When absent: {rule}."),
    };
    schema["description"] = json!(format!("{} {absent}", key.meaning));
    if let Preset::Value(text) = key.preset {
        schema["default"] = toml(text);
    }
    schema["examples"] = json!([toml(&key.example())]);
    schema
}

fn required(section: &Section) -> Vec<&'static str> {
    section.keys.iter().filter(|key| key.preset == Preset::Required).map(|key| key.name).collect()
}

/// Keys that sweepable tables below `path` need.
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
    let section = section(path).filter(|section| section.sweepable);
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
    document::value(text, Place::NOWHERE).map_or(Json::Null, |node| node.to_json())
}

/// Definitions that axes refer to, but for the kinds of their values.
fn axis_definitions() -> [(String, Json); 2] {
    let any = range_by(&json!(true), &json!(true));
    [("axes".to_owned(), axes("")), ("axis".to_owned(), json!({ "oneOf": [{ "type": "array", "minItems": 1 }, any] }))]
}

/// Axes of the keys in the table called `path` and in all below it.
fn axes(path: &str) -> Json {
    let mut properties = Map::new();
    let section = section(path);
    for key in section.filter(|section| section.sweepable).into_iter().flat_map(|section| section.keys.iter()) {
        properties.insert(key.name.to_owned(), key.kind.axis());
    }
    for (name, dotted) in tables_below(path) {
        let below = SECTIONS.iter().filter(|section| section.path.starts_with(dotted));
        if below.clone().any(|section| section.sweepable) {
            properties.insert(name.to_owned(), axes(dotted));
        }
    }
    let mut axes = open(&Json::Object(properties));
    if section.is_some_and(|section| section.list) {
        // One of several tables goes by its number: `faults.slow.0.nodes`.
        let itself = format!("#/$defs/axes/properties/{}", path.replace('.', "/properties/"));
        axes["patternProperties"]["^[0-9]+$"] = json!({ "$ref": itself });
    }
    axes
}
