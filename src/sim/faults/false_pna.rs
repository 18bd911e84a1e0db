//! `false_pna`: a holder says that it has no payload. Nobody can tell: most honest nodes have none.

use super::{Action, AnswerContext, Behaviour, OutgoingAnswer};
use crate::sim::adversary::unavailable;
use crate::sim::replicate_cache::ReplicateCache;

pub(super) struct FalsePna;

impl Behaviour for FalsePna {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        if answer.response().is_some() { answer.instead(unavailable()) } else { Action::Honest }
    }
}
