//! The catalogue of faults for people, `docs/faults.md`, with a scenario and a diagram each in `docs/faults/`: made of the
//! faults' own descriptions, so that none is forgotten. `DONSIM_RENEW=1` writes it anew.

mod effects;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use donsim::scenario::{FaultDescription, Key, Preset, common_fault_keys, fault_catalogue};
use donsim::sim::{Outcome, Replicate, ReplicateCache, Row, Side, simulate};

use effects::{ATTESTED, Effect, Grouped, effects, setup, sound};

use super::cores::on_all_cores;
use super::{is_renewing, root};

const HEAD: &str = "\
# Faults, one by one

Every fault that a scenario may have, in a small world: `N = 4`, `F = 1`, four callers, the payload at `F + 1` nodes. At the top of each
part stands what a fault changes under each [rule set](weaknesses.md#rule-sets), then each fault with its keys and one drawn request under
`attested`. Where a fault can be on a payload holder, it is. The words, such as PNA, metering and config digest, stand in
[weaknesses.md](weaknesses.md#rule-sets).

Two clocks: the instants of a picture, from its title on, count from the start of the replicate; latencies count from the first send of the
request, some ms later. [replay.md](replay.md#as-a-picture) says how to read a picture; the scenario and the command that draws it stand
above it.

The tables are of the first 50 replicates of each scenario, for example
`donsim run docs/faults/silent.toml --replicates 50 --sweep aggregator.rule_set=identical,attested`. A cell says which share of the
requests of honest callers is not accepted rightly: *wrong* is another response than that of the honest nodes, *tainted* one with wrong
metering alone. Where all are accepted rightly, it says how much longer their median latency is than without the fault. `=`: no request
ends otherwise or at another time. The last column has the KiB of a request at all callers together, under `attested`, where the fault
changes them by more than 5 %.

`donsim faults` prints the same list. This page, the scenarios and the pictures are written by `DONSIM_RENEW=1 cargo test --test docs`.
";

/// What stands above the second table.
const BEYOND: &str = "\
With two such nodes, `F + 1`: more than the rules have to bear. Here `collude` is true where a fault has it, and all nodes hold the payload but
with `pull` and OCR rounds. A fault that is not in the table ends no request otherwise then, either.
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

/// What the page has of one fault.
struct Entry {
    text: String,
    /// With one node that has it, and with `F + 1` where these do more than one.
    alone: Vec<Effect>,
    beyond: Vec<Effect>,
}

fn files() -> Files {
    let made = Mutex::new((Files::new(), BTreeMap::new()));
    on_all_cores(fault_catalogue(), |fault| {
        let (files, entry) = entry(fault);
        let mut made = made.lock().expect("no panic while it is held");
        made.0.extend(files);
        made.1.insert(fault.name, entry);
    });
    let (mut files, entries) = made.into_inner().expect("no panic while it was held");
    let mut page = HEAD.to_owned();
    for (side, title) in [(Side::Capability, "Capability nodes"), (Side::Workflow, "Workflow nodes")] {
        let faults: Vec<&FaultDescription> = fault_catalogue().iter().filter(|fault| fault.side == side).collect();
        let _ = write!(page, "\n## {title}\n\n{}", comparison(&faults, &entries));
        let _ = write!(page, "\nKeys of all of them, as far as they make sense:\n\n{}", table(common_fault_keys(side)));
        page.extend(faults.iter().map(|fault| &*entries[fault.name].text));
    }
    files.insert("faults.md".into(), page.into_bytes());
    files
}

/// What the faults of a side change.
fn comparison(faults: &[&FaultDescription], entries: &BTreeMap<&str, Entry>) -> String {
    let (mut alone, mut beyond) = (Grouped::default(), Grouped::default());
    for fault in faults {
        let entry = &entries[fault.name];
        let changes = entry.beyond.iter().any(Effect::ends_otherwise);
        for (rows, effects) in [(&mut alone, Some(&entry.alone)), (&mut beyond, changes.then_some(&entry.beyond))] {
            if let Some(effects) = effects {
                rows.add_world(world(fault).0.trim_end(), effects);
                rows.add(fault.name, effects);
            }
        }
    }
    let more = match beyond.table() {
        Some(table) => format!("{BEYOND}\n{table}"),
        None => "With two such nodes, `F + 1`, all requests of honest callers end as without them, too.\n".to_owned(),
    };
    format!("With one such node:\n\n{}\n{more}", alone.table().unwrap_or_default())
}

/// The entry of a fault, with its scenario and its diagram.
fn entry(fault: &FaultDescription) -> (Files, Entry) {
    let FaultDescription { name, meaning, own, .. } = fault;
    let text = scenario(fault);
    let (options, effect) = request(name, &text);
    let svg = drawn(&text, &options);
    let ending = svg.split("font-weight=\"bold\">\n").nth(1).and_then(|rest| rest.lines().next()).expect("a title");
    let ending = ending.replace(" ms on", " ms on the clock of the picture");
    let keys = if own.is_empty() { String::new() } else { format!("\n{}", table(own)) };
    let alone = effects(&text, &[]);
    let entry = format!(
        "\n### {name}\n\n{meaning}{}\n{keys}{}\n{ending}{effect}: `donsim replay docs/faults/{name}.toml{options} --diagram {name}.svg`\n\n\
         ![A request at a node with {name}](faults/{name}.svg)\n",
        fault.lacks(),
        on_others(fault, &alone)
    );
    let entry = Entry { text: entry, alone, beyond: effects(&text, &beyond(fault)) };
    let files = [("toml", text), ("svg", svg)]
        .map(|(ending, text)| (format!("faults/{name}.{ending}").into(), text.into_bytes()));
    (files.into(), entry)
}

/// What a faulty caller does to the others, which its picture does not show.
fn on_others(fault: &FaultDescription, effects: &[Effect]) -> String {
    if fault.side == Side::Capability {
        return String::new();
    }
    let effect = &effects[ATTESTED];
    let (changed, all) = effect.changed();
    format!(
        "\nOf {all} requests of the three honest callers {changed} end otherwise or at another time, and a request costs {} KiB in place of \
         {}. The picture has no messages of these callers, who ask too: nodes execute once two callers have asked.\n",
        effect.kib_with(),
        effect.kib_without()
    )
}

/// What makes a fault of `F + 1` nodes of it, who do the same if they can, while every node holds the payload.
fn beyond(fault: &FaultDescription) -> Vec<String> {
    let (world, holders) = world(fault);
    let key = |key: &str, value: &str| format!("faults.{}.{key}={value}", fault.name);
    let mut keys = vec![key("nodes", "2")];
    if holders.is_some() && fault.side == Side::Capability {
        keys.push(key("holders", if world.is_empty() { "2" } else { "0" }));
    }
    keys.extend(fault.own.iter().filter(|own| own.name == "collude").map(|own| key(own.name, "true")));
    keys.extend(world.is_empty().then(|| "capability_don.payload_holders=all".to_owned()));
    keys
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
    let (faulty, sound) = (setup(text, &[]), sound(text, &[]));
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
    let ms = |row: &Row| row.latency.map(|latency| format!("{:.1} ms after", latency.as_nanos() as f64 / 1e6));
    let effect = match (ms(&with), ms(&without)) {
        (Some(after), Some(before)) if with.outcome != without.outcome => {
            format!(" {after} its first send; without the fault it succeeds {before} it")
        }
        (Some(with), Some(without)) if with == without => {
            format!(" {with} its first send, as it would without the fault")
        }
        (Some(with), Some(without)) => format!(" {with} its first send, and would {without} it without the fault"),
        // A caller that is faulty itself is not measured.
        (None, _) if with.outcome == Outcome::Byzantine => String::new(),
        (_, Some(without)) => format!("; without the fault it succeeds {without} its first send"),
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
