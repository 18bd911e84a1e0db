//! Effect of a fault on the exact law of a cell: the answer of a node that has it, as closed forms reckon with it.

use crate::wire::PAYLOAD_NOT_AVAILABLE;

/// Answer of a node that was asked by enough callers, to one caller.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Answer {
    /// The right payload with a valid attestation.
    Proven,
    /// The right payload with an invalid attestation.
    Unproven,
    /// A response that is not right.
    Lie(Lie, Attached),
    /// An error with this text.
    Error(String),
    /// An error with a text of its own.
    OwnError {
        /// Whether the text makes it a payload-not-available answer.
        unavailable: bool,
    },
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

/// A wrong response: those of one kind are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lie {
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

/// Attestation of a wrong response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Attached {
    /// None.
    Nothing,
    /// One that does not prove it.
    Invalid,
    /// One that does.
    Valid,
}

/// Effect of a fault that always acts and on all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// A capability node answers so.
    Answers(Answer),
    /// A workflow node never asks.
    NeverAsks,
    /// No law is known, for this reason.
    Unknown(&'static str),
}

/// A node that has a fault, as far as its law depends on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bearer {
    /// Whether it holds the payload.
    pub holds: bool,
    /// Nodes that have the fault.
    pub accomplices: u32,
    /// Signatures that an attestation needs.
    pub required: u32,
}

impl Answer {
    /// Answer of a node without the payload.
    pub(crate) fn unavailable() -> Self {
        Self::Error(format!("Public:User:Unknown:{PAYLOAD_NOT_AVAILABLE}"))
    }

    /// Answer of an honest node.
    pub(crate) fn honest(holds: bool) -> Self {
        if holds { Self::Proven } else { Self::unavailable() }
    }
}

impl Bearer {
    /// Effect of an attack on the response that is being sent: a node that has none is left as it is.
    pub(super) fn on_response(self, answer: Answer) -> Effect {
        Effect::Answers(if self.holds { answer } else { Answer::honest(false) })
    }

    /// Effect of an attack that spoils the attestation.
    pub(super) fn unproven(self) -> Effect {
        self.on_response(Answer::Unproven)
    }

    /// Effect of an attack that no rule set notices.
    pub(super) fn as_honest(self) -> Effect {
        Effect::Answers(Answer::honest(self.holds))
    }
}

impl Lie {
    /// The lie of nodes that agree on one, or of each its own.
    pub(super) const fn of(collude: bool) -> Self {
        if collude { Self::Shared } else { Self::Own }
    }
}
