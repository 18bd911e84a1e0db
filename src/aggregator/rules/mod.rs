//! The rule sets, one small file each, in the order in which they appeared.

mod attested;
mod attested_early_fail;
mod attested_strict;
mod identical;

use super::config::{Config, RequestIds};
use super::evidence::{self, Evidence};
use super::tally::Tally;
use super::{Answer, Crash, Opened, Rejection, Success, Work};
use crate::wire::{MeteringRecord, OcrAttestation, PAYLOAD_NOT_AVAILABLE, PeerId};

/// The rules by which a client request decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleSet {
    /// `F + 1` identical responses.
    Identical,
    /// As first published: an attested response is judged by its attestation alone.
    AttestedStrict,
    /// A valid attestation or `F + 1` identical responses.
    Attested,
    /// As `attested`, failing as soon as the quorum of identical responses is unreachable.
    AttestedEarlyFail,
}

impl RuleSet {
    /// Every rule set, in the order in which they appeared.
    pub const ALL: [Self; 4] = [Self::Identical, Self::AttestedStrict, Self::Attested, Self::AttestedEarlyFail];

    /// Its name in scenario files, tables and vectors.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identical => "identical",
            Self::AttestedStrict => "attested_strict",
            Self::Attested => "attested",
            Self::AttestedEarlyFail => "attested_early_fail",
        }
    }

    /// Whether one valid attestation can be enough.
    #[must_use]
    pub const fn trusts_attestations(self) -> bool {
        !matches!(self, Self::Identical)
    }

    /// Whether a response that carries an attestation is judged by that alone, and never counted.
    #[must_use]
    pub const fn judges_by_attestation_alone(self) -> bool {
        matches!(self, Self::AttestedStrict)
    }

    /// Whether a payload-not-available answer counts as an error.
    #[must_use]
    pub const fn counts_unavailable(self) -> bool {
        matches!(self, Self::Identical | Self::AttestedStrict)
    }

    pub(super) const fn rules(self) -> &'static dyn Rules {
        match self {
            Self::Identical => &identical::Identical,
            Self::AttestedStrict => &attested_strict::AttestedStrict,
            Self::Attested => &attested::Attested,
            Self::AttestedEarlyFail => &attested_early_fail::AttestedEarlyFail,
        }
    }
}

/// How a rule set judges what common checks let through.
pub(super) trait Rules: Sync {
    /// An OK answer of an unheard peer, decoded.
    fn on_response(&self, round: &mut Round<'_>, sender: PeerId, opened: &Opened) -> Step;

    /// An error of an unheard peer.
    fn on_error(&self, round: &mut Round<'_>, error: &Answer) -> Step;
}

/// What a message leads to.
pub(super) enum Step {
    Taken,
    Anomaly,
    Succeed(Success),
    Fail(String),
    Reject(Rejection),
    Crash(Crash),
}

/// A client request while a message is judged.
pub(super) struct Round<'a> {
    pub(super) config: &'a Config,
    pub(super) ids: &'a RequestIds,
    /// Peers heard, the present one included.
    pub(super) heard: usize,
    pub(super) tally: &'a mut Tally,
    pub(super) work: &'a mut dyn Work,
}

impl Round<'_> {
    /// `R`.
    fn required(&self) -> usize {
        self.config.required()
    }

    /// `N - R + 1`: with so many peers out, `R` equal answers cannot come.
    fn too_many(&self) -> usize {
        self.config.expected() - self.required() + 1
    }

    /// Whether the attestation proves payload and metering record; counts the signatures that it takes to know.
    fn verify(&mut self, attestation: &OcrAttestation, payload: &[u8], metering: &MeteringRecord) -> bool {
        let Evidence { valid, signatures_checked } =
            evidence::verify(self.config, self.ids, attestation, payload, metering, self.work);
        self.tally.signatures_checked += signatures_checked;
        valid
    }

    /// Counts an error, by its text and in total, and fails at `R` equal ones or at `N - R + 1` in total.
    fn count_error(&mut self, error: &Answer) -> Step {
        let equal = self.tally.count_error(&error.text);
        let total = self.tally.total_errors;
        if equal == self.required() {
            Step::Fail(format!("{} : {}", error.code, error.text))
        } else if total == self.too_many() {
            Step::Fail(format!("received {total} errors, last error {} : {}", error.code, error.text))
        } else {
            Step::Taken
        }
    }

    /// Counts a payload-not-available answer, and reports the one with which `R` payloads became impossible.
    fn count_unavailable(&mut self) -> Step {
        self.tally.unavailable += 1;
        if self.tally.unavailable == self.too_many() { Step::Anomaly } else { Step::Taken }
    }
}

fn is_unavailable(error: &Answer) -> bool {
    error.text.contains(PAYLOAD_NOT_AVAILABLE)
}
