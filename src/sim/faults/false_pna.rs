//! `false_pna`: a holder says that it has no payload. Nobody can tell: most honest nodes have none.

use super::effect::{Answer, Effect};
use super::{Action, AnswerContext, Behaviour, Definition, OutgoingAnswer};
use crate::sim::message::Reply;
use crate::sim::replicate_cache::ReplicateCache;

pub(super) const FAULT: Definition = Definition {
    draw_key: 21,
    phrase: "deny having the payload",
    behaviour: |_| Box::new(FalsePna),
    effect: |_, _| Effect::Answers(Answer::unavailable()),
    ..Definition::of_capability("false_pna", "Holders say that they have no payload.")
};

pub(super) struct FalsePna;

impl Behaviour for FalsePna {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        if answer.response().is_some() { answer.instead(Reply::unavailable()) } else { Action::Honest }
    }
}
