//! Deliberately broken aggregators, for tests alone: a gate that lets one of them pass is no gate.
//!
//! Each is the real aggregator with one thing bent, in what it is told, in how it counts or in how it checks.

use std::collections::BTreeSet;
use std::rc::Rc;

use prost::bytes::Bytes;
use sha2::{Digest as _, Sha256};

use crate::aggregator::{Answer, ClientRequest, Memo, Opened, Rejection, Verdict, Work};
use crate::attestation::Report;
use crate::wire::{AttributedSignature, DecodeError, ErrorCode, PAYLOAD_NOT_AVAILABLE, PeerId};

/// What is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mutant {
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
}

impl Mutant {
    pub(crate) const ALL: [Self; 15] = [
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
    ];

    /// `F` as the mutant believes it to be.
    pub(crate) const fn fault_bound(self, f: usize) -> usize {
        match self {
            Self::AcceptsOneTooFew => f.saturating_sub(1),
            Self::AcceptsTheFirst => 0,
            _ => f,
        }
    }

    /// Hands a message to the bent aggregator.
    pub(super) fn handle_message(
        self,
        client: &mut ClientRequest,
        sender: Option<&[u8]>,
        answer: &Answer,
        around: &Surroundings<'_>,
        memo: &mut Memo,
    ) -> Verdict {
        if self == Self::ForgetsErrors && answer.code != ErrorCode::OK {
            return Verdict::Taken;
        }
        let mut answer = answer.clone();
        if self == Self::FailsOnMissingPayloads {
            answer.text = answer.text.replace(PAYLOAD_NOT_AVAILABLE, "payload not available");
        }
        let mut work = Bent { mutant: self, memo, around };
        let verdict = client.handle_message(sender, &answer, &mut work);
        if self != Self::CountsAPeerTwice || !matches!(verdict, Verdict::Rejected(Rejection::AlreadyHeard(_))) {
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

/// What a mutant knows that an aggregator does not.
pub(super) struct Surroundings<'a> {
    /// Every capability node.
    pub(super) peers: &'a [PeerId],
    /// Their signers' addresses.
    pub(super) signers: &'a [Vec<u8>],
    /// The report over the right response.
    pub(super) truth: Report<'a>,
    /// `R`.
    pub(super) required: usize,
}

/// The real work, bent.
struct Bent<'a> {
    mutant: Mutant,
    memo: &'a mut Memo,
    around: &'a Surroundings<'a>,
}

impl Work for Bent<'_> {
    fn open(&mut self, payload: &Bytes) -> Result<Rc<Opened>, DecodeError> {
        let opened = self.memo.open(payload)?;
        let mut response = opened.response.clone();
        if self.mutant == Mutant::IgnoresTheQuorum {
            // Every response a group of its own: no two nodes report the same metering.
            return Ok(Rc::new(Opened { response, id: Sha256::digest(payload).into() }));
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
            Mutant::AcceptsAStolenAttestation => self.memo.report_data(&self.around.truth),
            Mutant::ReportsTheRequest => self.memo.report_data(&Report { payload: b"the request", ..*report }),
            _ => self.memo.report_data(report),
        }
    }

    fn is_signed_by(&mut self, digest: &[u8; 32], signature: &[u8], address: &[u8]) -> bool {
        match self.mutant {
            Mutant::AcceptsAnySignature => true,
            Mutant::IgnoresTheSignerIndex | Mutant::AcceptsARepeatedSigner | Mutant::AcceptsTooFewSignatures => {
                self.around.signers.iter().any(|address| self.memo.is_signed_by(digest, signature, address))
            }
            Mutant::RefusesHighS => {
                // The order of the curve begins with 32 set bits: a high `s` has the highest.
                signature.get(32).is_some_and(|byte| byte & 0x80 == 0)
                    && self.memo.is_signed_by(digest, signature, address)
            }
            _ => self.memo.is_signed_by(digest, signature, address),
        }
    }
}

fn renumber(signatures: &mut [AttributedSignature]) {
    for (index, signature) in (0..).zip(signatures) {
        signature.signer = index;
    }
}
