//! `zero_s_signature`: one signature of the attestation has an `s` of zero, which is no scalar of a signature.

use super::{Answer, Behaviour, Deed, Dispatch, attestations};
use crate::sim::replicate_cache::ReplicateCache;

pub(super) struct ZeroSSignature;

impl Behaviour for ZeroSSignature {
    fn on_answer(&self, answer: &Answer<'_>, _: &mut ReplicateCache) -> Deed<Dispatch> {
        attestations::spoilt_bytes(answer, |bytes| bytes.iter_mut().skip(32).take(32).for_each(|byte| *byte = 0))
    }
}
