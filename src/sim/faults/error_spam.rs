//! `error_spam`: an error in place of every answer, the same text from all or each node its own.

use super::{Action, AnswerContext, Behaviour, OutgoingAnswer};
use crate::sim::message::Reply;
use crate::sim::replicate_cache::ReplicateCache;
use crate::wire::ErrorCode;

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
