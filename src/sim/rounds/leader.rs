//! The leader's part of a round and of an epoch's start.

use std::rc::Rc;

use crate::engine::Time;

use super::Don;
use super::message::{Certified, Proposal};
use super::observation::Observation;

/// State of a node in the epoch that it leads.
#[derive(Debug, Default)]
pub(super) struct Lead {
    /// Start of the last round.
    pub(super) round_started: Time,
    /// Sequence number of the last round that it started.
    last_round: u64,
    /// Sequence number of the round whose observations it collects.
    collecting: Option<u64>,
    observations: Vec<Option<Rc<Observation>>>,
    /// By sender, what each knows to be certified: the requests to start an epoch.
    ready: Vec<Option<Certified>>,
    is_begun: bool,
}

impl Lead {
    /// Begins to collect the observations of a round, once.
    pub(super) fn start_round(&mut self, now: Time, seq_nr: u64, don: &Don<'_>) -> bool {
        if self.last_round >= seq_nr {
            return false;
        }
        (self.last_round, self.round_started) = (seq_nr, now);
        self.collecting = Some(seq_nr);
        self.observations = vec![None; don.nodes as usize];
        true
    }

    /// Takes an observation, the first of each node; `true` when there are enough by just that one.
    pub(super) fn observation(&mut self, seq_nr: u64, from: u32, observation: &Rc<Observation>, don: &Don<'_>) -> bool {
        if self.collecting != Some(seq_nr) || self.observations[from as usize].is_some() {
            return false;
        }
        self.observations[from as usize] = Some(Rc::clone(observation));
        let collected = self.observations.iter().flatten().count();
        collected == (don.nodes - don.f) as usize
    }

    /// The proposal of all observations, once.
    pub(super) fn propose(&mut self, seq_nr: u64) -> Option<Proposal> {
        self.collecting.take_if(|collecting| *collecting == seq_nr)?;
        Some(Proposal::new(seq_nr, self.observations.iter().flatten().map(Rc::clone).collect()))
    }

    /// Takes a node's request to start the epoch; where a quorum left off, once a quorum has asked.
    pub(super) fn ready(&mut self, from: u32, certified: Certified, don: &Don<'_>) -> Option<Certified> {
        self.ready.resize(don.nodes as usize, None);
        self.ready[from as usize] = Some(certified);
        if self.is_begun || self.ready.iter().flatten().count() < don.quorum as usize {
            return None;
        }
        self.is_begun = true;
        self.ready.iter().flatten().max_by_key(|certified| certified.rank()).cloned()
    }
}
