//! Messages between nodes: what they say, and the bytes they are.

use prost::Message as _;
use prost::bytes::Bytes;
use std::rc::Rc;

use crate::engine::Time;
use crate::network::Node;
use crate::wire::{CapabilityRequest, ErrorCode, Message, MessageBody, PeerId, Response};

use super::judgement::Sort;
use super::outcome::Bytes as ByteCounts;

/// Which capability is called.
pub(super) const CAPABILITY_ID: &str = "evm:ChainSelector:1@1.0.0";
/// Which of its methods.
pub(super) const CAPABILITY_METHOD: &str = "CallContract";
/// DON ids, in the order workflow, capability.
pub(super) const DON_IDS: (u32, u32) = (1, 2);

/// Length of the ed25519 signature of an envelope. donsim fills it with zeros: nothing here depends on it.
const ENVELOPE_SIGNATURE: [u8; 64] = [0; 64];

/// A message under way. Its bytes are made when somebody looks at them; their number is known at once.
#[derive(Clone, Debug)]
pub(super) struct Mail {
    pub(super) from: Node,
    pub(super) to: Node,
    /// The request that it belongs to.
    pub(super) request: u32,
    /// What it is, for an answer.
    pub(super) sort: Sort,
    body: Rc<MessageBody>,
    len: u64,
}

/// What a capability node answers, before it is an envelope for one requester.
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

    /// The bytes of what is, or passes for, a response.
    pub(super) const fn payload(&self) -> Option<&Bytes> {
        match self {
            Self::Response { encoded, .. } => Some(encoded),
            Self::Raw { payload } => Some(payload),
            Self::Error { .. } => None,
        }
    }

    /// What its parts cost on a line, without the envelope. Raw bytes count as payload, whatever is in them.
    pub(super) fn content(&self) -> ByteCounts {
        match self {
            Self::Response { response, encoded } => {
                let attestation = response.attestation_len() as u64;
                // What turns out to be needed becomes `response` when a decision rests on it.
                let duplicate_payload = encoded.len() as u64 - attestation;
                ByteCounts { duplicate_payload, attestation, ..ByteCounts::default() }
            }
            Self::Raw { payload } => ByteCounts { duplicate_payload: payload.len() as u64, ..ByteCounts::default() },
            Self::Error { code, text } => {
                let body = MessageBody { error: code.0, error_msg: text.to_string(), ..MessageBody::default() };
                ByteCounts { error: body.encoded_len() as u64, ..ByteCounts::default() }
            }
        }
    }
}

/// Who writes to whom, when and about which request.
pub(super) struct Heading<'a> {
    pub(super) from: (Node, PeerId),
    pub(super) to: (Node, PeerId),
    pub(super) now: Time,
    pub(super) request: u32,
    pub(super) request_id: &'a str,
}

impl Heading<'_> {
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

    /// A request; `call` is the encoded [`CapabilityRequest`].
    pub(super) fn ask(&self, call: &Bytes) -> Mail {
        self.mail(MessageBody { payload: call.clone(), ..self.body() })
    }

    /// An answer.
    pub(super) fn answer(&self, reply: &Reply) -> Mail {
        self.mail(match reply {
            Reply::Response { encoded: payload, .. } | Reply::Raw { payload } => {
                MessageBody { payload: payload.clone(), ..self.body() }
            }
            Reply::Error { code, text } => MessageBody { error: code.0, error_msg: text.to_string(), ..self.body() },
        })
    }

    fn mail(&self, body: MessageBody) -> Mail {
        let field = |len: usize| (1 + prost::length_delimiter_len(len) + len) as u64;
        let len = field(ENVELOPE_SIGNATURE.len()) + field(body.encoded_len());
        Mail { from: self.from.0, to: self.to.0, request: self.request, sort: Sort::Other, body: Rc::new(body), len }
    }
}

impl Mail {
    /// Whether it is a right answer in its sender's own name.
    pub(super) const fn is_right(&self) -> bool {
        matches!(self.sort, Sort::Genuine | Sort::Right)
    }

    /// Bytes of the encoded envelope.
    pub(super) const fn len(&self) -> u64 {
        self.len
    }

    /// What it is, for people.
    pub(super) fn describe(&self) -> String {
        let code = ErrorCode(self.body.error);
        match self.from {
            Node::Workflow(_) => "request".to_owned(),
            Node::Capability(_) if code == ErrorCode::OK => "response".to_owned(),
            Node::Capability(_) => format!("error {code} : {}", self.body.error_msg),
        }
    }

    /// The encoded envelope.
    pub(super) fn encode(&self) -> Bytes {
        let envelope =
            Message { signature: Bytes::from_static(&ENVELOPE_SIGNATURE), body: self.body.encode_to_vec().into() };
        envelope.encode_to_vec().into()
    }
}

/// The bytes of a request.
pub(super) fn encode_call(request: &CapabilityRequest) -> Bytes {
    request.encode_to_vec().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_announced_length_is_the_encoded_one() {
        let peer = PeerId([9; 32]);
        let heading = Heading {
            from: (Node::Capability(1), peer),
            to: (Node::Workflow(0), peer),
            now: Time::from_nanos(5_000_000_000),
            request: 0,
            request_id: "Execute:a:b",
        };
        let long = Bytes::from(vec![1; 70_000]);
        let error = Reply::error(ErrorCode::TIMEOUT, "late");
        let empty = Reply::response(Response::default());
        let raw = Reply::Raw { payload: long.clone() };
        for mail in [
            heading.ask(&long),
            heading.ask(&Bytes::new()),
            heading.answer(&error),
            heading.answer(&empty),
            heading.answer(&raw),
        ] {
            assert_eq!(mail.len(), mail.encode().len() as u64);
        }
    }

    #[test]
    fn contents_add_up_to_what_they_add_to_the_envelope() {
        let peer = PeerId([9; 32]);
        let heading = Heading {
            from: (Node::Capability(1), peer),
            to: (Node::Workflow(0), peer),
            now: Time::ZERO,
            request: 0,
            request_id: "Execute:a:b",
        };
        let error = Reply::error(ErrorCode::INTERNAL_ERROR, "no");
        let bare = heading.mail(heading.body()).len();
        assert_eq!(heading.answer(&error).len(), bare + error.content().total());
    }
}
