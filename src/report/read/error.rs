//! Why results cannot be read again.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::report::folder::MANIFEST;

/// Why the tables of a results folder are not those of a run.
#[derive(Debug, Error)]
pub enum ReadError {
    /// There is no results folder.
    #[error("`{}` is no results folder: there is no {table} in it; {HELP}", path.display())]
    NoResults {
        /// What was to be read.
        path: PathBuf,
        /// The table that was looked for.
        table: &'static str,
    },
    /// The run did not come to its end.
    #[error("the run in `{}` is incomplete, its tables end in .part; run the scenario to its end", path.display())]
    Incomplete {
        /// The folder.
        path: PathBuf,
    },
    /// The run did not come to its end, or its manifest is lost.
    #[error("the run in `{}` is incomplete: there is no {MANIFEST} in it; run the scenario to its end{OR_ACCEPT}", path.display())]
    NoManifest {
        /// The folder.
        path: PathBuf,
    },
    /// Tables are not those that the manifest vouches for.
    #[error("{}: changed after the run, as {MANIFEST} tells; {REMEDY}{OR_ACCEPT}", list(paths))]
    Changed {
        /// The tables.
        paths: Vec<PathBuf>,
    },
    /// Tables that were changed say something else than the others.
    #[error("{}: changed after the run, as {MANIFEST} tells, and at odds with the rest: {source}", list(paths))]
    AtOdds {
        /// The tables that were changed.
        paths: Vec<PathBuf>,
        /// Where it shows.
        source: Box<ReadError>,
    },
    /// A table is there and cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The table.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A table says something that no run says.
    #[error("{}{}: {problem}; {REMEDY}", path.display(), place(*line, column.as_deref()))]
    Wrong {
        /// The table.
        path: PathBuf,
        /// The line, from 1, where there is one.
        line: Option<u64>,
        /// The column, where it is about one.
        column: Option<String>,
        /// What is wrong.
        problem: String,
    },
}

const HELP: &str = "name a folder that `donsim run` wrote, `results/<name>/<id>`";
const REMEDY: &str = "bring the tables back as `donsim run` wrote them, or run the scenario again";
const OR_ACCEPT: &str = ", or take the tables as they are with --accept-changed";

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

fn place(line: Option<u64>, column: Option<&str>) -> String {
    let line = line.map_or_else(String::new, |line| format!(", line {line}"));
    let column = column.map_or_else(String::new, |column| format!(", column `{column}`"));
    line + &column
}
