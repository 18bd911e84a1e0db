//! `undecodable`: in place of every answer random bytes, as many as the right payload has.

use super::effect::{Answer, Effect};
use super::{Action, AnswerContext, Behaviour, Definition, OutgoingAnswer, noise};
use crate::sim::message::Reply;
use crate::sim::replicate_cache::ReplicateCache;

/// A key in wire type 7, which does not exist: no decoder gets past it, whatever chance brings after it.
const NO_KEY: u8 = 0x0f;

pub(super) const FAULT: Definition = Definition {
    draw_key: 39,
    phrase: "send random bytes",
    behaviour: |_| Box::new(Undecodable),
    effect: |_, _| Effect::Answers(Answer::Garbage),
    ..Definition::of_capability("undecodable", "Random bytes in place of every answer.")
};

pub(super) struct Undecodable;

impl Behaviour for Undecodable {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        let mut bytes = noise::bytes(answer, noise::Purpose::Response, answer.request.truth.payload.len().max(1));
        bytes[0] = NO_KEY;
        answer.instead(Reply::Raw { payload: bytes.into() })
    }
}
