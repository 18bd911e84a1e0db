//! Messages between nodes: what they say, and the bytes they are.

use std::cell::OnceCell;
use std::rc::Rc;

use prost::bytes::Bytes;
use prost::{Message as _, encoding};

use crate::aggregator::Answer;
use crate::engine::Time;
use crate::network::Node;
use crate::wire::{
    CapabilityRequest, Envelope, ErrorCode, MessageBody, MessageHeader, PeerId, Response, Rope, field_len,
};

use super::outcome::Bytes as ByteCounts;

/// Which capability is called.
pub(super) const CAPABILITY_ID: &str = "evm:ChainSelector:1@1.0.0";
/// Which of its methods.
pub(super) const CAPABILITY_METHOD: &str = "CallContract";
/// DON ids, in the order workflow, capability.
pub(super) const DON_IDS: (u32, u32) = (1, 2);

/// Version of the protocol.
const VERSION: u32 = 1;

/// The ed25519 signature of an envelope. donsim fills it with zeros: nothing here depends on it.
const ENVELOPE_SIGNATURE: [u8; 64] = [0; 64];

/// A message under way, shared by everything that speaks of it. Its bytes are made when somebody looks at them; their number is known at once.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::{Message, ReplicateCache, What, replay};
/// use donsim::wire::{Envelope, MessageBody};
///
/// let setup = Scenario::parse("mine.toml".as_ref(), "schema = 1\n".to_owned(), &[])?.cell(0).setup;
/// let (_, happenings) = replay(&setup, 0, &mut ReplicateCache::new(setup.run.seed));
/// let first = happenings.iter().find_map(|happening| match &happening.what {
///     What::Sent { message, .. } => Some(&**message),
///     _ => None,
/// });
/// let message: &Message = first.expect("a request");
/// let MessageBody { header, payload } = MessageBody::decode(Envelope::decode(message.encode())?.body)?;
/// assert_eq!((message.describe(), &header.method[..]), ("request".to_owned(), "Execute"));
/// assert!(payload.len() as u64 > setup.request.call_size && message.len() > payload.len() as u64);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
    /// Peer ids that it names as its sender's and its receiver's.
    names: (PeerId, PeerId),
    /// Place of the node whose peer id the sender's is, in the sender's DON.
    pub(crate) claimed: u32,
    /// Unix time in ms.
    timestamp: i64,
    request_id: Rc<str>,
    /// Bytes of its parts, without the envelope.
    pub(super) content: ByteCounts,
    body: Body,
    len: u64,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq)]
enum Body {
    Request(Bytes),
    Answer(Reply),
    Signal(Signal),
}

/// Word about who sends the payload; what a response strategy adds to the protocol.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::{ReplicateCache, Signal, What, replay};
///
/// let text = "schema = 1\ncapability_don.response_strategy = \"pull\"\n".to_owned();
/// let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// let (_, happenings) = replay(&setup, 0, &mut ReplicateCache::new(setup.run.seed));
/// let signals = happenings.iter().filter_map(|happening| match &happening.what {
///     What::Sent { message, .. } => message.signal,
///     _ => None,
/// });
/// let mut signals: Vec<Signal> = signals.collect();
/// signals.dedup();
/// assert!(signals.starts_with(&[Signal::Announce, Signal::Pull]), "{signals:?}");
/// assert_eq!(Signal::Announce.name(), "Announce");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// ```
/// use std::collections::BTreeSet;
/// use donsim::scenario::Scenario;
/// use donsim::sim::{AnswerClass, ReplicateCache, What, replay};
///
/// let text = "schema = 1\ncapability_don = { payload_holders = \"all\", attesting = 3 }\n".to_owned();
/// let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// let (_, happenings) = replay(&setup, 0, &mut ReplicateCache::new(setup.run.seed));
/// let count = |class: &AnswerClass| {
///     let is_it = |what: &What| matches!(what, What::Sent { message, .. } if message.class == *class);
///     happenings.iter().filter(|happening| is_it(&happening.what)).count()
/// };
/// let bare = AnswerClass::Right { attested: false };
/// assert_eq!((count(&AnswerClass::Genuine), count(&bare)), (3 * 4, 13 * 4), "from every node to every caller");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerClass {
    /// The right response under the genuine attestation.
    Genuine,
    /// The right response otherwise.
    Right {
        /// Whether it carries an attestation; that, or the metering that is signed with it, is not the genuine one.
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

    /// Name of a response of this class, for people.
    const fn response(&self) -> &'static str {
        match self {
            Self::Genuine => "response",
            Self::Right { attested: true } => "response, attestation or metering altered",
            Self::Right { attested: false } => "response without attestation",
            Self::Error(_) | Self::Other => "false response",
        }
    }
}

/// Answer of a capability node, before it is an envelope for one requester.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reply {
    /// A response.
    Response(Rc<SentResponse>),
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

/// A response that is sent, encoded for whom first reads it.
#[derive(Debug)]
pub(super) struct SentResponse {
    pub(super) response: Response,
    /// Bytes of the encoding, and those of them that are the attestation's.
    len: (u64, u64),
    encoded: OnceCell<Rope>,
}

impl PartialEq for SentResponse {
    fn eq(&self, other: &Self) -> bool {
        self.response == other.response
    }
}

impl SentResponse {
    fn encoded(&self) -> &Rope {
        self.encoded.get_or_init(|| self.response.rope())
    }
}

impl Reply {
    /// A response.
    pub(super) fn response(response: Response) -> Self {
        let len = (response.encoded_len() as u64, response.attestation_len() as u64);
        Self::Response(Rc::new(SentResponse { response, len, encoded: OnceCell::new() }))
    }

    /// An error.
    pub(super) fn error(code: ErrorCode, text: &str) -> Self {
        Self::Error { code, text: text.into() }
    }

    /// Answer of a node without the payload.
    pub(super) fn unavailable() -> Self {
        Self::error(ErrorCode::INTERNAL_ERROR, "Public:User:Unknown:__response_payload_not_available")
    }

    /// Bytes of what is, or passes for, a response.
    pub(super) fn payload(&self) -> Option<Rope> {
        match self {
            Self::Response(sent) => Some(sent.encoded().clone()),
            Self::Raw { payload } => Some(payload.clone().into()),
            Self::Announcement | Self::Error { .. } => None,
        }
    }

    /// Bytes of its parts on a line, without the envelope. Raw bytes count as payload, whatever is in them.
    fn content(&self) -> ByteCounts {
        match self {
            Self::Response(sent) => {
                let (len, attestation) = sent.len;
                // What turns out to be needed becomes `response` when a decision rests on it.
                ByteCounts { duplicate_payload: len - attestation, attestation, ..ByteCounts::default() }
            }
            Self::Raw { payload } => ByteCounts { duplicate_payload: payload.len() as u64, ..ByteCounts::default() },
            Self::Announcement => ByteCounts::default(),
            Self::Error { code, text } => {
                let code = if code.0 == 0 { 0 } else { encoding::int32::encoded_len(10, &code.0) };
                let text = if text.is_empty() { 0 } else { field_len(text.len()) };
                ByteCounts { error: (code + text) as u64, ..ByteCounts::default() }
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
    pub(super) request_id: &'a Rc<str>,
}

impl Header<'_> {
    /// A request; `bytes` are the encoded [`CapabilityRequest`].
    pub(super) fn request(&self, bytes: &Bytes) -> Message {
        let content = ByteCounts { request: bytes.len() as u64, ..ByteCounts::default() };
        self.message(Body::Request(bytes.clone()), content, AnswerClass::Other)
    }

    /// An answer.
    pub(super) fn answer(&self, reply: &Reply, class: AnswerClass) -> Message {
        match reply {
            Reply::Announcement => self.signal(Signal::Announce),
            reply => self.message(Body::Answer(reply.clone()), reply.content(), class),
        }
    }

    /// A word about who sends the payload.
    pub(super) fn signal(&self, signal: Signal) -> Message {
        let message = self.message(Body::Signal(signal), ByteCounts::default(), AnswerClass::Other);
        Message { signal: Some(signal), ..message }
    }

    fn message(&self, body: Body, content: ByteCounts, class: AnswerClass) -> Message {
        let ((from, sender), (to, receiver)) = (self.from, self.to);
        let mut message = Message {
            from,
            to,
            request: self.request,
            class,
            signal: None,
            names: (sender, receiver),
            claimed: self.claimed.position() as u32,
            timestamp: (self.now.as_nanos() / 1_000_000) as i64,
            request_id: Rc::clone(self.request_id),
            content,
            body,
            len: 0,
        };
        message.len = (field_len(ENVELOPE_SIGNATURE.len()) + field_len(message.body_len())) as u64;
        message
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

    /// Peer id that it names as its sender's.
    pub(super) const fn name(&self) -> PeerId {
        self.names.0
    }

    /// Bytes of what is, or passes for, a response; `None` for all else.
    pub(super) fn response(&self) -> Option<Rope> {
        match &self.body {
            Body::Answer(reply) => reply.payload(),
            Body::Request(_) | Body::Signal(_) => None,
        }
    }

    /// The bytes of a request.
    pub(super) const fn asked(&self) -> Option<&Bytes> {
        match &self.body {
            Body::Request(bytes) => Some(bytes),
            Body::Answer(_) | Body::Signal(_) => None,
        }
    }

    /// Content for people.
    #[must_use]
    pub fn describe(&self) -> String {
        match &self.body {
            Body::Request(_) => "request".to_owned(),
            Body::Signal(signal) => signal.name().to_lowercase(),
            Body::Answer(Reply::Error { code, text }) => format!("error {code} : {text}"),
            Body::Answer(_) => self.class.response().to_owned(),
        }
    }

    /// The encoded envelope.
    #[must_use]
    pub fn encode(&self) -> Rope {
        let body = MessageBody { header: self.header(), payload: self.payload() }.encode();
        Envelope { signature: Bytes::from_static(&ENVELOPE_SIGNATURE), body }.encode()
    }

    fn payload(&self) -> Rope {
        match &self.body {
            Body::Request(bytes) => bytes.clone().into(),
            Body::Answer(reply) => reply.payload().unwrap_or_default(),
            Body::Signal(_) => Rope::default(),
        }
    }

    fn header(&self) -> MessageHeader {
        let (error, error_msg) = match &self.body {
            Body::Answer(Reply::Error { code, text }) => (code.0, text.to_string()),
            _ => (0, String::new()),
        };
        MessageHeader {
            version: VERSION,
            sender: Bytes::copy_from_slice(&self.names.0.0),
            receiver: Bytes::copy_from_slice(&self.names.1.0),
            timestamp: self.timestamp,
            message_id: Bytes::copy_from_slice(self.request_id.as_bytes()),
            capability_id: CAPABILITY_ID.to_owned(),
            method: self.method().to_owned(),
            error,
            error_msg,
            capability_don_id: DON_IDS.1,
            caller_don_id: DON_IDS.0,
            capability_method: CAPABILITY_METHOD.to_owned(),
        }
    }

    const fn method(&self) -> &'static str {
        match self.body {
            Body::Signal(signal) => signal.name(),
            Body::Request(_) | Body::Answer(_) => "Execute",
        }
    }

    /// Bytes of the encoded body, without encoding it: most messages are read by nobody.
    fn body_len(&self) -> usize {
        let time = if self.timestamp == 0 { 0 } else { encoding::int64::encoded_len(4, &self.timestamp) };
        let (sender, receiver) = self.names;
        let names = [&sender.0[..], &receiver.0, self.request_id.as_bytes()].map(<[u8]>::len);
        let texts = [CAPABILITY_ID, self.method(), CAPABILITY_METHOD].map(str::len);
        let payload = match &self.body {
            Body::Request(bytes) => bytes.len(),
            Body::Answer(Reply::Response(sent)) => sent.len.0 as usize,
            Body::Answer(Reply::Raw { payload }) => payload.len(),
            Body::Answer(_) | Body::Signal(_) => 0,
        };
        // The capability's method has a number above 15, whose key takes two bytes.
        let method_key = 1;
        encoding::uint32::encoded_len(1, &VERSION)
            + names.into_iter().chain(texts).map(field_len).sum::<usize>()
            + method_key
            + time
            + self.content.error as usize
            + if payload == 0 { 0 } else { field_len(payload) }
            + encoding::uint32::encoded_len(15, &DON_IDS.1)
            + encoding::uint32::encoded_len(16, &DON_IDS.0)
    }

    /// Sender id and answer as an aggregator takes them: read from the encoded envelope if it `decodes` that, and the same,
    /// which is what was put into it, without.
    pub(super) fn open_answer(&self, decodes: bool) -> Option<(Option<Bytes>, Answer)> {
        if !decodes {
            return Some((Some(Bytes::copy_from_slice(&self.names.0.0)), self.answer()));
        }
        let MessageBody { header, payload } = MessageBody::decode(Envelope::decode(self.encode()).ok()?.body).ok()?;
        // On the wire an absent sender and an empty one are the same.
        let sender = (!header.sender.is_empty()).then_some(header.sender);
        Some((sender, Answer { code: ErrorCode(header.error), text: header.error_msg, payload }))
    }

    fn answer(&self) -> Answer {
        match &self.body {
            Body::Answer(Reply::Error { code, text }) => Answer::error(*code, &**text),
            _ => Answer::response(self.payload()),
        }
    }
}

/// Bytes of a request.
pub(super) fn encode_request(request: &CapabilityRequest) -> Bytes {
    request.encode_to_vec().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Any, AttributedSignature, MeteringRecord, OcrAttestation};

    /// A message of every kind, early and late, to be compared with its bytes.
    fn messages() -> Vec<Message> {
        let peer = PeerId([9; 32]);
        let id: Rc<str> = "Execute:a:b".into();
        let header = |now| Header {
            from: (Node::Capability(1), peer),
            to: (Node::Workflow(0), peer),
            claimed: Node::Capability(1),
            now,
            request: 0,
            request_id: &id,
        };
        let payload = |len| Any::new("type", vec![3; len].into());
        let signature = AttributedSignature { signature: vec![8; 65].into(), signer: 300 };
        let record = MeteringRecord { spend_unit: "unit".into(), spend_value: "1".into(), ..MeteringRecord::default() };
        let whole = |len| Response {
            metering: vec![record.clone(); 2],
            capdon_n: 16,
            payload: Some(payload(len)),
            attestation: Some(OcrAttestation {
                config_digest: [5; 32],
                sequence_number: 1 << 40,
                signatures: vec![signature.clone(); 6],
            }),
            ..Response::default()
        };
        let mut value = crate::wire::ValueMap::default();
        value.push("key", crate::wire::Kind::Int64(-1));
        let odd = Any { unknown: vec![Bytes::from_static(&[0x18, 1])], ..payload(2) };
        let replies = [
            Reply::Announcement,
            Reply::error(ErrorCode::TIMEOUT, "late"),
            Reply::error(ErrorCode::INTERNAL_ERROR, ""),
            Reply::error(ErrorCode(-7), "unknown"),
            Reply::Raw { payload: vec![1; 70_000].into() },
            Reply::Raw { payload: Bytes::new() },
            Reply::response(Response::default()),
            Reply::response(whole(0)),
            Reply::response(whole(70_000)),
            Reply::response(Response { value, payload: Some(odd), ..whole(0) }),
        ];
        let mut messages = Vec::new();
        for now in [0, 5_000_000, 5_000_000_000].map(Time::from_nanos) {
            let header = header(now);
            messages.extend(replies.iter().map(|reply| header.answer(reply, AnswerClass::Other)));
            messages.extend([0, 1, 127, 128, 70_000].map(|len| header.request(&vec![1; len].into())));
            messages.extend([Signal::Stop, Signal::Announce, Signal::Pull].map(|signal| header.signal(signal)));
        }
        messages
    }

    #[test]
    fn the_announced_length_is_the_encoded_one() {
        for message in messages() {
            assert_eq!(message.len(), message.encode().len() as u64, "{message:?}");
        }
    }

    #[test]
    fn contents_add_up_to_what_they_add_to_the_envelope() {
        for message in messages() {
            let MessageBody { header, payload } =
                MessageBody::decode(Envelope::decode(message.encode()).unwrap().body).unwrap();
            let of_error =
                MessageHeader { error: header.error, error_msg: header.error_msg, ..MessageHeader::default() };
            assert_eq!(message.content.total(), (payload.len() + of_error.encoded_len()) as u64, "{message:?}");
        }
    }

    #[test]
    fn what_is_read_is_what_was_answered() {
        for message in messages() {
            let (sender, answer) = message.open_answer(true).unwrap();
            assert_eq!(message.open_answer(false), Some((sender.clone(), answer.clone())));
            assert_eq!(
                (sender.as_deref(), answer.payload),
                (
                    Some(&[9; 32][..]),
                    match &message.body {
                        Body::Request(bytes) => bytes.clone().into(),
                        _ => message.response().unwrap_or_default(),
                    }
                )
            );
        }
    }
}
