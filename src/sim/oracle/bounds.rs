//! Numbers and rules that the oracle judges by, written down from PROTOCOL.md without a look at the aggregator.

use crate::aggregator::{Attestation, Unavailable};
use crate::sim::assignment::Assignment;
use crate::sim::failure_cause::FailureCause;
use crate::sim::setup::Setup;
use crate::sim::truth::required;

/// Bounds of the two DONs, and what the rule set makes of right answers.
pub(super) struct Bounds {
    /// `N`.
    pub(super) nodes: u32,
    /// `M`.
    pub(super) callers: u32,
    /// `F_w + 1`: workflow nodes that have to ask before a capability node executes.
    pub(super) needed_requests: u32,
    /// `floor((N + F) / 2) + 1`: observations that OCR needs.
    pub(super) quorum: u32,
    /// `R`: confirmations that decide.
    pub(super) required: usize,
    /// Capability nodes whose answers carry an attestation: the first.
    attesting: u32,
    /// Whether one right answer with a valid attestation decides.
    pub(super) attestation_decides: bool,
    /// Whether a response with an attestation is judged by that alone, and never counted.
    pub(super) attestation_only: bool,
    /// Whether signatures of `R` signers over one report prove it, in however many messages they come.
    pub(super) signers_add_up: bool,
    pub(super) errors: Errors,
    pub(super) delivery: Delivery,
}

/// Errors that end a request.
pub(super) struct Errors {
    /// Whether `N - R + 1` of any texts do.
    pub(super) add_up: bool,
    /// Whether a payload-not-available answer is one.
    pub(super) unavailable_is_one: bool,
}

/// How answers come to their callers.
pub(super) struct Delivery {
    /// Whether receivers drop messages that come too fast.
    pub(super) receivers_drop: bool,
    /// Whether callers ask for a payload again that does not come.
    pub(super) asks_again: bool,
}

impl Bounds {
    /// Those of a workflow node.
    pub(super) fn new(setup: &Setup, workflow: u32) -> Self {
        let (don, callers) = (&setup.capability_don, &setup.workflow_don);
        let required = required(setup);
        let rules = setup.aggregator.rule_set.of(workflow).definition();
        // An attestation stands for `F + 1` nodes.
        let attestation_decides = rules.attestation != Attestation::Ignored && required == don.f as usize + 1;
        Self {
            nodes: don.nodes,
            callers: callers.nodes,
            needed_requests: callers.f + 1,
            quorum: u32::midpoint(don.nodes, don.f) + 1,
            required,
            attesting: don.attesting.unwrap_or(don.nodes),
            attestation_decides,
            signers_add_up: attestation_decides && rules.attestation == Attestation::Signers,
            attestation_only: rules.attestation == Attestation::Alone,
            delivery: Delivery {
                receivers_drop: setup.network.limits.is_some(),
                asks_again: don.response_strategy.definition().asks,
            },
            errors: Errors {
                add_up: rules.errors_add_up,
                unavailable_is_one: rules.unavailable != Unavailable::Nothing,
            },
        }
    }

    /// Kinds of right answers that are missing from the very start.
    pub(super) fn missing_from_the_start(&self, assignment: &Assignment) -> FailureCause {
        let holders = || (0..).zip(&assignment.holders).filter(|(_, holds)| **holds).map(|(node, _)| node);
        if !assignment.agreed {
            FailureCause::NO_AGREEMENT
        } else if !self.reaches(0, holders()) {
            FailureCause::TOO_FEW_HOLDERS
        } else {
            FailureCause::default()
        }
    }

    /// Whether one right answer of a capability node is enough.
    pub(super) const fn suffices(&self, node: u32) -> bool {
        self.attestation_decides && node < self.attesting
    }

    /// Whether `counted` right answers, and at most one of each of `open` nodes to come, may be enough.
    pub(super) fn reaches(&self, counted: usize, mut open: impl Iterator<Item = u32> + Clone) -> bool {
        counted + open.clone().count() >= self.required || open.any(|node| self.suffices(node))
    }

    /// Whether the rule set counts a right answer.
    pub(super) const fn counts(&self, has_attestation: bool) -> bool {
        !(self.attestation_only && has_attestation)
    }
}
