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

/// Runs a replay of the lossy scenario in a folder of its own.
fn drawn(more: &[&str]) -> (TempDir, Said) {
    let folder = folder_with(LOSSY);
    let said = donsim(folder.path(), &[&["replay", "scenario.toml"], more].concat());
    (folder, said)
}

#[test]
fn a_request_is_drawn_with_the_same_exit_code_and_nothing_on_stdout() {
    for number in 0..4 {
        let number = number.to_string();
        let (_, text) = drawn(&["--replicate", &number]);
        let files = ["--diagram", "request.svg", "--perfetto", "all.pftrace", "--replicate", &number];
        let (folder, said) = drawn(&files);
        assert_eq!((said.code, said.stdout.as_str()), (text.code, ""), "{said:?}");
        let svg = fs::read_to_string(folder.path().join("request.svg")).unwrap();
        assert!(svg.starts_with("<svg") && svg.contains("workflow."), "{svg}");
        assert!(!fs::read(folder.path().join("all.pftrace")).unwrap().is_empty());
    }
    let (folder, _) = drawn(&["--diagram", "request.png"]);
    assert!(fs::read(folder.path().join("request.png")).unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn the_drawn_request_can_be_chosen() {
    let (_, said) = drawn(&["--mermaid", "--only", "workflow.2"]);
    assert!(said.stdout.starts_with("sequenceDiagram\n"), "{said:?}");
    assert!(said.stdout.contains("participant W as workflow.2\n"), "{said:?}");
    let (_, nobody) = drawn(&["--mermaid", "--only", "request.7"]);
    assert_eq!((nobody.code, nobody.stdout.as_str()), (4, ""), "{nobody:?}");
}

/// Lanes and messages of the capability nodes that are named, whatever else happens.
#[test]
fn a_drawing_may_be_of_some_capability_nodes_alone() {
    let two = ["--only", "capability.1", "--only", "capability.3"];
    let (_, said) = drawn(&[&["--mermaid"], &two[..]].concat());
    let lanes: Vec<&str> = said.stdout.lines().filter(|line| line.contains("participant C")).collect();
    assert_eq!(lanes.len(), 2, "{said:?}");
    assert!(lanes[0].contains("capability.1") && lanes[1].contains("capability.3"), "{lanes:?}");
    assert!(said.stdout.contains(", capability.1, capability.3 alone\n"), "{said:?}");
    let (folder, _) = drawn(&[&["--diagram", "request.svg"], &two[..]].concat());
    let svg = fs::read_to_string(folder.path().join("request.svg")).unwrap();
    assert!(svg.contains("capability.1, capability.3 alone"), "the picture says so");
    assert!(svg.contains("\n2 × request, "), "the others get none");
    for option in [&["--mermaid"][..], &["--diagram", "a.svg"]] {
        let (_, nobody) = drawn(&[option, &["--only", "capability.40"]].concat());
        assert_eq!((nobody.code, nobody.stdout.as_str()), (4, ""), "{nobody:?}");
        assert!(nobody.stderr.contains("`--only` names a capability node that there is not"), "{nobody:?}");
    }
}

#[test]
fn what_cannot_be_drawn_is_said() {
    let (_, unwritable) = drawn(&["--diagram", "scenario.toml/a.svg"]);
    assert_eq!(unwritable.code, 2);
    assert!(unwritable.stderr.starts_with("error: cannot write scenario.toml/a.svg: "), "{unwritable:?}");
    for conflict in [
        &["--diagram", "a.svg", "--json"][..],
        &["--diagram", "a.svg", "--links"],
        &["--mermaid", "--json"],
        &["--perfetto", "a", "--links"],
        &["--mermaid", "--diagram", "a.svg", "--beside", "0"],
        &["--beside", "0"],
        &["--diagram", "a.pdf"],
    ] {
        assert_eq!(drawn(conflict).1.code, 2, "{conflict:?}");
    }
    let (_, nowhere) = drawn(&["--diagram", "a.svg", "--beside", "zz"]);
    assert_eq!(nowhere.code, 4, "{nowhere:?}");
}

#[test]
fn two_cells_are_drawn_beside_each_other() {
    let folder = folder_with(&format!("{LOSSY}[sweep.grid]\naggregator.rule_set = [\"identical\", \"attested\"]\n"));
    let plan = donsim(folder.path(), &["plan", "scenario.toml"]).stdout;
    let cells: Vec<&str> = plan.lines().skip(1).filter_map(|line| line.split(' ').next()).collect();
    let more = ["--cell", cells[0], "--diagram", "both.svg", "--beside", cells[1]];
    donsim(folder.path(), &[&["replay", "scenario.toml"], &more[..]].concat());
    let svg = fs::read_to_string(folder.path().join("both.svg")).unwrap();
    for name in ["rule_set = identical", "rule_set = attested", "first difference"] {
        assert!(svg.contains(name), "{name}");
    }
}

/// The picture on the page is what the page's command draws.
#[test]
fn the_picture_in_the_docs_is_drawn_by_its_command() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/replay.md")).unwrap();
    let command = page.lines().find(|line| line.ends_with("--diagram docs/replay.svg")).expect("the page says it");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("replay.svg");
    let args: Vec<&str> = command
        .split(' ')
        .skip(1)
        .map(|word| match word {
            "docs/replay.svg" => file.to_str().unwrap(),
            word => word,
        })
        .collect();
    donsim(root, &args);
    let same = fs::read(file).unwrap() == fs::read(root.join("docs/replay.svg")).unwrap();
    assert!(same, "docs/replay.svg is not what `{command}` draws");
}

/// A fault that has not acted yet makes its node no honest one.
#[test]
fn faulty_nodes_are_marked_even_where_nothing_comes_of_it() {
    let late = "schema = 1\n[capability_don]\nnodes = 4\n[[faults.silent]]\nnodes = 1\nstart = \"1h\"\n";
    let folder = folder_with(late);
    let said = donsim(folder.path(), &["replay", "scenario.toml", "--mermaid"]);
    assert_eq!(said.stdout.matches(", faulty: silent").count(), 1, "{said:?}");
}
