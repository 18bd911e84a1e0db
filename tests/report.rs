//! `donsim report` makes of the record, and of the tables alone, what `donsim run` made of the simulation, byte for byte.

#[path = "common/binary.rs"]
mod binary;
#[path = "common/everything.rs"]
mod everything;
#[path = "common/files.rs"]
mod files;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use binary::{donsim, only_entry};
use everything::EVERYTHING;
use files::files;
use tempfile::{TempDir, tempdir};

/// A run of the scenario at `path`: the folder it is in, its results folder, and the table it printed.
fn run(path: &Path, args: &[&str]) -> (TempDir, PathBuf, String) {
    let folder = tempdir().expect("there is room");
    let said = donsim(folder.path(), &[&["run", path.to_str().expect("it is text"), "-o", "out"], args].concat());
    let (table, wrote) = said.stdout.split_once("wrote ").unwrap_or_else(|| panic!("{said:?}"));
    assert!(wrote.ends_with("/ (report.html, cells.csv, runs.csv, summary.csv, plots/)\n"), "{wrote}");
    let results = only_entry(&only_entry(&folder.path().join("out")));
    (folder, results, table.to_owned())
}

/// What `donsim report` prints for a results folder, which it has to read.
fn report(folder: &Path, results: &Path, args: &[&str]) -> String {
    let said = donsim(folder, &[&["report", results.to_str().expect("it is text")], args].concat());
    assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{said:?}");
    said.stdout
}

/// What `donsim run` and `donsim report` say that they wrote.
fn wrote(results: &Path) -> String {
    format!("wrote {}/ (report.html, cells.csv, runs.csv, summary.csv, plots/)\n", results.display())
}

/// Leaves nothing of a run but its record and its scenario.
fn strip(results: &Path) {
    let is_kept = |name: &Path| {
        ["units", "files", "scenario.toml", "resolved.toml", "host.json"].iter().any(|kept| name.starts_with(kept))
    };
    for name in files(results).into_keys().filter(|name| !is_kept(name)) {
        fs::remove_file(results.join(name)).expect("it is there");
    }
}

/// Reports on a run with everything deleted but its record, with its pictures deleted and no record, with everything deleted
/// but its tables, and elsewhere.
fn check(path: &Path, args: &[&str]) {
    let (folder, results, table) = run(path, args);
    let made = files(&results);
    assert!(made.keys().filter(|name| name.starts_with("plots")).count() >= 6, "{:?}", made.keys());
    strip(&results);
    let said = donsim(folder.path(), &["report", results.to_str().expect("it is text")]);
    assert_eq!((said.code, said.stdout), (0, format!("{table}{}", wrote(&results))), "{}", said.stderr);
    assert_same(&files(&results), &made);

    fs::remove_dir_all(results.join("units")).expect("it is there");
    let made = files(&results);
    fs::remove_dir_all(results.join("plots")).expect("it is there");
    for page in ["report.md", "report.html"] {
        fs::remove_file(results.join(page)).expect("it is there");
    }
    let wrote = format!("wrote {}/ (report.html, report.md, plots/)\n", results.display());
    assert_eq!(report(folder.path(), &results, &[]), format!("{table}{wrote}"));
    assert_same(&files(&results), &made);

    // The rows of a run are often too many to keep.
    let tables = ["axes.csv", "cells.csv", "latency.csv", "summary.csv"];
    let keep = [&tables[..], &["manifest.json", "expectations.json", "scenario.toml"]].concat();
    for name in made.keys().filter(|name| !keep.iter().any(|kept| Path::new(kept) == *name)) {
        fs::remove_file(results.join(name)).expect("it is there");
    }
    let before = files(&results);
    let printed = report(folder.path(), &results, &["-o", "elsewhere"]);
    assert_same(&files(&results), &before);
    let elsewhere = only_entry(&only_entry(&folder.path().join("elsewhere")));
    assert_eq!(elsewhere.file_name(), results.file_name());
    assert!(printed.starts_with(&table) && printed.contains("wrote elsewhere/"), "{printed}");
    let is_drawn =
        |name: &Path| name.starts_with("plots") || ["report.md", "report.html"].map(Path::new).contains(&name);
    let drawn = made.into_iter().filter(|(name, _)| is_drawn(name)).collect();
    assert_same(&files(&elsewhere), &drawn);

    // Without a manifest nothing vouches for them.
    fs::remove_file(results.join("manifest.json")).expect("it is there");
    let said = donsim(folder.path(), &["report", results.to_str().expect("it is text")]);
    assert_eq!((said.code, said.stdout.as_str()), (2, ""), "{said:?}");
    assert!(said.stderr.contains("is incomplete: there is no manifest.json in it; "), "{said:?}");
    assert_eq!(report(folder.path(), &results, &["-o", "elsewhere", "--accept-changed"]), printed);
}

fn assert_same(found: &BTreeMap<PathBuf, Vec<u8>>, expected: &BTreeMap<PathBuf, Vec<u8>>) {
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (name, bytes) in expected {
        assert!(found[name] == *bytes, "{} differs", name.display());
    }
}

fn scenario(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name)
}

#[test]
fn small_is_made_again() {
    check(&scenario("small.toml"), &["--set", "run.replicates=5"]);
}

#[test]
fn quickstart_is_made_again() {
    check(&scenario("quickstart.toml"), &["--set", "run.replicates=9"]);
}

#[test]
fn loss_is_made_again() {
    check(&scenario("loss.toml"), &["--set", "run.replicates=4"]);
}

#[test]
fn faults_are_made_again() {
    check(&scenario("byzantine.toml"), &["--set", "run.replicates=3"]);
}

/// Of a part of the cells, after overrides: the record knows nothing of them.
#[test]
fn selected_cells_are_made_again() {
    check(&scenario("loss.toml"), &["--replicates", "3", "--filter", "network.loss <= 0.1", "--set", "run.seed=4"]);
}

#[test]
fn everything_is_made_again() {
    let folder = tempdir().expect("there is room");
    let path = folder.path().join("everything.toml");
    fs::write(&path, EVERYTHING).expect("there is room");
    check(&path, &[]);
}

/// A gate that fails on a cell and on a difference, of which not all cells are selected.
const FAILING: &str = "schema = 1\nname = \"failing\"\nrun.replicates = 60\nworkflow_don = { nodes = 2, f = 0 }\n\
    network.response.loss = 0.5\n[capability_don]\nnodes = 5\n[sweep.grid]\nrequest.payload_size = [\"10B\", \"20B\"]\n\
    aggregator.rule_set = [\"identical\", \"attested\"]\n[[expect]]\nthat = \"accepted >= 90%\"\n[[expect]]\n\
    that = \"accepted[identical] - accepted[attested] >= 0.1\"\n";

#[test]
fn the_page_of_a_failure_draws_what_the_commands_on_it_draw() {
    let folder = tempdir().expect("there is room");
    let selected = ["--filter", "request.payload_size == '10B'", "--set", "run.seed=5"];
    let results = binary::results(folder.path(), "failing", FAILING, &selected);
    let page = fs::read_to_string(results.join("report.html")).expect("it is there");
    let commands: Vec<&str> = page
        .split('>')
        .filter_map(|rest| rest.split('<').next())
        .filter(|line| line.contains(" --only ") && line.ends_with("--diagram why.svg"))
        .collect();
    let made = files(&results);
    let diagrams = made.keys().filter(|name| name.to_string_lossy().starts_with("plots/failure-")).count();
    assert_eq!((commands.len(), diagrams), (3, 3), "{commands:?}");
    assert!(commands.iter().any(|command| command.contains(" --beside ")), "{commands:?}");
    let manifest = fs::read_to_string(results.join("manifest.json")).expect("it is there");
    for command in commands {
        let options: Vec<&str> = command.split_whitespace().skip(1).collect();
        let said = donsim(&results, &options);
        let drawn = fs::read(results.join("why.svg")).unwrap_or_else(|_| panic!("{command}: {said:?}"));
        fs::remove_file(results.join("why.svg")).expect("it is there");
        let name = made.iter().find(|(_, bytes)| **bytes == drawn).map(|(name, _)| name);
        let name = name.unwrap_or_else(|| panic!("{command} draws something else")).display().to_string();
        assert!(manifest.contains(&name) && page.contains(&format!("href=\"{name}\"")), "{name}");
    }
    // Without the record it is of the scenario that the diagrams are made again.
    for has_record in [true, false] {
        if !has_record {
            fs::remove_dir_all(results.join("units")).expect("it is there");
        }
        fs::remove_dir_all(results.join("plots")).expect("it is there");
        fs::remove_file(results.join("report.html")).expect("it is there");
        let said = donsim(folder.path(), &["report", results.to_str().expect("it is text")]);
        assert_eq!(said.code, 0, "{said:?}");
        let expected = made.iter().filter(|(name, _)| has_record || !name.starts_with("units"));
        assert_same(&files(&results), &expected.map(|(name, bytes)| (name.clone(), bytes.clone())).collect());
    }
}

/// The last replicates that were simulated are not those of the scenario, and nobody knows the folder by its place.
#[test]
fn cells_that_a_stop_rule_ended_are_made_again_elsewhere() {
    let folder = tempdir().expect("there is room");
    let text = "schema = 1\nname = \"early\"\nrun = { replicates = 3000, stop = { decided = true } }\nnetwork.loss = 0.1\n\
                request.payload_size = \"10B\"\n[[expect]]\nthat = \"rate(accepted) >= 0.5\"\n";
    let made = binary::results(folder.path(), "early", text, &["--gzip", "--png"]);
    let manifest = fs::read_to_string(made.join("manifest.json")).expect("it is there");
    assert!(manifest.contains("\"by\": \"decided\""), "{manifest}");
    let moved = folder.path().join("moved");
    fs::rename(&made, &moved).expect("there is room");
    let expected = files(&moved);
    strip(&moved);
    // It tells in which forms rows and pictures were asked for.
    fs::write(moved.join("manifest.json"), manifest).expect("there is room");
    let said = donsim(folder.path(), &["report", "moved/"]);
    assert!(said.code == 0 && said.stdout.contains("wrote moved/ (report.html, cells.csv, runs.csv.gz, "), "{said:?}");
    assert_same(&files(&moved), &expected);
}

#[test]
fn a_record_that_lacks_something_is_left_alone() {
    let (folder, results, _) = run(&scenario("small.toml"), &["--set", "run.replicates=300"]);
    strip(&results);
    let units = fs::read_dir(results.join("units")).expect("it is there").map(|entry| entry.expect("it is").path());
    fs::remove_file(units.max().expect("there are some")).expect("it is there");
    let before = files(&results);
    let said = donsim(folder.path(), &["report", results.to_str().expect("it is text")]);
    assert_eq!((said.code, said.stdout.as_str()), (2, ""), "{said:?}");
    assert!(said.stderr.contains("is incomplete, its tables are missing; run the scenario"), "{said:?}");
    assert_same(&files(&results), &before);
}

/// What is committed has, but for the small one, no rows.
#[test]
fn committed_results_are_made_again() {
    let folder = tempdir().expect("there is room");
    // Those of which all tables are committed.
    let names = ["holders", "quickstart", "small"];
    for name in names {
        let committed = only_entry(&Path::new(env!("CARGO_MANIFEST_DIR")).join("results").join(name));
        report(folder.path(), &committed, &["-o", "made"]);
        let made = only_entry(&folder.path().join("made").join(name)).join("report.md");
        let page = |path: &Path| fs::read_to_string(path).expect("it is there");
        assert_eq!(page(&made), page(&committed.join("report.md")), "{name}");
    }
}

#[test]
fn what_cannot_be_reported_on_is_refused() {
    let (folder, results, _) = run(&scenario("small.toml"), &["--set", "run.replicates=2"]);
    let refused = |arg: &Path, words: &str| {
        let said = donsim(folder.path(), &["report", arg.to_str().expect("it is text")]);
        assert_eq!((said.code, said.stdout.as_str()), (2, ""), "{said:?}");
        assert!(said.stderr.starts_with("error: ") && said.stderr.contains(words), "{words}: {said:?}");
    };
    refused(Path::new("nowhere"), "`nowhere` is no results folder: there is no cells.csv in it; name a folder that");
    refused(&folder.path().join("out"), "is no results folder");
    refused(&results.join("cells.csv"), "is no results folder");
    let cells = results.join("cells.csv");
    let text = fs::read_to_string(&cells).expect("it is there");
    fs::write(&cells, text.replacen(",f+1,2000,", ",f+1,soon,", 1)).expect("it is writable");
    refused(&results, "cells.csv: changed after the run, as manifest.json tells; bring the tables back");
    let said = donsim(folder.path(), &["report", results.to_str().expect("it is text"), "--accept-changed"]);
    assert_eq!((said.code, said.stdout.as_str()), (2, ""), "{said:?}");
    assert!(said.stderr.contains("cells.csv, line 2, column `deadline_ms`: `soon` is no number; "), "{said:?}");
    fs::remove_dir_all(results.join("units")).expect("it is there");
    fs::rename(&cells, results.join("cells.csv.part")).expect("it is writable");
    refused(&results, "is incomplete");
    // One folder that is wrong keeps none of the others from its report.
    let whole = binary::results(folder.path(), "whole", EVERYTHING, &["--set", "run.replicates=1"]);
    let said = donsim(folder.path(), &["report", "nowhere", whole.to_str().expect("it is text")]);
    assert_eq!(said.code, 2);
    assert!(said.stdout.contains("wrote ") && said.stderr.contains("`nowhere`"), "{said:?}");
    fs::write(folder.path().join("file"), "").expect("there is room");
    let said = donsim(folder.path(), &["report", whole.to_str().expect("it is text"), "-o", "file"]);
    assert_eq!((said.code, said.stdout.as_str()), (2, ""), "{said:?}");
    assert!(said.stderr.contains("name another place with -o DIR"), "{said:?}");
}

#[test]
fn the_page_tells_what_the_table_tells() {
    let (_folder, results, table) = run(&scenario("byzantine.toml"), &["--set", "run.replicates=3"]);
    let page = fs::read_to_string(results.join("report.md")).expect("it is there");
    let id = results.file_name().and_then(|name| name.to_str()).expect("it has one");
    assert!(page.starts_with("# byzantine\n\nThe run `byzantine/") && page.contains(id), "{page}");
    let squeezed = |line: &str| line.split(['|', ' ']).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let page_lines: Vec<String> = page.lines().map(squeezed).collect();
    for line in table.lines() {
        assert!(page_lines.contains(&squeezed(line)), "{line}\n{page}");
    }
    for heading in ["Results", "Intervals", "Faults", "Pictures"] {
        assert!(page.contains(&format!("\n## {heading}\n\n")), "{heading}");
    }
    let pictures = fs::read_dir(results.join("plots")).expect("it is there").map(|entry| entry.expect("it is").path());
    for picture in pictures.filter(|path| path.extension().is_some_and(|ending| ending == "svg")) {
        let name = picture.file_name().and_then(|name| name.to_str()).expect("it has one");
        assert!(page.contains(&format!("](plots/{name})\n\n")), "{name}");
    }
}

/// A scenario's text alone would mislead who reads the page.
#[test]
fn the_page_tells_what_the_command_line_changed() {
    let path = scenario("byzantine.toml");
    let page = |args: &[&str]| {
        let (_folder, results, _) = run(&path, &[&["--set", "run.replicates=2"], args].concat());
        fs::read_to_string(results.join("report.html")).expect("it is there")
    };
    let changed = page(&["--set", "network.request.loss=0.2"]);
    assert!(
        changed
            .contains("<code>network.request.loss</code>, <code>run.replicates</code> <a href=\"#made\">changed</a>")
    );
    assert!(changed.contains("<code>network.request.loss</code>: <code>0.2</code>, in the text none"), "{changed}");
    assert!(!page(&[]).contains("network.request.loss</code>"));
}
