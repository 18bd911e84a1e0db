//! `wrong_payload`: another payload of the same size, without attestation; each node its own, or all the same.

use super::{Answer, Behaviour, Deed};
use crate::sim::mail::Reply;
use crate::sim::site::Site;
use crate::sim::workshop::Workshop;
use crate::wire::{Any, Response};

pub(super) struct WrongPayload {
    pub(super) collude: bool,
}

impl Behaviour for WrongPayload {
    fn on_answer(&self, answer: &Answer<'_>, _: &mut Workshop) -> Deed {
        let Some(payload) = &answer.honest.payload else { return Deed::Nothing };
        // Even an empty payload has a wrong twin: one byte.
        let len = payload.value.len().max(1);
        let author = if self.collude { 0 } else { answer.node + 1 };
        let lie = Site::WrongPayload.bytes(answer.draws, [answer.request, author, 0, 0, 0], len);
        let payload = Some(Any::new(payload.type_url.clone(), lie.into()));
        Deed::Instead(Reply::response(Response { payload, ..answer.honest.clone() }))
    }
}
