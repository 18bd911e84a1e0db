//! `zero_r_signature`: one signature of the attestation has an `r` of zero, which is no scalar of a signature.

use super::{Action, AnswerContext, Behaviour, Definition, OutgoingAnswer, attestations};
use crate::sim::replicate_cache::ReplicateCache;

pub(super) const FAULT: Definition = Definition {
    draw_key: 41,
    phrase: "send signatures with r = 0",
    behaviour: |_| Box::new(ZeroRSignature),
    effect: |_, bearer| bearer.unproven(),
    ..Definition::of_capability("zero_r_signature", "An attestation with one signature whose r is zero.")
};

pub(super) struct ZeroRSignature;

impl Behaviour for ZeroRSignature {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        attestations::spoilt_bytes(answer, |bytes| bytes.iter_mut().take(32).for_each(|byte| *byte = 0))
    }
}
