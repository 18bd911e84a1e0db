//! Tables that were changed after the run, told by the digests in its manifest.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::report::folder::MANIFEST;
use crate::report::manifest::digest;

use super::error::ReadError;

/// Those of `tables` (path and contents) that the manifest of `folder` does not vouch for.
pub(super) fn changed(folder: &Path, tables: &[(PathBuf, Vec<u8>)]) -> Result<Vec<PathBuf>, ReadError> {
    let path = folder.join(MANIFEST);
    let text = fs::read(&path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => ReadError::NoManifest(folder.to_owned()),
        _ => ReadError::Read(path.clone(), source),
    })?;
    let wrong = |problem| ReadError::Wrong { path: path.clone(), line: None, column: None, problem };
    let manifest: Value = serde_json::from_slice(&text).map_err(|error| wrong(format!("it is no JSON: {error}")))?;
    let mut changed = Vec::new();
    for (table, bytes) in tables {
        let name = table.file_name().unwrap_or_default().display().to_string();
        let written = manifest["files"][&name].as_str();
        let written = written.ok_or_else(|| wrong(format!("there is no digest of {name}")))?;
        if written != digest(bytes) {
            changed.push(table.clone());
        }
    }
    Ok(changed)
}
