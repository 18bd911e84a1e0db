//! `random_signature`: the right payload under an attestation of which one signature is noise. Its recovery id is a
//! legal one, so that the noise costs the whole check.

use super::{Action, AnswerContext, Behaviour, Definition, OutgoingAnswer, attestations, noise};
use crate::attestation::SIGNATURE_LEN;
use crate::sim::replicate_cache::ReplicateCache;

pub(super) const FAULT: Definition = Definition {
    draw_key: 28,
    phrase: "send noise for a signature",
    behaviour: |_| Box::new(RandomSignature),
    effect: |_, bearer| bearer.unproven(),
    ..Definition::of_capability("random_signature", "An attestation with noise for one signature.")
};

pub(super) struct RandomSignature;

impl Behaviour for RandomSignature {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        attestations::spoilt_bytes(answer, |bytes| {
            *bytes = noise::bytes(answer, noise::Purpose::Signature, SIGNATURE_LEN);
            bytes[SIGNATURE_LEN - 1] &= 3;
        })
    }
}
