//! `missing_payload`: the genuine attestation and no payload at all. It is enough that there are as many signatures as
//! needed: the original reads the payload's value before it looks at any, and crashes.

use super::effect::{Answer, Effect};
use super::{Action, AnswerContext, Behaviour, Definition, OutgoingAnswer};
use crate::sim::message::Reply;
use crate::sim::replicate_cache::ReplicateCache;
use crate::wire::Response;

pub(super) const FAULT: Definition = Definition {
    draw_key: 26,
    phrase: "leave out the payload",
    behaviour: |_| Box::new(MissingPayload),
    effect: |_, _| Effect::Answers(Answer::Hollow),
    ..Definition::of_capability("missing_payload", "An attestation without payload; crashes the original.")
};

pub(super) struct MissingPayload;

impl Behaviour for MissingPayload {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        let Some(attestation) = answer.attestation.cloned() else { return Action::Honest };
        let attestation = Some(attestation);
        answer.instead(Reply::response(Response { payload: None, attestation, ..answer.honest.clone() }))
    }
}
