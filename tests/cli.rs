//! The command line: what goes to which stream, what the files say, and how it ends.

#[path = "common/binary.rs"]
mod binary;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use binary::{Said, donsim, results};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::{TempDir, tempdir};

/// Four cells with something of every outcome but a wrong one.
const SMALL: &str = r#"
schema = 1
name = "small"
[run]
replicates = 10
[capability_don]
nodes = 4
[workflow_don]
nodes = 2
f = 0
[request]
payload_size = "64B"
count = 2
[sweep.grid]
network.loss = [0, 0.3]
aggregator.rule_set = ["identical", "attested"]
"#;

/// One cell of four capability nodes and one workflow node, without a sweep.
const TINY: &str = "schema = 1\nname = \"tiny\"\n[run]\nreplicates = 5\n[capability_don]\nnodes = 4\n\
                    [workflow_don]\nnodes = 1\n[request]\npayload_size = \"10B\"\n";

const RATES: [&str; 7] =
    ["accepted", "accepted_tainted", "accepted_wrong", "failed", "expired", "crashed", "no_agreement"];
const SAVINGS: [&str; 4] = ["all_bytes", "ocr_bytes", "saved_response", "saved_total"];
const SHARES: [&str; 2] = ["served", "disagreement"];
const LATENCIES: [&str; 3] = ["latency_p50", "latency_p90", "latency_p99"];
const BYTES: [&str; 7] = [
    "request_bytes",
    "response_bytes",
    "duplicate_payload_bytes",
    "attestation_bytes",
    "error_bytes",
    "coordination_bytes",
    "envelope_bytes",
];

/// Nodes and links.
const CAPACITY: [&str; 4] = ["holders", "uplink_mean", "uplink_peak", "wait"];

/// Causes of failure of one kind.
const CAUSES: [&str; 11] = [
    "no_agreement",
    "too_few_holders",
    "too_few_requests",
    "deadline_before_schedule",
    "faulty",
    "lost",
    "too_late",
    "rejected_by_aggregator",
    "aggregator_failed_early",
    "node_crashed",
    "agreed_on_error",
];

/// A folder with this text in `scenario.toml`.
fn folder_with(text: impl AsRef<[u8]>) -> TempDir {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("scenario.toml"), text).unwrap();
    folder
}

/// `donsim run scenario.toml ARGS` on this text.
fn run(text: &str, args: &[&str]) -> Said {
    donsim(folder_with(text).path(), &[&["run", "scenario.toml"], args].concat())
}

/// The rows of a CSV file by column.
fn read_csv(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column} is no number in {row:?}"))
}

fn assert_close(left: f64, right: f64, what: &str) {
    assert!((left - right).abs() <= 1e-9 * left.abs().max(1.0), "{what}: {left} and {right}");
}

#[test]
fn the_table_has_a_line_a_cell() {
    let folder = folder_with(SMALL);
    let said = donsim(folder.path(), &["run", "scenario.toml"]);
    assert_eq!(said.code, 0, "{said:?}");
    let lines: Vec<&str> = said.stdout.lines().collect();
    let [header, cells @ .., last] = &lines[..] else { panic!("{said:?}") };
    let columns = |line: &str| {
        line.split("  ").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        columns(header),
        ["loss", "rule set", "accepted", "served", "p50 ms", "p99 ms", "KiB/request", "failure cause"]
    );
    let axes: Vec<_> = cells.iter().map(|line| columns(line)[..2].join(" ")).collect();
    assert_eq!(axes, ["0 identical", "0 attested", "0.3 identical", "0.3 attested"]);
    for line in cells {
        let mut fields = columns(line);
        if fields.len() > 7 {
            let unreachable = fields.remove(7);
            let (reason, share) = unreachable.split_once(' ').unwrap();
            assert!(
                reason.split('+').all(|kind| CAUSES.contains(&kind)) && share.parse::<f64>().unwrap() > 0.0,
                "{line}"
            );
            assert!(line.contains(&format!("  {unreachable}")), "{line}");
        }
        assert_eq!(fields.len(), 7, "{line}");
        let (rate, interval) = fields[2].split_once(' ').unwrap();
        let ends = interval.strip_prefix('[').unwrap().strip_suffix(']').unwrap().split_once(", ").unwrap();
        let [low, rate, high]: [f64; 3] = [ends.0, rate, ends.1].map(|text| text.parse().unwrap());
        assert!(0.0 <= low && low <= rate && rate <= high && high <= 1.0, "{line}");
        assert!(fields[3..].iter().all(|field| field.trim_start_matches('>').parse::<f64>().is_ok()), "{line}");
    }
    let path = last
        .strip_prefix("wrote ")
        .unwrap()
        .strip_suffix("/ (report.html, cells.csv, runs.csv, summary.csv, plots/)")
        .unwrap();
    assert!(path.starts_with("results/small/"), "{path}");
    assert!(folder.path().join(path).join("runs.csv").is_file());
}

#[test]
fn without_a_sweep_the_table_names_rule_set_and_holders() {
    let said = run(TINY, &[]);
    assert!(said.stdout.starts_with("rule set  holders  accepted "), "{said:?}");
    assert!(said.stdout.lines().nth(1).unwrap().starts_with("attested  f+1      "), "{said:?}");
}

#[test]
fn progress_goes_to_stderr_alone() {
    for args in [&[][..], &["--json"]] {
        let said = run(SMALL, args);
        assert!(!said.stderr.is_empty() && said.stderr.lines().all(|line| line.starts_with("small: ")), "{said:?}");
        assert!(said.stderr.lines().any(|line| line.starts_with("small: 40 of 40 replicates in ")), "{said:?}");
        assert!(!said.stdout.contains(" replicates in ") && !said.stdout.contains('\u{1b}'), "{said:?}");
    }
}

#[test]
fn json_is_one_document() {
    let folder = folder_with(SMALL);
    let said = donsim(folder.path(), &["run", "scenario.toml", "--json"]);
    let document: Value = serde_json::from_str(&said.stdout).unwrap();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&document), ["cells", "disagreements", "expectations", "id", "name", "path", "schema", "verdict"]);
    assert_eq!(document["disagreements"], serde_json::json!([]));
    assert_eq!((&document["schema"], &document["name"]), (&"donsim.run/1".into(), &"small".into()));
    assert_eq!(document["verdict"], "pass");
    assert_eq!(document["path"], format!("results/small/{}", document["id"].as_str().unwrap()));
    let cells = document["cells"].as_array().unwrap();
    let axes: Vec<_> = cells.iter().map(|cell| cell["axes"].to_string()).collect();
    assert_eq!(axes.len(), 4);
    assert_eq!(axes[2], r#"{"aggregator.rule_set":"identical","network.loss":0.3}"#);
    let mut names: Vec<&str> =
        [&RATES[..], &SHARES, &LATENCIES, &BYTES, &SAVINGS, &["signatures_verified", "total_bytes"], &CAPACITY]
            .concat();
    names.sort_unstable();
    for cell in cells {
        assert_eq!(keys(cell), ["axes", "cell", "metrics"]);
        assert_eq!(keys(&cell["metrics"]), names);
        for (name, metric) in cell["metrics"].as_object().unwrap() {
            assert_eq!(keys(metric), ["ci_high", "ci_low", "n", "unit", "value"]);
            assert_eq!(metric["n"], 10, "{name}");
        }
        let sum: f64 = RATES.iter().map(|name| cell["metrics"][name]["value"].as_f64().unwrap()).sum();
        assert_close(sum, 1.0, "outcomes");
    }
}

#[test]
fn json_of_several_scenarios_is_one_document_too() {
    let folder = folder_with(TINY);
    fs::write(folder.path().join("small.toml"), SMALL).unwrap();
    let said = donsim(folder.path(), &["run", "scenario.toml", "small.toml", "--json"]);
    let document: Value = serde_json::from_str(&said.stdout).unwrap();
    let names: Vec<_> = document["runs"].as_array().unwrap().iter().map(|run| run["name"].clone()).collect();
    assert_eq!(document["schema"], "donsim.runs/1");
    assert_eq!(names, ["tiny", "small"]);
}

#[test]
fn the_results_folder_is_complete() {
    let folder = tempdir().unwrap();
    let path = results(folder.path(), "out", SMALL, &[]);
    assert_eq!(path.parent().unwrap(), folder.path().join("out/small"));
    assert_eq!(fs::read_to_string(path.join("scenario.toml")).unwrap(), SMALL);
    let manifest: Value = serde_json::from_slice(&fs::read(path.join("manifest.json")).unwrap()).unwrap();
    let host: Value = serde_json::from_slice(&fs::read(path.join("host.json")).unwrap()).unwrap();
    assert_eq!((&manifest["schema"], &host["schema"]), (&"donsim.manifest/1".into(), &"donsim.host/1".into()));
    let version = donsim(folder.path(), &["--version"]).stdout;
    assert_eq!(version.trim_end(), format!("donsim {}", host["donsim"].as_str().unwrap()));
    let counts = ["cells", "replicates", "seed"].map(|key| manifest[key].as_u64().unwrap());
    assert_eq!(counts, [4, 10, 1]);
    let digests = manifest["files"].as_object().unwrap();
    for (name, digest) in digests {
        let bytes = fs::read(path.join(name)).unwrap();
        assert_eq!(digest, &hex::encode(Sha256::digest(bytes)), "{name}");
    }
    let mut present: Vec<String> = Vec::new();
    for below in ["", "plots"] {
        let entries = fs::read_dir(path.join(below)).unwrap().map(|entry| entry.unwrap().path());
        present.extend(entries.filter(|entry| entry.is_file()).map(|entry| relative(&entry, &path)));
    }
    present.retain(|name| !["host.json", "manifest.json"].contains(&name.as_str()));
    present.sort_unstable();
    assert_eq!(present, digests.keys().cloned().collect::<Vec<_>>(), "nothing is left over, nothing unlisted");
    for name in ["cells.csv", "resolved.toml", "runs.csv", "summary.csv", "plots/bytes.svg"] {
        assert!(digests.contains_key(name), "{name}");
    }
}

#[test]
fn pictures_come_as_png_only_when_asked_for() {
    let folder = tempdir().unwrap();
    let names = |output, args: &[&str]| -> Vec<String> {
        let plots = results(folder.path(), output, TINY, args).join("plots");
        fs::read_dir(plots).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let (plain, both) = (names("plain", &[]), names("both", &["--png"]));
    assert!(plain.iter().all(|name| name.ends_with("svg")) && plain.len() > 3, "{plain:?}");
    let is_there = |name: &String| both.contains(name) && both.contains(&name.replace(".svg", ".png"));
    assert!(both.len() == 2 * plain.len() && plain.iter().all(is_there), "{both:?}");
}

fn relative(path: &Path, base: &Path) -> String {
    path.strip_prefix(base).unwrap().to_str().unwrap().to_owned()
}

/// Every cell has a row for each cause of one kind, whether it occurs or not, and for those of several that occur.
#[test]
fn causes_agree_with_the_rows() {
    let folder = tempdir().unwrap();
    let path = results(folder.path(), "out", SMALL, &[]);
    let (rows, summary) = (read_csv(&path.join("runs.csv")), read_csv(&path.join("summary.csv")));
    let cells: BTreeSet<&str> = rows.iter().map(|row| row["cell"].as_str()).collect();
    let mut zeros = 0;
    for cell in cells {
        let own: Vec<_> = rows.iter().filter(|row| row["cell"] == cell).collect();
        let stated: Vec<_> =
            summary.iter().filter(|row| row["cell"] == cell && row["metric"].starts_with("cause_")).collect();
        let names: Vec<_> = stated.iter().map(|row| row["metric"].trim_start_matches("cause_")).collect();
        assert_eq!(names[..CAUSES.len()], CAUSES, "in their order");
        let occurring = own.iter().map(|row| row["failure_cause"].as_str()).filter(|cause| !cause.is_empty());
        assert!(occurring.collect::<BTreeSet<_>>().is_subset(&names.iter().copied().collect()), "{names:?}");
        for (row, cause) in stated.iter().zip(names) {
            let hits = own.iter().filter(|row| row["failure_cause"] == cause).count();
            assert!(hits > 0 || CAUSES.contains(&cause), "{cause} does not occur");
            assert_close(number(row, "value"), hits as f64 / own.len() as f64, cause);
            assert!(number(row, "ci_low") <= number(row, "value"), "{row:?}");
            assert!(number(row, "value") < number(row, "ci_high") || hits == own.len(), "{row:?}");
            let [stat, n, unit, censored] = ["stat", "n", "unit", "censored"].map(|column| row[column].as_str());
            assert_eq!([stat, n, unit, censored], ["rate", "10", "1", ""]);
            zeros += usize::from(hits == 0);
        }
        let accepted = own.iter().filter(|row| row["outcome"] == "accepted").count() as f64 / own.len() as f64;
        let unreachable: f64 = stated.iter().map(|row| number(row, "value")).sum();
        assert_close(accepted + unreachable, 1.0, "ends");
    }
    assert!(zeros > 0);
}

/// What the summaries say can be had from the rows alone.
#[test]
fn tables_agree_with_the_rows() {
    let folder = tempdir().unwrap();
    let path = results(folder.path(), "out", SMALL, &[]);
    let (rows, cells) = (read_csv(&path.join("runs.csv")), read_csv(&path.join("cells.csv")));
    let summary = read_csv(&path.join("summary.csv"));
    let (replicates, requests, nodes) = (10.0, 2.0, 2.0);
    assert_eq!((rows.len(), cells.len()), (4 * 10 * 2 * 2, 4));
    for cell in &cells {
        let own: Vec<_> = rows.iter().filter(|row| row["cell"] == cell["cell"]).collect();
        let stated = |metric: &str| {
            let is_it = |row: &&BTreeMap<String, String>| row["cell"] == cell["cell"] && row["metric"] == metric;
            summary.iter().find(is_it).unwrap_or_else(|| panic!("{metric} is missing"))
        };
        for rate in RATES {
            let hits = own.iter().filter(|row| row["outcome"] == rate).count() as f64;
            assert_close(number(stated(rate), "value"), hits / (replicates * requests * nodes), rate);
            assert_close(number(cell, rate), number(stated(rate), "value"), rate);
        }
        for share in SHARES {
            let sum: f64 = own.iter().map(|row| number(row, share)).sum();
            assert_close(number(stated(share), "value"), sum / (replicates * requests * nodes), share);
        }
        for amount in BYTES.iter().copied().chain(["signatures_verified"]) {
            let sum: f64 = own.iter().map(|row| number(row, amount)).sum();
            assert_close(number(stated(amount), "value"), sum / (replicates * requests), amount);
            assert_close(number(cell, amount), number(stated(amount), "value"), amount);
        }
        let sum = |column: &str| own.iter().map(|row| number(row, column)).sum::<f64>();
        let saved = 1.0 - sum("answer_bytes") / sum("answer_bytes_baseline");
        assert_close(number(stated("saved_response"), "value"), saved, "saved_response");
        for row in own {
            assert_eq!(row["outcome"] == "accepted", !row["latency_ns"].is_empty(), "{row:?}");
            let expired = "request expired by executable client";
            assert_eq!(row["outcome"] == "expired", row["error"] == expired, "{row:?}");
            assert_eq!(row["outcome"] == "accepted", row["error"].is_empty(), "{row:?}");
        }
    }
}

#[test]
fn overrides_and_output_are_heard() {
    let folder = tempdir().unwrap();
    let plain = results(folder.path(), "plain", TINY, &[]);
    let changed = results(
        folder.path(),
        "changed",
        TINY,
        &["--set", "aggregator.rule_set=identical", "--set", "network.loss=0.5"],
    );
    assert_ne!(plain.file_name(), changed.file_name(), "another content is another id");
    assert_eq!(fs::read_to_string(changed.join("scenario.toml")).unwrap(), TINY);
    let resolved = fs::read_to_string(changed.join("resolved.toml")).unwrap();
    assert!(resolved.contains("rule_set = \"identical\"") && resolved.contains("loss = 0.5"), "{resolved}");
    let outcomes = |path: PathBuf| {
        read_csv(&path.join("runs.csv")).into_iter().map(|row| row["outcome"].clone()).collect::<Vec<_>>()
    };
    assert_ne!(outcomes(plain), outcomes(changed));
}

#[test]
fn check_and_plan_simulate_nothing() {
    let folder = folder_with(SMALL);
    fs::write(folder.path().join("tiny.toml"), TINY).unwrap();
    let check = donsim(folder.path(), &["check", "scenario.toml", "tiny.toml"]);
    let lines: Vec<&str> = check.stdout.lines().collect();
    let [small, tiny] = lines[..] else { panic!("{check:?}") };
    assert!(small.starts_with("scenario.toml: ok, small/") && small.ends_with(", 4 cells x 10 replicates"), "{small}");
    assert!(tiny.starts_with("tiny.toml: ok, tiny/") && tiny.ends_with(", 1 cell x 5 replicates"), "{tiny}");
    let plan = donsim(folder.path(), &["plan", "scenario.toml"]);
    let lines: Vec<&str> = plan.stdout.lines().collect();
    assert!(lines[0].starts_with("small/") && lines[0].ends_with(": 4 cells x 10 replicates, seed 1"), "{plan:?}");
    let axes: Vec<&str> = lines[1..].iter().map(|line| line.split_once("  ").unwrap().1).collect();
    assert_eq!(axes[1], "network.loss = 0, aggregator.rule_set = attested");
    let plan_of_one = donsim(folder.path(), &["plan", "tiny.toml", "--set", "run.seed=7"]);
    assert!(plan_of_one.stdout.contains(": 1 cell x 5 replicates, seed 7\n"), "{plan_of_one:?}");
    for said in [&check, &plan, &plan_of_one] {
        assert_eq!((said.code, said.stderr.as_str()), (0, ""));
    }
    assert!(!folder.path().join("results").exists());
    // The planned ids are those of the results.
    let run = results(folder.path(), "out", SMALL, &[]);
    assert!(lines[0].starts_with(&format!("small/{}:", run.file_name().unwrap().to_str().unwrap())));
    let ids: Vec<String> =
        read_csv(&run.join("cells.csv")).into_iter().map(|mut row| row.remove("cell").unwrap()).collect();
    assert!(lines[1..].iter().zip(&ids).all(|(line, id)| line.starts_with(&format!("{id}  "))), "{plan:?}");
}

#[test]
fn the_scenarios_to_start_from_are_right() {
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let files = fs::read_dir(&scenarios).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = files.filter(|path| path.extension().is_some_and(|ending| ending == "toml")).collect();
    let args: Vec<&str> = std::iter::once("check").chain(files.iter().map(|path| path.to_str().unwrap())).collect();
    let said = donsim(&scenarios, &args);
    assert_eq!((said.code, said.stdout.matches(": ok, ").count()), (0, files.len()), "{said:?}");
    assert!(files.len() >= 4);
}

/// Wrong input ends with 2, says where and what to do, and writes nothing.
#[test]
fn wrong_scenarios_are_refused_with_place_and_remedy() {
    for (text, place, remedy) in [
        ("[capability_don]\nnods = 4", "3:1", "did you mean `nodes`?"),
        ("[aggregator]\ntimeout = 40", "3:11", "write \"40ms\""),
        ("[capability_don]\nnodes = 6\nf = 2", "3:9", "use 7 nodes at least"),
        ("[workflow_don]\nnodes = 3\nf = 1", "3:9", "`allow_infeasible = true` if this is meant"),
        ("[capability_don]\nnodes = 0", "3:9", "use 1 to 1000"),
        ("[capability_don]\nnodes = 4\npayload_holders = 5", "4:19", "makes every node a holder"),
        ("[capability_don]\nnodes = 4\n[[faults.silent]]\nnodes = 5", "5:9", "use 4 at most"),
        ("[[faults.silent]]\nnodes = 1\nholders = 2", "4:11", "use `holders = 1` at most"),
        ("[network]\nloss = 1.5", "3:8", "if 1.5 % is meant, write 0.015"),
        ("[network]\nloss = -0.1", "3:8", "a probability from 0 to 1"),
        ("[network]\nduplication = nan", "3:15", "a probability from 0 to 1"),
        ("[capability_don]\npayload_holders = { agree = inf }", "3:29", "a probability from 0 to 1"),
        ("[[faults.silnt]]\nnodes = 1", "2:10", "did you mean `silent`?"),
        ("[network\n", "2:9", "expected `]`"),
    ] {
        let folder = folder_with(format!("schema = 1\n{text}\n"));
        for command in ["run", "check", "plan"] {
            let said = donsim(folder.path(), &[command, "scenario.toml"]);
            assert_eq!((said.code, said.stdout.as_str()), (2, ""), "{said:?}");
            assert!(said.stderr.contains(&format!("--> scenario.toml:{place}\n")), "{text}: {}", said.stderr);
            assert!(said.stderr.contains(remedy), "{text}: {}", said.stderr);
            assert!(said.stderr.ends_with("scenario.toml: 1 error\n"), "{}", said.stderr);
        }
        assert!(!folder.path().join("results").exists());
    }
    assert_eq!(run(&format!("{TINY}[[faults.silent]]\nnodes = 4\n"), &[]).code, 0, "all nodes may be faulty");
}

#[test]
fn what_cannot_be_read_is_refused() {
    let folder = folder_with(b"schema = 1\nname = \"\xff\"\n");
    for (path, words) in [
        ("scenario.toml", "is not UTF-8 text from line 2, column 9 on"),
        ("nowhere.toml", "check the path"),
        (".", "it is a directory"),
    ] {
        let said = donsim(folder.path(), &["run", path]);
        assert_eq!((said.code, said.stdout.as_str()), (2, ""), "{said:?}");
        assert!(said.stderr.contains(words) && said.stderr.contains(" = help: "), "{said:?}");
        assert!(!said.stderr.contains("panicked"), "{said:?}");
    }
}

#[test]
fn one_wrong_scenario_stops_them_all() {
    let folder = folder_with(TINY);
    fs::write(folder.path().join("wrong.toml"), "schema = 1\n[netwrk]\n").unwrap();
    let said = donsim(folder.path(), &["run", "scenario.toml", "wrong.toml", "nowhere.toml"]);
    assert_eq!((said.code, said.stdout.as_str()), (2, ""), "{said:?}");
    assert!(said.stderr.contains("wrong.toml:2:2") && said.stderr.contains("cannot read the scenario `nowhere.toml`"));
    assert!(!folder.path().join("results").exists());
}

#[test]
fn results_that_cannot_be_kept_are_an_error() {
    for args in [&["-o", "scenario.toml/below"][..], &["-o", "scenario.toml/below", "--json"]] {
        let said = run(TINY, args);
        assert_eq!((said.code, said.stdout.as_str()), (2, ""), "{said:?}");
        let start = "error: cannot write results to scenario.toml/below/tiny/";
        assert!(
            said.stderr.starts_with(start) && said.stderr.ends_with("name another place with -o DIR\n"),
            "{said:?}"
        );
    }
}

#[test]
fn wrong_usage_is_explained() {
    for (args, words) in [
        (&[][..], "Usage: donsim"),
        (&["run"], "<SCENARIO>"),
        (&["rum", "scenario.toml"], "unrecognized subcommand 'rum'"),
        (&["run", "scenario.toml", "--threds", "2"], "'--threads'"),
        (&["run", "scenario.toml", "-j", "0"], "invalid value '0' for '--threads <N>'"),
        (&["run", "scenario.toml", "--set", "nonsense"], "for example `--set network.loss=0.01`"),
        (&["run", "scenario.toml", "--set", "network.loss=2"], "--> --set:1:14"),
        (&["plan", "scenario.toml", "scenario.toml"], "unexpected argument"),
    ] {
        let said = donsim(folder_with(TINY).path(), args);
        assert_eq!((said.code, said.stdout.as_str()), (2, ""), "{said:?}");
        assert!(said.stderr.contains(words), "{said:?}");
    }
}

#[test]
fn help_names_the_exit_codes() {
    let said = donsim(Path::new("."), &["--help"]);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""));
    for code in ["0", "1", "2", "3", "5", "6"] {
        assert!(
            said.stdout.lines().any(|line| line.trim_start().starts_with(&format!("{code}  "))),
            "{code}: {said:?}"
        );
    }
}

/// More liars than the bound agree on a lie: `identical` believes them.
const LIARS: &str = "[aggregator]\nrule_set = \"identical\"\n[[faults.wrong_payload]]\nnodes = 3\ncollude = true\n";
const VIOLATED: &str = "[safety]\nexpect = \"violated\"\n";
const NEVER: &str = "[[faults.silent]]\nnodes = 1\nstart = \"1h\"\n";

#[test]
fn the_verdict_is_the_exit_code() {
    for (text, code, verdict, words) in [
        (String::new(), 0, "pass", " replicates in "),
        (LIARS.to_owned(), 6, "safety_violated", "safety violated: "),
        (format!("{LIARS}{VIOLATED}"), 0, "pass", " replicates in "),
        (VIOLATED.to_owned(), 1, "fail", "failed: the scenario expects a violation of safety"),
        (NEVER.to_owned(), 3, "inconclusive", "inconclusive: never acted: faults.silent.0"),
        (format!("{NEVER}{VIOLATED}"), 1, "fail", "failed: "),
        (format!("{LIARS}{NEVER}"), 6, "safety_violated", "safety violated: "),
        (format!("{LIARS}{NEVER}{VIOLATED}"), 3, "inconclusive", "faults.silent.0"),
    ] {
        let said = run(&format!("{TINY}{text}"), &["--json"]);
        assert_eq!(said.code, code, "{text}: {said:?}");
        assert_eq!(serde_json::from_str::<Value>(&said.stdout).unwrap()["verdict"], verdict, "{text}");
        assert!(said.stderr.contains(words), "{text}: {said:?}");
    }
    let table = run(&format!("{TINY}{LIARS}"), &[]).stdout;
    assert!(
        table.lines().next().unwrap().ends_with("  wrong  failure cause"),
        "a violation has a column of its own: {table}"
    );
}

#[test]
fn the_gravest_verdict_of_several_scenarios_counts() {
    let folder = folder_with(format!("{TINY}{LIARS}"));
    fs::write(folder.path().join("good.toml"), TINY).unwrap();
    fs::write(folder.path().join("idle.toml"), format!("{TINY}{NEVER}")).unwrap();
    for (files, code) in
        [(&["good.toml", "idle.toml"][..], 3), (&["scenario.toml", "good.toml", "idle.toml"], 6), (&["good.toml"], 0)]
    {
        assert_eq!(donsim(folder.path(), &[&["run"], files].concat()).code, code, "{files:?}");
    }
}

/// The scenario would run for many seconds; the signal comes when the first unit of its record is there.
#[cfg(unix)]
#[test]
fn an_interrupted_run_keeps_whole_rows() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    let folder = folder_with(TINY);
    let mut child = Command::new(env!("CARGO_BIN_EXE_donsim"))
        .current_dir(folder.path())
        .args(["run", "scenario.toml", "-j", "1", "--set", "run.replicates=20000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let units = |path: &Path| fs::read_dir(path).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    let has_unit = || units(&folder.path().join("results/tiny")).any(|run| units(&run.join("units")).next().is_some());
    while !has_unit() {
        assert!(child.try_wait().unwrap().is_none(), "it goes on");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let said: Vec<String> = lines.collect();
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(5), "{said:?}");
    assert!(said.iter().any(|line| line.starts_with("interrupted: finishing what is under way")), "{said:?}");
    let told = said.iter().find_map(|line| line.strip_prefix("incomplete: ")).unwrap();
    let (done, place) = told.split_once(" of 20000 replicates are kept in ").unwrap();
    let done: usize = done.parse().unwrap();
    assert!((256..20_000).contains(&done), "{told}");
    let path = folder.path().join(place.strip_suffix("/units/; the same command goes on from there").unwrap());
    let text = fs::read_to_string(path.join("runs.csv.part")).unwrap();
    assert!(text.ends_with('\n'));
    let rows = read_csv(&path.join("runs.csv.part"));
    let replicates: Vec<usize> = rows.iter().map(|row| row["replicate"].parse().unwrap()).collect();
    assert!(replicates.into_iter().eq(0..done), "one row a replicate, none is missing");
    assert_eq!(read_csv(&path.join("cells.csv.part"))[0]["replicates"], done.to_string());
    for whole in ["runs.csv", "cells.csv", "summary.csv", "manifest.json", "runs.csv.0.part"] {
        assert!(!path.join(whole).exists(), "{whole}");
    }
}

/// What is printed must arrive: a full disk behind stdout is an error, a reader that has seen enough is none.
#[cfg(target_os = "linux")]
#[test]
fn lost_output_is_an_error() {
    let folder = folder_with(TINY);
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
    let binary = assert_cmd::cargo::cargo_bin!("donsim");
    let mut command = std::process::Command::new(binary);
    let output = command.current_dir(folder.path()).args(["check", "scenario.toml"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot write to stdout"), "{output:?}");
}

/// What a scenario says and never does leaves the run inconclusive; what it asks for and is not there is said.
#[test]
fn what_silently_does_nothing_is_said() {
    let base = "schema = 1\n[run]\nreplicates = 5\n[capability_don]\nnodes = 4\n";
    let cut = |from: &str, to: &str, start: &str| {
        format!("[[network.cuts]]\nfrom = [\"{from}\"]\nto = [\"{to}\"]\nstart = \"{start}\"\n")
    };
    for (nothing, name) in [
        ("[[network.partitions]]\nnodes = [\"workflow\", \"capability\"]\n".to_owned(), "network.partitions.0"),
        (cut("capability.0", "capability.1", "0s"), "network.cuts.0"),
        (cut("capability.0", "workflow.0", "1h"), "network.cuts.0"),
    ] {
        let said = donsim(folder_with(format!("{base}{nothing}")).path(), &["run", "scenario.toml"]);
        assert_eq!(said.code, 3, "{said:?}");
        assert!(said.stderr.contains(&format!("inconclusive: never acted: {name}\n")), "{said:?}");
    }
    let acting = cut("capability.0", "workflow.0", "0s");
    let said = donsim(folder_with(format!("{base}{acting}")).path(), &["run", "scenario.toml"]);
    assert_eq!(said.code, 0, "{said:?}");

    let few = format!("{base}payload_holders = 1\n[[faults.wrong_payload]]\nnodes = 2\nholders = 2\n");
    let said = donsim(folder_with(few).path(), &["run", "scenario.toml"]);
    let warning =
        "warning: faults.wrong_payload.0 asks for more payload holders than there were: 5 too few in 5 replicates";
    assert!(said.stderr.contains(warning), "{said:?}");
}

#[test]
fn bench_prints_a_ratio_a_line() {
    let folder = tempdir().unwrap();
    let said = donsim(folder.path(), &["bench", "check_r2", "sign", "--turns", "1"]);
    let lines: Vec<Vec<&str>> = said.stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!((said.code, lines.len()), (0, 3), "{said:?}");
    for (line, name) in lines[1..].iter().zip(["check_r2", "sign"]) {
        let number = |at: usize| line[at].parse::<f64>().unwrap();
        assert!(line[0] == name && (number(1) / number(2) / number(3) - 1.0).abs() < 0.1, "{line:?}");
    }
    assert_eq!(donsim(folder.path(), &["bench", "nothing"]).code, 4);
}
