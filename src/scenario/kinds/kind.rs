//! The trait of kinds of values, and that of the values themselves.

use std::any::Any;
use std::fmt::{Debug, Write as _};
use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::super::axis::AxisValue;
use super::super::document::Node;
use super::super::files::FileNames;
use super::json;
use super::lowering::Lowering;
use super::measure::Measure;

/// A kind of value: all that the rooms of a scenario know of it.
pub(in super::super) trait Kind: Debug + Send + Sync {
    /// Description for people and editors.
    fn about(&self) -> About;

    /// Meaning of `node`, the value of the dotted `key`; what is wrong with it is reported.
    fn read(&self, lowering: &mut Lowering<'_>, key: &str, node: &Node) -> Option<Value>;

    /// Order of its values; `None` where there is none.
    fn measure(&self) -> Option<Measure> {
        None
    }

    /// Value with parameters, when one may be a table with such: `{ agree = 0.8 }`.
    fn table(&self) -> Option<&'static str> {
        None
    }

    /// JSON Schema of an axis of its values.
    fn axis(&self) -> Json {
        let About { name, schema, .. } = self.about();
        if self.measure().is_some() { json::reference(&format!("axis.{name}")) } else { json::values(&schema) }
    }

    /// Definitions of the JSON Schema that its own refers to, or that of its axes.
    fn definitions(&self) -> Vec<(String, Json)> {
        let About { name, schema, .. } = self.about();
        let axis = |measure| json!({ "oneOf": [json::values(&schema), json::range(&schema, measure)] });
        self.measure().map(|measure| (format!("axis.{name}"), axis(measure))).into_iter().collect()
    }
}

/// Description of a kind for people and editors.
#[derive(Debug)]
pub(in super::super) struct About {
    /// Name among the definitions of the JSON Schema; equal for kinds that take the same values alone.
    pub name: String,
    /// Words for a column of a table.
    pub words: String,
    /// Value that can be written, as TOML.
    pub example: String,
    /// JSON Schema of the values, without words.
    pub schema: Json,
}

impl About {
    pub(super) fn new(
        name: impl Into<String>,
        words: impl Into<String>,
        example: impl Into<String>,
        schema: Json,
    ) -> Self {
        Self { name: name.into(), words: words.into(), example: example.into(), schema }
    }
}

impl PartialEq for dyn Kind {
    fn eq(&self, other: &Self) -> bool {
        self.about().name == other.about().name
    }
}

/// A value once it is understood.
pub(in super::super) type Value = Arc<dyn Meaning>;

/// Meaning of a text of a scenario.
pub(in super::super) trait Meaning: Any + Debug + Send + Sync {
    /// Point on an axis.
    fn axis_value(&self) -> AxisValue;

    /// TOML, the same for equal values however they were written: what an axis shows, in quotes.
    fn print(&self, _names: FileNames) -> String {
        quote(&self.axis_value().text)
    }

    /// Parameter called `name`, where the value is printed as a table that has it.
    fn part(&self, _name: &str) -> Option<Value> {
        None
    }
}

/// A type that keys are read as.
pub(in super::super) trait FromValue {
    /// The value as this type. Where there is none, or it is refused, something stands for it, so that all else can be
    /// judged.
    fn from_value(value: Option<&dyn Meaning>) -> Self;
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Option<&dyn Meaning>) -> Self {
        value.map(|value| T::from_value(Some(value)))
    }
}

/// A value of the type `T`, if it is one.
pub(super) fn downcast<T: Meaning>(value: Option<&dyn Meaning>) -> Option<&T> {
    (value? as &dyn Any).downcast_ref()
}

/// Reading of keys as types whose default stands for a value that is missing.
macro_rules! from_value {
    ($($type:ty),+) => {
        $(impl FromValue for $type {
            fn from_value(value: Option<&dyn Meaning>) -> Self {
                downcast(value).cloned().unwrap_or_default()
            }
        })+
    };
}
pub(super) use from_value;

/// Numbers and flags: TOML writes them as axes show them.
macro_rules! plain_meaning {
    ($type:ty: $value:ident => $axis_value:expr) => {
        impl Meaning for $type {
            fn axis_value(&self) -> AxisValue {
                let $value = self;
                $axis_value
            }

            fn print(&self, _: FileNames) -> String {
                self.to_string()
            }
        }
    };
}
pub(super) use plain_meaning;

/// `text` as a TOML basic string.
pub(in super::super) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => {
                // Writing to a string cannot fail.
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
