//! `truncated_response`: a response without its last byte. Whatever field ends a response has its length before it, so
//! that the rest does not decode.

use super::{Action, AnswerContext, Behaviour, OutgoingAnswer};
use crate::sim::message::Reply;
use crate::sim::replicate_cache::ReplicateCache;

pub(super) struct TruncatedResponse;

impl Behaviour for TruncatedResponse {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        match answer.outgoing.reply.payload() {
            Some(bytes) if !bytes.is_empty() => answer.instead(Reply::Raw { payload: bytes.slice(..bytes.len() - 1) }),
            _ => Action::Honest,
        }
    }
}
