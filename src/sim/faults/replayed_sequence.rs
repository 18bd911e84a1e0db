//! `replayed_sequence`: the genuine signatures under the sequence number of the next round, as if the report were newer
//! than it is.

use super::{Action, AnswerContext, Behaviour, Definition, OutgoingAnswer, attestations};
use crate::sim::replicate_cache::ReplicateCache;
use crate::wire::OcrAttestation;

pub(super) const FAULT: Definition = Definition {
    draw_key: 30,
    phrase: "change the sequence number",
    behaviour: |_| Box::new(ReplayedSequence),
    effect: |_, bearer| bearer.unproven(),
    ..Definition::of_capability("replayed_sequence", "The genuine signatures under another sequence number.")
};

pub(super) struct ReplayedSequence;

impl Behaviour for ReplayedSequence {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        attestations::changed(answer, |attestation| {
            let sequence_number = attestation.sequence_number.wrapping_add(1);
            Some(OcrAttestation { sequence_number, ..attestation })
        })
    }
}
