//! Events of a replicate, and how those of one instant are told apart.

use std::rc::Rc;

use prost::bytes::Bytes;

use super::faults::OutgoingAnswer;
use super::message::Message;
use super::{capability_node, ocr, workflow_node};

/// An event that is to come.
#[derive(Clone, Debug)]
pub(super) enum Event {
    /// A workflow node starts a request.
    Begin { workflow: u32, request: u32 },
    /// A timer of a workflow node.
    Workflow { workflow: u32, timer: workflow_node::Timer },
    /// A timer of a capability node.
    Capability { capability: u32, timer: capability_node::Timer },
    /// The timer of OCR.
    Ocr(ocr::Done),
    /// A message reaches its receiver's downlink.
    Arrival(Rc<Message>),
    /// A message is through the downlink.
    Delivery(Rc<Message>),
    /// A late answer leaves.
    LateAnswer { capability: u32, request: u32, workflow: u32, outgoing: OutgoingAnswer },
    /// A late request leaves.
    LateRequest { workflow: u32, request: u32, capability: u32, bytes: Bytes },
}

impl Event {
    /// How much the caller would like the event to come early, from 0 to 3.
    pub(super) fn kindness(&self) -> u64 {
        match self {
            Self::Workflow { timer: workflow_node::Timer::Expiry { .. }, .. } => 0,
            Self::Arrival(message) | Self::Delivery(message) if message.class.is_right() => 3,
            Self::Arrival(_) | Self::Delivery(_) => 1,
            _ => 2,
        }
    }

    /// Key of the event's tie draw; `attempt` tells apart what is else the same. The numbers of the kinds are part of
    /// every result: add, never renumber.
    pub(super) fn tie_parts(&self, attempt: u32) -> [u32; 5] {
        const NOBODY: u32 = u32::MAX;
        let (request, first, second, kind) = match self {
            Self::Begin { workflow, request } => (*request, *workflow, NOBODY, 1),
            Self::Workflow { workflow, timer: workflow_node::Timer::Ask { request, capability } } => {
                (*request, *workflow, *capability, 2)
            }
            Self::Arrival(message) => (message.request, message.from.key(), message.to.key(), 3),
            Self::Delivery(message) => (message.request, message.from.key(), message.to.key(), 4),
            Self::Capability { capability, timer: capability_node::Timer::Observed { request, .. } } => {
                (*request, *capability, NOBODY, 5)
            }
            Self::Ocr(done) => (done.request, NOBODY, NOBODY, 6),
            Self::Capability { capability, timer: capability_node::Timer::Tick { request } } => {
                (*request, *capability, NOBODY, 7)
            }
            Self::LateAnswer { capability, request, workflow, .. } => (*request, *workflow, *capability, 8),
            Self::Workflow { workflow, timer: workflow_node::Timer::Expiry { request } } => {
                (*request, *workflow, NOBODY, 9)
            }
            Self::LateRequest { workflow, request, capability, .. } => (*request, *workflow, *capability, 10),
        };
        [request, first, second, kind, attempt]
    }
}
