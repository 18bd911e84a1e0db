//! What a client request says.

use thiserror::Error;

use crate::wire::{DecodeError, PeerId, Rope};

/// What became of one message.
///
/// ```
/// # use std::sync::Arc;
/// use donsim::aggregator::{Answer, ClientRequest, Config, Fresh, RequestIds, RuleSet, Verdict};
/// use donsim::wire::{ErrorCode, PAYLOAD_NOT_AVAILABLE, PeerId};
///
/// # let config = Config::new(vec![PeerId([1; 32]), PeerId([2; 32])], Vec::new(), 1, RuleSet::Attested)?;
/// # let ids = RequestIds { workflow_execution_id: String::new(), reference_id: String::new() };
/// # let mut request = ClientRequest::new(Arc::new(config), Arc::new(ids));
/// let unavailable = Answer::error(ErrorCode::INTERNAL_ERROR, PAYLOAD_NOT_AVAILABLE);
/// let verdict = request.handle_message(Some(&[1; 32]), &unavailable, &mut Fresh);
/// assert_eq!(verdict, Verdict::Anomaly, "two peers, and two equal answers cannot come any more");
/// assert_eq!(request.handle_expiry(), Verdict::Decided);
/// assert_eq!(request.handle_message(Some(&[2; 32]), &unavailable, &mut Fresh), Verdict::Ignored);
/// # Ok::<(), donsim::aggregator::ConfigError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Taken, nothing is decided by it.
    Taken,
    /// Taken and reported: so many peers have no payload that an honest one may be missing.
    Anomaly,
    /// It decided; see [`super::ClientRequest::decision`].
    Decided,
    /// A decision was there already.
    Ignored,
    /// Refused.
    Rejected(Rejection),
    /// The original program crashes on it. The request lives on; what dies is the caller's to decide.
    Crash(Crash),
}

/// Why a message is refused.
///
/// ```
/// # use std::sync::Arc;
/// use donsim::aggregator::{Answer, ClientRequest, Config, Fresh, Rejection, RequestIds, RuleSet, Verdict};
/// use donsim::wire::{PeerId, Rope};
///
/// # let config = Config::new(vec![PeerId([1; 32])], Vec::new(), 0, RuleSet::Attested)?;
/// # let ids = RequestIds { workflow_execution_id: String::new(), reference_id: String::new() };
/// # let mut request = ClientRequest::new(Arc::new(config), Arc::new(ids));
/// let answer = Answer::response(Rope::default());
/// let mut hear = |sender: &[u8]| request.handle_message(Some(sender), &answer, &mut Fresh);
/// assert_eq!(hear(b"me"), Verdict::Rejected(Rejection::MalformedSender(2)));
/// assert_eq!(hear(&[2; 32]), Verdict::Rejected(Rejection::UnexpectedSender(PeerId([2; 32]))));
/// assert_eq!(Rejection::NoSender.to_string(), "the message has no sender");
/// # Ok::<(), donsim::aggregator::ConfigError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Error)]
pub enum Rejection {
    /// Nobody sent it.
    #[error("the message has no sender")]
    NoSender,
    /// The sender's id is not 32 bytes long.
    #[error("the sender's peer id is {0} bytes long, not 32")]
    MalformedSender(usize),
    /// The sender is not in the DON.
    #[error("unexpected sender {0}")]
    UnexpectedSender(PeerId),
    /// The sender has answered before.
    #[error("{0} has already answered")]
    AlreadyHeard(PeerId),
    /// The payload is no response.
    #[error(transparent)]
    Undecodable(DecodeError),
    /// The attestation is not valid, or there is not exactly one metering record to check it with.
    #[error("the attestation is not valid")]
    InvalidAttestation,
}

/// Where the original program crashes.
///
/// ```
/// # use std::sync::Arc;
/// use donsim::aggregator::{Answer, ClientRequest, Config, Crash, Fresh, RequestIds, RuleSet, Verdict};
/// use donsim::wire::{AttributedSignature, OcrAttestation, PeerId, Response};
///
/// # let config = Config::new(vec![PeerId([1; 32]), PeerId([2; 32])], vec![vec![]; 2], 1, RuleSet::Attested)?;
/// # let ids = RequestIds { workflow_execution_id: String::new(), reference_id: String::new() };
/// # let mut request = ClientRequest::new(Arc::new(config), Arc::new(ids));
/// let signatures = vec![AttributedSignature::default(); 2];
/// let attestation = Some(OcrAttestation { signatures, ..OcrAttestation::default() });
/// let answer = Answer::response(Response { attestation, ..Response::default() }.encode());
/// let verdict = request.handle_message(Some(&[1; 32]), &answer, &mut Fresh);
/// assert_eq!(verdict, Verdict::Crash(Crash::AttestationWithoutPayload));
/// # Ok::<(), donsim::aggregator::ConfigError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Crash {
    /// It reads the value of an absent payload.
    #[error("an attestation without a payload")]
    AttestationWithoutPayload,
    /// It normalizes a decimal that has no coefficient.
    #[error("a decimal without coefficient")]
    DecimalWithoutCoefficient,
}

/// How a request ended.
///
/// ```
/// # use std::sync::Arc;
/// use donsim::aggregator::{Answer, ClientRequest, Config, Decision, Fresh, RequestIds, RuleSet};
/// use donsim::wire::{ErrorCode, PeerId};
///
/// # let config = Config::new(vec![PeerId([1; 32])], Vec::new(), 0, RuleSet::Attested)?;
/// # let ids = RequestIds { workflow_execution_id: String::new(), reference_id: String::new() };
/// # let mut request = ClientRequest::new(Arc::new(config), Arc::new(ids));
/// request.handle_message(Some(&[1; 32]), &Answer::error(ErrorCode::TIMEOUT, "too late"), &mut Fresh);
/// assert_eq!(request.decision(), Some(&Decision::Failure("TIMEOUT : too late".into())), "one peer, one error");
/// assert_eq!(Decision::Expired.error(), Some("request expired by executable client"));
/// # Ok::<(), donsim::aggregator::ConfigError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// With a response.
    Success(Success),
    /// With an error of exactly this text.
    Failure(String),
    /// Without enough answers in time.
    Expired,
}

/// The text with which a request expires.
pub(super) const EXPIRED: &str = "request expired by executable client";

impl Decision {
    /// The error's text; `None` for a success.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        match self {
            Self::Success(_) => None,
            Self::Failure(text) => Some(text),
            Self::Expired => Some(EXPIRED),
        }
    }
}

/// A response that was decided on.
///
/// ```
/// # use std::sync::Arc;
/// use donsim::aggregator::{Answer, ClientRequest, Config, Decision, Fresh, RequestIds, RuleSet, Success};
/// use donsim::wire::{MeteringRecord, PeerId, Response};
///
/// # let config = Config::new(vec![PeerId([1; 32]), PeerId([2; 32])], Vec::new(), 1, RuleSet::Attested)?;
/// # let ids = RequestIds { workflow_execution_id: String::new(), reference_id: String::new() };
/// # let mut request = ClientRequest::new(Arc::new(config), Arc::new(ids));
/// for (name, spend_value) in [(1, "7"), (2, "9")] {
///     let metering = vec![MeteringRecord { spend_value: spend_value.into(), ..MeteringRecord::default() }];
///     let answer = Answer::response(Response { metering, ..Response::default() }.encode());
///     request.handle_message(Some(&[name; 32]), &answer, &mut Fresh);
/// }
/// let Some(Decision::Success(Success { response, support, .. })) = request.decision() else { panic!("no success") };
/// assert_eq!(support[..], [PeerId([1; 32]), PeerId([2; 32])]);
/// assert_eq!(Response::decode(response.clone())?.metering.len(), 2, "one record of each");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Success {
    /// The encoded response, its metering replaced by what was collected.
    pub response: Rope,
    /// What convinced.
    pub basis: Basis,
    /// Whose messages the decision rests on: one attested response, or `R` equal ones.
    pub support: Vec<PeerId>,
}

/// What convinced.
///
/// ```
/// use donsim::aggregator::{Basis, Decision};
/// use donsim::scenario::Scenario;
/// use donsim::sim::{ReplicateCache, What, replay};
///
/// for (rule_set, expected) in [("identical", Basis::Quorum), ("attested", Basis::Attestation)] {
///     let text = format!("schema = 1\naggregator.rule_set = \"{rule_set}\"\n");
///     let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
///     let (_, happenings) = replay(&setup, 0, &mut ReplicateCache::new(setup.run.seed));
///     let mut bases = happenings.iter().filter_map(|happening| match &happening.what {
///         What::Decided { decision: Decision::Success(success) } => Some(success.basis),
///         _ => None,
///     });
///     assert!(bases.all(|basis| basis == expected));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// A valid attestation.
    Attestation,
    /// `R` identical responses.
    Quorum,
}
