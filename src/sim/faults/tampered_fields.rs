//! `tampered_fields`: the right payload under the genuine attestation, with a change where the attestation does not
//! look: the payload's type, the `value` map, or the sender's word about `N`.

use super::{Action, AnswerContext, Behaviour, OutgoingAnswer};
use crate::sim::fault::ResponseField;
use crate::sim::message::Reply;
use crate::sim::replicate_cache::ReplicateCache;
use crate::wire::{Kind, Response};

pub(super) struct TamperedFields {
    pub(super) field: ResponseField,
}

impl Behaviour for TamperedFields {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        let Some(mut response) = answer.response().cloned() else { return Action::Honest };
        self.tamper(&mut response);
        answer.instead(Reply::response(response))
    }
}

impl TamperedFields {
    fn tamper(&self, response: &mut Response) {
        match self.field {
            ResponseField::TypeUrl => {
                if let Some(payload) = &mut response.payload {
                    payload.type_url.push_str("Tampered");
                }
            }
            ResponseField::Value => response.value.push("tampered", Kind::Bool(true)),
            ResponseField::CapdonN => response.capdon_n = response.capdon_n.saturating_add(1),
        }
    }
}
