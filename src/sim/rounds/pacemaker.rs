//! Epochs of one node: who leads, and when the next one takes over.
//!
//! A node wishes for the next epoch without progress for `delta_progress`, without an epoch start for `delta_initial`, or
//! after `r_max` rounds. It joins a wish of `F + 1` nodes, and enters an epoch for which `2F + 1` wish.

use super::{Don, FIRST_EPOCH};

/// Epochs as one node knows them.
#[derive(Debug)]
pub(super) struct Pacemaker {
    /// Epoch that it is in.
    pub(super) epoch: u64,
    /// Whether the epoch's leader has started it.
    pub(super) started: bool,
    /// Rounds committed in it.
    pub(super) rounds: u64,
    /// Highest wish of each node.
    wishes: Vec<u64>,
}

impl Pacemaker {
    pub(super) fn new(don: &Don<'_>) -> Self {
        Self { epoch: FIRST_EPOCH, started: true, rounds: 0, wishes: vec![FIRST_EPOCH; don.nodes as usize] }
    }

    /// Takes a wish.
    pub(super) fn wish(&mut self, node: u32, epoch: u64) {
        let wish = &mut self.wishes[node as usize];
        *wish = epoch.max(*wish);
    }

    /// The node's own wish.
    pub(super) fn wish_of(&self, node: u32) -> u64 {
        self.wishes[node as usize]
    }

    /// Highest epoch for which so many nodes wish.
    pub(super) fn wished_by(&self, nodes: u32) -> u64 {
        let mut wishes = self.wishes.clone();
        wishes.sort_unstable_by(|one, other| other.cmp(one));
        let at = (nodes as usize).clamp(1, wishes.len()) - 1;
        wishes[at]
    }

    /// Enters an epoch that its leader has yet to start.
    pub(super) const fn enter(&mut self, epoch: u64) {
        (self.epoch, self.started, self.rounds) = (epoch, false, 0);
    }
}
