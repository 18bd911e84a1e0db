//! One seeded world: its nodes, its network and its events, run to the end.
//!
//! The loop is: 1. take the next event in the order (time, tie key, insertion); 2. hand it to the node or DON that it
//! concerns; 3. put what follows from it into the queue. It ends when nothing is left to happen, long after the last
//! decision, because bytes that leave an uplink count whoever still waits for them.

use std::collections::BTreeMap;

use prost::bytes::Bytes;

use crate::engine::{Draws, EventQueue, Span, TieKey, Time};
use crate::network::{Chance, Network, Node, Placement};

use super::assignment::Assignment;
use super::call::Call;
use super::capability_node::CapabilityNode;
use super::faults::Dispatch;
use super::hope::{Hope, Loss};
use super::mail::{Heading, Mail};
use super::outcome::Replicate;
use super::replicate_cache::ReplicateCache;
use super::setup::{Setup, Ties};
use super::site::Site;
use super::trace::{Line, Trace, fate};
use super::workflow_node::WorkflowNode;

/// Everything that happens.
#[derive(Clone, Debug)]
pub(super) enum Event {
    /// A workflow node starts a request.
    Begin { workflow: u32, request: u32 },
    /// A workflow node sends its request to one capability node.
    Ask { workflow: u32, request: u32, capability: u32 },
    /// A message reaches its receiver's downlink.
    Arrival(Mail),
    /// A message is through the downlink.
    Delivery(Mail),
    /// A capability node's execution has its observation.
    Observed { capability: u32, request: u32, began: Time },
    /// Every capability node has the attested report.
    Reported { request: u32 },
    /// A capability node's ticker looks at a request.
    Tick { capability: u32, request: u32 },
    /// A late answer leaves.
    Dispatch { capability: u32, request: u32, workflow: u32, dispatch: Dispatch },
    /// A late request leaves.
    Demand { workflow: u32, request: u32, capability: u32, bytes: Bytes },
    /// A workflow node's deadline.
    Expiry { workflow: u32, request: u32 },
}

impl Event {
    /// How much the caller would like the event to come early, from 0 to 3.
    const fn kindness(&self) -> u64 {
        match self {
            Self::Expiry { .. } => 0,
            Self::Arrival(mail) | Self::Delivery(mail) if mail.is_right() => 3,
            Self::Arrival(_) | Self::Delivery(_) => 1,
            _ => 2,
        }
    }

    /// What keys the event's tie draw; `attempt` tells apart what is else the same.
    fn tie_parts(&self, attempt: u32) -> [u32; 5] {
        const NOBODY: u32 = u32::MAX;
        match self {
            Self::Begin { workflow, request } => [*request, *workflow, NOBODY, 1, attempt],
            Self::Ask { workflow, request, capability } => [*request, *workflow, *capability, 2, attempt],
            Self::Arrival(mail) => [mail.request, mail.from.key(), mail.to.key(), 3, attempt],
            Self::Delivery(mail) => [mail.request, mail.from.key(), mail.to.key(), 4, attempt],
            Self::Observed { capability, request, .. } => [*request, *capability, NOBODY, 5, attempt],
            Self::Reported { request } => [*request, NOBODY, NOBODY, 6, attempt],
            Self::Tick { capability, request } => [*request, *capability, NOBODY, 7, attempt],
            Self::Dispatch { capability, request, workflow, .. } => [*request, *workflow, *capability, 8, attempt],
            Self::Demand { workflow, request, capability, .. } => [*request, *workflow, *capability, 10, attempt],
            Self::Expiry { workflow, request } => [*request, *workflow, NOBODY, 9, attempt],
        }
    }
}

/// A replicate under way.
pub(super) struct World<'a> {
    pub(super) setup: &'a Setup,
    pub(super) draws: Draws,
    pub(super) cache: &'a mut ReplicateCache,
    pub(super) assignment: Assignment,
    pub(super) calls: Vec<Call>,
    pub(super) workflow: Vec<WorkflowNode>,
    pub(super) capability: Vec<CapabilityNode>,
    network: Network,
    queue: EventQueue<Event>,
    /// Messages sent so far about a request from one node to another: tells their draws apart.
    attempts: BTreeMap<(u32, Node, Node), u32>,
    pub(super) trace: Trace,
    /// By workflow node, then request.
    pub(super) hopes: Vec<Vec<Hope>>,
    /// Every answer that reached a workflow node, in their order.
    #[cfg(test)]
    pub(super) heard: Vec<super::oracle_tests::Heard>,
}

impl<'a> World<'a> {
    /// The world of `replicate`, before anything has happened.
    pub(super) fn new(setup: &'a Setup, replicate: u64, cache: &'a mut ReplicateCache) -> Self {
        let draws = cache.begin(setup.run.seed, replicate);
        let (callers, callees) = (setup.workflow_don.nodes, setup.capability_don.nodes);
        let placement = Placement {
            workflow: setup.workflow_don.regions.clone(),
            capability: setup.capability_don.regions.clone(),
        };
        let network = Network::new(setup.network.clone(), placement, callers, callees);
        let config = super::workflow_node::config(setup, cache);
        let mut world = Self {
            setup,
            draws,
            assignment: Assignment::new(setup, &draws),
            calls: calls(setup, &draws, cache),
            workflow: (0..callers).map(|_| WorkflowNode::new(config.clone(), setup.request.count)).collect(),
            capability: (0..callees).map(|_| CapabilityNode::new(setup.request.count)).collect(),
            cache,
            network,
            queue: EventQueue::new(),
            attempts: BTreeMap::new(),
            trace: Trace::default(),
            hopes: Vec::new(),
            #[cfg(test)]
            heard: Vec::new(),
        };
        world.hopes = world.first_hopes();
        world.plan();
        world
    }

    /// Puts every start of a request into the queue.
    fn plan(&mut self) {
        for request in 0..self.setup.request.count {
            for workflow in 0..self.setup.workflow_don.nodes {
                let draw = Site::StartSkew.draw(&self.draws, [request, workflow, 0, 0, 0]);
                let begins = self.calls[request as usize].begins + self.setup.workflow_don.start_skew.sample(draw);
                self.push(begins, Event::Begin { workflow, request });
            }
        }
    }

    /// What every workflow node may hope for before anything happens.
    fn first_hopes(&self) -> Vec<Vec<Hope>> {
        let hope = |call: &Call| Hope::new(self.setup, &self.assignment.holders, call.begins);
        (0..self.setup.workflow_don.nodes).map(|_| self.calls.iter().map(hope).collect()).collect()
    }

    /// One right answer of a capability node to a workflow node will not come.
    pub(super) fn lose(&mut self, now: Time, workflow: u32, request: u32, capability: u32, loss: Loss) {
        let hope = &mut self.hopes[workflow as usize][request as usize];
        let before = hope.unreachable();
        hope.lose(now, capability, loss);
        if let (None, Some((_, reason))) = (before, hope.unreachable()) {
            let ends = (Node::Workflow(workflow), None);
            self.trace.note(now, request, ends, || format!("oracle: unreachable, {}", reason.name()));
        }
    }

    /// The same world, keeping a line of everything that happens.
    pub(super) fn traced(self) -> Self {
        Self { trace: Trace::kept(), ..self }
    }

    /// Runs to the end.
    pub(super) fn run(mut self) -> (Replicate, Vec<Line>) {
        self.play();
        let replicate = Replicate { rows: super::endings::rows(&self), faults: self.assignment.reports() };
        (replicate, self.trace.into_lines())
    }

    /// Lets everything happen.
    pub(super) fn play(&mut self) {
        // 1.
        while let Some((now, event)) = self.queue.pop() {
            // 2. and 3.
            self.handle(now, event);
        }
    }

    fn handle(&mut self, now: Time, event: Event) {
        match event {
            Event::Begin { workflow, request } => self.begin(now, workflow, request),
            Event::Ask { workflow, request, capability } => self.ask(now, workflow, request, capability),
            Event::Arrival(mail) => {
                let bytes = self.on_the_line(&mail);
                let through = self.network.handle_arrival(now, mail.to, bytes);
                if through > now {
                    self.push(through, Event::Delivery(mail));
                } else {
                    self.deliver(now, &mail);
                }
            }
            Event::Delivery(mail) => self.deliver(now, &mail),
            Event::Observed { capability, request, began } => self.observed(now, capability, request, began),
            Event::Reported { request } => self.reported(now, request),
            Event::Tick { capability, request } => self.tick(now, capability, request),
            Event::Dispatch { capability, request, workflow, dispatch } => {
                if !self.loses(now, capability, request, now) {
                    self.dispatch(now, capability, request, workflow, &dispatch);
                }
            }
            Event::Demand { workflow, request, capability, bytes } => {
                self.demand(now, workflow, request, capability, &bytes);
            }
            Event::Expiry { workflow, request } => self.expire(now, workflow, request),
        }
    }

    fn deliver(&mut self, now: Time, mail: &Mail) {
        match (mail.from, mail.to) {
            (Node::Workflow(from), Node::Capability(to)) => self.asked(now, from, to, mail),
            (Node::Capability(_), Node::Workflow(to)) => self.answered(now, to, mail),
            // Nodes of one DON do not write to each other here.
            _ => {}
        }
    }

    /// Puts an event into the queue.
    pub(super) fn push(&mut self, time: Time, event: Event) {
        self.push_attempt(time, event, 0);
    }

    fn push_attempt(&mut self, time: Time, event: Event, attempt: u32) {
        let draw = Site::Tie.draw(&self.draws, event.tie_parts(attempt)).bits();
        let tie = match self.setup.ties {
            Ties::Random => draw,
            // The class decides, chance within it.
            Ties::Adversarial => (event.kindness() << 62) | (draw >> 2),
        };
        self.queue.push(time, TieKey(tie), event);
    }

    /// The heading of a message between two nodes.
    pub(super) fn heading(&mut self, now: Time, from: Node, to: Node, request: u32) -> Heading<'_> {
        let (sender, receiver) = (self.cache.peer(from), self.cache.peer(to));
        let request_id = &self.calls[request as usize].request_id;
        Heading { from: (from, sender), to: (to, receiver), now, request, request_id }
    }

    /// What the way of a message means for the requests that hang on it.
    fn judge_way(&mut self, now: Time, mail: &Mail, arrivals: [Option<Time>; 2]) {
        let is_lost = arrivals.iter().all(Option::is_none);
        match (mail.from, mail.to) {
            (Node::Workflow(workflow), Node::Capability(capability)) if is_lost => {
                self.unasked(now, workflow, mail.request, capability);
            }
            (Node::Capability(capability), Node::Workflow(workflow)) if mail.is_right() => {
                let deadline = self.workflow[workflow as usize].deadline(mail.request, self.setup);
                if is_lost {
                    self.lose(now, workflow, mail.request, capability, Loss::Lost);
                } else if arrivals.iter().flatten().all(|arrival| *arrival > deadline) {
                    self.lose(now, workflow, mail.request, capability, Loss::Late);
                }
            }
            _ => {}
        }
    }

    /// An honest workflow node's one request to a capability node did not get there.
    pub(super) fn unasked(&mut self, now: Time, workflow: u32, request: u32, capability: u32) {
        if !self.assignment.is_honest(workflow) {
            return;
        }
        self.lose(now, workflow, request, capability, Loss::Unasked);
        let call = &mut self.calls[request as usize];
        let missing = &mut call.missing_requests[capability as usize];
        *missing += 1;
        // Faulty workflow nodes may ask as often as they like, so they are never counted out.
        if self.setup.workflow_don.nodes - *missing <= self.setup.workflow_don.f {
            for workflow in 0..self.setup.workflow_don.nodes {
                self.lose(now, workflow, request, capability, Loss::Unasked);
            }
        }
    }

    /// Bytes of a message with the transport's frame.
    pub(super) const fn on_the_line(&self, mail: &Mail) -> u64 {
        mail.len() + self.setup.network.frame
    }

    /// Sends a message.
    pub(super) fn send(&mut self, now: Time, mail: &Mail) {
        let bytes = self.on_the_line(mail);
        let (draws, from, to, request) = (self.draws, mail.from, mail.to, mail.request);
        let attempts = self.attempts.entry((request, from, to)).or_default();
        let attempt = *attempts;
        *attempts += 1;
        let draw = |chance| {
            let (site, copy) = match chance {
                Chance::Loss => (Site::Loss, 0),
                Chance::Duplication => (Site::Duplication, 0),
                Chance::Latency { copy } => (Site::Latency, copy),
            };
            site.draw(&draws, [request, from.key(), to.key(), attempt, copy])
        };
        let sent = self.network.handle_send(now, from, to, bytes, &draw);
        self.trace.note(now, request, (from, to), || format!("{}, {bytes} bytes, {}", mail.describe(), fate(&sent)));
        self.judge_way(now, mail, sent.arrivals);
        for (copy, arrival) in (0..).zip(sent.arrivals) {
            if let Some(arrival) = arrival {
                self.push_attempt(arrival, Event::Arrival(mail.clone()), 2 * attempt + copy);
            }
        }
    }
}

fn calls(setup: &Setup, draws: &Draws, cache: &ReplicateCache) -> Vec<Call> {
    let mut begins = Time::ZERO;
    let mut calls = Vec::with_capacity(setup.request.count as usize);
    for request in 0..setup.request.count {
        if request > 0 {
            begins += arrival_gap(setup, draws, request);
        }
        calls.push(Call::new(setup, draws, cache, request, begins));
    }
    calls
}

fn arrival_gap(setup: &Setup, draws: &Draws, request: u32) -> Span {
    setup.request.arrival.sample(Site::Arrival.draw(draws, [request, 0, 0, 0, 0]))
}
