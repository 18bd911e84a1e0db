//! `truncated_signature`: one signature of the attestation lacks its last byte, the recovery id.

use super::{Action, AnswerContext, Behaviour, OutgoingAnswer, attestations};
use crate::sim::replicate_cache::ReplicateCache;

pub(super) struct TruncatedSignature;

impl Behaviour for TruncatedSignature {
    fn on_answer(&self, answer: &AnswerContext<'_>, _: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        attestations::spoilt_bytes(answer, |bytes| {
            bytes.pop();
        })
    }
}
