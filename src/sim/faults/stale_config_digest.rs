//! `stale_config_digest`: an attestation that the same signers made under the configuration before the present one.
//! The rules do not compare the digest with anything, so they accept it.

use super::{Definition, acts_on_answers, attestations};
use crate::sim::site::Site;

pub(super) const FAULT: Definition = Definition {
    draw_key: 32,
    phrase: "attest under an old configuration",
    behaviour: |_| {
        acts_on_answers(|answer, cache| {
            attestations::changed(answer, |_| {
                let genuine = answer.attestation?;
                let stale = Site::ConfigDigest.array(&cache.identities(), [1, 0, 0, 0, 0]);
                let (sequence, signers) = (genuine.sequence_number, attestations::signers(genuine));
                Some(attestations::signed(&answer.request.report(), stale, sequence, signers, cache))
            })
        })
    },
    effect: |_, bearer| bearer.as_honest(),
    ..Definition::of_capability(
        "stale_config_digest",
        "An attestation under an older configuration; the rules accept it.",
    )
};
