//! `hidden_pna`: an error of its own in place of every answer, in whose text the words of a payload-not-available
//! answer stand. The rules search the text for them and do not look at the code.

use super::{Action, AnswerContext, Behaviour, OutgoingAnswer};
use crate::sim::message::Reply;
use crate::sim::replicate_cache::ReplicateCache;
use crate::wire::ErrorCode;

pub(super) struct HiddenPna {
    pub(super) text: String,
}

impl Behaviour for HiddenPna {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        answer.instead(Reply::error(ErrorCode::VALIDATION_FAILED, &self.text))
    }
}
