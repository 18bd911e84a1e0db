//! The report over a response, and what its signers sign.

use sha3::{Digest, Keccak256, Sha3_256};

/// What a report covers. Everything else in a response is not covered: the metering record's peer and gas, `capdon_n`,
/// the payload's type and the `value` map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report<'a> {
    /// Execution of the workflow that asked.
    pub workflow_execution_id: &'a str,
    /// Step of the workflow.
    pub reference_id: &'a str,
    /// The payload's value.
    pub payload: &'a [u8],
    /// Unit of the one metering record.
    pub spend_unit: &'a str,
    /// Value of the one metering record.
    pub spend_value: &'a str,
}

const DOMAIN: &[u8] = b"CapabilityResponseReportData:v1";

impl Report<'_> {
    /// The report data: SHA3-256 over the domain separator and the five fields, each behind its length in 8 big-endian
    /// bytes.
    ///
    /// ```
    /// use donsim::attestation::Report;
    ///
    /// let report = Report {
    ///     workflow_execution_id: "wf-exec",
    ///     reference_id: "ref-1",
    ///     payload: b"payload",
    ///     spend_unit: "unit",
    ///     spend_value: "42",
    /// };
    /// assert_eq!(report.data()[..4], [0x5d, 0x39, 0xc1, 0x00]);
    /// ```
    #[must_use]
    pub fn data(&self) -> [u8; 32] {
        let mut hash = Sha3_256::new();
        hash.update(DOMAIN);
        for field in [
            self.workflow_execution_id.as_bytes(),
            self.reference_id.as_bytes(),
            self.payload,
            self.spend_unit.as_bytes(),
            self.spend_value.as_bytes(),
        ] {
            hash.update((field.len() as u64).to_be_bytes());
            hash.update(field);
        }
        hash.finalize().into()
    }
}

/// What a signer signs: keccak256 over keccak256 of the report data, the config digest, and the sequence number in 32
/// big-endian bytes.
///
/// ```
/// use donsim::attestation::signed_digest;
///
/// let digest = signed_digest(&[1; 32], &[2; 32], 42);
/// assert_eq!(digest[..4], [0x07, 0xdf, 0xcd, 0xde]);
/// assert_ne!(digest, signed_digest(&[1; 32], &[2; 32], 43), "another round");
/// assert_ne!(digest, signed_digest(&[1; 32], &[3; 32], 42), "another configuration");
/// ```
#[must_use]
pub fn signed_digest(report_data: &[u8; 32], config_digest: &[u8; 32], sequence_number: u64) -> [u8; 32] {
    let mut sequence = [0; 32];
    sequence[24..].copy_from_slice(&sequence_number.to_be_bytes());
    Keccak256::new()
        .chain_update(Keccak256::digest(report_data))
        .chain_update(config_digest)
        .chain_update(sequence)
        .finalize()
        .into()
}
