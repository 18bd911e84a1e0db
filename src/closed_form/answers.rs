//! Answers of capability nodes in the hands of an aggregator, as far as its rules tell them apart.

use crate::aggregator::{Attestation, Definition, Unavailable};
use crate::sim::effect::{Answer, Attached, Lie};
use crate::wire::PAYLOAD_NOT_AVAILABLE;

/// An answer in the hands of an aggregator: what it does there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Card {
    /// Its sender is heard, nothing else.
    Void,
    /// Succeeds at once, rightly.
    Proof,
    /// Succeeds at once, wrongly.
    FalseProof,
    /// Crashes the caller.
    Crash,
    /// Counts as the right response.
    Right,
    /// Counts as a wrong response that others send, too.
    Wrong(Lie),
    /// Counts as the response without payload.
    Hollow,
    /// Counts as a response that nobody else sends.
    Odd,
    /// Counts as an error, by its text and in total.
    Error(String),
    /// Counts as an error that nobody else sends, and in total.
    OddError,
    /// Counts in total, and never ends anything itself.
    Shortage,
}

/// The rules that a caller decides by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rules {
    pub(super) definition: Definition,
    /// `N`.
    pub(super) nodes: u32,
    /// `R`.
    pub(super) required: u32,
    /// Whether one attestation may stand for `R` responses: `R = F + 1`.
    pub(super) attestation_suffices: bool,
}

impl Rules {
    /// Effect of an answer; `None` for one that never comes.
    pub(super) fn card(&self, answer: &Answer) -> Option<Card> {
        let strict = self.definition.attestation == Attestation::Alone;
        let examines = self.definition.attestation != Attestation::Ignored;
        let trusts = examines && self.attestation_suffices;
        Some(match answer {
            Answer::Silence | Answer::Absence => return None,
            Answer::Garbage => Card::Void,
            Answer::Bomb => Card::Crash,
            Answer::Proven if trusts => Card::Proof,
            Answer::Lie(_, Attached::Valid) if trusts => Card::FalseProof,
            // Equal to nothing but its like, which is counted first.
            Answer::Hollow if trusts && self.required == 1 && !strict => Card::FalseProof,
            Answer::Hollow if trusts => Card::Crash,
            Answer::Proven
            | Answer::Unproven
            | Answer::Hollow
            | Answer::Lie(_, Attached::Invalid | Attached::Valid)
                if strict =>
            {
                Card::Void
            }
            Answer::Proven | Answer::Unproven => Card::Right,
            Answer::Hollow => Card::Hollow,
            Answer::Lie(Lie::Own, _) => Card::Odd,
            Answer::Lie(lie, _) => Card::Wrong(*lie),
            Answer::Error(text) => self.error(text.contains(PAYLOAD_NOT_AVAILABLE), Card::Error(text.clone())),
            Answer::OwnError { unavailable } => self.error(*unavailable, Card::OddError),
        })
    }

    fn error(&self, unavailable: bool, card: Card) -> Card {
        match self.definition.unavailable {
            Unavailable::Shortage if unavailable => Card::Shortage,
            Unavailable::Nothing if unavailable => Card::Void,
            _ => card,
        }
    }
}
