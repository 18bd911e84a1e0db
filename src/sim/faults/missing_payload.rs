//! `missing_payload`: the genuine attestation and no payload at all. It is enough that there are as many signatures as
//! needed: the original reads the payload's value before it looks at any, and crashes.

use super::effect::{Answer, Effect};
use super::{Action, Definition, acts_on_answers};
use crate::sim::message::Reply;
use crate::wire::Response;

pub(super) const FAULT: Definition = Definition {
    draw_key: 26,
    phrase: "leave out the payload",
    behaviour: |_| {
        acts_on_answers(|answer, _| {
            let Some(attestation) = answer.attestation.cloned() else { return Action::Honest };
            let attestation = Some(attestation);
            answer.instead(Reply::response(Response { payload: None, attestation, ..answer.honest.clone() }))
        })
    },
    effect: |_, _| Effect::Answers(Answer::Hollow),
    ..Definition::of_capability("missing_payload", "An attestation without payload; crashes the original.")
};
