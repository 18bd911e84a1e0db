//! Common random numbers: what is added to a scenario leaves every draw as it was.
//!
//! A replicate tells everything that happens in it (`donsim::sim::replay`), and what was drawn is read off that: when a node starts a
//! request, how long it executes, what becomes of each message, who holds the payload, whom a fault takes and when it acts,
//! the phase of a ticker, the order of one instant. The draws of two worlds must be the same wherever both have them. Draws
//! that nothing tells (payloads, ids, signers) are compared beside their sites in `src/sim`.

mod drawn;

use std::collections::BTreeMap;
use std::path::Path;

use donsim::engine::Span;
use donsim::network::Node;
use donsim::scenario::Scenario;
use donsim::sim::{Happening, ReplicateCache, Setup, What, replay};
use drawn::{Drawn, agree, all_agrees, weather_agrees};

/// Seven capability and four workflow nodes in bad weather, with a fault that acts by chance.
const WORLD: &str = r#"
schema = 1
[run]
replicates = 12
[capability_don]
nodes = 7
f = 2
payload_holders = "f+1"
execution = { dist = "lognormal", p50 = "180ms", p99 = "900ms" }
ocr = { dist = "uniform", min = "0.8s", max = "1.6s" }
[workflow_don]
nodes = 4
f = 1
start_skew = { dist = "uniform", min = "0ms", max = "50ms" }
[aggregator]
rule_set = "attested"
[request]
count = 2
arrival = { dist = "exponential", mean = "300ms" }
[network]
latency = { dist = "exponential", mean = "40ms" }
loss = 0.1
duplication = 0.1
[[faults.slow]]
nodes = 2
delay = { dist = "exponential", mean = "100ms" }
probability = 0.5
targets = 2
"#;

fn setup(text: &str, more: &[&str]) -> Setup {
    let more: Vec<String> = more.iter().map(|&it| it.to_owned()).collect();
    match Scenario::parse(Path::new("weather.toml"), text.to_owned(), &more) {
        Ok(scenario) => scenario.cell(0).setup,
        Err(found) => panic!("{found}"),
    }
}

/// Everything that happens in every replicate.
fn told(setup: &Setup) -> Vec<Vec<Happening>> {
    let mut cache = ReplicateCache::new(setup.run.seed);
    (0..setup.run.replicates).map(|replicate| replay(setup, replicate, &mut cache).1).collect()
}

fn drawn(setup: &Setup) -> Vec<Drawn> {
    told(setup).iter().map(|happenings| Drawn::of(happenings)).collect()
}

/// The weather of all replicates with `more` keys set, and without.
fn pairs(more: &[&str]) -> impl Iterator<Item = (Drawn, Drawn)> {
    drawn(&setup(WORLD, &[])).into_iter().zip(drawn(&setup(WORLD, more)))
}

#[test]
fn the_world_has_every_kind_of_draw() {
    let all = drawn(&setup(WORLD, &[]));
    let ways = || all.iter().flat_map(|drawn| drawn.ways.values());
    // 12 replicates of 2 requests of 4 nodes to 7 and back, less what does not get there.
    assert!((1_000..=1_400).contains(&ways().count()), "{}", ways().count());
    for copies in 0..=2 {
        assert!(ways().any(|way| way.len() == copies), "no message has {copies} copies");
    }
    assert!(all.iter().all(|drawn| drawn.starts.len() == 8 && drawn.agreements.len() == 2));
    assert!(all.iter().all(|drawn| drawn.holders.values().filter(|holds| **holds).count() == 3));
    assert!(all.iter().all(|drawn| drawn.executions.len() >= 12));
    assert!(all.iter().any(|drawn| !drawn.acts.is_empty()));
    // And replicates have weather of their own.
    assert_ne!(all[0], all[1]);
}

/// (a) Whatever the fault: what it does to messages is not chance of others.
#[test]
fn an_added_fault_changes_no_draw() {
    for fault in [
        "crash",
        "silent",
        "drop_requests",
        "duplicate_answers",
        "wrong_payload",
        "random_signature",
        "equivocation",
        "impersonation",
        "error_spam",
        "forged_signature",
        "caller_silent",
        "caller_repeats",
        "caller_flood",
        "caller_other_request",
    ] {
        let overlap = if fault.starts_with("caller") { "" } else { "overlap = true" };
        let text = format!("{WORLD}[[faults.{fault}]]\nnodes = 1\n{overlap}\n");
        let faulty = drawn(&setup(&text, &[]));
        for (base, other) in drawn(&setup(WORLD, &[])).iter().zip(&faulty) {
            agree(&base.starts, &other.starts, 0);
            // Who is not heard, or hears nothing, is one node of either DON: the way of at most 14 messages for each of
            // two requests, and who depends on those.
            agree(&base.ways, &other.ways, 28);
            agree(&base.executions, &other.executions, 4);
            agree(&base.agreements, &other.agreements, 1);
            agree(&base.holders, &other.holders, 2);
        }
    }
}

#[test]
fn an_added_fault_takes_nobody_elses_nodes() {
    let text = format!("{WORLD}[[faults.error_spam]]\nnodes = 2\noverlap = true\nprobability = 0.5\n");
    let faulty = drawn(&setup(&text, &[]));
    let slow = |drawn: &Drawn| -> BTreeMap<_, _> {
        drawn.acts.iter().filter(|(key, _)| key.0.contains("slow")).map(|(key, count)| (*key, *count)).collect()
    };
    let mut acted = 0;
    for (base, other) in drawn(&setup(WORLD, &[])).iter().zip(&faulty) {
        assert_eq!(slow(base), slow(other));
        acted += other.acts.len() - slow(other).len();
    }
    assert!(acted > 0);
}

/// (b) A value on an axis is a cell more; the others are as they were, to the id and the last row.
#[test]
fn an_added_axis_value_changes_no_other_cell() {
    let cells = |losses: &str| {
        let text = format!("{WORLD}[sweep.grid]\nnetwork.response.loss = {losses}\ncapability_don.nodes = [7, 8]\n");
        let scenario = Scenario::parse(Path::new("weather.toml"), text, &[]).expect("a scenario");
        (0..scenario.cell_count()).map(|index| scenario.cell(index)).collect::<Vec<_>>()
    };
    let more = cells("[0.05, 0.1, 0.2]");
    for cell in cells("[0.1, 0.2]") {
        let same = more.iter().find(|other| other.id == cell.id).expect("the same cell");
        assert_eq!((&same.setup, &same.axes), (&cell.setup, &cell.axes));
        assert_eq!(told(&same.setup), told(&cell.setup));
    }
}

/// (c) A new node draws for itself. It may displace one holder, and one node of a fault.
#[test]
fn an_added_node_changes_no_draw_of_the_others() {
    for (base, other) in pairs(&["capability_don.nodes=8"]) {
        weather_agrees(&base, &other);
        assert!(other.ways.len() > base.ways.len());
        let held = |drawn: &Drawn| drawn.holders.values().filter(|holds| **holds).count();
        let new = other.holders.iter().filter(|(node, holds)| **holds && base.holders.get(node) != Some(&true)).count();
        assert!(held(&other) == 3 && new <= 1, "{new} new holders");
    }
    for (base, other) in pairs(&["workflow_don.nodes=5"]) {
        weather_agrees(&base, &other);
        assert_eq!(base.holders, other.holders);
        assert!(other.starts.len() > base.starts.len());
    }
}

#[test]
fn holders_by_chance_and_faults_do_not_depend_on_the_number_of_nodes() {
    let agree_by_chance = "capability_don.payload_holders={ agree = 0.6 }";
    let everywhere = ["faults.slow.targets=7", "workflow_don.nodes=7"];
    let with = |nodes: &str| drawn(&setup(WORLD, &[&[agree_by_chance, nodes], &everywhere[..]].concat()));
    let mut displaced = 0;
    for (base, other) in with("capability_don.nodes=7").iter().zip(&with("capability_don.nodes=8")) {
        agree(&base.holders, &other.holders, 0);
        // Of two slow nodes the new one takes the place of at most one; the other acts as often as before.
        let stayed = base.acts.iter().filter(|(key, count)| other.acts.get(*key) == Some(*count)).count();
        let nodes = |drawn: &Drawn| drawn.acts.keys().map(|key| key.2).collect::<std::collections::BTreeSet<_>>();
        let gone = nodes(base).difference(&nodes(other)).count();
        assert!(gone <= 1 && (gone == 1 || stayed == base.acts.len()), "{gone} nodes are slow no more");
        displaced += gone;
    }
    assert!(displaced > 0);
}

/// (d) Rule sets decide, they do not draw.
#[test]
fn another_rule_set_changes_no_draw() {
    for rule_set in ["identical", "attested_strict", "attested_early_fail"] {
        for (base, other) in pairs(&[&format!("aggregator.rule_set={rule_set}")]) {
            assert_eq!(base, other);
        }
    }
}

/// (e) Requests that were there are told as before, to the last letter.
#[test]
fn an_added_request_changes_no_line_of_the_others() {
    let more = told(&setup(WORLD, &["request.count=3"]));
    for (base, mut other) in told(&setup(WORLD, &[])).into_iter().zip(more) {
        other.retain(|line| line.request.is_none_or(|request| request < 2));
        assert_eq!(base, other);
    }
}

/// (f) More loss loses more, and nothing else; the same for doubled messages.
#[test]
fn more_loss_changes_the_way_of_no_message_that_arrives() {
    let mut lost = 0;
    for (base, other) in pairs(&["network.loss=0.3"]) {
        agree(&base.starts, &other.starts, 0);
        agree(&base.agreements, &other.agreements, 0);
        // Whom nobody asks any more does not execute.
        agree(&base.executions, &other.executions, 4);
        for (key, way) in &other.ways {
            if let Some(before) = base.ways.get(key).filter(|before| *before != way) {
                assert!(way.is_empty() && !before.is_empty(), "{key:?}: {before:?}, {way:?}");
                lost += 1;
            }
        }
    }
    assert!(lost > 100, "{lost}");
    let mut doubled = 0;
    for (base, other) in pairs(&["network.duplication=0.4"]) {
        for (key, way) in &base.ways {
            let now = &other.ways[key];
            assert!(now.starts_with(way), "{key:?}: {way:?}, {now:?}");
            doubled += now.len() - way.len();
        }
    }
    assert!(doubled > 100, "{doubled}");
}

#[test]
fn another_latency_meets_the_same_chances() {
    for (base, other) in pairs(&["network.latency.mean=80ms"]) {
        agree(&base.starts, &other.starts, 0);
        agree(&base.agreements, &other.agreements, 0);
        for (key, way) in &base.ways {
            let Some(now) = other.ways.get(key) else { continue };
            // Twice the mean is twice the sample, but for rounding.
            let twice = |(before, now): (&Span, &Span)| (2 * before.as_nanos()).abs_diff(now.as_nanos()) <= 2;
            assert!(way.len() == now.len() && way.iter().zip(now).all(twice), "{key:?}: {way:?}, {now:?}");
        }
    }
}

#[test]
fn other_keys_change_no_draw() {
    for key in ["request.payload_size=64KiB", "request.call_size=1KiB", "aggregator.timeout=20s"] {
        pairs(&[key]).for_each(|(base, other)| all_agrees(&base, &other));
    }
    for key in ["capability_don.f=1", "capability_don.payload_holders=all", "workflow_don.f=0"] {
        pairs(&[key]).for_each(|(base, other)| weather_agrees(&base, &other));
    }
}

/// Where executions never end in time, tickers answer: each at its own phase.
#[test]
fn a_ticker_keeps_its_phase() {
    const LATE: [&str; 3] = ["capability_don.execution=60s", "aggregator.timeout=10s", "faults.slow.nodes=0"];
    let phases = |more: &[&str]| -> Vec<BTreeMap<Node, u64>> {
        let told = told(&setup(WORLD, &[&LATE, more].concat()));
        let phase = |happening: &Happening| match &happening.what {
            What::Sent { message, .. } if message.describe().starts_with("error TIMEOUT") => {
                Some((happening.node?, happening.time.as_nanos() % 10_000_000_000))
            }
            _ => None,
        };
        told.iter().map(|happenings| happenings.iter().filter_map(phase).collect()).collect()
    };
    let base = phases(&[]);
    for more in ["capability_don.nodes=8", "workflow_don.nodes=5", "request.count=3", "network.loss=0"] {
        for (base, other) in base.iter().zip(phases(&[more])) {
            assert!(base.len() >= 5);
            agree(base, &other, 0);
        }
    }
}

/// Rounds meet the same network, whatever callers, rule sets and other links do. The holders' numbers decide nothing in them.
#[test]
fn rounds_meet_the_same_network() {
    const ROUNDS: &str = r#"
schema = 1
[run]
replicates = 6
[capability_don]
nodes = 7
ocr = "round"
[network.ocr]
loss = 0.02
duplication = 0.1
"#;
    let rounds = |more: &[&str]| drawn(&setup(ROUNDS, more));
    let base = rounds(&[]);
    for more in ["aggregator.rule_set=identical", "network.response.loss=0.5", "request.payload_size=2KiB"] {
        for (base, other) in base.iter().zip(rounds(&[more])) {
            assert!(base.ocr_ways.len() > 100);
            // Rounds go on for as long as somebody waits.
            agree(&base.ocr_ways, &other.ocr_ways, base.ocr_ways.len() / 2);
        }
    }
}

/// Where everything takes the same time, chance orders what happens in one instant: the same order for the same messages.
#[test]
fn the_order_of_an_instant_is_kept() {
    const EVEN: [&str; 6] = [
        "network.latency=40ms",
        "network.loss=0",
        "network.duplication=0",
        "capability_don.execution=100ms",
        "workflow_don.start_skew=0ms",
        "faults.slow.nodes=0",
    ];
    let order = |more: &[&str]| -> Vec<BTreeMap<Node, Vec<Node>>> {
        let told = told(&setup(WORLD, &[&EVEN, more].concat()));
        told.iter()
            .map(|happenings| {
                let mut heard: BTreeMap<Node, Vec<Node>> = BTreeMap::new();
                for happening in happenings.iter().filter(|happening| happening.request == Some(0)) {
                    let to_workflow = (&happening.what, happening.node, happening.peer);
                    if let (What::Delivered { .. }, Some(to @ Node::Workflow(_)), Some(from)) = to_workflow {
                        heard.entry(to).or_default().push(from);
                    }
                }
                heard
            })
            .collect()
    };
    let base = order(&[]);
    let sorted = |heard: &BTreeMap<Node, Vec<Node>>| heard.values().all(|from| from.is_sorted());
    assert!(!base.iter().any(sorted) && base.iter().all(|heard| heard.values().all(|from| from.len() == 7)));
    for more in ["capability_don.nodes=8", "workflow_don.nodes=5", "request.count=3", "aggregator.rule_set=identical"] {
        for (base, mut other) in base.iter().zip(order(&[more])) {
            other.retain(|to, _| base.contains_key(to));
            for from in other.values_mut() {
                from.retain(|from| *from != Node::Capability(7));
            }
            assert_eq!(*base, other, "{more}");
        }
    }
}
