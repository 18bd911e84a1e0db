//! Worlds for the tests, and what to ask about them.

use std::collections::BTreeSet;

use donsim::aggregator::RuleSet;
use donsim::engine::{Distribution, Span};
use donsim::sim::{Fault, FaultKind, Outcome, PayloadHolders, Replicate, Row, Setup};

use crate::common;

/// Time-out of every request here.
pub const TIMEOUT: Span = Span::from_secs(10);

/// Four capability nodes, two of them holders; four workflow nodes. One of each may be faulty.
pub fn world(rule_set: RuleSet) -> Setup {
    let latency = Distribution::Exponential { mean: Span::from_millis(40) };
    let mut setup = common::setup(4, rule_set, PayloadHolders::FPlusOne, latency);
    (setup.workflow_don.nodes, setup.workflow_don.f, setup.workflow_don.needed) = (4, 1, 3);
    setup.aggregator.timeout = TIMEOUT;
    setup
}

/// The same with a fault.
pub fn faulty(rule_set: RuleSet, fault: Fault) -> Setup {
    Setup { faults: vec![fault], ..world(rule_set) }
}

/// The same where one node alone holds the payload, and has the fault.
pub fn lone_holder(rule_set: RuleSet, kind: FaultKind) -> Setup {
    let mut setup = world(rule_set);
    common::corrupt_holders(&mut setup, kind, 1);
    setup.capability_don.payload_holders = PayloadHolders::Count(1);
    setup
}

pub fn run(setup: &Setup, n: u64) -> Vec<Replicate> {
    common::replicates(setup, n).collect()
}

/// What honest workflow nodes have to show.
pub fn rows(replicates: &[Replicate]) -> impl Iterator<Item = &Row> {
    replicates.iter().flat_map(|replicate| &replicate.rows).filter(|row| row.outcome != Outcome::Byzantine)
}

/// How requests ended at honest workflow nodes.
pub fn outcomes(replicates: &[Replicate]) -> BTreeSet<Outcome> {
    rows(replicates).map(|row| row.outcome).collect()
}

/// How often the fault at `index` acted.
pub fn fired(replicates: &[Replicate], index: usize) -> u64 {
    replicates.iter().map(|replicate| replicate.faults[index].fired).sum()
}

/// The share of honest workflow nodes' requests that ended like this.
pub fn share(replicates: &[Replicate], outcome: Outcome) -> f64 {
    let all = rows(replicates).count();
    rows(replicates).filter(|row| row.outcome == outcome).count() as f64 / all as f64
}

/// Whether a share over `n` independent cases is what the law says.
pub fn assert_share(measured: f64, law: f64, n: u64) {
    let tolerance = 5.0 * (law * (1.0 - law) / n as f64).sqrt();
    assert!((measured - law).abs() <= tolerance, "{measured} measured, {law} by law, tolerance {tolerance}");
}

/// Runs a world in which the fault must act and every request must end in one of these ways, each of which must occur.
pub fn assert_ends(setup: &Setup, expected: &[Outcome]) -> Vec<Replicate> {
    let replicates = run(setup, 25);
    let (kind, rule_set) = (&setup.faults[0].kind, setup.aggregator.rule_set);
    assert!(fired(&replicates, 0) > 0, "{kind:?} under {rule_set:?}");
    assert_eq!(outcomes(&replicates), expected.iter().copied().collect(), "{kind:?} under {rule_set:?}");
    replicates
}
