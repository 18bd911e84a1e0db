//! `attested_strict`: a response that carries an attestation is judged by it alone. Payload-not-available answers count
//! as errors, but only another error ends the request, and only when it makes the total just `N - R + 1`.

use super::{Attestation, Definition, Round, Rules, Step, Unavailable, is_unavailable};
use crate::aggregator::evidence;
use crate::aggregator::tally::success_alone;
use crate::aggregator::{Answer, Crash, Opened, Rejection};
use crate::wire::PeerId;

use super::identical::Identical;

pub(super) struct AttestedStrict;

impl Rules for AttestedStrict {
    fn definition(&self) -> Definition {
        Definition {
            name: "attested_strict",
            meaning: "A response with an attestation is judged by that alone; payload-not-available answers count as errors.",
            attestation: Attestation::Alone,
            unavailable: Unavailable::Shortage,
            gives_up_early: false,
            errors_add_up: true,
        }
    }

    fn on_response(&self, round: &mut Round<'_>, sender: PeerId, opened: &Opened) -> Step {
        match evidence::Attested::of(&opened.response) {
            None => Identical.on_response(round, sender, opened),
            Some(attested) => match proves(round, &attested) {
                Ok(true) => Step::Succeed(success_alone(round.config, sender, opened)),
                Ok(false) => Step::Reject(Rejection::InvalidAttestation),
                Err(crash) => Step::Crash(crash),
            },
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

/// Whether an attestation proves its response. In this order: a metering record, enough signatures, a payload, every
/// signature. How many signers are configured does not matter here: one that is not is out of range.
fn proves(round: &mut Round<'_>, attested: &evidence::Attested<'_>) -> Result<bool, Crash> {
    let Some(metering) = attested.metering.filter(|_| round.config.attestation_suffices()) else { return Ok(false) };
    if attested.attestation.signatures.len() < round.required() {
        return Ok(false);
    }
    let payload = attested.payload.ok_or(Crash::AttestationWithoutPayload)?;
    Ok(round.verify(attested.attestation, payload, metering))
}
