//! Reasons that results cannot be read again.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::report::folder::MANIFEST;

/// Reason that the tables of a results folder are not those of a run.
#[derive(Debug, Error)]
pub enum ReadError {
    /// A folder without this table, which every results folder has.
    #[error("`{}` is no results folder: there is no {table} in it; {HELP}", .0.display(), table = .1)]
    NoResults(PathBuf, &'static str),
    /// The folder of a run that did not come to its end.
    #[error("the run in `{}` is incomplete, its tables are missing; run the scenario to its end", .0.display())]
    Incomplete(PathBuf),
    /// The folder of a run that did not come to its end, or whose manifest is lost.
    #[error("the run in `{}` is incomplete: there is no {MANIFEST} in it; run the scenario to its end{OR_ACCEPT}", .0.display())]
    NoManifest(PathBuf),
    /// Tables that are not those that the manifest vouches for.
    #[error("{}: changed after the run, as {MANIFEST} tells; {REMEDY}{OR_ACCEPT}", list(.0))]
    Changed(Vec<PathBuf>),
    /// Tables that were changed and say something else than the others, and where that shows.
    #[error("{}: changed after the run, as {MANIFEST} tells, and at odds with the rest: {source}", list(.0), source = .1)]
    AtOdds(Vec<PathBuf>, #[source] Box<ReadError>),
    /// A table that is there and cannot be read.
    #[error("cannot read {}: {source}", .0.display(), source = .1)]
    Read(PathBuf, #[source] io::Error),
    /// A table says something that no run says.
    #[error("{}{}: {problem}; {REMEDY}", path.display(), place(*line, column.as_deref()))]
    Wrong {
        /// The table.
        path: PathBuf,
        /// The line, from 1, where there is one.
        line: Option<u64>,
        /// The column, where it is about one.
        column: Option<String>,
        /// The problem.
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
