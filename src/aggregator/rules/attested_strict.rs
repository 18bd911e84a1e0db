//! `attested_strict`: a response that carries an attestation is judged by it alone. Payload-not-available answers count
//! as errors, but only another error ends the request, and only when it makes the total just `N - R + 1`.

use super::{Round, Rules, Step, is_unavailable};
use crate::aggregator::tally::success_alone;
use crate::aggregator::{Answer, Crash, Opened, Rejection};
use crate::wire::PeerId;

use super::identical::Identical;

pub(super) struct AttestedStrict;

impl Rules for AttestedStrict {
    fn on_response(&self, round: &mut Round<'_>, sender: PeerId, opened: &Opened) -> Step {
        let Some(attestation) = &opened.response.attestation else {
            return Identical.on_response(round, sender, opened);
        };
        // The first version read the payload before it counted the configured signers.
        if attestation.signatures.len() >= round.required() && opened.response.payload.is_none() {
            return Step::Crash(Crash::AttestationWithoutPayload);
        }
        match round.examine(opened) {
            Ok(true) => Step::Succeed(success_alone(sender, opened)),
            Ok(false) => Step::Reject(Rejection::InvalidAttestation),
            Err(crash) => Step::Crash(crash),
        }
    }

    fn on_error(&self, round: &mut Round<'_>, error: &Answer) -> Step {
        if is_unavailable(error) {
            round.tally.count_error(&error.text);
            return round.count_unavailable();
        }
        round.count_error(error)
    }
}
