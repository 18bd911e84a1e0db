//! The scenario file: TOML in, a plan of cells out, or everything that is wrong with it at once.
//!
//! A file passes through these hands, each in its own module:
//!
//! 1. `document` turns text into a tree in which every value knows its place;
//! 2. `settings` lays the file and `--set` over the schema's defaults (`tables` lists every table and key, those of
//!    faults in `catalogue`; `adjust` reads the command line);
//! 3. `kinds` understand each value (`units`, `files`), reporting what they refuse and going on;
//! 4. `sweep` lays out all combinations of its axes (a `range` is a short list), `selection` chooses the cells among them
//!    by `condition`s, `validate` checks each as a whole;
//! 5. `expect` understands what is expected of which cells;
//! 6. `build` makes a cell's [`crate::sim::Setup`], `render` the texts that it is saved and identified by (`identity`),
//!    `outline` a scenario of it alone.
//!
//! `reference` tells people and editors what a file may say, `labels` what pictures and tables call a key, `escape` makes a
//! scenario's words safe to print. Modules use each other in one direction only.
//!
//! [`Scenario`] is the way in. What comes out does not depend on how a file was written: `"1500ms"` and `"1.5s"`, a
//! default left out or spelled out, a file here or there make the same ids.

mod adjust;
mod axis;
mod build;
mod catalogue;
mod cells;
mod condition;
mod diagnostics;
mod document;
mod draft;
mod escape;
mod expect;
mod files;
mod identity;
mod kinds;
mod labels;
mod memory;
mod metric;
mod outline;
mod plan;
mod range;
mod reference;
mod render;
mod schema;
mod selection;
mod settings;
mod stop;
mod strata;
mod sweep;
mod tables;
#[cfg(test)]
mod tests;
mod text;
mod units;
mod validate;

pub use adjust::Adjustments;
pub use axis::{Axis, AxisValue};
pub use catalogue::{FaultDescription, common_fault_keys, fault_catalogue};
pub use diagnostics::{Diagnostic, Diagnostics};
pub(crate) use document::values_by_key;
pub(crate) use escape::{escaped, quoted, shell_path};
pub use expect::{Direction, Expectation, Objection, Subject};
pub use files::NamedFile;
pub use identity::RESULTS_VERSION;
pub(crate) use kinds::is_name;
pub(crate) use labels::{along, axis_title, label, short_label};
pub(crate) use metric::Derivation;
pub use metric::{Metric, Stat};
pub use outline::{Outline, Table};
pub use plan::{Cell, Scenario};
pub use reference::{json_schema, markdown};
pub use schema::{Key, Preset};
pub use stop::StopRules;
