//! Is a broken simulation told from a right one?

use std::num::NonZeroUsize;
use std::sync::atomic::AtomicBool;

use crate::engine::Span;
use crate::scenario::{Metric, Scenario};
use crate::sim::{Outcome, simulate};

use super::{Findings, Options, Simulate, run};

const CELLS: &str = r#"
schema = 1
name = "cells"
[run]
replicates = 400
[capability_don]
nodes = 4
payload_holders = "f+1"
execution = "180ms"
[workflow_don]
nodes = 1
start_skew = "0s"
[request]
payload_size = "16B"
[sweep.grid]
network.response.loss = [0, 0.3]
aggregator.rule_set = ["identical", "attested"]
"#;

fn found(text: &str, simulate: &Simulate) -> Findings {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cells.toml");
    std::fs::write(&path, text).unwrap();
    let scenario = Scenario::load(&path, &[]).unwrap_or_else(|findings| panic!("{findings}"));
    let stop = AtomicBool::new(false);
    let options = Options::new(NonZeroUsize::MIN, &stop);
    run(&scenario, options, simulate, &mut ()).unwrap()
}

#[test]
fn the_real_simulation_agrees() {
    let findings = found(CELLS, &simulate);
    assert_eq!(findings.disagreements, []);
    for cell in &findings.summary.cells {
        let exact = cell.exact.as_ref().unwrap();
        let names: Vec<&str> = exact.values.iter().map(|(metric, _)| metric.name()).collect();
        assert_eq!(names[..3], ["accepted", "accepted_tainted", "accepted_wrong"]);
        assert!(exact.values.is_sorted_by_key(|(metric, _)| *metric) && exact.survival.len() > 60);
    }
}

#[test]
fn lost_successes_are_noticed() {
    let bent = found(CELLS, &|setup, replicate, cache| {
        let mut outcome = simulate(setup, replicate, cache);
        // Of what is accepted under one rule set every eighth comes to nothing.
        for row in
            outcome.rows.iter_mut().filter(|_| setup.aggregator.rule_set != crate::aggregator::RuleSet::BASELINE.into())
        {
            if replicate % 8 == 0 && row.outcome == Outcome::Accepted {
                (row.outcome, row.latency) = (Outcome::Expired, None);
            }
        }
        outcome
    });
    let cells: Vec<&str> =
        bent.summary.cells.iter().filter(|cell| cell.rule_set == "attested").map(|it| &*it.id).collect();
    assert!(bent.disagreements.iter().all(|it| cells.contains(&it.cell.as_str()) && it.chance < 1e-6));
    // Where all is accepted, one that is not is already impossible.
    let of = |metric| bent.disagreements.iter().find(|it| it.cell == cells[0] && it.metric == metric).unwrap();
    assert_eq!((of(Metric::Accepted).observed, of(Metric::Accepted).exact), (0.875, 1.0));
    assert_eq!((of(Metric::Expired).observed, of(Metric::Expired).exact), (0.125, 0.0));
    let words = of(Metric::Accepted).to_string();
    let id = cells[0];
    assert!(
        words.starts_with(&format!("accepted of cell {id} is 0.875000, the closed form says 1.000000 (chance")),
        "{words}"
    );
}

#[test]
fn late_answers_are_noticed() {
    let bent = found(CELLS, &|setup, replicate, cache| {
        let mut outcome = simulate(setup, replicate, cache);
        for row in &mut outcome.rows {
            row.latency = row.latency.map(|latency| latency + Span::from_millis(40));
        }
        outcome
    });
    assert!(!bent.disagreements.is_empty());
    assert!(bent.disagreements.iter().all(|it| it.metric.name().starts_with("latency") && it.observed < it.exact));
    let words = bent.disagreements[0].to_string();
    assert!(words.starts_with("share of latencies within the exact latency_p"), "{words}");
}

#[test]
fn without_a_closed_form_there_is_a_reason() {
    let findings = found(&format!("{CELLS}[network]\nbandwidth = \"1Mbit/s\"\n"), &simulate);
    assert!(findings.summary.cells.iter().all(|cell| cell.exact.as_ref().is_err_and(|why| why.contains("bandwidth"))));
    assert_eq!(findings.disagreements, []);
}
