//! `wrong_v_signature`: one signature of the attestation has the other parity in its recovery id, so that it recovers
//! to a key of nobody.

use super::{Action, AnswerContext, Behaviour, Definition, OutgoingAnswer, attestations};
use crate::sim::replicate_cache::ReplicateCache;

pub(super) const FAULT: Definition = Definition {
    draw_key: 40,
    phrase: "flip recovery ids",
    behaviour: |_| Box::new(WrongVSignature),
    effect: |_, bearer| bearer.unproven(),
    ..Definition::of_capability("wrong_v_signature", "An attestation with one signature of the other parity.")
};

pub(super) struct WrongVSignature;

impl Behaviour for WrongVSignature {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        attestations::spoilt_bytes(answer, |bytes| {
            if let Some(v) = bytes.last_mut() {
                *v ^= 1;
            }
        })
    }
}
