//! Parts of a sweep from the command line: what is selected, what is simulated of it, and what is not judged.

#[path = "common/binary.rs"]
mod binary;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use binary::{Said, donsim, results};
use serde_json::Value;
use tempfile::{TempDir, tempdir};

/// Eight combinations, of which six are cells; in those without loss the expectation holds.
const SWEEP: &str = r#"
schema = 1
name = "swept"
[run]
replicates = 60
[capability_don]
nodes = 4
[workflow_don]
nodes = 1
[request]
payload_size = "64B"
[[expect]]
that = "accepted[attested] >= 0.9"
[[expect]]
that = "accepted[attested] - accepted[identical] >= -0.9"
[sweep]
where = "network.loss < 0.9 and (network.loss * 2 < 1.2 or aggregator.rule_set == attested)"
[sweep.grid]
network.loss = { from = 0, to = 0.9, step = 0.3 }
aggregator.rule_set = ["identical", "attested"]
"#;

fn folder_with(text: &str) -> TempDir {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("s.toml"), text).unwrap();
    folder
}

fn ids(folder: &Path, args: &[&str]) -> Vec<String> {
    let said = donsim(folder, &[&["plan", "s.toml", "--ids"], args].concat());
    assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{said:?}");
    said.stdout.lines().map(str::to_owned).collect()
}

/// The results folder that a run names.
fn written(folder: &Path, said: &Said) -> PathBuf {
    let line = said.stdout.lines().find_map(|line| line.strip_prefix("wrote "));
    folder.join(line.unwrap_or_else(|| panic!("{said:?}")).split("/ (").next().unwrap())
}

/// The lines of a table by their cell.
fn rows(path: &Path) -> BTreeMap<String, Vec<String>> {
    let mut rows: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let text = fs::read_to_string(path).unwrap();
    let column = text.lines().next().unwrap().split(',').position(|header| header == "cell").unwrap();
    for line in text.lines().skip(1) {
        rows.entry(line.split(',').nth(column).unwrap().to_owned()).or_default().push(line.to_owned());
    }
    rows
}

#[test]
fn ids_stand_alone_and_in_order() {
    let folder = folder_with(SWEEP);
    let found = ids(folder.path(), &[]);
    let plan = donsim(folder.path(), &["plan", "s.toml"]).stdout;
    let lines: Vec<_> = plan.lines().collect();
    assert!(lines[0].starts_with("swept/") && lines[0].ends_with(": 5 cells x 60 replicates, seed 1"), "{plan}");
    assert_eq!(lines[1..].iter().map(|line| &line[..12]).collect::<Vec<_>>(), found);
    assert!(lines[5].ends_with("network.loss = 0.6, aggregator.rule_set = attested"), "{plan}");
}

/// Every table says the same of a cell, whatever is simulated beside it.
#[test]
fn a_cell_alone_has_the_rows_that_it_has_in_the_whole() {
    let folder = folder_with(SWEEP);
    let all = ids(folder.path(), &[]);
    let whole = results(folder.path(), "whole", SWEEP, &[]);
    for args in
        [&["--cell", &all[3][..7]][..], &["--filter", "network.loss == 0.3 and aggregator.rule_set == attested"]]
    {
        let said = donsim(folder.path(), &[&["run", "s.toml"], args].concat());
        let part = written(folder.path(), &said);
        assert_ne!(part, whole);
        for table in ["runs.csv", "cells.csv", "summary.csv"] {
            let (part, whole) = (rows(&part.join(table)), rows(&whole.join(table)));
            assert_eq!(part.keys().collect::<Vec<_>>(), [&all[3]]);
            // What is compared with another cell needs that cell; a reason of cause that others have is a zero here.
            let own = |lines: &[String]| -> Vec<String> {
                let is_zero = |line: &&String| line.contains(",cause_") && line.contains(",rate,0,");
                let is_own = |line: &&String| !line.contains(",difference") && !is_zero(line);
                lines.iter().filter(is_own).cloned().collect()
            };
            if table != "cells.csv" {
                assert_eq!(own(&part[&all[3]]), own(&whole[&all[3]]), "{table}");
            }
        }
    }
}

#[test]
fn what_is_not_selected_is_not_judged() {
    let folder = folder_with(SWEEP);
    let judged = |args: &[&str]| {
        let said = donsim(folder.path(), &[&["run", "s.toml", "--json", "-o", "out"], args].concat());
        let document: Value = serde_json::from_str(&said.stdout).unwrap();
        (said, document["expectations"].as_array().unwrap().clone())
    };
    let (whole, checks) = judged(&[]);
    assert_eq!((whole.code, checks.len()), (1, 5), "{whole:?}");
    assert!(!whole.stderr.contains("skipped") && !whole.stderr.contains("selected"), "{whole:?}");

    let (good, held) = judged(&["--filter", "network.loss == 0"]);
    assert_eq!((good.code, held.len()), (0, 2), "{good:?}");
    assert!(good.stderr.contains("\nselected: 2 of 5 cells\n"), "{good:?}");
    assert!(good.stderr.contains("\nexpect: 3 of 5 checks are skipped, as their cells are not all selected\n"));
    // Judged as strictly as in the whole run: the same bounds at the same confidence.
    assert!(held.iter().all(|check| checks.contains(check)), "{held:?} {checks:?}");

    let (bad, failed) = judged(&["--filter", "network.loss == 0.6"]);
    assert_eq!((bad.code, failed.len()), (1, 1), "{bad:?}");
    let (one, none) = judged(&["--filter", "aggregator.rule_set == identical and network.loss == 0"]);
    assert_eq!((one.code, none.len()), (0, 0), "half a difference is none: {one:?}");
    assert!(one.stderr.contains("expect: 5 of 5 checks are skipped"), "{one:?}");
}

#[test]
fn a_violation_that_lies_elsewhere_is_not_missed() {
    let text = "schema = 1\nname = \"unsafe\"\n[run]\nreplicates = 10\n[capability_don]\nnodes = 4\n\
                payload_holders = \"all\"\n[aggregator]\nrule_set = \"identical\"\n[[faults.wrong_payload]]\nnodes = 2\n\
                collude = true\n[safety]\nexpect = \"violated\"\n[sweep.grid]\nfaults.wrong_payload.nodes = [0, 2]\n";
    let folder = folder_with(text);
    let run = |filter: &str| donsim(folder.path(), &["run", "s.toml", "--filter", filter, "--junit", "junit.xml"]);
    let (none, some) = (run("faults.wrong_payload.nodes == 0"), run("faults.wrong_payload.nodes == 2"));
    assert_eq!((none.code, some.code), (0, 0), "{none:?} {some:?}");
    assert!(none.stderr.contains("safety: that it is violated is expected of the whole scenario"), "{none:?}");
    assert!(!some.stderr.contains("safety: "), "{some:?}");
    assert_eq!(donsim(folder.path(), &["run", "s.toml", "--set", "faults.wrong_payload.nodes=0"]).code, 1);
    run("faults.wrong_payload.nodes == 0");
    let junit = fs::read_to_string(folder.path().join("junit.xml")).unwrap();
    assert!(junit.contains("failures=\"0\" errors=\"0\" skipped=\"1\""), "{junit}");
}

#[test]
fn nothing_selected_has_a_code_of_its_own() {
    let folder = folder_with(SWEEP);
    fs::write(folder.path().join("other.toml"), "schema = 1\n[run]\nreplicates = 1\n").unwrap();
    let of = |args: &[&str]| donsim(folder.path(), args);
    for command in ["run", "plan", "check"] {
        let none = of(&[command, "s.toml", "--filter", "network.loss > 0.6"]);
        assert_eq!((none.code, none.stdout.as_str()), (4, ""), "{none:?}");
        assert!(none.stderr.starts_with("error: nothing is selected of 5 cells\n --> --filter:1:1"), "{none:?}");
        let unknown = of(&[command, "s.toml", "--cell", "zz"]);
        assert_eq!(unknown.code, 4);
        assert!(unknown.stderr.contains("`donsim plan s.toml` lists them"), "{unknown:?}");
        let wrong = of(&[command, "s.toml", "--filter", "network.loss >"]);
        assert_eq!(wrong.code, 2, "{wrong:?}");
        let always = of(&[command, "s.toml", "--set", "network.loss=0.95"]);
        assert_eq!(always.code, 2, "that the scenario has no cell is its own fault: {always:?}");
    }
    assert!(!folder.path().join("results").exists());
    let several = of(&["check", "s.toml", "other.toml", "--filter", "network.loss > 0.3"]);
    assert_eq!((several.code, several.stderr.as_str()), (0, "other.toml: left out, nothing of it is selected\n"));
    assert!(several.stdout.starts_with("s.toml: ok, swept/") && several.stdout.contains(", 1 of 5 cells x 60"));
    assert_eq!(of(&["check", "s.toml", "other.toml", "--filter", "network.loss == 0.95"]).code, 4);
}

/// Splits a command as a shell does that knows single quotes and backslashes.
fn shell_words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' => quoted = !quoted,
            '\\' if !quoted => word.extend(chars.next()),
            ' ' if !quoted => words.push(std::mem::take(&mut word)),
            c => word.push(c),
        }
    }
    words.push(word);
    words
}

/// The cell is found again under ranges, conditions and everything that the command line has changed.
#[test]
fn the_command_that_shows_why_finds_its_cell() {
    let folder = folder_with(SWEEP);
    for args in [
        &[][..],
        &["--cell", &ids(folder.path(), &[])[4]],
        &["--sweep", "network.response.loss={from=0.7,to=0.8,step=0.1}", "--set", "network.loss=0.1"],
        &[
            "--sweep",
            "network.loss=0.5,0.55",
            "--sweep",
            "request.count=1,2",
            "--filter",
            "aggregator.rule_set != 'identical'",
        ],
    ] {
        let run = donsim(folder.path(), &[&["run", "s.toml"], args].concat());
        assert_eq!(run.code, 1, "{run:?}");
        let why = run.stderr.lines().find_map(|line| line.strip_prefix("see why: donsim ")).unwrap();
        let words = shell_words(why);
        let replay = donsim(folder.path(), &words.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(replay.code, 1, "{why} {replay:?}");
        assert!(replay.stdout.contains("against what is expected of all replicates"), "{replay:?}");
    }
}

#[test]
fn a_partial_result_can_be_made_again() {
    let folder = folder_with(SWEEP);
    let said =
        donsim(folder.path(), &["run", "s.toml", "--filter", "network.loss < 0.3", "--sweep", "request.count=1,2"]);
    let first = written(folder.path(), &said);
    let resolved = first.join("resolved.toml");
    let again = donsim(folder.path(), &["run", resolved.to_str().unwrap(), "-o", "again"]);
    assert_eq!(again.code, said.code, "{again:?}");
    let second = written(folder.path(), &again);
    assert_eq!(first.file_name(), second.file_name());
    for file in ["runs.csv", "cells.csv", "summary.csv", "resolved.toml"] {
        assert_eq!(fs::read(first.join(file)).unwrap(), fs::read(second.join(file)).unwrap(), "{file}");
    }
    // The line of an expectation is that of the file that was run.
    let checks = |folder: &Path| -> Vec<Value> {
        let text = fs::read(folder.join("expectations.json")).unwrap();
        let document: Value = serde_json::from_slice(&text).unwrap();
        let mut checks = document["expectations"].as_array().unwrap().clone();
        for check in &mut checks {
            check["line"] = Value::Null;
        }
        checks
    };
    assert_eq!(checks(&first), checks(&second));
}

const COMMANDS: [&str; 7] = ["run", "check", "plan", "replay", "faults", "completions", "man"];

#[test]
fn completions_know_every_command() {
    let folder = tempdir().unwrap();
    let help = donsim(folder.path(), &["help"]).stdout;
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let said = donsim(folder.path(), &["completions", shell]);
        assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{shell}");
        for word in COMMANDS.into_iter().chain(["filter", "sweep", "cell", "replicate", "junit"]) {
            assert!(said.stdout.contains(word), "{shell} lacks {word}");
        }
    }
    assert!(COMMANDS.iter().all(|command| help.contains(&format!("\n  {command} "))), "{help}");
    assert_eq!(donsim(folder.path(), &["completions", "csh"]).code, 2);
}

#[cfg(unix)]
#[test]
fn the_script_for_bash_is_one() {
    let folder = tempdir().unwrap();
    let script = donsim(folder.path(), &["completions", "bash"]).stdout;
    let path = folder.path().join("donsim.bash");
    // In a shell that has read it, `donsim pl<Tab>` has one way on.
    let ask = "\nCOMP_WORDS=(donsim pl); COMP_CWORD=1; _donsim donsim pl donsim; echo \"${COMPREPLY[*]}\"\n";
    fs::write(&path, format!("{script}{ask}")).unwrap();
    let checked = Command::new("bash").arg("-n").arg(&path).stderr(Stdio::piped()).output().unwrap();
    assert!(checked.status.success() && checked.stderr.is_empty(), "{checked:?}");
    let asked = Command::new("bash").arg(&path).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&asked.stdout).trim(), "plan", "{asked:?}");
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let folder = tempdir().unwrap();
    let manual = donsim(folder.path(), &["man"]).stdout;
    let titles: Vec<&str> = manual.lines().filter_map(|line| line.strip_prefix(".TH ")).collect();
    let names: Vec<&str> = titles.iter().map(|title| title.split(' ').next().unwrap()).collect();
    assert_eq!(names[0], "donsim");
    for command in COMMANDS {
        assert!(names.contains(&&*format!("donsim-{command}")), "{names:?}");
        let page = donsim(folder.path(), &["man", command]).stdout;
        assert!(manual.contains(&page) && page.matches(".TH ").count() == 1, "{command}");
        assert!(page.contains(&format!("\\fBdonsim {command}\\fR")), "{page}");
    }
    assert!(manual.contains("4  nothing is selected") && manual.contains(r"\-\-filter"), "{manual}");
    assert_eq!(donsim(folder.path(), &["man"]).stdout, manual);
    assert_eq!(donsim(folder.path(), &["man", "woman"]).code, 2);

    // As files, each page is where the main page says: donsim-run(1) is donsim-run.1.
    assert_eq!(donsim(folder.path(), &["man", "--output", "share/man1"]).code, 0);
    fs::write(folder.path().join("file"), "").unwrap();
    let refused = donsim(folder.path(), &["man", "--output", "file/man1"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.starts_with("error: cannot write the manual to file/man1: "), "{refused:?}");
    let page = |name: &str| fs::read_to_string(folder.path().join(format!("share/man1/{name}.1"))).unwrap();
    let named: Vec<&str> = manual.lines().filter_map(|line| line.strip_suffix("(1)")).collect();
    assert_eq!(named.len(), names.len() - 1, "{named:?}");
    let whole: String = names.iter().map(|name| page(name)).collect();
    assert_eq!(whole, manual);
    assert!(named.iter().all(|name| names.contains(&&*name.replace('\\', ""))), "{named:?}");
}
