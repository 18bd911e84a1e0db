//! `manifest.json`: what made a results folder, and the digest of every file in it.

use std::collections::BTreeMap;
use std::io::{self, BufRead};
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::experiment::{RunSummary, Verdict};
use crate::scenario::{RESULTS_VERSION, Scenario};

use super::compare::{Differing, Origin};

/// The manifest of a complete run; `files` are the digests of all files but itself and `host.json`. Where stop rules end cells it
/// says which rule ended each, and after how many replicates.
pub(super) fn manifest(
    scenario: &Scenario,
    (summary, verdict): (&RunSummary, Verdict),
    files: &BTreeMap<String, String>,
) -> Value {
    let run = scenario.run();
    let named: Vec<Value> =
        scenario.files().iter().map(|file| json!({ "file": file.stored, "sha256": file.digest })).collect();
    let mut manifest = json!({
        "schema": "donsim.manifest/1",
        "donsim": env!("CARGO_PKG_VERSION"),
        "results_version": RESULTS_VERSION,
        "name": scenario.name(),
        "description": scenario.description(),
        "id": scenario.id(),
        "seed": run.seed,
        "replicates": run.replicates,
        "cells": scenario.cell_count(),
        "verdict": verdict.name(),
        "named_files": named,
        "files": files,
    });
    if summary.has_stop_rules() {
        let ended = summary.cells.iter().filter_map(|cell| {
            Some(json!({ "cell": cell.id, "by": cell.ended?.name(), "replicates": cell.replicates }))
        });
        manifest["ended"] = ended.collect();
    }
    let changed = changed(scenario);
    if !changed.is_empty() {
        manifest["changed"] = changed.into_iter().map(|(key, values)| (key, json!(values))).collect();
    }
    manifest
}

/// Keys to which the command line gave other values than the text of the scenario does; none where the text names files, which
/// are not where they were.
fn changed(scenario: &Scenario) -> Vec<Differing> {
    if !scenario.files().is_empty() {
        return Vec::new();
    }
    // A scenario without a name has that of its file.
    let file = format!("{}.toml", scenario.name());
    let written = Scenario::parse(Path::new(&file), scenario.text().to_owned(), &[]).ok();
    let both = written.map(|written| [written.resolved(), scenario.resolved()].map(Origin::of_scenario));
    both.and_then(|[written, resolved]| Origin::differing([&written, &resolved])).unwrap_or_default()
}

/// SHA-256 of `bytes` in hex.
pub(super) fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// SHA-256 of all that `reader` yields, in hex.
pub(super) fn digest_of(reader: &mut impl BufRead) -> io::Result<String> {
    let mut hash = Sha256::new();
    loop {
        let chunk = reader.fill_buf()?;
        if chunk.is_empty() {
            return Ok(hex::encode(hash.finalize()));
        }
        hash.update(chunk);
        let read = chunk.len();
        reader.consume(read);
    }
}
