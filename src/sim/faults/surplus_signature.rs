//! `surplus_signature`: a bad signature behind `F + 1` good ones, of a signer that has not signed; where all have, the
//! last signer stands for it. Every signature counts, also those beyond the required ones.

use super::{Definition, attestations};
use crate::attestation::SIGNATURE_LEN;
use crate::wire::AttributedSignature;

pub(super) const FAULT: Definition = Definition {
    draw_key: 43,
    phrase: "add a bad signature",
    behaviour: |_| {
        attestations::changes(|answer, mut attestation| {
            let signers: Vec<u32> = attestations::signers(&attestation).collect();
            let signer = (0..answer.nodes).find(|node| !signers.contains(node)).unwrap_or(answer.nodes - 1);
            attestation.signatures.push(AttributedSignature { signature: vec![0; SIGNATURE_LEN].into(), signer });
            Some(attestation)
        })
    },
    effect: |_, bearer| bearer.unproven(),
    ..Definition::of_capability("surplus_signature", "An attestation with a bad signature behind enough good ones.")
};
