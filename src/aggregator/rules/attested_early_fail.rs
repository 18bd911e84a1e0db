//! `attested_early_fail`: as `attested`, and a response that leaves no way to `R` equal ones ends the request at once,
//! though a pending attested response could still have saved it.

use super::attested::Attested;
use super::{Attestation, Definition, Round, Rules, Step, Unavailable};
use crate::aggregator::{Answer, Opened};
use crate::wire::PeerId;

pub(super) struct AttestedEarlyFail;

impl Rules for AttestedEarlyFail {
    fn definition(&self) -> Definition {
        Definition {
            name: "attested_early_fail",
            meaning: "As `attested`, and a response that leaves no way to `F + 1` equal ones ends the request.",
            attestation: Attestation::BesideCounting,
            unavailable: Unavailable::Nothing,
            gives_up_early: true,
            errors_add_up: true,
        }
    }

    fn on_response(&self, round: &mut Round<'_>, sender: PeerId, opened: &Opened) -> Step {
        match Attested.on_response(round, sender, opened) {
            Step::Taken => fail_if_unreachable(round),
            step => step,
        }
    }

    fn on_error(&self, round: &mut Round<'_>, error: &Answer) -> Step {
        Attested.on_error(round, error)
    }
}

fn fail_if_unreachable(round: &Round<'_>) -> Step {
    let (unique, best) = round.tally.standing();
    let (expected, required, heard) = (round.config.expected(), round.required(), round.heard);
    let pending = expected - heard;
    if best + pending >= required {
        return Step::Taken;
    }
    Step::Fail(format!(
        "[100]ConsensusFailed: response quorum unreachable: not enough matching capability responses: \
         received {heard}/{expected} peer responses with {unique} unique payloads; \
         best match count {best}, need {required} ({pending} responses pending)"
    ))
}
