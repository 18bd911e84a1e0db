//! `zero_s_signature`: one signature of the attestation has an `s` of zero, which is no scalar of a signature.

use super::{Definition, attestations};

pub(super) const FAULT: Definition = Definition {
    draw_key: 42,
    phrase: "send signatures with s = 0",
    behaviour: |_| attestations::spoils_bytes(|_, bytes| bytes.iter_mut().skip(32).take(32).for_each(|byte| *byte = 0)),
    effect: |_, bearer| bearer.unproven(),
    ..Definition::of_capability("zero_s_signature", "An attestation with one signature whose s is zero.")
};
