//! Whether a request can still succeed at a workflow node; if not, since when, and why.
//!
//! The oracle's word, from what honest nodes do and what the network loses, not from the aggregator's code. It is
//! careful: while a right answer may still come that could save the request in some order, there is hope. So whatever it
//! calls unreachable is lost for good, though a request may be lost before it says so.

use crate::engine::Time;

use super::setup::Setup;

/// Why a request could not succeed any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FailureCause {
    /// No holder is left that would give the right answer.
    NoHonestHolder,
    /// Every right answer got lost on the way.
    AllHoldersLost,
    /// Fewer right answers are left than a quorum needs.
    QuorumUnreachable,
    /// Capability nodes could not be asked by enough workflow nodes, or not by this one.
    TooFewRequests,
    /// The schedule asks too late for any answer to be in time.
    DeadlineBeforeSchedule,
    /// Right answers come after the deadline.
    TooLate,
    /// OCR found nothing that enough nodes observed.
    NoAgreement,
    /// The aggregator failed while a right answer could still come.
    AggregatorFailedEarly,
    /// A message crashed the workflow node.
    NodeCrashed,
}

impl FailureCause {
    /// Every reason.
    pub const ALL: [Self; 9] = [
        Self::NoHonestHolder,
        Self::AllHoldersLost,
        Self::QuorumUnreachable,
        Self::TooFewRequests,
        Self::DeadlineBeforeSchedule,
        Self::TooLate,
        Self::NoAgreement,
        Self::AggregatorFailedEarly,
        Self::NodeCrashed,
    ];

    /// Its name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoHonestHolder => "no_honest_holder",
            Self::AllHoldersLost => "all_holders_lost",
            Self::QuorumUnreachable => "quorum_unreachable",
            Self::TooFewRequests => "too_few_requests",
            Self::DeadlineBeforeSchedule => "deadline_before_schedule",
            Self::TooLate => "too_late",
            Self::NoAgreement => "no_agreement",
            Self::AggregatorFailedEarly => "aggregator_failed_early",
            Self::NodeCrashed => "node_crashed",
        }
    }
}

/// Why a capability node's right answer will not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    /// The node's fault kept it, or spoilt it.
    Faulty,
    /// It got lost on the way.
    Lost,
    /// The node was not asked in a way that makes it answer.
    Unasked,
    /// The schedule asks it too late.
    Scheduled,
    /// It comes too late.
    Late,
    /// There is no report to answer with.
    NoAgreement,
}

/// The hope of one request at one workflow node.
#[derive(Clone, Debug)]
pub(super) struct Hope {
    /// Right answers of each capability node that may still come.
    open: Vec<u32>,
    /// Right answers that were counted without deciding.
    counted: usize,
    losses: Vec<Loss>,
    /// So many equal answers decide.
    quorum: usize,
    /// Whether one right answer may decide by its attestation.
    one_is_enough: bool,
    unreachable: Option<(Time, FailureCause)>,
    /// Nothing that comes now matters.
    is_settled: bool,
}

impl Hope {
    /// At the beginning every holder may answer.
    pub(super) fn new(setup: &Setup, holders: &[bool], begins: Time) -> Self {
        let quorum = setup.required();
        let one_is_enough =
            setup.aggregator.rule_set.trusts_attestations() && quorum == setup.capability_don.f as usize + 1;
        let open = holders.iter().map(|holds| u32::from(*holds)).collect();
        let mut hope =
            Self { open, counted: 0, losses: Vec::new(), quorum, one_is_enough, unreachable: None, is_settled: false };
        hope.look(begins, FailureCause::NoHonestHolder);
        hope
    }

    /// A capability node is about to send so many right answers.
    pub(super) fn promise(&mut self, capability: u32, answers: u32) {
        self.open[capability as usize] = answers;
    }

    /// One right answer of a capability node will not come.
    pub(super) fn lose(&mut self, now: Time, capability: u32, loss: Loss) {
        let open = &mut self.open[capability as usize];
        if *open == 0 {
            return;
        }
        *open -= 1;
        self.losses.push(loss);
        let reason = match loss {
            Loss::NoAgreement => FailureCause::NoAgreement,
            Loss::Unasked => FailureCause::TooFewRequests,
            Loss::Scheduled => FailureCause::DeadlineBeforeSchedule,
            Loss::Late => FailureCause::TooLate,
            Loss::Lost => FailureCause::AllHoldersLost,
            Loss::Faulty => FailureCause::NoHonestHolder,
        };
        self.look(now, reason);
    }

    /// A right answer was counted and has not decided.
    pub(super) fn count(&mut self, now: Time, capability: u32) {
        let open = &mut self.open[capability as usize];
        if *open > 0 {
            *open -= 1;
            self.counted += 1;
            self.look(now, FailureCause::QuorumUnreachable);
        }
    }

    /// The request succeeded.
    pub(super) fn settle(&mut self) {
        self.is_settled = true;
    }

    /// The request ended without success.
    pub(super) fn end(&mut self, now: Time, reason: FailureCause) {
        if self.unreachable.is_none() {
            self.unreachable = Some((now, reason));
        }
    }

    /// When and why the request was unreachable.
    pub(super) const fn unreachable(&self) -> Option<(Time, FailureCause)> {
        self.unreachable
    }

    fn look(&mut self, now: Time, reason: FailureCause) {
        let open = self.open.iter().filter(|answers| **answers > 0).count();
        if self.is_settled
            || self.unreachable.is_some()
            || self.counted + open >= self.quorum
            || (self.one_is_enough && open > 0)
        {
            return;
        }
        // Where right answers were or are to be had, it is their number that is too small.
        let total = matches!(reason, FailureCause::NoHonestHolder | FailureCause::AllHoldersLost)
            && open == 0
            && self.counted == 0;
        let uniform = self.losses.windows(2).all(|pair| pair[0] == pair[1]);
        let reason = match reason {
            FailureCause::NoHonestHolder | FailureCause::AllHoldersLost if !(total && uniform) => {
                FailureCause::QuorumUnreachable
            }
            reason => reason,
        };
        self.unreachable = Some((now, reason));
    }
}
