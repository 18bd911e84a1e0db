//! How far the capability DON is with a request: who asked whom, who executes, whether there is a report.

use crate::engine::Time;
use crate::sim::failure_cause::FailureCause;

use super::bounds::Bounds;

/// Facts about a request in the capability DON.
pub(super) struct Asking {
    /// By capability node.
    pub(super) nodes: Vec<NodeFacts>,
    /// By capability node, then workflow node.
    copies: Vec<Copies>,
    callers: usize,
    /// Whether a quorum has observed.
    pub(super) agreeing: bool,
    /// Whether the attested report is there.
    pub(super) reported: bool,
    /// Whether a quorum has observed without enough equal values.
    pub(super) split: bool,
}

/// Facts about a request at a capability node.
#[derive(Clone, Copy, Default)]
pub(super) struct NodeFacts {
    /// It was down when it mattered, or threw a request away.
    pub(super) faulty: bool,
    pub(super) progress: Progress,
    /// Some workflow node's schedule asks it only after the deadline.
    pub(super) scheduled_late: bool,
    /// Honest workflow nodes whose request will not get to it, or was forgotten, and why.
    pub(super) unasked_by: u32,
    pub(super) unasked_why: FailureCause,
    /// Why an answer did not come that may be asked for again.
    pub(super) spoilt: FailureCause,
    /// Why the node has no payload to answer with, though the nodes agree.
    lacks: FailureCause,
}

/// How far a capability node is.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Progress {
    /// It does not execute.
    #[default]
    Waiting,
    Executing,
    Observed,
}

/// Copies of one workflow node's requests to one capability node.
#[derive(Clone, Copy, Default)]
struct Copies {
    /// Under way.
    under_way: u32,
    /// When one was taken that is still to be answered.
    taken: Option<Time>,
    /// Whether one was answered, whatever became of the answer.
    answered: bool,
}

impl Asking {
    pub(super) fn new(bounds: &Bounds) -> Self {
        let (nodes, callers) = (bounds.nodes as usize, bounds.callers as usize);
        Self {
            nodes: vec![NodeFacts::default(); nodes],
            copies: vec![Copies::default(); nodes * callers],
            callers,
            agreeing: false,
            reported: false,
            split: false,
        }
    }

    fn copies(&mut self, from: u32, to: u32) -> &mut Copies {
        &mut self.copies[to as usize * self.callers + from as usize]
    }

    /// So many copies of a request are on their way.
    pub(super) fn sent(&mut self, from: u32, to: u32, copies: u32) {
        self.copies(from, to).under_way += copies;
    }

    /// A copy was dropped at its receiver.
    pub(super) fn refused(&mut self, from: u32, to: u32) {
        let copies = self.copies(from, to);
        copies.under_way = copies.under_way.saturating_sub(1);
    }

    /// A copy has arrived at a node that does not take it.
    pub(super) fn missed(&mut self, from: u32, to: u32) {
        let copies = self.copies(from, to);
        copies.under_way = copies.under_way.saturating_sub(1);
        self.nodes[to as usize].faulty = true;
    }

    /// A copy was taken.
    pub(super) fn taken(&mut self, from: u32, to: u32, now: Time) {
        let copies = self.copies(from, to);
        copies.under_way = copies.under_way.saturating_sub(1);
        copies.taken = Some(now);
    }

    /// A capability node answers a workflow node.
    pub(super) fn answered(&mut self, from: u32, to: u32) {
        let copies = self.copies(to, from);
        (copies.taken, copies.answered) = (None, true);
    }

    /// Whether a capability node has answered a workflow node.
    pub(super) fn has_answered(&self, from: u32, to: u32) -> bool {
        self.copies[from as usize * self.callers + to as usize].answered
    }

    /// A capability node has forgotten what it took before it was down; returns the workflow nodes that asked for it.
    pub(super) fn forget(&mut self, node: u32, is_forgotten: impl Fn(Time) -> bool) -> Vec<u32> {
        let first = node as usize * self.callers;
        let mut forgotten = Vec::new();
        for (from, copies) in (0..).zip(&mut self.copies[first..first + self.callers]) {
            if copies.taken.take_if(|taken| is_forgotten(*taken)).is_some() {
                forgotten.push(from);
            }
        }
        forgotten
    }

    /// Whether a request that was sent was taken, or may yet be.
    pub(super) fn may_ask(&self, from: u32, to: u32) -> bool {
        let copies = self.copies[to as usize * self.callers + from as usize];
        copies.taken.is_some() || copies.answered || copies.under_way > 0
    }

    /// A node has the result of the agreement; `lacks` says why that gives it no payload.
    pub(super) fn result(&mut self, node: u32, lacks: FailureCause) {
        self.reported = true;
        self.nodes[node as usize].lacks = lacks;
    }

    /// Why a capability node has not given its right answer yet, as far as everything up to now tells.
    pub(super) fn why_no_answer(&self, node: u32, bounds: &Bounds) -> FailureCause {
        let facts = self.nodes[node as usize];
        if facts.faulty {
            FailureCause::FAULTY
        } else if !facts.spoilt.is_empty() {
            facts.spoilt
        } else if !facts.lacks.is_empty() {
            facts.lacks
        } else if facts.progress == Progress::Waiting {
            self.why_not_executing(node, bounds)
        } else if self.reported || self.agreeing {
            FailureCause::TOO_LATE
        } else {
            self.why_no_report(bounds)
        }
    }

    fn why_not_executing(&self, node: u32, bounds: &Bounds) -> FailureCause {
        let asked = (0..bounds.callers).filter(|from| self.may_ask(*from, node)).count();
        let facts = self.nodes[node as usize];
        if facts.faulty {
            FailureCause::FAULTY
        } else if facts.progress != Progress::Waiting || asked >= bounds.needed_requests as usize {
            FailureCause::TOO_LATE
        } else if facts.scheduled_late {
            FailureCause::DEADLINE_BEFORE_SCHEDULE
        } else {
            FailureCause::TOO_FEW_REQUESTS
        }
    }

    /// Why no quorum has observed: what holds up those that have not.
    fn why_no_report(&self, bounds: &Bounds) -> FailureCause {
        if self.split {
            return FailureCause::NO_AGREEMENT;
        }
        let observers = self.nodes.iter().filter(|facts| facts.progress == Progress::Observed).count();
        if observers >= bounds.quorum as usize {
            return FailureCause::TOO_LATE;
        }
        let missing = (0..bounds.nodes).filter(|node| self.nodes[*node as usize].progress != Progress::Observed);
        missing.fold(FailureCause::default(), |why, node| why.and(self.why_not_executing(node, bounds)))
    }
}
