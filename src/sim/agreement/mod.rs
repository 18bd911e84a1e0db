//! The agreement of the capability DON on the response to a request: after a latency, or by OCR3 rounds; and its routes
//! between capability nodes.

pub(super) mod cost;
pub(super) mod latency;

use std::rc::Rc;

use crate::engine::Time;
use crate::network::{Chance, Node};

use self::latency::Latency;
use super::assignment::Assignment;
use super::capability_node::{self, Agreed, Reading};
use super::event::{Event, OcrUnderWay};
use super::happening::What;
use super::outbox::{Outbox, Output};
use super::request::Signed;
use super::rounds::{self, Don, Observed, OcrHappening, OcrMessage, Participant};
use super::setup::{Ocr, Setup};
use super::site::Site;
use super::world::World;
use crate::engine::Draws;
use crate::sim::request::Request;

/// How the nodes of a replicate agree.
pub(super) enum Agreement<'a> {
    Latency(Latency<'a>),
    Rounds(Box<Rounds<'a>>),
}

/// All participants of the rounds.
pub(super) struct Rounds<'a> {
    pub(super) don: Don<'a>,
    participants: Vec<Participant>,
    /// By node, when it last had something to do.
    awake: Vec<Time>,
    /// By node, then request, the height to read at.
    heights: Vec<Vec<Option<u64>>>,
    /// By request, whether a quorum observed it without enough equal values.
    split: Vec<bool>,
}

impl<'a> Agreement<'a> {
    pub(super) fn new(setup: &'a Setup, draws: Draws, assignment: &Assignment, requests: &[Request]) -> Self {
        match &setup.capability_don.ocr {
            Ocr::Latency(takes) => Self::Latency(Latency::new(setup, takes, draws, assignment.agreed)),
            Ocr::Rounds(rules) => {
                let don = Don::new(setup, rules, &draws, requests);
                let nodes = don.nodes;
                Self::Rounds(Box::new(Rounds {
                    participants: (0..nodes).map(|node| Participant::new(node, &don)).collect(),
                    awake: vec![Time::ZERO; nodes as usize],
                    heights: vec![vec![None; requests.len()]; nodes as usize],
                    split: vec![false; requests.len()],
                    don,
                }))
            }
        }
    }

    /// How a node comes to its observation.
    pub(super) fn reading(&self, holds: bool) -> Reading {
        match self {
            Self::Latency(_) => Reading::Once { holds },
            Self::Rounds(rounds) => Reading::Polls { every: rounds.don.rules.observation.poll },
        }
    }

    /// Whether a quorum observed a request and had nothing to agree on.
    pub(super) fn found_nothing(&self, request: u32) -> bool {
        match self {
            Self::Latency(latency) => latency.found_nothing(request),
            Self::Rounds(rounds) => rounds.split[request as usize],
        }
    }

    /// Epochs that the furthest node has entered since the replicate began.
    pub(super) fn epochs(&self) -> u64 {
        match self {
            Self::Latency(_) => 0,
            Self::Rounds(rounds) => rounds.participants.iter().map(Participant::epochs).max().unwrap_or_default(),
        }
    }
}

impl World<'_> {
    /// The participants begin.
    pub(super) fn start_rounds(&mut self) {
        if matches!(self.agreement, Agreement::Rounds(_)) {
            for capability in 0..self.setup.capability_don.nodes {
                self.tell_participant(Time::ZERO, capability, rounds::Input::Start);
            }
        }
    }

    /// An agreement that takes a latency.
    pub(super) fn tell_latency(&mut self, now: Time, input: latency::Input) {
        let Agreement::Latency(latency) = &mut self.agreement else { return };
        let mut outbox = Outbox::default();
        latency.handle(now, input, &mut outbox);
        for output in outbox.drain() {
            match output {
                Output::Timer(at, done) => self.push(at, Event::Agreed(done)),
                Output::Happened { request, peer, what } => self.tell(now, request, None, peer, what),
                Output::Send(latency::ReportReady { request }) => self.report_everywhere(now, request),
            }
        }
    }

    /// The attested report is at every node at once, signed by the `F + 1` nodes whose signatures were there first.
    fn report_everywhere(&mut self, now: Time, request: u32) {
        let signed = Rc::new(Signed::drawn(self.setup, &self.draws, request));
        let holders: Rc<[u32]> =
            (0..self.setup.capability_don.nodes).filter(|node| self.assignment.holders[*node as usize]).collect();
        for capability in 0..self.setup.capability_don.nodes {
            self.requests[request as usize].sign_at(capability, &signed);
            self.capability[capability as usize].know_holders(request, &holders);
        }
        for capability in 0..self.setup.capability_don.nodes {
            let agreed = Agreed::Report { holds: self.assignment.holders[capability as usize] };
            self.tell_capability(now, capability, capability_node::Input::Agreed { request, agreed });
        }
    }

    /// One node's part in the rounds.
    pub(super) fn tell_participant(&mut self, now: Time, capability: u32, input: rounds::Input) {
        let at = capability as usize;
        let Agreement::Rounds(rounds) = &mut self.agreement else { return };
        let Rounds { don, participants, awake, .. } = &mut **rounds;
        let mut outbox = Outbox::default();
        let since = std::mem::replace(&mut awake[at], now);
        if self.capability[at].outage(since, now).is_some() {
            participants[at].handle(now, rounds::Input::Restarted, don, &mut outbox);
        }
        participants[at].handle(now, input, don, &mut outbox);
        let node = Some(Node::Capability(capability));
        for output in outbox.drain() {
            match output {
                Output::Timer(at, timer) => self.push(at, Event::Round { capability, timer }),
                Output::Happened { request, peer, what } => self.tell(now, request, node, peer, what),
                Output::Send(output) => self.after_round(now, capability, output),
            }
        }
    }

    fn after_round(&mut self, now: Time, capability: u32, output: rounds::Output) {
        let node = Some(Node::Capability(capability));
        match output {
            rounds::Output::Message { to, message } => self.write(now, capability, to, message),
            rounds::Output::Attested { request, value, seq_nr, signers, holders, holds } => {
                self.capability[capability as usize].know_holders(request, &holders);
                self.requests[request as usize].agree(value, &self.draws, self.setup, self.cache);
                let signed = Rc::new(Signed { sequence_number: seq_nr, signers: signers.clone() });
                self.requests[request as usize].sign_at(capability, &signed);
                self.tell(now, Some(request), node, None, What::Ocr(OcrHappening::Attested { seq_nr, signers, holds }));
                let agreed = Agreed::Report { holds };
                self.tell_capability(now, capability, capability_node::Input::Agreed { request, agreed });
            }
            rounds::Output::Failed { request } => {
                self.tell(now, Some(request), node, None, What::Ocr(OcrHappening::AgreedOnError));
                let agreed = Agreed::Error;
                self.tell_capability(now, capability, capability_node::Input::Agreed { request, agreed });
            }
            rounds::Output::Split { request } => self.split(now, request),
            rounds::Output::ReadAt { request, height } => {
                let Agreement::Rounds(rounds) = &mut self.agreement else { return };
                let known = &mut rounds.heights[capability as usize][request as usize];
                if known.is_none() {
                    *known = Some(height);
                    self.tell_capability(now, capability, capability_node::Input::ReadAt { request });
                }
            }
        }
    }

    fn split(&mut self, now: Time, request: u32) {
        let Agreement::Rounds(rounds) = &mut self.agreement else { return };
        if !std::mem::replace(&mut rounds.split[request as usize], true) {
            self.tell(now, Some(request), None, None, What::NothingAgreed);
        }
    }

    /// A poll of the RPC has its answer.
    pub(super) fn polled(&mut self, now: Time, capability: u32, request: u32, poll: u32) {
        let Agreement::Rounds(rounds) = &self.agreement else { return };
        let (don, height) = (&rounds.don, rounds.heights[capability as usize][request as usize]);
        let Some(value) = don.chain.read(capability, request, poll, now, height) else { return };
        let bytes = self.requests[request as usize].observed(value, self.setup, &self.draws, self.cache);
        let node = Some(Node::Capability(capability));
        self.tell(now, Some(request), node, None, What::Ocr(OcrHappening::Captured { value }));
        self.tell_participant(now, capability, rounds::Input::Captured(Observed { request, value, bytes }));
    }

    /// A timer of the rounds. Those of a node that is down wait until it is up again. With nothing left to agree on,
    /// rounds come to an end: idle ones would go on for ever.
    pub(super) fn round_timer(&mut self, now: Time, capability: u32, timer: rounds::Timer) {
        match self.capability[capability as usize].down_until(now) {
            Some(Time::NEVER) => {}
            Some(up) => self.push(up, Event::Round { capability, timer }),
            None if self.is_settled(now) => {}
            None => self.tell_participant(now, capability, rounds::Input::Timer(timer)),
        }
    }

    /// Whether no capability node executes a request, and none will.
    fn is_settled(&self, now: Time) -> bool {
        self.asks_under_way == 0 && !self.capability.iter().any(|node| node.is_executing(now))
    }

    /// A node writes to another, unless its faults know better.
    fn write(&mut self, now: Time, from: u32, to: u32, message: Rc<OcrMessage>) {
        for message in self.distort_message(now, from, to, message) {
            self.send_ocr(now, from, to, message);
        }
    }

    fn send_ocr(&mut self, now: Time, from: u32, to: u32, message: Rc<OcrMessage>) {
        let bytes = message.len() + self.setup.network.frame;
        let draws = self.draws;
        let under_way = OcrUnderWay { from, to, message };
        let mut draw = |chance| match chance {
            Chance::Loss => Site::OcrLoss.draw(&draws, under_way.draw_parts(0)),
            Chance::Duplication => Site::OcrDuplication.draw(&draws, under_way.draw_parts(0)),
            Chance::Latency { copy } => Site::OcrLatency.draw(&draws, under_way.draw_parts(copy)),
        };
        let (from, to) = (Node::Capability(from), Node::Capability(to));
        let sent = self.network.handle_send(now, from, to, bytes, &mut draw);
        for (copy, arrival) in (0..).zip(sent.arrivals) {
            if let Some(arrival) = arrival {
                self.push_attempt(arrival, Event::OcrArrival(under_way.clone()), copy);
            }
        }
        let message = under_way.message;
        let what = What::Ocr(OcrHappening::Sent { message, bytes, arrivals: sent.arrivals, barrier: sent.barrier });
        self.tell(now, None, Some(from), Some(to), what);
    }

    pub(super) fn ocr_arrival(&mut self, now: Time, under_way: OcrUnderWay) {
        let bytes = under_way.message.len() + self.setup.network.frame;
        let (from, to) = (Node::Capability(under_way.from), Node::Capability(under_way.to));
        match self.network.handle_arrival(now, from, to, bytes) {
            None => {
                let what = What::Ocr(OcrHappening::Refused { message: under_way.message });
                self.tell(now, None, Some(to), Some(from), what);
            }
            Some(through) if through > now => self.push(through, Event::OcrDelivery(under_way)),
            Some(_) => self.deliver_ocr(now, under_way),
        }
    }

    pub(super) fn deliver_ocr(&mut self, now: Time, under_way: OcrUnderWay) {
        let OcrUnderWay { from, to, message } = under_way;
        let ends = (Some(Node::Capability(to)), Some(Node::Capability(from)));
        self.tell(now, None, ends.0, ends.1, What::Ocr(OcrHappening::Delivered { message: Rc::clone(&message) }));
        if let Some(fault) = self.capability[to as usize].outage(now, now) {
            self.tell(now, None, ends.0, None, What::Down { fault });
        } else {
            self.tell_participant(now, to, rounds::Input::Message { from, message });
        }
    }
}
