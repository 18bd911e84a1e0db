//! Expectations from the command line: exit codes, what is said where, and what CI systems get to read.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

/// A small DON: with `F + 1` = 2 of 4 holders, one attested answer is enough, and two equal ones often do not come.
const WORLD: &str = "schema = 1\nname = \"gate\"\n[run]\nreplicates = 100\n[capability_don]\nnodes = 4\n";

const RULE_SETS: &str = "[sweep.grid]\naggregator.rule_set = [\"identical\", \"attested\"]\n";

/// A folder with one scenario, in which `donsim` runs.
struct Place {
    folder: tempfile::TempDir,
}

/// What a command came to.
struct Said {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Place {
    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("gate.toml"), text).unwrap();
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn donsim(&self, arguments: &[&str]) -> Said {
        let mut command = Command::cargo_bin("donsim").unwrap();
        let summary = self.path().join("summary.md");
        command.current_dir(self.path()).env("GITHUB_STEP_SUMMARY", summary).env("NO_COLOR", "1");
        let output = command.args(arguments).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Said { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// The one results folder below `root`.
    fn results(&self, root: &str) -> PathBuf {
        let mut runs = fs::read_dir(self.path().join(root).join("gate")).unwrap();
        let only = runs.next().unwrap().unwrap().path();
        assert!(runs.next().is_none());
        only
    }

    fn json(&self, root: &str, file: &str) -> Value {
        serde_json::from_slice(&fs::read(self.results(root).join(file)).unwrap()).unwrap()
    }
}

fn gate(expectations: &[&str]) -> Place {
    let tables: Vec<_> = expectations.iter().map(|keys| format!("[[expect]]\n{keys}\n")).collect();
    Place::new(&format!("{WORLD}{}{RULE_SETS}", tables.concat()))
}

#[test]
fn what_holds_passes() {
    let place = gate(&[
        "that = \"rate(accepted) >= 90%\"\nwhere = \"aggregator.rule_set == 'attested'\"",
        "that = \"accepted[attested] - accepted[identical] >= 0.2\"",
        "that = \"p50[attested] <= 5s\"",
    ]);
    let checked = place.donsim(&["check", "gate.toml"]);
    assert_eq!(checked.code, 0, "{}", checked.stderr);
    assert!(checked.stdout.contains("2 cells x 100 replicates, 3 checks of expectations"), "{}", checked.stdout);
    let said = place.donsim(&["run", "gate.toml", "--json", "-j", "1", "-o", "one"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let lines: Vec<_> = said.stderr.lines().filter(|line| line.starts_with("expect: ")).collect();
    assert_eq!(lines.len(), 3);
    let first = "expect: rate(accepted) >= 90% [aggregator.rule_set = attested]: pass, observed 1.0000, at least 0.9";
    assert!(lines[0].starts_with(first), "{}", lines[0]);
    assert!(lines[1].starts_with("expect: accepted[attested] - accepted[identical] >= 0.2: pass, observed 0."));

    let document: Value = serde_json::from_str(&said.stdout).unwrap();
    let (listed, verdict) = (&document["expectations"], &document["verdict"]);
    assert_eq!((listed.as_array().map(Vec::len), verdict.as_str()), (Some(3), Some("pass")));
    let file = place.json("one", "expectations.json");
    assert_eq!((file["schema"].as_str(), &file["expectations"]), (Some("donsim.expectations/1"), listed));
    let check = &listed[0];
    assert_eq!((check["line"].as_u64(), check["threshold"].as_f64()), (Some(8), Some(0.9)));
    assert!(check["low"].as_f64() >= Some(0.9) && check["confidence"].as_f64() > Some(0.98));
    let manifest = place.json("one", "manifest.json");
    assert!(manifest["files"]["expectations.json"].is_string() && manifest["files"]["junit.xml"].is_string());

    assert_eq!(place.donsim(&["run", "gate.toml", "-j", "2", "-o", "two"]).code, 0);
    for file in ["expectations.json", "junit.xml", "manifest.json"] {
        let [a, b] = ["one", "two"].map(|root| fs::read(place.results(root).join(file)).unwrap());
        assert_eq!(a, b, "{file}");
    }
}

#[test]
fn what_does_not_hold_fails_and_is_shown_to_ci() {
    let place = gate(&["that = \"accepted >= 0.9\"", "that = \"accepted[identical] >= 0.5\""]);
    let said = place.donsim(&["run", "gate.toml", "--github", "--junit", "junit.xml"]);
    assert_eq!(said.code, 1, "{}", said.stderr);
    assert!(said.stderr.contains("failed: 1 of 3 checks do not hold"), "{}", said.stderr);
    assert!(said.stdout.contains("rule set") && !said.stdout.contains("::error"));
    let title = "title=donsim::accepted >= 0.9 [aggregator.rule_set = identical]: fail, observed 0.";
    assert!(said.stderr.contains(&format!("\n::error file=gate.toml,line=8,{title}")), "{}", said.stderr);
    assert!(said.stderr.contains("\n::warning file=gate.toml,line=10,title=donsim::accepted[identical]"));

    let summary = fs::read_to_string(place.path().join("summary.md")).unwrap();
    assert!(
        summary.contains("fail\n\n| verdict | expectation | found |\n| --- | --- | --- |\n| fail | `accepted >= 0.9")
    );
    let junit = fs::read_to_string(place.path().join("junit.xml")).unwrap();
    assert!(
        junit.contains("<testsuite name=\"gate\" tests=\"4\" failures=\"1\" errors=\"1\" skipped=\"0\">"),
        "{junit}"
    );
    assert_eq!(junit, fs::read_to_string(place.results("results").join("junit.xml")).unwrap());

    // The replicate that `run` names stands in the file and on the page, too, and nowhere else.
    let document = place.json("results", "expectations.json");
    let checks = document["expectations"].as_array().unwrap();
    let (failed, others): (Vec<&Value>, Vec<&Value>) = checks.iter().partition(|check| check["verdict"] == "fail");
    assert!(others.iter().all(|check| check["replicate"].is_null()) && document["violation"].is_null());
    let (cell, replicate) = (failed[0]["cells"][0].as_str().unwrap(), failed[0]["replicate"].as_u64().unwrap());
    let options = format!("--cell {cell} --replicate {replicate}");
    assert!(said.stderr.contains(&format!("see why: donsim replay gate.toml {options}")), "{}", said.stderr);
    let page = fs::read_to_string(place.results("results").join("report.html")).unwrap();
    assert!(page.contains(&format!("donsim replay resolved.toml {options}<")), "{page}");
    let commands = |options: &str| page.matches(&format!("donsim replay resolved.toml {options}")).count();
    assert_eq!(commands(""), commands(&options), "one check fails");
    assert_eq!(junit.matches(&format!("donsim replay resolved.toml {options}")).count(), 1, "{junit}");
}

#[test]
fn what_is_undecided_is_inconclusive() {
    let place = gate(&["that = \"accepted[identical] >= 0.5\""]);
    let said = place.donsim(&["run", "gate.toml"]);
    assert_eq!(said.code, 3, "{}", said.stderr);
    assert!(said.stderr.contains("inconclusive: 1 of 1 checks are undecided"), "{}", said.stderr);
    assert!(said.stderr.contains("inconclusive, observed 0.") && said.stderr.contains(", at most 0."));
    assert_eq!(place.json("results", "expectations.json")["expectations"][0]["verdict"], "inconclusive");
}

#[test]
fn what_could_never_pass_is_refused_before_anything_runs() {
    let place = gate(&["that = \"rate(accepted) >= 0.999\""]);
    for command in ["check", "run"] {
        let said = place.donsim(&[command, "gate.toml"]);
        assert_eq!((said.code, said.stdout.as_str()), (2, ""));
        let expected = "error: `rate(accepted) >= 0.999` cannot pass with 100 replicates\n --> gate.toml:8:9\n";
        assert!(said.stderr.starts_with(expected), "{}", said.stderr);
        assert!(said.stderr.contains("help: use `run.replicates = "), "{}", said.stderr);
    }
    assert!(!place.path().join("results").exists());
    assert_eq!(place.donsim(&["check", "gate.toml", "--set", "run.replicates=5000"]).code, 0);
    assert_eq!(place.donsim(&["plan", "gate.toml"]).code, 0);
}

#[test]
fn safety_outranks_expectations() {
    let liars = "[[faults.wrong_payload]]\nnodes = 2\nholders = 2\ncollude = true\n";
    let place = Place::new(&format!(
        "{WORLD}{liars}[[expect]]\nthat = \"accepted >= 0.9\"\n[aggregator]\nrule_set = \"identical\"\n"
    ));
    let said = place.donsim(&["run", "gate.toml", "--github"]);
    assert_eq!(said.code, 6, "{}", said.stderr);
    assert!(said.stderr.contains("::error file=gate.toml,title=donsim::safety violated"), "{}", said.stderr);
    let junit = fs::read_to_string(place.results("results").join("junit.xml")).unwrap();
    assert!(junit.contains("<failure message=\"a wrong response was accepted"), "{junit}");
}

#[test]
fn idle_faults_are_cases_of_their_own() {
    let idle = "[[faults.silent]]\nnodes = 1\nstart = \"1h\"\n";
    let place = Place::new(&format!("{WORLD}{idle}[[expect]]\nthat = \"accepted >= 0.5\"\n"));
    // A file that cannot be written is found before the run.
    let said = place.donsim(&["run", "gate.toml", "--junit", "gate.toml/junit.xml"]);
    assert_eq!((said.code, said.stdout.as_str()), (2, ""));
    assert!(said.stderr.starts_with("error: cannot write gate.toml/junit.xml: "), "{}", said.stderr);
    assert!(!place.path().join("results").exists());
    // A folder that is not there is made.
    assert_eq!(place.donsim(&["run", "gate.toml", "--junit", "missing/junit.xml"]).code, 3);
    assert!(place.path().join("missing/junit.xml").exists());
    let junit = fs::read_to_string(place.results("results").join("junit.xml")).unwrap();
    let case = "<testcase classname=\"donsim.gate.faults\" name=\"faults.silent.0 acts\">\n      <error message=\"it never acted\" type=\"inconclusive\">";
    assert!(junit.contains(case), "{junit}");
}
