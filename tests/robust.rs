//! The command line holds out: hostile texts, full disks, too many threads, files that are none, and signals that come
//! twice.

#[path = "common/binary.rs"]
mod binary;

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use binary::{donsim, only_entry, results};
use tempfile::TempDir;

const SMALL: &str = "schema = 1\nname = \"small\"\n[run]\nreplicates = 5\n[capability_don]\nnodes = 4\n";

fn folder_with(text: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("there is room");
    fs::write(folder.path().join("scenario.toml"), text).expect("the folder is writable");
    folder
}

/// A line that begins with `::error::` is a command to GitHub, and an escape sequence one to a terminal.
#[test]
fn texts_of_a_scenario_stay_on_their_line() {
    let texts = r#"["plain", "\n::error::owned", "\u001b[31mred", "\u202eright to left"]"#;
    let fault = format!("[[faults.error_spam]]\nnodes = 1\n[sweep.grid]\nfaults.error_spam.text = {texts}\n");
    let text = format!("{SMALL}{fault}[[expect]]\nthat = \"accepted >= 0.1\"\n");
    let folder = folder_with(&text);
    let said = donsim(folder.path(), &["run", "scenario.toml", "-o", "out", "--github", "--junit", "junit.xml"]);
    let path = only_entry(&only_entry(&folder.path().join("out")));
    let read = |name: &str| fs::read_to_string(path.join(name)).expect("it is there");
    let junit = fs::read_to_string(folder.path().join("junit.xml")).expect("it is there");
    for shown in [&said.stdout, &said.stderr, &read("report.md"), &read("report.html"), &junit] {
        assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'), "{shown}");
        assert!(!shown.lines().any(|line| line.trim_start().starts_with("::error::owned")), "{shown}");
        assert!(shown.contains(":error::owned"), "{shown}");
    }
    // Files for programs have the text itself.
    assert!(read("cells.csv").contains("\n::error::owned") && read("cells.csv").contains('\u{1b}'));
}

#[test]
fn more_threads_than_there_can_be_are_no_panic() {
    let said = donsim(folder_with(SMALL).path(), &["run", "scenario.toml", "-j", "100000"]);
    assert_eq!(said.code, 0, "{said:?}");
}

#[test]
fn a_full_disk_is_said_whatever_is_printed() {
    for args in [&["--help"][..], &["--version"], &["run", "--help"], &["completions", "bash"], &["man"], &["schema"]] {
        let full = File::options().write(true).open("/dev/full").expect("Linux has it");
        let output = Command::new(env!("CARGO_BIN_EXE_donsim")).args(args).stdout(full).output().expect("it starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && said.contains("cannot write to stdout"), "{args:?}: {said}");
    }
}

#[test]
fn every_exit_code_is_in_the_help() {
    let help = donsim(Path::new("."), &["--help"]).stdout;
    for code in ["0", "1", "2", "3", "4", "5", "6", "130"] {
        assert!(help.lines().any(|line| line.trim_start().starts_with(&format!("{code}  "))), "{code}: {help}");
    }
}

#[test]
fn a_tiny_deadline_is_not_printed_as_none() {
    let text = format!("{SMALL}[aggregator]\ntimeout = \"1ns\"\n");
    let folder = folder_with(&text);
    let said = donsim(folder.path(), &["run", "scenario.toml", "-o", "out"]);
    assert!(said.stdout.contains(">0.000001"), "{said:?}");
    let path = results(folder.path(), "again", &text, &[]);
    let page = fs::read_to_string(path.join("report.md")).expect("it is there");
    assert!(!said.stdout.contains(">0.0 ") && !page.contains(">0.0 "), "{page}");
}

#[test]
fn contradicting_overrides_and_absent_replicates_are_errors() {
    let folder = folder_with(SMALL);
    let check = |sets: &[&str]| {
        let sets = sets.iter().flat_map(|set| ["--set", set]);
        donsim(folder.path(), &["check", "scenario.toml"].into_iter().chain(sets).collect::<Vec<_>>())
    };
    assert_eq!(check(&["network.loss=0.1", "network.loss=0.1"]).code, 0);
    let twice = check(&["network.loss=0.1", "network.loss=0.2"]);
    assert!(twice.code == 2 && twice.stderr.contains("network.loss"), "{twice:?}");
    let beyond = donsim(folder.path(), &["replay", "scenario.toml", "--replicate", "5"]);
    assert!(beyond.code == 2 && beyond.stderr.contains("the last is 4"), "{beyond:?}");
}

#[test]
fn only_files_are_scenarios() {
    let folder = folder_with(SMALL);
    assert!(Command::new("mkfifo").arg(folder.path().join("pipe.toml")).status().expect("it starts").success());
    for place in ["pipe.toml", "/dev/zero"] {
        let said = donsim(folder.path(), &["check", place]);
        assert!(said.code == 2 && said.stderr.contains("not a regular file"), "{said:?}");
    }
}

#[test]
fn a_byte_order_mark_is_read_over() {
    let marked = folder_with(&format!("\u{feff}{SMALL}"));
    assert_eq!(donsim(marked.path(), &["check", "scenario.toml"]).code, 0);
    let text = format!("{SMALL}[network]\nlatency = {{ dist = \"empirical\", file = \"times.csv\" }}\n");
    let folder = folder_with(&text);
    let times = "latency_ms\n40\n50\n";
    fs::write(folder.path().join("times.csv"), times).expect("the folder is writable");
    let plain = donsim(folder.path(), &["check", "scenario.toml"]);
    fs::write(folder.path().join("times.csv"), format!("\u{feff}{times}")).expect("the folder is writable");
    let with_mark = donsim(folder.path(), &["check", "scenario.toml"]);
    assert_eq!((plain.code, with_mark.code), (0, 0), "{plain:?} {with_mark:?}");
}

/// `timeout` signals its child and then the whole group, milliseconds apart: what is done is kept all the same.
#[test]
fn an_echo_of_an_interrupt_loses_nothing() {
    let folder = folder_with(&SMALL.replace("replicates = 5", "replicates = 3000000"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_donsim"))
        .args(["run", "scenario.toml", "-o", "out"])
        .current_dir(folder.path())
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts");
    std::thread::sleep(Duration::from_millis(1_500));
    for _ in 0..2 {
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("it starts").success());
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(child.wait().expect("it ends").code(), Some(5));
    let path = only_entry(&only_entry(&folder.path().join("out")));
    assert!(path.join("summary.csv.part").exists() && path.join("runs.csv.gz.part").exists());
}
