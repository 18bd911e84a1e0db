//! The record: a run that is killed, extended, sharded or damaged ends with the bytes of one that ran at once.

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
use std::time::Instant;

use binary::{Said, donsim, only_entry};
use donsim::experiment::{Options, run};
use donsim::scenario::Scenario;
use donsim::sim::simulate;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use record::Kept;
use tempfile::{TempDir, tempdir};

/// Nine cells, more than are simulated together, with an expectation that fails.
const NINE: &str = "schema = 1\nname = \"nine\"\n[run]\nreplicates = 600\n[capability_don]\nnodes = 4\n[workflow_don]\n\
                    nodes = 1\n[request]\npayload_size = \"10B\"\n[sweep.grid]\nnetwork.loss = [0, 0.1, 0.2]\n\
                    aggregator.rule_set = [\"identical\", \"attested\", \"hardened\"]\n[[expect]]\n\
                    that = \"rate(accepted) >= 0.9\"\n";

fn folder() -> TempDir {
    let folder = tempdir().expect("there is room");
    fs::write(folder.path().join("nine.toml"), NINE).expect("there is room");
    folder
}

/// All that is below the results folder of `root`, but for what tells of machine and shards.
fn results(folder: &Path, root: &str) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = files::files(&only_entry(&folder.join(root).join("nine")));
    found.retain(|path, _| path != Path::new("host.json") && !path.starts_with("shards"));
    found
}

fn assert_same(found: &BTreeMap<PathBuf, Vec<u8>>, expected: &BTreeMap<PathBuf, Vec<u8>>) {
    assert!(found.keys().eq(expected.keys()), "{:?}\n{:?}", found.keys(), expected.keys());
    for (name, bytes) in found {
        assert!(bytes == &expected[name], "{} differs", name.display());
    }
}

fn run_into(folder: &Path, root: &str, more: &[&str]) -> Said {
    donsim(folder, &[&["run", "nine.toml", "-o", root], more].concat())
}

/// `kill -9` in 30 random moments, of runs that go on from each other: none loses what the one before kept, and in the end
/// all bytes are those of a run at once.
#[test]
fn killed_runs_go_on() {
    let folder = folder();
    let started = Instant::now();
    assert_eq!(run_into(folder.path(), "whole", &[]).code, 1);
    let time = started.elapsed();
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let (mut kept, mut killed) = (0, 0);
    for kill in 0..30 {
        let mut command = Command::new(env!("CARGO_BIN_EXE_donsim"));
        command.current_dir(folder.path()).args(["run", "nine.toml", "-o", "killed"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        std::thread::sleep(time.mul_f64(0.9 * f64::from(random.next_u32()) / f64::from(u32::MAX)));
        killed += u32::from(child.try_wait().expect("it can be asked").is_none());
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        let below = folder.path().join("killed/nine");
        let all = files::files(&folder.path().join("killed"));
        let now = all.keys().filter(|path| path.extension().is_some_and(|ending| ending == "unit")).count();
        assert!(now >= kept, "kill {kill} lost units: {now} of {kept} in {}", below.display());
        kept = now;
    }
    assert!(killed > 5 && kept > 0, "{killed} of 30 were killed at work, {kept} units were kept");
    assert_eq!(run_into(folder.path(), "killed", &[]).code, 1);
    let mut found = results(folder.path(), "killed");
    // What a kill left half written is of no use and does no harm.
    found.retain(|path, _| path.extension().is_none_or(|ending| ending != "part"));
    let root = folder.path().join("killed/nine");
    let locks = fs::read_dir(&root).expect("it is there").filter_map(Result::ok);
    locks.filter(|entry| entry.path().is_file()).for_each(|entry| fs::remove_file(entry.path()).expect("it is there"));
    assert_same(&found, &results(folder.path(), "whole"));
}

/// A unit whose bytes changed is said, and simulated again.
#[test]
fn damaged_units_are_found() {
    let folder = folder();
    assert_eq!(run_into(folder.path(), "whole", &[]).code, 1);
    let before = results(folder.path(), "whole");
    let place = only_entry(&folder.path().join("whole/nine"));
    let units: Vec<&PathBuf> = before.keys().filter(|path| path.starts_with("units")).collect();
    assert_eq!(units.len(), 9 * 3);
    for (unit, damage) in units.iter().zip(["flip", "cut", "empty"]) {
        let mut bytes = before[*unit].clone();
        match damage {
            "flip" => bytes[100] ^= 1,
            "cut" => bytes.truncate(1_000),
            _ => bytes.clear(),
        }
        fs::write(place.join(unit), bytes).expect("there is room");
    }
    let said = run_into(folder.path(), "whole", &[]);
    assert_eq!(said.code, 1);
    let warnings: Vec<&str> = said.stderr.lines().filter(|line| line.starts_with("warning: units/")).collect();
    for unit in &units[..3] {
        let told =
            warnings.iter().filter(|line| line.contains(&unit.display().to_string()) && line.contains(": it is "));
        assert_eq!(told.count(), 1, "{unit:?}: {}", said.stderr);
    }
    assert_same(&results(folder.path(), "whole"), &before);
    assert!(!run_into(folder.path(), "whole", &["--fresh"]).stderr.contains("warning"));
    assert_same(&results(folder.path(), "whole"), &before);
}

/// Shards of several machines, one of which has to begin again, are joined to the bytes of a single run, and judged then.
#[test]
fn shards_are_joined() {
    let folder = folder();
    assert_eq!(run_into(folder.path(), "whole", &[]).code, 1);
    let shard = |number: u32| {
        let said = run_into(folder.path(), &format!("machine{number}"), &["--shard", &format!("{number}/4")]);
        assert_eq!(said.code, 0, "{said:?}");
        only_entry(&folder.path().join(format!("machine{number}/nine"))).display().to_string()
    };
    let mut folders: Vec<String> = [1, 2, 4].map(shard).into();
    let merge = |folders: &[String]| {
        let folders: Vec<&str> = folders.iter().map(String::as_str).collect();
        donsim(folder.path(), &[&["merge", "-o", "joined"], &folders[..]].concat())
    };
    let said = merge(&folders);
    assert_eq!(said.code, 5, "{said:?}");
    assert!(said.stderr.contains("missing: cell ") && said.stderr.contains("run their shards again"), "{said:?}");
    let joined = only_entry(&folder.path().join("joined/nine")).display().to_string();
    let missing = donsim(folder.path(), &["plan", "nine.toml", "--ids", "--missing", &joined]);
    assert!((1..=9).contains(&missing.stdout.lines().count()), "{missing:?}");
    folders.push(shard(3));
    let said = merge(&folders);
    assert_eq!(said.code, 1, "the merge judges: {said:?}");
    assert_same(&results(folder.path(), "joined"), &results(folder.path(), "whole"));
    let nothing = donsim(folder.path(), &["plan", "nine.toml", "--ids", "--missing", &joined]);
    assert_eq!(nothing.stdout, "");
    // All in one folder, as on a file system that machines share; a shard that was done is done at once.
    for number in [1, 2, 2] {
        assert_eq!(run_into(folder.path(), "shared", &["--shard", &format!("{number}/2")]).code, 0);
    }
    let shared = only_entry(&folder.path().join("shared/nine")).display().to_string();
    assert_eq!(donsim(folder.path(), &["merge", "-o", "shared", &shared]).code, 1);
    assert_same(&results(folder.path(), "shared"), &results(folder.path(), "whole"));
}

/// What is no shard of the run is refused with its name.
#[test]
fn what_does_not_belong_together_is_not_merged() {
    let folder = folder();
    for (root, more) in [("a", &["--shard", "1/2"][..]), ("b", &["--shard", "2/2", "--set", "run.seed=2"][..])] {
        let said = run_into(folder.path(), root, &[&["--set", "run.replicates=50"], more].concat());
        assert_eq!(said.code, 0, "{said:?}");
    }
    let [a, b] = ["a", "b"].map(|root| only_entry(&folder.path().join(root).join("nine")).display().to_string());
    let said = donsim(folder.path(), &["merge", "-o", "joined", &a, &b]);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("is a shard of another scenario, version or division"), "{said:?}");
    let said = donsim(folder.path(), &["merge", "."]);
    assert!(said.code == 2 && said.stderr.contains("has no complete shard"), "{said:?}");
    fs::write(folder.path().join("nine.toml"), NINE.replace("0.2", "0.3")).expect("there is room");
    let said = donsim(folder.path(), &["merge", "-o", "joined", &a]);
    assert!(said.code == 2 && said.stderr.contains("name theirs with --scenario"), "{said:?}");
    for wrong in ["3/2", "0/2", "x"] {
        assert_eq!(run_into(folder.path(), "a", &["--shard", wrong]).code, 2);
    }
}

/// More replicates: the same bytes as at once, and only the new ones are simulated.
#[test]
fn a_run_is_extended() {
    let folder = folder();
    assert_eq!(run_into(folder.path(), "grown", &["--replicates", "300"]).code, 1);
    let first = only_entry(&folder.path().join("grown/nine"));
    assert_eq!(run_into(folder.path(), "grown", &["--replicates", "700"]).code, 1);
    let grown = fs::read_dir(folder.path().join("grown/nine")).expect("it is there").map(|entry| entry.unwrap().path());
    let grown = grown.filter(|path| *path != first).collect::<Vec<_>>();
    assert!(first.join("manifest.json").exists(), "nothing old is discarded");
    assert_eq!(run_into(folder.path(), "whole", &["--replicates", "700"]).code, 1);
    let mut found = files::files(&grown[0]);
    found.remove(Path::new("host.json"));
    assert_same(&found, &results(folder.path(), "whole"));
}

#[test]
fn what_is_recorded_is_not_simulated_again() {
    let kept = Kept::default();
    let simulated = |replicates: u32| {
        let text = NINE.replace("replicates = 600", &format!("replicates = {replicates}"));
        let scenario =
            Scenario::parse(Path::new("nine.toml"), text, &[]).unwrap_or_else(|findings| panic!("{findings}"));
        let (stop, count) = (AtomicBool::new(false), AtomicU64::new(0));
        let options = Options { record: Some(&kept), ..Options::new(NonZeroUsize::MIN.saturating_add(1), &stop) };
        let findings = run(
            &scenario,
            options,
            &|setup, number, cache| {
                count.fetch_add(1, Ordering::Relaxed);
                simulate(setup, number, cache)
            },
            &mut (),
        );
        assert!(findings.unwrap().is_complete());
        count.into_inner()
    };
    let all = simulated(48);
    assert_eq!(all % 48, 0, "as many worlds in each replicate");
    assert_eq!(simulated(48), 0);
    assert_eq!(simulated(32), 0, "fewer are there as well");
    assert_eq!(simulated(96), all, "only the new ones");
}
