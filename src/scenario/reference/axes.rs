//! JSON Schema of `[sweep]`: the tables of the file once more, with axes in place of values.

use serde_json::{Map, Value as Json, json};

use super::super::kinds::json::{open, range_by, reference};
use super::super::schema::AXES;
use super::super::tables::{SECTIONS, section, tables_below};

/// The tables of axes in `[sweep]`.
pub(super) fn tables() -> impl Iterator<Item = (String, Json)> {
    AXES.iter().map(|(name, _)| ((*name).to_owned(), reference("axes")))
}

/// Definitions that axes refer to, but for the kinds of their values.
pub(super) fn definitions() -> [(String, Json); 2] {
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
