//! What an answer is worth to an aggregator that keeps to its rules: which response it is, and whether its attestation
//! proves it, checked from the report to the last signature without the aggregator's code.

use std::collections::BTreeSet;

use crate::aggregator::Work as _;
use crate::attestation::{Report, signed_digest};
use crate::sim::message::{AnswerClass, Message};
use crate::sim::replicate_cache::ReplicateCache;
use crate::sim::request::Request;
use crate::wire::Response;

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
    /// Who has signed its report, where signers add up.
    pub(super) signed: Option<Signed>,
}

/// Signers with a valid signature in an attestation.
pub(super) struct Signed {
    pub(super) digest: [u8; 32],
    pub(super) signers: BTreeSet<u32>,
    /// Whether every signature is valid, each is by another signer, and there are enough.
    is_valid: bool,
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
        signed: None,
    };
    if is_genuine {
        return heard;
    }
    let Some(Ok(opened)) = message.response().map(|payload| cache.memo.open(&payload)) else { return heard };
    let has_attestation = opened.response.attestation.is_some();
    let signed = bounds.attestation_decides.then(|| signed(&opened.response, request, bounds, cache)).flatten();
    let is_proven = signed.as_ref().is_some_and(|signed| signed.is_valid);
    // What is altered where nothing is signed is right if it is proven, and equal to nothing that is right if not.
    let is_right = message.class.is_right() && (is_proven || request.truth.is_right(&opened.response));
    let content = if is_right { Content::Right } else { Content::Wrong(opened.id) };
    Heard { content, has_attestation, is_proven, signed: signed.filter(|_| bounds.signers_add_up), ..heard }
}

/// Signers of a response's attestation, which is valid with at least `F + 1` signatures, each by another signer of the DON,
/// over the report on this payload and its only metering record; `None` where there is no report.
fn signed(response: &Response, request: &Request, bounds: &Bounds, cache: &mut ReplicateCache) -> Option<Signed> {
    let (Some(attestation), Some(payload), [metering]) =
        (&response.attestation, &response.payload, &response.metering[..])
    else {
        return None;
    };
    let count = attestation.signatures.len();
    let named: BTreeSet<u32> = attestation.signatures.iter().map(|signature| signature.signer).collect();
    let is_whole = count >= bounds.required && named.len() == count && named.iter().all(|it| *it < bounds.nodes);
    if !is_whole && !bounds.signers_add_up {
        return None;
    }
    let report = Report {
        payload: &payload.value,
        spend_unit: &metering.spend_unit,
        spend_value: &metering.spend_value,
        ..request.report()
    };
    let data = cache.memo.report_data(&report);
    let digest = signed_digest(&data, &attestation.config_digest, attestation.sequence_number);
    let mut signers = BTreeSet::new();
    for it in attestation.signatures.iter().filter(|it| it.signer < bounds.nodes) {
        let address = cache.key(it.signer).address();
        if cache.memo.is_signed_by(&digest, &it.signature, &address.0) {
            signers.insert(it.signer);
        }
    }
    Some(Signed { digest, is_valid: is_whole && signers.len() == count, signers })
}
