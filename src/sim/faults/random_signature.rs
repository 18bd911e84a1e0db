//! `random_signature`: the right payload under an attestation of which one signature is noise. Its recovery id is a
//! legal one, so that the noise costs the whole check.

use super::{Action, AnswerContext, Behaviour, OutgoingAnswer, attestations, noise};
use crate::attestation::SIGNATURE_LEN;
use crate::sim::replicate_cache::ReplicateCache;

pub(super) struct RandomSignature;

impl Behaviour for RandomSignature {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        attestations::spoilt_bytes(answer, |bytes| {
            *bytes = noise::bytes(answer, noise::Purpose::Signature, SIGNATURE_LEN);
            bytes[SIGNATURE_LEN - 1] &= 3;
        })
    }
}
