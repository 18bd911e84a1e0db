//! `doubled_metering`: the right payload under the genuine attestation, with the metering record twice where exactly
//! one is due.

use super::{Answer, Behaviour, Deed, Dispatch};
use crate::sim::mail::Reply;
use crate::sim::replicate_cache::ReplicateCache;

pub(super) struct DoubledMetering;

impl Behaviour for DoubledMetering {
    fn on_answer(&self, answer: &Answer<'_>, _: &mut ReplicateCache) -> Deed<Dispatch> {
        let Some(mut response) = answer.response().cloned() else { return Deed::Nothing };
        response.metering.extend_from_within(..);
        answer.instead(Reply::response(response))
    }
}
