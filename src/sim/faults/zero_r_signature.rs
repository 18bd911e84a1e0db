//! `zero_r_signature`: one signature of the attestation has an `r` of zero, which is no scalar of a signature.

use super::{Action, AnswerContext, Behaviour, OutgoingAnswer, attestations};
use crate::sim::replicate_cache::ReplicateCache;

pub(super) struct ZeroRSignature;

impl Behaviour for ZeroRSignature {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        attestations::spoilt_bytes(answer, |bytes| bytes.iter_mut().take(32).for_each(|byte| *byte = 0))
    }
}
