//! The world that tests of the simulation start from.

use donsim::aggregator::RuleSet;
use donsim::engine::{Distribution, Span};
use donsim::network::{Latency, LinkSetup, NetworkSetup};
use donsim::sim::{
    AggregatorSetup, CapabilityDon, Expiry, Fault, FaultKind, Growth, Ocr, PayloadHolders, Replicate, ReplicateCache,
    RequestSetup, ResponseStrategy, Run, Safety, Schedule, Setup, Ties, WorkflowDon, simulate,
};

/// From the start of an execution to its observation.
pub const EXECUTION: Span = Span::from_millis(100);
/// From a quorum of observations to the report.
pub const OCR: Span = Span::from_millis(1_500);

/// `nodes` capability nodes and one workflow node; equal independent latencies; no faults, no loss, no skew.
pub fn setup(nodes: u32, rule_set: RuleSet, payload_holders: PayloadHolders, latency: Distribution) -> Setup {
    let link = LinkSetup { latency: Latency::Distribution(latency), loss: 0.0, duplication: 0.0 };
    Setup {
        run: Run { seed: 1, replicates: 1, strata: false },
        capability_don: CapabilityDon {
            nodes,
            f: (nodes - 1) / 3,
            payload_holders,
            attesting: None,
            execution: Distribution::constant(EXECUTION),
            ocr: Ocr::Latency(Distribution::constant(OCR)),
            max_executions: None,
            response_strategy: ResponseStrategy::default(),
            response_delay: Span::from_millis(500),
            response_growth: Growth::Linear,
            regions: Vec::new(),
            allow_infeasible: false,
        },
        workflow_don: WorkflowDon {
            nodes: 1,
            f: 0,
            start_skew: Distribution::constant(Span::ZERO),
            needed: 1,
            regions: Vec::new(),
            allow_infeasible: false,
        },
        aggregator: AggregatorSetup {
            rule_set: rule_set.into(),
            timeout: Span::from_secs(10),
            min_responses: 0,
            expiry: Expiry::Deadline,
            engine_limit: None,
        },
        request: RequestSetup {
            payload_size: 64,
            call_size: 16,
            count: 1,
            arrival: Distribution::constant(Span::ZERO),
            schedule: Schedule::AllAtOnce,
            delta_stage: Span::ZERO,
        },
        network: NetworkSetup {
            request: link.clone(),
            response: link.clone(),
            ocr: link,
            uplink: None,
            downlink: None,
            frame: 37,
            partitions: Vec::new(),
            cuts: Vec::new(),
            limits: None,
            lost_answers: None,
        },
        faults: Vec::new(),
        ties: Ties::Random,
        safety: Safety::Holds,
    }
}

/// Gives a fault to `nodes` payload holders, for all of time.
pub fn corrupt_holders(setup: &mut Setup, kind: FaultKind, nodes: u32) {
    setup.faults.push(Fault::new(kind, nodes, Some(nodes)));
}

/// The first `n` replicates.
pub fn replicates(setup: &Setup, n: u64) -> impl Iterator<Item = Replicate> {
    let mut cache = ReplicateCache::new(setup.run.seed);
    (0..n).map(move |replicate| simulate(setup, replicate, &mut cache))
}
