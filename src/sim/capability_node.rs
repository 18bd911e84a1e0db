//! The callees: a capability node executes a request once enough workflow nodes have asked for it, takes part in the
//! agreement, and answers every requester with the one result, late ones too.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use crate::engine::{Draws, Span, Time, Window};
use crate::network::Node;

use super::happening::What;
use super::outbox::Outbox;
use super::setup::{Growth, Setup};
use super::site::Site;
use super::strategies::{Place, Turn};

/// A capability node.
pub(super) struct CapabilityNode<'a> {
    setup: &'a Setup,
    draws: Draws,
    number: u32,
    reading: Reading,
    /// When it is down.
    outages: Vec<Outage>,
    requests: Vec<Known>,
    /// Requests that are to be executed once there is room, in the order in which enough callers had asked.
    waiting: VecDeque<(u32, [u8; 32])>,
}

/// How a node comes to its observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// Once, and it is known from the start whether that makes it a holder.
    Once {
        /// Whether it does.
        holds: bool,
    },
    /// By polls of the RPC, this much apart, as long as it executes.
    Polls {
        /// Time from one to the next.
        every: Span,
    },
}

/// A window in which a node is down: it receives, executes and sends nothing, and forgets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outage {
    /// Number of the fault.
    pub(super) fault: usize,
    pub(super) window: Window,
}

/// Knowledge of a node under one message id.
#[derive(Default)]
struct Known {
    /// A server request for every distinct request hash.
    servers: BTreeMap<[u8; 32], ServerRequest>,
    /// Result of the agreement, once it is there.
    agreed: Option<Agreed>,
    /// Polls of the RPC so far.
    polls: u32,
    /// Holders as all know them, rising.
    holders: Rc<[u32]>,
    /// Workflow nodes that need no payload any more.
    stopped: BTreeSet<u32>,
}

/// Result of the agreement on a request, as it reaches a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Agreed {
    /// The attested report.
    Report {
        /// Whether the node holds the payload, or will when it has observed it.
        holds: bool,
    },
    /// An error of the RPC.
    Error,
}

/// One request at a capability node.
struct ServerRequest {
    created: Time,
    /// Workflow nodes that asked, in the order in which they did.
    requesters: Vec<u32>,
    progress: Progress,
}

#[derive(Clone, Copy)]
enum Progress {
    /// Too few have asked.
    Waiting,
    /// Executing since then.
    Executing(Time),
    /// Executing since then, and the observation is there.
    Observed(Time),
    /// Answered.
    Answered(Reply),
}

impl Progress {
    const fn runs(self) -> bool {
        matches!(self, Self::Executing(_) | Self::Observed(_))
    }
}

/// Answer of an honest node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// The payload under the attestation.
    Payload,
    /// The payload is there for who asks.
    Announcement,
    /// There is a report, and no payload for it.
    NotAvailable,
    /// The nodes agree that the RPC fails.
    RpcError,
    /// The request was not answered in time.
    Expired,
}

/// Input of a capability node.
#[derive(Clone, Copy)]
pub(super) enum Input {
    /// A request of a workflow node, by the hash of its content.
    Request { request: u32, from: u32, hash: [u8; 32] },
    /// The agreement on a request is there.
    Agreed { request: u32, agreed: Agreed },
    /// The height to read a request at is there.
    ReadAt { request: u32 },
    /// A workflow node needs no payload any more.
    Stop { request: u32, from: u32 },
    /// A workflow node asks for the payload.
    Pull { request: u32, from: u32 },
    /// One of its timers.
    Timer(Timer),
}

/// A timer of a capability node.
#[derive(Clone, Copy, Debug)]
pub(super) enum Timer {
    /// An execution that began then has its observation.
    Observed { request: u32, began: Time },
    /// The expiry ticker looks at a request.
    Tick { request: u32 },
    /// The next poll for an execution that began then is due.
    Poll { request: u32, began: Time },
    /// A poll has its answer.
    Polled { request: u32, began: Time, poll: u32 },
    /// The node's turn to send a workflow node the payload has come; it waits for it since then.
    Turn { request: u32, to: u32, since: Time },
}

/// Output of a capability node.
pub(super) enum Send {
    /// It executes a request.
    Executing { request: u32 },
    /// The observation of a request goes into OCR.
    Observation { request: u32 },
    /// The answer of a poll goes into the next observation.
    Polled { request: u32, poll: u32 },
    /// It has answered a request.
    Concluded { request: u32 },
    /// An answer to a workflow node.
    Answer { request: u32, to: u32, reply: Reply },
}

type Out = Outbox<Timer, Send>;

impl<'a> CapabilityNode<'a> {
    pub(super) fn new(setup: &'a Setup, draws: Draws, number: u32, reading: Reading, outages: Vec<Outage>) -> Self {
        let requests = (0..setup.request.count).map(|_| Known::default()).collect();
        Self { setup, draws, number, reading, outages, requests, waiting: VecDeque::new() }
    }

    pub(super) fn handle(&mut self, now: Time, input: Input, outbox: &mut Out) {
        match input {
            Input::Request { request, from, hash } => self.request(now, request, from, hash, outbox),
            Input::Agreed { request, agreed } => self.agreed(now, request, agreed, outbox),
            Input::ReadAt { request } => {
                if let Some(began) = self.still_executing(now, request, outbox) {
                    self.poll(now, request, began, outbox);
                }
            }
            Input::Timer(Timer::Observed { request, began }) => self.observed(now, request, began, outbox),
            Input::Timer(Timer::Tick { request }) => self.tick(now, request, outbox),
            Input::Stop { request, from } => drop(self.requests[request as usize].stopped.insert(from)),
            Input::Pull { request, from } => self.pull(request, from, outbox),
            Input::Timer(Timer::Turn { request, to, since }) => self.turn(now, request, to, since, outbox),
            Input::Timer(Timer::Poll { request, began }) => self.poll_again(now, request, began, outbox),
            Input::Timer(Timer::Polled { request, began, poll }) => self.polled(now, request, began, poll, outbox),
        }
        self.execute_waiting(now, outbox);
    }

    /// Fault for which the node was down at some moment from `since` to `now`, both included.
    pub(super) fn outage(&self, since: Time, now: Time) -> Option<usize> {
        let was_down = |outage: &&Outage| outage.window.start <= now && since < outage.window.end;
        self.outages.iter().find(was_down).map(|outage| outage.fault)
    }

    /// Whether it executes some request that it may still answer.
    pub(super) fn is_executing(&self, now: Time) -> bool {
        let timeout = self.setup.aggregator.timeout;
        let waits = |(request, hash): &(u32, [u8; 32])| {
            let server = self.requests[*request as usize].servers.get(hash);
            server.is_some_and(|server| {
                matches!(server.progress, Progress::Waiting) && now.since(server.created) <= timeout.times(2)
            })
        };
        self.waiting.iter().any(waits)
            || self.requests.iter().flat_map(|known| known.servers.values()).any(|server| self.goes_on(now, server))
    }

    /// Whether a request executes and may still be answered.
    fn goes_on(&self, now: Time, server: &ServerRequest) -> bool {
        match server.progress {
            Progress::Executing(since) | Progress::Observed(since) => {
                now.since(since) <= self.setup.aggregator.timeout && self.outage(since, now).is_none()
            }
            Progress::Waiting | Progress::Answered(_) => false,
        }
    }

    /// End of the outage that the node is in.
    pub(super) fn down_until(&self, now: Time) -> Option<Time> {
        let ends = self.outages.iter().filter(|outage| outage.window.contains(now)).map(|outage| outage.window.end);
        ends.max()
    }

    fn request(&mut self, now: Time, request: u32, from: u32, hash: [u8; 32], outbox: &mut Out) {
        self.forget_if_down_since(now, request, outbox);
        let needed = self.setup.workflow_don.f as usize + 1;
        // Another request under the same id waits, should so many faulty workflow nodes ask for it that it counts.
        let is_busy = self.running(request).is_some();
        let servers = &mut self.requests[request as usize].servers;
        let is_new = !servers.contains_key(&hash);
        let server = servers.entry(hash).or_insert_with(|| ServerRequest {
            created: now,
            requesters: Vec::new(),
            progress: Progress::Waiting,
        });
        let peer = Some(Node::Workflow(from));
        // A second message of a requester is dropped without an answer.
        if server.requesters.contains(&from) {
            outbox.tell(request, peer, What::Repeated);
            return;
        }
        server.requesters.push(from);
        let requesters = server.requesters.len();
        outbox.tell(request, peer, What::Asked { requesters, needed });
        match server.progress {
            Progress::Answered(reply) => self.respond(now, request, from, reply, outbox),
            Progress::Waiting if requesters >= needed && !is_busy => self.execute_in_turn(now, request, hash, outbox),
            _ => {}
        }
        if is_new {
            outbox.timer(self.next_tick(now + self.setup.aggregator.timeout), Timer::Tick { request });
        }
    }

    /// Executes a request, at once if there is room.
    fn execute_in_turn(&mut self, now: Time, request: u32, hash: [u8; 32], outbox: &mut Out) {
        if !self.waiting.contains(&(request, hash)) {
            self.waiting.push_back((request, hash));
        }
        self.execute_waiting(now, outbox);
    }

    fn execute_waiting(&mut self, now: Time, outbox: &mut Out) {
        while !self.waiting.is_empty() && self.has_room(now) {
            let Some((request, hash)) = self.waiting.pop_front() else { return };
            let server = self.requests[request as usize].servers.get(&hash);
            if server.is_some_and(|server| matches!(server.progress, Progress::Waiting)) {
                self.execute(now, request, hash, outbox);
            }
        }
    }

    fn has_room(&self, now: Time) -> bool {
        let Some(most) = self.setup.capability_don.max_executions else { return true };
        let servers = self.requests.iter().flat_map(|known| known.servers.values());
        servers.filter(|server| self.goes_on(now, server)).count() < most as usize
    }

    /// Starts the execution. With the report already there, a node can only say that it has no payload for it, unless the
    /// scenario gives it the payload: then it observes it late and answers late.
    fn execute(&mut self, now: Time, request: u32, hash: [u8; 32], outbox: &mut Out) {
        let known = &mut self.requests[request as usize];
        if let Some(server) = known.servers.get_mut(&hash) {
            server.progress = Progress::Executing(now);
        }
        match known.agreed {
            Some(Agreed::Report { holds: false }) => return self.conclude(now, request, Reply::NotAvailable, outbox),
            Some(Agreed::Error) => return self.conclude(now, request, Reply::RpcError, outbox),
            Some(Agreed::Report { holds: true }) | None => {}
        }
        let takes = self.takes(request, 0);
        outbox.tell(request, None, What::Executing { takes });
        match self.reading {
            Reading::Once { .. } => outbox.timer(now + takes, Timer::Observed { request, began: now }),
            Reading::Polls { every } => {
                outbox.send(Send::Executing { request });
                self.poll(now, request, now, outbox);
                outbox.timer(now + every, Timer::Poll { request, began: now });
            }
        }
    }

    /// Time that an execution takes to its observation, or a poll of the RPC to its answer.
    fn takes(&self, request: u32, poll: u32) -> Span {
        let draw = Site::Execution.draw(&self.draws, [request, self.number, poll, 0, 0]);
        self.setup.capability_don.execution.sample(draw)
    }

    fn poll(&mut self, now: Time, request: u32, began: Time, outbox: &mut Out) {
        let polls = &mut self.requests[request as usize].polls;
        let poll = *polls;
        *polls += 1;
        outbox.timer(now + self.takes(request, poll), Timer::Polled { request, began, poll });
    }

    fn poll_again(&mut self, now: Time, request: u32, began: Time, outbox: &mut Out) {
        let Reading::Polls { every } = self.reading else { return };
        if self.still_executing(now, request, outbox) == Some(began) {
            self.poll(now, request, began, outbox);
            outbox.timer(now + every, Timer::Poll { request, began });
        }
    }

    fn polled(&mut self, now: Time, request: u32, began: Time, poll: u32, outbox: &mut Out) {
        if self.still_executing(now, request, outbox) == Some(began) {
            outbox.send(Send::Polled { request, poll });
        }
    }

    fn observed(&mut self, now: Time, request: u32, began: Time, outbox: &mut Out) {
        // What a crash ended observes nothing, though the node may have started anew by now.
        if self.still_executing(now, request, outbox) != Some(began) {
            return;
        }
        outbox.tell(request, None, What::Observed { holds: self.reading == Reading::Once { holds: true } });
        if let Some(server) = self.running(request) {
            server.progress = Progress::Observed(began);
        }
        match self.requests[request as usize].agreed {
            Some(Agreed::Report { holds: true }) => self.conclude(now, request, Reply::Payload, outbox),
            Some(_) => {}
            None => outbox.send(Send::Observation { request }),
        }
    }

    /// Holders answer with their payload as soon as they have observed it, all others that it is not available.
    fn agreed(&mut self, now: Time, request: u32, agreed: Agreed, outbox: &mut Out) {
        self.requests[request as usize].agreed = Some(agreed);
        if self.still_executing(now, request, outbox).is_none() {
            return;
        }
        // By polls a node is a holder only when it has observed.
        let is_observed = self.running(request).is_some_and(|it| matches!(it.progress, Progress::Observed(_)))
            || matches!(self.reading, Reading::Polls { .. });
        match agreed {
            Agreed::Report { holds: true } if is_observed => self.conclude(now, request, Reply::Payload, outbox),
            Agreed::Report { holds: true } => {}
            Agreed::Report { holds: false } => self.conclude(now, request, Reply::NotAvailable, outbox),
            Agreed::Error => self.conclude(now, request, Reply::RpcError, outbox),
        }
    }

    /// The expiry ticker finds requests that are older than the time-out.
    fn tick(&mut self, now: Time, request: u32, outbox: &mut Out) {
        if self.is_down(now, request, now, outbox) {
            return;
        }
        let timeout = self.setup.aggregator.timeout;
        // One that began after a crash is younger than the tick that was set for what the crash ended.
        let is_due = |server: &ServerRequest| {
            !matches!(server.progress, Progress::Answered(_))
                && now.since(server.created) >= timeout
                && self.outage(server.created, now).is_none()
        };
        let servers = &self.requests[request as usize].servers;
        let due: Vec<[u8; 32]> = servers.iter().filter(|(_, server)| is_due(server)).map(|(hash, _)| *hash).collect();
        for hash in due {
            self.finish(now, request, hash, Reply::Expired, outbox);
        }
    }

    /// Ends the execution with a result and answers everyone who asked.
    fn conclude(&mut self, now: Time, request: u32, reply: Reply, outbox: &mut Out) {
        let servers = &self.requests[request as usize].servers;
        let running = servers.iter().find(|(_, server)| server.progress.runs()).map(|(hash, _)| *hash);
        if let Some(hash) = running {
            self.finish(now, request, hash, reply, outbox);
        }
    }

    fn finish(&mut self, now: Time, request: u32, hash: [u8; 32], reply: Reply, outbox: &mut Out) {
        let Some(server) = self.requests[request as usize].servers.get_mut(&hash) else { return };
        server.progress = Progress::Answered(reply);
        outbox.send(Send::Concluded { request });
        for to in server.requesters.clone() {
            self.respond(now, request, to, reply, outbox);
        }
    }

    /// Answers a requester; with the payload when the strategy says so.
    fn respond(&self, now: Time, request: u32, to: u32, reply: Reply, outbox: &mut Out) {
        let don = &self.setup.capability_don;
        if reply != Reply::Payload {
            outbox.send(Send::Answer { request, to, reply });
            return;
        }
        let grows = don.response_growth == Growth::Quadratic;
        let place = Place { rank: &|| self.rank(request, to), delay: don.response_delay, grows };
        match (don.response_strategy.definition().turn)(&place) {
            Turn::After(Span::ZERO) => outbox.send(Send::Answer { request, to, reply }),
            Turn::After(wait) => outbox.timer(now + wait, Timer::Turn { request, to, since: now }),
            Turn::Announce => outbox.send(Send::Answer { request, to, reply: Reply::Announcement }),
        }
    }

    /// Holders that come before the node in a workflow node's order.
    fn rank(&self, request: u32, to: u32) -> u32 {
        let draw = |node: u32| Site::ResponseRank.draw(&self.draws, [request, to, node, 0, 0]);
        let own = draw(self.number);
        let others = self.requests[request as usize].holders.iter().filter(|node| **node != self.number);
        others.filter(|node| draw(**node) < own).count() as u32
    }

    /// Sends the payload, unless the workflow node has said stop or a crash has come in between.
    fn turn(&self, now: Time, request: u32, to: u32, since: Time, outbox: &mut Out) {
        let is_stopped = self.requests[request as usize].stopped.contains(&to);
        if !is_stopped && !self.is_down(now, request, since, outbox) {
            outbox.send(Send::Answer { request, to, reply: Reply::Payload });
        }
    }

    /// Sends the payload to who asks for it, if it has asked for the request, too.
    fn pull(&self, request: u32, from: u32, outbox: &mut Out) {
        let has_asked = |server: &ServerRequest| {
            matches!(server.progress, Progress::Answered(Reply::Payload)) && server.requesters.contains(&from)
        };
        if self.requests[request as usize].servers.values().any(has_asked) {
            outbox.send(Send::Answer { request, to: from, reply: Reply::Payload });
        }
    }

    /// Holders as all nodes know them.
    pub(super) fn know_holders(&mut self, request: u32, holders: &Rc<[u32]>) {
        self.requests[request as usize].holders = Rc::clone(holders);
    }

    /// The server request that executes; at most one of a message id does at a time.
    fn running(&mut self, request: u32) -> Option<&mut ServerRequest> {
        self.requests[request as usize].servers.values_mut().find(|server| server.progress.runs())
    }

    /// Start of an execution that still goes on: neither crashed since nor beyond its own deadline.
    fn still_executing(&mut self, now: Time, request: u32, outbox: &mut Out) -> Option<Time> {
        let server = self.running(request)?;
        let (Progress::Executing(since) | Progress::Observed(since)) = server.progress else { return None };
        if self.is_down(now, request, since, outbox) || now.since(since) > self.setup.aggregator.timeout {
            return None;
        }
        Some(since)
    }

    /// After a crash the node knows nothing of what it was asked before.
    fn forget_if_down_since(&mut self, now: Time, request: u32, outbox: &mut Out) {
        if self.outages.is_empty() {
            return;
        }
        let servers = &self.requests[request as usize].servers;
        let known: Vec<([u8; 32], Time)> = servers.iter().map(|(hash, server)| (*hash, server.created)).collect();
        for (hash, created) in known {
            if self.is_down(now, request, created, outbox) {
                self.requests[request as usize].servers.remove(&hash);
            }
        }
    }

    /// Whether the node's doings at `now`, with what it knows since `since`, are lost to a crash; tells it.
    fn is_down(&self, now: Time, request: u32, since: Time, outbox: &mut Out) -> bool {
        let outage = self.outage(since, now);
        if let Some(fault) = outage {
            outbox.tell(request, None, What::Down { fault });
        }
        outage.is_some()
    }

    /// The ticker's first look at or after `time`; its period is the request time-out, its phase the node's own.
    fn next_tick(&self, time: Time) -> Time {
        let period = self.setup.aggregator.timeout.as_nanos().max(1);
        let phase = Site::Ticker.draw(&self.draws, [self.number, 0, 0, 0, 0]).below(period);
        let into_period = (time.as_nanos() % period + period - phase) % period;
        if into_period == 0 { time } else { time + Span::from_nanos(period - into_period) }
    }
}
