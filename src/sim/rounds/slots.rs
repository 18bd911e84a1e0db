//! One round at one node: what has come of it, in whatever order, and what the node has said.

use std::rc::Rc;

use super::Don;
use super::outcome::Outcome;

/// A round at a node.
#[derive(Debug, Default)]
pub(super) struct Slot {
    /// Requests of the leader's round start.
    pub(super) query: Option<Rc<[u32]>>,
    /// Outcome of the leader's proposal.
    pub(super) proposed: Option<Rc<Outcome>>,
    prepares: Votes,
    commits: Votes,
    pub(super) has_observed: bool,
    pub(super) has_prepared: bool,
    pub(super) has_committed: bool,
}

/// Votes by node.
#[derive(Debug, Default)]
struct Votes(Vec<Option<Rc<Outcome>>>);

impl Votes {
    fn cast(&mut self, from: u32, outcome: &Rc<Outcome>, don: &Don<'_>) {
        self.0.resize(don.nodes as usize, None);
        self.0[from as usize].get_or_insert_with(|| Rc::clone(outcome));
    }

    /// Whether a quorum votes for `outcome`.
    fn decide(&self, outcome: &Rc<Outcome>, don: &Don<'_>) -> bool {
        let votes_for = |vote: &&Rc<Outcome>| Rc::ptr_eq(vote, outcome) || *vote == outcome;
        self.0.len() >= don.quorum as usize && self.0.iter().flatten().filter(votes_for).count() >= don.quorum as usize
    }
}

impl Slot {
    pub(super) fn prepare(&mut self, from: u32, outcome: &Rc<Outcome>, don: &Don<'_>) {
        self.prepares.cast(from, outcome, don);
    }

    pub(super) fn commit(&mut self, from: u32, outcome: &Rc<Outcome>, don: &Don<'_>) {
        self.commits.cast(from, outcome, don);
    }

    /// The proposed outcome, if a quorum has prepared it.
    pub(super) fn prepared(&self, don: &Don<'_>) -> Option<&Rc<Outcome>> {
        self.proposed.as_ref().filter(|outcome| self.prepares.decide(outcome, don))
    }

    /// The proposed outcome, if a quorum has committed to it.
    pub(super) fn committed(&self, don: &Don<'_>) -> Option<&Rc<Outcome>> {
        self.proposed.as_ref().filter(|outcome| self.commits.decide(outcome, don))
    }
}
