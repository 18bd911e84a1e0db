//! The same scenario and seed give the same bytes, and what is added leaves alone what was there.

#[path = "common/binary.rs"]
mod binary;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use binary::{donsim, results};
use donsim::scenario::Scenario;
use donsim::sim::{Happening, ReplicateCache, simulate};
use sha2::{Digest, Sha256};
use tempfile::tempdir;

/// More cells than one group and more replicates than one block has, and something of everything that is drawn.
const SWEEP: &str = r#"
schema = 1
name = "everything"
[run]
replicates = 18
[capability_don]
nodes = 4
[workflow_don]
nodes = 3
f = 0
[request]
payload_size = "200B"
count = 2
arrival = { dist = "exponential", mean = "1s" }
[network]
duplication = 0.1
bandwidth = "1Mbit/s"
[[faults.slow]]
nodes = 1
delay = { dist = "pareto", min = "10ms", alpha = 1.5 }
[[faults.wrong_payload]]
nodes = 1
[sweep.grid]
network.loss = [0, 0.1, 0.2]
aggregator.rule_set = ["identical", "attested", "attested_early_fail"]
"#;

/// One cell in which nobody's messages delay another's.
const ONE_CELL: &str = r#"
schema = 1
name = "one"
[run]
replicates = 18
[capability_don]
nodes = 5
f = 1
payload_holders = "all"
[workflow_don]
nodes = 4
f = 1
needed = 3
[request]
payload_size = "200B"
[network]
loss = 0.2
"#;

/// The digest of every file but `host.json`, by its path in the folder.
fn digests(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut digests = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_owned();
                digests.insert(name, hex::encode(Sha256::digest(fs::read(path).unwrap())));
            }
        }
    }
    assert!(digests.remove(Path::new("host.json")).is_some());
    digests
}

/// The lines of `runs.csv` behind the header, in their order.
fn lines(folder: &Path) -> Vec<String> {
    let text = fs::read_to_string(folder.join("runs.csv")).unwrap();
    text.lines().skip(1).map(str::to_owned).collect()
}

/// The lines without the id of their cell.
fn lines_without_cell(folder: &Path) -> Vec<String> {
    lines(folder).iter().map(|line| line.split_once(',').unwrap().1.to_owned()).collect()
}

/// The lines of every cell by its id.
fn lines_by_cell(folder: &Path) -> BTreeMap<String, Vec<String>> {
    let mut cells: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in lines(folder) {
        cells.entry(line.split_once(',').unwrap().0.to_owned()).or_default().push(line);
    }
    cells
}

/// These columns of every row.
fn columns(folder: &Path, names: &[&str]) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(folder.join("runs.csv")).unwrap();
    let header = reader.headers().unwrap().clone();
    let places = names.iter().map(|name| header.iter().position(|column| column == *name).unwrap());
    let places: Vec<usize> = places.collect();
    let pick = |record: csv::StringRecord| places.iter().map(|at| record[*at].to_owned()).collect();
    reader.records().map(|record| pick(record.unwrap())).collect()
}

/// The text with one passage replaced.
fn with(text: &str, old: &str, new: &str) -> String {
    assert_eq!(text.matches(old).count(), 1, "{old}");
    text.replace(old, new)
}

#[test]
fn neither_threads_nor_repetition_leave_a_trace() {
    let folder = tempdir().unwrap();
    let once = digests(&results(folder.path(), "once", SWEEP, &["-j", "1"]));
    for name in ["runs.csv", "cells.csv", "summary.csv", "manifest.json", "resolved.toml", "plots/bytes.svg"] {
        assert!(once.contains_key(Path::new(name)), "{name} is missing: {once:?}");
    }
    for threads in ["2", "7"] {
        assert_eq!(digests(&results(folder.path(), threads, SWEEP, &["-j", threads])), once, "{threads} threads");
    }
    assert_eq!(digests(&results(folder.path(), "once", SWEEP, &["-j", "3"])), once, "over what is there");
}

/// The same for OCR3 rounds, in which every node sends to every other, and a response strategy with words of its own.
#[test]
fn rounds_leave_no_trace_of_threads() {
    const ROUNDS: &str = r#"
schema = 1
name = "rounds"
[run]
replicates = 40
[capability_don]
nodes = 7
ocr = "round"
response_strategy = "pull"
[observation]
block_time = "300ms"
change = 0.5
read = "latest"
[network.ocr]
loss = 0.02
duplication = 0.1
[[faults.ocr_silent_leader]]
nodes = 2
[sweep.grid]
capability_don.observation = ["hash", "payload"]
"#;
    let folder = tempdir().unwrap();
    let once = digests(&results(folder.path(), "once", ROUNDS, &["-j", "1"]));
    assert!(once.contains_key(Path::new("plots/holders.svg")), "{once:?}");
    for threads in ["2", "5"] {
        assert_eq!(digests(&results(folder.path(), threads, ROUNDS, &["-j", threads])), once, "{threads} threads");
    }
}

/// Enough replicates that every signer has a table of its multiples, and signs by one.
#[test]
fn reuse_leaves_no_trace() {
    let folder = tempdir().unwrap();
    let run = |output: &str, more: &[&str]| {
        let options = ["--set", "run.replicates=120", "--set", "network.loss=0.1"];
        digests(&results(folder.path(), output, SWEEP, &[&options, more].concat()))
    };
    assert_eq!(run("reuse", &[]), run("anew", &["--no-reuse"]));
}

#[test]
fn another_seed_is_another_run() {
    let folder = tempdir().unwrap();
    let one = results(folder.path(), "one", ONE_CELL, &[]);
    let two = results(folder.path(), "two", ONE_CELL, &["--set", "run.seed=2"]);
    assert_ne!(one.file_name(), two.file_name());
    assert_ne!(lines(&one), lines(&two));
}

#[test]
fn more_replicates_begin_with_those_that_were_there() {
    let folder = tempdir().unwrap();
    let few = lines(&results(folder.path(), "few", ONE_CELL, &[]));
    let many = lines(&results(folder.path(), "many", ONE_CELL, &["--set", "run.replicates=40"]));
    assert_eq!(many[..few.len()], few);
    assert!(many.len() > few.len());
}

#[test]
fn another_axis_value_leaves_the_other_cells_alone() {
    let folder = tempdir().unwrap();
    let before = lines_by_cell(&results(folder.path(), "before", SWEEP, &[]));
    // In front of the others and between them, so that groups of cells are cut elsewhere.
    let more = with(SWEEP, "[0, 0.1, 0.2]", "[0.3, 0, 0.05, 0.1, 0.2]");
    let more = with(&more, r#"["identical", "#, r#"["attested_strict", "identical", "#);
    let after = lines_by_cell(&results(folder.path(), "after", &more, &[]));
    assert_eq!((before.len(), after.len()), (9, 20));
    for (cell, rows) in before {
        assert_eq!(after.get(&cell), Some(&rows), "cell {cell}");
    }
}

/// A cell is what it simulates, whichever sweep it is in.
#[test]
fn another_axis_leaves_the_cells_at_its_default_alone() {
    let folder = tempdir().unwrap();
    let before = results(folder.path(), "before", SWEEP, &["--set", "network.loss=0"]);
    let more = with(SWEEP, "network.loss = [0, 0.1, 0.2]", "network.frame = [\"37B\", \"40B\"]");
    let after = results(folder.path(), "after", &more, &[]);
    let names = ["cell", "replicate", "request", "workflow_node", "outcome", "latency_ns", "envelope_bytes", "error"];
    let (before, after) = (columns(&before, &names), columns(&after, &names));
    assert_eq!((before.len(), after.len()), (3 * 18 * 6, 6 * 18 * 6));
    assert_eq!(after[..before.len()], before);
}

#[test]
fn a_fault_that_changes_nothing_changes_nothing() {
    let folder = tempdir().unwrap();
    let before = lines_without_cell(&results(folder.path(), "before", ONE_CELL, &[]));
    for (name, fault) in [
        ("never", "[[faults.silent]]\nnodes = 3\nstart = \"1000h\"\n"),
        ("nobody", "[[faults.wrong_payload]]\nnodes = 0\n"),
        ("not_slow", "[[faults.slow]]\nnodes = 5\ndelay = \"0s\"\n"),
    ] {
        let after = results(folder.path(), name, &format!("{ONE_CELL}{fault}"), &[]);
        assert_eq!(lines_without_cell(&after), before, "{name}");
    }
}

/// Two faults of the same kind, and of different kinds, take their nodes by draws of their own.
#[test]
fn a_fault_in_front_moves_no_other() {
    let folder = tempdir().unwrap();
    let silent = format!("{ONE_CELL}[[faults.silent]]\nnodes = 1\n");
    let before = lines_without_cell(&results(folder.path(), "before", &silent, &[]));
    let both = format!("{silent}[[faults.silent]]\nnodes = 0\n[[faults.crash]]\nnodes = 0\n");
    let after = lines_without_cell(&results(folder.path(), "after", &both, &[]));
    assert_eq!(after, before);
    assert_ne!(before, lines_without_cell(&results(folder.path(), "without", ONE_CELL, &[])));
}

/// The new node is cut off, so that nobody else can notice it: no draw of the others has moved.
#[test]
fn another_workflow_node_leaves_the_others_alone() {
    let folder = tempdir().unwrap();
    let before = lines_without_cell(&results(folder.path(), "before", ONE_CELL, &[]));
    let five = with(ONE_CELL, "[workflow_don]\nnodes = 4", "[workflow_don]\nnodes = 5");
    let cut = "[[network.partitions]]\nnodes = [\"workflow.4\"]\n";
    let after = lines_without_cell(&results(folder.path(), "after", &format!("{five}{cut}"), &[]));
    let (new, old): (Vec<String>, Vec<String>) =
        after.into_iter().partition(|line| line.split(',').nth(2) == Some("4"));
    assert_eq!(old, before);
    assert!(new.len() == 18 && new.iter().all(|line| line.contains(",expired,")), "{new:?}");
}

/// Quorum and bound are the same for five and six nodes; the sixth is cut off.
#[test]
fn another_capability_node_leaves_the_others_alone() {
    let folder = tempdir().unwrap();
    let seen = |output: &str, text: &str| {
        let names = ["replicate", "workflow_node", "outcome", "latency_ns", "response_bytes", "error_bytes"];
        columns(&results(folder.path(), output, text, &[]), &names)
    };
    let six = with(ONE_CELL, "[capability_don]\nnodes = 5", "[capability_don]\nnodes = 6");
    let cut = "[[network.partitions]]\nnodes = [\"capability.5\"]\n";
    assert_eq!(seen("after", &format!("{six}{cut}")), seen("before", ONE_CELL));
}

#[test]
fn every_rule_set_meets_the_same_weather() {
    let folder = tempdir().unwrap();
    let run = results(folder.path(), "run", SWEEP, &[]);
    let names = [
        "network.loss",
        "replicate",
        "request",
        "workflow_node",
        "request_bytes",
        "attestation_bytes",
        "error_bytes",
        "envelope_bytes",
    ];
    let (weather, rule_sets) = (columns(&run, &names), columns(&run, &["aggregator.rule_set"]));
    let under = |rule_set: &str| {
        let rows = weather.iter().zip(&rule_sets).filter(|(_, name)| name[0] == rule_set);
        rows.map(|(row, _)| row).collect::<Vec<_>>()
    };
    assert_eq!(under("identical").len(), 3 * 18 * 6);
    assert_eq!(under("identical"), under("attested"));
    assert_eq!(under("identical"), under("attested_early_fail"));
}

/// `resolved.toml` and the files beside it are all that a run needs to come again.
#[test]
fn a_results_folder_runs_again() {
    let folder = tempdir().unwrap();
    let wan = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/wan.toml");
    let smaller = ["--set", "run.replicates=2", "--set", "request.payload_size=\"1KiB\""];
    let said = donsim(folder.path(), &[&["run", wan.to_str().unwrap(), "-o", "first"], &smaller[..]].concat());
    assert_eq!(said.code, 0, "{said:?}");
    let id = fs::read_dir(folder.path().join("first/wan")).unwrap().next().unwrap().unwrap().file_name();
    let first = folder.path().join("first/wan").join(&id);
    let said = donsim(&first, &["run", "resolved.toml", "-o", "../../../second"]);
    assert_eq!(said.code, 0, "{said:?}");
    let second = folder.path().join("second/wan").join(&id);
    assert_eq!(fs::read(second.join("scenario.toml")).unwrap(), fs::read(first.join("resolved.toml")).unwrap());
    let kept = |folder: &Path| {
        let mut digests = digests(folder);
        // The scenario as it was written is in these.
        for name in ["scenario.toml", "manifest.json", "report.html"] {
            assert!(digests.remove(Path::new(name)).is_some(), "{name}");
        }
        digests
    };
    assert!(kept(&first).keys().any(|name| name.starts_with("files")));
    assert_eq!(kept(&second), kept(&first));
}

/// What worlds share changes nothing: payloads large enough to be shared, keys, signatures, decoded and hashed bytes. A cache
/// that is new shares nothing with another world.
#[test]
fn what_worlds_share_changes_no_outcome() {
    for text in [SWEEP.replace("200B", "3KiB"), SWEEP.to_owned(), ONE_CELL.replace("200B", "70KB")] {
        let scenario = Scenario::parse(Path::new("shared.toml"), text, &[]).expect("the scenario is right");
        let seed = scenario.run().seed;
        let mut shared = ReplicateCache::new(seed);
        for replicate in 0..4 {
            for setup in (0..scenario.cell_count()).map(|index| scenario.cell(index).setup) {
                for setup in [setup.baseline(), setup] {
                    let alone = simulate(&setup, replicate, &mut ReplicateCache::new(seed));
                    assert_eq!(simulate(&setup, replicate, &mut shared), alone, "replicate {replicate} of {setup:?}");
                }
            }
        }
    }
}

/// Determinism that is verified is found broken where it is: here every other simulation of a replicate has another seed.
#[test]
fn nondeterminism_is_found_at_its_first_happening() {
    use std::sync::atomic::{AtomicU64, Ordering};

    use donsim::experiment::{Traced, verify};
    use donsim::sim::{RealAggregators, simulate_with};

    let text = "schema = 1\n[run]\nreplicates = 20\n[capability_don]\nnodes = 4\n[network]\nloss = 0.2\n";
    let scenario = Scenario::parse(Path::new("demo.toml"), text.to_owned(), &[]).unwrap();
    let describe = |happening: &Happening| donsim::report::happening_object(happening).to_string();
    let real: &Traced<'_> =
        &|setup, replicate, cache, listener| simulate_with(setup, replicate, cache, &RealAggregators, listener);
    assert_eq!(verify(&scenario, 7, real, &describe).unwrap(), None);

    let simulated = AtomicU64::new(0);
    let broken: &Traced<'_> = &|setup, replicate, cache, listener| {
        // From the third replicate on its second simulation is that of another.
        let count = simulated.fetch_add(1, Ordering::Relaxed);
        let replicate = if count == 5 { replicate + 1 } else { replicate };
        simulate_with(setup, replicate, cache, &RealAggregators, listener)
    };
    let found = verify(&scenario, 7, broken, &describe).unwrap().expect("it is found");
    assert_eq!((found.replicate, found.cell), (2 * 20 / 7, scenario.cell(0).id));
    let [once, again] = found.happenings.map(|line| line.expect("both go on"));
    assert_ne!(once, again);
}
