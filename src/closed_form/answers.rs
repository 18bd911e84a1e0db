//! What a capability node answers, as far as any rule set can tell answers apart.

use crate::aggregator::{Attestation, Definition, Unavailable};
use crate::sim::FaultKind;
use crate::wire::PAYLOAD_NOT_AVAILABLE;

use super::Absent;

/// The answer of a node that it was asked by enough callers, to one caller.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Answer {
    /// The right payload with a valid attestation.
    Proven,
    /// The right payload with an invalid attestation.
    Unproven,
    /// A response that is not right.
    Lie(Lie, Attached),
    /// An error with this text.
    Error(String),
    /// An error with a text of its own; whether the text makes it a payload-not-available answer.
    OwnError { unavailable: bool },
    /// Bytes that do not decode.
    Garbage,
    /// Bytes that crash whoever decodes them.
    Bomb,
    /// An attestation without payload, which crashes whoever examines it.
    Hollow,
    /// None, though the node takes part in the agreement.
    Silence,
    /// None, and the node does not even execute.
    Absence,
}

/// Which wrong response: those of one kind are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lie {
    /// The one that all colluders share.
    Shared,
    /// Another one for each caller, the same from all.
    ForCaller,
    /// The right payload under another type.
    OtherType,
    /// The right payload beside a value that does not belong there.
    ExtraValue,
    /// Each node its own.
    Own,
}

/// What is attached to a wrong response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Attached {
    Nothing,
    Invalid,
    Valid,
}

/// What a node without the payload answers.
fn unavailable() -> Answer {
    Answer::Error(format!("Public:User:Unknown:{PAYLOAD_NOT_AVAILABLE}"))
}

/// What an honest node answers.
pub(super) fn honest(holds: bool) -> Answer {
    if holds { Answer::Proven } else { unavailable() }
}

/// What a node with this fault answers. `signers` have the fault and `required` must sign.
pub(super) fn faulty(kind: &FaultKind, holds: bool, signers: u32, required: u32) -> Result<Answer, Absent> {
    use crate::sim::{FaultKind as K, ResponseField};
    let lie = |collude: &bool| if *collude { Lie::Shared } else { Lie::Own };
    // Attacks on a response leave a node that has none as it is.
    let of_holder = |answer: Answer| if holds { answer } else { honest(holds) };
    Ok(match kind {
        K::Silent => Answer::Silence,
        K::DropRequests | K::Crash => Answer::Absence,
        K::FalsePna => unavailable(),
        K::HiddenPna { text } | K::ErrorSpam { text, distinct: false } => Answer::Error(text.clone()),
        K::ErrorSpam { text, distinct: true } => Answer::OwnError { unavailable: text.contains(PAYLOAD_NOT_AVAILABLE) },
        K::WrongPayload { collude } => Answer::Lie(lie(collude), Attached::Nothing),
        K::Equivocation => Answer::Lie(Lie::ForCaller, Attached::Nothing),
        K::StolenAttestation { collude } => Answer::Lie(lie(collude), Attached::Invalid),
        K::ColludingSigners if signers >= required => Answer::Lie(Lie::Shared, Attached::Valid),
        K::ColludingSigners => Answer::Lie(Lie::Shared, Attached::Invalid),
        K::ForgedSignature
        | K::RandomSignature
        | K::TruncatedSignature
        | K::WrongVSignature
        | K::ZeroRSignature
        | K::ZeroSSignature
        | K::SignerOutOfRange
        | K::TooFewSignatures
        | K::DuplicateSigner
        | K::SurplusSignature
        | K::ReplayedAttestation
        | K::ReplayedSequence
        | K::MissingMetering
        | K::DoubledMetering => of_holder(Answer::Unproven),
        // As good as honest, to every rule set.
        K::HighSSignature
        | K::StaleConfigDigest
        | K::Oversized { .. }
        | K::TamperedFields { field: ResponseField::CapdonN } => honest(holds),
        K::TamperedFields { field: ResponseField::TypeUrl } => of_holder(Answer::Lie(Lie::OtherType, Attached::Valid)),
        K::TamperedFields { field: ResponseField::Value } => of_holder(Answer::Lie(Lie::ExtraValue, Attached::Valid)),
        K::TruncatedResponse => of_holder(Answer::Garbage),
        K::Undecodable => Answer::Garbage,
        K::DecimalWithoutCoefficient => Answer::Bomb,
        K::MissingPayload => Answer::Hollow,
        // Answers at another time than all others, several answers of one node, or a taint that depends on who answers.
        K::AtDeadline
        | K::DelayToDeadline { .. }
        | K::Slow { .. }
        | K::DuplicateAnswers { .. }
        | K::Impersonation
        | K::TamperedMetering { .. }
        | K::CallerFlood { .. }
        | K::CallerOtherRequest
        | K::CallerRepeats { .. }
        | K::CallerSilent
        | K::CallerSlow { .. } => return Err(Absent::new(format!("the fault {} is not modelled", kind.name()))),
    })
}

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
    /// What an answer does; `None` for one that never comes.
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
