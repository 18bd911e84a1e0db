//! `duplicate_answers`: every answer leaves several times. All but the first cost bandwidth and are not heard.

use super::effect::Effect;
use super::{Action, Answers, Definition, Parameter, ParameterKind, acts_on_answers};

pub(super) const FAULT: Definition = Definition {
    draw_key: 18,
    answers: Answers::Several,
    phrase: "repeat answers",
    parameters: &[
        Parameter::new("copies", ParameterKind::Count { min: 2, max: 1_000 }, "2", "How often in all.").such_as("3")
    ],
    behaviour: |values| {
        let copies: u32 = values.get(0);
        acts_on_answers(move |answer, _| Action::Instead(vec![answer.outgoing.clone(); copies as usize]))
    },
    effect: |_, _| Effect::Unknown("a node answers several times"),
    ..Definition::of_capability("duplicate_answers", "Every answer leaves several times.")
};
