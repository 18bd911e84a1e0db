//! The protobuf messages of every hop: encoded and decoded as the original programs do it, byte for byte.
//!
//! Usable without the simulator: no clock, no I/O, no randomness. Payloads are copied neither on encode nor on decode: messages
//! are bytes in pieces ([`Rope`]), and a payload is one of them. Messages and groups nest at most 100 deep, prost's limit; deeper ones are refused
//! before any stack is in danger.
//!
//! ```
//! use donsim::wire::{Any, Envelope, MessageBody, MessageHeader, Response};
//!
//! # fn main() -> Result<(), donsim::wire::DecodeError> {
//! let response = Response { payload: Some(Any::new("a.Reply", b"42".as_slice().into())), ..Response::default() };
//! let header = MessageHeader { method: "Execute".into(), ..MessageHeader::default() };
//! let body = MessageBody { header, payload: response.rope() }.encode();
//! let sent = Envelope { signature: vec![0; 64].into(), body }.encode();
//!
//! let MessageBody { header, payload } = MessageBody::decode(Envelope::decode(sent)?.body)?;
//! assert_eq!((&header.method[..], Response::decode(payload)?.payload_value()), ("Execute", b"42".as_slice()));
//! # Ok(())
//! # }
//! ```

mod any;
mod envelope;
mod lenient;
pub mod ocr;
mod peer_id;
mod request;
mod response;
mod rope;
mod values;

pub use any::Any;
pub use envelope::{Envelope, ErrorCode, MessageBody, MessageHeader};
pub use peer_id::PeerId;
pub use request::{CallPayload, CapabilityRequest, RequestMetadata, SpendLimit, request_id};
pub use response::{AttributedSignature, MeteringRecord, OcrAttestation, Response};
pub use rope::Rope;
pub(crate) use rope::{equal_bytes, field_len};
pub use values::{BigInt, Decimal, Kind, List, MapEntry, Timestamp, Value, ValueMap};

use thiserror::Error;

/// The text that makes an error message a payload-not-available answer, wherever in it this stands.
///
/// ```
/// use donsim::aggregator::{RuleSet, Unavailable};
/// use donsim::wire::PAYLOAD_NOT_AVAILABLE;
///
/// let text = format!("Public:User:Unknown:{PAYLOAD_NOT_AVAILABLE}");
/// assert_eq!(text, "Public:User:Unknown:__response_payload_not_available");
/// assert_eq!(RuleSet::BASELINE.definition().unavailable, Unavailable::Error, "it knows no such thing");
/// ```
pub const PAYLOAD_NOT_AVAILABLE: &str = "__response_payload_not_available";

/// Why bytes are not a message.
///
/// ```
/// use donsim::wire::{Decimal, DecodeError, Kind, Response, ValueMap};
///
/// let mut map = ValueMap::default();
/// map.push("price", Kind::Decimal(Decimal { coefficient: None, exponent: -2 }.into()));
/// let error = map.normalized().expect_err("it has no digits");
/// assert!(error == DecodeError::DecimalWithoutCoefficient && error.crashes_original());
/// assert!(!Response::decode(b"noise".to_vec()).expect_err("it is noise").crashes_original());
/// ```
#[derive(Clone, Debug, PartialEq, Error)]
pub enum DecodeError {
    /// Not in the protobuf wire format, or a string that is not UTF-8.
    #[error("undecodable message: {0}")]
    Wire(#[from] prost::DecodeError),
    /// An attestation whose config digest is not 32 bytes long.
    #[error("invalid config digest length: expected 32 bytes, got {0}")]
    ConfigDigestLength(usize),
    /// A decimal without coefficient. The original does not refuse it, it crashes.
    #[error("a decimal in the value map has no coefficient")]
    DecimalWithoutCoefficient,
}

impl DecodeError {
    /// Whether the original program crashes on these bytes instead of refusing them.
    #[must_use]
    pub const fn crashes_original(&self) -> bool {
        matches!(self, Self::DecimalWithoutCoefficient)
    }
}
