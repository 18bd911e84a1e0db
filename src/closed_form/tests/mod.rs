//! Against values by hand, against every order of answers at a real aggregator, and why there is none.

mod absent;
mod hand;
mod orders;
mod times;

#[path = "../../../tests/common/mod.rs"]
#[expect(dead_code, reason = "only the plain world is needed here")]
mod common;

use crate::aggregator::RuleSet;
use crate::engine::{Distribution, Span};
use crate::sim::{Fault, FaultKind, PayloadHolders, Setup};

/// One caller; a constant 100 ms for the observation and 1.5 s for the agreement; ways of 40 ms on average.
fn cell(nodes: u32, rule_set: RuleSet, payload_holders: PayloadHolders) -> Setup {
    common::setup(nodes, rule_set, payload_holders, Distribution::Exponential { mean: Span::from_millis(40) })
}

/// The cell with a fault on so many nodes, all of them holders.
fn with(mut setup: Setup, kind: FaultKind, nodes: u32) -> Setup {
    setup.faults.push(Fault::new(kind, nodes, Some(nodes)));
    setup
}

fn near(value: f64, law: f64, tolerance: f64) {
    assert!((value - law).abs() <= tolerance, "{value}, {law} by hand");
}
