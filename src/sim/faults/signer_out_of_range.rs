//! `signer_out_of_range`: one signature of the attestation is attributed to a signer that the DON does not have, the
//! first beyond its last.

use super::{Answer, Behaviour, Deed, Dispatch, attestations};
use crate::sim::replicate_cache::ReplicateCache;

pub(super) struct SignerOutOfRange;

impl Behaviour for SignerOutOfRange {
    fn on_answer(&self, answer: &Answer<'_>, _: &mut ReplicateCache) -> Deed<Dispatch> {
        attestations::spoilt(answer, |signature| signature.signer = answer.nodes)
    }
}
