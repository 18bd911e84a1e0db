//! The catalogue of faults for people, `docs/faults.md`, with a scenario and a diagram each in `docs/faults/`: made of the
//! faults' own descriptions, so that none is forgotten. `DONSIM_RENEW=1` writes it anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use donsim::scenario::{FaultDescription, Key, Preset, Scenario, fault_catalogue};
use donsim::sim::{Outcome, Replicate, ReplicateCache, Row, Side, simulate};

use super::{is_renewing, root};

const HEAD: &str = "\
# Faults, one by one

Every fault that a scenario may have, with a request at which one node has it, in a small world: `N = 4`, `F = 1`, the payload at
`F + 1` nodes, the rule set `attested`. Where a fault can be on a payload holder, it is. The scenario and the command that draws the
picture stand beside each; [replay.md](replay.md#as-a-picture) says how to read it, and the line above it what became of the request. To
see how often it ends this way, run the scenario with more replicates. The words, such as metering and attestation, stand in
[weaknesses.md](weaknesses.md#rule-sets).

`donsim faults` prints the same list. This page, the scenarios and the pictures are written by `DONSIM_RENEW=1 cargo test --test docs`.
";

/// All files by their paths in `docs/`.
type Files = BTreeMap<PathBuf, Vec<u8>>;

#[test]
fn every_fault_is_in_the_catalogue_with_its_diagram() {
    let made = files();
    let docs = root().join("docs");
    if is_renewing() {
        fs::create_dir_all(docs.join("faults")).expect("it is writable");
        for (name, bytes) in &made {
            fs::write(docs.join(name), bytes).expect("it is writable");
        }
    }
    for (name, bytes) in &made {
        let found = fs::read(docs.join(name)).unwrap_or_default();
        assert!(found == *bytes, "docs/{} is out of date: run DONSIM_RENEW=1 cargo test --test docs", name.display());
    }
    let there = fs::read_dir(docs.join("faults")).expect("it is there").map(|entry| entry.expect("it is").file_name());
    let odd = there.map(|name| Path::new("faults").join(name)).find(|name| !made.contains_key(name));
    assert_eq!(odd, None, "of a fault that there is no longer");
}

fn files() -> Files {
    let mut files = Files::new();
    let mut page = HEAD.to_owned();
    for (side, title) in [(Side::Capability, "Capability nodes"), (Side::Workflow, "Workflow nodes")] {
        let faults: Vec<&FaultDescription> = fault_catalogue().iter().filter(|fault| fault.side == side).collect();
        let common = faults.iter().map(|fault| fault.common).max_by_key(|keys| keys.len()).unwrap_or_default();
        let _ = write!(page, "\n## {title}\n\nKeys of all of them, as far as they make sense:\n\n{}", table(common));
        for fault in faults {
            page += &entry(fault, &mut files);
        }
    }
    files.insert("faults.md".into(), page.into_bytes());
    files
}

/// The entry of a fault; its scenario and its diagram go to the files.
fn entry(fault: &FaultDescription, files: &mut Files) -> String {
    let FaultDescription { name, meaning, own, .. } = fault;
    let text = scenario(fault);
    let (options, effect) = request(name, &text);
    let svg = drawn(&text, &options);
    let ending = svg.split("font-weight=\"bold\">\n").nth(1).and_then(|rest| rest.lines().next()).expect("a title");
    let keys = if own.is_empty() { String::new() } else { format!("\n{}", table(own)) };
    files.insert(format!("faults/{name}.toml").into(), text.into_bytes());
    files.insert(format!("faults/{name}.svg").into(), svg.clone().into_bytes());
    format!(
        "\n### {name}\n\n{meaning}\n{keys}\n{ending}{effect}: `donsim replay docs/faults/{name}.toml{options} --diagram {name}.svg`\n\n\
         ![A request at a node with {name}](faults/{name}.svg)\n"
    )
}

fn table(keys: &[Key]) -> String {
    let row = |key: &Key| {
        let preset = match key.preset {
            Preset::Required => "required".to_owned(),
            Preset::Value(value) => format!("`{value}`"),
            Preset::Derived(words, _) | Preset::Open(words) => words.to_owned(),
        };
        format!("| `{}` | {preset} | {} |\n", key.name, key.meaning)
    };
    format!("| key | when absent | meaning |\n| --- | --- | --- |\n{}", keys.iter().map(row).collect::<String>())
}

/// A key of `[capability_don]` without which the fault changes nothing, and how many payload holders have it; none where a fault
/// cannot tell them.
fn world(fault: &FaultDescription) -> (&'static str, Option<u32>) {
    match fault.name {
        name if name.starts_with("ocr_") => ("capability_don.ocr = \"round\"\n", None),
        // Where all answer unasked nobody announces; and it is a lie of whoever has no payload.
        "false_announcement" => ("capability_don.response_strategy = \"pull\"\n", Some(0)),
        _ => ("", Some(1)),
    }
}

/// A small world in which one node has the fault, a payload holder if the fault can be told so.
fn scenario(fault: &FaultDescription) -> String {
    let (world, holders) = world(fault);
    let keys = fault.common.iter().chain(&fault.own).filter_map(|key| match key.name {
        "nodes" => Some("nodes = 1\n".to_owned()),
        "holders" => holders.map(|count| format!("holders = {count}\n")),
        "delay" if key.preset == Preset::Required => Some("delay = \"300ms\"\n".to_owned()),
        name => {
            assert!(key.preset != Preset::Required, "what is {name} of {}?", fault.name);
            None
        }
    });
    format!(
        "schema = 1\nname = \"{}\"\nrun.replicates = 100\ncapability_don.nodes = 4\n{world}[[faults.{}]]\n{}",
        fault.name,
        fault.name,
        keys.collect::<String>()
    )
}

/// Options that choose the first request whose end or latency the fault changes, and how it would end without: at a caller that has
/// it itself in any case. Where it changes none, the first at which it acts.
fn request(name: &str, text: &str) -> (String, String) {
    let setup = |text: &str| {
        let scenario = Scenario::parse(Path::new("fault.toml"), text.to_owned(), &[]);
        scenario.unwrap_or_else(|findings| panic!("{name}: {findings}")).cell(0).setup
    };
    let (faulty, sound) = (setup(text), setup(text.split("[[").next().unwrap_or_default()));
    let cache = &mut ReplicateCache::new(faulty.run.seed);
    let pairs: Vec<_> = (0..20).map(|number| [&faulty, &sound].map(|setup| simulate(setup, number, cache))).collect();
    let acts = |pair: &[Replicate; 2]| pair[0].faults[0].fired > 0;
    let rows = |pair: &[Replicate; 2]| {
        let [with, without] = pair;
        with.rows.iter().cloned().zip(without.rows.iter().cloned()).collect::<Vec<(Row, Row)>>()
    };
    let is_caller = |(row, _): &(Row, Row)| row.outcome == Outcome::Byzantine;
    let is_changed = |(a, b): &(Row, Row)| (a.outcome, a.latency) != (b.outcome, b.latency);
    let choose = |is_so: &dyn Fn(&(Row, Row)) -> bool| {
        let acting = (0..).zip(&pairs).filter(|(_, pair)| acts(pair));
        acting
            .flat_map(|(number, pair)| rows(pair).into_iter().map(move |row| (number, row)))
            .find(|(_, row)| is_so(row))
    };
    let found = choose(&is_caller).or_else(|| choose(&is_changed)).or_else(|| choose(&|_| true));
    let (number, (with, without)) = found.unwrap_or_else(|| panic!("{name} does nothing"));
    let options = format!(" --replicate {number} --only workflow.{}", with.workflow_node);
    let ms = |row: &Row| row.latency.map(|latency| format!("{:.1} ms", latency.as_nanos() as f64 / 1e6));
    let effect = match (ms(&with), ms(&without)) {
        (Some(after), Some(before)) if with.outcome != without.outcome => {
            format!(" after {after}; without the fault it succeeds after {before}")
        }
        (Some(with), Some(without)) if with == without => format!(" after {with}, as it would without the fault"),
        (Some(with), Some(without)) => format!(" after {with}, and would after {without} without the fault"),
        // A caller that is faulty itself is not measured.
        (None, _) if with.outcome == Outcome::Byzantine => String::new(),
        (_, Some(without)) => format!("; without the fault it succeeds after {without}"),
        _ => String::new(),
    };
    (options, effect)
}

/// What `donsim replay` draws.
fn drawn(text: &str, options: &str) -> String {
    let folder = tempfile::tempdir().expect("there is room");
    fs::write(folder.path().join("fault.toml"), text).expect("there is room");
    let args = format!("replay fault.toml{options} --diagram drawn.svg");
    let output = Command::new(env!("CARGO_BIN_EXE_donsim")).args(args.split(' ')).current_dir(folder.path()).output();
    let output = output.expect("it starts");
    fs::read_to_string(folder.path().join("drawn.svg"))
        .unwrap_or_else(|_| panic!("{text}\n{}", String::from_utf8_lossy(&output.stderr)))
}
