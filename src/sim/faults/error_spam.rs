//! `error_spam`: an error in place of every answer, the same text from all or each node its own.

use super::effect::{Answer, Effect};
use super::{Action, AnswerContext, Behaviour, Definition, OutgoingAnswer, Parameter, ParameterKind};
use crate::sim::message::Reply;
use crate::sim::replicate_cache::ReplicateCache;
use crate::wire::ErrorCode;
use crate::wire::PAYLOAD_NOT_AVAILABLE;

pub(super) const FAULT: Definition = Definition {
    draw_key: 2,
    phrase: "send errors",
    parameters: &[
        Parameter::new("text", ParameterKind::Text, "\"rpc failed\"", "Text of the error."),
        Parameter::new("distinct", ParameterKind::Flag, "false", "Whether every node has a text of its own."),
    ],
    behaviour: |values| Box::new(ErrorSpam { text: values.get(0), distinct: values.get(1) }),
    effect: |values, _| {
        let text: String = values.get(0);
        let unavailable = text.contains(PAYLOAD_NOT_AVAILABLE);
        let distinct = values.get(1);
        Effect::Answers(if distinct { Answer::OwnError { unavailable } } else { Answer::Error(text) })
    },
    ..Definition::of_capability("error_spam", "An error in place of every answer.")
};

pub(super) struct ErrorSpam {
    pub(super) text: String,
    pub(super) distinct: bool,
}

impl Behaviour for ErrorSpam {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        answer.instead(if self.distinct {
            Reply::error(ErrorCode::INTERNAL_ERROR, &format!("{} (node {})", self.text, answer.node))
        } else {
            Reply::error(ErrorCode::INTERNAL_ERROR, &self.text)
        })
    }
}
