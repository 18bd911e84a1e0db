//! `stolen_attestation`: another payload of the same size under the genuine attestation, which every node of the DON
//! has, holder or not; each node its own payload, or all the same.

use super::effect::{Answer, Attached, Effect, Lie};
use super::lies::{Version, lie};
use super::{Action, Definition, Parameter, ParameterKind, acts_on_answers};
use crate::sim::message::Reply;
use crate::wire::Response;

pub(super) const FAULT: Definition = Definition {
    draw_key: 33,
    phrase: "lie under a genuine attestation",
    parameters: &[Parameter::new("collude", ParameterKind::Flag, "false", "Whether all send the same wrong payload.")],
    behaviour: |values| {
        let collude: bool = values.get(0);
        acts_on_answers(move |answer, _| {
            let Some(attestation) = answer.attestation.cloned() else { return Action::Honest };
            let payload = Some(lie(answer, Version::of(collude)));
            let attestation = Some(attestation);
            answer.instead(Reply::response(Response { payload, attestation, ..answer.honest.clone() }))
        })
    },
    effect: |values, _| Effect::Answers(Answer::Lie(Lie::of(values.get(0)), Attached::Invalid)),
    ..Definition::of_capability("stolen_attestation", "Another payload under the genuine attestation.")
};
