//! A results folder never lies: one run writes into it at a time, and it is complete only under a manifest that matches.

#![allow(clippy::disallowed_methods, reason = "patience with real processes is measured by a real clock")]

#[path = "common/binary.rs"]
#[expect(dead_code, reason = "runs are started in other ways here")]
mod binary;
#[path = "common/files.rs"]
mod files;

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use binary::{Said, donsim, only_entry};
use donsim::report::ResultsFolder;
use donsim::scenario::Scenario;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tempfile::{TempDir, tempdir};

/// Two cells with one row a replicate.
const TWO: &str = "schema = 1\nname = \"two\"\n[capability_don]\nnodes = 4\n[workflow_don]\nnodes = 1\n[request]\n\
                   payload_size = \"10B\"\n[sweep.grid]\naggregator.rule_set = [\"identical\", \"attested\"]\n";

/// Two cells of so many replicates, with an expectation.
fn folder_with(replicates: u32, that: &str) -> TempDir {
    let folder = tempdir().expect("there is room");
    expect(folder.path(), replicates, that);
    folder
}

/// Writes the scenario with another expectation.
fn expect(folder: &Path, replicates: u32, that: &str) {
    let text = format!("{TWO}[run]\nreplicates = {replicates}\n[[expect]]\nthat = \"{that}\"\n");
    fs::write(folder.join("two.toml"), text).expect("there is room");
}

/// From the start, whatever is there: a run that finds all done would be over at once.
const RUN: [&str; 6] = ["run", "two.toml", "-j", "1", "--json", "--fresh"];

/// Every file of a results folder but its record, which grows while a run is at work.
fn files(results: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = files::files(results);
    found.retain(|path, _| !path.starts_with("units"));
    found
}

fn start(folder: &Path) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_donsim"));
    command.current_dir(folder).args(RUN).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("it starts")
}

fn wait(child: Child) -> Said {
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes| String::from_utf8(bytes).expect("it writes UTF-8");
    Said { code: output.status.code().unwrap_or(-1), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// The results folder, once it is there and a run writes rows into it.
fn results_at_work(folder: &Path, by: &Child) -> PathBuf {
    let started = Instant::now();
    let lock = format!("{}\n", by.id());
    loop {
        let below: Vec<PathBuf> = fs::read_dir(folder.join("results/two"))
            .map(|entries| entries.map(|entry| entry.expect("readable").path()).collect())
            .unwrap_or_default();
        let is_held = |path: &PathBuf| path.is_file() && fs::read_to_string(path).is_ok_and(|text| text == lock);
        let at_work = |path: &&PathBuf| path.join("runs.csv.0.part").exists() || path.join("runs.csv.part").exists();
        if let Some(path) = below.iter().find(at_work).filter(|_| below.iter().any(is_held)) {
            return path.clone();
        }
        assert!(started.elapsed() < Duration::from_secs(60), "nobody is at work: {below:?}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// Every file that the manifest lists is there and matches, nothing else is there, and every replicate has its row.
fn assert_complete(results: &Path, replicates: usize) {
    let found = files(results);
    let manifest: Value = serde_json::from_slice(&found[Path::new("manifest.json")]).expect("it is JSON");
    let listed = manifest["files"].as_object().expect("it lists files");
    for (name, digest) in listed {
        let bytes = found.get(Path::new(name)).unwrap_or_else(|| panic!("{name} is missing"));
        assert_eq!(digest, &hex::encode(Sha256::digest(bytes)), "{name}");
    }
    assert_eq!(found.len(), listed.len() + 2, "only the manifest and host.json are unlisted: {:?}", found.keys());
    let rows = String::from_utf8(found[Path::new("runs.csv")].clone()).expect("it is text");
    let mut lines = rows.lines().skip(1);
    for rule_set in ["identical", "attested"] {
        for replicate in 0..replicates {
            let middle = format!(",{rule_set},{replicate},0,0,");
            assert!(lines.next().is_some_and(|line| line.contains(&middle)), "{middle}");
        }
    }
    assert_eq!(lines.next(), None);
}

/// At random delays over the time of a run, a second one either says who is at work or finds the first done.
#[test]
fn two_runs_into_one_folder_never_disturb_each_other() {
    const REPLICATES: u32 = 300;
    let folder = folder_with(REPLICATES, "rate(accepted_wrong) <= 0.5");
    let started = Instant::now();
    assert_eq!(donsim(folder.path(), &RUN).code, 0);
    let time = started.elapsed();
    let mut random = ChaCha8Rng::seed_from_u64(20);
    let mut refused = 0;
    for _ in 0..20 {
        let share = f64::from(random.next_u32()) / f64::from(u32::MAX);
        let first = start(folder.path());
        let id = first.id();
        thread::sleep(time.mul_f64(1.2 * share));
        let second = start(folder.path());
        let other = second.id();
        // Where both start at once, either may be the first at work.
        for (said, holder) in [(wait(first), other), (wait(second), id)] {
            if said.code == 2 {
                let told = format!("error: process {holder} is at work in results/two/");
                assert!(said.stderr.starts_with(&told) && said.stderr.contains("-o DIR"), "{said:?}");
                refused += 1;
            } else {
                assert_eq!(said.code, 0, "{said:?}");
            }
        }
        assert_complete(&only_entry(&folder.path().join("results/two")), REPLICATES as usize);
    }
    assert!((1..=20).contains(&refused), "{refused} of 20");
}

/// What a killed run leaves is incomplete, is said so, and stops nobody.
#[cfg(unix)]
#[test]
fn a_killed_run_stops_nobody() {
    const REPLICATES: u32 = 2_000;
    let folder = folder_with(REPLICATES, "rate(accepted_wrong) <= 0.5");
    let mut child = start(folder.path());
    let results = results_at_work(folder.path(), &child);
    let said = donsim(folder.path(), &RUN);
    assert_eq!((said.code, said.stdout.as_str()), (2, ""), "{said:?}");
    assert!(said.stderr.contains(&format!("process {} is at work in results/two/", child.id())), "{said:?}");
    child.kill().expect("it is there");
    child.wait().expect("it ends");
    let lock = results.with_file_name(format!(".{}.lock", results.file_name().expect("an id").display()));
    assert!(lock.exists(), "nobody was there to remove it");

    let said = donsim(folder.path(), &["report", results.to_str().expect("text")]);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("is incomplete"), "{said:?}");

    assert_eq!(donsim(folder.path(), &RUN).code, 0);
    assert!(!lock.exists(), "the next run took it over, and removed it");
    assert_complete(&results, REPLICATES as usize);
}

/// Nothing that an earlier run judged is left beside the scenario of one that is interrupted.
#[cfg(unix)]
#[test]
fn an_interrupted_rerun_leaves_no_verdict() {
    const REPLICATES: u32 = 3_000;
    let folder = folder_with(REPLICATES, "rate(accepted_wrong) <= 0.5");
    let said = donsim(folder.path(), &RUN);
    assert_eq!(said.code, 0, "{said:?}");
    let results = only_entry(&folder.path().join("results/two"));
    // Of runs that were interrupted before parts were removed.
    fs::write(results.join("summary.csv.part"), "old").expect("there is room");
    fs::write(results.join("runs.csv.7.part"), "old").expect("there is room");

    expect(folder.path(), REPLICATES, "rate(accepted_wrong) >= 0.5");
    let child = start(folder.path());
    assert_eq!(results_at_work(folder.path(), &child), results);
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("it starts").success());
    assert_eq!(wait(child).code, 5);
    let names: Vec<String> = files(&results).keys().map(|name| name.display().to_string()).collect();
    let left = ["axes.csv", "cells.csv", "latency.csv", "runs.csv", "summary.csv"].map(|table| format!("{table}.part"));
    let mut expected = [&left[..], &["host.json", "resolved.toml", "scenario.toml"].map(str::to_owned)].concat();
    expected.sort();
    assert_eq!(names, expected, "what is done, and nothing of the earlier run");
    let part = fs::read_to_string(results.join("summary.csv.part")).expect("it is text");
    assert!(part.starts_with("cell,"), "{part}");

    expect(folder.path(), REPLICATES, "rate(accepted_wrong) <= 0.5");
    assert_eq!(donsim(folder.path(), &RUN).code, 0);
    assert_complete(&results, REPLICATES as usize);
}

/// The manifest goes before anything else, so that a run that cannot go on leaves nothing that counts as complete.
#[test]
fn the_manifest_goes_first() {
    let folder = folder_with(40, "rate(accepted_wrong) <= 0.5");
    assert_eq!(donsim(folder.path(), &RUN).code, 0);
    let results = only_entry(&folder.path().join("results/two"));
    fs::remove_file(results.join("expectations.json")).expect("it is there");
    fs::create_dir(results.join("expectations.json")).expect("there is room");
    let before = files(&results);
    let said = donsim(folder.path(), &RUN);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("/expectations.json: "), "{said:?}");
    let mut expected = before;
    assert!(expected.remove(Path::new("manifest.json")).is_some());
    assert_eq!(files(&results), expected, "nothing is new");
}

#[test]
fn rows_are_compressed_on_demand_and_where_there_are_many() {
    let folder = folder_with(20, "rate(accepted) >= 0");
    let said = donsim(folder.path(), &["run", "two.toml", "-o", "plain"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let said = donsim(folder.path(), &["run", "two.toml", "-o", "packed", "--gzip"]);
    assert!(said.code == 0 && said.stdout.contains("cells.csv, runs.csv.gz, "), "{}", said.stdout);
    let results = |root: &str| only_entry(&only_entry(&folder.path().join(root)));
    let (plain, packed) = (files(&results("plain")), files(&results("packed")));
    let of = |name: &str| Path::new(name).to_owned();
    let mut rows = String::new();
    let bytes: &[u8] = &packed[&of("runs.csv.gz")];
    flate2::read::GzDecoder::new(bytes).read_to_string(&mut rows).expect("it is whole");
    assert_eq!(rows.as_bytes(), plain[&of("runs.csv")]);
    let manifest: Value = serde_json::from_slice(&packed[&of("manifest.json")]).expect("it is JSON");
    assert!(manifest["files"]["runs.csv.gz"].is_string() && manifest["files"]["runs.csv"].is_null(), "{manifest}");
    // A run without it leaves one of the two.
    donsim(folder.path(), &["run", "two.toml", "-o", "packed"]);
    assert!(!results("packed").join("runs.csv.gz").exists());

    let name = |replicates| {
        expect(folder.path(), replicates, "rate(accepted) >= 0");
        let scenario = Scenario::load(&folder.path().join("two.toml"), &[]).unwrap_or_else(|error| panic!("{error}"));
        ResultsFolder::create(&folder.path().join("many"), &scenario, false, false).expect("it is writable").rows_name()
    };
    assert_eq!([500_000, 500_001].map(name), ["runs.csv", "runs.csv.gz"]);
}
