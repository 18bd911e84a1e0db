//! The OCR3 messages of a round, for their sizes and bytes.

use prost::bytes::Bytes;
use prost::{Message, Oneof};

/// The wrapper in which every OCR3 message travels.
#[derive(Clone, PartialEq, Message)]
pub struct OcrMessage {
    /// The message.
    #[prost(oneof = "Body", tags = "17, 20, 21, 22, 23, 24, 25")]
    pub body: Option<Body>,
}

/// The kinds of OCR3 messages that a round without failures, or a change of epoch, needs.
#[derive(Clone, PartialEq, Eq, Oneof)]
pub enum Body {
    /// A node wishes for an epoch.
    #[prost(message, tag = "17")]
    NewEpochWish(NewEpochWish),
    /// The leader begins a round.
    #[prost(message, tag = "20")]
    RoundStart(RoundStart),
    /// A follower's observation, to the leader.
    #[prost(message, tag = "21")]
    Observation(Observation),
    /// All observations, from the leader.
    #[prost(message, tag = "22")]
    Proposal(Proposal),
    /// First vote.
    #[prost(message, tag = "23")]
    Prepare(Vote),
    /// Second vote.
    #[prost(message, tag = "24")]
    Commit(Vote),
    /// Signatures over the round's reports.
    #[prost(message, tag = "25")]
    ReportSignatures(ReportSignatures),
}

/// New epoch wish.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct NewEpochWish {
    /// The epoch wished for.
    #[prost(uint64, tag = "1")]
    pub epoch: u64,
}

/// Round start.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct RoundStart {
    /// Epoch.
    #[prost(uint64, tag = "1")]
    pub epoch: u64,
    /// Sequence number.
    #[prost(uint64, tag = "2")]
    pub seq_nr: u64,
    /// The request ids.
    #[prost(bytes = "bytes", tag = "3")]
    pub query: Bytes,
    /// ed25519 of OCR 3.1; OCR 3.0 sends none.
    #[prost(bytes = "bytes", tag = "4")]
    pub signature31: Bytes,
}

/// Observation.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Observation {
    /// Epoch.
    #[prost(uint64, tag = "1")]
    pub epoch: u64,
    /// Sequence number.
    #[prost(uint64, tag = "2")]
    pub seq_nr: u64,
    /// The observation with its signature.
    #[prost(message, optional, tag = "3")]
    pub signed_observation: Option<SignedObservation>,
}

/// An observation under its observer's signature.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SignedObservation {
    /// The encoded observation.
    #[prost(bytes = "bytes", tag = "1")]
    pub observation: Bytes,
    /// ed25519, 64 bytes.
    #[prost(bytes = "bytes", tag = "2")]
    pub signature: Bytes,
}

/// A signed observation and its observer.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct AttributedSignedObservation {
    /// The observation.
    #[prost(message, optional, tag = "1")]
    pub signed_observation: Option<SignedObservation>,
    /// Index of the observer.
    #[prost(uint32, tag = "2")]
    pub observer: u32,
}

/// Proposal.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Proposal {
    /// Epoch.
    #[prost(uint64, tag = "1")]
    pub epoch: u64,
    /// Sequence number.
    #[prost(uint64, tag = "2")]
    pub seq_nr: u64,
    /// Every observation that the leader collected.
    #[prost(message, repeated, tag = "3")]
    pub attributed_signed_observations: Vec<AttributedSignedObservation>,
    /// ed25519 of OCR 3.1.
    #[prost(bytes = "bytes", tag = "4")]
    pub signature31: Bytes,
}

/// Prepare or commit.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Vote {
    /// Epoch.
    #[prost(uint64, tag = "1")]
    pub epoch: u64,
    /// Sequence number.
    #[prost(uint64, tag = "2")]
    pub seq_nr: u64,
    /// ed25519, 64 bytes.
    #[prost(bytes = "bytes", tag = "3")]
    pub signature: Bytes,
}

/// Report signatures.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct ReportSignatures {
    /// Sequence number.
    #[prost(uint64, tag = "1")]
    pub seq_nr: u64,
    /// One 65-byte signature a report.
    #[prost(bytes = "bytes", repeated, tag = "2")]
    pub report_signatures: Vec<Bytes>,
}
