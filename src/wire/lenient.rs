//! A known field in an unknown wire type is an unknown field.
//!
//! The original's decoder skips a known field number that arrives in another wire type than declared; prost's refuses
//! the whole message. [`Lenient`] wraps a message and asks its table of declared wire types before prost sees the
//! field. This is the one place where decoding departs from prost; everything else about the wire format agrees.

use prost::bytes::{Buf, BufMut};
use prost::encoding::{DecodeContext, WireType, skip_field};
use prost::{DecodeError, Message};

/// The wire types in which a message's fields are declared.
pub trait DeclaredFields {
    /// The declared wire type of field `number`; `None` for an unknown field.
    fn declared(number: u32) -> Option<WireType>;
}

/// A message that skips known fields in undeclared wire types, as it skips unknown fields.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lenient<M>(pub M);

impl<M> From<M> for Lenient<M> {
    fn from(message: M) -> Self {
        Self(message)
    }
}

impl<M: Message + Default + DeclaredFields> Message for Lenient<M> {
    fn encode_raw(&self, buf: &mut impl BufMut) {
        self.0.encode_raw(buf);
    }

    fn merge_field(
        &mut self,
        number: u32,
        wire_type: WireType,
        buf: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError> {
        if M::declared(number) == Some(wire_type) {
            self.0.merge_field(number, wire_type, buf, context)
        } else {
            skip_field(wire_type, number, buf, context)
        }
    }

    fn encoded_len(&self) -> usize {
        self.0.encoded_len()
    }

    fn clear(&mut self) {
        self.0.clear();
    }
}

/// Declares the wire types of a message's fields.
macro_rules! declared_fields {
    ($message:ty { $($number:pat => $wire_type:ident),+ $(,)? }) => {
        impl $crate::wire::lenient::DeclaredFields for $message {
            fn declared(number: u32) -> Option<prost::encoding::WireType> {
                match number {
                    $($number => Some(prost::encoding::WireType::$wire_type),)+
                    _ => None,
                }
            }
        }
    };
}

pub(super) use declared_fields;
