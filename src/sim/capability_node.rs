//! The callees: a capability node executes a request once enough workflow nodes have asked for it, takes part in the
//! agreement, and answers every requester with the one result, late ones too.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::engine::{Span, Time};
use crate::network::Node;
use crate::wire::{ErrorCode, Message, MessageBody, Response};

use super::call::Agreement;
use super::faults::{self, Deed};
use super::mail::{Mail, Reply};
use super::site::Site;
use super::world::{Event, World};

const NOT_AVAILABLE: &str = "Public:User:Unknown:__response_payload_not_available";
const EXPIRED: &str = "request expired by executable server";

/// A capability node.
pub(super) struct CapabilityNode {
    requests: Vec<ServerRequests>,
}

/// What the node knows under one message id: a server request for every distinct request hash.
type ServerRequests = BTreeMap<[u8; 32], ServerRequest>;

/// One request at a capability node.
struct ServerRequest {
    created: Time,
    /// Workflow nodes that asked, in the order in which they did.
    requesters: Vec<u32>,
    progress: Progress,
}

#[derive(Clone)]
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

impl CapabilityNode {
    pub(super) fn new(requests: u32) -> Self {
        Self { requests: (0..requests).map(|_| BTreeMap::new()).collect() }
    }

    /// The server request that executes; at most one of a message id does, for honest workflow nodes send equal ones.
    fn executing(&mut self, request: u32) -> Option<&mut ServerRequest> {
        let running =
            |server: &&mut ServerRequest| matches!(server.progress, Progress::Executing(_) | Progress::Observed(_));
        self.requests[request as usize].values_mut().find(running)
    }
}

impl World<'_> {
    /// A request has reached a capability node.
    pub(super) fn asked(&mut self, now: Time, workflow: u32, capability: u32, mail: &Mail) {
        if self.loses(now, capability, now) {
            return;
        }
        let request = mail.request;
        let Some(hash) = request_hash(mail) else { return };
        self.forget_if_down_since(now, capability, request, hash);
        let quorum = self.setup.workflow_don.f as usize + 1;
        let servers = &mut self.capability[capability as usize].requests[request as usize];
        let is_new = !servers.contains_key(&hash);
        let server = servers.entry(hash).or_insert_with(|| ServerRequest {
            created: now,
            requesters: Vec::new(),
            progress: Progress::Waiting,
        });
        // A second message of a requester is dropped without an answer.
        if server.requesters.contains(&workflow) {
            return;
        }
        server.requesters.push(workflow);
        let enough = server.requesters.len() >= quorum;
        match server.progress.clone() {
            Progress::Answered(reply) => self.answer(now, capability, request, workflow, &reply),
            Progress::Waiting if enough => self.execute(now, capability, request, hash),
            _ => {}
        }
        if is_new {
            let tick = self.next_tick(capability, now + self.setup.aggregator.timeout);
            self.push(tick, Event::Tick { capability, request });
        }
    }

    /// Starts the execution; with the report already there, the node can only say that it has no payload for it.
    fn execute(&mut self, now: Time, capability: u32, request: u32, hash: [u8; 32]) {
        let node = &mut self.capability[capability as usize];
        if let Some(server) = node.requests[request as usize].get_mut(&hash) {
            server.progress = Progress::Executing(now);
        }
        if self.calls[request as usize].agreement == Agreement::Reported {
            self.conclude(now, capability, request, &unavailable());
            return;
        }
        let draw = Site::Execution.draw(&self.draws, [request, capability, 0, 0, 0]);
        let execution = self.setup.capability_don.execution.sample(draw);
        self.push(now + execution, Event::Observed { capability, request });
    }

    /// A node has its observation. A Byzantine quorum of them sets OCR to work.
    pub(super) fn observed(&mut self, now: Time, capability: u32, request: u32) {
        let Some(since) = self.still_executing(now, capability, request) else { return };
        if let Some(server) = self.capability[capability as usize].executing(request) {
            server.progress = Progress::Observed(since);
        }
        let don = &self.setup.capability_don;
        let quorum = self.setup.byzantine_quorum();
        let call = &mut self.calls[request as usize];
        match call.agreement {
            Agreement::Observing(observers) if observers + 1 < quorum => {
                call.agreement = Agreement::Observing(observers + 1);
            }
            Agreement::Observing(_) if !self.assignment.agreed => call.agreement = Agreement::Nothing,
            Agreement::Observing(_) => {
                call.agreement = Agreement::Agreeing;
                let ocr = don.ocr.sample(Site::Ocr.draw(&self.draws, [request, 0, 0, 0, 0]));
                self.push(now + ocr, Event::Reported { request });
            }
            Agreement::Reported if self.assignment.holders[capability as usize] => {
                self.conclude_with_payload(now, capability, request);
            }
            Agreement::Agreeing | Agreement::Reported | Agreement::Nothing => {}
        }
    }

    /// The attested report is there: holders answer with their payload as soon as they have observed it, all others
    /// that it is not available.
    pub(super) fn reported(&mut self, now: Time, request: u32) {
        self.calls[request as usize].agreement = Agreement::Reported;
        for capability in 0..self.setup.capability_don.nodes {
            if self.still_executing(now, capability, request).is_none() {
                continue;
            }
            let observed = self.capability[capability as usize]
                .executing(request)
                .is_some_and(|server| matches!(server.progress, Progress::Observed(_)));
            match (self.assignment.holders[capability as usize], observed) {
                (true, true) => self.conclude_with_payload(now, capability, request),
                (true, false) => {}
                (false, _) => {
                    self.conclude(now, capability, request, &unavailable());
                }
            }
        }
    }

    /// The expiry ticker finds a request that is older than the time-out.
    pub(super) fn tick(&mut self, now: Time, capability: u32, request: u32) {
        if self.loses(now, capability, now) {
            return;
        }
        let servers = &self.capability[capability as usize].requests[request as usize];
        let due: Vec<[u8; 32]> = servers
            .iter()
            .filter(|(_, server)| !matches!(server.progress, Progress::Answered(_)))
            .filter(|(_, server)| !self.assignment.was_down(capability, server.created, now))
            .map(|(hash, _)| *hash)
            .collect();
        for hash in due {
            self.finish(now, capability, request, hash, &Reply::error(ErrorCode::TIMEOUT, EXPIRED));
        }
    }

    fn conclude_with_payload(&mut self, now: Time, capability: u32, request: u32) {
        let call = &mut self.calls[request as usize];
        let attestation = Some(call.attestation(self.setup, &self.draws, self.workshop));
        let honest = call.response(capability, self.setup.capability_don.nodes, self.workshop);
        self.conclude(now, capability, request, &Reply::response(Response { attestation, ..honest }));
    }

    /// Ends the execution with a result and answers everyone who asked.
    fn conclude(&mut self, now: Time, capability: u32, request: u32, reply: &Reply) {
        let servers = &self.capability[capability as usize].requests[request as usize];
        let running =
            |server: &ServerRequest| matches!(server.progress, Progress::Executing(_) | Progress::Observed(_));
        let hash = servers.iter().find(|(_, server)| running(server)).map(|(hash, _)| *hash);
        if let Some(hash) = hash {
            self.finish(now, capability, request, hash, reply);
        }
    }

    fn finish(&mut self, now: Time, capability: u32, request: u32, hash: [u8; 32], reply: &Reply) {
        let servers = &mut self.capability[capability as usize].requests[request as usize];
        let Some(server) = servers.get_mut(&hash) else { return };
        server.progress = Progress::Answered(reply.clone());
        for workflow in server.requesters.clone() {
            self.answer(now, capability, request, workflow, reply);
        }
    }

    /// Answers one requester, unless the node's fault knows better.
    fn answer(&mut self, now: Time, capability: u32, request: u32, workflow: u32, reply: &Reply) {
        let deed = self.deed(now, capability, request, workflow, reply);
        if !matches!(deed, Deed::Nothing) {
            self.assignment.fired(capability);
        }
        match deed {
            Deed::Nothing => self.send_answer(now, capability, request, workflow, reply),
            Deed::Instead(other) => self.send_answer(now, capability, request, workflow, &other),
            Deed::Late(delay) => {
                self.push(now + delay, Event::Answer { capability, request, workflow, reply: reply.clone() });
            }
            Deed::Withhold => {}
        }
    }

    fn deed(&mut self, now: Time, capability: u32, request: u32, workflow: u32, reply: &Reply) -> Deed {
        let Some(behaviour) = self.assignment.behaviour(capability, now) else { return Deed::Nothing };
        let call = &self.calls[request as usize];
        let nodes = self.setup.capability_don.nodes;
        let honest = call.response(capability, nodes, self.workshop);
        let answer = faults::Answer {
            reply,
            draws: &self.draws,
            request,
            node: capability,
            requester: workflow,
            ids: &call.ids,
            honest: &honest,
        };
        behaviour.on_answer(&answer, self.workshop)
    }

    /// Puts an answer on the line.
    pub(super) fn send_answer(&mut self, now: Time, capability: u32, request: u32, workflow: u32, reply: &Reply) {
        let heading = self.heading(now, Node::Capability(capability), Node::Workflow(workflow), request);
        let mail = heading.answer(reply);
        self.charge_answer(workflow, &mail, reply);
        self.send(now, &mail);
    }

    /// Whether what a node does at `now`, with what it knows since `since`, is lost to a crash; counts that it bit.
    pub(super) fn loses(&mut self, now: Time, capability: u32, since: Time) -> bool {
        let lost = self.assignment.was_down(capability, since, now);
        if lost {
            self.assignment.fired(capability);
        }
        lost
    }

    /// The start of an execution that still goes on: neither crashed since nor beyond its own deadline.
    fn still_executing(&mut self, now: Time, capability: u32, request: u32) -> Option<Time> {
        let server = self.capability[capability as usize].executing(request)?;
        let (Progress::Executing(since) | Progress::Observed(since)) = server.progress else { return None };
        if self.loses(now, capability, since) || now.since(since) > self.setup.aggregator.timeout {
            return None;
        }
        Some(since)
    }

    /// After a crash the node knows nothing of what it was asked before.
    fn forget_if_down_since(&mut self, now: Time, capability: u32, request: u32, hash: [u8; 32]) {
        let servers = &mut self.capability[capability as usize].requests[request as usize];
        let created = servers.get(&hash).map(|server| server.created);
        if created.is_some_and(|created| self.assignment.was_down(capability, created, now)) {
            servers.remove(&hash);
        }
    }

    /// The ticker's first look at or after `time`; its period is the request time-out, its phase the node's own.
    fn next_tick(&self, capability: u32, time: Time) -> Time {
        let period = self.setup.aggregator.timeout.as_nanos().max(1);
        let phase = Site::Ticker.draw(&self.draws, [capability, 0, 0, 0, 0]).below(period);
        let into_period = (time.as_nanos() % period + period - phase) % period;
        if into_period == 0 { time } else { time + Span::from_nanos(period - into_period) }
    }
}

/// What a node without the payload answers.
fn unavailable() -> Reply {
    Reply::error(ErrorCode::INTERNAL_ERROR, NOT_AVAILABLE)
}

/// Decodes a request's envelope and hashes the request in it.
fn request_hash(mail: &Mail) -> Option<[u8; 32]> {
    let message = Message::from_bytes(mail.encode()).ok()?;
    let body = MessageBody::from_bytes(message.body).ok()?;
    Some(Sha256::digest(&body.payload).into())
}
