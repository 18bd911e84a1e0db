//! What one cell of a scenario means once every key has a value: all that a replicate depends on besides its number.

use crate::aggregator::RuleSet;
use crate::engine::{Distribution, Span};
use crate::network::NetworkSetup;

use super::fault::Fault;

/// One cell of a scenario, fully resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    /// `[run]`.
    pub run: Run,
    /// `[capability_don]`.
    pub capability_don: CapabilityDon,
    /// `[workflow_don]`.
    pub workflow_don: WorkflowDon,
    /// `[aggregator]`.
    pub aggregator: AggregatorSetup,
    /// `[request]`.
    pub request: RequestSetup,
    /// `[network]`.
    pub network: NetworkSetup,
    /// `network.ties`.
    pub ties: Ties,
    /// `[[faults.*]]`, by kind in the order of their names, then in the order of the file.
    pub faults: Vec<Fault>,
    /// `[safety]`.
    pub safety: Safety,
}

impl Setup {
    /// The baseline: every node holds the payload, and only equal answers count.
    #[must_use]
    pub fn baseline(&self) -> Self {
        let mut before = self.clone();
        before.capability_don.payload_holders = PayloadHolders::All;
        before.aggregator.rule_set = RuleSet::BASELINE;
        before
    }

    /// Whether a rule set and payload holders, as results name them, are those of the [`baseline`](Self::baseline).
    #[must_use]
    pub fn is_baseline(rule_set: &str, payload_holders: &str) -> bool {
        rule_set == RuleSet::BASELINE.name() && payload_holders == PayloadHolders::All.to_string()
    }
}

/// How often and under which seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The seed of all keyed draws.
    pub seed: u64,
    /// Seeded worlds a cell.
    pub replicates: u64,
}

/// The callees.
#[derive(Clone, Debug, PartialEq)]
pub struct CapabilityDon {
    /// `N`.
    pub nodes: u32,
    /// `F`, the fault bound.
    pub f: u32,
    /// Who holds the payload.
    pub payload_holders: PayloadHolders,
    /// Time from the start of the execution to a node's own observation.
    pub execution: Distribution,
    /// Time from a Byzantine quorum of observations to the attested report.
    pub ocr: Distribution,
    /// Regions that the nodes are placed in, in turn; empty without a region matrix.
    pub regions: Vec<String>,
    /// Whether `N < 3F + 1` is meant.
    pub allow_infeasible: bool,
}

/// Who holds the payload of a request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PayloadHolders {
    /// `F + 1` nodes.
    FPlusOne,
    /// Every node.
    All,
    /// So many nodes.
    Count(u32),
    /// Each node with this probability; OCR agrees on nothing when fewer than `F + 1` do.
    Agree(f64),
}

impl std::fmt::Display for PayloadHolders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::FPlusOne => f.write_str("f+1"),
            Self::All => f.write_str("all"),
            Self::Count(count) => write!(f, "{count}"),
            Self::Agree(probability) => write!(f, "agree({probability})"),
        }
    }
}

/// The callers.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkflowDon {
    /// `M`.
    pub nodes: u32,
    /// `F_w`, the fault bound.
    pub f: u32,
    /// When a node starts a request, after the request's own time.
    pub start_skew: Distribution,
    /// How many workflow nodes must accept a request for it to be served.
    pub needed: u32,
    /// Regions that the nodes are placed in, in turn; empty without a region matrix.
    pub regions: Vec<String>,
    /// Whether `M < 3F_w + 1` is meant.
    pub allow_infeasible: bool,
}

/// The client request at every workflow node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AggregatorSetup {
    /// The rule set that decides.
    pub rule_set: RuleSet,
    /// `T`, the request time-out of both sides.
    pub timeout: Span,
    /// Required confirmations when above `F + 1`; 0 for `F + 1`.
    pub min_responses: u32,
}

/// The requests of a replicate.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestSetup {
    /// Bytes of the response's payload value.
    pub payload_size: u64,
    /// Bytes of the request's own payload value.
    pub call_size: u64,
    /// Requests a replicate.
    pub count: u32,
    /// Time from one request to the next.
    pub arrival: Distribution,
    /// In which order capability nodes are asked.
    pub schedule: Schedule,
    /// Delay between stages of `one_at_a_time`.
    pub delta_stage: Span,
}

/// Transmission schedules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// Everybody at once.
    AllAtOnce,
    /// One after another, in a permutation keyed by the request id.
    OneAtATime,
}

/// The order of events of one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ties {
    /// By chance, so that equal latencies favour nobody.
    Random,
    /// Against the caller: deadlines first, then whatever harms, right answers last.
    Adversarial,
}

/// What is expected of safety.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Safety {
    /// No wrong response is accepted.
    Holds,
    /// The scenario shows a weakness: some wrong response is accepted.
    Violated,
}
