//! The callees: a capability node executes a request once enough workflow nodes have asked for it, takes part in the
//! agreement, and answers every requester with the one result, late ones too.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::engine::{Span, Time};
use crate::network::Node;
use crate::wire::{ErrorCode, Message, MessageBody, Response};

use super::assignment::About;
use super::call::Agreement;
use super::hope::Loss;
use super::mail::{Mail, Reply};
use super::site::Site;
use super::trace::millis;
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

    /// The server request that executes; at most one of a message id does at a time.
    fn executing(&mut self, request: u32) -> Option<&mut ServerRequest> {
        let running =
            |server: &&mut ServerRequest| matches!(server.progress, Progress::Executing(_) | Progress::Observed(_));
        self.requests[request as usize].values_mut().find(running)
    }
}

impl World<'_> {
    /// A request has reached a capability node.
    pub(super) fn asked(&mut self, now: Time, workflow: u32, capability: u32, mail: &Mail) {
        let request = mail.request;
        if self.loses(now, capability, request, now) || self.is_deaf(now, workflow, capability, request) {
            // A copy of it may still come where the network doubles messages.
            if self.setup.network.request.duplication == 0.0 {
                self.unasked(now, workflow, request, capability);
            }
            return;
        }
        let Some(hash) = request_hash(mail) else { return };
        self.forget_if_down_since(now, capability, request);
        let quorum = self.setup.workflow_don.f as usize + 1;
        // Another request under the same id waits, should so many faulty workflow nodes ask for it that it counts.
        let is_busy = self.capability[capability as usize].executing(request).is_some();
        let servers = &mut self.capability[capability as usize].requests[request as usize];
        let is_new = !servers.contains_key(&hash);
        let server = servers.entry(hash).or_insert_with(|| ServerRequest {
            created: now,
            requesters: Vec::new(),
            progress: Progress::Waiting,
        });
        // A second message of a requester is dropped without an answer.
        if server.requesters.contains(&workflow) {
            self.trace.note(now, request, (mail.to, mail.from), || "drops a second request".to_owned());
            return;
        }
        server.requesters.push(workflow);
        let asked = server.requesters.len();
        self.trace.note(now, request, (mail.to, mail.from), || format!("request {asked} of {quorum} that it needs"));
        let enough = server.requesters.len() >= quorum;
        match server.progress.clone() {
            Progress::Answered(reply) => self.answer(now, capability, request, workflow, &reply),
            Progress::Waiting if enough && !is_busy => self.execute(now, capability, request, hash),
            _ => {}
        }
        if is_new {
            let tick = self.next_tick(capability, now + self.setup.aggregator.timeout);
            self.push(tick, Event::Tick { capability, request });
        }
    }

    /// Starts the execution. With the report already there, a node can only say that it has no payload for it, unless the
    /// scenario gives it the payload: then it observes it late and answers late.
    fn execute(&mut self, now: Time, capability: u32, request: u32, hash: [u8; 32]) {
        let node = &mut self.capability[capability as usize];
        if let Some(server) = node.requests[request as usize].get_mut(&hash) {
            server.progress = Progress::Executing(now);
        }
        let holds = self.assignment.holders[capability as usize];
        if self.calls[request as usize].agreement == Agreement::Reported && !holds {
            self.conclude(now, capability, request, &unavailable());
            return;
        }
        let draw = Site::Execution.draw(&self.draws, [request, capability, 0, 0, 0]);
        let execution = self.setup.capability_don.execution.sample(draw);
        let node = Node::Capability(capability);
        self.trace.note(now, request, (node, None), || format!("executes for {} ms", millis(execution.as_nanos())));
        self.push(now + execution, Event::Observed { capability, request, began: now });
    }

    /// A node has its observation. A Byzantine quorum of them sets OCR to work.
    pub(super) fn observed(&mut self, now: Time, capability: u32, request: u32, began: Time) {
        let Some(since) = self.still_executing(now, capability, request) else { return };
        // What a crash ended observes nothing, though the node may have started anew by now.
        if since != began {
            return;
        }
        let holds = self.assignment.holders[capability as usize];
        self.trace.note(now, request, (Node::Capability(capability), None), || {
            format!("observes, {} the payload", if holds { "holds" } else { "does not hold" })
        });
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
            Agreement::Observing(_) if !self.assignment.agreed => {
                call.agreement = Agreement::Nothing;
                self.trace
                    .note(now, request, (None, None), || "quorum of observations, nothing to agree on".to_owned());
                self.nothing_agreed(now, request);
            }
            Agreement::Observing(_) => {
                call.agreement = Agreement::Agreeing;
                let ocr = don.ocr.sample(Site::Ocr.draw(&self.draws, [request, 0, 0, 0, 0]));
                self.trace.note(now, request, (None, None), || {
                    format!("quorum of observations, OCR takes {} ms", millis(ocr.as_nanos()))
                });
                self.push(now + ocr, Event::Reported { request });
            }
            Agreement::Reported if self.assignment.holders[capability as usize] => {
                self.conclude_with_payload(now, capability, request);
            }
            Agreement::Agreeing | Agreement::Reported | Agreement::Nothing => {}
        }
    }

    fn nothing_agreed(&mut self, now: Time, request: u32) {
        for workflow in 0..self.setup.workflow_don.nodes {
            for capability in 0..self.setup.capability_don.nodes {
                self.lose(now, workflow, request, capability, Loss::NoAgreement);
            }
        }
    }

    /// The attested report is there: holders answer with their payload as soon as they have observed it, all others
    /// that it is not available.
    pub(super) fn reported(&mut self, now: Time, request: u32) {
        self.calls[request as usize].agreement = Agreement::Reported;
        self.trace.note(now, request, (None, None), || "the attested report is there".to_owned());
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
        if self.loses(now, capability, request, now) {
            return;
        }
        let servers = &self.capability[capability as usize].requests[request as usize];
        let due: Vec<[u8; 32]> = servers
            .iter()
            .filter(|(_, server)| !matches!(server.progress, Progress::Answered(_)))
            // One that began after a crash is younger than the tick that was set for what the crash ended.
            .filter(|(_, server)| now.since(server.created) >= self.setup.aggregator.timeout)
            .filter(|(_, server)| self.assignment.outage(capability, server.created, now).is_none())
            .map(|(hash, _)| *hash)
            .collect();
        for hash in due {
            self.finish(now, capability, request, hash, &Reply::error(ErrorCode::TIMEOUT, EXPIRED));
        }
    }

    fn conclude_with_payload(&mut self, now: Time, capability: u32, request: u32) {
        let call = &mut self.calls[request as usize];
        let attestation = Some(call.attestation(self.setup, &self.draws, self.cache));
        let honest = call.response(capability, self.setup.capability_don.nodes, self.cache);
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

    /// Whether a fault throws a request away.
    fn is_deaf(&mut self, now: Time, workflow: u32, capability: u32, request: u32) -> bool {
        let faults = self.assignment.of_capability(capability);
        let deaf = faults.into_iter().find(|fault| {
            let about = About { fault: *fault, node: capability, target: workflow, request };
            self.assignment.acting(&self.draws, now, about).is_some_and(|fault| fault.behaviour.is_deaf())
        });
        if let Some(fault) = deaf {
            self.assignment.fired(fault);
        }
        deaf.is_some()
    }

    /// Whether what a node does at `now`, with what it knows since `since`, is lost to a crash; counts that it bit.
    pub(super) fn loses(&mut self, now: Time, capability: u32, request: u32, since: Time) -> bool {
        let outage = self.assignment.outage(capability, since, now);
        if let Some(fault) = outage {
            self.assignment.fired(fault);
            self.trace.note(now, request, (Node::Capability(capability), None), || "is down or was since".to_owned());
        }
        outage.is_some()
    }

    /// The start of an execution that still goes on: neither crashed since nor beyond its own deadline.
    fn still_executing(&mut self, now: Time, capability: u32, request: u32) -> Option<Time> {
        let server = self.capability[capability as usize].executing(request)?;
        let (Progress::Executing(since) | Progress::Observed(since)) = server.progress else { return None };
        if self.loses(now, capability, request, since) || now.since(since) > self.setup.aggregator.timeout {
            return None;
        }
        Some(since)
    }

    /// After a crash the node knows nothing of what it was asked before.
    fn forget_if_down_since(&mut self, now: Time, capability: u32, request: u32) {
        let servers = &self.capability[capability as usize].requests[request as usize];
        let known: Vec<([u8; 32], Time)> = servers.iter().map(|(hash, server)| (*hash, server.created)).collect();
        for (hash, created) in known {
            if self.loses(now, capability, request, created) {
                self.capability[capability as usize].requests[request as usize].remove(&hash);
            }
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
pub(super) fn unavailable() -> Reply {
    Reply::error(ErrorCode::INTERNAL_ERROR, NOT_AVAILABLE)
}

/// Decodes a request's envelope and hashes the request in it.
fn request_hash(mail: &Mail) -> Option<[u8; 32]> {
    let message = Message::from_bytes(mail.encode()).ok()?;
    let body = MessageBody::from_bytes(message.body).ok()?;
    Some(Sha256::digest(&body.payload).into())
}
