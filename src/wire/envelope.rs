//! `remote.Message` and its body: what travels between two nodes.

use std::fmt;

use prost::bytes::Bytes;
use prost::{Message as _, encoding};

use super::DecodeError;
use super::lenient::{Lenient, declared_fields};
use super::rope::{Rope, Writer, decode_around};

/// The signed envelope around a body.
///
/// ```
/// use donsim::wire::{Envelope, MessageBody, MessageHeader, request_id};
///
/// let message_id = request_id("wf-exec", "ref-1").into();
/// let header = MessageHeader { message_id, method: "Execute".into(), ..MessageHeader::default() };
/// let body = MessageBody { header, payload: b"a response".to_vec().into() };
/// let envelope = Envelope { signature: vec![0; 64].into(), body: body.encode() };
/// let received = Envelope::decode(envelope.encode())?;
/// assert_eq!(MessageBody::decode(received.body)?, body);
/// assert!(Envelope::decode(b"noise".to_vec()).is_err());
/// # Ok::<(), donsim::wire::DecodeError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Envelope {
    /// ed25519 of the sending peer over `body`, 64 bytes.
    pub signature: Bytes,
    /// An encoded [`MessageBody`].
    pub body: Rope,
}

/// The body of a [`Envelope`], for requests and answers alike.
///
/// ```
/// use donsim::wire::{MessageBody, MessageHeader};
///
/// let header = MessageHeader { version: 1, capability_don_id: 2, ..MessageHeader::default() };
/// let body = MessageBody { header, payload: b"x".to_vec().into() };
/// assert_eq!(body.encode(), *b"\x08\x01\x62\x01x\x78\x02".as_slice(), "the payload stands within its header");
/// assert_eq!(MessageBody::decode(body.encode())?, body);
/// # Ok::<(), donsim::wire::DecodeError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MessageBody {
    /// All but the payload.
    pub header: MessageHeader,
    /// An encoded request or response.
    pub payload: Rope,
}

#[derive(Clone, PartialEq, prost::Message)]
struct WireEnvelope {
    #[prost(bytes = "bytes", tag = "1")]
    signature: Bytes,
}

/// Number of the envelope's field with the body, and of the body's field with the payload.
const BODY: u32 = 2;
const PAYLOAD: u32 = 12;

/// Everything in a [`MessageBody`] but its payload.
///
/// ```
/// use donsim::wire::{ErrorCode, MessageHeader};
/// use prost::Message;
///
/// let (error, error_msg) = (ErrorCode::TIMEOUT.0, "too late".to_owned());
/// let header = MessageHeader { error, error_msg, ..MessageHeader::default() };
/// let received = MessageHeader::decode(&header.encode_to_vec()[..])?;
/// assert_eq!((ErrorCode(received.error), &received.error_msg[..]), (ErrorCode::TIMEOUT, "too late"));
/// # Ok::<(), prost::DecodeError>(())
/// ```
#[derive(Clone, PartialEq, prost::Message)]
pub struct MessageHeader {
    /// Protocol version.
    #[prost(uint32, tag = "1")]
    pub version: u32,
    /// Peer id of the sender.
    #[prost(bytes = "bytes", tag = "2")]
    pub sender: Bytes,
    /// Peer id of the receiver.
    #[prost(bytes = "bytes", tag = "3")]
    pub receiver: Bytes,
    /// Unix time in ms.
    #[prost(int64, tag = "4")]
    pub timestamp: i64,
    /// The bytes of the request id.
    #[prost(bytes = "bytes", tag = "5")]
    pub message_id: Bytes,
    /// Which capability.
    #[prost(string, tag = "6")]
    pub capability_id: String,
    /// What to do: `Execute`.
    #[prost(string, tag = "9")]
    pub method: String,
    /// An [`ErrorCode`].
    #[prost(int32, tag = "10")]
    pub error: i32,
    /// The error's text.
    #[prost(string, tag = "11")]
    pub error_msg: String,
    /// DON of the callee.
    #[prost(uint32, tag = "15")]
    pub capability_don_id: u32,
    /// DON of the caller.
    #[prost(uint32, tag = "16")]
    pub caller_don_id: u32,
    /// The capability's method.
    #[prost(string, tag = "17")]
    pub capability_method: String,
}

declared_fields!(WireEnvelope { 1 => LengthDelimited });
declared_fields!(MessageHeader { 2 | 3 | 5 | 6 | 9 | 11 | 17 => LengthDelimited, 1 | 4 | 10 | 15 | 16 => Varint });

impl Envelope {
    /// Decodes an envelope; its fields stay slices of `bytes`.
    ///
    /// # Errors
    /// When `bytes` are not one.
    pub fn decode(bytes: impl Into<Rope>) -> Result<Self, DecodeError> {
        let (Lenient(wire), bodies) = decode_around::<Lenient<WireEnvelope>>(bytes.into(), BODY)?;
        Ok(Self { signature: wire.signature, body: bodies.into_iter().next_back().unwrap_or_default() })
    }

    /// The encoding; it shares what the body shares.
    #[must_use]
    pub fn encode(&self) -> Rope {
        let mut out = Writer::default();
        WireEnvelope { signature: self.signature.clone() }.encode_raw(out.small());
        if !self.body.is_empty() {
            out.field(BODY, self.body.len());
            out.share_all(&self.body);
        }
        out.finish()
    }
}

impl MessageBody {
    /// Decodes a body; its byte fields stay slices of `bytes`.
    ///
    /// # Errors
    /// When `bytes` are not one.
    pub fn decode(bytes: impl Into<Rope>) -> Result<Self, DecodeError> {
        let (Lenient(header), payloads) = decode_around::<Lenient<MessageHeader>>(bytes.into(), PAYLOAD)?;
        Ok(Self { header, payload: payloads.into_iter().next_back().unwrap_or_default() })
    }

    /// The encoding; it shares the payload.
    #[must_use]
    pub fn encode(&self) -> Rope {
        let mut out = Writer::default();
        let header = self.header.encode_to_vec();
        let (before, behind) = header.split_at(header.len() - self.header.behind_payload());
        out.small().extend_from_slice(before);
        if !self.payload.is_empty() {
            out.field(PAYLOAD, self.payload.len());
            out.share_all(&self.payload);
        }
        out.small().extend_from_slice(behind);
        out.finish()
    }
}

impl MessageHeader {
    /// Bytes of the fields that stand behind the payload.
    fn behind_payload(&self) -> usize {
        let Self { capability_don_id, caller_don_id, capability_method, .. } = self;
        let id = |number, id: &u32| if *id == 0 { 0 } else { encoding::uint32::encoded_len(number, id) };
        let method =
            if capability_method.is_empty() { 0 } else { encoding::string::encoded_len(17, capability_method) };
        id(15, capability_don_id) + id(16, caller_don_id) + method
    }
}

/// The error code of a message. Codes outside the enumeration are legal.
///
/// ```
/// use donsim::wire::ErrorCode;
///
/// let codes = [ErrorCode::OK, ErrorCode::VALIDATION_FAILED, ErrorCode::CAPABILITY_NOT_FOUND];
/// assert_eq!(codes.map(|code| code.0), [0, 1, 2]);
/// let codes = [ErrorCode::INVALID_REQUEST, ErrorCode::TIMEOUT, ErrorCode::INTERNAL_ERROR, ErrorCode(77)];
/// assert_eq!(codes.map(|code| code.to_string()), ["INVALID_REQUEST", "TIMEOUT", "INTERNAL_ERROR", "77"]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorCode(pub i32);

impl ErrorCode {
    /// No error.
    pub const OK: Self = Self(0);
    /// The message is not valid.
    pub const VALIDATION_FAILED: Self = Self(1);
    /// No such capability.
    pub const CAPABILITY_NOT_FOUND: Self = Self(2);
    /// The request is not valid.
    pub const INVALID_REQUEST: Self = Self(3);
    /// The request expired at the capability node.
    pub const TIMEOUT: Self = Self(4);
    /// The execution failed.
    pub const INTERNAL_ERROR: Self = Self(5);
}

impl fmt::Display for ErrorCode {
    /// The enumeration's name, or the number of a code outside it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAMES: [&str; 6] =
            ["OK", "VALIDATION_FAILED", "CAPABILITY_NOT_FOUND", "INVALID_REQUEST", "TIMEOUT", "INTERNAL_ERROR"];
        match usize::try_from(self.0).ok().and_then(|code| NAMES.get(code)) {
            Some(name) => f.write_str(name),
            None => write!(f, "{}", self.0),
        }
    }
}
