//! `tampered_fields`: the right payload under the genuine attestation, with a change where the attestation does not
//! look: the payload's type, the `value` map, or the sender's word about `N`.

use super::effect::{Answer, Attached, Lie};
use super::{Action, AnswerContext, Behaviour, Definition, OutgoingAnswer, Parameter, ParameterKind};
use crate::sim::message::Reply;
use crate::sim::replicate_cache::ReplicateCache;
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
    behaviour: |values| Box::new(TamperedFields { field: values.get(0) }),
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

pub(super) struct TamperedFields {
    /// One of [`FIELDS`].
    pub(super) field: &'static str,
}

impl Behaviour for TamperedFields {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        let Some(mut response) = answer.response().cloned() else { return Action::Honest };
        self.tamper(&mut response);
        answer.instead(Reply::response(response))
    }
}

impl TamperedFields {
    fn tamper(&self, response: &mut Response) {
        match self.field {
            TYPE_URL => {
                if let Some(payload) = &mut response.payload {
                    payload.type_url.push_str("Tampered");
                }
            }
            VALUE => response.value.push("tampered", Kind::Bool(true)),
            _ => response.capdon_n = response.capdon_n.saturating_add(1),
        }
    }
}
