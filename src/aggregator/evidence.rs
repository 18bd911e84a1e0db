//! Whether a response's attestation proves it.

use std::collections::BTreeSet;

use super::config::{Config, RequestIds};
use super::{Crash, Opened, Work};
use crate::attestation::{Report, signed_digest};
use crate::wire::{OcrAttestation, Response};

/// What looking at an attestation showed and cost.
pub(super) struct Evidence {
    pub(super) valid: bool,
    pub(super) signatures_checked: u64,
}

impl Evidence {
    const WORTHLESS: Self = Self { valid: false, signatures_checked: 0 };
}

/// Judges the attestation of a response, in the original's order of checks: enough signatures, enough signers, a
/// report, and every signature, also those beyond the first `R`.
pub(super) fn examine(
    config: &Config,
    ids: &RequestIds,
    opened: &Opened,
    work: &mut dyn Work,
) -> Result<Evidence, Crash> {
    let Some(attestation) = &opened.response.attestation else { return Ok(Evidence::WORTHLESS) };
    if !config.attestation_suffices()
        || attestation.signatures.len() < config.required()
        || config.signers().len() < config.required()
    {
        return Ok(Evidence::WORTHLESS);
    }
    let Some(report) = report(ids, &opened.response)? else { return Ok(Evidence::WORTHLESS) };
    let data = work.report_data(&report);
    let digest = signed_digest(&data, &attestation.config_digest, attestation.sequence_number);
    Ok(check_signatures(config.signers(), attestation, &digest, work))
}

/// The report that a response's attestation should be about; `None` without exactly one metering record.
fn report<'a>(ids: &'a RequestIds, response: &'a Response) -> Result<Option<Report<'a>>, Crash> {
    let payload = response.payload.as_ref().ok_or(Crash::AttestationWithoutPayload)?;
    let [metering] = &response.metering[..] else { return Ok(None) };
    Ok(Some(Report {
        workflow_execution_id: &ids.workflow_execution_id,
        reference_id: &ids.reference_id,
        payload: &payload.value,
        spend_unit: &metering.spend_unit,
        spend_value: &metering.spend_value,
    }))
}

fn check_signatures(
    signers: &[Vec<u8>],
    attestation: &OcrAttestation,
    digest: &[u8; 32],
    work: &mut dyn Work,
) -> Evidence {
    let mut seen = BTreeSet::new();
    let mut signatures_checked = 0;
    for attributed in &attestation.signatures {
        let address = usize::try_from(attributed.signer).ok().and_then(|index| signers.get(index));
        let Some(address) = address.filter(|_| seen.insert(attributed.signer)) else {
            return Evidence { valid: false, signatures_checked };
        };
        signatures_checked += 1;
        if !work.is_signed_by(digest, &attributed.signature, address) {
            return Evidence { valid: false, signatures_checked };
        }
    }
    Evidence { valid: true, signatures_checked }
}
