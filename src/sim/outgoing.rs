//! Answers and requests on their way out of a node, before they are messages: honest ones, and what faults make of them.

use prost::bytes::Bytes;

use crate::engine::{Span, Time};

use super::message::Reply;

/// An answer on its way out of a capability node.
#[derive(Clone, Debug)]
pub(super) struct OutgoingAnswer {
    pub(super) reply: Reply,
    pub(super) when: When,
    /// The capability node in whose name it goes.
    pub(super) name: u32,
}

/// When an answer leaves, or arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// It leaves so much later.
    After(Span),
    /// It leaves at once and arrives just then: the adversary has the network in hand.
    Arriving(Time),
}

/// A request on its way out of a workflow node.
#[derive(Clone, Debug)]
pub(super) struct OutgoingRequest {
    /// The encoded `CapabilityRequest`.
    pub(super) bytes: Bytes,
    /// It leaves so much later.
    pub(super) after: Span,
}
