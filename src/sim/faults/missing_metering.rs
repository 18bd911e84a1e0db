//! `missing_metering`: the right payload under the genuine attestation, without the metering record that belongs to
//! what was signed.

use super::{Answer, Behaviour, Deed, Dispatch};
use crate::sim::mail::Reply;
use crate::sim::replicate_cache::ReplicateCache;
use crate::wire::Response;

pub(super) struct MissingMetering;

impl Behaviour for MissingMetering {
    fn on_answer(&self, answer: &Answer<'_>, _: &mut ReplicateCache) -> Deed<Dispatch> {
        let Some(response) = answer.response().cloned() else { return Deed::Nothing };
        answer.instead(Reply::response(Response { metering: Vec::new(), ..response }))
    }
}
