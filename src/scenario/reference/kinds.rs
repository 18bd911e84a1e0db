//! What each kind of value is: in words, as an example, and as JSON Schema.

use serde_json::{Map, Value as Json, json};

use super::super::lower::MAX_NAME;
use super::super::schema::{DISTRIBUTIONS, Kind, REGIONS, parameter};
use super::super::units::Quantity;

/// In words, for a column of a table.
pub(super) fn words(kind: Kind) -> String {
    match kind {
        Kind::Count { min, max } if min == max => format!("the number {min}"),
        Kind::Count { min, max } => format!("whole number, {min} to {max}"),
        Kind::Probability => "probability, 0 to 1".into(),
        Kind::Confidence => "number from 0.5 to below 1".into(),
        Kind::Exponent => "number above 0, up to 1000".into(),
        Kind::Flag => "`true` or `false`".into(),
        Kind::Text => "text".into(),
        Kind::NonEmptyText => "text, not empty".into(),
        Kind::Name => format!("letters, digits, `_`, `-`, `.`, {MAX_NAME} at most"),
        Kind::Duration { positive: false } => "duration".into(),
        Kind::Duration { positive: true } => "duration above zero".into(),
        Kind::Size { max } => format!("size up to {}", Quantity::Size.print(max)),
        Kind::Bandwidth => "bandwidth above zero".into(),
        Kind::Distribution => "distribution".into(),
        Kind::Skew => "distribution; a plain duration is the most of a uniform one".into(),
        Kind::Latency => "distribution or region matrix".into(),
        Kind::Holders => "`\"f+1\"`, `\"all\"`, a number of nodes, or `{ agree = probability }`".into(),
        Kind::Choice(words) => words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(", "),
        Kind::Names => "array of names".into(),
        Kind::Nodes => "array of node selectors".into(),
        Kind::File => "path of a file".into(),
    }
}

/// Something that can be written, as TOML.
pub(super) fn example(kind: Kind) -> String {
    match kind {
        Kind::Count { min, max } => 2.clamp(min, max).to_string(),
        Kind::Probability => "0.1".into(),
        Kind::Confidence => "0.99".into(),
        Kind::Exponent => "1.5".into(),
        Kind::Flag => "true".into(),
        Kind::Text | Kind::NonEmptyText => "\"upstream timed out\"".into(),
        Kind::Name => "\"name\"".into(),
        Kind::Duration { .. } => "\"40ms\"".into(),
        Kind::Size { .. } => "\"64KiB\"".into(),
        Kind::Bandwidth => "\"100Mbit/s\"".into(),
        Kind::Distribution => "{ dist = \"uniform\", min = \"1s\", max = \"2s\" }".into(),
        Kind::Skew => "\"200ms\"".into(),
        Kind::Latency => "{ dist = \"lognormal\", p50 = \"40ms\", p99 = \"180ms\" }".into(),
        Kind::Holders => "{ agree = 0.8 }".into(),
        Kind::Choice(words) => format!("{:?}", words.last().copied().unwrap_or_default()),
        Kind::Names => "[\"frankfurt\", \"tokyo\"]".into(),
        Kind::Nodes => "[\"workflow\", \"capability.0-4\"]".into(),
        Kind::File => "\"data/rtt-ibm-cloud-2024-08.csv\"".into(),
    }
}

/// What a distribution is, in one line.
pub(super) fn distribution_meaning(name: &str) -> &'static str {
    match name {
        "constant" => "Always the same; a plain duration says it in fewer letters.",
        "uniform" => "Anything from `min` to `max`, equally likely.",
        "exponential" => "Exponential with this mean.",
        "lognormal" => "Lognormal with this median and this 99 % quantile.",
        "pareto" => "Never below `min`, with a tail of exponent `alpha`: the smaller, the heavier.",
        "empirical" => "One of the values in a file, equally likely.",
        "regions" => "Half of the round trip between the regions of the two nodes, plus `jitter`.",
        _ => "",
    }
}

/// As JSON Schema, without words.
pub(super) fn schema(kind: Kind) -> Map<String, Json> {
    let schema = match kind {
        Kind::Count { min, max } if min == max => json!({ "const": min }),
        Kind::Count { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Kind::Probability => json!({ "type": "number", "minimum": 0, "maximum": 1 }),
        Kind::Confidence => json!({ "type": "number", "minimum": 0.5, "exclusiveMaximum": 1 }),
        Kind::Exponent => json!({ "type": "number", "exclusiveMinimum": 0, "maximum": 1000 }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Text | Kind::File => json!({ "type": "string" }),
        Kind::NonEmptyText => json!({ "type": "string", "minLength": 1 }),
        Kind::Name => {
            json!({
                "type": "string",
                "pattern": "^[A-Za-z0-9_.-]+$",
                "maxLength": MAX_NAME,
                "not": { "enum": [".", ".."] },
            })
        }
        Kind::Duration { positive } => quantity(Quantity::Duration, positive),
        Kind::Size { .. } => quantity(Quantity::Size, false),
        Kind::Bandwidth => quantity(Quantity::Bandwidth, true),
        Kind::Distribution | Kind::Skew => distribution(&reference("duration"), false),
        Kind::Latency => distribution(&reference("duration"), true),
        Kind::Holders => json!({ "oneOf": [
            { "enum": ["f+1", "all"] },
            { "type": "integer", "minimum": 0, "maximum": super::super::schema::MAX_NODES },
            inline_table(None, "Every node holds it with this probability, on its own.", &[("agree", true)]),
        ] }),
        Kind::Choice(words) => json!({ "enum": words }),
        Kind::Names => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::Nodes => json!({ "type": "array", "minItems": 1, "items": {
            "type": "string",
            "pattern": "^(workflow|capability)(\\.[0-9]+(-[0-9]+)?)?$",
            "description": "All nodes of a DON, one (`workflow.2`) or a row of them (`capability.0-4`).",
        } }),
    };
    match schema {
        Json::Object(schema) => schema,
        _ => Map::new(),
    }
}

/// A number with one of the units.
pub(super) fn quantity(quantity: Quantity, positive: bool) -> Json {
    // Above zero: a digit that is not zero stands before or behind the point.
    let number = if positive { "(0*[1-9][0-9]*(\\.[0-9]+)?|0+\\.0*[1-9][0-9]*)" } else { "[0-9]+(\\.[0-9]+)?" };
    let units = quantity.units().collect::<Vec<_>>().join("|");
    json!({ "type": "string", "pattern": format!("^\\s*{number}\\s*({units})\\s*$") })
}

/// A reference to one of [`definitions`].
pub(super) fn reference(name: &str) -> Json {
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// A plain value, or one of the tables that say `dist`.
fn distribution(plain: &Json, regions: bool) -> Json {
    let tables = DISTRIBUTIONS.iter().chain(regions.then_some(&REGIONS));
    let tables = tables.map(|(name, _)| reference(&format!("distribution.{name}")));
    let choices: Vec<_> = [plain.clone()].into_iter().chain(tables).collect();
    json!({ "oneOf": choices })
}

/// An inline table that says what it is by `dist`, or by its keys alone.
fn inline_table(dist: Option<&str>, meaning: &str, parameters: &[(&str, bool)]) -> Json {
    let named = dist.map(|name| ("dist".to_owned(), json!({ "const": name })));
    let kind = |name: &str| match parameter(name) {
        Some(Kind::Distribution) => reference("distribution"),
        Some(kind) => Json::Object(schema(kind)),
        None => json!(true),
    };
    let properties = parameters.iter().map(|(name, _)| ((*name).to_owned(), kind(name)));
    let required = parameters.iter().filter(|(_, required)| *required).map(|(name, _)| *name);
    json!({
        "type": "object",
        "description": meaning,
        "properties": named.into_iter().chain(properties).collect::<Map<_, _>>(),
        "required": dist.map(|_| "dist").into_iter().chain(required).collect::<Vec<_>>(),
        "additionalProperties": false,
    })
}

/// What several keys share.
pub(super) fn definitions() -> Map<String, Json> {
    let tables = DISTRIBUTIONS.iter().chain([&REGIONS]).map(|(name, parameters)| {
        (format!("distribution.{name}"), inline_table(Some(name), distribution_meaning(name), parameters))
    });
    let plain = [
        ("duration".to_owned(), quantity(Quantity::Duration, false)),
        ("distribution".to_owned(), distribution(&reference("duration"), false)),
    ];
    plain.into_iter().chain(tables).collect()
}
