//! `forged_signature`: the right payload under an attestation of which one signature is by a key outside the DON.

use super::{Action, Definition, acts_on_answers, attestations};
use crate::sim::replicate_cache::ROGUE;

pub(super) const FAULT: Definition = Definition {
    draw_key: 3,
    phrase: "forge signatures",
    behaviour: |_| {
        acts_on_answers(|answer, cache| {
            let Some(genuine) = answer.attestation else { return Action::Honest };
            // The forger signs the very digest: only the key is not the signer's.
            let digest = answer.request.digest(&genuine.config_digest, genuine.sequence_number, cache);
            let rogue = cache.sign(ROGUE, &digest);
            attestations::spoilt(answer, |signature| signature.signature = rogue.to_vec().into())
        })
    },
    effect: |_, bearer| bearer.unproven(),
    ..Definition::of_capability("forged_signature", "An attestation with one signature by a key outside the DON.")
};
