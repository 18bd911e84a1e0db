//! `identical`: `F + 1` equal responses succeed, `F + 1` equal errors fail, and so do too many errors of any text.
//! A payload-not-available answer is an error like any other.

use super::{Attestation, Definition, Round, Rules, Step, Unavailable};
use crate::aggregator::{Answer, Basis, Opened};
use crate::wire::PeerId;

pub(super) struct Identical;

impl Rules for Identical {
    fn definition(&self) -> Definition {
        Definition {
            name: "identical",
            meaning: "`F + 1` equal responses succeed; every error counts.",
            attestation: Attestation::Ignored,
            unavailable: Unavailable::Error,
            gives_up_early: false,
            errors_add_up: true,
        }
    }

    fn on_response(&self, round: &mut Round<'_>, sender: PeerId, opened: &Opened) -> Step {
        if round.tally.count_response(sender, opened) == round.required() {
            Step::Succeed(round.tally.success(round.config, sender, opened, Basis::Quorum))
        } else {
            Step::Taken
        }
    }

    fn on_error(&self, round: &mut Round<'_>, error: &Answer) -> Step {
        round.count_error(error)
    }
}
