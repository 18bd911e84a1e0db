//! What is committed for people and editors is what the program knows, and the JSON Schema takes what is right and
//! refuses what is wrong.

use std::fs;
use std::path::{Path, PathBuf};

use donsim::scenario::{Scenario, json_schema, markdown};
use jsonschema::Validator;
use serde_json::{Map, Value as Json, json};
use toml::de::{DeTable, DeValue};

fn scenarios() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

/// Every file below a folder with this ending.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let found = entries.flat_map(|path| if path.is_dir() { files(&path, ending) } else { vec![path] });
    found.filter(|path| path.to_str().is_some_and(|path| path.ends_with(ending))).collect()
}

fn validator() -> Validator {
    let schema: Json = serde_json::from_str(&json_schema()).unwrap();
    jsonschema::draft202012::meta::validate(&schema).expect("it keeps to its own draft");
    jsonschema::draft202012::new(&schema).unwrap()
}

/// A TOML text as editors hand it to a schema.
fn to_json(text: &str) -> Json {
    fn convert(value: &DeValue<'_>) -> Json {
        match value {
            DeValue::String(text) => json!(text),
            DeValue::Integer(number) => json!(i64::from_str_radix(number.as_str(), number.radix()).unwrap()),
            DeValue::Float(number) => json!(number.as_str().parse::<f64>().unwrap()),
            DeValue::Boolean(flag) => json!(flag),
            DeValue::Datetime(date) => json!(date.to_string()),
            DeValue::Array(items) => items.iter().map(|item| convert(item.get_ref())).collect(),
            DeValue::Table(table) => of_table(table),
        }
    }
    fn of_table(table: &DeTable<'_>) -> Json {
        let entries = table.iter().map(|(key, value)| (key.get_ref().to_string(), convert(value.get_ref())));
        Json::Object(entries.collect::<Map<_, _>>())
    }
    of_table(DeTable::parse(text).unwrap_or_else(|error| panic!("{text}\n{error}")).get_ref())
}

#[test]
fn the_committed_documents_are_those_of_the_program() {
    for (name, option, text) in [("scenario.schema.json", "", json_schema()), ("README.md", " --markdown", markdown())]
    {
        let command = format!("cargo run -- schema{option} > scenarios/{name}");
        let committed = fs::read_to_string(scenarios().join(name)).unwrap_or_default();
        assert!(
            committed == text,
            "scenarios/{name} is not up to date; renew it by `{command}` and read the difference"
        );
    }
}

#[test]
fn the_command_prints_them() {
    for (args, text) in [(&["schema"][..], json_schema()), (&["schema", "--markdown"], markdown())] {
        let output = assert_cmd::cargo_bin_cmd!("donsim").args(args).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty());
        assert!(output.stdout == text.as_bytes(), "{args:?}");
    }
}

/// Editors take the first line of a file for the place of its schema.
#[test]
fn every_scenario_names_the_schema_and_keeps_to_it() {
    let validator = validator();
    let found = files(&scenarios(), ".toml");
    assert!(found.len() >= 26);
    for path in found {
        let text = fs::read_to_string(&path).unwrap();
        let named = text.lines().next().and_then(|line| line.strip_prefix("#:schema ")).unwrap_or_default();
        let schema = path.parent().unwrap().join(named).canonicalize().ok();
        let expected = scenarios().join("scenario.schema.json").canonicalize().unwrap();
        let up = "../".repeat(path.strip_prefix(scenarios()).unwrap().components().count() - 1);
        let line = format!("#:schema {}scenario.schema.json", if up.is_empty() { "./" } else { &up });
        assert_eq!(schema, Some(expected), "{} should begin with `{line}`", path.display());
        let errors: Vec<_> = validator.iter_errors(&to_json(&text)).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", path.display());
    }
}

/// What `resolved.toml` says has every key in it.
#[test]
fn every_resolved_scenario_keeps_to_it() {
    let validator = validator();
    for path in files(&scenarios(), ".toml") {
        let scenario = Scenario::load(&path, &[]).unwrap_or_else(|found| panic!("{found}"));
        let errors: Vec<_> = validator.iter_errors(&to_json(scenario.resolved())).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", path.display());
    }
}

/// Every example in the schema is a value that the schema takes, and so is every default.
#[test]
fn examples_and_defaults_keep_to_their_own_schema() {
    fn walk(node: &Json, at: &str, visit: &mut impl FnMut(&str, &Json)) {
        let Json::Object(entries) = node else { return };
        if entries.contains_key("examples") {
            visit(at, node);
        }
        for (key, below) in entries {
            walk(below, &format!("{at}/{key}"), visit);
        }
    }
    let schema: Json = serde_json::from_str(&json_schema()).unwrap();
    let mut checked = 0;
    walk(&schema["properties"], "", &mut |at, node| {
        let mut alone = node.clone();
        alone["$defs"] = schema["$defs"].clone();
        let validator = jsonschema::draft202012::new(&alone).unwrap();
        for value in node["examples"].as_array().unwrap().iter().chain(node.get("default")) {
            checked += 1;
            assert!(validator.is_valid(value), "{at}: {value}");
        }
    });
    assert!(checked > 60, "{checked}");
}

/// taplo's language server, which most editors run, ignores what stands beside a reference and recurses without end on
/// `allOf`.
#[test]
fn editors_bear_the_schema() {
    fn walk(node: &Json, visit: &mut impl FnMut(&Map<String, Json>)) {
        match node {
            Json::Object(entries) => {
                visit(entries);
                entries.values().for_each(|below| walk(below, visit));
            }
            Json::Array(items) => items.iter().for_each(|item| walk(item, visit)),
            _ => {}
        }
    }
    let schema: Json = serde_json::from_str(&json_schema()).unwrap();
    let mut references = 0;
    walk(&schema, &mut |entries| {
        assert!(!entries.contains_key("allOf"), "{entries:?}");
        if let Some(Json::String(reference)) = entries.get("$ref") {
            references += 1;
            assert_eq!(entries.len(), 1, "{entries:?}");
            assert!(schema.pointer(&reference[1..]).is_some(), "{reference} leads nowhere");
        }
    });
    assert!(references > 100, "{references}");
}

/// Texts behind `schema = 1` that the loader takes, and the schema does, too.
const RIGHT: &[&str] = &[
    "",
    "[capability_don]\npayload_holders = 0\nocr = \" 1.5 s \"\nexecution = { dist = \"constant\", value = \"0s\" }",
    "[workflow_don]\nstart_skew = { dist = \"pareto\", min = \"7µs\", alpha = 3 }\n[aggregator]\ntimeout = \"2m\"",
    "[network]\nbandwidth = \"0.5MiB/s\"\nloss = 1\n[network.latency]\ndist = \"exponential\"\nmean = \"5ms\"",
    "[[network.partitions]]\nnodes = [\"workflow\", \"capability.0-4\"]\n[[network.cuts]]\nfrom = [\"workflow.3\"]\nto = [\"capability\"]",
    "[[faults.crash]]\nnodes = 0\n[[faults.crash]]\nnodes = 1\noverlap = true\n[sweep.grid]\nfaults.crash.1.nodes = [0, 1]",
    "[[faults.silent]]\n[sweep.grid]\nfaults.silent.nodes = [0, 1]",
    "[sweep.grid]\n\"network.loss\" = [0, 0.1]\n[sweep.grid.network]\n\"response.loss\" = [0, 0.1]",
    "[sweep.grid]\nnetwork.latency.p50 = [\"1ms\", \"2ms\"]\ncapability_don.payload_holders = [\"f+1\", \"all\", 3, { agree = 1 }]",
    "[sweep.zip]\nworkflow_don.start_skew = [\"0s\", { dist = \"exponential\", mean = \"1s\" }]\nnetwork.frame = [\"0B\", \"1 KB\"]",
    "[[expect]]\nthat = \"p99 <= 9h\"\nwhere = \"network.loss == 0\"\nconfidence = 0.5",
];

#[test]
fn what_is_right_is_taken() {
    let validator = validator();
    for text in RIGHT {
        let text = format!("schema = 1\n{text}\n");
        let loaded = Scenario::parse(Path::new("right.toml"), text.clone(), &[]);
        assert!(loaded.is_ok(), "{text}\n{}", loaded.unwrap_err());
        let errors: Vec<_> = validator.iter_errors(&to_json(&text)).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{text}\n{errors:?}");
    }
}

/// Ranges and conditions of sweeps, and whether they are right.
const SWEEPS: &[(&str, bool)] = &[
    ("where = \"network.loss > 0\"\n[sweep.grid]\nnetwork.loss = { from = 0, to = 0.3, step = 0.1 }", true),
    ("grid.request.payload_size = { from = \"1KiB\", to = \"1MiB\", points = 11, scale = \"log\" }", true),
    ("grid.network.latency.p50 = { from = \"1ms\", to = \"9ms\", step = \"2ms\" }", true),
    ("grid.capability_don.ocr = { from = \"1s\", to = \"3s\", points = 3 }", true),
    ("grid.capability_don.payload_holders = { from = 1, to = 6, step = 1 }", true),
    ("grid.capability_don.ocr = { from = 1, to = 3, points = 3 }", false),
    ("grid.capability_don.nodes = { from = 4, to = 31 }", false),
    ("grid.capability_don.nodes = { from = 4, to = 31, step = 3, points = 3 }", false),
    ("grid.capability_don.nodes = { from = 4, to = 31, step = 0 }", false),
    ("grid.capability_don.nodes = { from = 4, to = 31, points = 1 }", false),
    ("grid.capability_don.nodes = { from = 4, to = 31, step = 3, scale = \"log\" }", false),
    ("grid.capability_don.nodes = { form = 4, to = 31, step = 3 }", false),
    ("grid.aggregator.timeout = { from = 4, to = 31, step = 3 }", false),
    ("grid.aggregator.rule_set = { from = \"identical\", to = \"attested\", step = 1 }", false),
    ("where = 3", false),
];

#[test]
fn ranges_are_known() {
    let validator = validator();
    for (text, right) in SWEEPS {
        let text = format!("schema = 1\n[sweep]\n{text}\n");
        assert_eq!(Scenario::parse(Path::new("sweep.toml"), text.clone(), &[]).is_ok(), *right, "{text}");
        let json = to_json(&text);
        let errors: Vec<_> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
        assert_eq!(errors.is_empty(), *right, "{text}\n{errors:?}");
    }
}

/// Texts that neither the loader takes nor the schema, and where the schema sees it.
const WRONG: &[(&str, &str)] = &[
    ("nme = \"x\"", ""),
    ("schema = 2", "/schema"),
    ("name = \"a b\"", "/name"),
    ("name = \"..\"", "/name"),
    ("description = 3", "/description"),
    ("network = 3", "/network"),
    ("[run]\nreplicates = 0", "/run/replicates"),
    ("[run]\nreplicates = -5", "/run/replicates"),
    ("[run]\nseed = 1.5", "/run/seed"),
    ("[capability_don]\nnods = 4", "/capability_don"),
    ("[capability_don]\nnodes = \"4\"", "/capability_don/nodes"),
    ("[capability_don]\nnodes = 1001", "/capability_don/nodes"),
    ("[capability_don]\nf = -1", "/capability_don/f"),
    ("[capability_don]\npayload_holders = \"f+2\"", "/capability_don/payload_holders"),
    ("[capability_don]\npayload_holders = { agree = 2 }", "/capability_don/payload_holders"),
    ("[capability_don]\nocr = 1.5", "/capability_don/ocr"),
    ("[capability_don]\nocr = \"rounds\"", "/capability_don/ocr"),
    ("[capability_don]\nexecution = { dist = \"gamma\" }", "/capability_don/execution"),
    ("[capability_don]\nexecution = { dist = \"lognormal\", p50 = \"1s\" }", "/capability_don/execution"),
    (
        "[capability_don]\nexecution = { dist = \"uniform\", min = \"1s\", max = \"2s\", p50 = \"1s\" }",
        "/capability_don/execution",
    ),
    ("[capability_don]\nexecution = { dist = \"regions\", file = \"x.csv\" }", "/capability_don/execution"),
    ("[capability_don]\nregions = \"tokyo\"", "/capability_don/regions"),
    ("[capability_don]\nallow_infeasible = \"yes\"", "/capability_don/allow_infeasible"),
    ("[aggregator]\nrule_set = \"attestd\"", "/aggregator/rule_set"),
    ("[aggregator]\ntimeout = 40", "/aggregator/timeout"),
    ("[aggregator]\ntimeout = \"40\"", "/aggregator/timeout"),
    ("[aggregator]\ntimeout = \"40 parsec\"", "/aggregator/timeout"),
    ("[aggregator]\ntimeout = \"-1s\"", "/aggregator/timeout"),
    ("[aggregator]\ntimeout = \"0.0s\"", "/aggregator/timeout"),
    ("[request]\npayload_size = \"64kb\"", "/request/payload_size"),
    ("[request]\npayload_size = \"64ms\"", "/request/payload_size"),
    ("[request]\nschedule = \"random\"", "/request/schedule"),
    ("[network]\nloss = 1.5", "/network/loss"),
    ("[network]\nloss = \"1%\"", "/network/loss"),
    ("[network]\nbandwidth = \"100Mb/s\"", "/network/bandwidth"),
    ("[network]\nbandwidth = \"0bit/s\"", "/network/bandwidth"),
    ("[network.reponse]\nloss = 0.1", "/network"),
    ("[[network.cuts]]\nfrom = [\"workflow\"]", "/network/cuts/0"),
    ("[[network.partitions]]\nnodes = [\"nodes\"]", "/network/partitions/0/nodes/0"),
    ("[[network.partitions]]\nnodes = []", "/network/partitions/0/nodes"),
    ("[[faults.crsh]]\nnodes = 1", "/faults"),
    ("[faults.crash]\nnodes = 1", "/faults/crash"),
    ("[[faults.crash]]\nholders = 1", "/faults/crash/0"),
    ("[[faults.slow]]\nnodes = 1", "/faults/slow/0"),
    ("[[faults.crash]]\nnodes = 1\ntargets = 1", "/faults/crash/0"),
    ("[[faults.error_spam]]\nnodes = 1\ntext = \"\"", "/faults/error_spam/0/text"),
    ("[[faults.duplicate_answers]]\nnodes = 1\ncopies = 1", "/faults/duplicate_answers/0/copies"),
    ("[safety]\nexpect = \"violate\"", "/safety/expect"),
    ("[[expect]]\nwhere = \"network.loss == 0\"", "/expect/0"),
    ("[[expect]]\nthat = \"accepted >= 0.9\"\nconfidence = 1", "/expect/0/confidence"),
    ("[sweep.gird]\nnetwork.loss = [0]", "/sweep"),
    ("[sweep.grid]\nnetwork.los = [0]", "/sweep/grid/network"),
    ("[sweep.grid]\nnetwork.loss = 0", "/sweep/grid/network/loss"),
    ("[sweep.grid]\nnetwork.loss = []", "/sweep/grid/network/loss"),
    ("[sweep.grid]\nnetwork.loss = [0, 2]", "/sweep/grid/network/loss"),
    ("[sweep.grid]\naggregator.rule_set = [\"attestd\"]", "/sweep/grid/aggregator/rule_set/0"),
    ("[sweep.grid]\nnetwork.latency.p5 = [\"1ms\"]", "/sweep/grid/network/latency"),
    ("[sweep.grid]\nrun.seed = [1, 2]", "/sweep/grid"),
];

#[test]
fn what_is_wrong_is_refused_at_its_place() {
    let validator = validator();
    for (text, place) in WRONG {
        let schema = if text.starts_with("schema") { "" } else { "schema = 1\n" };
        let text = format!("{schema}{text}\n");
        assert!(Scenario::parse(Path::new("wrong.toml"), text.clone(), &[]).is_err(), "{text}");
        let places: Vec<_> =
            validator.iter_errors(&to_json(&text)).map(|error| error.instance_path().to_string()).collect();
        assert_eq!(places, [*place], "{text}");
    }
    assert!(!validator.is_valid(&json!({})), "`schema` is required");
}
