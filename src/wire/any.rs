//! `google.protobuf.Any` as it passes through the original: unknown fields included.

use prost::bytes::{Buf, Bytes};
use prost::encoding::{self, DecodeContext, WireType};

/// A payload. Fields that are not its own are passed through behind its own, in their order and to the letter, which
/// is why it is read from the raw bytes of the enclosing field and not by a derived message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Any {
    /// What `value` is.
    pub type_url: String,
    /// The payload value: the bytes that the caller wants.
    pub value: Bytes,
    /// Unknown fields, each with its key.
    pub unknown: Vec<Bytes>,
}

impl Any {
    /// A payload of known fields only.
    #[must_use]
    pub fn new(type_url: impl Into<String>, value: Bytes) -> Self {
        Self { type_url: type_url.into(), value, unknown: Vec::new() }
    }

    /// Merges one occurrence of the field; `value` stays a slice of `field`.
    pub(super) fn merge(&mut self, field: &Bytes) -> Result<(), prost::DecodeError> {
        let mut rest = field.clone();
        while rest.has_remaining() {
            let start = field.len() - rest.len();
            let (number, wire_type) = encoding::decode_key(&mut rest)?;
            let context = DecodeContext::default();
            match (number, wire_type) {
                (1, WireType::LengthDelimited) => {
                    encoding::string::merge(wire_type, &mut self.type_url, &mut rest, context)?;
                }
                (2, WireType::LengthDelimited) => {
                    encoding::bytes::merge(wire_type, &mut self.value, &mut rest, context)?;
                }
                _ => {
                    encoding::skip_field(wire_type, number, &mut rest, context)?;
                    self.unknown.push(field.slice(start..field.len() - rest.len()));
                }
            }
        }
        Ok(())
    }

    /// The encoding of the message, without key and length of the field around it.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.encoded_len());
        if !self.type_url.is_empty() {
            encoding::string::encode(1, &self.type_url, &mut bytes);
        }
        if !self.value.is_empty() {
            encoding::bytes::encode(2, &self.value, &mut bytes);
        }
        self.unknown.iter().for_each(|field| bytes.extend_from_slice(field));
        bytes
    }

    /// Bytes that [`Any::encode`] makes.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        let known = |len: usize| if len == 0 { 0 } else { 1 + encoding::encoded_len_varint(len as u64) + len };
        known(self.type_url.len()) + known(self.value.len()) + self.unknown.iter().map(Bytes::len).sum::<usize>()
    }
}
