//! What an attestation proves. In which order a rule set looks at the parts of a response stands in its own file; here
//! is what they have in common, from the report to the last signature.

use std::collections::BTreeSet;

use prost::bytes::Bytes;

use super::Work;
use super::config::{Config, RequestIds};
use super::tally::only_record;
use crate::attestation::{Claim, Report, signed_digest};
use crate::wire::{AttributedSignature, MeteringRecord, OcrAttestation, Response};

/// Result of checking an attestation, and its price.
pub(super) struct Evidence {
    pub(super) valid: bool,
    pub(super) signatures_checked: u64,
}

/// A response's attestation with the rest of what it is about.
pub(super) struct Attested<'a> {
    pub(super) attestation: &'a OcrAttestation,
    /// Value of the payload; `None` without a payload.
    pub(super) payload: Option<&'a Bytes>,
    /// The metering record, if there is exactly one.
    pub(super) metering: Option<&'a MeteringRecord>,
}

impl<'a> Attested<'a> {
    /// Parts of a response with an attestation; `None` without one.
    pub(super) fn of(response: &'a Response) -> Option<Self> {
        Some(Self {
            attestation: response.attestation.as_ref()?,
            payload: response.payload.as_ref().map(|payload| &payload.value),
            metering: only_record(response),
        })
    }
}

/// Checks every signature of an attestation over the report on `payload` and `metering`, also those beyond the first
/// `R`: signer in range, no signer twice, signature valid.
pub(super) fn verify<'a>(
    config: &'a Config,
    ids: &RequestIds,
    attestation: &'a OcrAttestation,
    payload: &[u8],
    metering: &MeteringRecord,
    work: &mut dyn Work,
) -> Evidence {
    let digest = digest(ids, attestation, payload, metering, work);
    let mut seen = BTreeSet::new();
    let claim = |attributed: &'a AttributedSignature| {
        let address = usize::try_from(attributed.signer).ok().and_then(|index| config.signers().get(index))?;
        seen.insert(attributed.signer).then_some(Claim { signature: &attributed.signature, address })
    };
    let claims: Vec<Claim<'_>> = attestation.signatures.iter().map_while(claim).collect();
    let unsigned = work.first_unsigned(&digest, &claims);
    Evidence {
        valid: unsigned.is_none() && claims.len() == attestation.signatures.len(),
        signatures_checked: unsigned.map_or(claims.len(), |at| at + 1) as u64,
    }
}

/// Digest that the signers of an attestation have signed, if it is valid.
pub(super) fn digest(
    ids: &RequestIds,
    attestation: &OcrAttestation,
    payload: &[u8],
    metering: &MeteringRecord,
    work: &mut dyn Work,
) -> [u8; 32] {
    let report = Report {
        workflow_execution_id: &ids.workflow_execution_id,
        reference_id: &ids.reference_id,
        payload,
        spend_unit: &metering.spend_unit,
        spend_value: &metering.spend_value,
    };
    let data = work.report_data(&report);
    signed_digest(&data, &attestation.config_digest, attestation.sequence_number)
}
