//! What faulty nodes do, one attacker per file.
//!
//! A capability node's fault is asked about every answer that its node is about to send, a workflow node's about every
//! request. It says [`Action::Honest`] where it does what an honest node would, and otherwise what leaves instead. To add
//! a fault: a file here with a type that is [`Behaviour`], a variant of [`FaultKind`] with its arm in [`behaviour`], and
//! its table in the scenario's catalogue.

mod at_deadline;
mod attestations;
mod caller_flood;
mod caller_other_request;
mod caller_repeats;
mod caller_silent;
mod caller_slow;
mod calls;
mod colluding_signers;
mod crash;
mod decimal_without_coefficient;
mod delay_to_deadline;
mod doubled_metering;
mod drop_requests;
mod duplicate_answers;
mod duplicate_signer;
mod equivocation;
mod error_spam;
mod false_pna;
mod forged_signature;
mod hidden_pna;
mod high_s_signature;
mod impersonation;
mod lies;
mod missing_metering;
mod missing_payload;
mod noise;
mod oversized;
mod random_signature;
mod replayed_attestation;
mod replayed_sequence;
mod signer_out_of_range;
mod silent;
mod slow;
mod stale_config_digest;
mod stolen_attestation;
mod surplus_signature;
mod tampered_fields;
mod tampered_metering;
mod too_few_signatures;
mod truncated_response;
mod truncated_signature;
mod undecodable;
mod wrong_payload;
mod wrong_v_signature;
mod zero_r_signature;
mod zero_s_signature;

use prost::bytes::Bytes;

use crate::engine::{Draws, Span, Time};
use crate::wire::{OcrAttestation, Response};

use super::fault::FaultKind;
use super::message::Reply;
use super::request::Request;

use super::replicate_cache::ReplicateCache;

/// What a faulty node does in place of the one honest thing.
pub(super) enum Action<T> {
    /// Just that; the fault does not act.
    Honest,
    /// These instead; nothing at all when empty.
    Instead(Vec<T>),
}

/// What is left of `things` after each has been through a fault's hands, and whether the fault acted on any.
pub(super) fn distorted<T>(things: Vec<T>, mut action: impl FnMut(&T) -> Action<T>) -> (Vec<T>, bool) {
    let mut left = Vec::with_capacity(things.len());
    let mut acted = false;
    for thing in things {
        match action(&thing) {
            Action::Honest => left.push(thing),
            Action::Instead(others) => {
                acted = true;
                left.extend(others);
            }
        }
    }
    (left, acted)
}

/// An answer on its way out of a capability node.
#[derive(Clone, Debug)]
pub(super) struct OutgoingAnswer {
    pub(super) reply: Reply,
    pub(super) when: When,
    /// The capability node in whose name it goes.
    pub(super) name: u32,
}

/// When an answer leaves, or arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// It leaves so much later.
    After(Span),
    /// It leaves at once and arrives just then: the adversary has the network in hand.
    Arriving(Time),
}

/// A request on its way out of a workflow node.
#[derive(Clone, Debug)]
pub(super) struct OutgoingRequest {
    /// The encoded `CapabilityRequest`.
    pub(super) bytes: Bytes,
    /// It leaves so much later.
    pub(super) after: Span,
}

/// A way to be faulty.
pub(super) trait Behaviour {
    /// What becomes of an answer of a faulty capability node.
    fn on_answer(&self, _answer: &AnswerContext<'_>, _cache: &mut ReplicateCache) -> Action<OutgoingAnswer> {
        Action::Honest
    }

    /// What becomes of a request of a faulty workflow node.
    fn on_ask(&self, _ask: &RequestContext<'_>) -> Action<OutgoingRequest> {
        Action::Honest
    }

    /// Whether the node is down while the fault is active: it receives, executes and sends nothing, and forgets.
    fn is_outage(&self) -> bool {
        false
    }

    /// Whether the node throws away the requests that it receives.
    fn is_deaf(&self) -> bool {
        false
    }
}

/// An answer that is about to leave a faulty capability node, and what the node knows.
pub(super) struct AnswerContext<'a> {
    pub(super) outgoing: &'a OutgoingAnswer,
    pub(super) draws: &'a Draws,
    pub(super) request: &'a Request,
    /// The faulty node.
    pub(super) node: u32,
    /// The workflow node that it answers.
    pub(super) requester: u32,
    /// When that node gives up.
    pub(super) deadline: Time,
    /// Capability nodes, `N`.
    pub(super) nodes: u32,
    /// What the node would answer if it were an honest holder, without attestation.
    pub(super) honest: &'a Response,
    /// The genuine attestation, once there is a report: every node has it, holder or not.
    pub(super) attestation: Option<&'a OcrAttestation>,
    /// All nodes with this fault, the node itself included, rising.
    pub(super) accomplices: &'a [u32],
}

/// A request that is about to leave a faulty workflow node.
pub(super) struct RequestContext<'a> {
    pub(super) outgoing: &'a OutgoingRequest,
    pub(super) draws: &'a Draws,
    pub(super) request: &'a Request,
    /// The faulty node.
    pub(super) node: u32,
    /// The capability node that it asks.
    pub(super) capability: u32,
}

impl AnswerContext<'_> {
    /// The response that is being sent, when it is one.
    fn response(&self) -> Option<&Response> {
        match &self.outgoing.reply {
            Reply::Response { response, .. } => Some(response),
            Reply::Raw { .. } | Reply::Error { .. } => None,
        }
    }

    /// Another reply in place of this one.
    fn instead(&self, reply: Reply) -> Action<OutgoingAnswer> {
        Action::Instead(vec![OutgoingAnswer { reply, ..self.outgoing.clone() }])
    }

    /// The same reply at another time.
    fn at(&self, when: When) -> Action<OutgoingAnswer> {
        Action::Instead(vec![OutgoingAnswer { when, ..self.outgoing.clone() }])
    }
}

/// The behaviour of a kind of fault.
pub(super) fn behaviour(kind: &FaultKind) -> Box<dyn Behaviour> {
    match kind {
        FaultKind::AtDeadline => Box::new(at_deadline::AtDeadline),
        FaultKind::CallerFlood { copies, interval } => {
            Box::new(caller_flood::CallerFlood { copies: *copies, interval: *interval })
        }
        FaultKind::CallerOtherRequest => Box::new(caller_other_request::CallerOtherRequest),
        FaultKind::CallerRepeats { copies } => Box::new(caller_repeats::CallerRepeats { copies: *copies }),
        FaultKind::CallerSilent => Box::new(caller_silent::CallerSilent),
        FaultKind::CallerSlow { delay } => Box::new(caller_slow::CallerSlow { delay: delay.clone() }),
        FaultKind::ColludingSigners => Box::new(colluding_signers::ColludingSigners),
        FaultKind::Crash => Box::new(crash::Crash),
        FaultKind::DecimalWithoutCoefficient => Box::new(decimal_without_coefficient::DecimalWithoutCoefficient),
        FaultKind::DelayToDeadline { margin } => Box::new(delay_to_deadline::DelayToDeadline { margin: *margin }),
        FaultKind::DoubledMetering => Box::new(doubled_metering::DoubledMetering),
        FaultKind::DropRequests => Box::new(drop_requests::DropRequests),
        FaultKind::DuplicateAnswers { copies } => Box::new(duplicate_answers::DuplicateAnswers { copies: *copies }),
        FaultKind::DuplicateSigner => Box::new(duplicate_signer::DuplicateSigner),
        FaultKind::Equivocation => Box::new(equivocation::Equivocation),
        FaultKind::ErrorSpam { text, distinct } => {
            Box::new(error_spam::ErrorSpam { text: text.clone(), distinct: *distinct })
        }
        FaultKind::FalsePna => Box::new(false_pna::FalsePna),
        FaultKind::ForgedSignature => Box::new(forged_signature::ForgedSignature),
        FaultKind::HiddenPna { text } => Box::new(hidden_pna::HiddenPna { text: text.clone() }),
        FaultKind::HighSSignature => Box::new(high_s_signature::HighSSignature),
        FaultKind::Impersonation => Box::new(impersonation::Impersonation),
        FaultKind::MissingMetering => Box::new(missing_metering::MissingMetering),
        FaultKind::MissingPayload => Box::new(missing_payload::MissingPayload),
        FaultKind::Oversized { size } => Box::new(oversized::Oversized { size: *size }),
        FaultKind::RandomSignature => Box::new(random_signature::RandomSignature),
        FaultKind::ReplayedAttestation => Box::new(replayed_attestation::ReplayedAttestation),
        FaultKind::ReplayedSequence => Box::new(replayed_sequence::ReplayedSequence),
        FaultKind::SignerOutOfRange => Box::new(signer_out_of_range::SignerOutOfRange),
        FaultKind::Silent => Box::new(silent::Silent),
        FaultKind::Slow { delay } => Box::new(slow::Slow { delay: delay.clone() }),
        FaultKind::StaleConfigDigest => Box::new(stale_config_digest::StaleConfigDigest),
        FaultKind::StolenAttestation { collude } => {
            Box::new(stolen_attestation::StolenAttestation { collude: *collude })
        }
        FaultKind::TamperedFields { field } => Box::new(tampered_fields::TamperedFields { field: *field }),
        FaultKind::TamperedMetering { field } => Box::new(tampered_metering::TamperedMetering { field: *field }),
        FaultKind::SurplusSignature => Box::new(surplus_signature::SurplusSignature),
        FaultKind::TooFewSignatures => Box::new(too_few_signatures::TooFewSignatures),
        FaultKind::TruncatedResponse => Box::new(truncated_response::TruncatedResponse),
        FaultKind::TruncatedSignature => Box::new(truncated_signature::TruncatedSignature),
        FaultKind::Undecodable => Box::new(undecodable::Undecodable),
        FaultKind::WrongPayload { collude } => Box::new(wrong_payload::WrongPayload { collude: *collude }),
        FaultKind::WrongVSignature => Box::new(wrong_v_signature::WrongVSignature),
        FaultKind::ZeroRSignature => Box::new(zero_r_signature::ZeroRSignature),
        FaultKind::ZeroSSignature => Box::new(zero_s_signature::ZeroSSignature),
    }
}
