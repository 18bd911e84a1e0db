//! Why results cannot be read again.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

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

fn place(line: Option<u64>, column: Option<&str>) -> String {
    let line = line.map_or_else(String::new, |line| format!(", line {line}"));
    let column = column.map_or_else(String::new, |column| format!(", column `{column}`"));
    line + &column
}
