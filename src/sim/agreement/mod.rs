//! The agreement of the capability DON on the response to a request: after a latency, or by OCR3 rounds.

pub(super) mod cost;
pub(super) mod latency;

use crate::aggregator::RequestIds;
use crate::engine::{Draws, Time};

use self::latency::Latency;
use super::capability_node::Reading;
use super::rounds::{Don, Participant};
use super::setup::{Ocr, Setup};

/// How the nodes of a replicate agree.
pub(super) enum Agreement<'a> {
    Latency(Latency<'a>),
    Rounds(Box<Rounds<'a>>),
}

/// All participants of the rounds.
pub(super) struct Rounds<'a> {
    pub(super) don: Don<'a>,
    pub(super) participants: Vec<Participant>,
    /// By node, when it last had something to do.
    pub(super) awake: Vec<Time>,
    /// By node, then request, the height to read at.
    pub(super) heights: Vec<Vec<Option<u64>>>,
    /// By request, whether a quorum observed it without enough equal values.
    pub(super) split: Vec<bool>,
}

impl<'a> Agreement<'a> {
    /// The agreement on requests with these ids; `agrees` says whether enough nodes observe the same, where no rounds decide it.
    pub(super) fn new<'r>(
        setup: &'a Setup,
        draws: Draws,
        agrees: bool,
        requests: impl Iterator<Item = &'r RequestIds>,
    ) -> Self {
        match &setup.capability_don.ocr {
            Ocr::Latency(takes) => Self::Latency(Latency::new(setup, takes, draws, agrees)),
            Ocr::Rounds(rules) => {
                let don = Don::new(setup, rules, &draws, requests);
                let (nodes, requests) = (don.nodes, setup.request.count as usize);
                Self::Rounds(Box::new(Rounds {
                    participants: (0..nodes).map(|node| Participant::new(node, &don)).collect(),
                    awake: vec![Time::ZERO; nodes as usize],
                    heights: vec![vec![None; requests]; nodes as usize],
                    split: vec![false; requests],
                    don,
                }))
            }
        }
    }

    /// How a node comes to its observation.
    pub(super) fn reading(&self, holds: bool) -> Reading {
        match self {
            Self::Latency(_) => Reading::Once { holds },
            Self::Rounds(rounds) => Reading::Polls { every: rounds.don.rules.observation.poll },
        }
    }

    /// Whether a quorum observed a request and had nothing to agree on.
    pub(super) fn found_nothing(&self, request: u32) -> bool {
        match self {
            Self::Latency(latency) => latency.found_nothing(request),
            Self::Rounds(rounds) => rounds.split[request as usize],
        }
    }

    /// Epochs that the furthest node has entered since the replicate began.
    pub(super) fn epochs(&self) -> u64 {
        match self {
            Self::Latency(_) => 0,
            Self::Rounds(rounds) => rounds.participants.iter().map(Participant::epochs).max().unwrap_or_default(),
        }
    }
}
