//! `zero_s_signature`: one signature of the attestation has an `s` of zero, which is no scalar of a signature.

use super::{Action, AnswerContext, Behaviour, OutgoingAnswer, attestations};
use crate::sim::replicate_cache::ReplicateCache;

pub(super) struct ZeroSSignature;

impl Behaviour for ZeroSSignature {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        attestations::spoilt_bytes(answer, |bytes| bytes.iter_mut().skip(32).take(32).for_each(|byte| *byte = 0))
    }
}
