//! The callers: a workflow node sends requests by schedule, and its aggregator decides on the answers.

use std::sync::Arc;

use crate::aggregator::{Answer, ClientRequest, Config, Decision, Verdict};
use crate::engine::{Span, Time};
use crate::network::Node;
use crate::wire::{ErrorCode, Message, MessageBody, PeerId};

use super::assignment::About;
use super::call::Call;
use super::faults::{Ask, Demand, distorted};
use super::hope::{FailureCause, Hope, Loss};
use super::judgement::Evidence;
use super::mail::{Mail, Reply};
use super::outcome::Bytes;
use super::replicate_cache::ReplicateCache;
use super::setup::Setup;
use super::trace;
use super::world::{Event, World};

/// A workflow node.
pub(super) struct WorkflowNode {
    config: Arc<Config>,
    pub(super) requests: Vec<Option<Pending>>,
    pub(super) spent: Vec<Spent>,
    /// A message has crashed it.
    pub(super) dead: bool,
}

/// A request that the node has started.
pub(super) struct Pending {
    pub(super) client: ClientRequest,
    pub(super) started: Time,
    /// When the decision came.
    pub(super) ended: Option<Time>,
    crashed: bool,
}

/// What a request cost between this node and the capability DON.
#[derive(Clone, Debug, Default)]
pub(super) struct Spent {
    pub(super) bytes: Bytes,
    /// The response part of the first answer in each peer's name.
    pub(super) payloads: Vec<(PeerId, u64)>,
    /// The answers that came in time.
    pub(super) evidence: Evidence,
}

/// What every workflow node's aggregator knows of the capability DON.
pub(super) fn config(setup: &Setup, cache: &mut ReplicateCache) -> Arc<Config> {
    let don = &setup.capability_don;
    let peers = (0..don.nodes).map(|node| cache.peer(Node::Capability(node))).collect();
    let signers = (0..don.nodes).map(|node| cache.key(node).address().0.to_vec()).collect();
    let f = don.f as usize;
    #[cfg(test)]
    let f = cache.mutant.map_or(f, |mutant| mutant.fault_bound(f));
    let config = Config::new(peers, signers, f, setup.aggregator.rule_set)
        .and_then(|config| match setup.aggregator.min_responses {
            0 => Ok(config),
            min_responses => config.with_min_responses(min_responses as usize),
        })
        .expect("a setup is checked before it is simulated");
    Arc::new(config)
}

impl WorkflowNode {
    pub(super) fn new(config: Arc<Config>, requests: u32) -> Self {
        let requests = requests as usize;
        Self {
            config,
            requests: (0..requests).map(|_| None).collect(),
            spent: vec![Spent::default(); requests],
            dead: false,
        }
    }

    /// When the node gives up on a request; the request's own time-out after its start when it has not begun.
    pub(super) fn deadline(&self, request: u32, setup: &Setup) -> Time {
        let started = self.requests[request as usize].as_ref().map_or(Time::ZERO, |pending| pending.started);
        started + setup.aggregator.timeout
    }

    /// Dies, and every undecided request with it; `hopes` has one for each request.
    fn die(&mut self, now: Time, hopes: &mut [Hope]) {
        self.dead = true;
        for (pending, hope) in self.requests.iter_mut().zip(hopes) {
            if let Some(pending) = pending
                && pending.client.decision().is_none()
            {
                pending.crashed = true;
                hope.end(now, FailureCause::NodeCrashed);
            }
        }
    }
}

impl World<'_> {
    /// A workflow node starts a request: its deadline runs, and each capability node's copy is due at its delay.
    pub(super) fn begin(&mut self, now: Time, workflow: u32, request: u32) {
        let call = &self.calls[request as usize];
        let delays = call.delays.clone();
        let node = &mut self.workflow[workflow as usize];
        if node.dead {
            return;
        }
        let client = ClientRequest::new(Arc::clone(&node.config), Arc::clone(&call.ids));
        node.requests[request as usize] = Some(Pending { client, started: now, ended: None, crashed: false });
        let deadline = now + self.setup.aggregator.timeout;
        self.trace.note(now, request, (Node::Workflow(workflow), None), || {
            format!("starts, gives up at {} ms", trace::millis(deadline.as_nanos()))
        });
        self.push(deadline, Event::Expiry { workflow, request });
        for (capability, delay) in (0..).zip(delays) {
            if now + delay > deadline {
                self.lose(now, workflow, request, capability, Loss::Scheduled);
            }
            self.push(now + delay, Event::Ask { workflow, request, capability });
        }
    }

    /// Sends a request to one capability node. A decision does not stop this.
    pub(super) fn ask(&mut self, now: Time, workflow: u32, request: u32, capability: u32) {
        if self.workflow[workflow as usize].dead {
            return;
        }
        let honest = Demand { bytes: self.calls[request as usize].bytes.clone(), after: Span::ZERO };
        let mut demands = vec![honest];
        for fault in self.assignment.of_workflow(workflow) {
            let about = About { fault, node: workflow, target: capability, request };
            demands = self.distort_demands(now, about, demands);
        }
        for Demand { bytes, after } in demands {
            if after == Span::ZERO {
                self.demand(now, workflow, request, capability, &bytes);
            } else {
                self.push(now + after, Event::Demand { workflow, request, capability, bytes });
            }
        }
    }

    /// What a fault makes of requests that are about to leave.
    fn distort_demands(&mut self, now: Time, about: About, demands: Vec<Demand>) -> Vec<Demand> {
        let Some(fault) = self.assignment.acting(&self.draws, now, about) else { return demands };
        let call = &self.calls[about.request as usize];
        let (distorted, acted) = distorted(demands, |demand| {
            let (draws, node, capability) = (&self.draws, about.node, about.target);
            fault.behaviour.on_ask(&Ask { demand, draws, call, node, capability })
        });
        if acted {
            self.fired(now, about);
        }
        distorted
    }

    /// Puts a request on the line.
    pub(super) fn demand(
        &mut self,
        now: Time,
        workflow: u32,
        request: u32,
        capability: u32,
        bytes: &prost::bytes::Bytes,
    ) {
        if self.workflow[workflow as usize].dead {
            return;
        }
        let heading = self.heading(now, Node::Workflow(workflow), Node::Capability(capability), request);
        let mail = heading.ask(bytes);
        let content = Bytes { request: bytes.len() as u64, ..Bytes::default() };
        self.charge(workflow, &mail, content);
        self.send(now, &mail);
    }

    /// Counts a message that leaves an uplink.
    fn charge(&mut self, workflow: u32, mail: &Mail, content: Bytes) {
        let envelope = self.on_the_line(mail) - content.total();
        let answer_envelope = if matches!(mail.from, Node::Capability(_)) { envelope } else { 0 };
        let spent = &mut self.workflow[workflow as usize].spent[mail.request as usize];
        spent.bytes += Bytes { envelope, answer_envelope, ..content };
    }

    /// Counts an answer to a workflow node.
    pub(super) fn charge_answer(&mut self, workflow: u32, name: PeerId, mail: &Mail, reply: &Reply) {
        let content = reply.content();
        self.charge(workflow, mail, content);
        if content.duplicate_payload > 0 {
            let payloads = &mut self.workflow[workflow as usize].spent[mail.request as usize].payloads;
            if payloads.iter().all(|(other, _)| *other != name) {
                payloads.push((name, content.duplicate_payload));
            }
        }
    }

    /// A message has reached a workflow node. After the decision it is not even decoded.
    pub(super) fn answered(&mut self, now: Time, workflow: u32, mail: &Mail) {
        #[cfg(test)]
        self.hear(now, workflow, mail);
        let node = &mut self.workflow[workflow as usize];
        let deadline = node.deadline(mail.request, self.setup);
        let Some(pending) = &mut node.requests[mail.request as usize] else { return };
        if now <= deadline {
            let sender = mail.from.position() as u32;
            node.spent[mail.request as usize].evidence.add(sender, &mail.sort, now == deadline);
        }
        if node.dead || pending.client.decision().is_some() {
            let state = if node.dead { "dead" } else { "decided" };
            self.trace.note(now, mail.request, (mail.to, mail.from), || format!("is {state}, does not look at it"));
            return;
        }
        let Some((sender, answer)) = open(mail) else { return };
        let call = &self.calls[mail.request as usize];
        let verdict = judge(&mut pending.client, sender.as_deref(), &answer, self.cache, self.setup, call);
        self.trace.note(now, mail.request, (mail.to, mail.from), || {
            format!("{}: {}", mail.describe(), trace::verdict(&verdict, pending.client.decision()))
        });
        let hope = &mut self.hopes[workflow as usize][mail.request as usize];
        match verdict {
            Verdict::Decided => {
                pending.ended = Some(now);
                match pending.client.decision() {
                    Some(Decision::Success(_)) => hope.settle(),
                    _ => hope.end(now, FailureCause::AggregatorFailedEarly),
                }
            }
            Verdict::Crash(_) => node.die(now, &mut self.hopes[workflow as usize]),
            Verdict::Taken if mail.is_right() => hope.count(now, mail.from.position() as u32),
            Verdict::Rejected(_) if mail.is_right() => {
                self.lose(now, workflow, mail.request, mail.from.position() as u32, Loss::Faulty);
            }
            Verdict::Taken | Verdict::Anomaly | Verdict::Ignored | Verdict::Rejected(_) => {}
        }
    }

    /// The caller's deadline.
    pub(super) fn expire(&mut self, now: Time, workflow: u32, request: u32) {
        if let Some(pending) = &mut self.workflow[workflow as usize].requests[request as usize]
            && !pending.crashed
        {
            #[cfg(test)]
            if self.cache.mutant == Some(super::mutants::Mutant::NeverExpires) {
                return;
            }
            let verdict = pending.client.handle_expiry();
            if verdict == Verdict::Ignored {
                return;
            }
            self.hopes[workflow as usize][request as usize].end(now, FailureCause::TooLate);
            self.trace.note(now, request, (Node::Workflow(workflow), None), || {
                format!("deadline: {}", trace::verdict(&verdict, pending.client.decision()))
            });
        }
    }
}

/// Hands an answer to the aggregator.
#[cfg(not(test))]
fn judge(
    client: &mut ClientRequest,
    sender: Option<&[u8]>,
    answer: &Answer,
    cache: &mut ReplicateCache,
    _: &Setup,
    _: &Call,
) -> Verdict {
    client.handle_message(sender, answer, &mut cache.memo)
}

/// Hands an answer to the aggregator, which tests may have broken.
#[cfg(test)]
fn judge(
    client: &mut ClientRequest,
    sender: Option<&[u8]>,
    answer: &Answer,
    cache: &mut ReplicateCache,
    setup: &Setup,
    call: &Call,
) -> Verdict {
    let Some(mutant) = cache.mutant else { return client.handle_message(sender, answer, &mut cache.memo) };
    let nodes = 0..setup.capability_don.nodes;
    let peers: Vec<PeerId> = nodes.clone().map(|node| cache.peer(Node::Capability(node))).collect();
    let signers: Vec<Vec<u8>> = nodes.map(|node| cache.key(node).address().0.to_vec()).collect();
    let around = super::mutants::Surroundings {
        peers: &peers,
        signers: &signers,
        truth: call.report(),
        required: setup.required(),
    };
    mutant.handle_message(client, sender, answer, &around, &mut cache.memo)
}

/// Decodes the envelope and hands out what an aggregator takes.
pub(super) fn open(mail: &Mail) -> Option<(Option<prost::bytes::Bytes>, Answer)> {
    let message = Message::from_bytes(mail.encode()).ok()?;
    let body = MessageBody::from_bytes(message.body).ok()?;
    // On the wire an absent sender and an empty one are the same.
    let sender = (!body.sender.is_empty()).then_some(body.sender);
    Some((sender, Answer { code: ErrorCode(body.error), text: body.error_msg, payload: body.payload }))
}
