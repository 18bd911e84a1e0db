//! `truncated_response`: a response without its last byte. Whatever field ends a response has its length before it, so
//! that the rest does not decode.

use super::{Answer, Behaviour, Deed, Dispatch};
use crate::sim::mail::Reply;
use crate::sim::replicate_cache::ReplicateCache;

pub(super) struct TruncatedResponse;

impl Behaviour for TruncatedResponse {
    fn on_answer(&self, answer: &Answer<'_>, _: &mut ReplicateCache) -> Deed<Dispatch> {
        match answer.dispatch.reply.payload() {
            Some(bytes) if !bytes.is_empty() => answer.instead(Reply::Raw { payload: bytes.slice(..bytes.len() - 1) }),
            _ => Deed::Nothing,
        }
    }
}
