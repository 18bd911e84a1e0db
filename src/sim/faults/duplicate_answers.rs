//! `duplicate_answers`: every answer leaves several times. All but the first cost bandwidth and are not heard.

use super::effect::Effect;
use super::{Action, AnswerContext, Answers, Behaviour, Definition, OutgoingAnswer, Parameter, ParameterKind};
use crate::sim::replicate_cache::ReplicateCache;

pub(super) const FAULT: Definition = Definition {
    draw_key: 18,
    answers: Answers::Several,
    phrase: "repeat answers",
    parameters: &[
        Parameter::new("copies", ParameterKind::Count { min: 2, max: 1_000 }, "2", "How often in all.").such_as("3")
    ],
    behaviour: |values| Box::new(DuplicateAnswers { copies: values.get(0) }),
    effect: |_, _| Effect::Unknown("a node answers several times"),
    ..Definition::of_capability("duplicate_answers", "Every answer leaves several times.")
};

pub(super) struct DuplicateAnswers {
    pub(super) copies: u32,
}

impl Behaviour for DuplicateAnswers {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        Action::Instead(vec![answer.outgoing.clone(); self.copies as usize])
    }
}
