//! Tables, files and pictures: readers of results, no simulation.

mod axes_csv;
mod columns;
mod compare;
mod diagram;
mod expectations;
mod explored;
mod folder;
mod happenings;
mod json;
mod junit;
mod latency_csv;
mod lock;
mod manifest;
mod markdown;
pub mod plots;
mod read;
mod report_md;
mod runs_csv;
mod shards;
mod summary_csv;
mod table;
mod units;

pub use compare::{Change, CompareError, Comparison, Comparisons, Least, compare};
pub use diagram::{Difference, RequestAt, Story, perfetto};
pub use expectations::{judgement_line, judgement_title};
pub use explored::{explored_csv, explored_markdown, explored_table};
pub use folder::{FolderError, ResultsFolder, path_of, redraw};
pub use happenings::{LinkBytes, happening_line, happening_object, link_bytes};
pub use json::{run_document, runs_document};
pub use junit::{Suite, junit};
pub use markdown::{by_gravity, markdown};
pub use plots::RequestDiagram;
pub use read::{Changed, ReadError, read};
pub use shards::{GatherError, ShardFolder, ShardNote, gather};
pub use table::table;
pub use units::Units;
