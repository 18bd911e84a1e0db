//! `at_deadline`: every answer arrives in the very instant in which the caller gives up. Which of the two comes first
//! is the order of ties, drawn for each answer. The adversary has the network in hand: neither latency nor loss applies.

use super::effect::Effect;
use super::{Action, AnswerContext, Behaviour, Definition, OutgoingAnswer, When};
use crate::sim::replicate_cache::ReplicateCache;

pub(super) const FAULT: Definition = Definition {
    draw_key: 7,
    phrase: "answer at the deadline",
    behaviour: |_| Box::new(AtDeadline),
    effect: |_, _| Effect::Unknown("answers come at another time than all others"),
    ..Definition::of_capability("at_deadline", "Every answer arrives in the instant in which the caller gives up.")
};

pub(super) struct AtDeadline;

impl Behaviour for AtDeadline {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        answer.at(When::Arriving(answer.deadline))
    }
}
