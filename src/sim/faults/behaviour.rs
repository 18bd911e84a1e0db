//! How a fault acts, and what it is told.

use std::rc::Rc;

use crate::engine::{Draws, Time};
use crate::sim::message::Reply;
use crate::sim::outgoing::{OutgoingAnswer, OutgoingRequest, When};
use crate::sim::replicate_cache::ReplicateCache;
use crate::sim::request::Request;
use crate::sim::rounds::{Don, Observation, Observed, OcrBody, OcrMessage, Value};
use crate::sim::site::Site;
use crate::wire::{OcrAttestation, Response};

/// Action of a faulty node in place of the one honest thing.
pub(in crate::sim) enum Action<T> {
    /// Just that; the fault does not act.
    Honest,
    /// These instead; nothing at all when empty.
    Instead(Vec<T>),
}

/// Rest of `things` after each has been through a fault's hands, and whether the fault acted on any.
pub(in crate::sim) fn distorted<T>(things: Vec<T>, mut action: impl FnMut(&T) -> Action<T>) -> (Vec<T>, bool) {
    let mut left = Vec::with_capacity(things.len());
    let mut acted = false;
    for thing in things {
        match action(&thing) {
            Action::Honest => left.push(thing),
            Action::Instead(others) => {
                acted = true;
                left.extend(others);
            }
        }
    }
    (left, acted)
}

type OnAnswer = dyn Fn(&AnswerContext<'_>, &mut ReplicateCache) -> Action<OutgoingAnswer>;
type OnRequest = dyn Fn(&RequestContext<'_>) -> Action<OutgoingRequest>;
type OnMessage = dyn Fn(&MessageContext<'_>) -> Action<Rc<OcrMessage>>;

/// A way to be faulty.
pub(in crate::sim) enum Behaviour {
    /// None of its own: the node is down, or does what it should.
    Honest,
    /// A capability node throws away the requests that it receives.
    Deaf,
    /// A workflow node tells a capability node to stop as soon as it has asked it.
    StopsAtOnce,
    /// Action on an answer of a capability node.
    OnAnswer(Box<OnAnswer>),
    /// Action on a request of a workflow node.
    OnRequest(Box<OnRequest>),
    /// Action on an OCR3 message of a capability node.
    OnMessage(Box<OnMessage>),
}

pub(super) fn acts_on_answers(
    action: impl Fn(&AnswerContext<'_>, &mut ReplicateCache) -> Action<OutgoingAnswer> + 'static,
) -> Behaviour {
    Behaviour::OnAnswer(Box::new(action))
}

pub(super) fn acts_on_requests(action: impl Fn(&RequestContext<'_>) -> Action<OutgoingRequest> + 'static) -> Behaviour {
    Behaviour::OnRequest(Box::new(action))
}

pub(super) fn acts_on_messages(action: impl Fn(&MessageContext<'_>) -> Action<Rc<OcrMessage>> + 'static) -> Behaviour {
    Behaviour::OnMessage(Box::new(action))
}

/// An answer that is about to leave a faulty capability node, and what the node knows.
pub(in crate::sim) struct AnswerContext<'a> {
    pub(in crate::sim) outgoing: &'a OutgoingAnswer,
    pub(in crate::sim) draws: &'a Draws,
    pub(in crate::sim) request: &'a Request,
    /// The faulty node.
    pub(in crate::sim) node: u32,
    /// The workflow node that it answers.
    pub(in crate::sim) requester: u32,
    /// When that node gives up.
    pub(in crate::sim) deadline: Time,
    /// Capability nodes, `N`.
    pub(in crate::sim) nodes: u32,
    /// What the node would answer if it were an honest holder, without attestation.
    pub(in crate::sim) honest: &'a Response,
    /// The genuine attestation, once there is a report: every node has it, holder or not.
    pub(in crate::sim) attestation: Option<&'a OcrAttestation>,
    /// All nodes with this fault, the node itself included, rising.
    pub(in crate::sim) accomplices: &'a [u32],
}

/// A request that is about to leave a faulty workflow node.
pub(in crate::sim) struct RequestContext<'a> {
    pub(in crate::sim) outgoing: &'a OutgoingRequest,
    pub(in crate::sim) draws: &'a Draws,
    pub(in crate::sim) request: &'a Request,
    /// The faulty node.
    pub(in crate::sim) node: u32,
    /// The capability node that it asks.
    pub(in crate::sim) capability: u32,
}

/// An OCR3 message that is about to leave a faulty capability node.
pub(in crate::sim) struct MessageContext<'a> {
    pub(in crate::sim) message: &'a Rc<OcrMessage>,
    pub(in crate::sim) draws: &'a Draws,
    pub(in crate::sim) don: &'a Don<'a>,
    /// The faulty node.
    pub(in crate::sim) node: u32,
    /// All nodes with this fault, the node itself included, rising.
    pub(in crate::sim) accomplices: &'a [u32],
}

impl MessageContext<'_> {
    /// Another message in place of this one.
    pub(super) fn instead(&self, body: OcrBody) -> Action<Rc<OcrMessage>> {
        let OcrMessage { epoch, seq_nr, attempt, .. } = **self.message;
        Action::Instead(vec![Rc::new(OcrMessage::new(self.don, epoch, seq_nr, attempt, body))])
    }

    /// Observation with other values in place of those that the node has.
    pub(super) fn observing(&self, observation: &Observation, value: Value) -> Action<Rc<OcrMessage>> {
        let lie = |observed: &Observed| {
            let parts = [observed.request, self.node, self.message.seq_nr as u32, 0, 0];
            let parts = if value == Value::Colluding { [observed.request, u32::MAX, 0, 0, 0] } else { parts };
            let bytes = Site::Garbage.bytes(self.draws, parts, observed.bytes.len()).into();
            Observed { request: observed.request, value, bytes }
        };
        let values: Vec<Observed> = observation.values.iter().map(lie).collect();
        if values.is_empty() {
            return Action::Honest;
        }
        let observation = Observation::new(self.don, self.node, observation.height, values, Vec::new());
        self.instead(OcrBody::Observation(Rc::new(observation)))
    }
}

impl AnswerContext<'_> {
    /// The response that is being sent, when it is one.
    pub(super) fn response(&self) -> Option<&Response> {
        match &self.outgoing.reply {
            Reply::Response(sent) => Some(&sent.response),
            Reply::Raw { .. } | Reply::Announcement | Reply::Error { .. } => None,
        }
    }

    /// Another reply in place of this one.
    pub(super) fn instead(&self, reply: Reply) -> Action<OutgoingAnswer> {
        Action::Instead(vec![OutgoingAnswer { reply, ..self.outgoing.clone() }])
    }

    /// The same reply at another time.
    pub(super) fn at(&self, when: When) -> Action<OutgoingAnswer> {
        Action::Instead(vec![OutgoingAnswer { when, ..self.outgoing.clone() }])
    }
}
