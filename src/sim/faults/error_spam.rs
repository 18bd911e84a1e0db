//! `error_spam`: an error in place of every answer, the same text from all or each node its own.

use super::effect::{Answer, Effect};
use super::{Definition, Parameter, ParameterKind, acts_on_answers};
use crate::sim::message::Reply;
use crate::wire::ErrorCode;
use crate::wire::PAYLOAD_NOT_AVAILABLE;

pub(super) const FAULT: Definition = Definition {
    draw_key: 2,
    phrase: "send errors",
    parameters: &[
        Parameter::new("text", ParameterKind::Text, "\"rpc failed\"", "Text of the error."),
        Parameter::new("distinct", ParameterKind::Flag, "false", "Whether every node has a text of its own."),
    ],
    behaviour: |values| {
        let text: String = values.get(0);
        let distinct: bool = values.get(1);
        acts_on_answers(move |answer, _| {
            answer.instead(if distinct {
                Reply::error(ErrorCode::INTERNAL_ERROR, &format!("{} (node {})", text, answer.node))
            } else {
                Reply::error(ErrorCode::INTERNAL_ERROR, &text)
            })
        })
    },
    effect: |values, _| {
        let text: String = values.get(0);
        let unavailable = text.contains(PAYLOAD_NOT_AVAILABLE);
        let distinct = values.get(1);
        Effect::Answers(if distinct { Answer::OwnError { unavailable } } else { Answer::Error(text) })
    },
    ..Definition::of_capability("error_spam", "An error in place of every answer.")
};
