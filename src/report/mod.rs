//! Tables, files and pictures: readers of results, no simulation.

mod columns;
mod expectations;
mod folder;
mod json;
mod junit;
mod manifest;
mod markdown;
pub mod plots;
mod runs_csv;
mod summary_csv;
mod table;

pub use expectations::{judgement_line, judgement_title};
pub use folder::{FolderError, ResultsFolder};
pub use json::{run_document, runs_document};
pub use junit::{Suite, junit};
pub use markdown::{by_gravity, markdown};
pub use table::table;
