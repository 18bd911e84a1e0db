//! `missing_payload`: the genuine attestation and no payload at all. It is enough that there are as many signatures as
//! needed: the original reads the payload's value before it looks at any, and crashes.

use super::{Answer, Behaviour, Deed, Dispatch};
use crate::sim::mail::Reply;
use crate::sim::replicate_cache::ReplicateCache;
use crate::wire::Response;

pub(super) struct MissingPayload;

impl Behaviour for MissingPayload {
    fn on_answer(&self, answer: &Answer<'_>, _: &mut ReplicateCache) -> Deed<Dispatch> {
        let Some(attestation) = answer.attestation.cloned() else { return Deed::Nothing };
        let attestation = Some(attestation);
        answer.instead(Reply::response(Response { payload: None, attestation, ..answer.honest.clone() }))
    }
}
