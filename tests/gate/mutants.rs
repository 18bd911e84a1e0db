//! Deliberately broken aggregators: a gate that lets one of them pass is no gate.
//!
//! Each is the real aggregator with one thing bent, in what it is told, in how it counts or in how it checks.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use donsim::aggregator::{Answer, Basis, ClientRequest, Config, Decision, Opened, Rejection, Success, Verdict, Work};
use donsim::attestation::Report;
use donsim::sim::{Aggregator, AggregatorFactory, Opening};
use donsim::wire::{AttributedSignature, DecodeError, ErrorCode, PAYLOAD_NOT_AVAILABLE, PeerId, Rope};

/// What is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    /// Requires one confirmation too few.
    AcceptsOneTooFew,
    /// Is content with any first response.
    AcceptsTheFirst,
    /// Counts a peer as often as it speaks.
    CountsAPeerTwice,
    /// Takes any signature for good.
    AcceptsAnySignature,
    /// Takes a signature of any signer, whatever index it names.
    IgnoresTheSignerIndex,
    /// Looks at the first `R` signatures only.
    IgnoresSurplusSignatures,
    /// Counts a repeated signer for two.
    AcceptsARepeatedSigner,
    /// Is content with one signature.
    AcceptsTooFewSignatures,
    /// Refuses signatures with a high `s`.
    RefusesHighS,
    /// Takes a payload-not-available answer for a failure.
    FailsOnMissingPayloads,
    /// Waits forever.
    NeverExpires,
    /// Checks an attestation against any payload of the same request.
    AcceptsAStolenAttestation,
    /// Checks an attestation against what the request says, not the response.
    ReportsTheRequest,
    /// Forgets errors as soon as it has heard them.
    ForgetsErrors,
    /// Counts identical responses never.
    IgnoresTheQuorum,
    /// Has a wrong formula for the required count: `F + 2`.
    RequiresOneTooMany,
    /// Refuses every response that carries an attestation.
    RefusesAttestedResponses,
    /// Takes a repeated message for one of a peer that it still waits for, and gives up when it seems to have heard all.
    RepeatedMessagesLowerPending,
    /// Counts every error as progress towards a quorum of equal responses.
    ErrorsCountAsProgress,
}

impl Mutant {
    pub const ALL: [Self; 19] = [
        Self::AcceptsOneTooFew,
        Self::AcceptsTheFirst,
        Self::CountsAPeerTwice,
        Self::AcceptsAnySignature,
        Self::IgnoresTheSignerIndex,
        Self::IgnoresSurplusSignatures,
        Self::AcceptsARepeatedSigner,
        Self::AcceptsTooFewSignatures,
        Self::RefusesHighS,
        Self::FailsOnMissingPayloads,
        Self::NeverExpires,
        Self::AcceptsAStolenAttestation,
        Self::ReportsTheRequest,
        Self::ForgetsErrors,
        Self::IgnoresTheQuorum,
        Self::RequiresOneTooMany,
        Self::RefusesAttestedResponses,
        Self::RepeatedMessagesLowerPending,
        Self::ErrorsCountAsProgress,
    ];

    /// The real configuration, as far as the mutant believes in it.
    fn config(self, real: &Arc<Config>) -> Arc<Config> {
        let (f, required) = match self {
            Self::AcceptsOneTooFew => (real.fault_bound().saturating_sub(1), None),
            Self::AcceptsTheFirst => (0, None),
            Self::RequiresOneTooMany => (real.fault_bound(), Some((real.required() + 1).min(real.expected()))),
            _ => return Arc::clone(real),
        };
        let (peers, signers) = (real.peers().collect(), real.signers().to_vec());
        let config = Config::new(peers, signers, f, real.rule_set()).expect("F is below N");
        Arc::new(required.map_or(Ok(config.clone()), |more| config.with_min_responses(more)).expect("at most N"))
    }
}

impl AggregatorFactory for Mutant {
    fn open(&self, opening: &Opening<'_>) -> Box<dyn Aggregator> {
        let config = self.config(opening.config);
        let surroundings = Surroundings {
            peers: config.peers().collect(),
            signers: config.signers().to_vec(),
            truth: Truth::of(&opening.truth),
            required: opening.config.required(),
        };
        let client = ClientRequest::new(config, Arc::clone(opening.ids));
        Box::new(Bent { mutant: *self, client, surroundings, count: Count::default(), decision: None })
    }
}

/// A broken aggregator.
struct Bent {
    mutant: Mutant,
    client: ClientRequest,
    surroundings: Surroundings,
    count: Count,
    /// Decision that the real aggregator would not make.
    decision: Option<Decision>,
}

/// Messages as a mutant counts them.
#[derive(Default)]
struct Count {
    messages: usize,
    errors: usize,
    /// Equal responses, by digest.
    responses: BTreeMap<[u8; 32], usize>,
}

impl Bent {
    /// What a mutant that counts otherwise makes of a message that has not decided.
    fn recount(&mut self, answer: &Answer, verdict: &Verdict, work: &mut dyn Work) -> Option<Decision> {
        let Count { messages, errors, responses } = &mut self.count;
        *messages += 1;
        match self.mutant {
            Mutant::RepeatedMessagesLowerPending if *messages >= self.surroundings.peers.len() => {
                Some(Decision::Failure("nobody is left".to_owned()))
            }
            Mutant::ErrorsCountAsProgress if *verdict == Verdict::Taken || *verdict == Verdict::Anomaly => {
                if answer.code != ErrorCode::OK {
                    *errors += 1;
                    return None;
                }
                let equal = responses.entry(work.open(&answer.payload).ok()?.id).or_insert(0);
                *equal += 1;
                let response = answer.payload.clone();
                let success = Success { response, basis: Basis::Quorum, support: Vec::new() };
                (*equal + *errors >= self.surroundings.required).then_some(Decision::Success(success))
            }
            _ => None,
        }
    }
}

impl Aggregator for Bent {
    fn handle_message(&mut self, sender: Option<&[u8]>, answer: &Answer, work: &mut dyn Work) -> Verdict {
        if self.decision.is_some() {
            return Verdict::Ignored;
        }
        let verdict = self.handle(sender, answer, work);
        if self.client.decision().is_none() {
            self.decision = self.recount(answer, &verdict, work);
        }
        if self.decision.is_some() { Verdict::Decided } else { verdict }
    }

    fn handle_expiry(&mut self) -> Verdict {
        if self.mutant == Mutant::NeverExpires || self.decision.is_some() {
            return Verdict::Ignored;
        }
        self.client.handle_expiry()
    }

    fn decision(&self) -> Option<&Decision> {
        self.decision.as_ref().or_else(|| self.client.decision())
    }

    fn signatures_checked(&self) -> u64 {
        self.client.signatures_checked()
    }
}

impl Bent {
    fn handle(&mut self, sender: Option<&[u8]>, answer: &Answer, work: &mut dyn Work) -> Verdict {
        if self.mutant == Mutant::ForgetsErrors && answer.code != ErrorCode::OK {
            return Verdict::Taken;
        }
        let mut answer = answer.clone();
        if self.mutant == Mutant::FailsOnMissingPayloads {
            answer.text = answer.text.replace(PAYLOAD_NOT_AVAILABLE, "payload not available");
        }
        let (client, around) = (&mut self.client, &self.surroundings);
        let mut work = BentWork { mutant: self.mutant, work, around };
        if self.mutant == Mutant::RefusesAttestedResponses
            && work.open(&answer.payload).is_ok_and(|opened| opened.response.attestation.is_some())
        {
            return Verdict::Rejected(Rejection::InvalidAttestation);
        }
        let verdict = client.handle_message(sender, &answer, &mut work);
        if self.mutant != Mutant::CountsAPeerTwice || !matches!(verdict, Verdict::Rejected(Rejection::AlreadyHeard(_)))
        {
            return verdict;
        }
        // The second word of a peer passes for the first of another.
        let second = |peer: &PeerId| {
            let verdict = client.handle_message(Some(&peer.0), &answer, &mut work);
            (!matches!(verdict, Verdict::Rejected(Rejection::AlreadyHeard(_)))).then_some(verdict)
        };
        around.peers.iter().find_map(second).unwrap_or(verdict)
    }
}

/// Knowledge of a mutant that an aggregator has not.
struct Surroundings {
    /// Every capability node.
    peers: Vec<PeerId>,
    /// Their signers' addresses.
    signers: Vec<Vec<u8>>,
    /// The report over the right response.
    truth: Truth,
    /// `R`.
    required: usize,
}

/// A report of its own.
struct Truth {
    workflow_execution_id: String,
    reference_id: String,
    payload: Vec<u8>,
    spend_unit: String,
    spend_value: String,
}

impl Truth {
    fn of(report: &Report<'_>) -> Self {
        Self {
            workflow_execution_id: report.workflow_execution_id.to_owned(),
            reference_id: report.reference_id.to_owned(),
            payload: report.payload.to_vec(),
            spend_unit: report.spend_unit.to_owned(),
            spend_value: report.spend_value.to_owned(),
        }
    }

    fn report(&self) -> Report<'_> {
        Report {
            workflow_execution_id: &self.workflow_execution_id,
            reference_id: &self.reference_id,
            payload: &self.payload,
            spend_unit: &self.spend_unit,
            spend_value: &self.spend_value,
        }
    }
}

/// The real work, bent.
struct BentWork<'a> {
    mutant: Mutant,
    work: &'a mut dyn Work,
    around: &'a Surroundings,
}

impl Work for BentWork<'_> {
    fn open(&mut self, payload: &Rope) -> Result<Rc<Opened>, DecodeError> {
        let opened = self.work.open(payload)?;
        let mut response = opened.response.clone();
        if self.mutant == Mutant::IgnoresTheQuorum {
            // Every response a group of its own: no two nodes report the same metering.
            return Ok(Rc::new(Opened { response, id: payload.sha256() }));
        }
        let Some(attestation) = &mut response.attestation else { return Ok(opened) };
        let signatures = &mut attestation.signatures;
        match self.mutant {
            Mutant::IgnoresSurplusSignatures => signatures.truncate(self.around.required),
            Mutant::IgnoresTheSignerIndex => renumber(signatures),
            Mutant::AcceptsARepeatedSigner => {
                let mut seen = BTreeSet::new();
                if !signatures.iter().all(|signature| seen.insert(signature.signer)) {
                    renumber(signatures);
                }
            }
            Mutant::AcceptsTooFewSignatures => {
                if let Some(first) = signatures.first().cloned() {
                    while signatures.len() < self.around.required {
                        signatures.push(first.clone());
                    }
                    renumber(signatures);
                }
            }
            _ => {}
        }
        Ok(Rc::new(Opened { response, id: opened.id }))
    }

    fn report_data(&mut self, report: &Report<'_>) -> [u8; 32] {
        match self.mutant {
            Mutant::AcceptsAStolenAttestation => self.work.report_data(&self.around.truth.report()),
            Mutant::ReportsTheRequest => self.work.report_data(&Report { payload: b"the request", ..*report }),
            _ => self.work.report_data(report),
        }
    }

    fn is_signed_by(&mut self, digest: &[u8; 32], signature: &[u8], address: &[u8]) -> bool {
        match self.mutant {
            Mutant::AcceptsAnySignature => true,
            Mutant::IgnoresTheSignerIndex | Mutant::AcceptsARepeatedSigner | Mutant::AcceptsTooFewSignatures => {
                self.around.signers.iter().any(|address| self.work.is_signed_by(digest, signature, address))
            }
            Mutant::RefusesHighS => {
                // The order of the curve begins with 32 set bits: a high `s` has the highest.
                signature.get(32).is_some_and(|byte| byte & 0x80 == 0)
                    && self.work.is_signed_by(digest, signature, address)
            }
            _ => self.work.is_signed_by(digest, signature, address),
        }
    }
}

fn renumber(signatures: &mut [AttributedSignature]) {
    for (index, signature) in (0..).zip(signatures) {
        signature.signer = index;
    }
}
