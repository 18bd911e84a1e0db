//! `replayed_attestation`: the attestation of another step of the same workflow that happened to have the same payload
//! and cost. Genuine in every signature, it is about another reference id.

use super::{Action, AnswerContext, Behaviour, Definition, OutgoingAnswer, attestations};
use crate::attestation::Report;
use crate::sim::replicate_cache::ReplicateCache;

pub(super) const FAULT: Definition = Definition {
    draw_key: 29,
    phrase: "replay attestations",
    behaviour: |_| Box::new(ReplayedAttestation),
    effect: |_, bearer| bearer.unproven(),
    ..Definition::of_capability("replayed_attestation", "The attestation of another request.")
};

pub(super) struct ReplayedAttestation;

impl Behaviour for ReplayedAttestation {
    fn on_answer(&self, answer: &AnswerContext<'_>, cache: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        let reference_id = format!("{}-other", answer.request.ids.reference_id);
        attestations::changed(answer, |_| {
            let genuine = answer.attestation?;
            let report = Report { reference_id: &reference_id, ..answer.request.report() };
            let (digest, sequence) = (genuine.config_digest, genuine.sequence_number);
            Some(attestations::signed(&report, digest, sequence, attestations::signers(genuine), cache))
        })
    }
}
