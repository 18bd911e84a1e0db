//! `hidden_pna`: an error of its own in place of every answer, in whose text the words of a payload-not-available
//! answer stand. The rules search the text for them and do not look at the code.

use super::effect::{Answer, Effect};
use super::{Definition, Parameter, ParameterKind, acts_on_answers};
use crate::sim::message::Reply;
use crate::wire::ErrorCode;

pub(super) const FAULT: Definition = Definition {
    draw_key: 22,
    phrase: "hide a payload-not-available text in errors",
    parameters: &[Parameter::new(
        "text",
        ParameterKind::Text,
        "\"upstream said: __response_payload_not_available (cached)\"",
        "Text of the error, with the marker in it.",
    )
    .such_as("\"proxy: __response_payload_not_available\"")],
    behaviour: |values| {
        let text: String = values.get(0);
        acts_on_answers(move |answer, _| answer.instead(Reply::error(ErrorCode::VALIDATION_FAILED, &text)))
    },
    effect: |values, _| Effect::Answers(Answer::Error(values.get(0))),
    ..Definition::of_capability("hidden_pna", "An error of its own that passes for a payload-not-available answer.")
};
