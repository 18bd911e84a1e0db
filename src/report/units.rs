//! The record of a run as files: `units/` in its results folder, and in those of other runs of the same scenario beside it.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::experiment::Record;

use super::files::write_whole;

/// Folder of the units in a results folder.
pub(super) const UNITS: &str = "units";

/// Units of a results folder.
#[derive(Debug)]
pub struct Units {
    own: PathBuf,
    /// Those of other runs.
    others: Vec<PathBuf>,
    /// Units that were not used, and why.
    unusable: Mutex<BTreeMap<String, String>>,
}

impl Units {
    /// Those of the results folder at `folder` and of no other, made if they are not there.
    pub fn alone(folder: &Path) -> io::Result<Self> {
        let own = folder.join(UNITS);
        fs::create_dir_all(&own)?;
        Ok(Self { own, others: Vec::new(), unusable: Mutex::default() })
    }

    /// As [`Units::alone`], if there are any.
    pub fn kept(folder: &Path) -> Option<Self> {
        let own = folder.join(UNITS);
        own.is_dir().then(|| Self { own, others: Vec::new(), unusable: Mutex::default() })
    }

    /// As [`Units::alone`], and those in the folders beside it, which are other runs'.
    pub fn of(folder: &Path) -> io::Result<Self> {
        let own = folder.join(UNITS);
        let beside = folder.parent().map(fs::read_dir).transpose()?;
        let units = beside.into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path().join(UNITS)));
        let mut others: Vec<PathBuf> = units.filter(|units| *units != own && units.is_dir()).collect();
        others.sort();
        Ok(Self { others, ..Self::alone(folder)? })
    }

    /// Units of this run that were not used, and why.
    pub fn unusable(&self) -> BTreeMap<String, String> {
        self.unusable.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Record for Units {
    fn read(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.own.join(file(name))).ok()
    }

    fn read_elsewhere(&self, name: &str) -> Vec<Vec<u8>> {
        self.others.iter().filter_map(|units| fs::read(units.join(file(name))).ok()).collect()
    }

    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        write_whole(&self.own.join(file(name)), bytes)
    }

    fn handle_unusable(&self, name: &str, reason: &str) {
        let mut unusable = self.unusable.lock().unwrap_or_else(PoisonError::into_inner);
        unusable.insert(file(name), reason.to_owned());
    }
}

fn file(name: &str) -> String {
    format!("{name}.unit")
}
