//! `error_spam`: an error in place of every answer, the same text from all or each node its own.

use super::{Answer, Behaviour, Deed, Dispatch};
use crate::sim::mail::Reply;
use crate::sim::replicate_cache::ReplicateCache;
use crate::wire::ErrorCode;

pub(super) struct ErrorSpam {
    pub(super) text: String,
    pub(super) distinct: bool,
}

impl Behaviour for ErrorSpam {
    fn on_answer(&self, answer: &Answer<'_>, _: &mut ReplicateCache) -> Deed<Dispatch> {
        answer.instead(if self.distinct {
            Reply::error(ErrorCode::INTERNAL_ERROR, &format!("{} (node {})", self.text, answer.node))
        } else {
            Reply::error(ErrorCode::INTERNAL_ERROR, &self.text)
        })
    }
}
