//! `too_few_signatures`: the right payload under an attestation that lacks its last signature: `F` are left, as many as
//! there may be liars.

use super::{Action, AnswerContext, Behaviour, Definition, OutgoingAnswer, attestations};
use crate::sim::replicate_cache::ReplicateCache;

pub(super) const FAULT: Definition = Definition {
    draw_key: 36,
    phrase: "leave out a signature",
    behaviour: |_| Box::new(TooFewSignatures),
    effect: |_, bearer| bearer.unproven(),
    ..Definition::of_capability("too_few_signatures", "An attestation that lacks one signature.")
};

pub(super) struct TooFewSignatures;

impl Behaviour for TooFewSignatures {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        attestations::changed(answer, |mut attestation| attestation.signatures.pop().map(|_| attestation))
    }
}
