//! `stolen_attestation`: another payload of the same size under the genuine attestation, which every node of the DON
//! has, holder or not; each node its own payload, or all the same.

use super::lies::{Version, lie};
use super::{Action, AnswerContext, Behaviour, OutgoingAnswer};
use crate::sim::message::Reply;
use crate::sim::replicate_cache::ReplicateCache;
use crate::wire::Response;

pub(super) struct StolenAttestation {
    pub(super) collude: bool,
}

impl Behaviour for StolenAttestation {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        let Some(attestation) = answer.attestation.cloned() else { return Action::Honest };
        let payload = Some(lie(answer, Version::of(self.collude)));
        let attestation = Some(attestation);
        answer.instead(Reply::response(Response { payload, attestation, ..answer.honest.clone() }))
    }
}
