//! `duplicate_signer`: `F` signers pass for `F + 1`, for the first of them stands in the attestation twice.

use super::{Action, AnswerContext, Behaviour, Definition, OutgoingAnswer, attestations};
use crate::sim::replicate_cache::ReplicateCache;

pub(super) const FAULT: Definition = Definition {
    draw_key: 19,
    phrase: "repeat a signer",
    behaviour: |_| Box::new(DuplicateSigner),
    effect: |_, bearer| bearer.unproven(),
    ..Definition::of_capability("duplicate_signer", "An attestation in which one signer stands twice.")
};

pub(super) struct DuplicateSigner;

impl Behaviour for DuplicateSigner {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        attestations::changed(answer, |mut attestation| {
            let first = attestation.signatures.first()?.clone();
            // The only signature of a DON with `F = 0` gets a copy beside it.
            if attestation.signatures.len() > 1 {
                attestation.signatures.pop();
            }
            attestation.signatures.push(first);
            Some(attestation)
        })
    }
}
