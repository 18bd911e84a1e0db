//! `tampered_fields`: the right payload under the genuine attestation, with a change where the attestation does not
//! look: the payload's type, the `value` map, or the sender's word about `N`.

use super::effect::{Answer, Attached, Lie};
use super::{Action, Definition, Parameter, ParameterKind, acts_on_answers};
use crate::sim::message::Reply;
use crate::wire::{Kind, Response};

/// Fields that can be changed.
const FIELDS: &[&str] = &[TYPE_URL, VALUE, CAPDON_N];
const TYPE_URL: &str = "type_url";
const VALUE: &str = "value";
const CAPDON_N: &str = "capdon_n";

pub(super) const FAULT: Definition = Definition {
    draw_key: 34,
    phrase: "tamper with unsigned fields",
    parameters: &[Parameter::new(
        "field",
        ParameterKind::Word(FIELDS),
        "\"type_url\"",
        "What is changed: type_url, value (the map gets an entry) or capdon_n.",
    )],
    behaviour: |values| {
        let field: &'static str = values.get(0);
        acts_on_answers(move |answer, _| {
            let Some(mut response) = answer.response().cloned() else { return Action::Honest };
            tamper(field, &mut response);
            answer.instead(Reply::response(response))
        })
    },
    effect: |values, bearer| match values.get(0) {
        CAPDON_N => bearer.as_honest(),
        VALUE => bearer.on_response(Answer::Lie(Lie::ExtraValue, Attached::Valid)),
        _ => bearer.on_response(Answer::Lie(Lie::OtherType, Attached::Valid)),
    },
    ..Definition::of_capability(
        "tampered_fields",
        "The right payload and attestation, with a change that the signatures do not cover.",
    )
};

fn tamper(field: &str, response: &mut Response) {
    match field {
        TYPE_URL => {
            if let Some(payload) = &mut response.payload {
                payload.type_url.push_str("Tampered");
            }
        }
        VALUE => response.value.push("tampered", Kind::Bool(true)),
        _ => response.capdon_n = response.capdon_n.saturating_add(1),
    }
}
