//! The rule sets, one small file each, in the order in which they appeared.
//!
//! To add one: 1. write `rules/x.rs` with a type that is [`Rules`]: its [`Definition`] and what it makes of a response and of
//! an error; 2. add its line to the list below. Scenarios, vectors, the schema and the command line know it by the name in
//! its definition, and the oracle and the closed forms judge it by the properties there.
//!
//! One of the two circles of the house: rules judge by a [`Config`], which names the [`RuleSet`] that they are of.

use super::config::{Config, RequestIds};
use super::evidence::{self, Evidence};
use super::tally::Tally;
use super::{Answer, Crash, Opened, Rejection, Success, Work};
use crate::wire::{DecodeError, MeteringRecord, OcrAttestation, PAYLOAD_NOT_AVAILABLE, PeerId};

/// The definition of a rule set beside its code: its name, and the properties by which others judge it.
///
/// ```
/// use donsim::aggregator::{Definition, RuleSet};
///
/// let Definition { name, meaning, gives_up_early, .. } = RuleSet::AttestedEarlyFail.definition();
/// assert!(name == "attested_early_fail" && meaning.ends_with("ends the request.") && gives_up_early);
/// let others = RuleSet::ALL.into_iter().filter(|rule_set| !rule_set.definition().errors_add_up);
/// assert!(others.eq([RuleSet::Hardened]), "there, errors alone never end a request");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Name in scenario files, tables and vectors.
    pub name: &'static str,
    /// Meaning in one line.
    pub meaning: &'static str,
    /// Weight of a valid attestation.
    pub attestation: Attestation,
    /// Weight of a payload-not-available answer.
    pub unavailable: Unavailable,
    /// Whether the request ends as soon as a response leaves no way to `R` equal ones.
    pub gives_up_early: bool,
    /// Whether `N - R + 1` errors of any texts end the request.
    pub errors_add_up: bool,
}

/// Weight of a valid attestation under a rule set.
///
/// ```
/// use donsim::aggregator::{Attestation, RuleSet};
///
/// let with = |attestation| RuleSet::ALL.into_iter().filter(move |set| set.definition().attestation == attestation);
/// assert!(with(Attestation::Ignored).eq([RuleSet::Identical]));
/// assert!(with(Attestation::Alone).eq([RuleSet::AttestedStrict]));
/// assert!(with(Attestation::BesideCounting).eq([RuleSet::Attested, RuleSet::AttestedEarlyFail]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attestation {
    /// None: responses are counted.
    Ignored,
    /// A response with an attestation is judged by that alone, and never counted.
    Alone,
    /// It decides, and a response without a valid one is counted.
    BesideCounting,
    /// As [`Attestation::BesideCounting`], but its signers decide, `R` of one report over all messages, and nothing is taken
    /// from the response that they have not signed.
    Signers,
}

/// Weight of a payload-not-available answer under a rule set.
///
/// ```
/// use donsim::aggregator::{RuleSet, Unavailable};
///
/// let weight = |rule_set: RuleSet| rule_set.definition().unavailable;
/// let weights = [RuleSet::Identical, RuleSet::AttestedStrict, RuleSet::Attested].map(weight);
/// assert_eq!(weights, [Unavailable::Error, Unavailable::Shortage, Unavailable::Nothing], "ever less");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// That of any error.
    Error,
    /// It counts in the total of errors, and never ends the request itself.
    Shortage,
    /// None.
    Nothing,
}

macro_rules! rule_sets {
    ($($(#[$doc:meta])* $file:ident::$name:ident,)+) => {
        $(mod $file;)+

        /// The rules by which a client request decides.
        ///
        /// ```
        /// use donsim::aggregator::{Attestation, Definition, RuleSet, Unavailable};
        ///
        /// assert_eq!(RuleSet::named("attested"), Some(RuleSet::Attested));
        /// assert!(RuleSet::ALL.iter().zip(RuleSet::NAMES).all(|(rule_set, name)| rule_set.name() == name));
        /// let Definition { attestation, unavailable, .. } = RuleSet::Attested.definition();
        /// assert_eq!((attestation, unavailable), (Attestation::BesideCounting, Unavailable::Nothing));
        /// assert_eq!(RuleSet::BASELINE.definition().attestation, Attestation::Ignored);
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum RuleSet { $($(#[$doc])* $name,)+ }

        impl RuleSet {
            /// Every rule set, in the order in which they appeared.
            pub const ALL: [Self; [$(Self::$name),+].len()] = [$(Self::$name),+];

            /// The names of all, in the same order.
            pub const NAMES: [&'static str; Self::ALL.len()] = [$(stringify!($file)),+];

            pub(super) const fn rules(self) -> &'static dyn Rules {
                match self { $(Self::$name => &$file::$name,)+ }
            }
        }
    };
}

rule_sets! {
    /// `F + 1` identical responses.
    identical::Identical,
    /// As first published: an attested response is judged by its attestation alone.
    attested_strict::AttestedStrict,
    /// A valid attestation or `F + 1` identical responses.
    attested::Attested,
    /// As `attested`, failing as soon as the quorum of identical responses is unreachable.
    attested_early_fail::AttestedEarlyFail,
    /// Donsim's own: nothing that `F` Byzantine nodes send decides, crashes or costs much.
    hardened::Hardened,
}

impl RuleSet {
    /// The rules of the baseline, from before attestation.
    pub const BASELINE: Self = Self::ALL[0];

    /// The rule set with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule_set| rule_set.name() == name)
    }

    /// Its definition.
    #[must_use]
    pub fn definition(self) -> Definition {
        self.rules().definition()
    }

    /// Its name in scenario files, tables and vectors.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.definition().name
    }
}

/// How a rule set judges what common checks let through.
pub(super) trait Rules: Sync {
    /// Name, meaning and properties.
    fn definition(&self) -> Definition;

    /// An OK answer of an unheard peer, decoded.
    fn on_response(&self, round: &mut Round<'_>, sender: PeerId, opened: &Opened) -> Step;

    /// An error of an unheard peer.
    fn on_error(&self, round: &mut Round<'_>, error: &Answer) -> Step;

    /// An OK answer of an unheard peer that does not decode.
    fn on_undecodable(&self, _: &Round<'_>, error: DecodeError) -> Step {
        if error.crashes_original() {
            Step::Crash(Crash::DecimalWithoutCoefficient)
        } else {
            Step::Reject(Rejection::Undecodable(error))
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_set_is_named_like_its_file_and_says_what_it_means() {
        for (rule_set, name) in RuleSet::ALL.into_iter().zip(RuleSet::NAMES) {
            let Definition { name: own, meaning, .. } = rule_set.definition();
            assert_eq!((own, RuleSet::named(name)), (name, Some(rule_set)));
            assert!(meaning.ends_with('.'), "{name}: {meaning}");
        }
        assert_eq!(RuleSet::named("none"), None);
    }
}
