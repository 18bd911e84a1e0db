//! Stop rules: cells end at looks, after the same replicates and with the same bytes however they were simulated.

#![allow(clippy::disallowed_methods, reason = "processes are killed by a real clock")]

#[path = "common/binary.rs"]
#[expect(dead_code, reason = "runs are started in other ways here")]
mod binary;
#[path = "common/files.rs"]
mod files;
#[path = "common/record.rs"]
mod record;

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use binary::{donsim, only_entry};
use donsim::experiment::{Ended, Findings, Metric, Options, run};
use donsim::scenario::Scenario;
use donsim::sim::simulate;
use donsim::stats::RateSequence;
use record::Kept;
use tempfile::{TempDir, tempdir};

const STOP: &str = "stop = { half_width = 0.028, decided = true }\n";

/// Nine cells, more than are simulated together; the expectations of some are decided early, and some are wider than others.
fn nine(stop: &str) -> String {
    format!(
        "schema = 1\nname = \"nine\"\n[run]\nreplicates = 3000\n{stop}[capability_don]\nnodes = 4\n[workflow_don]\nnodes = 1\n\
         [request]\npayload_size = \"10B\"\n[sweep.grid]\nnetwork.loss = [0, 0.1, 0.2]\n\
         aggregator.rule_set = [\"identical\", \"attested\", \"hardened\"]\n[[expect]]\n\
         that = \"rate(accepted) >= 0.9\"\nwhere = \"network.loss <= 0.1\"\n"
    )
}

fn folder() -> TempDir {
    let folder = tempdir().expect("there is room");
    fs::write(folder.path().join("nine.toml"), nine(STOP)).expect("there is room");
    folder
}

/// The complete run with stop rules below `root`.
fn place(folder: &Path, root: &str) -> PathBuf {
    let runs = fs::read_dir(folder.join(root).join("nine")).expect("it is there").map(|entry| entry.unwrap().path());
    let stops =
        |path: &PathBuf| fs::read_to_string(path.join("manifest.json")).is_ok_and(|text| text.contains("\"ended\""));
    runs.into_iter().find(stops).expect("one has stop rules")
}

/// All results of it; the record is none.
fn results(folder: &Path, root: &str) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = files::files(&place(folder, root));
    let is_result = |path: &Path| !["host.json", "units", "shards"].iter().any(|name| path.starts_with(name));
    found.retain(|path, _| is_result(path) && path.extension().is_none_or(|ending| ending != "part"));
    found
}

fn assert_same(folder: &Path, root: &str, expected: &BTreeMap<PathBuf, Vec<u8>>) {
    let found = results(folder, root);
    assert!(found.keys().eq(expected.keys()), "{root}: {:?}\n{:?}", found.keys(), expected.keys());
    for (name, bytes) in &found {
        assert!(bytes == &expected[name], "{root}: {} differs", name.display());
    }
}

fn run_into(folder: &Path, root: &str, more: &[&str]) {
    let said = donsim(folder, &[&["run", "nine.toml", "-o", root], more].concat());
    assert_eq!(said.code, 1, "{said:?}");
}

#[test]
fn bytes_do_not_depend_on_threads_and_kills() {
    let folder = folder();
    let folder = folder.path();
    let started = Instant::now();
    run_into(folder, "one", &["-j", "1"]);
    let time = started.elapsed();
    let whole = results(folder, "one");
    for page in ["report.html", "report.md"] {
        let text = std::str::from_utf8(&whole[Path::new(page)]).expect("it is text");
        assert!(text.contains("of at most "), "{page} says that not all cells have so many replicates");
    }
    for threads in ["2", "7"] {
        run_into(folder, threads, &["-j", threads]);
        assert_same(folder, threads, &whole);
    }
    for part in 1..=6 {
        let mut command = Command::new(env!("CARGO_BIN_EXE_donsim"));
        command.current_dir(folder).args(["run", "nine.toml", "-o", "killed", "-j", "2"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        std::thread::sleep(Duration::from_secs_f64(time.as_secs_f64() * f64::from(part) / 10.0));
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
    }
    run_into(folder, "killed", &[]);
    assert_same(folder, "killed", &whole);
    // A finished run is made again from its record and its tables.
    run_into(folder, "killed", &[]);
    assert_same(folder, "killed", &whole);
    let place = place(folder, "killed").display().to_string();
    assert_eq!(donsim(folder, &["report", &place]).code, 0);
    assert_same(folder, "killed", &whole);
}

/// A record may have more of a cell than the rule lets it have: of a run without rules, of one with fewer replicates, of shards.
#[test]
fn bytes_do_not_depend_on_the_record() {
    let folder = folder();
    let folder = folder.path();
    run_into(folder, "whole", &[]);
    let whole = results(folder, "whole");
    fs::write(folder.join("nine.toml"), nine("")).expect("there is room");
    run_into(folder, "beside", &[]);
    fs::write(folder.join("nine.toml"), nine(STOP)).expect("there is room");
    run_into(folder, "beside", &[]);
    assert_same(folder, "beside", &whole);
    // Shards do not know when a cell ends, the merge does.
    let shards = ["1/2", "2/2"].map(|shard| {
        let root = format!("shard{}", &shard[..1]);
        assert_eq!(donsim(folder, &["run", "nine.toml", "-o", &root, "--shard", shard]).code, 0);
        only_entry(&folder.join(root).join("nine")).display().to_string()
    });
    assert_eq!(donsim(folder, &["merge", "-o", "joined", &shards[0], &shards[1]]).code, 1);
    assert_same(folder, "joined", &whole);
    // What ended at a look stays as it is when there may be more; the others grow.
    let said = donsim(folder, &["run", "nine.toml", "-o", "grown", "--replicates", "2000"]);
    assert_eq!(said.code, 1, "{said:?}");
    fs::rename(place(folder, "grown").join("manifest.json"), folder.join("manifest.json")).expect("it is there");
    run_into(folder, "grown", &[]);
    assert_same(folder, "grown", &whole);
}

/// What a run finds, and how many worlds it simulated.
fn counted(threads: usize, kept: &Kept) -> (Findings, u64) {
    let scenario = Scenario::parse(Path::new("nine.toml"), nine(STOP), &[]).unwrap_or_else(|it| panic!("{it}"));
    let (stop, count) = (AtomicBool::new(false), AtomicU64::new(0));
    let options = Options { record: Some(kept), ..Options::new(NonZeroUsize::new(threads).unwrap(), &stop) };
    let simulate: &donsim::experiment::Simulate<'_> = &|setup, number, cache| {
        count.fetch_add(1, Ordering::Relaxed);
        simulate(setup, number, cache)
    };
    let findings = run(&scenario, options, simulate, &mut ()).expect("nothing is written");
    assert!(findings.is_complete());
    (findings, count.load(Ordering::Relaxed))
}

/// Every reason occurs, in one group at different looks; and no thread simulates what no look asks for.
#[test]
fn cells_of_a_group_end_at_different_looks() {
    let (findings, simulated) = counted(1, &Kept::default());
    let cells = &findings.summary.cells;
    let ended: Vec<_> = cells.iter().map(|cell| (cell.ended.expect("each has ended"), cell.replicates)).collect();
    for expected in [(Ended::Decided, 1_000), (Ended::Narrow, 2_000), (Ended::Cap, 3_000)] {
        assert!(ended[..8].contains(&expected), "{expected:?}: {ended:?}");
    }
    assert_eq!(findings.total, cells.iter().map(|cell| cell.replicates).sum::<u64>());
    let kept = Kept::default();
    for threads in [2, 7] {
        assert_eq!(counted(threads, &Kept::default()).1, simulated, "{threads} threads");
    }
    assert_eq!(counted(2, &kept).1, simulated);
    assert_eq!(counted(2, &kept).1, 0, "all is in the record");
}

/// Intervals of rates and verdicts are those of the sequence.
#[test]
fn rates_have_the_intervals_of_their_sequence() {
    let (findings, _) = counted(2, &Kept::default());
    for cell in &findings.summary.cells {
        let accepted = cell.estimate(Metric::Accepted).expect("it is measured");
        // One row a replicate.
        let hits = (accepted.value.unwrap() * cell.replicates as f64).round() as u64;
        let mut sequence = RateSequence::default();
        sequence.record_many(hits, 1, 1);
        sequence.record_many(cell.replicates - hits, 0, 1);
        let interval = sequence.interval(0.95).unwrap();
        assert_eq!((accepted.ci_low, accepted.ci_high), (Some(interval.low), Some(interval.high)), "{}", cell.id);
        let judged = findings.summary.expectations.iter().find(|judgement| judgement.cells == [cell.id.clone()]);
        let Some(judged) = judged else { continue };
        let bounds = sequence.interval(2.0 * judged.confidence - 1.0).unwrap();
        assert_eq!((judged.bounds.low, judged.bounds.high), (Some(bounds.low), Some(bounds.high)), "{}", cell.id);
    }
    assert_eq!(findings.summary.expectations.len(), 6);
}

/// Expectations count for the id of a run whose cells they end, and for no other.
#[test]
fn expectations_that_end_cells_are_part_of_the_id() {
    let id = |stop: &str, threshold: &str| {
        let text = nine(stop).replace(">= 0.9", threshold);
        Scenario::parse(Path::new("nine.toml"), text, &[]).unwrap_or_else(|it| panic!("{it}")).id().to_owned()
    };
    assert_ne!(id(STOP, ">= 0.9"), id(STOP, ">= 0.8"));
    let narrow = "stop.half_width = 0.01\n";
    assert_eq!(id(narrow, ">= 0.9"), id(narrow, ">= 0.8"));
    assert_ne!(id(narrow, ">= 0.9"), id("", ">= 0.9"));
}
