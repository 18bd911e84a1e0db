//! What could have come of a request, whatever the order of the answers that reached its workflow node in time.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::aggregator::RuleSet;
use crate::wire::PAYLOAD_NOT_AVAILABLE;

use super::hope::FailureCause;
use super::setup::Setup;

/// What could have come of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

/// What an answer is, as honest nodes see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// The right response under the genuine attestation.
    Genuine,
    /// The right response otherwise.
    Right,
    /// An error.
    Error(Rc<str>),
    /// Anything else.
    Other,
}

/// The answers that reached a workflow node before its deadline.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    senders: BTreeSet<u32>,
    genuine: usize,
    errors: BTreeMap<Rc<str>, usize>,
    /// Something came that the oracle does not judge: a second word of a node, a response that is not genuine, or an
    /// answer in the very instant of the deadline.
    is_murky: bool,
}

impl Evidence {
    /// An answer of a node; `is_tie` in the instant of the deadline.
    pub(super) fn add(&mut self, sender: u32, sort: &Sort, is_tie: bool) {
        self.is_murky |= is_tie || !self.senders.insert(sender);
        match sort {
            Sort::Genuine => self.genuine += 1,
            Sort::Error(text) => *self.errors.entry(Rc::clone(text)).or_default() += 1,
            Sort::Right | Sort::Other => self.is_murky = true,
        }
    }

    /// The judgement, given why the request was unreachable, if it was.
    pub(super) fn judge(&self, setup: &Setup, unreachable: Option<FailureCause>) -> Judgement {
        match unreachable {
            Some(FailureCause::AggregatorFailedEarly | FailureCause::NodeCrashed) => Judgement::Depended,
            Some(_) => Judgement::CouldNot,
            None if self.must_succeed(setup) => Judgement::HadToSucceed,
            None => Judgement::Depended,
        }
    }

    /// Enough genuine responses for the rules, and too few errors to end the request before they are heard.
    fn must_succeed(&self, setup: &Setup) -> bool {
        let rules = setup.aggregator.rule_set;
        let required = setup.required();
        let one_is_enough = rules.trusts_attestations() && required == setup.capability_don.f as usize + 1;
        // Where attestations do not suffice, `attested_strict` refuses what carries one.
        let needed = match (one_is_enough, rules) {
            (true, _) => 1,
            (false, RuleSet::AttestedStrict) => return false,
            (false, _) => required,
        };
        let spares_unavailable = matches!(rules, RuleSet::Attested | RuleSet::AttestedEarlyFail);
        let counting =
            || self.errors.iter().filter(|(text, _)| !(spares_unavailable && text.contains(PAYLOAD_NOT_AVAILABLE)));
        let too_many = setup.capability_don.nodes as usize - required + 1;
        !self.is_murky
            && self.genuine >= needed
            && counting().map(|(_, count)| count).sum::<usize>() < too_many
            && counting().all(|(_, count)| *count < required)
    }
}
