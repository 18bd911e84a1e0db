//! Against values by hand, against every order of answers at a real aggregator, and why there is none.

mod absent;
mod hand;
mod orders;
mod times;

use crate::aggregator::RuleSet;
use crate::engine::{Distribution, Span};
use crate::network::{Latency, LinkSetup, NetworkSetup};
use crate::sim::{
    Aggregator, CapabilityDon, Fault, FaultKind, PayloadHolders, Request, Run, Safety, Schedule, Setup, Ties,
    WorkflowDon,
};

/// One caller; a constant 100 ms for the observation and 1.5 s for the agreement; ways of 40 ms on average.
fn cell(nodes: u32, rule_set: RuleSet, payload_holders: PayloadHolders) -> Setup {
    let latency = Latency::Distribution(Distribution::Exponential { mean: Span::from_millis(40) });
    let link = LinkSetup { latency, loss: 0.0, duplication: 0.0 };
    let zero = Distribution::constant(Span::ZERO);
    Setup {
        run: Run { seed: 1, replicates: 1 },
        capability_don: CapabilityDon {
            nodes,
            f: (nodes - 1) / 3,
            payload_holders,
            execution: Distribution::constant(Span::from_millis(100)),
            ocr: Distribution::constant(Span::from_millis(1_500)),
            regions: Vec::new(),
            allow_infeasible: false,
        },
        workflow_don: WorkflowDon {
            nodes: 1,
            f: 0,
            start_skew: zero.clone(),
            needed: 1,
            regions: Vec::new(),
            allow_infeasible: false,
        },
        aggregator: Aggregator { rule_set, timeout: Span::from_secs(10), min_responses: 0 },
        request: Request {
            payload_size: 64,
            call_size: 16,
            count: 1,
            arrival: zero,
            schedule: Schedule::AllAtOnce,
            delta_stage: Span::ZERO,
        },
        network: NetworkSetup {
            request: link.clone(),
            response: link,
            uplink: None,
            downlink: None,
            frame: 37,
            partitions: Vec::new(),
            cuts: Vec::new(),
        },
        faults: Vec::new(),
        ties: Ties::Random,
        safety: Safety::Holds,
    }
}

/// The cell with a fault on so many nodes, all of them holders.
fn with(mut setup: Setup, kind: FaultKind, nodes: u32) -> Setup {
    setup.faults.push(Fault::new(kind, nodes, Some(nodes)));
    setup
}

fn near(value: f64, law: f64, tolerance: f64) {
    assert!((value - law).abs() <= tolerance, "{value}, {law} by hand");
}
