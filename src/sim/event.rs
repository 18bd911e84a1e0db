//! Events of a replicate, and how those of one instant are told apart.

use std::rc::Rc;

use prost::bytes::Bytes;

use super::agreement::latency;
use super::message::Message;
use super::outgoing::OutgoingAnswer;
use super::rounds::{self, OcrMessage};
use super::{capability_node, workflow_node};
use crate::network::Node;

/// The number of an arrival among the kinds of events.
pub(super) const ARRIVAL: u32 = 3;

/// An event that is to come.
#[derive(Clone, Debug)]
pub(super) enum Event {
    /// A workflow node starts a request.
    Begin { workflow: u32, request: u32 },
    /// A timer of a workflow node.
    Workflow { workflow: u32, timer: workflow_node::Timer },
    /// A timer of a capability node.
    Capability { capability: u32, timer: capability_node::Timer },
    /// An agreement that takes a latency comes to its end.
    Agreed(latency::Done),
    /// A timer of a capability node's part in the rounds.
    Round { capability: u32, timer: rounds::Timer },
    /// A message of the rounds reaches its receiver's downlink.
    OcrArrival(OcrUnderWay),
    /// A message of the rounds is through the downlink.
    OcrDelivery(OcrUnderWay),
    /// A message reaches its receiver's downlink.
    Arrival(Rc<Message>),
    /// A message is through the downlink.
    Delivery(Rc<Message>),
    /// A late answer leaves.
    LateAnswer { capability: u32, request: u32, workflow: u32, outgoing: OutgoingAnswer },
    /// A late request leaves.
    LateRequest { workflow: u32, request: u32, capability: u32, bytes: Bytes },
}

/// A message of the rounds on its way.
#[derive(Clone, Debug)]
pub(super) struct OcrUnderWay {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) message: Rc<OcrMessage>,
}

impl OcrUnderWay {
    /// Key of a draw about it; `copy` tells those of its copies apart.
    pub(super) fn draw_parts(&self, copy: u32) -> [u32; 5] {
        let Self { from, to, message } = self;
        let ends = (from << 16) | to;
        [message.seq_nr as u32, ends, message.body.draw_key(), message.epoch as u32, (message.attempt << 1) | copy]
    }

    fn tie_parts(&self, event: u32, copy: u32) -> [u32; 5] {
        let [seq_nr, ends, kind, epoch, attempt] = self.draw_parts(copy);
        [seq_nr, ends, (kind << 16) | epoch, event, attempt]
    }
}

impl Event {
    /// Whether it may make a capability node begin to execute a request.
    pub(super) fn may_ask(&self) -> bool {
        match self {
            Self::Begin { .. } | Self::LateRequest { .. } => true,
            Self::Workflow { timer, .. } => matches!(timer, workflow_node::Timer::Ask { .. }),
            Self::Arrival(message) | Self::Delivery(message) => {
                matches!(message.from, Node::Workflow(_)) && message.signal.is_none()
            }
            _ => false,
        }
    }

    /// Whether a caller begins to wait for its request then, or gives up at last.
    pub(super) const fn is_awaited(&self) -> bool {
        matches!(self, Self::Begin { .. } | Self::Workflow { timer: workflow_node::Timer::Expiry { .. }, .. })
    }

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
            Self::Arrival(message) => (message.request, message.from.key(), message.to.key(), ARRIVAL),
            Self::Delivery(message) => (message.request, message.from.key(), message.to.key(), 4),
            Self::Capability { capability, timer: capability_node::Timer::Observed { request, .. } } => {
                (*request, *capability, NOBODY, 5)
            }
            Self::Agreed(done) => (done.request, NOBODY, NOBODY, 6),
            Self::Capability { capability, timer: capability_node::Timer::Tick { request } } => {
                (*request, *capability, NOBODY, 7)
            }
            Self::LateAnswer { capability, request, workflow, .. } => (*request, *workflow, *capability, 8),
            Self::Workflow { workflow, timer: workflow_node::Timer::Expiry { request } } => {
                (*request, *workflow, NOBODY, 9)
            }
            Self::LateRequest { workflow, request, capability, .. } => (*request, *workflow, *capability, 10),
            Self::Capability { capability, timer: capability_node::Timer::Polled { request, poll, .. } } => {
                (*request, *capability, *poll, 11)
            }
            Self::Capability { capability, timer: capability_node::Timer::Poll { request, .. } } => {
                (*request, *capability, NOBODY, 12)
            }
            Self::Capability { capability, timer: capability_node::Timer::Turn { request, to, .. } } => {
                (*request, *capability, *to, 16)
            }
            Self::Workflow { workflow, timer: workflow_node::Timer::Next { request, .. } } => {
                (*request, *workflow, NOBODY, 17)
            }
            Self::Round { capability, timer } => (timer.tie_key(), *capability, NOBODY, 13),
            Self::OcrArrival(under_way) => return under_way.tie_parts(14, attempt),
            Self::OcrDelivery(under_way) => return under_way.tie_parts(15, attempt),
        };
        [request, first, second, kind, attempt]
    }
}
