//! `donsim replay`: a bad verdict hands back the one command that shows why, and it ends with the same exit code.

#[path = "common/binary.rs"]
mod binary;

use std::fs;

use binary::{Said, donsim, results};
use tempfile::TempDir;

/// Four nodes, of which two agree on a lie.
const UNSAFE: &str = "schema = 1\nname = \"unsafe\"\n[run]\nreplicates = 20\n[capability_don]\nnodes = 4\n\
    payload_holders = \"all\"\n[aggregator]\nrule_set = \"identical\"\n[[faults.wrong_payload]]\nnodes = 2\ncollude = true\n";

/// Answers that get lost more often than the scenario expects.
const LOSSY: &str = "schema = 1\nname = \"lossy\"\n[run]\nreplicates = 60\n[capability_don]\nnodes = 4\n\
    [network.response]\nloss = 0.6\n[[expect]]\nthat = \"rate(accepted) >= 0.93\"\n";

fn folder_with(text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("scenario.toml"), text).unwrap();
    folder
}

/// Runs a scenario, then the command that it hands back.
fn run_and_see_why(text: &str) -> (Said, Said) {
    let folder = folder_with(text);
    let run = donsim(folder.path(), &["run", "scenario.toml"]);
    let hint = run.stderr.lines().find_map(|line| line.strip_prefix("see why: donsim "));
    let args: Vec<&str> = hint.unwrap_or_else(|| panic!("{run:?}")).split(' ').collect();
    let replay = donsim(folder.path(), &args);
    (run, replay)
}

#[test]
fn a_violation_of_safety_is_shown_again() {
    let (run, replay) = run_and_see_why(UNSAFE);
    assert_eq!((run.code, replay.code), (6, 6), "{replay:?}");
    assert!(replay.stdout.contains("accepted_wrong") && replay.stdout.ends_with("safety violated\n"), "{replay:?}");
    assert!(replay.stdout.contains("fault wrong_payload acts"), "{replay:?}");
}

#[test]
fn a_failed_expectation_is_shown_again() {
    let (run, replay) = run_and_see_why(LOSSY);
    assert_eq!((run.code, replay.code), (1, 1), "{replay:?}");
    assert!(replay.stdout.contains("lost on the way"), "{replay:?}");
    assert!(replay.stdout.contains("oracle: unreachable, lost"), "{replay:?}");
}

/// Whatever is expected, the replicate that is handed back goes against it by itself.
#[test]
fn every_kind_of_expectation_is_shown_again() {
    for expected in [
        "served >= 0.95",
        "p50 <= 1s",
        "response_bytes <= 100B",
        "saved_response >= 60%",
        "saved_total <= 0",
        "ocr_bytes <= 1KiB",
        "accepted[attested] - accepted[identical] <= 0.02",
        "accepted[attested] - accepted[identical] >= 0.85",
    ] {
        let text = LOSSY.replace("rate(accepted) >= 0.93", expected);
        let sweep = "[sweep.grid]\naggregator.rule_set = [\"identical\", \"attested\"]\n";
        let text = if expected.contains('[') { format!("{text}{sweep}") } else { text };
        let (run, replay) = run_and_see_why(&text);
        assert_eq!((run.code, replay.code), (1, 1), "{expected}: {replay:?}");
        assert!(replay.stdout.contains("against what is expected of all replicates"), "{expected}: {replay:?}");
    }
}

#[test]
fn the_log_is_the_same_every_time_and_can_be_narrowed() {
    let folder = folder_with(LOSSY);
    let replay = |more: &[&str]| donsim(folder.path(), &[&["replay", "scenario.toml"], more].concat()).stdout;
    let whole = replay(&[]);
    assert_eq!(whole, replay(&[]));
    let narrowed = replay(&["--only", "capability.2"]);
    let events = |text: &str| text.lines().filter(|line| line.contains(" ms  request ")).map(str::to_owned).collect();
    let (whole, narrowed): (Vec<String>, Vec<String>) = (events(&whole), events(&narrowed));
    assert!(!narrowed.is_empty() && narrowed.len() < whole.len());
    assert!(narrowed.iter().all(|line| line.contains("capability.2") && whole.contains(line)), "{narrowed:?}");
}

#[test]
fn a_results_folder_replays_alike() {
    let folder = folder_with(LOSSY);
    let kept = results(folder.path(), "kept", LOSSY, &[]);
    let from = |folder: &std::path::Path, file: &str| donsim(folder, &["replay", file, "--replicate", "7"]);
    assert_eq!(from(&kept, "resolved.toml").stdout, from(folder.path(), "scenario.toml").stdout);
}

#[test]
fn what_does_not_exist_is_said() {
    let folder = folder_with(LOSSY);
    let nowhere = donsim(folder.path(), &["replay", "scenario.toml", "--cell", "zz"]);
    assert_eq!(nowhere.code, 4);
    assert!(nowhere.stderr.contains("`donsim plan scenario.toml` lists them"), "{nowhere:?}");
    let nobody = donsim(folder.path(), &["replay", "scenario.toml", "--only", "somebody.1"]);
    assert_eq!(nobody.code, 2);
    assert!(nobody.stderr.contains("name `workflow.N`, `capability.N` or `request.N`"), "{nobody:?}");
}
