//! The scenario file: TOML in, a plan of cells out, or everything that is wrong with it at once.
//!
//! A file passes through these hands, each in its own module:
//!
//! 1. `document` turns text into a tree in which every value knows its place;
//! 2. `settings` lays the file and `--set` over the schema's defaults (`schema` lists every table and key, those of
//!    faults in `catalogue`; `adjust` reads the command line);
//! 3. `lower` understands each value (`units`, `files`), reporting what it refuses and going on;
//! 4. `sweep` lays out all combinations of its axes (a `range` is a short list), `selection` chooses the cells among them
//!    by `condition`s, `validate` checks each as a whole;
//! 5. `expect` understands what is expected of which cells;
//! 6. `build` makes a cell's [`crate::sim::Setup`], `render` the texts that it is saved and identified by (`identity`).
//!
//! `reference` tells people and editors what a file may say.
//!
//! [`Scenario`] is the way in. What comes out does not depend on how a file was written: `"1500ms"` and `"1.5s"`, a
//! default left out or spelled out, a file here or there make the same ids.

mod adjust;
mod build;
mod catalogue;
mod condition;
mod diagnostics;
mod document;
mod draft;
mod expect;
mod files;
mod identity;
mod lower;
mod metric;
mod partners;
mod plan;
mod range;
mod reference;
mod render;
mod schema;
mod selection;
mod settings;
mod sweep;
#[cfg(test)]
mod tests;
mod text;
mod units;
mod validate;
mod value;

pub use adjust::Adjustments;
pub use catalogue::{FaultDescription, KeyDefault, KeyDescription, fault_catalogue};
pub use diagnostics::{Diagnostic, Diagnostics};
pub use expect::{Direction, Expectation, Objection, Subject};
pub use files::NamedFile;
pub use identity::RESULTS_VERSION;
pub(crate) use lower::is_name;
pub(crate) use metric::Derivation;
pub use metric::{Metric, Stat};
pub use plan::{Cell, Scenario};
pub use reference::{json_schema, markdown};

/// A swept axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// The dotted key, such as `network.loss`.
    pub key: String,
    /// Axes of one group advance together (`[sweep.zip]`); every grid axis is a group of its own.
    pub group: usize,
}

/// A cell's value on an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct AxisValue {
    /// As the scenario writes it, without quotes: `0.05`, `40ms`, `attested`, `f+1`.
    pub text: String,
    /// As a number for a value axis, in `unit`; `None` for what has no order, such as a rule set.
    pub number: Option<f64>,
    /// The unit of `number`: `ms`, `bytes`, `Mbit/s`, or empty for counts and probabilities.
    pub unit: &'static str,
}
