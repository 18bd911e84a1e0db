//! One request as one workflow node may hope to see it answered.

use std::collections::{BTreeMap, BTreeSet};

use crate::aggregator::Decision;
use crate::engine::Time;
use crate::sim::failure_cause::FailureCause;
use crate::sim::message::Message;
use crate::sim::outcome::Breach;

use super::asking::Asking;
use super::bounds::Bounds;
use super::evidence::Evidence;
use super::proof::{Content, Heard};

/// Knowledge about a request at a workflow node.
pub(in crate::sim) struct View {
    /// Right answers of each capability node that may still come.
    open: Vec<u32>,
    /// By capability node, what happened to those that will not.
    gone: Vec<FailureCause>,
    missing_from_the_start: FailureCause,
    pub(super) deadline: Time,
    /// Names in which something was heard.
    names: Vec<bool>,
    /// Equal wrong responses that were heard, by id.
    wrong: BTreeMap<[u8; 32], usize>,
    /// Signers of whom a valid signature was heard, by what they have signed; where signers add up.
    signers: BTreeMap<[u8; 32], BTreeSet<u32>>,
    /// Right answers that were heard and count.
    counted: usize,
    /// The answer that is being judged, as far as it may decide.
    last: Option<Vouched>,
    state: State,
    cause: Option<(Time, FailureCause)>,
    pub(super) evidence: Evidence,
    pub(in crate::sim) breach: Option<Breach>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Open,
    Succeeded,
    Failed,
    Expired,
    Crashed,
}

/// What the rules say about the answer that was heard last.
#[derive(Clone, Copy)]
struct Vouched {
    name: u32,
    is_right: bool,
    /// Whether they make it decide.
    decides: bool,
    /// Whether they let it: what was heard before may complete its proof.
    may_decide: bool,
}

impl View {
    /// At the beginning every holder may answer.
    pub(super) fn new(holders: &[bool], missing: FailureCause, begins: Time, bounds: &Bounds) -> Self {
        let cause = (!missing.is_empty()).then_some((begins, missing));
        Self {
            open: holders.iter().map(|holds| u32::from(*holds && cause.is_none())).collect(),
            gone: vec![FailureCause::default(); holders.len()],
            missing_from_the_start: missing,
            deadline: Time::NEVER,
            names: vec![false; bounds.nodes as usize],
            wrong: BTreeMap::new(),
            signers: BTreeMap::new(),
            counted: 0,
            last: None,
            state: State::Open,
            cause,
            evidence: Evidence::default(),
            breach: None,
        }
    }

    /// When and why success became unreachable.
    pub(in crate::sim) const fn cause(&self) -> Option<(Time, FailureCause)> {
        self.cause
    }

    /// A capability node is about to send so many right answers. In a name that was heard before they are worth nothing.
    pub(super) fn promise(&mut self, capability: u32, answers: u32) {
        if self.gone[capability as usize].is_empty() && !self.names[capability as usize] {
            self.open[capability as usize] = answers;
        }
    }

    /// One right answer of a capability node will not come; `false` where none was to come.
    pub(super) fn lose(&mut self, capability: u32, why: FailureCause) -> bool {
        let open = &mut self.open[capability as usize];
        if *open == 0 {
            return false;
        }
        *open -= 1;
        let gone = &mut self.gone[capability as usize];
        *gone = gone.and(why);
        true
    }

    /// Keeps an answer that reached the node for the judgement, if it came in time.
    pub(super) fn note_evidence(&mut self, message: &Message, now: Time) {
        if now <= self.deadline {
            self.evidence.add(message.from.position() as u32, &message.class, now == self.deadline);
        }
    }

    /// The undecided aggregator has heard an answer; `decided` says whether it has decided by that.
    pub(super) fn heard(&mut self, heard: &Heard, decided: bool, bounds: &Bounds) {
        self.last = None;
        // A second word in one name counts for nothing.
        if std::mem::replace(&mut self.names[heard.name as usize], true) {
            return;
        }
        let counts = bounds.counts(heard.has_attestation);
        let is_right = heard.content == Content::Right;
        let equal = match heard.content {
            _ if !counts => 0,
            Content::Right => self.counted + 1,
            Content::Wrong(id) => {
                let equal = self.wrong.entry(id).or_default();
                *equal += 1;
                *equal
            }
            Content::NoResponse => 0,
        };
        let decides = heard.is_proven || equal >= bounds.required;
        let may_decide = decides || self.signers_suffice(heard, bounds);
        self.last = Some(Vouched { name: heard.name, is_right, decides, may_decide });
        // Whatever else was to come in this name is worth nothing now.
        let open = std::mem::take(&mut self.open[heard.name as usize]);
        if !is_right {
            if open > 0 {
                self.gone(heard.name, FailureCause::FAULTY);
            }
        } else if decides {
            if !decided {
                self.did_not_accept();
            }
        } else if counts {
            self.counted += 1;
            // One that proves itself would have been enough.
            if bounds.suffices(heard.name) {
                self.gone(heard.name, FailureCause::FAULTY);
            }
        } else {
            let why = if heard.is_honest { FailureCause::REJECTED_BY_AGGREGATOR } else { FailureCause::FAULTY };
            self.gone(heard.name, why);
        }
    }

    /// Whether enough signers of an answer's report were heard by now.
    fn signers_suffice(&mut self, heard: &Heard, bounds: &Bounds) -> bool {
        heard.signed.as_ref().is_some_and(|signed| {
            let known = self.signers.entry(signed.digest).or_default();
            known.extend(&signed.signers);
            known.len() >= bounds.required
        })
    }

    fn gone(&mut self, name: u32, why: FailureCause) {
        let gone = &mut self.gone[name as usize];
        *gone = gone.and(why);
    }

    /// The rules let the last answer decide, and it has not led to success.
    fn did_not_accept(&mut self) {
        if let Some(Vouched { name, is_right: true, decides: true, .. }) = self.last {
            self.breach = Some(Breach::DidNotAccept);
            self.gone(name, FailureCause::REJECTED_BY_AGGREGATOR);
        }
    }

    /// The aggregator has decided.
    pub(super) fn decided(&mut self, decision: &Decision) {
        match decision {
            Decision::Success(_) => {
                self.state = State::Succeeded;
                if self.last.is_none_or(|last| !last.may_decide) {
                    self.breach = Some(Breach::AcceptedUnproven);
                }
            }
            Decision::Failure(_) => {
                self.state = State::Failed;
                self.did_not_accept();
            }
            Decision::Expired => self.state = State::Expired,
        }
    }

    /// The node is dead, and every undecided request with it.
    pub(super) fn crashed(&mut self) {
        if self.state == State::Open {
            self.state = State::Crashed;
        }
    }

    /// Ends the instant `now`; the cause when success has become unreachable in it.
    pub(super) fn settle(&mut self, now: Time, asking: &Asking, bounds: &Bounds) -> Option<FailureCause> {
        if self.state == State::Succeeded || self.cause.is_some() {
            return None;
        }
        let open = (0..).zip(&self.open).filter(|(_, answers)| **answers > 0).map(|(node, _)| node);
        let cause = match self.state {
            _ if !bounds.reaches(self.counted, open) => self.kinds(),
            State::Open | State::Succeeded => return None,
            State::Failed if self.breach == Some(Breach::DidNotAccept) => self.kinds(),
            State::Failed => FailureCause::AGGREGATOR_FAILED_EARLY,
            State::Crashed => FailureCause::NODE_CRASHED,
            State::Expired => self.kinds().and(self.why_open(asking, bounds)),
        };
        self.cause = Some((now, cause));
        Some(cause)
    }

    /// Everything that happened to right answers that will not come.
    fn kinds(&self) -> FailureCause {
        self.gone.iter().fold(self.missing_from_the_start, |kinds, gone| kinds.and(*gone))
    }

    /// What holds up the right answers that may still come.
    fn why_open(&self, asking: &Asking, bounds: &Bounds) -> FailureCause {
        let open = (0..).zip(&self.open).filter(|(_, answers)| **answers > 0);
        open.fold(FailureCause::default(), |why, (node, _)| why.and(asking.why_no_answer(node, bounds)))
    }
}
