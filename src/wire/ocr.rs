//! The OCR3 messages between capability nodes, and what the capability's plugin puts into them.
//!
//! The original's bytes are known of the messages of a round without failures and of new-epoch wishes. The fields of epoch
//! starts and certified commits are laid out here as their contents need it: certificates are lists of attributed 64-byte
//! signatures.
//!
//! ```
//! use donsim::wire::ocr::{Body, OcrMessage, Query, RoundStart};
//! use prost::Message;
//!
//! let query = Query { requests: vec!["wf-exec:ref-1".into()] }.encode_to_vec().into();
//! let start = RoundStart { epoch: 1, seq_nr: 9, query, ..RoundStart::default() };
//! let sent = OcrMessage { body: Some(Body::RoundStart(start)) }.encode_to_vec();
//! let Some(Body::RoundStart(start)) = OcrMessage::decode(&sent[..])?.body else { panic!("no round starts") };
//! assert_eq!(Query::decode(start.query)?.requests, ["wf-exec:ref-1"]);
//! # Ok::<(), prost::DecodeError>(())
//! ```

use prost::bytes::Bytes;
use prost::{Message, Oneof};

/// The wrapper in which every OCR3 message travels.
///
/// ```
/// use donsim::wire::ocr::{AttributedSignedObservation, Body, ChainHeight, Contents, Observation, OcrMessage};
/// use donsim::wire::ocr::{Proposal, Query, ReportSignatures, RequestObservation, RoundStart, SignedObservation, Vote};
/// use prost::Message;
///
/// let size = |body: Body| OcrMessage { body: Some(body) }.encoded_len();
/// let id = String::from("wf-exec:ref-1");
/// let query = Query { requests: vec![id.clone()] }.encode_to_vec().into();
/// assert_eq!(size(Body::RoundStart(RoundStart { epoch: 1, seq_nr: 9, query, ..RoundStart::default() })), 24);
///
/// let hash = RequestObservation { observed: vec![7; 32].into(), error: String::new() };
/// let chain_height = Some(ChainHeight { latest: 30, safe: 20, finalized: 10 });
/// let contents = Contents { chain_height, requests: [(id, hash)].into(), missing_request_ids: Vec::new() };
/// let (observation, signature) = (contents.encode_to_vec().into(), vec![0; 64].into());
/// let signed = Some(SignedObservation { observation, signature });
/// let to_leader = size(Body::Observation(Observation { epoch: 1, seq_nr: 9, signed_observation: signed.clone() }));
///
/// let of = |observer| AttributedSignedObservation { signed_observation: signed.clone(), observer };
/// let attributed_signed_observations = (0..3).map(of).collect();
/// let proposal = Proposal { epoch: 1, seq_nr: 9, attributed_signed_observations, ..Proposal::default() };
/// let from_leader = OcrMessage { body: Some(Body::Proposal(proposal)) };
/// assert!(from_leader.encoded_len() > 2 * to_leader, "a proposal holds the observations of a quorum");
/// assert_eq!(OcrMessage::decode(&from_leader.encode_to_vec()[..])?, from_leader);
///
/// let vote = Vote { epoch: 1, seq_nr: 9, signature: vec![0; 64].into() };
/// assert_eq!(size(Body::Prepare(vote.clone())), size(Body::Commit(vote)));
/// let signatures = ReportSignatures { seq_nr: 9, report_signatures: vec![vec![0; 65].into()] };
/// assert_eq!(size(Body::ReportSignatures(signatures)), 72);
/// # Ok::<(), prost::DecodeError>(())
/// ```
#[derive(Clone, PartialEq, Message)]
pub struct OcrMessage {
    /// The message.
    #[prost(oneof = "Body", tags = "17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27")]
    pub body: Option<Body>,
}

/// The kinds of OCR3 messages.
///
/// ```
/// use donsim::wire::ocr::{Body, CertifiedCommitRequest, NewEpochWish, OcrMessage};
/// use prost::Message;
///
/// let encoded = |body| OcrMessage { body: Some(body) }.encode_to_vec();
/// assert_eq!(encoded(Body::NewEpochWish(NewEpochWish { epoch: 2 })), [0x8a, 1, 2, 8, 2]);
/// let request = CertifiedCommitRequest { seq_nr: 2 };
/// assert_eq!(encoded(Body::CertifiedCommitRequest(request)), [0xd2, 1, 2, 8, 2], "the field's number is the kind");
/// ```
#[derive(Clone, PartialEq, Eq, Oneof)]
pub enum Body {
    /// A node wishes for an epoch.
    #[prost(message, tag = "17")]
    NewEpochWish(NewEpochWish),
    /// A node is ready for an epoch, to its leader.
    #[prost(message, tag = "18")]
    EpochStartRequest(EpochStartRequest),
    /// The leader begins an epoch.
    #[prost(message, tag = "19")]
    EpochStart(EpochStart),
    /// The leader begins a round.
    #[prost(message, tag = "20")]
    RoundStart(RoundStart),
    /// A follower's observation, to the leader.
    #[prost(message, tag = "21")]
    Observation(Observation),
    /// All observations, from the leader.
    #[prost(message, tag = "22")]
    Proposal(Proposal),
    /// First vote.
    #[prost(message, tag = "23")]
    Prepare(Vote),
    /// Second vote.
    #[prost(message, tag = "24")]
    Commit(Vote),
    /// Signatures over the round's reports.
    #[prost(message, tag = "25")]
    ReportSignatures(ReportSignatures),
    /// A node missed a commit.
    #[prost(message, tag = "26")]
    CertifiedCommitRequest(CertifiedCommitRequest),
    /// The commit that a node missed.
    #[prost(message, tag = "27")]
    CertifiedCommit(CertifiedCommit),
}

/// New epoch wish.
///
/// ```
/// use donsim::wire::ocr::NewEpochWish;
/// use prost::Message;
///
/// assert_eq!(NewEpochWish { epoch: 300 }.encode_to_vec(), [8, 0xac, 2]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct NewEpochWish {
    /// The epoch wished for.
    #[prost(uint64, tag = "1")]
    pub epoch: u64,
}

/// Round start.
///
/// ```
/// use donsim::wire::ocr::RoundStart;
/// use prost::Message;
///
/// let start = RoundStart { epoch: 1, seq_nr: 9, ..RoundStart::default() };
/// assert_eq!(start.encode_to_vec(), [8, 1, 16, 9], "an idle round of OCR 3.0");
/// let signed = RoundStart { signature31: vec![0; 64].into(), ..start };
/// assert_eq!(signed.encoded_len(), 4 + 66, "and of OCR 3.1");
/// ```
#[derive(Clone, PartialEq, Eq, Message)]
pub struct RoundStart {
    /// Epoch.
    #[prost(uint64, tag = "1")]
    pub epoch: u64,
    /// Sequence number.
    #[prost(uint64, tag = "2")]
    pub seq_nr: u64,
    /// The request ids.
    #[prost(bytes = "bytes", tag = "3")]
    pub query: Bytes,
    /// ed25519 of OCR 3.1; OCR 3.0 sends none.
    #[prost(bytes = "bytes", tag = "4")]
    pub signature31: Bytes,
}

/// Observation.
///
/// ```
/// use donsim::wire::ocr::{Observation, SignedObservation};
/// use prost::Message;
///
/// let signed = SignedObservation { observation: b"seen".as_slice().into(), signature: vec![0; 64].into() };
/// let sent = Observation { epoch: 1, seq_nr: 9, signed_observation: Some(signed) };
/// let received = Observation::decode(&sent.encode_to_vec()[..])?;
/// assert_eq!(received.signed_observation.map(|signed| signed.observation), Some(b"seen".as_slice().into()));
/// # Ok::<(), prost::DecodeError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Observation {
    /// Epoch.
    #[prost(uint64, tag = "1")]
    pub epoch: u64,
    /// Sequence number.
    #[prost(uint64, tag = "2")]
    pub seq_nr: u64,
    /// The observation with its signature.
    #[prost(message, optional, tag = "3")]
    pub signed_observation: Option<SignedObservation>,
}

/// An observation under its observer's signature.
///
/// ```
/// use donsim::wire::ocr::SignedObservation;
/// use prost::Message;
///
/// let signed = SignedObservation { observation: vec![7; 32].into(), signature: vec![0; 64].into() };
/// assert_eq!(signed.encoded_len(), (2 + 32) + (2 + 64));
/// ```
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SignedObservation {
    /// The encoded observation.
    #[prost(bytes = "bytes", tag = "1")]
    pub observation: Bytes,
    /// ed25519, 64 bytes.
    #[prost(bytes = "bytes", tag = "2")]
    pub signature: Bytes,
}

/// A signed observation and its observer.
///
/// ```
/// use donsim::wire::ocr::AttributedSignedObservation;
/// use prost::Message;
///
/// let of = |observer| AttributedSignedObservation { signed_observation: None, observer }.encode_to_vec();
/// assert_eq!((of(0), of(3)), (vec![], vec![16, 3]), "of the first node the index takes no bytes");
/// ```
#[derive(Clone, PartialEq, Eq, Message)]
pub struct AttributedSignedObservation {
    /// The observation.
    #[prost(message, optional, tag = "1")]
    pub signed_observation: Option<SignedObservation>,
    /// Index of the observer.
    #[prost(uint32, tag = "2")]
    pub observer: u32,
}

/// Proposal.
///
/// ```
/// use donsim::wire::ocr::{AttributedSignedObservation, Proposal};
/// use prost::Message;
///
/// let of = |observer| AttributedSignedObservation { signed_observation: None, observer };
/// let attributed_signed_observations = [0, 2, 3].map(of).to_vec();
/// let proposal = Proposal { epoch: 1, seq_nr: 9, attributed_signed_observations, ..Proposal::default() };
/// let received = Proposal::decode(&proposal.encode_to_vec()[..])?;
/// assert!(received.attributed_signed_observations.iter().map(|it| it.observer).eq([0, 2, 3]));
/// # Ok::<(), prost::DecodeError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Proposal {
    /// Epoch.
    #[prost(uint64, tag = "1")]
    pub epoch: u64,
    /// Sequence number.
    #[prost(uint64, tag = "2")]
    pub seq_nr: u64,
    /// Every observation that the leader collected.
    #[prost(message, repeated, tag = "3")]
    pub attributed_signed_observations: Vec<AttributedSignedObservation>,
    /// ed25519 of OCR 3.1.
    #[prost(bytes = "bytes", tag = "4")]
    pub signature31: Bytes,
}

/// Prepare or commit.
///
/// ```
/// use donsim::wire::ocr::{Body, OcrMessage, Vote};
/// use prost::Message;
///
/// let vote = Vote { epoch: 1, seq_nr: 9, signature: vec![0; 64].into() };
/// let [prepare, commit] =
///     [Body::Prepare(vote.clone()), Body::Commit(vote)].map(|body| OcrMessage { body: Some(body) }.encode_to_vec());
/// assert!(prepare[0] != commit[0] && prepare[1..] == commit[1..], "only the field's number tells them apart");
/// ```
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Vote {
    /// Epoch.
    #[prost(uint64, tag = "1")]
    pub epoch: u64,
    /// Sequence number.
    #[prost(uint64, tag = "2")]
    pub seq_nr: u64,
    /// ed25519, 64 bytes.
    #[prost(bytes = "bytes", tag = "3")]
    pub signature: Bytes,
}

/// Report signatures.
///
/// ```
/// use donsim::wire::ocr::ReportSignatures;
/// use prost::Message;
///
/// let report_signatures = |reports| vec![vec![0; 65].into(); reports];
/// let of = |reports| ReportSignatures { seq_nr: 9, report_signatures: report_signatures(reports) }.encoded_len();
/// assert_eq!([of(0), of(1), of(2)], [2, 2 + 67, 2 + 2 * 67]);
/// ```
#[derive(Clone, PartialEq, Eq, Message)]
pub struct ReportSignatures {
    /// Sequence number.
    #[prost(uint64, tag = "1")]
    pub seq_nr: u64,
    /// One 65-byte signature a report.
    #[prost(bytes = "bytes", repeated, tag = "2")]
    pub report_signatures: Vec<Bytes>,
}

/// Epoch start request.
///
/// ```
/// use donsim::wire::ocr::{Certified, EpochStartRequest};
/// use prost::Message;
///
/// let request = EpochStartRequest { epoch: 2, ..EpochStartRequest::default() };
/// assert_eq!(request.encode_to_vec(), [8, 2], "nothing is certified yet");
/// let highest_certified = Some(Certified { epoch: 1, seq_nr: 9, ..Certified::default() });
/// assert_eq!(EpochStartRequest { highest_certified, ..request }.encode_to_vec(), [8, 2, 18, 4, 8, 1, 16, 9]);
/// ```
#[derive(Clone, PartialEq, Eq, Message)]
pub struct EpochStartRequest {
    /// Epoch.
    #[prost(uint64, tag = "1")]
    pub epoch: u64,
    /// Highest outcome that a quorum has prepared or committed, as far as the node knows.
    #[prost(message, optional, tag = "2")]
    pub highest_certified: Option<Certified>,
    /// ed25519, 64 bytes.
    #[prost(bytes = "bytes", tag = "3")]
    pub signature: Bytes,
}

/// Epoch start.
///
/// ```
/// use donsim::wire::ocr::{AttributedSignature, Certified, CertifiedCommit, CertifiedCommitRequest};
/// use donsim::wire::ocr::{EpochStart, EpochStartRequest, NewEpochWish};
/// use prost::Message;
///
/// let signed_by = |signer| AttributedSignature { signature: vec![0; 64].into(), signer };
/// let quorum_certificate: Vec<_> = (1..=3).map(signed_by).collect();
/// let certified =
///     Certified { epoch: 1, seq_nr: 9, quorum_certificate: quorum_certificate.clone(), ..Certified::default() };
/// let request = EpochStartRequest { epoch: 2, highest_certified: Some(certified), signature: vec![0; 64].into() };
/// let start =
///     EpochStart { epoch: 2, highest_certified: request.highest_certified.clone(), proof: quorum_certificate };
/// assert_eq!(NewEpochWish { epoch: 2 }.encoded_len(), 2);
/// assert_eq!(start.encoded_len() - request.encoded_len(), 3 * 70 - 66, "the proof instead of a signature");
///
/// let missed = CertifiedCommitRequest { seq_nr: 9 };
/// let commit = CertifiedCommit { certified: request.highest_certified };
/// assert_eq!(commit.certified.map(|certified| certified.seq_nr), Some(missed.seq_nr));
/// ```
#[derive(Clone, PartialEq, Eq, Message)]
pub struct EpochStart {
    /// Epoch.
    #[prost(uint64, tag = "1")]
    pub epoch: u64,
    /// The highest of a quorum of requests.
    #[prost(message, optional, tag = "2")]
    pub highest_certified: Option<Certified>,
    /// Signatures of that quorum's requests.
    #[prost(message, repeated, tag = "3")]
    pub proof: Vec<AttributedSignature>,
}

/// An outcome and the quorum that prepared or committed it.
///
/// ```
/// use donsim::wire::ocr::Certified;
/// use prost::Message;
///
/// let prepared = Certified { epoch: 1, seq_nr: 9, outcome: b"x".as_slice().into(), ..Certified::default() };
/// let committed = Certified { committed: true, ..prepared.clone() };
/// assert_eq!(committed.encode_to_vec(), [&prepared.encode_to_vec()[..], &[40, 1]].concat());
/// ```
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Certified {
    /// Epoch in which it was.
    #[prost(uint64, tag = "1")]
    pub epoch: u64,
    /// Sequence number.
    #[prost(uint64, tag = "2")]
    pub seq_nr: u64,
    /// The encoded outcome.
    #[prost(bytes = "bytes", tag = "3")]
    pub outcome: Bytes,
    /// Votes of the quorum.
    #[prost(message, repeated, tag = "4")]
    pub quorum_certificate: Vec<AttributedSignature>,
    /// Whether it is committed; prepared otherwise.
    #[prost(bool, tag = "5")]
    pub committed: bool,
}

/// An ed25519 signature and whose it is.
///
/// ```
/// use donsim::wire::ocr::AttributedSignature;
/// use prost::Message;
///
/// let AttributedSignature { signature, signer } = AttributedSignature::decode(b"\x0a\x02xy\x10\x03".as_slice())?;
/// assert_eq!((&signature[..], signer), (b"xy".as_slice(), 3));
/// # Ok::<(), prost::DecodeError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Message)]
pub struct AttributedSignature {
    /// ed25519, 64 bytes.
    #[prost(bytes = "bytes", tag = "1")]
    pub signature: Bytes,
    /// Index of the signer.
    #[prost(uint32, tag = "2")]
    pub signer: u32,
}

/// Certified commit request.
///
/// ```
/// use donsim::wire::ocr::CertifiedCommitRequest;
/// use prost::Message;
///
/// assert_eq!(CertifiedCommitRequest::decode([8, 9].as_slice())?, CertifiedCommitRequest { seq_nr: 9 });
/// # Ok::<(), prost::DecodeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct CertifiedCommitRequest {
    /// Sequence number.
    #[prost(uint64, tag = "1")]
    pub seq_nr: u64,
}

/// Certified commit.
///
/// ```
/// use donsim::wire::ocr::{Certified, CertifiedCommit};
/// use prost::Message;
///
/// let certified = Some(Certified { seq_nr: 9, committed: true, ..Certified::default() });
/// assert_eq!(CertifiedCommit { certified }.encode_to_vec(), [10, 4, 16, 9, 40, 1]);
/// ```
#[derive(Clone, PartialEq, Eq, Message)]
pub struct CertifiedCommit {
    /// The commit.
    #[prost(message, optional, tag = "1")]
    pub certified: Option<Certified>,
}

/// Query of a round, written by the plugin: the requests that it is about.
///
/// ```
/// use donsim::wire::ocr::Query;
/// use prost::Message;
///
/// assert_eq!(Query { requests: vec!["a:b".into(), "a:c".into()] }.encode_to_vec(), b"\x0a\x03a:b\x0a\x03a:c");
/// ```
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Query {
    /// `<execution id>:<reference id>` of each.
    #[prost(string, repeated, tag = "1")]
    pub requests: Vec<String>,
}

/// Observation, or outcome, written by the plugin.
///
/// ```
/// use donsim::wire::ocr::{Contents, RequestObservation};
/// use prost::Message;
///
/// let seen = RequestObservation { observed: vec![7; 32].into(), error: String::new() };
/// let contents = |first: &str, second: &str| {
///     let requests = [(first.to_owned(), seen.clone()), (second.to_owned(), seen.clone())].into();
///     Contents { requests, ..Contents::default() }.encode_to_vec()
/// };
/// assert_eq!(contents("a:b", "a:c"), contents("a:c", "a:b"), "nodes that saw the same write the same bytes");
/// ```
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Contents {
    /// Heights of the chain.
    #[prost(message, optional, tag = "1")]
    pub chain_height: Option<ChainHeight>,
    /// By `<execution id>:<reference id>`.
    #[prost(btree_map = "string, message", tag = "2")]
    pub requests: std::collections::BTreeMap<String, RequestObservation>,
    /// Requests that the node executes and has no observation of.
    #[prost(string, repeated, tag = "3")]
    pub missing_request_ids: Vec<String>,
}

/// Heights of the chain: latest, safe, finalized.
///
/// ```
/// use donsim::wire::ocr::ChainHeight;
/// use prost::Message;
///
/// let height = ChainHeight { latest: 30, safe: 20, finalized: 10 };
/// assert_eq!(height.encode_to_vec(), [8, 30, 16, 20, 24, 10]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct ChainHeight {
    /// Latest block.
    #[prost(int64, tag = "1")]
    pub latest: i64,
    /// Safe block.
    #[prost(int64, tag = "2")]
    pub safe: i64,
    /// Finalized block.
    #[prost(int64, tag = "3")]
    pub finalized: i64,
}

/// Observation of one request.
///
/// ```
/// use donsim::wire::ocr::RequestObservation;
/// use prost::Message;
///
/// let failed = RequestObservation { error: "reverted".into(), ..RequestObservation::default() };
/// assert_eq!(failed.encode_to_vec(), b"\x12\x08reverted", "an error alone, and no hash");
/// ```
#[derive(Clone, PartialEq, Eq, Message)]
pub struct RequestObservation {
    /// Hash of the response, or the response's payload.
    #[prost(bytes = "bytes", tag = "1")]
    pub observed: Bytes,
    /// Text of the error that the execution ended with.
    #[prost(string, tag = "2")]
    pub error: String,
}
