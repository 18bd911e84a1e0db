//! `duplicate_answers`: every answer leaves several times. All but the first cost bandwidth and are not heard.

use super::{Answer, Behaviour, Deed, Dispatch};
use crate::sim::replicate_cache::ReplicateCache;

pub(super) struct DuplicateAnswers {
    pub(super) copies: u32,
}

impl Behaviour for DuplicateAnswers {
    fn on_answer(&self, answer: &Answer<'_>, _: &mut ReplicateCache) -> Deed<Dispatch> {
        Deed::Instead(vec![answer.dispatch.clone(); self.copies as usize])
    }
}
