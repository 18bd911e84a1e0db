//! `attested`: as `identical`, and a valid attestation is proof enough; a payload-not-available answer is no error.

use super::{Round, Rules, Step, is_unavailable};
use crate::aggregator::{Answer, Basis, Opened};
use crate::wire::PeerId;

pub(super) struct Attested;

impl Rules for Attested {
    fn on_response(&self, round: &mut Round<'_>, sender: PeerId, opened: &Opened) -> Step {
        if round.tally.count_response(sender, opened) == round.required() {
            return Step::Succeed(round.tally.success(sender, opened, Basis::Quorum));
        }
        match round.examine(opened) {
            Ok(true) => Step::Succeed(round.tally.success(sender, opened, Basis::Attestation)),
            Ok(false) => Step::Taken,
            Err(crash) => Step::Crash(crash),
        }
    }

    fn on_error(&self, round: &mut Round<'_>, error: &Answer) -> Step {
        if is_unavailable(error) { round.count_unavailable() } else { round.count_error(error) }
    }
}
