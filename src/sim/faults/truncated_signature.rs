//! `truncated_signature`: one signature of the attestation lacks its last byte, the recovery id.

use super::{Definition, attestations};

pub(super) const FAULT: Definition = Definition {
    draw_key: 38,
    phrase: "truncate signatures",
    behaviour: |_| {
        attestations::spoils_bytes(|_, bytes| {
            bytes.pop();
        })
    },
    effect: |_, bearer| bearer.unproven(),
    ..Definition::of_capability("truncated_signature", "An attestation with one signature that lacks its last byte.")
};
