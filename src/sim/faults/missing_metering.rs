//! `missing_metering`: the right payload under the genuine attestation, without the metering record that belongs to
//! what was signed.

use super::{Action, AnswerContext, Behaviour, Definition, OutgoingAnswer};
use crate::sim::message::Reply;
use crate::sim::replicate_cache::ReplicateCache;
use crate::wire::Response;

pub(super) const FAULT: Definition = Definition {
    draw_key: 25,
    phrase: "leave out the metering record",
    behaviour: |_| Box::new(MissingMetering),
    effect: |_, bearer| bearer.unproven(),
    ..Definition::of_capability("missing_metering", "The right response without its metering record.")
};

pub(super) struct MissingMetering;

impl Behaviour for MissingMetering {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        let Some(response) = answer.response().cloned() else { return Action::Honest };
        answer.instead(Reply::response(Response { metering: Vec::new(), ..response }))
    }
}
