//! Messages between nodes: what they say, and the bytes they are.

use prost::Message as _;
use prost::bytes::Bytes;
use std::rc::Rc;

use crate::aggregator::Answer;
use crate::engine::Time;
use crate::network::Node;
use crate::wire::{CapabilityRequest, Envelope, ErrorCode, MessageBody, PeerId, Response};

use super::outcome::Bytes as ByteCounts;

/// Which capability is called.
pub(super) const CAPABILITY_ID: &str = "evm:ChainSelector:1@1.0.0";
/// Which of its methods.
pub(super) const CAPABILITY_METHOD: &str = "CallContract";
/// DON ids, in the order workflow, capability.
pub(super) const DON_IDS: (u32, u32) = (1, 2);

/// Length of the ed25519 signature of an envelope. donsim fills it with zeros: nothing here depends on it.
const ENVELOPE_SIGNATURE: [u8; 64] = [0; 64];

/// A message under way, shared by everything that speaks of it. Its bytes are made when somebody looks at them; their number is known at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Sender, by its place on the network.
    pub from: Node,
    /// Receiver.
    pub to: Node,
    /// Number of the request that it belongs to.
    pub request: u32,
    /// Value of an answer, as honest nodes see it; [`AnswerClass::Other`] for a request.
    pub class: AnswerClass,
    /// Its word about who sends the payload, if it is neither a request nor an answer.
    pub signal: Option<Signal>,
    /// Peer id that it names as its sender's.
    pub(super) name: PeerId,
    /// Place of the node whose peer id that is, in the sender's DON.
    pub(super) claimed: u32,
    /// Bytes of its parts, without the envelope.
    pub(super) content: ByteCounts,
    body: MessageBody,
    len: u64,
}

/// Word about who sends the payload; what a response strategy adds to the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Signal {
    /// A caller has decided and needs no payload any more.
    Stop,
    /// A holder has the payload.
    Announce,
    /// A caller asks a holder for the payload.
    Pull,
}

impl Signal {
    /// Its method in a message.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stop => "Stop",
            Self::Announce => "Announce",
            Self::Pull => "Pull",
        }
    }
}

/// Value of an answer, as honest nodes see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerClass {
    /// The right response under the genuine attestation.
    Genuine,
    /// The right response otherwise.
    Right {
        /// Whether it carries an attestation, which is not the genuine one.
        attested: bool,
    },
    /// An error with this text.
    Error(Rc<str>),
    /// Anything else.
    Other,
}

impl AnswerClass {
    /// Whether it is the right response.
    #[must_use]
    pub const fn is_right(&self) -> bool {
        matches!(self, Self::Genuine | Self::Right { .. })
    }
}

/// Answer of a capability node, before it is an envelope for one requester.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    /// A response, and its encoding.
    Response {
        /// What it says.
        response: Rc<Response>,
        /// Its bytes.
        encoded: Bytes,
    },
    /// Bytes that pass for a response.
    Raw {
        /// The bytes.
        payload: Bytes,
    },
    /// The payload is there for who asks.
    Announcement,
    /// An error.
    Error {
        /// Its code.
        code: ErrorCode,
        /// Its text.
        text: Rc<str>,
    },
}

impl Reply {
    /// A response, encoded.
    pub(super) fn response(response: Response) -> Self {
        let encoded = response.encode();
        Self::Response { response: Rc::new(response), encoded }
    }

    /// An error.
    pub(super) fn error(code: ErrorCode, text: &str) -> Self {
        Self::Error { code, text: text.into() }
    }

    /// Bytes of what is, or passes for, a response.
    pub(super) const fn payload(&self) -> Option<&Bytes> {
        match self {
            Self::Response { encoded, .. } => Some(encoded),
            Self::Raw { payload } => Some(payload),
            Self::Announcement | Self::Error { .. } => None,
        }
    }

    /// Bytes of its parts on a line, without the envelope. Raw bytes count as payload, whatever is in them.
    pub(super) fn content(&self) -> ByteCounts {
        match self {
            Self::Response { response, encoded } => {
                let attestation = response.attestation_len() as u64;
                // What turns out to be needed becomes `response` when a decision rests on it.
                let duplicate_payload = encoded.len() as u64 - attestation;
                ByteCounts { duplicate_payload, attestation, ..ByteCounts::default() }
            }
            Self::Raw { payload } => ByteCounts { duplicate_payload: payload.len() as u64, ..ByteCounts::default() },
            Self::Announcement => ByteCounts::default(),
            Self::Error { code, text } => {
                let body = MessageBody { error: code.0, error_msg: text.to_string(), ..MessageBody::default() };
                ByteCounts { error: body.encoded_len() as u64, ..ByteCounts::default() }
            }
        }
    }
}

/// Who writes to whom, when and about which request.
pub(super) struct Header<'a> {
    /// Sender by its place on the network, and the peer id that it gives.
    pub(super) from: (Node, PeerId),
    pub(super) to: (Node, PeerId),
    /// Node whose peer id that is.
    pub(super) claimed: Node,
    pub(super) now: Time,
    pub(super) request: u32,
    pub(super) request_id: &'a str,
}

impl Header<'_> {
    fn body(&self) -> MessageBody {
        MessageBody {
            version: 1,
            sender: Bytes::copy_from_slice(&self.from.1.0),
            receiver: Bytes::copy_from_slice(&self.to.1.0),
            timestamp: (self.now.as_nanos() / 1_000_000) as i64,
            message_id: Bytes::copy_from_slice(self.request_id.as_bytes()),
            capability_id: CAPABILITY_ID.to_owned(),
            method: "Execute".to_owned(),
            caller_don_id: DON_IDS.0,
            capability_don_id: DON_IDS.1,
            capability_method: CAPABILITY_METHOD.to_owned(),
            ..MessageBody::default()
        }
    }

    /// A request; `bytes` are the encoded [`CapabilityRequest`].
    pub(super) fn request(&self, bytes: &Bytes) -> Message {
        let content = ByteCounts { request: bytes.len() as u64, ..ByteCounts::default() };
        self.message(MessageBody { payload: bytes.clone(), ..self.body() }, content, AnswerClass::Other)
    }

    /// An answer.
    pub(super) fn answer(&self, reply: &Reply, class: AnswerClass) -> Message {
        let body = match reply {
            Reply::Announcement => return self.signal(Signal::Announce),
            Reply::Response { encoded: payload, .. } | Reply::Raw { payload } => {
                MessageBody { payload: payload.clone(), ..self.body() }
            }
            Reply::Error { code, text } => MessageBody { error: code.0, error_msg: text.to_string(), ..self.body() },
        };
        self.message(body, reply.content(), class)
    }

    fn message(&self, body: MessageBody, content: ByteCounts, class: AnswerClass) -> Message {
        let field = |len: usize| (1 + prost::length_delimiter_len(len) + len) as u64;
        let len = field(ENVELOPE_SIGNATURE.len()) + field(body.encoded_len());
        let ((from, name), (to, _)) = (self.from, self.to);
        let claimed = self.claimed.position() as u32;
        Message { from, to, request: self.request, class, signal: None, name, claimed, content, body, len }
    }

    /// A word about who sends the payload.
    pub(super) fn signal(&self, signal: Signal) -> Message {
        let body = MessageBody { method: signal.name().to_owned(), ..self.body() };
        Message { signal: Some(signal), ..self.message(body, ByteCounts::default(), AnswerClass::Other) }
    }
}

impl Message {
    /// Bytes of the encoded envelope.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.len
    }

    /// Whether the encoded envelope has no bytes, which none has.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bytes on the line by cause, with the transport's frame of `frame` bytes.
    pub(super) fn bytes(&self, frame: u64) -> ByteCounts {
        if self.signal.is_some() {
            return ByteCounts { coordination: self.len + frame, ..ByteCounts::default() };
        }
        let envelope = self.len + frame - self.content.total();
        let answer_envelope = if matches!(self.from, Node::Capability(_)) { envelope } else { 0 };
        ByteCounts { envelope, answer_envelope, ..self.content }
    }

    /// Error code of an answer.
    pub(super) fn code(&self) -> ErrorCode {
        ErrorCode(self.body.error)
    }

    /// Bytes of what is, or passes for, a response.
    pub(super) fn payload(&self) -> &Bytes {
        &self.body.payload
    }

    /// Content for people.
    #[must_use]
    pub fn describe(&self) -> String {
        let code = self.code();
        if let Some(signal) = self.signal {
            return signal.name().to_lowercase();
        }
        match self.from {
            Node::Workflow(_) => "request".to_owned(),
            Node::Capability(_) if code == ErrorCode::OK => "response".to_owned(),
            Node::Capability(_) => format!("error {code} : {}", self.body.error_msg),
        }
    }

    /// The encoded envelope.
    #[must_use]
    pub fn encode(&self) -> Bytes {
        let envelope =
            Envelope { signature: Bytes::from_static(&ENVELOPE_SIGNATURE), body: self.body.encode_to_vec().into() };
        envelope.encode_to_vec().into()
    }

    /// The message body, decoded from the encoded envelope; `None` when that is none.
    pub(super) fn open(&self) -> Option<MessageBody> {
        MessageBody::from_bytes(Envelope::from_bytes(self.encode()).ok()?.body).ok()
    }

    /// Sender id and answer as an aggregator takes them, from the encoded envelope.
    pub(super) fn open_answer(&self) -> Option<(Option<Bytes>, Answer)> {
        let body = self.open()?;
        // On the wire an absent sender and an empty one are the same.
        let sender = (!body.sender.is_empty()).then_some(body.sender);
        Some((sender, Answer { code: ErrorCode(body.error), text: body.error_msg, payload: body.payload }))
    }
}

/// Bytes of a request.
pub(super) fn encode_request(request: &CapabilityRequest) -> Bytes {
    request.encode_to_vec().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_announced_length_is_the_encoded_one() {
        let peer = PeerId([9; 32]);
        let header = Header {
            from: (Node::Capability(1), peer),
            to: (Node::Workflow(0), peer),
            claimed: Node::Capability(1),
            now: Time::from_nanos(5_000_000_000),
            request: 0,
            request_id: "Execute:a:b",
        };
        let long = Bytes::from(vec![1; 70_000]);
        let error = Reply::error(ErrorCode::TIMEOUT, "late");
        let empty = Reply::response(Response::default());
        let raw = Reply::Raw { payload: long.clone() };
        for message in [
            header.request(&long),
            header.request(&Bytes::new()),
            header.answer(&error, AnswerClass::Other),
            header.answer(&empty, AnswerClass::Other),
            header.answer(&raw, AnswerClass::Other),
        ] {
            assert_eq!(message.len(), message.encode().len() as u64);
        }
    }

    #[test]
    fn contents_add_up_to_what_they_add_to_the_envelope() {
        let peer = PeerId([9; 32]);
        let header = Header {
            from: (Node::Capability(1), peer),
            to: (Node::Workflow(0), peer),
            claimed: Node::Capability(1),
            now: Time::ZERO,
            request: 0,
            request_id: "Execute:a:b",
        };
        let error = Reply::error(ErrorCode::INTERNAL_ERROR, "no");
        let bare = header.message(header.body(), ByteCounts::default(), AnswerClass::Other).len();
        assert_eq!(header.answer(&error, AnswerClass::Other).len(), bare + error.content().total());
    }
}
