//! `wrong_payload`: another payload of the same size, without attestation; each node its own, or all the same.

use super::effect::{Answer, Attached, Effect, Lie};
use super::lies::{Version, lie};
use super::{Definition, Parameter, ParameterKind, acts_on_answers};
use crate::sim::message::Reply;
use crate::wire::Response;

pub(super) const FAULT: Definition = Definition {
    draw_key: 6,
    phrase: "send wrong payloads",
    parameters: &[Parameter::new("collude", ParameterKind::Flag, "false", "Whether all send the same wrong payload.")],
    behaviour: |values| {
        let collude: bool = values.get(0);
        acts_on_answers(move |answer, _| {
            let payload = Some(lie(answer, Version::of(collude)));
            answer.instead(Reply::response(Response { payload, ..answer.honest.clone() }))
        })
    },
    effect: |values, _| Effect::Answers(Answer::Lie(Lie::of(values.get(0)), Attached::Nothing)),
    ..Definition::of_capability("wrong_payload", "Another payload, without attestation.")
};
