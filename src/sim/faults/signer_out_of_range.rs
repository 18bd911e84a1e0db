//! `signer_out_of_range`: one signature of the attestation is attributed to a signer that the DON does not have, the
//! first beyond its last.

use super::{Definition, acts_on_answers, attestations};

pub(super) const FAULT: Definition = Definition {
    draw_key: 31,
    phrase: "invent a signer",
    behaviour: |_| {
        acts_on_answers(|answer, _| attestations::spoilt(answer, |signature| signature.signer = answer.nodes))
    },
    effect: |_, bearer| bearer.unproven(),
    ..Definition::of_capability("signer_out_of_range", "An attestation with a signer that the DON does not have.")
};
