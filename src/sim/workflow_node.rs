//! The callers: a workflow node sends requests by schedule, and its aggregator decides on the answers.

use std::sync::Arc;

use crate::aggregator::{Answer, ClientRequest, Config, Decision, Verdict};
use crate::engine::Time;
use crate::network::Node;
use crate::wire::{ErrorCode, Message, MessageBody, PeerId};

use super::call::Agreement;
use super::mail::{Mail, Reply};
use super::oracle::Seen;
use super::outcome::{Bytes, Outcome, Row};
use super::setup::Setup;
use super::workshop::Workshop;
use super::world::{Event, World};

/// A workflow node.
pub(super) struct WorkflowNode {
    config: Arc<Config>,
    requests: Vec<Option<Pending>>,
    spent: Vec<Spent>,
    /// A message has crashed it.
    dead: bool,
}

/// A request that the node has started.
struct Pending {
    client: ClientRequest,
    started: Time,
    /// When the decision came.
    ended: Option<Time>,
    crashed: bool,
}

/// What a request cost between this node and the capability DON.
#[derive(Clone, Debug, Default)]
struct Spent {
    bytes: Bytes,
    /// The response part of the first answer of each peer that sent one.
    payloads: Vec<(PeerId, u64)>,
}

/// What every workflow node's aggregator knows of the capability DON.
pub(super) fn config(setup: &Setup, workshop: &mut Workshop) -> Arc<Config> {
    let don = &setup.capability_don;
    let peers = (0..don.nodes).map(|node| workshop.peer(Node::Capability(node))).collect();
    let signers = (0..don.nodes).map(|node| workshop.key(node).address().0.to_vec()).collect();
    let config = Config::new(peers, signers, don.f as usize, setup.aggregator.rule_set)
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

    /// Dies, and every undecided request with it.
    fn die(&mut self) {
        self.dead = true;
        for pending in self.requests.iter_mut().flatten() {
            pending.crashed |= pending.client.decision().is_none();
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
        self.push(now + self.setup.aggregator.timeout, Event::Expiry { workflow, request });
        for (capability, delay) in (0..).zip(delays) {
            self.push(now + delay, Event::Ask { workflow, request, capability });
        }
    }

    /// Sends a request to one capability node. A decision does not stop this.
    pub(super) fn ask(&mut self, now: Time, workflow: u32, request: u32, capability: u32) {
        if self.workflow[workflow as usize].dead {
            return;
        }
        let bytes = self.calls[request as usize].bytes.clone();
        let heading = self.heading(now, Node::Workflow(workflow), Node::Capability(capability), request);
        let mail = heading.ask(&bytes);
        let content = Bytes { request: bytes.len() as u64, ..Bytes::default() };
        self.charge(workflow, &mail, content);
        self.send(now, &mail);
    }

    /// Counts a message that leaves an uplink.
    fn charge(&mut self, workflow: u32, mail: &Mail, content: Bytes) {
        let envelope = self.on_the_line(mail) - content.total();
        let spent = &mut self.workflow[workflow as usize].spent[mail.request as usize];
        spent.bytes += Bytes { envelope, ..content };
    }

    /// Counts an answer to a workflow node.
    pub(super) fn charge_answer(&mut self, workflow: u32, mail: &Mail, reply: &Reply) {
        let content = reply.content();
        self.charge(workflow, mail, content);
        if content.duplicate_payload > 0 {
            let peer = self.workshop.peer(mail.from);
            let payloads = &mut self.workflow[workflow as usize].spent[mail.request as usize].payloads;
            if payloads.iter().all(|(other, _)| *other != peer) {
                payloads.push((peer, content.duplicate_payload));
            }
        }
    }

    /// A message has reached a workflow node. After the decision it is not even decoded.
    pub(super) fn answered(&mut self, now: Time, workflow: u32, mail: &Mail) {
        let node = &mut self.workflow[workflow as usize];
        let Some(pending) = &mut node.requests[mail.request as usize] else { return };
        if node.dead || pending.client.decision().is_some() {
            return;
        }
        let Some((sender, answer)) = open(mail) else { return };
        match pending.client.handle_message(sender.as_deref(), &answer, &mut self.workshop.memo) {
            Verdict::Decided => pending.ended = Some(now),
            Verdict::Crash(_) => node.die(),
            Verdict::Taken | Verdict::Anomaly | Verdict::Ignored | Verdict::Rejected(_) => {}
        }
    }

    /// The caller's deadline.
    pub(super) fn expire(&mut self, workflow: u32, request: u32) {
        if let Some(pending) = &mut self.workflow[workflow as usize].requests[request as usize]
            && !pending.crashed
        {
            pending.client.handle_expiry();
        }
    }
}

/// Decodes the envelope and hands out what an aggregator takes.
fn open(mail: &Mail) -> Option<(Option<prost::bytes::Bytes>, Answer)> {
    let message = Message::from_bytes(mail.encode()).ok()?;
    let body = MessageBody::from_bytes(message.body).ok()?;
    // On the wire an absent sender and an empty one are the same.
    let sender = (!body.sender.is_empty()).then_some(body.sender);
    Some((sender, Answer { code: ErrorCode(body.error), text: body.error_msg, payload: body.payload }))
}

/// How every request ended at every workflow node.
pub(super) fn rows(world: &World<'_>) -> Vec<Row> {
    (0..world.setup.request.count).flat_map(|request| request_rows(world, request)).collect()
}

fn request_rows(world: &World<'_>, request: u32) -> Vec<Row> {
    let (mut rows, seen): (Vec<Row>, Vec<Option<Seen>>) =
        (0..).zip(&world.workflow).map(|(at, node)| row(world, request, at, node)).unzip();
    let right = rows.iter().filter(|row| row.outcome.is_right()).count();
    let seen: Vec<Seen> = seen.into_iter().flatten().collect();
    let disagreement = seen.iter().any(|one| *one != seen[0]);
    for row in &mut rows {
        row.served = right >= world.setup.workflow_don.needed as usize;
        row.disagreement = disagreement;
    }
    rows
}

fn row(world: &World<'_>, request: u32, workflow_node: u32, node: &WorkflowNode) -> (Row, Option<Seen>) {
    let call = &world.calls[request as usize];
    let spent = &node.spent[request as usize];
    let mut row = Row {
        request,
        workflow_node,
        outcome: Outcome::Crashed,
        latency: None,
        error: String::new(),
        served: false,
        disagreement: false,
        bytes: spent.bytes,
        signatures_verified: 0,
    };
    // A node that was dead before it could start the request has nothing to show.
    let Some(pending) = &node.requests[request as usize] else { return (row, None) };
    row.signatures_verified = pending.client.signatures_checked();
    let mut seen = None;
    match pending.client.decision() {
        Some(Decision::Success(success)) => {
            let (outcome, what) = call.truth.judge(&success.response);
            row.outcome = outcome;
            seen = Some(what);
            row.latency = pending.ended.map(|ended| ended.since(pending.started));
            let useful = spent.payloads.iter().filter(|(peer, _)| success.support.contains(peer));
            row.bytes.response = useful.map(|(_, len)| len).sum();
            row.bytes.duplicate_payload -= row.bytes.response;
        }
        Some(decision) => {
            let nothing = matches!(decision, Decision::Expired) && call.agreement == Agreement::Nothing;
            row.outcome = match decision {
                _ if nothing => Outcome::NoAgreement,
                Decision::Expired => Outcome::Expired,
                _ => Outcome::Failed,
            };
            decision.error().unwrap_or_default().clone_into(&mut row.error);
        }
        None => {}
    }
    (row, seen)
}
