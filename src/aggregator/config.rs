//! Knowledge of a client request before the first message.
//!
//! One of the two circles of the house: a [`Config`] names its [`RuleSet`], and a rule set judges by the configuration.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use thiserror::Error;

use super::RuleSet;
use crate::wire::PeerId;

/// The DON that is asked, as a client request sees it; shared by all requests to it.
///
/// ```
/// use donsim::aggregator::{Config, ConfigError, RuleSet};
/// use donsim::wire::PeerId;
///
/// let (peers, signers) = ([1, 2, 3, 4].map(|name| PeerId([name; 32])), vec![vec![0; 20]; 4]);
/// let config = Config::new(peers.to_vec(), signers.clone(), 1, RuleSet::Hardened)?.with_type_url("a.Reply");
/// assert!(config.peers().eq(peers) && config.signers() == signers && config.rule_set() == RuleSet::Hardened);
/// assert_eq!((config.expected(), config.fault_bound(), config.required()), (4, 1, 2));
/// assert_eq!(config.clone().with_min_responses(3)?.required(), 3);
/// let error = config.with_min_responses(1).expect_err("a liar alone would decide");
/// assert_eq!(error, ConfigError::MinResponses { min_responses: 1, low: 2, high: 4 });
/// # Ok::<(), ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    peers: BTreeMap<PeerId, usize>,
    /// Their printed ids, by position, once they are needed: printing takes a microsecond.
    names: Vec<OnceLock<String>>,
    signers: Vec<Vec<u8>>,
    f: usize,
    required: usize,
    rule_set: RuleSet,
    type_url: String,
}

/// The ids of one request, both part of what is attested.
///
/// ```
/// use donsim::aggregator::RequestIds;
/// use donsim::wire::request_id;
///
/// let ids = RequestIds { workflow_execution_id: "wf-exec".into(), reference_id: "ref-1".into() };
/// assert_eq!(request_id(&ids.workflow_execution_id, &ids.reference_id), "Execute:wf-exec:ref-1");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestIds {
    /// Execution of the workflow.
    pub workflow_execution_id: String,
    /// Step of the workflow.
    pub reference_id: String,
}

/// Why there can be no such aggregator.
///
/// ```
/// use donsim::aggregator::{Config, ConfigError, RuleSet};
/// use donsim::wire::PeerId;
///
/// let peer = PeerId([1; 32]);
/// let refused = |peers| Config::new(peers, Vec::new(), 1, RuleSet::Attested).expect_err("no such aggregator");
/// assert_eq!(refused(vec![peer]), ConfigError::FaultBound { f: 1, n: 1 });
/// assert_eq!(refused(vec![peer, peer]), ConfigError::RepeatedPeer(peer));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// `F` is not below `N`.
    #[error("F = {f} must be below N = {n}")]
    FaultBound {
        /// The bound.
        f: usize,
        /// The peers.
        n: usize,
    },
    /// A peer stands in the list twice.
    #[error("peer {0} is listed twice")]
    RepeatedPeer(PeerId),
    /// `min_responses` outside `F + 1 ..= N`.
    #[error("min_responses = {min_responses} must lie from F + 1 = {low} to N = {high}")]
    MinResponses {
        /// What was asked for.
        min_responses: usize,
        /// `F + 1`.
        low: usize,
        /// `N`.
        high: usize,
    },
}

impl Config {
    /// Expects answers of `peers`, at most `f` of them Byzantine, with the attestations of `signers` (addresses by
    /// signer index; one of another length than 20 bytes matches nothing). Requires `F + 1` confirmations.
    ///
    /// # Errors
    /// When `f` is not below the number of peers, or a peer is listed twice.
    pub fn new(peers: Vec<PeerId>, signers: Vec<Vec<u8>>, f: usize, rule_set: RuleSet) -> Result<Self, ConfigError> {
        let n = peers.len();
        if f >= n {
            return Err(ConfigError::FaultBound { f, n });
        }
        let mut index = BTreeMap::new();
        for (at, peer) in peers.into_iter().enumerate() {
            if index.insert(peer, at).is_some() {
                return Err(ConfigError::RepeatedPeer(peer));
            }
        }
        Ok(Self {
            peers: index,
            names: vec![OnceLock::new(); n],
            signers,
            f,
            required: f + 1,
            rule_set,
            type_url: String::new(),
        })
    }

    /// The same with more confirmations; attestations are then only accepted when `min_responses` is `F + 1`.
    ///
    /// # Errors
    /// When `min_responses` is not within `F + 1 ..= N`.
    pub fn with_min_responses(self, min_responses: usize) -> Result<Self, ConfigError> {
        let (low, high) = (self.f + 1, self.peers.len());
        if (low..=high).contains(&min_responses) {
            Ok(Self { required: min_responses, ..self })
        } else {
            Err(ConfigError::MinResponses { min_responses, low, high })
        }
    }

    /// The same with the type of an attested payload, which its attestation does not cover: `hardened` takes it from here
    /// and not from the sender. Empty unless said.
    #[must_use]
    pub fn with_type_url(self, type_url: impl Into<String>) -> Self {
        Self { type_url: type_url.into(), ..self }
    }

    /// The expected peers, in the order of their ids.
    pub fn peers(&self) -> impl Iterator<Item = PeerId> {
        self.peers.keys().copied()
    }

    /// Signer addresses by index.
    #[must_use]
    pub fn signers(&self) -> &[Vec<u8>] {
        &self.signers
    }

    /// `F`: at most so many peers are Byzantine.
    #[must_use]
    pub const fn fault_bound(&self) -> usize {
        self.f
    }

    /// `N`: how many peers are expected to answer.
    #[must_use]
    pub fn expected(&self) -> usize {
        self.peers.len()
    }

    /// `R`: how many confirmations decide.
    #[must_use]
    pub const fn required(&self) -> usize {
        self.required
    }

    /// The rule set.
    #[must_use]
    pub const fn rule_set(&self) -> RuleSet {
        self.rule_set
    }

    /// Type of an attested payload.
    pub(super) fn type_url(&self) -> &str {
        &self.type_url
    }

    pub(super) fn position(&self, peer: PeerId) -> Option<usize> {
        self.peers.get(&peer).copied()
    }

    /// The printed id of a peer.
    pub(super) fn name(&self, peer: PeerId) -> String {
        let known = self.position(peer).map(|at| self.names[at].get_or_init(|| peer.to_string()).clone());
        known.unwrap_or_else(|| peer.to_string())
    }

    /// Whether one attestation may stand for the required confirmations.
    pub(super) const fn attestation_suffices(&self) -> bool {
        self.required == self.f + 1
    }
}
