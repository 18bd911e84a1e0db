//! `truncated_signature`: one signature of the attestation lacks its last byte, the recovery id.

use super::{Definition, acts_on_answers, attestations};

pub(super) const FAULT: Definition = Definition {
    draw_key: 38,
    phrase: "truncate signatures",
    behaviour: |_| {
        acts_on_answers(|answer, _| {
            attestations::spoilt_bytes(answer, |bytes| {
                bytes.pop();
            })
        })
    },
    effect: |_, bearer| bearer.unproven(),
    ..Definition::of_capability("truncated_signature", "An attestation with one signature that lacks its last byte.")
};
