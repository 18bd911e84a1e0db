//! `truncated_response`: a response without its last byte. Whatever field ends a response has its length before it, so
//! that the rest does not decode.

use super::effect::Answer;
use super::{Action, Definition, acts_on_answers};
use crate::sim::message::Reply;

pub(super) const FAULT: Definition = Definition {
    draw_key: 37,
    phrase: "truncate responses",
    behaviour: |_| {
        acts_on_answers(|answer, _| match answer.outgoing.reply.payload() {
            Some(bytes) if !bytes.is_empty() => {
                let payload = bytes.to_bytes().slice(..bytes.len() - 1);
                answer.instead(Reply::Raw { payload })
            }
            _ => Action::Honest,
        })
    },
    effect: |_, bearer| bearer.on_response(Answer::Garbage),
    ..Definition::of_capability("truncated_response", "A response that lacks its last byte.")
};
