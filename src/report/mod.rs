//! Tables, files and pictures: readers of results, no simulation.

mod columns;
mod folder;
mod json;
mod manifest;
pub mod plots;
mod runs_csv;
mod summary_csv;
mod table;

pub use folder::{FolderError, ResultsFolder};
pub use json::{run_document, runs_document};
pub use table::table;
