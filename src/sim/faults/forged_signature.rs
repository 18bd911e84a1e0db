//! `forged_signature`: the right payload under an attestation of which one signature is by a key outside the DON.
//! A node without the payload has nothing to send under it and answers honestly.

use super::{Answer, Behaviour, Deed};
use crate::attestation::{Report, signed_digest};
use crate::sim::mail::Reply;
use crate::sim::site::Site;
use crate::sim::workshop::{ROGUE, Workshop};
use crate::wire::{OcrAttestation, Response};

pub(super) struct ForgedSignature;

impl Behaviour for ForgedSignature {
    fn on_answer(&self, answer: &Answer<'_>, workshop: &mut Workshop) -> Deed {
        let Reply::Response { response, .. } = answer.reply else { return Deed::Nothing };
        let Some(attestation) = forge(answer, response, workshop) else { return Deed::Nothing };
        Deed::Instead(Reply::response(Response { attestation: Some(attestation), ..(**response).clone() }))
    }
}

fn forge(answer: &Answer<'_>, response: &Response, workshop: &mut Workshop) -> Option<OcrAttestation> {
    let mut attestation = response.attestation.clone()?;
    // A forger signs the very digest: only the key is not the signer's.
    let rogue = workshop.sign(ROGUE, &attestation_digest(answer, response, &attestation)?);
    let slots = attestation.signatures.len() as u64;
    let draw = Site::ForgedSlot.draw(answer.draws, [answer.request, answer.node, 0, 0, 0]);
    let slot = attestation.signatures.get_mut(draw.below(slots) as usize)?;
    slot.signature = rogue.to_vec().into();
    Some(attestation)
}

fn attestation_digest(answer: &Answer<'_>, response: &Response, attestation: &OcrAttestation) -> Option<[u8; 32]> {
    let [record] = &response.metering[..] else { return None };
    let report = Report {
        workflow_execution_id: &answer.ids.workflow_execution_id,
        reference_id: &answer.ids.reference_id,
        payload: response.payload_value(),
        spend_unit: &record.spend_unit,
        spend_value: &record.spend_value,
    };
    Some(signed_digest(&report.data(), &attestation.config_digest, attestation.sequence_number))
}
