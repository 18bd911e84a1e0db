//! Files of results, whole or not at all, and why they cannot be kept.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::plots::PlotError;

/// Reason that results cannot be kept.
#[derive(Debug, Error)]
pub enum FolderError {
    /// The folder, or a file in it, that cannot be made.
    #[error("cannot write results to {}: {source}; name another place with -o DIR", .0.display(), source = .1)]
    Write(PathBuf, #[source] io::Error),
    /// The folder that another process, which is named, writes into.
    #[error("{holder} is at work in {}; wait until it is done, or name another place with -o DIR", .0.display(), holder = .1)]
    Busy(PathBuf, String),
    /// A table cannot be made.
    #[error("cannot make a table: {0}")]
    Table(#[from] csv::Error),
    /// A picture cannot be drawn.
    #[error("cannot draw: {0}")]
    Plot(#[from] PlotError),
}

/// Writes a file under another name and renames it, so that nobody ever sees half of it.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let written = fs::write(&part, bytes).and_then(|()| fs::rename(&part, path));
    written.inspect_err(|_| {
        // Half a file is of no use to anybody.
        let _ = fs::remove_file(&part);
    })
}

/// The error of something that cannot be done with `path`.
pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> FolderError {
    let path = path.to_owned();
    move |source| FolderError::Write(path, source)
}
