//! `remote.Message` and its body: what travels between two nodes.

use std::fmt;

use prost::Message as _;
use prost::bytes::Bytes;

use super::DecodeError;
use super::lenient::{Lenient, declared_fields};

/// The signed envelope around a body.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Envelope {
    /// ed25519 of the sending peer over `body`, 64 bytes.
    #[prost(bytes = "bytes", tag = "1")]
    pub signature: Bytes,
    /// An encoded [`MessageBody`].
    #[prost(bytes = "bytes", tag = "2")]
    pub body: Bytes,
}

/// The body of a [`Envelope`], for requests and answers alike.
#[derive(Clone, PartialEq, prost::Message)]
pub struct MessageBody {
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
    /// An encoded request or response.
    #[prost(bytes = "bytes", tag = "12")]
    pub payload: Bytes,
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

declared_fields!(Envelope { 1 | 2 => LengthDelimited });
declared_fields!(MessageBody { 2 | 3 | 5 | 6 | 9 | 11 | 12 | 17 => LengthDelimited, 1 | 4 | 10 | 15 | 16 => Varint });

impl Envelope {
    /// Decodes an envelope; its fields stay slices of `bytes`.
    ///
    /// # Errors
    /// When `bytes` are not one.
    pub fn from_bytes(bytes: Bytes) -> Result<Self, DecodeError> {
        Ok(Lenient::<Self>::decode(bytes)?.0)
    }
}

impl MessageBody {
    /// Decodes a body; its byte fields stay slices of `bytes`.
    ///
    /// # Errors
    /// When `bytes` are not one.
    pub fn from_bytes(bytes: Bytes) -> Result<Self, DecodeError> {
        Ok(Lenient::<Self>::decode(bytes)?.0)
    }
}

/// The error code of a message. Codes outside the enumeration are legal.
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
