//! Messages of the rounds: what they say, and the bytes they are.
//!
//! The bytes are those of the encoded message. ed25519 signatures of votes, observations and certificates are zeros of their
//! length: nothing is decided by them, for nobody here forges another node's vote. Signatures of reports are genuine or
//! spoilt; they are computed with the attestation that they become part of.

use std::cell::OnceCell;
use std::rc::Rc;

use prost::Message as _;
use prost::bytes::Bytes;

use super::Don;
use super::observation::Observation;
use super::outcome::{Outcome, outcome};
use crate::sim::outcome::OcrBytes;
use crate::wire::ocr;

/// Length of an ed25519 signature.
const SIGNATURE: &[u8] = &[0; 64];
/// Length of a signature over a report.
const REPORT_SIGNATURE: &[u8] = &[0; 65];

/// A message of one capability node to another; shared by all that it is sent to.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::{OcrHappening, OcrMessage, ReplicateCache, What, replay};
///
/// # let text = "schema = 1\ncapability_don.ocr = \"round\"\n".to_owned();
/// # let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// let (replicate, happenings) = replay(&setup, 0, &mut ReplicateCache::new(setup.run.seed));
/// let sent = happenings.iter().filter_map(|happening| match &happening.what {
///     What::Ocr(OcrHappening::Sent { message, .. }) => Some(&**message),
///     _ => None,
/// });
/// let sent: Vec<&OcrMessage> = sent.collect();
/// assert!(sent.iter().all(|message| message.epoch == 1), "nobody wishes for another leader");
/// let bytes: u64 = sent.iter().map(|message| message.len() + setup.network.frame).sum();
/// assert_eq!(bytes, replicate.ocr.total());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct OcrMessage {
    /// Epoch that it belongs to.
    pub epoch: u64,
    /// Sequence number of its round; for a message about epochs that of the next round.
    pub seq_nr: u64,
    /// Content.
    pub body: OcrBody,
    /// How often the same was sent before.
    pub(in crate::sim) attempt: u32,
    len: u64,
}

/// Contents of messages.
///
/// ```
/// use std::collections::BTreeSet;
/// use donsim::scenario::Scenario;
/// use donsim::sim::rounds::{Certified, Observation, Proposal};
/// use donsim::sim::{OcrBody, OcrHappening, ReplicateCache, What, replay};
///
/// let text = "schema = 1\ncapability_don.ocr = \"round\"\nfaults.ocr_silent_leader = [{ nodes = 5 }]\n".to_owned();
/// let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// let mut epochs = BTreeSet::new();
/// for number in 0..5 {
///     let (_, happenings) = replay(&setup, number, &mut ReplicateCache::new(setup.run.seed));
///     for happening in &happenings {
///         let What::Ocr(OcrHappening::Delivered { message }) = &happening.what else { continue };
///         match &message.body {
///             OcrBody::Proposal(proposal) => {
///                 let Proposal { observations, .. } = &**proposal;
///                 assert!(observations.iter().map(|it| it.observer).is_sorted() && observations.len() >= 11);
///             }
///             OcrBody::Observation(observation) => {
///                 let Observation { values, missing, .. } = &**observation;
///                 assert!(values.len() <= 1 && missing.is_empty());
///             }
///             OcrBody::EpochStart(Certified { .. }) => drop(epochs.insert(message.epoch)),
///             _ => {}
///         }
///     }
/// }
/// assert!(epochs.contains(&2), "a silent leader led first");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum OcrBody {
    /// The sender wishes for the epoch.
    NewEpochWish,
    /// The sender is in the epoch and says what it knows to be certified, to the epoch's leader.
    EpochStartRequest(Certified),
    /// The leader begins the epoch where a quorum left off.
    EpochStart(Certified),
    /// The leader begins a round about these requests.
    RoundStart(Rc<[u32]>),
    /// Observation of the sender, to the leader.
    Observation(Rc<Observation>),
    /// Observations that the leader has collected.
    Proposal(Rc<Proposal>),
    /// First vote for an outcome.
    Prepare(Rc<Outcome>),
    /// Second vote.
    Commit(Rc<Outcome>),
    /// Signatures over the reports of an outcome.
    ReportSignatures {
        /// The outcome.
        over: Rc<Outcome>,
        /// Whether all of them are genuine.
        genuine: bool,
    },
    /// The sender missed the commit of this round.
    CertifiedCommitRequest,
    /// The commit of this round.
    CertifiedCommit(Rc<Outcome>),
}

/// An outcome with the certificate of a quorum's votes.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::rounds::Certified;
/// use donsim::sim::{OcrBody, OcrHappening, ReplicateCache, What, replay};
///
/// # let text = "schema = 1\ncapability_don.ocr = \"round\"\nfaults.ocr_silent_leader = [{ nodes = 5 }]\n".to_owned();
/// # let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// # let mut seen = 0;
/// # for number in 0..5 {
/// #     let (_, happenings) = replay(&setup, number, &mut ReplicateCache::new(setup.run.seed));
/// // With silent leaders, epochs change: each begins where a quorum left off.
/// for happening in &happenings {
///     let What::Ocr(OcrHappening::Sent { message, .. }) = &happening.what else { continue };
///     if let OcrBody::EpochStart(Certified { epoch, outcome, .. }) = &message.body {
///         assert!(*epoch < message.epoch && outcome.seq_nr < message.seq_nr);
/// #         seen += 1;
///     }
/// }
/// # }
/// # assert!(seen > 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Certified {
    /// Epoch of the votes.
    pub epoch: u64,
    /// Whether it is committed; prepared otherwise.
    pub committed: bool,
    /// The outcome.
    pub outcome: Rc<Outcome>,
}

/// Observations that a leader proposes.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::{OcrBody, OcrHappening, ReplicateCache, What, replay};
///
/// # let text = "schema = 1\ncapability_don.ocr = \"round\"\n".to_owned();
/// # let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// let (_, happenings) = replay(&setup, 0, &mut ReplicateCache::new(setup.run.seed));
/// let proposals = happenings.iter().filter_map(|happening| match &happening.what {
///     What::Ocr(OcrHappening::Sent { message, .. }) => match &message.body {
///         OcrBody::Proposal(proposal) => Some(proposal),
///         _ => None,
///     },
///     _ => None,
/// });
/// let quorum = setup.capability_don.nodes - setup.capability_don.f;
/// let sizes: Vec<usize> = proposals.map(|proposal| proposal.observations.len()).collect();
/// assert!(!sizes.is_empty() && sizes.iter().all(|size| *size >= quorum as usize));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Proposal {
    /// Sequence number of the round.
    pub seq_nr: u64,
    /// The observations, by rising observer.
    pub observations: Vec<Rc<Observation>>,
    outcome: OnceCell<Rc<Outcome>>,
}

impl PartialEq for Proposal {
    fn eq(&self, other: &Self) -> bool {
        (self.seq_nr, &self.observations) == (other.seq_nr, &other.observations)
    }
}

impl Proposal {
    /// Proposal of `observations`, by rising observer.
    pub(in crate::sim) const fn new(seq_nr: u64, observations: Vec<Rc<Observation>>) -> Self {
        Self { seq_nr, observations, outcome: OnceCell::new() }
    }

    /// Outcome that follows from it; the same for every node, so it is computed once.
    pub(super) fn outcome(&self, don: &Don<'_>) -> Rc<Outcome> {
        Rc::clone(self.outcome.get_or_init(|| Rc::new(outcome(don, self.seq_nr, &self.observations))))
    }
}

impl OcrMessage {
    /// A message; its bytes are counted at once.
    pub(in crate::sim) fn new(don: &Don<'_>, epoch: u64, seq_nr: u64, attempt: u32, body: OcrBody) -> Self {
        let len = body.wire(don, epoch, seq_nr).encoded_len() as u64;
        Self { epoch, seq_nr, body, attempt, len }
    }

    /// Bytes of the encoded message, without the transport's frame.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.len
    }

    /// Whether the encoded message has no bytes, which none has.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The message as it is encoded.
    #[cfg(test)]
    pub(in crate::sim) fn wire(&self, don: &Don<'_>) -> ocr::OcrMessage {
        self.body.wire(don, self.epoch, self.seq_nr)
    }
}

impl OcrBody {
    /// Name of its kind.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NewEpochWish => "new_epoch_wish",
            Self::EpochStartRequest(_) => "epoch_start_request",
            Self::EpochStart(_) => "epoch_start",
            Self::RoundStart(_) => "round_start",
            Self::Observation(_) => "observation",
            Self::Proposal(_) => "proposal",
            Self::Prepare(_) => "prepare",
            Self::Commit(_) => "commit",
            Self::ReportSignatures { .. } => "report_signatures",
            Self::CertifiedCommitRequest => "certified_commit_request",
            Self::CertifiedCommit(_) => "certified_commit",
        }
    }

    /// Number that keys the draws of its kind; part of every result: add, never renumber.
    pub(in crate::sim) const fn draw_key(&self) -> u32 {
        match self {
            Self::NewEpochWish => 1,
            Self::EpochStartRequest(_) => 2,
            Self::EpochStart(_) => 3,
            Self::RoundStart(_) => 4,
            Self::Observation(_) => 5,
            Self::Proposal(_) => 6,
            Self::Prepare(_) => 7,
            Self::Commit(_) => 8,
            Self::ReportSignatures { .. } => 9,
            Self::CertifiedCommitRequest => 10,
            Self::CertifiedCommit(_) => 11,
        }
    }

    /// Cause that the bytes of such a message count to.
    pub(crate) const fn cause<'b>(&self, bytes: &'b mut OcrBytes) -> &'b mut u64 {
        match self {
            Self::RoundStart(_) => &mut bytes.query,
            Self::Observation(_) => &mut bytes.observation,
            Self::Proposal(_) => &mut bytes.proposal,
            Self::Prepare(_) | Self::Commit(_) => &mut bytes.vote,
            Self::ReportSignatures { .. } => &mut bytes.report,
            Self::NewEpochWish
            | Self::EpochStartRequest(_)
            | Self::EpochStart(_)
            | Self::CertifiedCommitRequest
            | Self::CertifiedCommit(_) => &mut bytes.epoch,
        }
    }

    fn wire(&self, don: &Don<'_>, epoch: u64, seq_nr: u64) -> ocr::OcrMessage {
        let signature = || Bytes::from_static(SIGNATURE);
        let body = match self {
            Self::NewEpochWish => ocr::Body::NewEpochWish(ocr::NewEpochWish { epoch }),
            Self::EpochStartRequest(certified) => ocr::Body::EpochStartRequest(ocr::EpochStartRequest {
                epoch,
                highest_certified: Some(certified.wire(don)),
                signature: signature(),
            }),
            Self::EpochStart(certified) => ocr::Body::EpochStart(ocr::EpochStart {
                epoch,
                highest_certified: Some(certified.wire(don)),
                proof: certificate(don),
            }),
            Self::RoundStart(requests) => {
                let query = ocr::Query { requests: requests.iter().map(|request| don.key(*request)).collect() };
                let query = query.encode_to_vec().into();
                ocr::Body::RoundStart(ocr::RoundStart { epoch, seq_nr, query, signature31: Bytes::new() })
            }
            Self::Observation(observation) => ocr::Body::Observation(ocr::Observation {
                epoch,
                seq_nr,
                signed_observation: Some(signed(observation)),
            }),
            Self::Proposal(proposal) => {
                let attributed = |observation: &Rc<Observation>| ocr::AttributedSignedObservation {
                    signed_observation: Some(signed(observation)),
                    observer: observation.observer,
                };
                let attributed_signed_observations = proposal.observations.iter().map(attributed).collect();
                let signature31 = Bytes::new();
                ocr::Body::Proposal(ocr::Proposal { epoch, seq_nr, attributed_signed_observations, signature31 })
            }
            Self::Prepare(_) => ocr::Body::Prepare(ocr::Vote { epoch, seq_nr, signature: signature() }),
            Self::Commit(_) => ocr::Body::Commit(ocr::Vote { epoch, seq_nr, signature: signature() }),
            Self::ReportSignatures { over, .. } => {
                let report_signatures = vec![Bytes::from_static(REPORT_SIGNATURE); over.attested().count()];
                ocr::Body::ReportSignatures(ocr::ReportSignatures { seq_nr, report_signatures })
            }
            Self::CertifiedCommitRequest => ocr::Body::CertifiedCommitRequest(ocr::CertifiedCommitRequest { seq_nr }),
            Self::CertifiedCommit(outcome) => {
                let certified = Certified { epoch, committed: true, outcome: Rc::clone(outcome) };
                ocr::Body::CertifiedCommit(ocr::CertifiedCommit { certified: Some(certified.wire(don)) })
            }
        };
        ocr::OcrMessage { body: Some(body) }
    }
}

impl Certified {
    /// Order of what is certified: later rounds first, then commits, then later epochs.
    pub(super) fn rank(&self) -> (u64, bool, u64) {
        (self.outcome.seq_nr, self.committed, self.epoch)
    }

    fn wire(&self, don: &Don<'_>) -> ocr::Certified {
        ocr::Certified {
            epoch: self.epoch,
            seq_nr: self.outcome.seq_nr,
            outcome: self.outcome.encoded.clone(),
            quorum_certificate: certificate(don),
            committed: self.committed,
        }
    }
}

/// An observation as its node hands it to the leader.
fn signed(observation: &Observation) -> ocr::SignedObservation {
    ocr::SignedObservation { observation: observation.encoded.clone(), signature: Bytes::from_static(SIGNATURE) }
}

/// Signatures of a quorum, those of the first nodes for their length.
fn certificate(don: &Don<'_>) -> Vec<ocr::AttributedSignature> {
    let signature = Bytes::from_static(SIGNATURE);
    (0..don.quorum).map(|signer| ocr::AttributedSignature { signature: signature.clone(), signer }).collect()
}
