//! `impersonation`: a lie in the name of a node that is no accomplice, in place of the impersonator's own answer. A
//! victim that comes later is not heard any more.
//!
//! Envelopes of the original are signed by the sending peer and links are authenticated, so nobody can do this there.
//! The fault shows what that protection is worth: without it liars are as many as they have answers.

use super::lies::{Version, lie};
use super::{Answer, Behaviour, Deed, Dispatch};
use crate::sim::mail::Reply;
use crate::sim::replicate_cache::ReplicateCache;
use crate::sim::site::Site;
use crate::wire::Response;

pub(super) struct Impersonation;

impl Behaviour for Impersonation {
    fn on_answer(&self, answer: &Answer<'_>, _: &mut ReplicateCache) -> Deed<Dispatch> {
        let Some(name) = victim(answer) else { return Deed::Nothing };
        let payload = Some(lie(answer, Version::Own));
        let reply = Reply::response(Response { payload, ..answer.honest.clone() });
        Deed::Instead(vec![Dispatch { reply, name, ..answer.dispatch.clone() }])
    }
}

/// The same for all workflow nodes; nobody when all nodes are accomplices.
fn victim(answer: &Answer<'_>) -> Option<u32> {
    let rank = |node: &u32| Site::Victim.draw(answer.draws, [answer.call.number, answer.node, *node, 0, 0]);
    (0..answer.nodes).filter(|node| !answer.accomplices.contains(node)).min_by_key(rank)
}
