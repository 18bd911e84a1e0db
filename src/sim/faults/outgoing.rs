//! What is on its way out of a node, and what a faulty node sends instead.

use prost::bytes::Bytes;

use crate::engine::{Span, Time};
use crate::sim::message::Reply;

/// An answer on its way out of a capability node.
#[derive(Clone, Debug)]
pub(in crate::sim) struct OutgoingAnswer {
    pub(in crate::sim) reply: Reply,
    pub(in crate::sim) when: When,
    /// The capability node in whose name it goes.
    pub(in crate::sim) name: u32,
}

/// When an answer leaves, or arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) enum When {
    /// It leaves so much later.
    After(Span),
    /// It leaves at once and arrives just then: the adversary has the network in hand.
    Arriving(Time),
}

/// A request on its way out of a workflow node.
#[derive(Clone, Debug)]
pub(in crate::sim) struct OutgoingRequest {
    /// The encoded `CapabilityRequest`.
    pub(in crate::sim) bytes: Bytes,
    /// It leaves so much later.
    pub(in crate::sim) after: Span,
}
