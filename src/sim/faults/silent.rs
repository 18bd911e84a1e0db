//! `silent`: the node takes part in everything and never answers.

use super::{Answer, Behaviour, Deed, Dispatch};
use crate::sim::replicate_cache::ReplicateCache;

pub(super) struct Silent;

impl Behaviour for Silent {
    fn on_answer(&self, _: &Answer<'_>, _: &mut ReplicateCache) -> Deed<Dispatch> {
        Deed::Instead(Vec::new())
    }
}
