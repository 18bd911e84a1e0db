//! `delay_to_deadline`: every answer arrives as late as it can and still count, `margin` before the caller's deadline.
//! The adversary has the network in hand: neither latency nor loss applies.

use super::{Action, AnswerContext, Behaviour, OutgoingAnswer, When};
use crate::engine::{Span, Time};
use crate::sim::replicate_cache::ReplicateCache;

pub(super) struct DelayToDeadline {
    pub(super) margin: Span,
}

impl Behaviour for DelayToDeadline {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        let until_then = answer.deadline.since(Time::ZERO) - self.margin;
        answer.at(When::Arriving(Time::ZERO + until_then))
    }
}
