//! `silent`: the node takes part in everything and never answers.

use super::{Action, AnswerContext, Behaviour, OutgoingAnswer};
use crate::sim::replicate_cache::ReplicateCache;

pub(super) struct Silent;

impl Behaviour for Silent {
    fn on_answer(&self, _: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        Action::Instead(Vec::new())
    }
}
