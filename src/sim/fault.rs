//! What a setup says about faults: which there are, who has them, when and towards whom.

use crate::engine::{Distribution, Span, Window};

/// A fault on some nodes of one DON.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// What they do.
    pub kind: FaultKind,
    /// How many.
    pub nodes: u32,
    /// How many of them hold the payload; any when absent. Without meaning for workflow nodes.
    pub holders: Option<u32>,
    /// When they do it.
    pub window: Window,
    /// How likely they do it each time. Without meaning for a crash, which is no single action.
    pub probability: f64,
    /// To how many nodes of the other DON they do it; to all when absent. Without meaning for a crash.
    pub targets: Option<u32>,
    /// Whether they may be nodes that other faults have too; faults of one node act one after the other.
    pub overlap: bool,
}

impl Fault {
    /// A fault that always acts, towards everybody.
    #[must_use]
    pub const fn new(kind: FaultKind, nodes: u32, holders: Option<u32>) -> Self {
        Self { kind, nodes, holders, window: Window::ALWAYS, probability: 1.0, targets: None, overlap: false }
    }
}

/// One of the two DONs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The callers.
    Workflow,
    /// The callees.
    Capability,
}

/// What faulty nodes do. What exactly, and to what end, stands in the file of each in `src/sim/faults/`.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultKind {
    /// Every answer arrives exactly at the caller's deadline.
    AtDeadline,
    /// A workflow node asks again and again, each time for something else.
    CallerFlood {
        /// Requests in all.
        copies: u32,
        /// Time from one to the next.
        interval: Span,
    },
    /// A workflow node asks for something else under the same request id.
    CallerOtherRequest,
    /// A workflow node sends its request several times.
    CallerRepeats {
        /// How often.
        copies: u32,
    },
    /// A workflow node never asks.
    CallerSilent,
    /// Every request of a workflow node leaves late.
    CallerSlow {
        /// By how much.
        delay: Distribution,
    },
    /// The same wrong payload from all, under an attestation that all of them sign.
    ColludingSigners,
    /// Down for the window: receives, executes and sends nothing, then recovers.
    Crash,
    /// A response with a decimal number that has no digits.
    DecimalWithoutCoefficient,
    /// Every answer arrives just before the caller's deadline.
    DelayToDeadline {
        /// How long before.
        margin: Span,
    },
    /// The metering record twice.
    DoubledMetering,
    /// Throws away the requests that it receives.
    DropRequests,
    /// Every answer several times.
    DuplicateAnswers {
        /// How often.
        copies: u32,
    },
    /// One signature of the attestation twice.
    DuplicateSigner,
    /// A wrong payload, another one for each workflow node.
    Equivocation,
    /// An error in place of every answer.
    ErrorSpam {
        /// The error's text.
        text: String,
        /// Whether each node has a text of its own.
        distinct: bool,
    },
    /// Says that it has no payload although it has.
    FalsePna,
    /// The right payload under an attestation with one signature by a foreign key.
    ForgedSignature,
    /// An error whose text makes it a payload-not-available answer.
    HiddenPna {
        /// The error's text.
        text: String,
    },
    /// Signatures in their second form, with a high `s`.
    HighSSignature,
    /// A wrong payload in the name of another node.
    Impersonation,
    /// No metering record.
    MissingMetering,
    /// An attestation without payload.
    MissingPayload,
    /// A response that is blown up.
    Oversized {
        /// To how many bytes.
        size: u64,
    },
    /// Random bytes in place of one signature.
    RandomSignature,
    /// The attestation of another request.
    ReplayedAttestation,
    /// The attestation's signatures under another sequence number.
    ReplayedSequence,
    /// A signer beyond the DON's.
    SignerOutOfRange,
    /// Never answers.
    Silent,
    /// Every answer leaves late.
    Slow {
        /// By how much.
        delay: Distribution,
    },
    /// An attestation that the same signers made under an older configuration.
    StaleConfigDigest,
    /// Another payload under the genuine attestation.
    StolenAttestation {
        /// Whether all these nodes send the same wrong payload.
        collude: bool,
    },
    /// An attestation with a bad signature behind enough good ones.
    SurplusSignature,
    /// A change to a field that the attestation does not cover.
    TamperedFields {
        /// Which.
        field: ResponseField,
    },
    /// A change to the metering record.
    TamperedMetering {
        /// To which part.
        field: MeteringField,
    },
    /// An attestation that lacks a signature.
    TooFewSignatures,
    /// A response that lacks its end.
    TruncatedResponse,
    /// One signature that lacks its end.
    TruncatedSignature,
    /// Bytes that are no response.
    Undecodable,
    /// Another payload, without attestation.
    WrongPayload {
        /// Whether all these nodes send the same wrong payload.
        collude: bool,
    },
    /// One signature with another recovery id.
    WrongVSignature,
    /// One signature with an `r` of zero.
    ZeroRSignature,
    /// One signature with an `s` of zero.
    ZeroSSignature,
}

/// A field of a response that no attestation covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseField {
    /// The payload's type.
    TypeUrl,
    /// The `value` map, which gets an entry.
    Value,
    /// The `N` that the sender states.
    CapdonN,
}

/// A part of a metering record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeteringField {
    /// What was spent in gas, which the attestation does not cover.
    Gas,
    /// What was spent, which it does.
    Value,
}

impl FaultKind {
    /// Whose nodes have it.
    #[must_use]
    pub const fn side(&self) -> Side {
        match self {
            Self::CallerFlood { .. }
            | Self::CallerOtherRequest
            | Self::CallerRepeats { .. }
            | Self::CallerSilent
            | Self::CallerSlow { .. } => Side::Workflow,
            _ => Side::Capability,
        }
    }

    /// Its name in a scenario file.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::AtDeadline => "at_deadline",
            Self::CallerFlood { .. } => "caller_flood",
            Self::CallerOtherRequest => "caller_other_request",
            Self::CallerRepeats { .. } => "caller_repeats",
            Self::CallerSilent => "caller_silent",
            Self::CallerSlow { .. } => "caller_slow",
            Self::ColludingSigners => "colluding_signers",
            Self::Crash => "crash",
            Self::DecimalWithoutCoefficient => "decimal_without_coefficient",
            Self::DelayToDeadline { .. } => "delay_to_deadline",
            Self::DoubledMetering => "doubled_metering",
            Self::DropRequests => "drop_requests",
            Self::DuplicateAnswers { .. } => "duplicate_answers",
            Self::DuplicateSigner => "duplicate_signer",
            Self::Equivocation => "equivocation",
            Self::ErrorSpam { .. } => "error_spam",
            Self::FalsePna => "false_pna",
            Self::ForgedSignature => "forged_signature",
            Self::HiddenPna { .. } => "hidden_pna",
            Self::HighSSignature => "high_s_signature",
            Self::Impersonation => "impersonation",
            Self::MissingMetering => "missing_metering",
            Self::MissingPayload => "missing_payload",
            Self::Oversized { .. } => "oversized",
            Self::RandomSignature => "random_signature",
            Self::ReplayedAttestation => "replayed_attestation",
            Self::ReplayedSequence => "replayed_sequence",
            Self::SignerOutOfRange => "signer_out_of_range",
            Self::Silent => "silent",
            Self::Slow { .. } => "slow",
            Self::StaleConfigDigest => "stale_config_digest",
            Self::StolenAttestation { .. } => "stolen_attestation",
            Self::SurplusSignature => "surplus_signature",
            Self::TamperedFields { .. } => "tampered_fields",
            Self::TamperedMetering { .. } => "tampered_metering",
            Self::TooFewSignatures => "too_few_signatures",
            Self::TruncatedResponse => "truncated_response",
            Self::TruncatedSignature => "truncated_signature",
            Self::Undecodable => "undecodable",
            Self::WrongPayload { .. } => "wrong_payload",
            Self::WrongVSignature => "wrong_v_signature",
            Self::ZeroRSignature => "zero_r_signature",
            Self::ZeroSSignature => "zero_s_signature",
        }
    }

    /// Keys its draws; part of every result: add, never renumber.
    pub(super) const fn draw_key(&self) -> u32 {
        match self {
            Self::Crash => 1,
            Self::ErrorSpam { .. } => 2,
            Self::ForgedSignature => 3,
            Self::Silent => 4,
            Self::Slow { .. } => 5,
            Self::WrongPayload { .. } => 6,
            Self::AtDeadline => 7,
            Self::CallerFlood { .. } => 8,
            Self::CallerOtherRequest => 9,
            Self::CallerRepeats { .. } => 10,
            Self::CallerSilent => 11,
            Self::CallerSlow { .. } => 12,
            Self::ColludingSigners => 13,
            Self::DecimalWithoutCoefficient => 14,
            Self::DelayToDeadline { .. } => 15,
            Self::DoubledMetering => 16,
            Self::DropRequests => 17,
            Self::DuplicateAnswers { .. } => 18,
            Self::DuplicateSigner => 19,
            Self::Equivocation => 20,
            Self::FalsePna => 21,
            Self::HiddenPna { .. } => 22,
            Self::HighSSignature => 23,
            Self::Impersonation => 24,
            Self::MissingMetering => 25,
            Self::MissingPayload => 26,
            Self::Oversized { .. } => 27,
            Self::RandomSignature => 28,
            Self::ReplayedAttestation => 29,
            Self::ReplayedSequence => 30,
            Self::SignerOutOfRange => 31,
            Self::StaleConfigDigest => 32,
            Self::StolenAttestation { .. } => 33,
            Self::TamperedFields { .. } => 34,
            Self::TamperedMetering { .. } => 35,
            Self::TooFewSignatures => 36,
            Self::TruncatedResponse => 37,
            Self::TruncatedSignature => 38,
            Self::Undecodable => 39,
            Self::WrongVSignature => 40,
            Self::ZeroRSignature => 41,
            Self::ZeroSSignature => 42,
            Self::SurplusSignature => 43,
        }
    }
}
