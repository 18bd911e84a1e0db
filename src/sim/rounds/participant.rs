//! One capability node's part in the rounds.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::happening::OcrHappening;
use crate::engine::Time;
use crate::network::Node;
use crate::sim::happening::What;
use crate::sim::outbox::Outbox;
use crate::sim::setup::{ObservationContent, Read};

use super::leader::Lead;
use super::message::{Certified, OcrBody, OcrMessage};
use super::observation::Observation;
use super::outcome::Outcome;
use super::pacemaker::Pacemaker;
use super::reports::Reports;
use super::slots::Slot;
use super::value::{Observed, Value};
use super::{Don, FIRST_EPOCH};

/// A participant.
#[derive(Debug)]
pub(in crate::sim) struct Participant {
    number: u32,
    pacemaker: Pacemaker,
    /// Requests that the node executes, each with the value captured last.
    requests: BTreeMap<u32, Option<Observed>>,
    /// Values that it has put into observations.
    observed: BTreeSet<(u32, Value)>,
    /// Requests in committed outcomes.
    decided: BTreeSet<u32>,
    /// Committed outcomes, without a gap from the first round on.
    log: Vec<Rc<Outcome>>,
    certified: Certified,
    /// Rounds that are not committed, by epoch and sequence number.
    slots: BTreeMap<(u64, u64), Slot>,
    /// By epoch that it leads.
    leads: BTreeMap<u64, Lead>,
    reports: Reports,
    /// By node, the highest round that it is known to have committed.
    ahead: Vec<u64>,
    is_catching_up: bool,
    /// Tells the running progress timer from older ones.
    progress: u32,
    /// Requests for commits, and answers to such, sent so far: tells their draws apart.
    asked: u32,
}

/// Input of a participant.
#[derive(Clone, Debug)]
pub(in crate::sim) enum Input {
    /// The replicate begins.
    Start,
    /// The node executes a request.
    Executing { request: u32 },
    /// The node's last captured value of a request.
    Captured(Observed),
    /// The node has answered a request, or given it up.
    Concluded { request: u32 },
    /// A message.
    Message { from: u32, message: Rc<OcrMessage> },
    /// One of its timers.
    Timer(Timer),
    /// The node has been down: what it executed is forgotten, its votes and outcomes are not.
    Restarted,
}

/// A timer of a participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) enum Timer {
    /// The leader's next round is due.
    Round { epoch: u64, seq_nr: u64 },
    /// The leader has waited for more observations.
    Grace { epoch: u64, seq_nr: u64 },
    /// Nothing was committed for `delta_progress`.
    Progress { count: u32 },
    /// The epoch has not started for `delta_initial`.
    Initial { epoch: u64 },
    /// The wish is due to be sent again.
    Resend { epoch: u64, attempt: u32 },
    /// Others are ahead for `delta_certified_commit_request`.
    CatchUp { seq_nr: u64 },
}

impl Timer {
    /// Key of its ties.
    pub(in crate::sim) const fn tie_key(self) -> u32 {
        let (kind, number) = match self {
            Self::Round { seq_nr, .. } => (1, seq_nr),
            Self::Grace { seq_nr, .. } => (2, seq_nr),
            Self::Progress { count } => (3, count as u64),
            Self::Initial { epoch } => (4, epoch),
            Self::Resend { epoch, .. } => (5, epoch),
            Self::CatchUp { seq_nr } => (6, seq_nr),
        };
        (kind << 24) | (number as u32 & 0xff_ffff)
    }
}

/// Output of a participant.
#[derive(Clone, Debug)]
pub(in crate::sim) enum Output {
    /// A message to another node.
    Message { to: u32, message: Rc<OcrMessage> },
    /// The attestation of a request's response is complete; `holders` are those that the proposal shows, and `holds` when the node has observed just that response.
    Attested { request: u32, value: Value, seq_nr: u64, signers: Vec<u32>, holders: Rc<[u32]>, holds: bool },
    /// The nodes agree that the RPC fails for a request.
    Failed { request: u32 },
    /// A quorum has observed a request without enough equal values.
    Split { request: u32 },
    /// The nodes agree on the height of the chain to read a request at.
    ReadAt { request: u32, height: u64 },
}

/// One input being handled.
struct Step<'s, 'a> {
    now: Time,
    don: &'s Don<'a>,
    outbox: &'s mut Outbox<Timer, Output>,
}

impl Participant {
    pub(in crate::sim) fn new(number: u32, don: &Don<'_>) -> Self {
        let outcome = Rc::new(Outcome::empty(don.first_seq_nr - 1));
        Self {
            number,
            pacemaker: Pacemaker::new(don),
            requests: BTreeMap::new(),
            observed: BTreeSet::new(),
            decided: BTreeSet::new(),
            log: Vec::new(),
            certified: Certified { epoch: FIRST_EPOCH, committed: true, outcome },
            slots: BTreeMap::new(),
            leads: BTreeMap::new(),
            reports: Reports::default(),
            ahead: vec![0; don.nodes as usize],
            is_catching_up: false,
            progress: 0,
            asked: 0,
        }
    }

    pub(in crate::sim) fn handle(
        &mut self,
        now: Time,
        input: Input,
        don: &Don<'_>,
        outbox: &mut Outbox<Timer, Output>,
    ) {
        let mut step = Step { now, don, outbox };
        match input {
            Input::Start => self.start(&mut step),
            Input::Executing { request } => {
                self.requests.entry(request).or_default();
            }
            Input::Captured(observed) => {
                if let Some(captured) = self.requests.get_mut(&observed.request) {
                    *captured = Some(observed);
                }
            }
            Input::Concluded { request } => {
                self.requests.remove(&request);
            }
            Input::Message { from, message } => self.message(from, &message, &mut step),
            Input::Timer(timer) => self.timer(timer, &mut step),
            Input::Restarted => self.requests.clear(),
        }
    }

    /// Epoch that the node is in, counted from that in which the replicate began.
    pub(in crate::sim) const fn epochs(&self) -> u64 {
        self.pacemaker.epoch - FIRST_EPOCH
    }

    fn start(&mut self, step: &mut Step<'_, '_>) {
        self.restart_progress(step);
        if step.don.leader(FIRST_EPOCH) == self.number {
            let timer = Timer::Round { epoch: FIRST_EPOCH, seq_nr: step.don.first_seq_nr };
            step.outbox.timer(step.don.first_round, timer);
        }
    }

    fn timer(&mut self, timer: Timer, step: &mut Step<'_, '_>) {
        match timer {
            Timer::Round { epoch, seq_nr } => self.start_round(epoch, seq_nr, step),
            Timer::Grace { epoch, seq_nr } => self.propose(epoch, seq_nr, step),
            Timer::Progress { count } if count == self.progress && self.pacemaker.started => {
                self.wish(self.pacemaker.epoch + 1, step);
            }
            Timer::Initial { epoch } if epoch == self.pacemaker.epoch && !self.pacemaker.started => {
                self.wish(epoch + 1, step);
            }
            Timer::Resend { epoch, attempt }
                if epoch == self.pacemaker.wish_of(self.number) && epoch > self.pacemaker.epoch =>
            {
                self.send_wish(epoch, attempt, step);
            }
            Timer::CatchUp { seq_nr } => self.catch_up(seq_nr, step),
            Timer::Progress { .. } | Timer::Initial { .. } | Timer::Resend { .. } => {}
        }
    }

    fn message(&mut self, from: u32, message: &OcrMessage, step: &mut Step<'_, '_>) {
        let (epoch, seq_nr, don) = (message.epoch, message.seq_nr, step.don);
        self.note_ahead(from, message, step);
        match &message.body {
            OcrBody::NewEpochWish => {
                self.pacemaker.wish(from, epoch);
                self.follow_wishes(step);
            }
            OcrBody::EpochStartRequest(certified) => self.ready(epoch, from, certified.clone(), step),
            OcrBody::EpochStart(certified) if from == don.leader(epoch) => {
                self.epoch_started(epoch, certified, step);
            }
            OcrBody::RoundStart(query) if from == don.leader(epoch) => {
                if let Some(slot) = self.slot(epoch, seq_nr) {
                    slot.query.get_or_insert_with(|| Rc::clone(query));
                }
            }
            OcrBody::Observation(observation) => self.collect(epoch, seq_nr, from, observation, step),
            OcrBody::Proposal(proposal)
                if from == don.leader(epoch) && proposal.observations.len() >= (don.nodes - don.f) as usize =>
            {
                if let Some(slot) = self.slot(epoch, seq_nr) {
                    slot.proposed.get_or_insert_with(|| proposal.outcome(don));
                }
            }
            OcrBody::Prepare(outcome) => {
                if let Some(slot) = self.slot(epoch, seq_nr) {
                    slot.prepare(from, outcome, don);
                }
            }
            OcrBody::Commit(outcome) => {
                if let Some(slot) = self.slot(epoch, seq_nr) {
                    slot.commit(from, outcome, don);
                }
            }
            OcrBody::ReportSignatures { over, genuine } => {
                self.reports.add(from, over, *genuine);
                self.complete_reports(seq_nr, step);
            }
            OcrBody::CertifiedCommitRequest => self.send_commit(from, seq_nr, step),
            OcrBody::CertifiedCommit(outcome) if seq_nr == self.next_seq_nr(don) => {
                self.commit(outcome, step);
                if self.is_behind(don) {
                    self.ask_for_commit(from, step);
                }
            }
            OcrBody::EpochStart(_) | OcrBody::RoundStart(_) | OcrBody::Proposal(_) | OcrBody::CertifiedCommit(_) => {}
        }
        self.advance(step);
    }

    /// Sequence number of the round that is not committed yet.
    const fn next_seq_nr(&self, don: &Don<'_>) -> u64 {
        don.first_seq_nr + self.log.len() as u64
    }

    /// A round that is not over for the node.
    fn slot(&mut self, epoch: u64, seq_nr: u64) -> Option<&mut Slot> {
        let is_over = epoch < self.pacemaker.epoch || seq_nr <= self.certified_commit();
        (!is_over).then(|| self.slots.entry((epoch, seq_nr)).or_default())
    }

    /// Sequence number of the last committed round; 0 before the first.
    fn certified_commit(&self) -> u64 {
        self.log.last().map_or(0, |outcome| outcome.seq_nr)
    }

    // Rounds.

    /// Goes as far as everything that has come allows.
    fn advance(&mut self, step: &mut Step<'_, '_>) {
        while self.pacemaker.started {
            let (epoch, seq_nr) = (self.pacemaker.epoch, self.next_seq_nr(step.don));
            let Some(slot) = self.slots.get_mut(&(epoch, seq_nr)) else { return };
            if let Some(query) = slot.query.as_ref().filter(|_| !slot.has_observed && slot.proposed.is_none()) {
                let query = Rc::clone(query);
                slot.has_observed = true;
                self.observe(epoch, seq_nr, &query, step);
                continue;
            }
            if let Some(outcome) = slot.proposed.as_ref().filter(|_| !slot.has_prepared) {
                let outcome = Rc::clone(outcome);
                slot.has_prepared = true;
                slot.prepare(self.number, &outcome, step.don);
                self.broadcast(seq_nr, OcrBody::Prepare(outcome), step);
                continue;
            }
            if let Some(outcome) = slot.prepared(step.don).filter(|_| !slot.has_committed) {
                let outcome = Rc::clone(outcome);
                slot.has_committed = true;
                slot.commit(self.number, &outcome, step.don);
                self.certified = Certified { epoch, committed: false, outcome: Rc::clone(&outcome) };
                self.broadcast(seq_nr, OcrBody::Commit(outcome), step);
                continue;
            }
            let Some(outcome) = slot.committed(step.don) else { return };
            let outcome = Rc::clone(outcome);
            self.commit(&outcome, step);
        }
    }

    /// The leader starts a round about the requests that it executes.
    fn start_round(&mut self, epoch: u64, seq_nr: u64, step: &mut Step<'_, '_>) {
        let is_due = self.is_leading(epoch, step.don) && seq_nr == self.next_seq_nr(step.don);
        let (now, query) = (step.now, self.query(step.don));
        let lead = self.leads.entry(epoch).or_default();
        if !is_due || !lead.start_round(now, seq_nr, step.don) {
            return;
        }
        step.outbox.tell(None, None, What::Ocr(OcrHappening::RoundStarted { epoch, seq_nr, requests: query.to_vec() }));
        if let Some(slot) = self.slot(epoch, seq_nr) {
            slot.query = Some(Rc::clone(&query));
        }
        self.broadcast(seq_nr, OcrBody::RoundStart(query), step);
        self.advance(step);
    }

    fn is_leading(&self, epoch: u64, don: &Don<'_>) -> bool {
        epoch == self.pacemaker.epoch && self.pacemaker.started && don.leader(epoch) == self.number
    }

    /// Requests without an outcome, in their order, as many as fit.
    fn query(&self, don: &Don<'_>) -> Rc<[u32]> {
        let open = self.requests.keys().copied().filter(|request| !self.decided.contains(request));
        let mut bytes = 0;
        let fits = |request: &u32| {
            bytes += don.query_entry(*request);
            bytes <= don.rules.max_query
        };
        open.take(don.rules.max_batch as usize).take_while(fits).collect()
    }

    /// Sends the leader an observation of the requests that the node has a value of, as many as fit.
    fn observe(&mut self, epoch: u64, seq_nr: u64, query: &[u32], step: &mut Step<'_, '_>) {
        let don = step.don;
        let captured = |request: &u32| self.requests.get(request).and_then(Clone::clone);
        let mut bytes = 0;
        let fits = |observed: &Observed| {
            let entry = don.observation_entry(observed);
            let fits = bytes + entry <= don.rules.max_observation;
            bytes += if fits { entry } else { 0 };
            fits
        };
        let values: Vec<Observed> = query.iter().filter_map(captured).filter(fits).collect();
        self.observed.extend(values.iter().map(|observed| (observed.request, observed.value)));
        let height = don.chain.height(self.number, step.now);
        let missing = self.missing(query, don);
        let observation = Rc::new(Observation::new(don, self.number, height, values, missing));
        let leader = don.leader(epoch);
        if leader == self.number {
            self.collect(epoch, seq_nr, leader, &observation, step);
        } else {
            self.send(leader, seq_nr, 0, OcrBody::Observation(observation), step);
        }
    }

    /// Requests that wait for a height to be read at.
    fn missing(&self, query: &[u32], don: &Don<'_>) -> Vec<u32> {
        let waits = |request: &&u32| matches!(self.requests.get(request), Some(None));
        match don.rules.observation.read {
            Read::AgreedHeight => query.iter().filter(waits).copied().collect(),
            Read::Pinned | Read::Latest => Vec::new(),
        }
    }

    /// The leader takes an observation; with enough of them it waits for more.
    fn collect(&mut self, epoch: u64, seq_nr: u64, from: u32, observation: &Rc<Observation>, step: &mut Step<'_, '_>) {
        let Some(lead) = self.leads.get_mut(&epoch) else { return };
        if lead.observation(seq_nr, from, observation, step.don) {
            step.outbox.timer(step.now + step.don.rules.delta_grace, Timer::Grace { epoch, seq_nr });
        }
    }

    fn propose(&mut self, epoch: u64, seq_nr: u64, step: &mut Step<'_, '_>) {
        if !self.is_leading(epoch, step.don) {
            return;
        }
        let Some(proposal) = self.leads.get_mut(&epoch).and_then(|lead| lead.propose(seq_nr)) else { return };
        let (observations, proposal) = (proposal.observations.len() as u32, Rc::new(proposal));
        step.outbox.tell(None, None, What::Ocr(OcrHappening::Proposed { epoch, seq_nr, observations }));
        let outcome = proposal.outcome(step.don);
        if let Some(slot) = self.slot(epoch, seq_nr) {
            slot.proposed = Some(outcome);
        }
        self.broadcast(seq_nr, OcrBody::Proposal(proposal), step);
        self.advance(step);
    }

    /// The round is over: its reports are signed, and the leader goes on.
    fn commit(&mut self, outcome: &Rc<Outcome>, step: &mut Step<'_, '_>) {
        let (epoch, seq_nr) = (self.pacemaker.epoch, outcome.seq_nr);
        self.log.push(Rc::clone(outcome));
        self.certified = Certified { epoch, committed: true, outcome: Rc::clone(outcome) };
        self.slots.retain(|(_, slot), _| *slot > seq_nr);
        self.pacemaker.rounds += 1;
        let agreed: Vec<u32> = outcome.agreed.iter().map(|agreed| agreed.request).collect();
        self.decided.extend(&agreed);
        step.outbox.tell(None, None, What::Ocr(OcrHappening::Committed { epoch, seq_nr, agreed }));
        for failed in outcome.agreed.iter().filter(|agreed| agreed.value == Value::Failure) {
            step.outbox.send(Output::Failed { request: failed.request });
        }
        for request in &outcome.split {
            step.outbox.send(Output::Split { request: *request });
        }
        for request in &outcome.read_there {
            step.outbox.send(Output::ReadAt { request: *request, height: outcome.height });
        }
        if outcome.attested().next().is_some() {
            self.reports.add(self.number, outcome, true);
            let body = OcrBody::ReportSignatures { over: Rc::clone(outcome), genuine: true };
            self.broadcast(seq_nr, body, step);
            self.complete_reports(seq_nr, step);
        }
        self.after_commit(step);
    }

    fn after_commit(&mut self, step: &mut Step<'_, '_>) {
        let epoch = self.pacemaker.epoch;
        if !self.pacemaker.started {
            return;
        }
        self.restart_progress(step);
        if self.pacemaker.rounds >= step.don.rules.r_max {
            self.wish(epoch + 1, step);
        } else if self.is_leading(epoch, step.don) {
            let started = self.leads.entry(epoch).or_default().round_started;
            let due = step.now.max(started + step.don.rules.delta_round);
            step.outbox.timer(due, Timer::Round { epoch, seq_nr: self.next_seq_nr(step.don) });
        }
    }

    /// Hands on the attested reports of a committed round, once `F + 1` nodes have signed them.
    fn complete_reports(&mut self, seq_nr: u64, step: &mut Step<'_, '_>) {
        let at = seq_nr.checked_sub(step.don.first_seq_nr).and_then(|at| self.log.get(at as usize));
        let Some(outcome) = at.map(Rc::clone) else { return };
        let Some(signers) = self.reports.complete(&outcome, step.don) else { return };
        for Observed { request, value, .. } in outcome.attested() {
            let (request, value, signers) = (*request, *value, signers.clone());
            // With payloads in observations every outcome carries them to all.
            let holds =
                step.don.rules.content == ObservationContent::Payload || self.observed.contains(&(request, value));
            let holders = outcome.holders(request, step.don);
            step.outbox.send(Output::Attested { request, value, seq_nr, signers, holders, holds });
        }
    }

    // Epochs.

    fn restart_progress(&mut self, step: &mut Step<'_, '_>) {
        self.progress += 1;
        let timer = Timer::Progress { count: self.progress };
        step.outbox.timer(step.now + step.don.rules.delta_progress, timer);
    }

    fn wish(&mut self, epoch: u64, step: &mut Step<'_, '_>) {
        if epoch > self.pacemaker.wish_of(self.number) {
            self.pacemaker.wish(self.number, epoch);
            step.outbox.tell(None, None, What::Ocr(OcrHappening::EpochWished { epoch }));
            self.send_wish(epoch, 0, step);
            self.follow_wishes(step);
        }
    }

    fn send_wish(&mut self, epoch: u64, attempt: u32, step: &mut Step<'_, '_>) {
        let seq_nr = self.next_seq_nr(step.don);
        let message = Rc::new(OcrMessage::new(step.don, epoch, seq_nr, attempt, OcrBody::NewEpochWish));
        self.to_all(&message, step);
        let again = Timer::Resend { epoch, attempt: attempt + 1 };
        step.outbox.timer(step.now + step.don.rules.delta_resend, again);
    }

    fn follow_wishes(&mut self, step: &mut Step<'_, '_>) {
        let joined = self.pacemaker.wished_by(step.don.f + 1);
        if joined > self.pacemaker.epoch {
            self.wish(joined, step);
        }
        let agreed = self.pacemaker.wished_by(2 * step.don.f + 1);
        if agreed > self.pacemaker.epoch {
            self.enter(agreed, step);
        }
    }

    /// Enters an epoch, and tells its leader where the node is.
    fn enter(&mut self, epoch: u64, step: &mut Step<'_, '_>) {
        let leader = step.don.leader(epoch);
        self.pacemaker.enter(epoch);
        self.pacemaker.wish(self.number, epoch);
        self.slots.retain(|(of, _), _| *of >= epoch);
        step.outbox.tell(None, None, What::Ocr(OcrHappening::EpochEntered { epoch, leader: Node::Capability(leader) }));
        step.outbox.timer(step.now + step.don.rules.delta_initial, Timer::Initial { epoch });
        let certified = self.certified.clone();
        if leader == self.number {
            self.ready(epoch, leader, certified, step);
        } else {
            let seq_nr = self.next_seq_nr(step.don);
            self.send(leader, seq_nr, 0, OcrBody::EpochStartRequest(certified), step);
        }
    }

    /// The leader of an epoch starts it with what a quorum knows.
    fn ready(&mut self, epoch: u64, from: u32, certified: Certified, step: &mut Step<'_, '_>) {
        if epoch < self.pacemaker.epoch || step.don.leader(epoch) != self.number {
            return;
        }
        let highest = self.leads.entry(epoch).or_default().ready(from, certified, step.don);
        let Some(highest) = highest else { return };
        let seq_nr = self.next_seq_nr(step.don);
        let message = OcrMessage::new(step.don, epoch, seq_nr, 0, OcrBody::EpochStart(highest.clone()));
        self.to_all(&Rc::new(message), step);
        self.epoch_started(epoch, &highest, step);
        self.advance(step);
    }

    fn epoch_started(&mut self, epoch: u64, certified: &Certified, step: &mut Step<'_, '_>) {
        let is_new = epoch > self.pacemaker.epoch || (epoch == self.pacemaker.epoch && !self.pacemaker.started);
        if !is_new {
            return;
        }
        self.pacemaker.enter(epoch);
        self.pacemaker.wish(self.number, epoch);
        self.pacemaker.started = true;
        step.outbox.tell(None, None, What::Ocr(OcrHappening::EpochStarted { epoch }));
        self.restart_progress(step);
        let outcome = &certified.outcome;
        if outcome.seq_nr == self.next_seq_nr(step.don) {
            if certified.committed {
                self.commit(outcome, step);
            } else if let Some(slot) = self.slot(epoch, outcome.seq_nr) {
                slot.proposed = Some(Rc::clone(outcome));
                slot.has_observed = true;
            }
        }
        let next = self.next_seq_nr(step.don);
        if self.is_leading(epoch, step.don) && outcome.seq_nr < next {
            step.outbox.timer(step.now, Timer::Round { epoch, seq_nr: next });
        }
    }

    // Catching up.

    /// Keeps what a message tells about how far its sender is.
    fn note_ahead(&mut self, from: u32, message: &OcrMessage, step: &mut Step<'_, '_>) {
        let committed = match &message.body {
            OcrBody::ReportSignatures { .. } => message.seq_nr,
            OcrBody::EpochStart(certified) if certified.committed => certified.outcome.seq_nr,
            OcrBody::CertifiedCommit(_) | OcrBody::CertifiedCommitRequest => 0,
            _ => message.seq_nr - 1,
        };
        let ahead = &mut self.ahead[from as usize];
        *ahead = committed.max(*ahead);
        if !self.is_catching_up && self.is_behind(step.don) {
            self.is_catching_up = true;
            let timer = Timer::CatchUp { seq_nr: self.next_seq_nr(step.don) };
            step.outbox.timer(step.now + step.don.rules.delta_certified_commit_request, timer);
        }
    }

    /// Whether `F + 1` nodes, of which one is honest, have committed what this one has not.
    fn is_behind(&self, don: &Don<'_>) -> bool {
        let next = self.next_seq_nr(don);
        self.ahead.iter().filter(|ahead| **ahead >= next).count() > don.f as usize
    }

    fn catch_up(&mut self, seq_nr: u64, step: &mut Step<'_, '_>) {
        self.is_catching_up = false;
        let next = self.next_seq_nr(step.don);
        if next != seq_nr || !self.is_behind(step.don) {
            return;
        }
        for to in 0..step.don.nodes {
            if self.ahead[to as usize] >= next {
                self.ask_for_commit(to, step);
            }
        }
    }

    fn ask_for_commit(&mut self, to: u32, step: &mut Step<'_, '_>) {
        self.asked += 1;
        self.send(to, self.next_seq_nr(step.don), self.asked, OcrBody::CertifiedCommitRequest, step);
    }

    fn send_commit(&mut self, to: u32, seq_nr: u64, step: &mut Step<'_, '_>) {
        let at = seq_nr.checked_sub(step.don.first_seq_nr).and_then(|at| self.log.get(at as usize));
        if let Some(outcome) = at.map(Rc::clone) {
            self.asked += 1;
            self.send(to, seq_nr, self.asked, OcrBody::CertifiedCommit(outcome), step);
        }
    }

    // Messages.

    fn send(&self, to: u32, seq_nr: u64, attempt: u32, body: OcrBody, step: &mut Step<'_, '_>) {
        let message = Rc::new(OcrMessage::new(step.don, self.pacemaker.epoch, seq_nr, attempt, body));
        step.outbox.send(Output::Message { to, message });
    }

    fn broadcast(&self, seq_nr: u64, body: OcrBody, step: &mut Step<'_, '_>) {
        let message = OcrMessage::new(step.don, self.pacemaker.epoch, seq_nr, 0, body);
        self.to_all(&Rc::new(message), step);
    }

    fn to_all(&self, message: &Rc<OcrMessage>, step: &mut Step<'_, '_>) {
        for to in (0..step.don.nodes).filter(|to| *to != self.number) {
            step.outbox.send(Output::Message { to, message: Rc::clone(message) });
        }
    }
}
