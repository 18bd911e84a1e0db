//! `truncated_signature`: one signature of the attestation lacks its last byte, the recovery id.

use super::{Answer, Behaviour, Deed, Dispatch, attestations};
use crate::sim::replicate_cache::ReplicateCache;

pub(super) struct TruncatedSignature;

impl Behaviour for TruncatedSignature {
    fn on_answer(&self, answer: &Answer<'_>, _: &mut ReplicateCache) -> Deed<Dispatch> {
        attestations::spoilt_bytes(answer, |bytes| {
            bytes.pop();
        })
    }
}
