//! `wrong_payload`: another payload of the same size, without attestation; each node its own, or all the same.

use super::lies::{Version, lie};
use super::{Answer, Behaviour, Deed, Dispatch};
use crate::sim::mail::Reply;
use crate::sim::replicate_cache::ReplicateCache;
use crate::wire::Response;

pub(super) struct WrongPayload {
    pub(super) collude: bool,
}

impl Behaviour for WrongPayload {
    fn on_answer(&self, answer: &Answer<'_>, _: &mut ReplicateCache) -> Deed<Dispatch> {
        let payload = Some(lie(answer, Version::of(self.collude)));
        answer.instead(Reply::response(Response { payload, ..answer.honest.clone() }))
    }
}
