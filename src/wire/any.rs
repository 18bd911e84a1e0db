//! `google.protobuf.Any` as it passes through the original: unknown fields included.

use prost::bytes::{Buf, Bytes};
use prost::encoding::{self, DecodeContext, WireType};

use super::rope::{Rope, Writer, field_len};

/// A payload. Fields that are not its own are passed through behind its own, in their order and to the letter, which
/// is why it is read from the raw bytes of the enclosing field and not by a derived message.
///
/// ```
/// use donsim::wire::Any;
///
/// let mut any = Any::new("a.Reply", "42".into());
/// any.unknown.push(b"\x1a\x01x".as_slice().into());
/// assert_eq!(any.encode(), *b"\x0a\x07a.Reply\x12\x0242\x1a\x01x".as_slice());
/// assert_eq!(any.encoded_len(), any.encode().len());
/// ```
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

    /// Merges one occurrence of the field; `value` stays a slice of it.
    pub(super) fn merge(&mut self, mut rest: Rope) -> Result<(), prost::DecodeError> {
        let mut raw = rest.clone();
        while rest.has_remaining() {
            let (number, wire_type) = encoding::decode_key(&mut rest)?;
            let context = DecodeContext::default();
            match (number, wire_type) {
                (1, WireType::LengthDelimited) => {
                    encoding::string::merge(wire_type, &mut self.type_url, &mut rest, context)?;
                    raw.advance(raw.len() - rest.len());
                }
                (2, WireType::LengthDelimited) => {
                    encoding::bytes::merge(wire_type, &mut self.value, &mut rest, context)?;
                    raw.advance(raw.len() - rest.len());
                }
                _ => {
                    encoding::skip_field(wire_type, number, &mut rest, context)?;
                    self.unknown.push(raw.copy_to_bytes(raw.len() - rest.len()));
                }
            }
        }
        Ok(())
    }

    /// The encoding of the message, without key and length of the field around it.
    #[must_use]
    pub fn encode(&self) -> Rope {
        let mut out = Writer::default();
        self.write(&mut out);
        out.finish()
    }

    /// Writes the message, without key and length of the field around it.
    pub(super) fn write(&self, out: &mut Writer) {
        if !self.type_url.is_empty() {
            encoding::string::encode(1, &self.type_url, out.small());
        }
        if !self.value.is_empty() {
            out.field(2, self.value.len());
            out.share(&self.value);
        }
        self.unknown.iter().for_each(|field| out.share(field));
    }

    /// Bytes that [`Any::encode`] makes.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        let known = |len: usize| if len == 0 { 0 } else { field_len(len) };
        known(self.type_url.len()) + known(self.value.len()) + self.unknown.iter().map(Bytes::len).sum::<usize>()
    }
}
