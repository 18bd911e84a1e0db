//! `false_pna`: a holder says that it has no payload. Nobody can tell: most honest nodes have none.

use super::{Answer, Behaviour, Deed, Dispatch};
use crate::sim::capability_node::unavailable;
use crate::sim::replicate_cache::ReplicateCache;

pub(super) struct FalsePna;

impl Behaviour for FalsePna {
    fn on_answer(&self, answer: &Answer<'_>, _: &mut ReplicateCache) -> Deed<Dispatch> {
        if answer.response().is_some() { answer.instead(unavailable()) } else { Deed::Nothing }
    }
}
