//! Plans: defaults, sweeps, overrides, ids and the way back through `resolved.toml`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::super::{Axis, AxisValue, Preset, fault_catalogue};
use super::*;
use crate::aggregator::RuleSet;
use crate::engine::{Distribution, Span, Time};
use crate::network::{Latency, NodeSet};
use crate::sim::*;

/// A scenario that uses every table, kind of value and way of sweeping, with the files it names.
const EVERYTHING: &str = r#"
schema = 1
name = "all.of-it_1"
description = "with \"quotes\",\n a \\ and a \u0007"
[run]
seed = 9_000
replicates = 7
[capability_don]
nodes = 7
payload_holders = { agree = 0.75 }
execution = { dist = "empirical", file = "trace.txt" }
ocr = { dist = "pareto", min = "1s", alpha = 2.5 }
regions = ["a", "b"]
[workflow_don]
start_skew = { dist = "constant", value = "3ms" }
regions = ["b"]
[request]
arrival = { dist = "exponential", mean = "0.1s" }
count = 3
schedule = "one_at_a_time"
[network]
latency = { dist = "regions", file = "sub/rtt.csv", jitter = { dist = "uniform", min = "0s", max = "1500us" } }
bandwidth = "12.5MB/s"
uplink = "1Gbit/s"
[network.response]
latency = { dist = "lognormal", p50 = "40ms", p99 = "180ms" }
[[network.partitions]]
nodes = ["workflow", "capability.0-2"]
end = "2s"
[[network.cuts]]
from = ["capability.1"]
to = ["workflow.0"]
start = "1s"
[[faults.slow]]
nodes = 1
delay = { dist = "lognormal", p50 = "1s", p99 = "2s" }
[[faults.error_spam]]
nodes = 1
text = "no\tluck"
[[faults.error_spam]]
nodes = 1
holders = 1
distinct = true
[safety]
expect = "violated"
[sweep.zip]
capability_don.nodes = [7, 10]
"faults.error_spam.1.nodes" = [1, 2]
[sweep.grid]
network.response.latency.p50 = ["40ms", "20ms"]
network.latency.file = ["sub/rtt.csv", "sub/rtt2.csv"]
request.payload_size = ["1KiB", "1000B"]
"#;

fn everything(folder: &Path) -> Scenario {
    fs::create_dir_all(folder.join("sub")).unwrap();
    fs::write(folder.join("trace.txt"), "latency_ms\n5\n7.5\n").unwrap();
    fs::write(folder.join("sub/rtt.csv"), "from,a,b\na,2,10\nb,11,2\n").unwrap();
    fs::write(folder.join("sub/rtt2.csv"), "from,a,b\na,2,20\nb,21,2\n").unwrap();
    let path = folder.join("scenario.toml");
    fs::write(&path, EVERYTHING).unwrap();
    Scenario::load(&path, &[]).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn an_almost_empty_file_is_a_scenario() {
    let scenario = plan("");
    assert_eq!((scenario.name(), scenario.cell_count(), scenario.axes()), ("demo", 1, &[][..]));
    assert_eq!(scenario.run(), Run { seed: 1, replicates: 1000, strata: false });
    assert_eq!(scenario.safety(), Safety::Holds);
    let setup = scenario.cell(0).setup;
    assert_eq!((setup.capability_don.nodes, setup.capability_don.f), (16, 5));
    assert_eq!((setup.workflow_don.nodes, setup.workflow_don.f, setup.workflow_don.needed), (4, 1, 3));
    assert_eq!(setup.capability_don.payload_holders, PayloadHolders::FPlusOne);
    assert_eq!(setup.aggregator.rule_set, RuleSet::Attested.into());
    let skew = Distribution::Uniform { min: Span::ZERO, max: Span::from_millis(50) };
    assert_eq!(setup.workflow_don.start_skew, skew);
    let latency = Distribution::lognormal(Span::from_millis(40), Span::from_millis(180)).unwrap();
    assert_eq!(setup.network.response.latency, Latency::Distribution(latency));
    assert_eq!((setup.network.uplink, setup.network.frame, setup.request.payload_size), (None, 37, 1024));
}

#[test]
fn bounds_follow_the_nodes_unless_given() {
    let setup = plan("[capability_don]\nnodes = 31\n[workflow_don]\nnodes = 10\nf = 2").cell(0).setup;
    assert_eq!((setup.capability_don.f, setup.workflow_don.f, setup.workflow_don.needed), (10, 2, 5));
    let swept = plan("[sweep.grid]\ncapability_don.nodes = [4, 7, 16]");
    let bounds: Vec<_> = (0..3).map(|index| swept.cell(index).setup.capability_don.f).collect();
    assert_eq!(bounds, [1, 2, 5]);
}

#[test]
fn every_part_of_the_file_arrives() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = everything(folder.path());
    let setup = scenario.cell(0).setup;
    let ms = Span::from_millis;
    assert_eq!(setup.capability_don.payload_holders, PayloadHolders::Agree(0.75));
    let trace = Distribution::empirical(vec![ms(5), Span::from_nanos(7_500_000)]).unwrap();
    assert_eq!(setup.capability_don.execution, trace);
    assert_eq!(setup.workflow_don.start_skew, Distribution::Constant(ms(3)));
    let Latency::Regions { matrix, .. } = &setup.network.request.latency else { panic!("a region matrix") };
    assert_eq!(matrix.round_trip[0][1], ms(10));
    assert_eq!((setup.network.uplink, setup.network.downlink), (Some(1_000_000_000), Some(100_000_000)));
    let cut_off = NodeSet { workflow: vec![0, 1, 2, 3], capability: vec![0, 1, 2] };
    assert_eq!(setup.network.partitions[0].nodes, cut_off);
    assert_eq!(setup.network.partitions[0].window.end, Time::ZERO + ms(2_000));
    assert_eq!(setup.network.cuts[0].window.end, Time::NEVER);
    let kinds: Vec<_> = setup.faults.iter().map(|fault| fault.kind.name()).collect();
    assert_eq!(kinds, ["error_spam", "error_spam", "slow"]);
    assert_eq!((setup.faults[1].holders, setup.faults[0].holders), (Some(1), None));
    assert_eq!(setup.safety, Safety::Violated);
    let stored: Vec<_> = scenario.files().iter().map(|file| file.stored.as_str()).collect();
    assert!(stored.iter().all(|name| name.starts_with("files/")), "{stored:?}");
    assert_eq!(stored.len(), 3);
}

#[test]
fn resolved_loads_to_the_same_plan() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = everything(folder.path());
    let copy = folder.path().join("copy");
    fs::create_dir_all(copy.join("files")).unwrap();
    for file in scenario.files() {
        fs::write(copy.join(&file.stored), &file.bytes).unwrap();
    }
    let resolved = copy.join("resolved.toml");
    fs::write(&resolved, scenario.resolved()).unwrap();
    let again = Scenario::load(&resolved, &[]).unwrap_or_else(|error| panic!("{error}\n{}", scenario.resolved()));
    assert_eq!(again.resolved(), scenario.resolved());
    assert_eq!((again.id(), again.name(), again.axes()), (scenario.id(), scenario.name(), scenario.axes()));
    assert_eq!(again.cell_count(), 16);
    for index in 0..16 {
        assert_eq!(again.cell(index), scenario.cell(index));
    }
    let stored = |scenario: &Scenario| scenario.files().iter().map(|file| file.stored.clone()).collect::<Vec<_>>();
    assert_eq!(stored(&again), stored(&scenario));
}

#[test]
fn the_committed_scenarios_load_and_survive_resolving() {
    for (name, count) in [("quickstart", 3), ("byzantine", 24), ("loss", 16), ("wan", 4)] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/{name}.toml"));
        let scenario = Scenario::load(&path, &[]).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((scenario.name(), scenario.cell_count()), (name, count));
        assert_eq!(scenario.text(), fs::read_to_string(&path).unwrap());
        if scenario.files().is_empty() {
            let again = Scenario::parse(Path::new("resolved.toml"), scenario.resolved().into(), &[]).unwrap();
            assert_eq!((again.id(), again.resolved()), (scenario.id(), scenario.resolved()));
        }
    }
}

#[test]
fn zipped_axes_are_slowest_and_the_last_of_the_grid_fastest() {
    let scenario = plan(
        "[sweep.grid]\nnetwork.loss = [0, 0.5]\n\"aggregator.rule_set\" = [\"attested\", \"identical\"]\n\
         [sweep.zip]\ncapability_don = { nodes = [4, 7], ocr = [\"1s\", \"2s\"] }",
    );
    let axis = |key: &str, group| Axis { key: key.into(), group };
    assert_eq!(
        scenario.axes(),
        [
            axis("capability_don.nodes", 0),
            axis("capability_don.ocr", 0),
            axis("network.loss", 1),
            axis("aggregator.rule_set", 2)
        ]
    );
    assert_eq!(
        cells(&scenario),
        [
            "4/1s/0/attested",
            "4/1s/0/identical",
            "4/1s/0.5/attested",
            "4/1s/0.5/identical",
            "7/2s/0/attested",
            "7/2s/0/identical",
            "7/2s/0.5/attested",
            "7/2s/0.5/identical"
        ]
    );
}

#[test]
fn dotted_axes_mean_the_same_however_they_are_quoted() {
    let texts = [
        "[sweep.grid]\nnetwork.loss = [0, 0.5]",
        "[sweep.grid]\n\"network.loss\" = [0, 0.5]",
        "[sweep.grid.network]\n'loss' = [0, 0.5]",
        "[sweep]\ngrid = { \"network\".loss = [0.0, 0.50] }",
    ];
    let ids: BTreeSet<_> = texts.map(|text| plan(text).id().to_string()).into();
    assert_eq!(ids.len(), 1);
}

#[test]
fn axis_values_carry_numbers_and_units() {
    let value = |key: &str, value: &str| {
        plan(&format!("[sweep.grid]\n{key} = [{value}]\n[[faults.slow]]\nnodes = 1\ndelay = \"1s\"")).cell(0).axes[0]
            .clone()
    };
    let expect = |text: &str, number, unit| AxisValue { text: text.into(), number, unit };
    assert_eq!(value("aggregator.timeout", "\"1500ms\""), expect("1.5s", Some(1500.0), "ms"));
    assert_eq!(value("request.payload_size", "\"64KiB\""), expect("64KiB", Some(65536.0), "bytes"));
    assert_eq!(value("network.bandwidth", "\"0.5Gbit/s\""), expect("500Mbit/s", Some(500.0), "Mbit/s"));
    assert_eq!(value("network.loss", "0.05"), expect("0.05", Some(0.05), ""));
    assert_eq!(value("aggregator.rule_set", "\"identical\""), expect("identical", None, ""));
    assert_eq!(value("capability_don.payload_holders", "\"f+1\""), expect("f+1", None, ""));
    assert_eq!(value("capability_don.payload_holders", "7"), expect("7", Some(7.0), ""));
    assert_eq!(value("faults.slow.delay", "\"5ms\""), expect("5ms", Some(5.0), "ms"));
    assert_eq!(value("faults.slow.0.nodes", "3"), expect("3", Some(3.0), ""));
    assert_eq!(value("network.latency.p50", "\"20ms\""), expect("20ms", Some(20.0), "ms"));
    let lognormal = "{ dist = \"lognormal\", p50 = \"40ms\", p99 = \"180ms\" }";
    assert_eq!(value("network.latency", lognormal), expect("lognormal(40ms, 180ms)", None, ""));
}

#[test]
fn overrides_outrank_the_file() {
    let text = "[sweep.zip]\naggregator.rule_set = [\"identical\", \"identical\", \"attested\"]\n\
                capability_don.payload_holders = [\"all\", \"f+1\", \"f+1\"]\n[sweep.grid]\nnetwork.loss = [0, 0.1]";
    let scenario =
        load(text, &["name=other", "run.seed=7", "run.replicates=5", "network.latency.p50=\"20ms\""]).unwrap();
    assert_eq!((scenario.name(), scenario.run()), ("other", Run { seed: 7, replicates: 5, strata: false }));
    assert_eq!(scenario.cell_count(), 6);
    let fast = Distribution::lognormal(Span::from_millis(20), Span::from_millis(180)).unwrap();
    assert_eq!(scenario.cell(0).setup.network.request.latency, Latency::Distribution(fast));

    let pinned = load(text, &["aggregator.rule_set=attested_strict", "network.loss=0.3"]).unwrap();
    assert_eq!(cells(&pinned), ["all/attested_strict/0.3", "f+1/attested_strict/0.3"]);
    assert_eq!(pinned.axes().iter().map(|axis| axis.group).collect::<Vec<_>>(), [0, 1, 2]);
    let both = load(text, &["aggregator.rule_set=attested", "capability_don.payload_holders=all"]).unwrap();
    assert_eq!(cells(&both), ["all/attested/0", "all/attested/0.1"]);
}

#[test]
fn ids_do_not_depend_on_spelling() {
    let id = |text: &str| plan(text).id().to_string();
    let same = [
        "[capability_don]\nocr = \"1500ms\"",
        "description = \"no part of it\"\n[capability_don]\nocr = \"1.5s\"",
        "[capability_don]\nnodes = 16\nf = 5",
        "",
    ];
    assert_eq!(same.map(id).into_iter().collect::<BTreeSet<_>>().len(), 1);
    let other =
        ["[run]\nseed = 2", "name = \"x\"", "[capability_don]\nocr = \"1.6s\"", "[safety]\nexpect = \"violated\"", ""];
    assert_eq!(other.map(id).into_iter().collect::<BTreeSet<_>>().len(), 5);
}

/// Folders of results are found again by these. When they change, so must `RESULTS_VERSION`.
#[test]
fn ids_are_pinned() {
    let scenario = plan("");
    assert_eq!((scenario.id(), scenario.cell(0).id.as_str()), ("b383d509", "73dddea716f1"));
}

#[test]
fn cell_ids_outlive_changes_of_the_sweep() {
    let alone = plan("[network]\nloss = 0.1").cell(0);
    let swept = plan("[run]\nseed = 5\n[sweep.grid]\nnetwork.loss = [0, 0.1]").cell(1);
    let longer = plan("[sweep.grid]\nnetwork.response.loss = [0.1, 0.2]\nnetwork.request.loss = [0, 0.1, 0.2]\nnetwork.ocr.loss = [0.1]").cell(1);
    assert_eq!((alone.id.as_str(), alone.id.as_str()), (swept.id.as_str(), longer.id.as_str()));
    assert_ne!(alone.id, plan("").cell(0).id);
    assert_eq!(alone.id.len(), 12);
}

#[test]
fn ten_thousand_cells_are_planned_on_demand() {
    let values =
        |last: u32, scale: f64| (0..last).map(|i| (f64::from(i) / scale).to_string()).collect::<Vec<_>>().join(", ");
    let text = format!(
        "[sweep.grid]\nnetwork.loss = [{}]\nnetwork.duplication = [{}]",
        values(100, 1000.0),
        values(100, 200.0)
    );
    let scenario = plan(&text);
    let ids: BTreeSet<_> = (0..scenario.cell_count()).map(|index| scenario.cell(index).id).collect();
    assert_eq!(ids.len(), 10_000);
}

/// A table of every kind of fault with no more keys than it needs.
fn every_fault() -> String {
    let tables = fault_catalogue().iter().map(|fault| {
        let required = fault.common.iter().chain(&fault.own).filter(|key| key.preset == Preset::Required);
        let required = required.map(|key| match key.name {
            "nodes" => "nodes = 0\n".to_owned(),
            name => format!("{name} = \"1s\"\n"),
        });
        format!("[[faults.{}]]\n{}", fault.name, required.collect::<String>())
    });
    tables.collect()
}

#[test]
fn every_fault_of_the_catalogue_arrives_by_its_name() {
    let scenario = plan(&every_fault());
    let setup = scenario.cell(0).setup;
    let arrived: Vec<_> = setup.faults.iter().map(|fault| (fault.kind.name(), fault.kind.side())).collect();
    let listed: Vec<_> = fault_catalogue().iter().map(|fault| (fault.name, fault.side)).collect();
    assert_eq!(arrived, listed);
    assert!(listed.is_sorted_by_key(|(name, _)| *name));
    assert!(setup.faults.iter().all(|fault| fault.probability == 1.0 && fault.targets.is_none() && !fault.overlap));
    let again = Scenario::parse(Path::new("resolved.toml"), scenario.resolved().into(), &[]).unwrap();
    assert_eq!((again.id(), again.resolved(), again.cell(0)), (scenario.id(), scenario.resolved(), scenario.cell(0)));
}

#[test]
fn a_fault_says_when_how_often_and_towards_whom() {
    let keys = "nodes = 3\nprobability = 0.5\ntargets = 2\nstart = \"1s\"";
    let setup =
        plan(&format!("[[faults.silent]]\n{keys}\noverlap = true\n[[faults.caller_silent]]\n{keys}")).cell(0).setup;
    let window = crate::engine::Window { start: Time::ZERO + Span::from_secs(1), end: Time::NEVER };
    let common =
        |kind, overlap| Fault { window, probability: 0.5, targets: Some(2), overlap, ..Fault::new(kind, 3, None) };
    assert_eq!(
        setup.faults,
        [common(FaultKind::named("caller_silent", []), false), common(FaultKind::named("silent", []), true)]
    );
}

#[test]
fn faults_that_may_overlap_need_no_nodes_of_their_own() {
    let shared = "[[faults.slow]]\nnodes = 16\ndelay = \"1s\"\noverlap = true\n";
    plan(&format!("{shared}[[faults.silent]]\nnodes = 9\n[[faults.crash]]\nnodes = 7"));
}

/// One minute against 45 s a stage asks two nodes in time, where eleven must observe.
#[test]
fn a_schedule_slower_than_the_deadline_is_warned_about() {
    let warned = |stage: &str| {
        let scenario = plan(&format!(
            "[aggregator]\ntimeout = \"1min\"\n[request]\nschedule = \"one_at_a_time\"\ndelta_stage = \"{stage}\""
        ));
        scenario.warnings().map(|warnings| warnings.render(false))
    };
    let text = warned("45s").unwrap_or_default();
    assert!(text.starts_with("warning: only 2 of 16 capability nodes are asked before the time-out of 60s"), "{text}");
    assert!(text.contains("OCR needs the observations of 11"), "{text}");
    // Eleven nodes are asked when the eleventh stage begins before the minute is over.
    assert!(warned("6s").is_some());
    assert_eq!(warned("5.9s"), None);
    assert!(plan("").warnings().is_none());
}

#[test]
fn limits_are_warned_about_where_nobody_says_whether_there_are_any() {
    let is_warned = |limits: &str| plan(&format!("[network.limits]\n{limits}")).warnings().is_some();
    assert!(is_warned("max_message = \"100B\"") && is_warned("[sweep.grid]\nnetwork.limits.send_rate = [1, 2]"));
    let said = ["enabled = true", "enabled = false", "[sweep.grid]\nnetwork.limits.enabled = [false, true]"];
    assert!(!is_warned("") && !said.iter().any(|enabled| is_warned(&format!("max_message = \"100B\"\n{enabled}"))));
}

#[test]
fn partners_have_the_first_value_and_are_equal_in_all_else() {
    let against_first = |text: &str, key: &str| plan(text).against_first(key);
    let rule_sets = "aggregator.rule_set = [\"identical\", \"attested\", \"attested_strict\"]\n";
    let grid = format!("[sweep.grid]\nnetwork.loss = [0, 0.1]\n{rule_sets}");
    assert_eq!(against_first(&grid, "aggregator.rule_set"), [(1, 0), (2, 0), (4, 3), (5, 3)]);
    assert_eq!(against_first(&grid, "network.loss"), [(3, 0), (4, 1), (5, 2)]);
    assert_eq!(against_first(&grid, "request.count"), []);
    assert_eq!(against_first("", "aggregator.rule_set"), []);
    // In a zip some have their partner behind them, and some have none.
    let zip = "[sweep.zip]\naggregator.rule_set = [\"identical\", \"attested\", \"identical\", \"attested\"]\n\
               capability_don.payload_holders = [\"all\", \"f+1\", \"f+1\", 4]\n";
    assert_eq!(against_first(zip, "aggregator.rule_set"), [(1, 2)]);
}
