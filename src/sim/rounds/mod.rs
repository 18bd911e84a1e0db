//! OCR3 rounds of the capability DON, message by message.
//!
//! A round: 1. the leader's round start carries the requests that it knows of; 2. every node sends the leader its
//! observation of them; 3. with `N - F` observations the leader waits `delta_grace` and proposes all that it has; 4. every
//! node derives the outcome and votes for it, prepare, then commit, to all, each with a Byzantine quorum; 5. whoever has
//! committed sends its signatures over the outcome's reports to all, and `F + 1` valid ones make a node's attestation.
//! Rounds follow one another, also idle ones, from the start of the replicate for as long as some capability node executes
//! a request, or one is on its way that some caller waits for. Epochs change by wishes (`pacemaker.rs`), and a new leader begins where a quorum left
//! off, so no request is ever agreed on twice.
//!
//! A participant is one node's part; it knows nothing of faults, the network or who listens. Not modelled: clients'
//! retransmissions within a connection, blob transmission, and messages of a node's own restarts; a crashed node keeps its
//! votes, as the original keeps them in its database.
//!
//! ```
//! use donsim::scenario::Scenario;
//! use donsim::sim::rounds::Outcome;
//! use donsim::sim::{OcrBody, OcrHappening, ReplicateCache, What, replay};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let text = "schema = 1\ncapability_don.ocr = \"round\"\n".to_owned();
//! let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
//! let (_, happenings) = replay(&setup, 0, &mut ReplicateCache::new(setup.run.seed));
//! let committed = happenings.iter().find_map(|happening| match &happening.what {
//!     What::Ocr(OcrHappening::Sent { message, .. }) => match &message.body {
//!         OcrBody::Commit(outcome) if !outcome.agreed.is_empty() => Some(&**outcome),
//!         _ => None,
//!     },
//!     _ => None,
//! });
//! let Outcome { agreed, .. } = committed.expect("the request is agreed on");
//! assert!(agreed.iter().map(|observed| observed.request).eq([0]));
//! # Ok(())
//! # }
//! ```

mod chain;
mod happening;
mod leader;
mod message;
mod observation;
mod outcome;
mod pacemaker;
mod participant;
mod reports;
mod slots;
#[cfg(test)]
mod tests;
mod value;

pub use happening::OcrHappening;
pub use message::{Certified, OcrBody, OcrMessage, Proposal};
pub use observation::Observation;
pub use outcome::Outcome;
pub(crate) use value::RPC_ERROR;
pub use value::{Observed, Value};

pub(super) use chain::Chain;
pub(super) use participant::{Input, Output, Participant, Timer};

use super::setup::{RoundsSetup, Setup};
use super::site::Site;
use crate::aggregator::RequestIds;
use crate::engine::{Draws, Time};
use crate::wire::ocr;
use prost::Message as _;

/// First epoch of every replicate.
const FIRST_EPOCH: u64 = 1;

/// Facts about the capability DON that all its participants share.
#[derive(Debug)]
pub(super) struct Don<'a> {
    /// `N`.
    pub(super) nodes: u32,
    /// `F`.
    pub(super) f: u32,
    /// Byzantine quorum, `floor((N + F) / 2) + 1`.
    pub(super) quorum: u32,
    pub(super) rules: &'a RoundsSetup,
    pub(super) chain: Chain<'a>,
    /// Nodes in the order in which they lead.
    leaders: Vec<u32>,
    /// By request, `<execution id>:<reference id>`.
    keys: Vec<String>,
    /// Sequence number of the first round.
    pub(super) first_seq_nr: u64,
    /// Instant in which the first round starts.
    first_round: Time,
}

impl<'a> Don<'a> {
    /// The DON of a replicate. It has been running for a while: sequence numbers are somewhere in the thousands, and the
    /// requests begin at any moment of a round.
    pub(super) fn new<'r>(
        setup: &Setup,
        rules: &'a RoundsSetup,
        draws: &Draws,
        requests: impl Iterator<Item = &'r RequestIds>,
    ) -> Self {
        let (nodes, f) = (setup.capability_don.nodes, setup.capability_don.f);
        let key = |ids: &RequestIds| format!("{}:{}", ids.workflow_execution_id, ids.reference_id);
        let phase = Site::RoundPhase.draw(draws, [0; 5]).below(rules.delta_round.as_nanos().max(1));
        Self {
            nodes,
            f,
            quorum: u32::midpoint(nodes, f) + 1,
            leaders: Site::LeaderRank.ranked(draws, nodes, |node| [node, 0, 0, 0, 0]),
            keys: requests.map(key).collect(),
            first_seq_nr: 1000 + Site::FirstSequenceNumber.draw(draws, [0; 5]).below(10_000),
            first_round: Time::from_nanos(phase),
            chain: Chain::new(&rules.observation, nodes, *draws),
            rules,
        }
    }

    /// Leader of an epoch.
    pub(super) fn leader(&self, epoch: u64) -> u32 {
        self.leaders[(epoch % u64::from(self.nodes)) as usize]
    }

    /// Key of a request in queries and observations.
    fn key(&self, request: u32) -> String {
        self.keys[request as usize].clone()
    }

    /// Bytes that a request takes in a query.
    fn query_entry(&self, request: u32) -> u64 {
        ocr::Query { requests: vec![self.key(request)] }.encoded_len() as u64
    }

    /// Bytes that a value takes in an observation.
    fn observation_entry(&self, observed: &Observed) -> u64 {
        let requests = [(self.key(observed.request), observed.wire())].into();
        ocr::Contents { requests, ..ocr::Contents::default() }.encoded_len() as u64
    }
}
