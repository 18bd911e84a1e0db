//! `wrong_payload`: another payload of the same size, without attestation; each node its own, or all the same.

use super::lies::{Version, lie};
use super::{Action, AnswerContext, Behaviour, OutgoingAnswer};
use crate::sim::message::Reply;
use crate::sim::replicate_cache::ReplicateCache;
use crate::wire::Response;

pub(super) struct WrongPayload {
    pub(super) collude: bool,
}

impl Behaviour for WrongPayload {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        let payload = Some(lie(answer, Version::of(self.collude)));
        answer.instead(Reply::response(Response { payload, ..answer.honest.clone() }))
    }
}
