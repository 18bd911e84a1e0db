//! Happenings of the rounds, part of a replicate's stream.

use std::rc::Rc;

use crate::engine::Time;
use crate::network::{Barrier, Node};

use super::message::OcrMessage;
use super::value::Value;

/// Kinds of happenings of OCR3 rounds.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::rounds::{Observed, Outcome, Value};
/// use donsim::sim::{OcrBody, OcrHappening, OcrMessage, ReplicateCache, What, replay};
///
/// let text = "schema = 1\ncapability_don.ocr = \"round\"\n".to_owned();
/// let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// let (_, happenings) = replay(&setup, 0, &mut ReplicateCache::new(setup.run.seed));
/// let mut names = Vec::new();
/// for happening in &happenings {
///     let What::Ocr(OcrHappening::Sent { message, .. }) = &happening.what else { continue };
///     let OcrMessage { body, .. } = &**message;
///     assert!(!message.is_empty() && message.len() < 10_000);
///     if !names.contains(&body.name()) {
///         names.push(body.name());
///     }
///     if let OcrBody::Commit(outcome) = body {
///         let Outcome { agreed, split, .. } = &**outcome;
///         let is_right = |observed: &Observed| observed.value == Value::Response { version: 0 };
///         assert!(agreed.iter().all(is_right) && split.is_empty());
///     }
/// }
/// assert_eq!(names, ["round_start", "observation", "proposal", "prepare", "commit", "report_signatures"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum OcrHappening {
    /// The leader starts an OCR3 round.
    RoundStarted {
        /// Epoch.
        epoch: u64,
        /// Sequence number of the round.
        seq_nr: u64,
        /// Requests in its query.
        requests: Vec<u32>,
    },
    /// The leader proposes what it has collected.
    Proposed {
        /// Epoch.
        epoch: u64,
        /// Sequence number of the round.
        seq_nr: u64,
        /// Observations in the proposal.
        observations: u32,
    },
    /// A capability node commits the outcome of a round.
    Committed {
        /// Epoch that the node is in.
        epoch: u64,
        /// Sequence number of the round.
        seq_nr: u64,
        /// Requests that the outcome agrees on.
        agreed: Vec<u32>,
    },
    /// A capability node wishes for an epoch.
    EpochWished {
        /// Epoch.
        epoch: u64,
    },
    /// A capability node enters an epoch.
    EpochEntered {
        /// Epoch.
        epoch: u64,
        /// Its leader.
        leader: Node,
    },
    /// An epoch starts at a capability node.
    EpochStarted {
        /// Epoch.
        epoch: u64,
    },
    /// An OCR3 message leaves the node's uplink for the peer.
    Sent {
        /// The message.
        message: Rc<OcrMessage>,
        /// Its bytes on the line.
        bytes: u64,
        /// Instants in which its copies reach the receiver's downlink.
        arrivals: [Option<Time>; 2],
        /// Partition or cut that stopped it.
        barrier: Option<Barrier>,
    },
    /// The node has heard the peer too often and drops an OCR3 message of it.
    Refused {
        /// The message.
        message: Rc<OcrMessage>,
    },
    /// An OCR3 message is through the node's downlink.
    Delivered {
        /// The message.
        message: Rc<OcrMessage>,
    },
    /// A poll of the RPC gives a capability node a value.
    Captured {
        /// The value.
        value: Value,
    },
    /// A capability node has the attestation of a request's response.
    Attested {
        /// Sequence number of the round.
        seq_nr: u64,
        /// Nodes whose signatures it has, rising.
        signers: Vec<u32>,
        /// Whether the node holds the payload.
        holds: bool,
    },
    /// A capability node learns that the DON agrees on an error of the RPC.
    AgreedOnError,
}
