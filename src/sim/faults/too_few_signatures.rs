//! `too_few_signatures`: the right payload under an attestation that lacks its last signature: `F` are left, as many as
//! there may be liars.

use super::{Definition, attestations};

pub(super) const FAULT: Definition = Definition {
    draw_key: 36,
    phrase: "leave out a signature",
    behaviour: |_| attestations::changes(|_, mut attestation| attestation.signatures.pop().map(|_| attestation)),
    effect: |_, bearer| bearer.unproven(),
    ..Definition::of_capability("too_few_signatures", "An attestation that lacks one signature.")
};
