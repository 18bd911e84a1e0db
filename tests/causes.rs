//! Failure causes follow from the facts: from the set of everything that happened to the right answers, and not from the
//! order in which it did or from the numbers of the nodes.

use std::path::Path;

use donsim::engine::{Span, Time, Window};
use donsim::network::{Cut, NodeSet, Partition};
use donsim::scenario::Scenario;
use donsim::sim::{Outcome, ReplicateCache, Row, Setup, simulate};

/// Seven capability nodes of which two may be Byzantine, four workflow nodes of which one may be, constant times:
/// requests leave at 0 ms and arrive at 40 ms, observations are there at 140 ms, the report at 240 ms, answers arrive at
/// 280 ms.
const WORLD: &str = r#"
schema = 1
[capability_don]
nodes = 7
f = 2
payload_holders = "all"
execution = "100ms"
ocr = "100ms"
[workflow_don]
nodes = 4
f = 1
start_skew = "0ms"
[aggregator]
timeout = "2s"
[network]
latency = "40ms"
"#;

fn setup(more: &[&str], faults: &str) -> Setup {
    let more: Vec<String> = more.iter().map(|&it| it.to_owned()).collect();
    match Scenario::parse(Path::new("world.toml"), format!("{WORLD}{faults}"), &more) {
        Ok(scenario) => scenario.cell(0).setup,
        Err(found) => panic!("{found}"),
    }
}

/// Rows of honest workflow nodes in some replicates.
fn rows(setup: &Setup) -> Vec<Row> {
    let mut cache = ReplicateCache::new(setup.run.seed);
    let rows = (0..20).flat_map(|number| simulate(setup, number, &mut cache).rows);
    rows.filter(|row| row.outcome != Outcome::Byzantine).collect()
}

/// Causes of all rows that did not succeed.
fn causes(setup: &Setup) -> Vec<String> {
    rows(setup).iter().filter_map(|row| row.unreachable).map(|unreachable| unreachable.cause.to_string()).collect()
}

fn capability(nodes: &[u32]) -> NodeSet {
    NodeSet { workflow: Vec::new(), capability: nodes.to_vec() }
}

fn workflow(nodes: &[u32]) -> NodeSet {
    NodeSet { workflow: nodes.to_vec(), capability: Vec::new() }
}

const CALLERS: [u32; 4] = [0, 1, 2, 3];

/// Each kind of cause, alone and with others, in a world in which nothing else happens.
#[test]
fn every_cause_has_a_world() {
    let silent = |nodes: u32| format!("[[faults.silent]]\nnodes = {nodes}\n");
    let text = |it: &str| it.to_owned();
    for (expected, more, faults) in [
        ("faulty", &["aggregator.rule_set=identical"][..], silent(5)),
        ("faulty", &["aggregator.rule_set=attested"], silent(7)),
        ("lost", &["network.response.loss=1"], text("")),
        // F holders lie, and the answer of the honest one gets lost.
        (
            "faulty+lost",
            &["capability_don.payload_holders=f+1", "network.response.loss=1"],
            text("[[faults.stolen_attestation]]\nnodes = 2\nholders = 2\n[[faults.silent]]\nnodes = 4\nholders = 0\n"),
        ),
        ("too_late", &["capability_don.ocr=3s"], text("")),
        ("too_late", &["network.response.latency=2s"], text("")),
        ("faulty+too_late", &["network.response.latency=2s"], silent(2)),
        // All callers but one keep silent: nobody is asked often enough.
        ("too_few_requests", &["workflow_don.allow_infeasible=true"], text("[[faults.caller_silent]]\nnodes = 3\n")),
        ("too_few_requests", &["network.request.loss=1"], text("")),
        ("too_few_holders", &["capability_don.payload_holders=0"], text("")),
        ("too_few_holders", &["capability_don.payload_holders=2", "aggregator.rule_set=identical"], text("")),
        ("no_agreement", &["capability_don.payload_holders={ agree = 0 }"], text("")),
        ("rejected_by_aggregator", &["aggregator.rule_set=attested_strict", "aggregator.min_responses=4"], text("")),
        (
            "aggregator_failed_early",
            &["aggregator.rule_set=identical", "capability_don.payload_holders=f+1"],
            text("[[faults.slow]]\nnodes = 3\nholders = 3\ndelay = \"500ms\"\n"),
        ),
        (
            "node_crashed",
            &["capability_don.payload_holders=f+1"],
            text("[[faults.missing_payload]]\nnodes = 2\nholders = 0\n[[faults.slow]]\nnodes = 5\ndelay = \"500ms\"\n"),
        ),
    ] {
        let causes = causes(&setup(more, &faults));
        assert!(!causes.is_empty() && causes.iter().all(|cause| cause == expected), "{expected}: {causes:?} {more:?}");
    }
}

/// A schedule that asks most nodes after the deadline: those that are asked in time never see a quorum.
#[test]
fn a_slow_schedule_is_the_cause_of_what_it_delays() {
    let setup = setup(&["request.schedule=one_at_a_time", "request.delta_stage=1.5s"], "");
    let causes = causes(&setup);
    assert!(causes.len() == 80 && causes.iter().all(|cause| cause == "deadline_before_schedule"), "{causes:?}");
}

/// Holders that crash while they work have forgotten the requests when the report is there, though they are up again.
#[test]
fn what_a_crash_makes_nodes_forget_is_known_to_be_lost_when_they_should_answer() {
    let crash = "[[faults.crash]]\nnodes = 3\nholders = 3\nstart = \"150ms\"\nend = \"160ms\"\n";
    let silent = "[[faults.silent]]\nnodes = 3\nholders = 3\n";
    let lost = |faults| {
        let keys = ["aggregator.rule_set=attested", "capability_don.payload_holders=f+1"];
        let rows = rows(&setup(&keys, faults));
        rows.iter().map(|row| row.unreachable.expect("no holder is left")).collect::<Vec<_>>()
    };
    assert_eq!(lost(crash), lost(silent));
}

/// Cuts of every kind on some nodes, at the same instants.
fn with_cuts(places: [u32; 7], rule_set: &str) -> Setup {
    let mut setup = setup(&[&format!("aggregator.rule_set={rule_set}")], "");
    let ms = |from, to| Window { start: Time::ZERO + Span::from_millis(from), end: Time::ZERO + Span::from_millis(to) };
    let [unasked, lost, half, late @ .., _, _] = places;
    let callers = || workflow(&CALLERS);
    setup.network.cuts = vec![
        // Requests of all callers to one node get lost, and those of three callers to another.
        Cut { from: callers(), to: capability(&[unasked]), window: Window::ALWAYS },
        Cut { from: workflow(&CALLERS[1..]), to: capability(&[half]), window: Window::ALWAYS },
        // Answers of one node get lost in the very instant in which all others leave.
        Cut { from: capability(&[lost]), to: callers(), window: ms(200, 300) },
    ];
    setup.network.partitions = vec![Partition { nodes: capability(&late), window: ms(230, 260) }];
    setup
}

#[test]
fn renumbered_nodes_have_the_same_causes() {
    /// Outcome, cause and its time, latency.
    type Ending = (Outcome, Option<(String, Span)>, Option<Span>);
    let of = |setup: &Setup| -> Vec<Ending> {
        let why = |row: &Row| row.unreachable.map(|it| (it.cause.to_string(), it.after));
        rows(setup).iter().map(|row| (row.outcome, why(row), row.latency)).collect()
    };
    let mut seen = std::collections::BTreeSet::new();
    for rule_set in ["identical", "attested", "attested_strict", "attested_early_fail"] {
        let base = of(&with_cuts([0, 1, 2, 3, 4, 5, 6], rule_set));
        for places in [[6, 5, 4, 3, 2, 1, 0], [3, 0, 6, 1, 5, 2, 4], [2, 6, 0, 5, 3, 4, 1], [4, 3, 1, 0, 6, 2, 5]] {
            assert_eq!(of(&with_cuts(places, rule_set)), base, "{rule_set}: {places:?}");
        }
        seen.extend(base.into_iter().filter_map(|(_, why, _)| why).map(|(cause, _)| cause));
    }
    assert!(seen.contains("too_few_requests+lost"), "{seen:?}");
}
