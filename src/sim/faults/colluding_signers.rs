//! `colluding_signers`: all accomplices send the same wrong payload under an attestation that they all sign with their
//! real keys. Up to `F` of them are too few for it; `F + 1` have both the signatures and the equal responses that
//! everybody must believe: the bound of the whole protocol.

use super::effect::{Answer, Attached, Effect, Lie};
use super::lies::{Version, lie};
use super::{Action, Definition, acts_on_answers, attestations};
use crate::attestation::Report;
use crate::sim::message::Reply;
use crate::wire::Response;

pub(super) const FAULT: Definition = Definition {
    draw_key: 13,
    phrase: "collude",
    behaviour: |_| {
        acts_on_answers(|answer, cache| {
            // Their attestation is of the round in which the honest one came about.
            let Some(genuine) = answer.attestation else { return Action::Honest };
            let payload = lie(answer, Version::Shared);
            let report = Report { payload: &payload.value, ..answer.request.report() };
            let (digest, sequence) = (genuine.config_digest, genuine.sequence_number);
            let attestation =
                attestations::signed(&report, digest, sequence, answer.accomplices.iter().copied(), cache);
            answer.instead(Reply::response(Response {
                payload: Some(payload),
                attestation: Some(attestation),
                ..answer.honest.clone()
            }))
        })
    },
    effect: |_, bearer| {
        let is_enough = bearer.accomplices >= bearer.required;
        let attached = if is_enough { Attached::Valid } else { Attached::Invalid };
        Effect::Answers(Answer::Lie(Lie::Shared, attached))
    },
    ..Definition::of_capability(
        "colluding_signers",
        "The same wrong payload from all, attested by all of them with real keys.",
    )
};
