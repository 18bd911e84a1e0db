//! What one replicate came to.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use crate::engine::{Span, Time};

use super::failure_cause::FailureCause;

/// The outcome of one replicate.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::{Bytes, OcrBytes, ReplicateCache, RequestFacts, Uplink, simulate};
///
/// let text = "schema = 1\ncapability_don.ocr = \"round\"\n".to_owned();
/// let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// let replicate = simulate(&setup, 0, &mut ReplicateCache::new(setup.run.seed));
/// let RequestFacts { holders, epochs, reported } = replicate.requests[0];
/// assert_eq!((holders, epochs, reported), (setup.capability_don.nodes, Some(1), Some(true)));
/// let OcrBytes { proposal, observation, .. } = replicate.ocr;
/// assert!(proposal > observation && proposal + observation < replicate.ocr.total());
/// let Bytes { request, .. } = replicate.rows[0].bytes;
/// assert!(request + replicate.rows[0].bytes.answers() < replicate.rows[0].bytes.total(), "envelopes of requests");
/// let Uplink { total, peak, .. } = replicate.uplink;
/// assert!(replicate.uplink.mean() <= peak && peak <= total);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replicate {
    /// One row a request and workflow node, by request, then node.
    pub rows: Vec<Row>,
    /// One entry per fault of the setup.
    pub faults: Vec<FaultReport>,
    /// Messages that each partition of the setup stopped.
    pub partitions: Vec<u64>,
    /// Messages that each cut of the setup stopped.
    pub cuts: Vec<u64>,
    /// One entry per request.
    pub requests: Vec<RequestFacts>,
    /// Bytes of the capability DON's rounds; all zero without rounds.
    pub ocr: OcrBytes,
    /// Epochs that began in the replicate; 0 without rounds.
    pub epochs: u64,
    /// The busiest uplink.
    pub uplink: Uplink,
}

/// How a request went in the capability DON.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::{ReplicateCache, RequestFacts, simulate};
///
/// let setup = Scenario::parse("mine.toml".as_ref(), "schema = 1\n".to_owned(), &[])?.cell(0).setup;
/// let replicate = simulate(&setup, 0, &mut ReplicateCache::new(setup.run.seed));
/// let without_rounds = RequestFacts { holders: 6, epochs: None, reported: None };
/// assert_eq!(replicate.requests, [without_rounds], "`F + 1` of 16 nodes hold the payload");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestFacts {
    /// Nodes that hold the agreed payload; with rounds only those that have its report.
    pub holders: u32,
    /// Epochs that had begun by the first report, or agreement on an error; `None` without either, and without rounds.
    pub epochs: Option<u64>,
    /// Whether that was within `F + 1` epochs; `None` without rounds.
    pub reported: Option<bool>,
}

impl Replicate {
    /// Mean time to a decision of honest workflow nodes in us; 0 where none was made.
    pub(crate) fn mean_wait(&self) -> u64 {
        let honest = self.rows.iter().filter(|row| row.outcome != Outcome::Byzantine);
        let (sum, count) = honest
            .filter_map(|row| row.decided)
            .fold((0, 0), |(sum, count), wait| (sum + u128::from(wait.as_nanos()), count + 1));
        u64::try_from(sum / (1_000 * count.max(1))).unwrap_or(u64::MAX)
    }
}

/// Bytes of OCR3 messages by cause, with the transport's frames; every byte is in exactly one.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::{OcrBytes, ReplicateCache, simulate};
///
/// let text = "schema = 1\ncapability_don.ocr = \"round\"\n".to_owned();
/// let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// let ocr = simulate(&setup, 0, &mut ReplicateCache::new(setup.run.seed)).ocr;
/// let OcrBytes { query, observation, proposal, vote, report, epoch } = ocr;
/// assert!(epoch == 0 && proposal > observation && query < observation, "no epoch changes");
/// assert_eq!(ocr.total(), query + observation + proposal + vote + report);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OcrBytes {
    /// Round starts with their queries.
    pub query: u64,
    /// Observations, to the leader.
    pub observation: u64,
    /// Proposals, to all.
    pub proposal: u64,
    /// Prepares and commits.
    pub vote: u64,
    /// Signatures over reports.
    pub report: u64,
    /// All else: epochs, and commits that were missed.
    pub epoch: u64,
}

impl OcrBytes {
    /// All of them.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.query + self.observation + self.proposal + self.vote + self.report + self.epoch
    }
}

const SECOND: u64 = 1_000_000_000;

/// Load of one uplink in a replicate.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::{ReplicateCache, Uplink, simulate};
///
/// let setup = Scenario::parse("mine.toml".as_ref(), "schema = 1\n".to_owned(), &[])?.cell(0).setup;
/// let replicate = simulate(&setup, 0, &mut ReplicateCache::new(setup.run.seed));
/// let all: u64 = replicate.rows.iter().map(|row| row.bytes.total()).sum();
/// let Uplink { total, peak, .. } = replicate.uplink;
/// assert!(total > all / 20 && total < all && peak <= total, "the busiest of 20 nodes");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uplink {
    /// Bytes that were handed to it.
    pub total: u64,
    /// Most bytes that were handed to it in one second, seconds counted from its first byte.
    pub peak: u64,
    /// From the first byte to the last.
    pub span: Span,
    first: Option<Time>,
    second: u64,
    in_second: u64,
}

impl Uplink {
    /// Bytes a second over all seconds from that of the first byte to that of the last; never above the peak.
    #[must_use]
    pub const fn mean(&self) -> u64 {
        self.total / (self.span.as_nanos() / SECOND + 1)
    }

    pub(super) fn add(&mut self, now: Time, bytes: u64) {
        self.span = now.since(*self.first.get_or_insert(now));
        let second = self.span.as_nanos() / SECOND;
        if second != self.second {
            (self.second, self.in_second) = (second, 0);
        }
        self.in_second += bytes;
        self.peak = self.peak.max(self.in_second);
        self.total += bytes;
    }
}

/// How one request ended at one workflow node, and what it cost there.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::{Outcome, ReplicateCache, Row, simulate};
///
/// let text = "schema = 1\nnetwork.response.loss = 1\n".to_owned();
/// let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// let replicate = simulate(&setup, 0, &mut ReplicateCache::new(setup.run.seed));
/// let Row { outcome, latency, error, served, .. } = &replicate.rows[3];
/// assert_eq!((*outcome, *latency, *served), (Outcome::Expired, None, false));
/// assert_eq!(error, "request expired by executable client");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The request's number in its replicate.
    pub request: u32,
    /// The workflow node.
    pub workflow_node: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// From the node's first send to its acceptance; `None` without one.
    pub latency: Option<Span>,
    /// From the node's first send to its decision, whatever it was; `None` without one.
    pub decided: Option<Span>,
    /// The text of the error that ended it; empty without one.
    pub error: String,
    /// Whether enough workflow nodes accepted the request.
    pub served: bool,
    /// Whether two honest workflow nodes accepted different bytes for the request.
    pub disagreement: bool,
    /// When and why success became impossible; `None` for a request that was accepted, rightly or before it was lost.
    pub unreachable: Option<Unreachable>,
    /// What could have come of the request, whatever the order of the answers.
    pub judgement: Judgement,
    /// How the aggregator went against its rules, if it did: an error in the aggregator.
    pub breach: Option<Breach>,
    /// Bytes that left an uplink to or from this node for this request.
    pub bytes: Bytes,
    /// Attestation signatures that this node checked.
    pub signatures_verified: u64,
}

/// When and why success became impossible.
///
/// ```
/// use donsim::engine::Span;
/// use donsim::scenario::Scenario;
/// use donsim::sim::{FailureCause, Judgement, ReplicateCache, Row, Unreachable, simulate};
///
/// let text = "schema = 1\ncapability_don.payload_holders = 0\n".to_owned();
/// let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// let replicate = simulate(&setup, 0, &mut ReplicateCache::new(setup.run.seed));
/// let Row { unreachable: Some(Unreachable { cause, after }), judgement, .. } = replicate.rows[0] else { panic!() };
/// assert_eq!((cause, after), (FailureCause::TOO_FEW_HOLDERS, Span::ZERO));
/// assert!(judgement == Judgement::CouldNot && judgement.name() == "could_not");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreachable {
    /// Why.
    pub cause: FailureCause,
    /// How long after the node's first send; zero when it was so before.
    pub after: Span,
}

/// Judgement of a request at a workflow node.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::{Judgement, ReplicateCache, simulate};
///
/// let judgement = |holders: u32| {
///     let text = format!("schema = 1\ncapability_don.payload_holders = {holders}\n");
///     let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
///     Ok::<_, Box<dyn std::error::Error>>(
///         simulate(&setup, 0, &mut ReplicateCache::new(setup.run.seed)).rows[0].judgement,
///     )
/// };
/// assert_eq!((judgement(1)?, judgement(0)?), (Judgement::HadToSucceed, Judgement::CouldNot));
/// assert_eq!(Judgement::HadToSucceed.name(), "had_to_succeed");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Judgement {
    /// Every order of the answers makes it succeed.
    HadToSucceed,
    /// No order does.
    CouldNot,
    /// It depended on the order, or the oracle cannot tell.
    Depended,
}

impl Judgement {
    /// Its name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::HadToSucceed => "had_to_succeed",
            Self::CouldNot => "could_not",
            Self::Depended => "depended",
        }
    }
}

/// How an aggregator went against its rule set: an error in the aggregator, whatever nodes and network did.
///
/// ```
/// use std::sync::Arc;
/// use donsim::aggregator::{ClientRequest, Config, RuleSet};
/// use donsim::scenario::Scenario;
/// use donsim::sim::{Aggregator, AggregatorFactory, Breach, Opening, ReplicateCache, simulate_with};
///
/// /// Believes whoever comes first.
/// struct Gullible;
///
/// impl AggregatorFactory for Gullible {
///     fn open(&self, Opening { config, ids, .. }: &Opening<'_>) -> Box<dyn Aggregator> {
///         let (peers, signers) = (config.peers().collect(), config.signers().to_vec());
///         let config = Config::new(peers, signers, 0, RuleSet::Identical).expect("`F` below `N`");
///         Box::new(ClientRequest::new(Arc::new(config), Arc::clone(ids)))
///     }
/// }
///
/// let text = "schema = 1\naggregator.rule_set = \"identical\"\ncapability_don.payload_holders = \"all\"\n".to_owned();
/// let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// let replicate = simulate_with(&setup, 0, &mut ReplicateCache::new(setup.run.seed), &Gullible, None);
/// assert!(replicate.rows.iter().all(|row| row.breach == Some(Breach::AcceptedUnproven)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Breach {
    /// It heard a right answer that proves itself, or enough equal ones, and did not accept.
    DidNotAccept,
    /// It accepted a response that neither a valid attestation nor enough equal ones vouch for.
    AcceptedUnproven,
}

/// How a request ended at a workflow node.
///
/// ```
/// use donsim::sim::Outcome;
///
/// let right = Outcome::ALL.into_iter().filter(|outcome| outcome.is_right()).map(Outcome::name);
/// assert!(right.eq(["accepted", "accepted_tainted"]));
/// assert!(!Outcome::ALL.contains(&Outcome::Byzantine), "what a faulty node makes of a request counts for nothing");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Outcome {
    /// Payload, type and value map are what honest nodes produced.
    Accepted,
    /// Those are right, metering or `capdon_n` are not.
    AcceptedTainted,
    /// Something else was accepted: safety is violated.
    AcceptedWrong,
    /// It ended with an error.
    Failed,
    /// There was no decision by the deadline.
    Expired,
    /// A message crashed the node.
    Crashed,
    /// OCR found nothing that enough nodes observed, and the request expired.
    NoAgreement,
    /// The workflow node is faulty itself: what it makes of the request counts for nothing, only its bytes do.
    Byzantine,
}

impl Outcome {
    /// Every outcome at an honest workflow node.
    pub const ALL: [Self; 7] = [
        Self::Accepted,
        Self::AcceptedTainted,
        Self::AcceptedWrong,
        Self::Failed,
        Self::Expired,
        Self::Crashed,
        Self::NoAgreement,
    ];

    /// Its name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::AcceptedTainted => "accepted_tainted",
            Self::AcceptedWrong => "accepted_wrong",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Crashed => "crashed",
            Self::NoAgreement => "no_agreement",
            Self::Byzantine => "byzantine",
        }
    }

    /// Whether the caller has the right payload.
    #[must_use]
    pub const fn is_right(self) -> bool {
        matches!(self, Self::Accepted | Self::AcceptedTainted)
    }
}

/// Bytes by cause; every byte that left an uplink is in exactly one.
///
/// ```
/// use donsim::sim::Bytes;
///
/// let mut bytes = Bytes { request: 300, envelope: 100, ..Bytes::default() };
/// bytes += Bytes { response: 1000, envelope: 90, answer_envelope: 90, ..Bytes::default() };
/// assert_eq!((bytes.total(), bytes.answers()), (1490, 1090), "envelopes of answers are within those of all");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bytes {
    /// Encoded `CapabilityRequest`s.
    pub request: u64,
    /// Encoded responses that the decision rests on, without their attestations.
    pub response: u64,
    /// Encoded responses that no decision needed: late, lost, superfluous or wrong.
    pub duplicate_payload: u64,
    /// Attestations.
    pub attestation: u64,
    /// Codes and texts of errors, payload-not-available included.
    pub error: u64,
    /// Messages about who sends the payload, whole.
    pub coordination: u64,
    /// All else: envelopes and transport frames.
    pub envelope: u64,
    /// What of `envelope` belongs to answers; counted there.
    pub answer_envelope: u64,
}

impl Bytes {
    /// All of them.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.request
            + self.response
            + self.duplicate_payload
            + self.attestation
            + self.error
            + self.coordination
            + self.envelope
    }

    /// All that answering takes: payloads, attestations and errors with envelopes and frames, and the words about who sends
    /// the payload.
    #[must_use]
    pub const fn answers(&self) -> u64 {
        self.response
            + self.duplicate_payload
            + self.attestation
            + self.error
            + self.coordination
            + self.answer_envelope
    }
}

impl AddAssign for Bytes {
    fn add_assign(&mut self, other: Self) {
        self.request += other.request;
        self.response += other.response;
        self.duplicate_payload += other.duplicate_payload;
        self.attestation += other.attestation;
        self.error += other.error;
        self.coordination += other.coordination;
        self.envelope += other.envelope;
        self.answer_envelope += other.answer_envelope;
    }
}

/// What a fault did in a replicate.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::{FaultReport, ReplicateCache, simulate};
///
/// let faults = "faults.silent = [{ nodes = 3, holders = 3 }]";
/// let text = format!("schema = 1\ncapability_don.payload_holders = 2\n{faults}\n");
/// let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// let replicate = simulate(&setup, 0, &mut ReplicateCache::new(setup.run.seed));
/// let two_of_three = FaultReport { fired: 2 * 4, holder_shortfall: 1 };
/// assert_eq!(replicate.faults, [two_of_three], "two holders keep silent towards four callers");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultReport {
    /// How often it acted.
    pub fired: u64,
    /// Holders that it asked for and that were not there.
    pub holder_shortfall: u64,
}

impl AddAssign for FaultReport {
    fn add_assign(&mut self, other: Self) {
        self.fired += other.fired;
        self.holder_shortfall += other.holder_shortfall;
    }
}
