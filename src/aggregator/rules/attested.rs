//! `attested`: as `identical`, and a valid attestation is proof enough; a payload-not-available answer is no error.

use super::{Attestation, Definition, Round, Rules, Step, Unavailable, is_unavailable};
use crate::aggregator::evidence;
use crate::aggregator::{Answer, Basis, Crash, Opened};
use crate::wire::PeerId;

pub(super) struct Attested;

impl Rules for Attested {
    fn definition(&self) -> Definition {
        Definition {
            name: "attested",
            meaning: "A valid attestation or `F + 1` equal responses succeed; payload-not-available answers are no errors.",
            attestation: Attestation::BesideCounting,
            unavailable: Unavailable::Nothing,
            gives_up_early: false,
            errors_add_up: true,
        }
    }

    fn on_response(&self, round: &mut Round<'_>, sender: PeerId, opened: &Opened) -> Step {
        if round.tally.count_response(sender, opened) == round.required() {
            return Step::Succeed(round.tally.success(round.config, sender, opened, Basis::Quorum));
        }
        match proves(round, opened) {
            Ok(true) => Step::Succeed(round.tally.success(round.config, sender, opened, Basis::Attestation)),
            Ok(false) => Step::Taken,
            Err(crash) => Step::Crash(crash),
        }
    }

    fn on_error(&self, round: &mut Round<'_>, error: &Answer) -> Step {
        if is_unavailable(error) { round.count_unavailable() } else { round.count_error(error) }
    }
}

/// Whether a response's attestation proves it. In this order: enough signatures, enough signers, a payload, a metering
/// record, every signature.
fn proves(round: &mut Round<'_>, opened: &Opened) -> Result<bool, Crash> {
    let Some(evidence::Attested { attestation, payload, metering }) = evidence::Attested::of(&opened.response) else {
        return Ok(false);
    };
    let (required, signers) = (round.required(), round.config.signers().len());
    if !round.config.attestation_suffices() || attestation.signatures.len() < required || signers < required {
        return Ok(false);
    }
    let payload = payload.ok_or(Crash::AttestationWithoutPayload)?;
    Ok(metering.is_some_and(|metering| round.verify(attestation, payload, metering)))
}
