//! The agreement of the capability DON on the response to a request: after a latency, or by OCR3 rounds.

pub(super) mod cost;
pub(super) mod latency;

use crate::engine::{Draws, Time};

use self::latency::Latency;
use super::assignment::Assignment;
use super::capability_node::Reading;
use super::request::Request;
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
    pub(super) fn new(setup: &'a Setup, draws: Draws, assignment: &Assignment, requests: &[Request]) -> Self {
        match &setup.capability_don.ocr {
            Ocr::Latency(takes) => Self::Latency(Latency::new(setup, takes, draws, assignment.agreed)),
            Ocr::Rounds(rules) => {
                let don = Don::new(setup, rules, &draws, requests.iter().map(|request| &*request.ids));
                let nodes = don.nodes;
                Self::Rounds(Box::new(Rounds {
                    participants: (0..nodes).map(|node| Participant::new(node, &don)).collect(),
                    awake: vec![Time::ZERO; nodes as usize],
                    heights: vec![vec![None; requests.len()]; nodes as usize],
                    split: vec![false; requests.len()],
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
