//! `oversized`: a response that is blown up by one unknown field at its end, which every decoder skips: the aggregator
//! sees what was there before, and pays in bandwidth.
//!
//! The transport of the original drops a message above its limit, 500,000 bytes by default; donsim's does with
//! `network.limits`.

use prost::bytes::Bytes;
use prost::encoding::{self, WireType};

use super::{Action, Definition, Parameter, ParameterKind, acts_on_answers};
use crate::sim::message::Reply;

/// A field that no response has.
const FILLER: u32 = 15;

pub(super) const FAULT: Definition = Definition {
    draw_key: 27,
    phrase: "blow up responses",
    parameters: &[Parameter::new(
        "size",
        ParameterKind::Size,
        "\"500001B\"",
        "Size of the response; a larger one stays as it is. With `network.limits.enabled`, which is off by default, a message above 500,000 \
         bytes does not leave.",
    )
    .such_as("\"1MiB\"")],
    behaviour: |values| {
        let size: u64 = values.get(0);
        acts_on_answers(move |answer, _| {
            let Some(bytes) = answer.outgoing.reply.payload() else { return Action::Honest };
            match padded(&bytes.to_bytes(), usize::try_from(size).unwrap_or(usize::MAX)) {
                Some(payload) => answer.instead(Reply::Raw { payload }),
                None => Action::Honest,
            }
        })
    },
    effect: |_, bearer| bearer.as_honest(),
    ..Definition::of_capability("oversized", "A response blown up by a field that nobody reads.")
};

/// `bytes` and a filler, `size` bytes in all, or one less where no filler is just so long; `None` when there is no room.
fn padded(bytes: &Bytes, size: usize) -> Option<Bytes> {
    let room = size.checked_sub(bytes.len()).filter(|room| *room >= 2)?;
    let content = room - 1 - encoding::encoded_len_varint((room - 2) as u64);
    let mut padded = Vec::with_capacity(size);
    padded.extend_from_slice(bytes);
    encoding::encode_key(FILLER, WireType::LengthDelimited, &mut padded);
    encoding::encode_varint(content as u64, &mut padded);
    padded.resize(padded.len() + content, 0);
    Some(padded.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Any, Response};

    #[test]
    fn the_size_is_met_and_the_content_is_the_same() {
        let payload = Some(Any::new("type", Bytes::from_static(b"payload")));
        let response = Response { payload, ..Response::default() };
        let bytes = response.encode();
        for room in [2, 3, 100, 128, 129, 130, 131, 16_384, 16_387, 500_000] {
            let padded = padded(&bytes, bytes.len() + room).unwrap();
            let missing = bytes.len() + room - padded.len();
            assert!(missing <= 1, "{room}: {missing} missing");
            assert_eq!(Response::decode(padded), Ok(response.clone()));
        }
        assert_eq!(padded(&bytes, bytes.len() + 1), None);
        assert_eq!(padded(&bytes, 0), None);
    }
}
