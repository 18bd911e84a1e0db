//! Signatures over reports as one node collects them: the first `F + 1` valid ones are its attestation.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::Don;
use super::outcome::Outcome;

/// Signatures by sequence number, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Reports(BTreeMap<u64, Collected>);

#[derive(Debug, Default)]
struct Collected {
    signed: Vec<Signed>,
    /// Whether the attestation is complete: the node stops collecting.
    is_complete: bool,
}

/// All signatures of one node for a round.
#[derive(Debug)]
struct Signed {
    signer: u32,
    over: Rc<Outcome>,
    genuine: bool,
}

impl Reports {
    /// Takes the signatures of a node, the first time.
    pub(super) fn add(&mut self, signer: u32, over: &Rc<Outcome>, genuine: bool) {
        let collected = self.0.entry(over.seq_nr).or_default();
        if !collected.is_complete && collected.signed.iter().all(|signed| signed.signer != signer) {
            collected.signed.push(Signed { signer, over: Rc::clone(over), genuine });
        }
    }

    /// Signers of the attestation of a committed outcome, rising, once `F + 1` have validly signed it. One bad signature
    /// voids all that a node sent for the round.
    pub(super) fn complete(&mut self, outcome: &Rc<Outcome>, don: &Don<'_>) -> Option<Vec<u32>> {
        let collected = self.0.get_mut(&outcome.seq_nr).filter(|collected| !collected.is_complete)?;
        let is_valid = |signed: &&Signed| signed.genuine && signed.over == *outcome;
        let valid = collected.signed.iter().filter(is_valid).map(|signed| signed.signer);
        let mut signers: Vec<u32> = valid.take(don.f as usize + 1).collect();
        if signers.len() <= don.f as usize {
            return None;
        }
        collected.is_complete = true;
        collected.signed.clear();
        signers.sort_unstable();
        Some(signers)
    }
}
