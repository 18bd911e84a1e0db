//! Judgement of a request: what could have come of it, whatever the order of the answers that reached its workflow node in time.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::sim::failure_cause::FailureCause;
use crate::sim::message::AnswerClass;
use crate::sim::outcome::Judgement;
use crate::wire::PAYLOAD_NOT_AVAILABLE;

use super::bounds::Bounds;

/// Answers that reached a workflow node before its deadline.
#[derive(Clone, Debug, Default)]
pub(in crate::sim) struct Evidence {
    senders: BTreeSet<u32>,
    genuine: usize,
    /// Right responses without attestation.
    bare: usize,
    errors: BTreeMap<Rc<str>, usize>,
    /// Something came that the oracle does not judge: a second word of a node, a response that is not genuine, or an
    /// answer in the very instant of the deadline.
    is_ambiguous: bool,
}

impl Evidence {
    /// An answer of a node; `is_tie` in the instant of the deadline.
    pub(super) fn add(&mut self, sender: u32, class: &AnswerClass, is_tie: bool) {
        self.is_ambiguous |= is_tie || !self.senders.insert(sender);
        match class {
            AnswerClass::Genuine => self.genuine += 1,
            AnswerClass::Error(text) => *self.errors.entry(Rc::clone(text)).or_default() += 1,
            AnswerClass::Right { attested: false } => self.bare += 1,
            AnswerClass::Right { attested: true } | AnswerClass::Other => self.is_ambiguous = true,
        }
    }

    /// The judgement, given why success became unreachable, if it did.
    pub(super) fn judge(&self, bounds: &Bounds, cause: Option<FailureCause>) -> Judgement {
        match cause {
            Some(FailureCause::AGGREGATOR_FAILED_EARLY | FailureCause::NODE_CRASHED) => Judgement::Depended,
            Some(_) => Judgement::CouldNot,
            None if self.must_succeed(bounds) => Judgement::HadToSucceed,
            None => Judgement::Depended,
        }
    }

    /// Enough right responses for the rules, and too few errors to end the request before they are heard.
    fn must_succeed(&self, bounds: &Bounds) -> bool {
        let has_attestation = true;
        let counted = self.bare + if bounds.counts(has_attestation) { self.genuine } else { 0 };
        let is_proven = bounds.attestation_decides && self.genuine > 0;
        let is_error = |text: &str| bounds.errors.unavailable_is_one || !text.contains(PAYLOAD_NOT_AVAILABLE);
        let errors = || self.errors.iter().filter(|(text, _)| is_error(text)).map(|(_, count)| *count);
        let too_many = bounds.nodes as usize - bounds.required + 1;
        !self.is_ambiguous
            && (is_proven || counted >= bounds.required)
            && (errors().sum::<usize>() < too_many || !bounds.errors.add_up)
            && errors().all(|count| count < bounds.required)
    }
}
