//! `zero_s_signature`: one signature of the attestation has an `s` of zero, which is no scalar of a signature.

use super::{Action, AnswerContext, Behaviour, Definition, OutgoingAnswer, attestations};
use crate::sim::replicate_cache::ReplicateCache;

pub(super) const FAULT: Definition = Definition {
    draw_key: 42,
    phrase: "send signatures with s = 0",
    behaviour: |_| Box::new(ZeroSSignature),
    effect: |_, bearer| bearer.unproven(),
    ..Definition::of_capability("zero_s_signature", "An attestation with one signature whose s is zero.")
};

pub(super) struct ZeroSSignature;

impl Behaviour for ZeroSSignature {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        attestations::spoilt_bytes(answer, |bytes| bytes.iter_mut().skip(32).take(32).for_each(|byte| *byte = 0))
    }
}
