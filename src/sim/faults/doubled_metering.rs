//! `doubled_metering`: the right payload under the genuine attestation, with the metering record twice where exactly
//! one is due.

use super::{Action, AnswerContext, Behaviour, Definition, OutgoingAnswer};
use crate::sim::message::Reply;
use crate::sim::replicate_cache::ReplicateCache;

pub(super) const FAULT: Definition = Definition {
    draw_key: 16,
    phrase: "double the metering record",
    behaviour: |_| Box::new(DoubledMetering),
    effect: |_, bearer| bearer.unproven(),
    ..Definition::of_capability("doubled_metering", "The right response with its metering record twice.")
};

pub(super) struct DoubledMetering;

impl Behaviour for DoubledMetering {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        let Some(mut response) = answer.response().cloned() else { return Action::Honest };
        response.metering.extend_from_within(..);
        answer.instead(Reply::response(response))
    }
}
