//! `undecodable`: in place of every answer random bytes, as many as the right payload has.

use super::effect::{Answer, Effect};
use super::{Definition, acts_on_answers, noise};
use crate::sim::message::Reply;

/// A key in wire type 7, which does not exist: no decoder gets past it, whatever chance brings after it.
const NO_KEY: u8 = 0x0f;

pub(super) const FAULT: Definition = Definition {
    draw_key: 39,
    phrase: "send random bytes",
    behaviour: |_| {
        acts_on_answers(|answer, _| {
            let mut bytes = noise::bytes(answer, noise::Purpose::Response, answer.request.truth.payload.len().max(1));
            bytes[0] = NO_KEY;
            answer.instead(Reply::Raw { payload: bytes.into() })
        })
    },
    effect: |_, _| Effect::Answers(Answer::Garbage),
    ..Definition::of_capability("undecodable", "Random bytes in place of every answer.")
};
