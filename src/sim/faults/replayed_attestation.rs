//! `replayed_attestation`: the attestation of another step of the same workflow that happened to have the same payload
//! and cost. Genuine in every signature, it is about another reference id.

use super::{Definition, acts_on_answers, attestations};
use crate::attestation::Report;

pub(super) const FAULT: Definition = Definition {
    draw_key: 29,
    phrase: "replay attestations",
    behaviour: |_| {
        acts_on_answers(|answer, cache| {
            let reference_id = format!("{}-other", answer.request.ids.reference_id);
            attestations::changed(answer, |_| {
                let genuine = answer.attestation?;
                let report = Report { reference_id: &reference_id, ..answer.request.report() };
                let (digest, sequence) = (genuine.config_digest, genuine.sequence_number);
                Some(attestations::signed(&report, digest, sequence, attestations::signers(genuine), cache))
            })
        })
    },
    effect: |_, bearer| bearer.unproven(),
    ..Definition::of_capability("replayed_attestation", "The attestation of another request.")
};
