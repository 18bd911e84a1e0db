//! Faults that nodes have with a probability, and replicates that are dealt to strata.

#[expect(dead_code, reason = "faults here are no holders by number")]
mod common;

use std::collections::BTreeSet;

use common::{replicates, setup};
use donsim::aggregator::RuleSet;
use donsim::engine::{Distribution, Span};
use donsim::sim::{Fault, FaultKind, PayloadHolders, Setup};

fn silent(probability: f64) -> Setup {
    let latency = Distribution::uniform(Span::from_millis(20), Span::from_millis(60)).unwrap();
    let mut setup = setup(7, RuleSet::Attested, PayloadHolders::FPlusOne, latency);
    setup.faults.push(Fault::each(FaultKind::named("silent", []), probability));
    setup
}

/// Capability nodes that keep silent in a replicate; without strata.
fn faulty(setup: &Setup, replicate: u64) -> BTreeSet<u32> {
    let mut cache = donsim::sim::ReplicateCache::new(setup.run.seed);
    let (_, happenings) = donsim::sim::replay(setup, replicate, &mut cache);
    let acted = happenings.iter().filter(|it| matches!(it.what, donsim::sim::What::FaultActed { .. }));
    let node = |it: &donsim::sim::Happening| match it.node {
        Some(donsim::network::Node::Capability(node)) => Some(node),
        _ => None,
    };
    acted.filter_map(node).collect()
}

#[test]
fn each_node_is_faulty_on_its_own() {
    let count = |p: f64| (0..400).map(|replicate| faulty(&silent(p), replicate).len()).sum::<usize>() as f64 / 2_800.0;
    // Four standard deviations of 2,800 draws.
    assert!((count(0.3) - 0.3).abs() < 0.035 && count(0.0) == 0.0 && count(1.0) == 1.0, "{}", count(0.3));
}

#[test]
fn a_higher_probability_makes_more_nodes_faulty_and_no_other() {
    let mut grew = 0;
    for replicate in 0..100 {
        let (few, more) = (faulty(&silent(0.1), replicate), faulty(&silent(0.4), replicate));
        assert!(few.is_subset(&more), "{few:?} {more:?}");
        grew += usize::from(few.len() < more.len());
    }
    assert!(grew > 50, "{grew}");
}

#[test]
fn faults_by_chance_leave_given_ones_their_nodes() {
    let mut setup = silent(0.9);
    setup.faults.insert(0, Fault::new(FaultKind::named("crash", []), 3, None));
    setup.faults.insert(0, Fault::each(FaultKind::named("at_deadline", []), 0.9));
    let down = |replicate: &donsim::sim::Replicate| replicate.faults[1].fired;
    assert!(replicates(&setup, 50).all(|replicate| down(&replicate) == 3));
}
