//! Response strategies: what they save, and that faulty nodes within the bounds keep no request from being served under any.

use std::path::Path;

use donsim::engine::Span;
use donsim::scenario::Scenario;
use donsim::sim::{Bytes, Replicate, ReplicateCache, ResponseStrategy, Setup, Signal, What, replay, simulate};

const WORLD: &str = r#"
schema = 1
[capability_don]
nodes = 7
f = 2
payload_holders = "f+1"
response_delay = "300ms"
[workflow_don]
nodes = 4
f = 1
[request]
payload_size = "4KiB"
"#;

fn setup(strategy: &str, more: &str) -> Setup {
    let text = format!("{WORLD}{more}");
    let set = [format!("capability_don.response_strategy={strategy}")];
    match Scenario::parse(Path::new("strategies.toml"), text, &set) {
        Ok(scenario) => scenario.cell(0).setup,
        Err(found) => panic!("{found}"),
    }
}

fn replicates(setup: &Setup, count: u64) -> Vec<Replicate> {
    let mut cache = ReplicateCache::new(setup.run.seed);
    (0..count).map(|number| simulate(setup, number, &mut cache)).collect()
}

fn mean(replicates: &[Replicate], bytes: fn(&Bytes) -> u64) -> f64 {
    let sum: u64 = replicates.iter().flat_map(|replicate| &replicate.rows).map(|row| bytes(&row.bytes)).sum();
    sum as f64 / replicates.len() as f64
}

#[test]
fn one_payload_for_each_caller_is_enough() {
    for strategy in ResponseStrategy::NAMES {
        let all = replicates(&setup(strategy, ""), 60);
        assert!(all.iter().flat_map(|replicate| &replicate.rows).all(|row| row.outcome.is_right()), "{strategy}");
        let payloads = mean(&all, |bytes| bytes.response + bytes.duplicate_payload) / (4.0 * 4_096.0);
        let expected = if strategy == "all" { 3.0 } else { 1.0 };
        assert!((expected..expected + 0.2).contains(&payloads), "{strategy}: {payloads} payloads a caller");
        assert_eq!(mean(&all, |bytes| bytes.coordination) > 0.0, strategy != "all", "{strategy}");
    }
}

/// The payload of `F + 1` holders is there as long as one of them is honest, whatever the others and a caller do.
#[test]
fn faulty_nodes_within_the_bounds_keep_nothing_from_being_served() {
    let holders = |kind: &str| format!("[[faults.{kind}]]\nnodes = 2\nholders = 2\n");
    let slow = "[[faults.slow]]\nnodes = 2\nholders = 2\ndelay = \"4s\"\n";
    let two = "[[faults.silent]]\nnodes = 1\nholders = 1\n[[faults.false_announcement]]\nnodes = 1\nholders = 0\n";
    let stops = "[[faults.caller_stops]]\nnodes = 1\n";
    for strategy in ResponseStrategy::NAMES {
        let lies =
            [holders("silent"), holders("wrong_payload"), holders("forged_signature"), slow.to_owned(), two.to_owned()];
        for faults in lies {
            let setup = setup(strategy, &format!("{faults}{stops}"));
            for (number, replicate) in replicates(&setup, 40).iter().enumerate() {
                let honest = replicate.rows.iter().filter(|row| row.outcome.name() != "byzantine");
                let rows: Vec<_> = honest.collect();
                assert_eq!(rows.len(), 3);
                assert!(rows.iter().all(|row| row.outcome.is_right()), "{strategy}, {faults}{number}: {rows:?}");
            }
        }
    }
}

/// A designated holder that answers costs nobody the wait, one that is silent costs it once.
#[test]
fn who_waits_how_long() {
    let latency = |strategy: &str, faults: &str| {
        let all = replicates(&setup(strategy, faults), 100);
        let mut latencies: Vec<u64> = all
            .iter()
            .flat_map(|replicate| &replicate.rows)
            .filter_map(|row| row.latency)
            .map(Span::as_nanos)
            .collect();
        latencies.sort_unstable();
        latencies[latencies.len() / 2] as f64 / 1e6
    };
    let silent = "[[faults.silent]]\nnodes = 2\nholders = 2\n";
    let all = latency("all", "");
    for strategy in ["designated", "staggered", "pull"] {
        assert!(latency(strategy, "") - all < 200.0, "{strategy}");
    }
    let (designated, staggered) = (latency("designated", silent), latency("staggered", silent));
    assert!(designated - all > 200.0 && designated - all < 500.0, "{designated} {all}");
    assert!(staggered > designated, "{staggered} {designated}");
}

/// The words of a caller are about itself alone: one that says stop at once harms no other.
#[test]
fn a_stop_stops_answers_to_its_sender_only() {
    let setup = setup("staggered", "[[faults.caller_stops]]\nnodes = 1\n");
    let (replicate, happenings) = replay(&setup, 0, &mut ReplicateCache::new(1));
    let stops = happenings.iter().filter(
        |happening| matches!(&happening.what, What::Sent { message, .. } if message.signal == Some(Signal::Stop)),
    );
    assert!(stops.count() > 7);
    assert_eq!(replicate.rows.iter().filter(|row| row.outcome.is_right()).count(), 3);
}

/// Holders of OCR3 rounds know each other by the proposal, and take turns all the same.
#[test]
fn strategies_work_with_rounds() {
    for strategy in ResponseStrategy::NAMES {
        let text = WORLD.replace("payload_holders = \"f+1\"", "ocr = \"round\"");
        let set = [format!("capability_don.response_strategy={strategy}")];
        let scenario = Scenario::parse(Path::new("rounds.toml"), text, &set).unwrap_or_else(|found| panic!("{found}"));
        let all = replicates(&scenario.cell(0).setup, 20);
        assert!(all.iter().flat_map(|replicate| &replicate.rows).all(|row| row.outcome.is_right()), "{strategy}");
        let payloads = mean(&all, |bytes| bytes.response + bytes.duplicate_payload) / (4.0 * 4_096.0);
        assert_eq!(payloads > 5.0, strategy == "all", "{strategy}: {payloads}");
    }
}
