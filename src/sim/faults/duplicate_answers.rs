//! `duplicate_answers`: every answer leaves several times. All but the first cost bandwidth and are not heard.

use super::{Action, AnswerContext, Behaviour, OutgoingAnswer};
use crate::sim::replicate_cache::ReplicateCache;

pub(super) struct DuplicateAnswers {
    pub(super) copies: u32,
}

impl Behaviour for DuplicateAnswers {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        Action::Instead(vec![answer.outgoing.clone(); self.copies as usize])
    }
}
