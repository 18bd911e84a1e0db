//! What attacks on attestations have in common. They act where a response with an attestation is about to leave: a
//! node without the payload has nothing to send under one and answers honestly.

use prost::bytes::Bytes;

use super::{Action, AnswerContext, Behaviour, OutgoingAnswer, acts_on_answers};
use crate::aggregator::Work as _;
use crate::attestation::{Report, signed_digest};
use crate::sim::message::Reply;
use crate::sim::replicate_cache::ReplicateCache;
use crate::sim::site::Site;
use crate::wire::{AttributedSignature, OcrAttestation};

/// The response that is being sent, its attestation replaced by what `change` makes of it.
pub(super) fn changed(
    answer: &AnswerContext<'_>,
    change: impl FnOnce(OcrAttestation) -> Option<OcrAttestation>,
) -> Action<OutgoingAnswer> {
    let Some(mut response) = answer.response().cloned() else { return Action::Honest };
    let Some(attestation) = response.attestation.take().and_then(change) else { return Action::Honest };
    response.attestation = Some(attestation);
    answer.instead(Reply::response(response))
}

/// The response that is being sent, one signature of its attestation spoilt: for each node always the same one.
pub(super) fn spoilt(
    answer: &AnswerContext<'_>,
    spoil: impl FnOnce(&mut AttributedSignature),
) -> Action<OutgoingAnswer> {
    changed(answer, |mut attestation| {
        let draw = Site::SpoiltSlot.draw(answer.draws, [answer.request.number, answer.node, 0, 0, 0]);
        let slot = draw.below(attestation.signatures.len() as u64) as usize;
        spoil(attestation.signatures.get_mut(slot)?);
        Some(attestation)
    })
}

/// A fault that sends its own responses with what `change` makes of their attestations.
pub(super) fn changes(
    change: impl Fn(&AnswerContext<'_>, OcrAttestation) -> Option<OcrAttestation> + 'static,
) -> Behaviour {
    acts_on_answers(move |answer, _| changed(answer, |attestation| change(answer, attestation)))
}

/// A fault that spoils the bytes of one signature.
pub(super) fn spoils_bytes(spoil: impl Fn(&AnswerContext<'_>, &mut Vec<u8>) + 'static) -> Behaviour {
    acts_on_answers(move |answer, _| {
        spoilt(answer, |signature| signature.signature = with_bytes(signature, |bytes| spoil(answer, bytes)))
    })
}

/// A signature's bytes after a change.
pub(super) fn with_bytes(signature: &AttributedSignature, change: impl FnOnce(&mut Vec<u8>)) -> Bytes {
    let mut bytes = signature.signature.to_vec();
    change(&mut bytes);
    bytes.into()
}

/// What `signers` sign, each with its own key, when they agree on `report`.
pub(super) fn signed(
    report: &Report<'_>,
    config_digest: [u8; 32],
    sequence_number: u64,
    signers: impl IntoIterator<Item = u32>,
    cache: &mut ReplicateCache,
) -> OcrAttestation {
    let digest = signed_digest(&cache.memo.report_data(report), &config_digest, sequence_number);
    let sign = |signer| AttributedSignature { signature: cache.sign(signer, &digest).to_vec().into(), signer };
    OcrAttestation { config_digest, sequence_number, signatures: signers.into_iter().map(sign).collect() }
}

/// Who signed an attestation.
pub(super) fn signers(attestation: &OcrAttestation) -> impl Iterator<Item = u32> {
    attestation.signatures.iter().map(|signature| signature.signer)
}
