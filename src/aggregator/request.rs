//! The state machine of one client request.

use std::sync::Arc;

use super::config::{Config, RequestIds};
use super::rules::{Round, Step};
use super::tally::Tally;
use super::{Answer, Decision, Rejection, Verdict, Work};
use crate::wire::{ErrorCode, PeerId};

/// One workflow node's request to a capability DON.
///
/// ```
/// use std::sync::Arc;
/// # use donsim::aggregator::{Answer, Basis, ClientRequest, Config, Decision, Fresh};
/// # use donsim::aggregator::{Rejection, RequestIds, RuleSet, Verdict};
/// # use donsim::wire::{PeerId, Response};
///
/// # let peers = [1, 2, 3, 4].map(|name| PeerId([name; 32]));
/// # let config = Arc::new(Config::new(peers.to_vec(), Vec::new(), 1, RuleSet::Identical)?);
/// # let ids = Arc::new(RequestIds { workflow_execution_id: "wf-exec".into(), reference_id: "ref-1".into() });
/// let (mut request, mut late) = (ClientRequest::new(config.clone(), ids.clone()), ClientRequest::new(config, ids));
/// let answer = Answer::response(Response::default().encode());
/// let mut hear = |peer: PeerId| request.handle_message(Some(&peer.0), &answer, &mut Fresh);
/// assert_eq!(hear(peers[0]), Verdict::Taken);
/// assert_eq!(hear(peers[0]), Verdict::Rejected(Rejection::AlreadyHeard(peers[0])));
/// assert_eq!(hear(peers[1]), Verdict::Decided);
/// let Some(Decision::Success(success)) = request.decision() else { panic!("no success") };
/// assert_eq!((success.basis, &success.support[..]), (Basis::Quorum, &peers[..2]));
/// assert_eq!(request.signatures_checked(), 0);
///
/// assert_eq!((late.handle_expiry(), late.handle_expiry()), (Verdict::Decided, Verdict::Ignored));
/// assert_eq!(late.decision().and_then(Decision::error), Some("request expired by executable client"));
/// # Ok::<(), donsim::aggregator::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ClientRequest {
    config: Arc<Config>,
    ids: Arc<RequestIds>,
    heard: Vec<bool>,
    tally: Tally,
    decision: Option<Decision>,
}

impl ClientRequest {
    /// A request that nobody has answered.
    #[must_use]
    pub fn new(config: Arc<Config>, ids: Arc<RequestIds>) -> Self {
        let heard = vec![false; config.expected()];
        Self { config, ids, heard, tally: Tally::default(), decision: None }
    }

    /// Takes an answer, with its sender's id as it stood in the message (`None` when there was none).
    pub fn handle_message(&mut self, sender: Option<&[u8]>, answer: &Answer, work: &mut dyn Work) -> Verdict {
        // 1. After a decision nothing matters.
        if self.decision.is_some() {
            return Verdict::Ignored;
        }
        // 2. Who speaks? 3. From here on the peer counts as heard.
        let sender = match self.admit(sender) {
            Ok(sender) => sender,
            Err(rejection) => return Verdict::Rejected(rejection),
        };
        let rules = self.config.rule_set().rules();
        let mut round = self.round(work);
        let step = if answer.code == ErrorCode::OK {
            match round.work.open(&answer.payload) {
                // 4. What does not decode is rejected.
                Err(error) => rules.on_undecodable(&round, error),
                // 5. The rules judge.
                Ok(opened) => rules.on_response(&mut round, sender, &opened),
            }
        } else {
            rules.on_error(&mut round, answer)
        };
        self.conclude(step)
    }

    /// Ends the request for being too old, unless it is decided.
    pub fn handle_expiry(&mut self) -> Verdict {
        if self.decision.is_some() {
            return Verdict::Ignored;
        }
        self.decision = Some(Decision::Expired);
        Verdict::Decided
    }

    /// The decision, once there is one.
    #[must_use]
    pub const fn decision(&self) -> Option<&Decision> {
        self.decision.as_ref()
    }

    /// How many attestation signatures were checked for this request.
    #[must_use]
    pub const fn signatures_checked(&self) -> u64 {
        self.tally.signatures_checked
    }

    fn admit(&mut self, sender: Option<&[u8]>) -> Result<PeerId, Rejection> {
        let bytes = sender.ok_or(Rejection::NoSender)?;
        let peer = PeerId::from_slice(bytes).ok_or(Rejection::MalformedSender(bytes.len()))?;
        let at = self.config.position(peer).ok_or(Rejection::UnexpectedSender(peer))?;
        if std::mem::replace(&mut self.heard[at], true) {
            return Err(Rejection::AlreadyHeard(peer));
        }
        Ok(peer)
    }

    fn round<'a>(&'a mut self, work: &'a mut dyn Work) -> Round<'a> {
        let heard = self.heard.iter().filter(|heard| **heard).count();
        Round { config: &self.config, ids: &self.ids, heard, tally: &mut self.tally, work }
    }

    fn conclude(&mut self, step: Step) -> Verdict {
        let decision = match step {
            Step::Taken => return Verdict::Taken,
            Step::Anomaly => return Verdict::Anomaly,
            Step::Reject(rejection) => return Verdict::Rejected(rejection),
            Step::Crash(crash) => return Verdict::Crash(crash),
            Step::Succeed(success) => Decision::Success(success),
            Step::Fail(text) => Decision::Failure(text),
        };
        self.decision = Some(decision);
        Verdict::Decided
    }
}
