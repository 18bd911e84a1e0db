//! `delay_to_deadline`: every answer arrives as late as it can and still count, `margin` before the caller's deadline.
//! The adversary has the network in hand: neither latency nor loss applies.

use super::effect::Effect;
use super::{Action, AnswerContext, Behaviour, Definition, OutgoingAnswer, Parameter, ParameterKind, When};
use crate::engine::{Span, Time};
use crate::sim::replicate_cache::ReplicateCache;

pub(super) const FAULT: Definition = Definition {
    draw_key: 15,
    phrase: "wait for the deadline",
    parameters: &[Parameter::new("margin", ParameterKind::Time, "\"1ms\"", "How long before the caller's deadline.")],
    behaviour: |values| Box::new(DelayToDeadline { margin: values.get(0) }),
    effect: |_, _| Effect::Unknown("answers come at another time than all others"),
    ..Definition::of_capability("delay_to_deadline", "Every answer arrives as late as it can and still count.")
};

pub(super) struct DelayToDeadline {
    pub(super) margin: Span,
}

impl Behaviour for DelayToDeadline {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        let until_then = answer.deadline.since(Time::ZERO) - self.margin;
        answer.at(When::Arriving(Time::ZERO + until_then))
    }
}
