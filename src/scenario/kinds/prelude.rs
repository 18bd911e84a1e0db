//! Names that every kind is written with.

pub(super) use std::sync::Arc;

pub(super) use serde_json::{Value as Json, json};

pub(super) use super::super::axis::AxisValue;
pub(super) use super::super::diagnostics::{Diagnostic, did_you_mean, list};
pub(super) use super::super::document::{Node, Raw};
pub(super) use super::super::files::FileNames;
pub(super) use super::kind::{About, FromValue, Kind, Meaning, Value, downcast, from_value, plain_meaning, quote};
pub(super) use super::lowering::Lowering;
pub(super) use super::measure::Measure;
