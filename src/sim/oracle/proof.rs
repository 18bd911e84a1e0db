//! What an answer is worth to an aggregator that keeps to its rules: which response it is, and whether its attestation
//! proves it, checked from the report to the last signature without the aggregator's code.

use std::collections::BTreeSet;

use crate::aggregator::Work as _;
use crate::attestation::{Report, signed_digest};
use crate::sim::message::{AnswerClass, Message};
use crate::sim::replicate_cache::ReplicateCache;
use crate::sim::request::Request;
use crate::wire::{ErrorCode, Response};

use super::bounds::Bounds;

/// An answer that an undecided aggregator has heard.
pub(super) struct Heard {
    /// Place of the capability node in whose name it came.
    pub(super) name: u32,
    pub(super) content: Content,
    /// Whether its sender did what an honest node does.
    pub(super) is_honest: bool,
    pub(super) has_attestation: bool,
    /// Whether a valid attestation proves it.
    pub(super) is_proven: bool,
}

/// Content of an answer, by which equal ones count together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// The right response.
    Right,
    /// Another response, by its id.
    Wrong([u8; 32]),
    /// An error, or bytes that do not decode.
    NoResponse,
}

/// Looks at an answer.
pub(super) fn hear(message: &Message, request: &Request, bounds: &Bounds, cache: &mut ReplicateCache) -> Heard {
    let is_genuine = message.class == AnswerClass::Genuine;
    let heard = Heard {
        name: message.claimed,
        content: if message.class.is_right() { Content::Right } else { Content::NoResponse },
        is_honest: is_genuine,
        has_attestation: is_genuine,
        is_proven: is_genuine && bounds.attestation_decides,
    };
    if is_genuine || message.code() != ErrorCode::OK {
        return heard;
    }
    let Ok(opened) = cache.memo.open(message.payload()) else { return heard };
    let content = if message.class.is_right() { Content::Right } else { Content::Wrong(opened.id) };
    let has_attestation = opened.response.attestation.is_some();
    let is_proven = bounds.attestation_decides && proves(&opened.response, request, bounds, cache);
    Heard { content, has_attestation, is_proven, ..heard }
}

/// Whether a response's attestation proves it: at least `F + 1` signatures, each by another signer of the DON, over the
/// report on this payload and its only metering record.
fn proves(response: &Response, request: &Request, bounds: &Bounds, cache: &mut ReplicateCache) -> bool {
    let (Some(attestation), Some(payload), [metering]) =
        (&response.attestation, &response.payload, &response.metering[..])
    else {
        return false;
    };
    let signers: BTreeSet<u32> = attestation.signatures.iter().map(|signature| signature.signer).collect();
    if attestation.signatures.len() < bounds.required
        || signers.len() < attestation.signatures.len()
        || signers.iter().any(|signer| *signer >= bounds.nodes)
    {
        return false;
    }
    let report = Report {
        payload: &payload.value,
        spend_unit: &metering.spend_unit,
        spend_value: &metering.spend_value,
        ..request.report()
    };
    let data = cache.memo.report_data(&report);
    let digest = signed_digest(&data, &attestation.config_digest, attestation.sequence_number);
    attestation.signatures.iter().all(|it| {
        let address = cache.key(it.signer).address();
        cache.memo.is_signed_by(&digest, &it.signature, &address.0)
    })
}
