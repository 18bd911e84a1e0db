//! `signer_out_of_range`: one signature of the attestation is attributed to a signer that the DON does not have, the
//! first beyond its last.

use super::{Action, AnswerContext, Behaviour, Definition, OutgoingAnswer, attestations};
use crate::sim::replicate_cache::ReplicateCache;

pub(super) const FAULT: Definition = Definition {
    draw_key: 31,
    phrase: "invent a signer",
    behaviour: |_| Box::new(SignerOutOfRange),
    effect: |_, bearer| bearer.unproven(),
    ..Definition::of_capability("signer_out_of_range", "An attestation with a signer that the DON does not have.")
};

pub(super) struct SignerOutOfRange;

impl Behaviour for SignerOutOfRange {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        attestations::spoilt(answer, |signature| signature.signer = answer.nodes)
    }
}
