//! `stolen_attestation`: another payload of the same size under the genuine attestation, which every node of the DON
//! has, holder or not; each node its own payload, or all the same.

use super::lies::{Version, lie};
use super::{Answer, Behaviour, Deed, Dispatch};
use crate::sim::mail::Reply;
use crate::sim::replicate_cache::ReplicateCache;
use crate::wire::Response;

pub(super) struct StolenAttestation {
    pub(super) collude: bool,
}

impl Behaviour for StolenAttestation {
    fn on_answer(&self, answer: &Answer<'_>, _: &mut ReplicateCache) -> Deed<Dispatch> {
        let Some(attestation) = answer.attestation.cloned() else { return Deed::Nothing };
        let payload = Some(lie(answer, Version::of(self.collude)));
        let attestation = Some(attestation);
        answer.instead(Reply::response(Response { payload, attestation, ..answer.honest.clone() }))
    }
}
