//! `wrong_v_signature`: one signature of the attestation has the other parity in its recovery id, so that it recovers
//! to a key of nobody.

use super::{Answer, Behaviour, Deed, Dispatch, attestations};
use crate::sim::replicate_cache::ReplicateCache;

pub(super) struct WrongVSignature;

impl Behaviour for WrongVSignature {
    fn on_answer(&self, answer: &Answer<'_>, _: &mut ReplicateCache) -> Deed<Dispatch> {
        attestations::spoilt_bytes(answer, |bytes| {
            if let Some(v) = bytes.last_mut() {
                *v ^= 1;
            }
        })
    }
}
