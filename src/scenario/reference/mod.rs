//! The scenario format for people and editors: `scenarios/README.md` and `scenarios/scenario.schema.json`, both made of
//! the one list of tables and keys that reading goes by, so that neither can tell anything else.
//!
//! What each kind of value is in words, as an example and as JSON Schema the kind itself knows; `json` and `markdown` put
//! the documents together.

mod json;
mod markdown;
#[cfg(test)]
mod tests;

pub use json::json_schema;
pub use markdown::markdown;
