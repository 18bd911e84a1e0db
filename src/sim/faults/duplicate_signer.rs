//! `duplicate_signer`: `F` signers pass for `F + 1`, for the first of them stands in the attestation twice.

use super::{Definition, attestations};

pub(super) const FAULT: Definition = Definition {
    draw_key: 19,
    phrase: "repeat a signer",
    behaviour: |_| {
        attestations::changes(|_, mut attestation| {
            let first = attestation.signatures.first()?.clone();
            // The only signature of a DON with `F = 0` gets a copy beside it.
            if attestation.signatures.len() > 1 {
                attestation.signatures.pop();
            }
            attestation.signatures.push(first);
            Some(attestation)
        })
    },
    effect: |_, bearer| bearer.unproven(),
    ..Definition::of_capability("duplicate_signer", "An attestation in which one signer stands twice.")
};
