//! `missing_metering`: the right payload under the genuine attestation, without the metering record that belongs to
//! what was signed.

use super::{Action, AnswerContext, Behaviour, OutgoingAnswer};
use crate::sim::message::Reply;
use crate::sim::replicate_cache::ReplicateCache;
use crate::wire::Response;

pub(super) struct MissingMetering;

impl Behaviour for MissingMetering {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        let Some(response) = answer.response().cloned() else { return Action::Honest };
        answer.instead(Reply::response(Response { metering: Vec::new(), ..response }))
    }
}
