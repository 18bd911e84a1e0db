//! `random_signature`: the right payload under an attestation of which one signature is noise. Its recovery id is a
//! legal one, so that the noise costs the whole check.

use super::{Definition, attestations, noise};
use crate::attestation::SIGNATURE_LEN;

pub(super) const FAULT: Definition = Definition {
    draw_key: 28,
    phrase: "send noise for a signature",
    behaviour: |_| {
        attestations::spoils_bytes(|answer, bytes| {
            *bytes = noise::bytes(answer, noise::Purpose::Signature, SIGNATURE_LEN);
            bytes[SIGNATURE_LEN - 1] &= 3;
        })
    },
    effect: |_, bearer| bearer.unproven(),
    ..Definition::of_capability("random_signature", "An attestation with noise for one signature.")
};
