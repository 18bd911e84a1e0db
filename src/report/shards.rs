//! Shards of a run: a folder that several processes put units into, each its own, with a note of each shard that is
//! complete; and the gathering of such folders.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::json;
use thiserror::Error;

use crate::experiment::{MAKER, Shard};
use crate::scenario::{Adjustments, RESULTS_VERSION, Scenario};

use super::files::{FolderError, at, write_whole};
use super::folder::{path_of, scenario_files};
use super::lock::Lock;
use super::units::UNITS;

/// Folder of the notes in a results folder.
const SHARDS: &str = "shards";

/// A results folder that a shard puts its units into.
pub struct ShardFolder {
    path: PathBuf,
    shard: Shard,
    /// Held until the shard is complete or given up.
    _lock: Lock,
}

/// Note of a shard that is complete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardNote {
    schema: String,
    donsim: String,
    results_version: u32,
    /// The scenario's name and id.
    pub name: String,
    /// The scenario's id.
    pub id: String,
    /// Path of the scenario file.
    pub scenario: String,
    /// Changes of the command line.
    pub set: Vec<String>,
    /// Axes of the command line.
    pub sweep: Vec<String>,
    /// Conditions of the command line.
    pub filter: Vec<String>,
    /// Ids of cells of the command line.
    pub cells: Vec<String>,
    shard: u64,
    shards: u64,
}

/// Reason why folders cannot be gathered.
#[derive(Debug, Error)]
pub enum GatherError {
    /// A file that cannot be read or written.
    #[error("cannot gather {}: {source}", .0.display(), source = .1)]
    Io(PathBuf, #[source] io::Error),
    /// A folder without a complete shard.
    #[error("{} has no complete shard; name results folders that `donsim run --shard` wrote", .0.display())]
    NoShard(PathBuf),
    /// A note that says nothing.
    #[error("{} is no note of a shard: {source}", .0.display(), source = .1)]
    NoNote(PathBuf, #[source] serde_json::Error),
    /// Shards of two runs.
    #[error("{} is a shard of another scenario, version or division than {}; merge shards of one run only", .0.display(), .1.display())]
    OfAnother(PathBuf, PathBuf),
    /// A unit that two folders have, with other bytes.
    #[error("{} is not what another folder has under this name: one of them is not of this machine's making", .0.display())]
    Contradiction(PathBuf),
}

impl ShardFolder {
    /// Makes the folder below `root`, or takes one that is there, beside other shards.
    pub fn create(root: &Path, scenario: &Scenario, shard: Shard) -> Result<Self, FolderError> {
        let path = path_of(root, scenario);
        fs::create_dir_all(&path).map_err(at(&path))?;
        let lock = Lock::take(&path, &format!("-{}-of-{}", shard.number, shard.of))?;
        for (name, bytes) in scenario_files(scenario) {
            let file = path.join(name);
            // Others may be writing the same at this moment.
            if fs::read(&file).ok().as_deref() != Some(bytes) {
                write_whole(&file, bytes).map_err(at(&file))?;
            }
        }
        Ok(Self { path, shard, _lock: lock })
    }

    /// Path of the folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Notes that the shard is complete.
    pub fn finish(self, scenario: &Scenario, adjustments: &Adjustments) -> Result<(), FolderError> {
        let Shard { number, of } = self.shard;
        let note = json!({
            "schema": "donsim.shard/1",
            "donsim": MAKER,
            "results_version": RESULTS_VERSION,
            "name": scenario.name(),
            "id": scenario.id(),
            "scenario": scenario.path(),
            "set": adjustments.set,
            "sweep": adjustments.sweep,
            "filter": adjustments.filter,
            "cells": adjustments.cells,
            "shard": number,
            "shards": of,
        });
        let path = self.path.join(SHARDS).join(format!("{number}-of-{of}.json"));
        write_whole(&path, format!("{note:#}\n").as_bytes()).map_err(at(&path))
    }
}

impl ShardNote {
    /// Notes of all complete shards in `folders`, which have to be of one run.
    pub fn of(folders: &[PathBuf]) -> Result<Self, GatherError> {
        let mut first: Option<(Self, PathBuf)> = None;
        for folder in folders {
            let notes = listed(&folder.join(SHARDS))?;
            if notes.is_empty() {
                return Err(GatherError::NoShard(folder.clone()));
            }
            for path in notes {
                let bytes = fs::read(&path).map_err(|error| GatherError::Io(path.clone(), error))?;
                let note: Self =
                    serde_json::from_slice(&bytes).map_err(|error| GatherError::NoNote(path.clone(), error))?;
                match &first {
                    Some((other, place)) if !note.is_of(other) => {
                        return Err(GatherError::OfAnother(path, place.clone()));
                    }
                    Some(_) => {}
                    None => first = Some((note, path)),
                }
            }
        }
        first.map(|(note, _)| note).ok_or_else(|| GatherError::NoShard(PathBuf::new()))
    }

    fn is_of(&self, other: &Self) -> bool {
        let of = |note: &Self| Self { shard: 0, scenario: String::new(), ..note.clone() };
        of(self) == of(other)
    }

    /// What the command line changed.
    pub fn adjustments(&self) -> Adjustments {
        let Self { set, sweep, filter, cells, .. } = self.clone();
        Adjustments { set, sweep, filter, cells }
    }
}

/// Copies the units of all folders into the one at `to`.
pub fn gather(folders: &[PathBuf], to: &Path) -> Result<(), GatherError> {
    let units = to.join(UNITS);
    for from in folders.iter().map(|folder| folder.join(UNITS)).filter(|from| !is_same(from, &units)) {
        for path in listed(&from)? {
            let copy = units.join(path.file_name().unwrap_or_default());
            let bytes = fs::read(&path).map_err(|error| GatherError::Io(path.clone(), error))?;
            match fs::read(&copy) {
                Ok(known) if known == bytes => {}
                Ok(_) => return Err(GatherError::Contradiction(path)),
                Err(_) => write_whole(&copy, &bytes).map_err(|error| GatherError::Io(copy, error))?,
            }
        }
    }
    Ok(())
}

fn is_same(a: &Path, b: &Path) -> bool {
    a.canonicalize().is_ok_and(|a| b.canonicalize().is_ok_and(|b| a == b))
}

/// Whole files of a folder, in the order of their names; none where there is no folder.
fn listed(folder: &Path) -> Result<Vec<PathBuf>, GatherError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(GatherError::Io(folder.to_owned(), error)),
    };
    let paths: io::Result<Vec<PathBuf>> = entries.map(|entry| Ok(entry?.path())).collect();
    let mut paths = paths.map_err(|error| GatherError::Io(folder.to_owned(), error))?;
    paths.retain(|path| path.extension().is_some_and(|ending| ending != "part"));
    paths.sort();
    Ok(paths)
}
