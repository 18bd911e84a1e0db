//! `forged_signature`: the right payload under an attestation of which one signature is by a key outside the DON.

use super::{Action, AnswerContext, Behaviour, Definition, OutgoingAnswer, attestations};
use crate::sim::replicate_cache::{ROGUE, ReplicateCache};

pub(super) const FAULT: Definition = Definition {
    draw_key: 3,
    phrase: "forge signatures",
    behaviour: |_| Box::new(ForgedSignature),
    effect: |_, bearer| bearer.unproven(),
    ..Definition::of_capability("forged_signature", "An attestation with one signature by a key outside the DON.")
};

pub(super) struct ForgedSignature;

impl Behaviour for ForgedSignature {
    fn on_answer(&self, answer: &AnswerContext<'_>, cache: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        let Some(genuine) = answer.attestation else { return Action::Honest };
        // The forger signs the very digest: only the key is not the signer's.
        let digest = answer.request.digest(&genuine.config_digest, genuine.sequence_number, cache);
        let rogue = cache.sign(ROGUE, &digest);
        attestations::spoilt(answer, |signature| signature.signature = rogue.to_vec().into())
    }
}
