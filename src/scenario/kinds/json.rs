//! JSON Schema of what several kinds have in common.

use serde_json::{Value as Json, json};

use super::super::units::Quantity;
use super::measure::Measure;

/// A reference to one of the definitions.
pub(in super::super) fn reference(name: &str) -> Json {
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// A number with one of the units.
pub(super) fn quantity(quantity: Quantity, positive: bool) -> Json {
    // Above zero: a digit that is not zero stands before or behind the point.
    let number = if positive { "(0*[1-9][0-9]*(\\.[0-9]+)?|0+\\.0*[1-9][0-9]*)" } else { "[0-9]+(\\.[0-9]+)?" };
    let units = quantity.unit_names().collect::<Vec<_>>().join("|");
    json!({ "type": "string", "pattern": format!("^\\s*{number}\\s*({units})\\s*$") })
}

/// A table that holds nothing but `properties`.
pub(super) fn closed(properties: &Json) -> Json {
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

/// An axis that lists its values.
pub(super) fn values(value: &Json) -> Json {
    json!({ "type": "array", "minItems": 1, "items": value })
}

/// An axis from one value to another, by steps or in so many points.
pub(super) fn range(value: &Json, measure: Measure) -> Json {
    // What may be added to a value: more than nothing.
    let step = match measure {
        Measure::Count => json!({ "type": "integer", "minimum": 1 }),
        Measure::Decimal => json!({ "type": "number", "exclusiveMinimum": 0 }),
        Measure::Of(of) => quantity(of, true),
    };
    range_by(value, &step)
}

/// The same with any step.
pub(in super::super) fn range_by(value: &Json, step: &Json) -> Json {
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

/// The same for a table that may also have quoted keys with dots in them.
pub(in super::super) fn open(properties: &Json) -> Json {
    let mut table = closed(properties);
    table["patternProperties"] = json!({ "\\.": reference("axis") });
    table
}
