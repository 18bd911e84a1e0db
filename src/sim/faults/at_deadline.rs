//! `at_deadline`: every answer arrives in the very instant in which the caller gives up. Which of the two comes first
//! is the order of ties, drawn for each answer. The adversary has the network in hand: neither latency nor loss applies.

use super::{Action, AnswerContext, Behaviour, OutgoingAnswer, When};
use crate::sim::replicate_cache::ReplicateCache;

pub(super) struct AtDeadline;

impl Behaviour for AtDeadline {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        answer.at(When::Arriving(answer.deadline))
    }
}
