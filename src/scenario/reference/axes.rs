//! What `[sweep]` may hold, as JSON Schema: the tables of the file once more, with axes in place of values.

use serde_json::{Map, Value as Json, json};

use super::super::schema::{AXES, DISTRIBUTIONS, Kind, REGIONS, SECTIONS, TIME, UP_TO_ALL, parameter};
use super::super::units::Quantity;
use super::kinds::{quantity, reference, schema};
use super::tables_below;

/// The tables of axes in `[sweep]`.
pub(super) fn tables() -> impl Iterator<Item = (String, Json)> {
    AXES.iter().map(|(name, _)| ((*name).to_owned(), reference("axes")))
}

/// What axes refer to.
pub(super) fn definitions() -> Map<String, Json> {
    let parameters = DISTRIBUTIONS.iter().chain([&REGIONS]).flat_map(|(_, parameters)| parameters.iter());
    let parts: Map<_, _> = parameters.map(|(name, _)| ((*name).to_owned(), axis_of_parameter(name))).collect();
    let agree = json!({ "agree": axis_of_parameter("agree") });
    // Plain durations and numbers of holders have an order, too.
    let durations = range(&reference("duration"), &step(TIME));
    let numbers = range(&Json::Object(schema(UP_TO_ALL)), &step(UP_TO_ALL));
    let swept = SECTIONS.iter().filter(|section| section.sweepable);
    let kinds = swept.flat_map(|section| section.keys.iter().map(|key| key.kind));
    let ranges = kinds.chain([Kind::Exponent]).filter_map(|kind| Some((range_name(kind)?, values_or_range(kind))));
    let others = [
        ("axes", axes("")),
        ("axis", json!({ "oneOf": [{ "type": "array", "minItems": 1 }, range(&json!(true), &json!(true))] })),
        ("axis.distribution", json!({ "oneOf": [values(&json!(true)), table(parts), durations] })),
        ("axis.holders", json!({ "oneOf": [values(&Json::Object(schema(Kind::Holders))), closed(&agree), numbers] })),
    ];
    others.into_iter().map(|(name, schema)| (name.to_owned(), schema)).chain(ranges).collect()
}

/// Axes of the keys in the table called `path` and in all below it.
fn axes(path: &str) -> Json {
    let mut properties = Map::new();
    let section = SECTIONS.iter().find(|section| section.path == path);
    for key in section.filter(|section| section.sweepable).into_iter().flat_map(|section| section.keys.iter()) {
        properties.insert(key.name.to_owned(), axis(key.kind));
    }
    for (name, dotted) in tables_below(path) {
        let below = SECTIONS.iter().filter(|section| section.path.starts_with(dotted));
        if below.clone().any(|section| section.sweepable) {
            properties.insert(name.to_owned(), axes(dotted));
        }
    }
    let mut axes = table(properties);
    if section.is_some_and(|section| section.list) {
        // One of several tables goes by its number: `faults.slow.0.nodes`.
        let itself = format!("#/$defs/axes/properties/{}", path.replace('.', "/properties/"));
        axes["patternProperties"]["^[0-9]+$"] = json!({ "$ref": itself });
    }
    axes
}

/// A table that may also have quoted keys with dots in them.
fn table(properties: Map<String, Json>) -> Json {
    let mut table = closed(&Json::Object(properties));
    table["patternProperties"] = json!({ "\\.": reference("axis") });
    table
}

fn closed(properties: &Json) -> Json {
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

fn axis_of_parameter(name: &str) -> Json {
    parameter(name).map_or(json!(true), axis)
}

/// The values that a key of `kind` takes, listed or as a range.
fn axis(kind: Kind) -> Json {
    match kind {
        Kind::Distribution | Kind::Skew | Kind::Latency => reference("axis.distribution"),
        Kind::Holders => reference("axis.holders"),
        kind => match range_name(kind) {
            Some(name) => reference(&name),
            None => values(&Json::Object(schema(kind))),
        },
    }
}

/// What the axes of an ordered kind are called among the definitions; `None` for kinds without an order.
fn range_name(kind: Kind) -> Option<String> {
    Some(match kind {
        Kind::Count { min, max } => format!("axis.count.{min}.{max}"),
        Kind::Probability => "axis.probability".into(),
        Kind::Exponent => "axis.exponent".into(),
        Kind::Duration { positive: false } => "axis.duration".into(),
        Kind::Duration { positive: true } => "axis.duration.positive".into(),
        Kind::Size { .. } => "axis.size".into(),
        Kind::Bandwidth => "axis.bandwidth".into(),
        _ => return None,
    })
}

fn values_or_range(kind: Kind) -> Json {
    let value = Json::Object(schema(kind));
    json!({ "oneOf": [values(&value), range(&value, &step(kind))] })
}

fn values(value: &Json) -> Json {
    json!({ "type": "array", "minItems": 1, "items": value })
}

/// From one value to another, by steps or in so many points.
fn range(value: &Json, step: &Json) -> Json {
    json!({
        "type": "object",
        "properties": {
            "from": value,
            "to": value,
            "step": step,
            "points": { "type": "integer", "minimum": 2 },
            "scale": { "enum": ["linear", "log"] },
        },
        "required": ["from", "to"],
        "oneOf": [{ "required": ["step"] }, { "required": ["points"] }],
        "dependentRequired": { "scale": ["points"] },
        "additionalProperties": false,
    })
}

/// What may be added to a value of `kind`: more than nothing.
fn step(kind: Kind) -> Json {
    match kind {
        Kind::Count { .. } => json!({ "type": "integer", "minimum": 1 }),
        Kind::Duration { .. } => quantity(Quantity::Duration, true),
        Kind::Size { .. } => quantity(Quantity::Size, true),
        Kind::Bandwidth => quantity(Quantity::Bandwidth, true),
        _ => json!({ "type": "number", "exclusiveMinimum": 0 }),
    }
}
