//! `wrong_v_signature`: one signature of the attestation has the other parity in its recovery id, so that it recovers
//! to a key of nobody.

use super::{Definition, attestations};

pub(super) const FAULT: Definition = Definition {
    draw_key: 40,
    phrase: "flip recovery ids",
    behaviour: |_| {
        attestations::spoils_bytes(|_, bytes| {
            if let Some(v) = bytes.last_mut() {
                *v ^= 1;
            }
        })
    },
    effect: |_, bearer| bearer.unproven(),
    ..Definition::of_capability("wrong_v_signature", "An attestation with one signature of the other parity.")
};
