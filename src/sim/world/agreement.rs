//! Routes between the capability nodes and their agreement, which takes a latency or OCR3 messages among them.

use std::rc::Rc;

use crate::engine::Time;
use crate::network::{Chance, Node};
use crate::sim::agreement::{Agreement, Rounds, latency};
use crate::sim::capability_node::{self, Agreed};
use crate::sim::event::{Event, OcrUnderWay};
use crate::sim::happening::What;
use crate::sim::outbox::{Outbox, Output};
use crate::sim::request::Signed;
use crate::sim::rounds::{self, Observed, OcrHappening, OcrMessage};
use crate::sim::site::Site;

use super::World;

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

    /// Whether no capability node executes a request, and none will while a caller waits for it: what a slow network brings years
    /// later is no reason to agree for years.
    fn is_settled(&self, now: Time) -> bool {
        (self.asks_under_way == 0 || self.awaited == 0) && !self.capability.iter().any(|node| node.is_executing(now))
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
            self.tell(now, None, ends.0, ends.1, What::Down { fault });
        } else {
            self.tell_participant(now, to, rounds::Input::Message { from, message });
        }
    }
}
