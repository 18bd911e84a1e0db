//! Happenings of the rounds, part of a replicate's stream.

use std::rc::Rc;

use crate::engine::Time;
use crate::network::{Barrier, Node};

use super::message::OcrMessage;
use super::value::Value;

/// Kinds of happenings of OCR3 rounds.
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
