//! `zero_r_signature`: one signature of the attestation has an `r` of zero, which is no scalar of a signature.

use super::{Definition, attestations};

pub(super) const FAULT: Definition = Definition {
    draw_key: 41,
    phrase: "send signatures with r = 0",
    behaviour: |_| attestations::spoils_bytes(|_, bytes| bytes.iter_mut().take(32).for_each(|byte| *byte = 0)),
    effect: |_, bearer| bearer.unproven(),
    ..Definition::of_capability("zero_r_signature", "An attestation with one signature whose r is zero.")
};
