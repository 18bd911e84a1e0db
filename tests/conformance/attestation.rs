//! Report data, signing and signature checks.

use donsim::attestation::{Claim, KeyPair, Report as SignedReport, is_signed_by, signed_digest};
use serde::Deserialize;

use crate::keyring::{ready_to_sign, taught};
use crate::vectors::{Hex, Report, decimal, each, parse, same};

#[derive(Deserialize)]
struct ReportDataLine {
    workflow_execution_id: String,
    reference_id: String,
    payload: Hex,
    metering: Vec<Metering>,
    report_data: Option<Hex>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Metering {
    unit: String,
    value: String,
}

pub fn report_data(lines: &[String]) -> Result<Report, String> {
    each(lines, |line: &ReportDataLine| {
        if line.report_data.is_none() && line.error.is_none() {
            return Err("neither report data nor an error".into());
        }
        // Exactly one record is needed; the aggregator holds the same rule, here it is the line's own.
        let ours = match &line.metering[..] {
            [metering] => Some(Hex(SignedReport {
                workflow_execution_id: &line.workflow_execution_id,
                reference_id: &line.reference_id,
                payload: &line.payload.0,
                spend_unit: &metering.unit,
                spend_value: &metering.value,
            }
            .data()
            .to_vec())),
            _ => None,
        };
        same("report data", &ours, &line.report_data)
    })
}

#[derive(Deserialize)]
struct SigningLine {
    private_key: Hex,
    config_digest: Hex,
    sequence_number: String,
    report_data: Hex,
    address: Hex,
    signed_digest: Hex,
    signature: Hex,
}

pub fn signing(lines: &[String]) -> Result<Report, String> {
    let keyring = ready_to_sign();
    each(lines, |line: &SigningLine| {
        let key = KeyPair::from_private(&line.private_key.array()?).map_err(|error| error.to_string())?;
        same("address", &Hex(key.address().0.to_vec()), &line.address)?;
        let sequence_number = decimal(&line.sequence_number)?;
        let digest = signed_digest(&line.report_data.array()?, &line.config_digest.array()?, sequence_number);
        same("signed digest", &Hex(digest.to_vec()), &line.signed_digest)?;
        same("signature", &Hex(key.sign(&digest).to_vec()), &line.signature)?;
        same("signature by tables", &Hex(keyring.sign(&key, &digest).to_vec()), &line.signature)?;
        same("verification", &is_signed_by(&digest, &line.signature.0, &line.address.0), &true)
    })
}

#[derive(Deserialize)]
struct SignatureCheckLine {
    case: String,
    address: Hex,
    signed_digest: Hex,
    signature: Hex,
    valid: bool,
}

/// By recovery, and by tables of the signers of whom some line is valid.
pub fn signature_check(lines: &[String]) -> Result<Report, String> {
    let parsed = lines.iter().enumerate().map(|(at, line)| parse(at, line));
    let parsed: Vec<SignatureCheckLine> = parsed.collect::<Result<_, _>>()?;
    let valid = parsed.iter().filter(|line| line.valid);
    let valid = valid.map(|line| Ok((line.signed_digest.array()?, &line.signature.0[..], &line.address.0[..])));
    let keyring = taught(valid.collect::<Result<Vec<_>, String>>()?.into_iter());
    each(lines, |line: &SignatureCheckLine| {
        let (digest, signature, address) = (line.signed_digest.array()?, &line.signature.0[..], &line.address.0[..]);
        same(&line.case, &is_signed_by(&digest, signature, address), &line.valid)?;
        same("by tables", &keyring.check(&digest, &[Claim { signature, address }]), &vec![line.valid])
    })
}
