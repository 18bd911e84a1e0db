//! `replayed_sequence`: the genuine signatures under the sequence number of the next round, as if the report were newer
//! than it is.

use super::{Definition, attestations};
use crate::wire::OcrAttestation;

pub(super) const FAULT: Definition = Definition {
    draw_key: 30,
    phrase: "change the sequence number",
    behaviour: |_| {
        attestations::changes(|_, attestation| {
            let sequence_number = attestation.sequence_number.wrapping_add(1);
            Some(OcrAttestation { sequence_number, ..attestation })
        })
    },
    effect: |_, bearer| bearer.unproven(),
    ..Definition::of_capability("replayed_sequence", "The genuine signatures under another sequence number.")
};
