//! `truncated_signature`: one signature of the attestation lacks its last byte, the recovery id.

use super::{Action, AnswerContext, Behaviour, Definition, OutgoingAnswer, attestations};
use crate::sim::replicate_cache::ReplicateCache;

pub(super) const FAULT: Definition = Definition {
    draw_key: 38,
    phrase: "truncate signatures",
    behaviour: |_| Box::new(TruncatedSignature),
    effect: |_, bearer| bearer.unproven(),
    ..Definition::of_capability("truncated_signature", "An attestation with one signature that lacks its last byte.")
};

pub(super) struct TruncatedSignature;

impl Behaviour for TruncatedSignature {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        attestations::spoilt_bytes(answer, |bytes| {
            bytes.pop();
        })
    }
}
