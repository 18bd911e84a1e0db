//! One seeded world: nodes, network and events, run to the end.
//!
//! The loop is: 1. take the next event in the order (time, tie key, insertion); 2. hand it to the node or DON that it
//! concerns; 3. take from its outbox what follows: messages go through the sender's faults onto the network, timers into
//! the queue, happenings to whoever listens. It ends when nothing is left to happen, long after the last decision, because
//! bytes that leave an uplink count whoever still waits for them.

mod adversary;
mod agreement;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use prost::bytes::Bytes;

use crate::aggregator::Config;
use crate::engine::{Draws, EventQueue, TieKey, Time};
use crate::network::{Chance, Network, Node, Placement};

use super::aggregators::{AggregatorFactory, Opening};
use super::agreement::{Agreement, latency};
use super::assignment::Assignment;
use super::capability_node::{self, CapabilityNode};
use super::event::Event;
use super::happening::{Happening, Listener, What};
use super::message::{Header, Message, Signal};
use super::observers::Observers;
use super::outbox::{Outbox, Output};
use super::replicate_cache::ReplicateCache;
use super::request::Request;
use super::rounds;
use super::setup::{Setup, Ties};
use super::site::Site;
use super::strata::Counts;
use super::workflow_node::{self, WorkflowNode};

/// A replicate under way.
pub(super) struct World<'a> {
    pub(super) setup: &'a Setup,
    pub(super) draws: Draws,
    pub(super) cache: &'a mut ReplicateCache,
    aggregators: &'a dyn AggregatorFactory,
    /// By workflow node, what its aggregators know of the capability DON.
    pub(super) configs: Vec<Arc<Config>>,
    pub(super) assignment: Assignment,
    pub(super) requests: Vec<Request>,
    pub(super) workflow: Vec<WorkflowNode>,
    pub(super) capability: Vec<CapabilityNode<'a>>,
    pub(super) agreement: Agreement<'a>,
    pub(super) network: Network<'a>,
    queue: EventQueue<Event>,
    /// Events in the queue that may make a capability node execute a request.
    pub(super) asks_under_way: u64,
    /// Requests that some caller has not begun or not given up.
    pub(super) awaited: u64,
    /// By request, sender, receiver and kind, in one number, messages sent so far: tells their draws apart.
    attempts: BTreeMap<u128, u32>,
    pub(super) observers: Observers<'a>,
    /// Outboxes between two uses, empty.
    workflow_outbox: Outbox<workflow_node::Timer, workflow_node::Send>,
    capability_outbox: Outbox<capability_node::Timer, capability_node::Send>,
}

impl<'a> World<'a> {
    /// The world of `replicate`, before anything has happened.
    pub(super) fn new(
        setup: &'a Setup,
        replicate: u64,
        cache: &'a mut ReplicateCache,
        aggregators: &'a dyn AggregatorFactory,
        listener: Option<&'a mut dyn Listener>,
    ) -> Self {
        let draws = cache.begin(setup.run.seed, replicate);
        let (callers, callees) = (setup.workflow_don.nodes, setup.capability_don.nodes);
        if cache.reuses() {
            cache.link_draws.fit(callers, callees);
        }
        let placement = Placement { workflow: &setup.workflow_don.regions, capability: &setup.capability_don.regions };
        let counts = Counts::of_replicate(setup, replicate);
        let assignment = Assignment::new(setup, &counts.faulty, &draws);
        let requests = requests(setup, &draws, cache);
        let ids = requests.iter().map(|request| &*request.ids);
        let agreement = Agreement::new(setup, draws, assignment.agreed, ids);
        let node = |number: u32| {
            let reading = agreement.reading(assignment.holders[number as usize]);
            CapabilityNode::new(setup, draws, number, reading, assignment.outages(number))
        };
        let mut network = Network::new(&setup.network, placement, callers, callees);
        if let Some(lost) = counts.lost_answers {
            network.lose_answers(lost_links(setup, &draws, lost));
        }
        let mut world = Self {
            setup,
            draws,
            aggregators,
            configs: configs(setup, cache),
            workflow: (0..callers).map(|number| WorkflowNode::new(setup, &draws, number)).collect(),
            capability: (0..callees).map(node).collect(),
            agreement,
            network,
            queue: std::mem::take(&mut cache.queue),
            asks_under_way: 0,
            awaited: 0,
            attempts: BTreeMap::new(),
            observers: Observers::new(setup, &assignment, &requests, listener),
            workflow_outbox: Outbox::default(),
            capability_outbox: Outbox::default(),
            assignment,
            requests,
            cache,
        };
        world.plan();
        world.start_rounds();
        world
    }

    /// Puts every start of a request into the queue.
    fn plan(&mut self) {
        for request in 0..self.setup.request.count {
            for workflow in 0..self.setup.workflow_don.nodes {
                let draw = Site::StartSkew.draw(&self.draws, [request, workflow, 0, 0, 0]);
                let begins = self.requests[request as usize].begins + self.setup.workflow_don.start_skew.sample(draw);
                self.push(begins, Event::Begin { workflow, request });
            }
        }
    }

    /// Lets everything happen, to the end.
    pub(super) fn play(&mut self) {
        // 1.
        while let Some((now, event)) = self.queue.pop() {
            self.observers.advance(now);
            self.asks_under_way -= u64::from(event.may_ask());
            self.awaited -= u64::from(event.is_awaited());
            // 2. and 3.
            self.handle(now, event);
        }
        self.observers.advance(Time::NEVER);
        self.cache.queue = std::mem::take(&mut self.queue);
    }

    fn handle(&mut self, now: Time, event: Event) {
        match event {
            Event::Begin { workflow, request } => self.begin(now, workflow, request),
            Event::Workflow { workflow, timer } => {
                let mut outbox = std::mem::take(&mut self.workflow_outbox);
                self.workflow[workflow as usize].handle(now, workflow_node::Input::Timer(timer), &mut outbox);
                self.route_workflow(now, workflow, outbox);
            }
            Event::Capability { capability, timer } => {
                self.tell_capability(now, capability, capability_node::Input::Timer(timer));
            }
            Event::Agreed(done) => self.tell_latency(now, latency::Input::Done(done)),
            Event::Round { capability, timer } => self.round_timer(now, capability, timer),
            Event::OcrArrival(under_way) => self.ocr_arrival(now, under_way),
            Event::OcrDelivery(under_way) => self.deliver_ocr(now, under_way),
            Event::Arrival(message) => {
                let bytes = message.len() + self.setup.network.frame;
                match self.network.handle_arrival(now, message.from, message.to, bytes) {
                    None => {
                        let (request, to, from) = (message.request, Some(message.to), Some(message.from));
                        self.tell(now, request, to, from, What::Refused { message });
                    }
                    Some(through) if through > now => self.push(through, Event::Delivery(message)),
                    Some(_) => self.deliver(now, &message),
                }
            }
            Event::Delivery(message) => self.deliver(now, &message),
            Event::LateAnswer { capability, request, workflow, outgoing } => {
                self.late_answer(now, capability, request, workflow, &outgoing);
            }
            Event::LateRequest { workflow, request, capability, bytes } => {
                self.send_request(now, workflow, request, capability, &bytes);
            }
        }
    }

    /// Tells whoever listens.
    pub(super) fn tell(
        &mut self,
        now: Time,
        request: impl Into<Option<u32>>,
        node: Option<Node>,
        peer: Option<Node>,
        what: What,
    ) {
        let happening = Happening { time: now, request: request.into(), node, peer, what };
        self.observers.hear(&happening, &self.requests, self.cache);
    }

    fn begin(&mut self, now: Time, workflow: u32, request: u32) {
        let it = &self.requests[request as usize];
        let aggregator = self.aggregators.open(&Opening {
            config: &self.configs[workflow as usize],
            ids: &it.ids,
            truth: it.report(),
        });
        let mut outbox = std::mem::take(&mut self.workflow_outbox);
        let input = workflow_node::Input::Begin { request, aggregator, delays: &it.delays };
        self.workflow[workflow as usize].handle(now, input, &mut outbox);
        self.route_workflow(now, workflow, outbox);
    }

    fn deliver(&mut self, now: Time, message: &Rc<Message>) {
        self.tell(
            now,
            message.request,
            Some(message.to),
            Some(message.from),
            What::Delivered { message: Rc::clone(message) },
        );
        match (message.from, message.to) {
            (Node::Workflow(from), Node::Capability(to)) if message.signal.is_some() => {
                self.deliver_signal(now, from, to, message);
            }
            (Node::Capability(from), Node::Workflow(to)) if message.signal == Some(Signal::Announce) => {
                let mut outbox = std::mem::take(&mut self.workflow_outbox);
                let input = workflow_node::Input::Announcement { request: message.request, from };
                self.workflow[to as usize].handle(now, input, &mut outbox);
                self.route_workflow(now, to, outbox);
            }
            (Node::Workflow(from), Node::Capability(to)) => self.deliver_request(now, from, to, message),
            (Node::Capability(_), Node::Workflow(to)) => {
                let mut outbox = std::mem::take(&mut self.workflow_outbox);
                let decodes = !self.cache.reuses();
                let input = workflow_node::Input::Answer { message, decodes, work: &mut self.cache.memo };
                self.workflow[to as usize].handle(now, input, &mut outbox);
                self.route_workflow(now, to, outbox);
            }
            // Callers do not write to each other, and what callees write to each other is in `agreement`.
            _ => {}
        }
    }

    fn deliver_request(&mut self, now: Time, from: u32, to: u32, message: &Message) {
        let (request, ends) = (message.request, (Some(message.to), Some(message.from)));
        let outage = self.capability[to as usize].outage(now, now);
        if let Some(fault) = outage {
            self.tell(now, request, ends.0, ends.1, What::Down { fault });
        }
        if outage.is_some() || self.throws_away(now, from, to, request) {
            self.tell(now, request, ends.0, ends.1, What::Missed);
        } else if let Some(asked) = message.asked() {
            let hash = self.cache.hash(asked);
            self.tell_capability(now, to, capability_node::Input::Request { request, from, hash });
        }
    }

    /// A workflow node's word about who sends the payload; a node that is down does not hear it.
    fn deliver_signal(&mut self, now: Time, from: u32, to: u32, message: &Message) {
        let request = message.request;
        if self.capability[to as usize].outage(now, now).is_some() {
            return;
        }
        match message.signal {
            Some(Signal::Stop) => self.tell_capability(now, to, capability_node::Input::Stop { request, from }),
            Some(Signal::Pull) => self.tell_capability(now, to, capability_node::Input::Pull { request, from }),
            Some(Signal::Announce) | None => {}
        }
    }

    pub(super) fn tell_capability(&mut self, now: Time, capability: u32, input: capability_node::Input) {
        let mut outbox = std::mem::take(&mut self.capability_outbox);
        self.capability[capability as usize].handle(now, input, &mut outbox);
        let node = Node::Capability(capability);
        for output in outbox.drain() {
            match output {
                Output::Timer(at, timer) => self.push(at, Event::Capability { capability, timer }),
                Output::Happened { request, peer, what } => self.tell(now, request, Some(node), peer, what),
                Output::Send(capability_node::Send::Executing { request }) => {
                    self.tell_participant(now, capability, rounds::Input::Executing { request });
                }
                Output::Send(capability_node::Send::Observation { request }) => {
                    self.tell_latency(now, latency::Input::Observation { request });
                }
                Output::Send(capability_node::Send::Polled { request, poll }) => {
                    self.polled(now, capability, request, poll);
                }
                Output::Send(capability_node::Send::Concluded { request }) => {
                    self.tell_participant(now, capability, rounds::Input::Concluded { request });
                }
                Output::Send(capability_node::Send::Answer { request, to, reply }) => {
                    self.answer(now, capability, request, to, reply);
                }
            }
        }
        self.capability_outbox = outbox;
    }

    fn route_workflow(
        &mut self,
        now: Time,
        workflow: u32,
        mut outbox: Outbox<workflow_node::Timer, workflow_node::Send>,
    ) {
        let node = Node::Workflow(workflow);
        for output in outbox.drain() {
            match output {
                Output::Timer(at, timer) => self.push(at, Event::Workflow { workflow, timer }),
                Output::Happened { request, peer, what } => self.tell(now, request, Some(node), peer, what),
                Output::Send(workflow_node::Send::Request { request, capability }) => {
                    self.ask(now, workflow, request, capability);
                }
                Output::Send(workflow_node::Send::Signal { request, capability, signal }) => {
                    self.send_signal(now, workflow, request, capability, signal);
                }
            }
        }
        self.workflow_outbox = outbox;
    }

    /// Puts an event into the queue.
    pub(super) fn push(&mut self, time: Time, event: Event) {
        self.push_attempt(time, event, 0);
    }

    pub(super) fn push_attempt(&mut self, time: Time, event: Event, attempt: u32) {
        let parts = event.tie_parts(attempt);
        let draw = match &event {
            Event::Arrival(message) => {
                self.cache.link_draws.draw(&self.draws, Site::Tie, [message.from, message.to], parts)
            }
            _ => Site::Tie.draw(&self.draws, parts),
        };
        let tie = match self.setup.ties {
            Ties::Random => draw.bits(),
            // The class decides, chance within it.
            Ties::Adversarial => (event.kindness() << 62) | (draw.bits() >> 2),
        };
        self.asks_under_way += u64::from(event.may_ask());
        self.awaited += u64::from(event.is_awaited());
        self.queue.push(time, TieKey(tie), event);
    }

    /// The header of a message between two nodes.
    pub(super) fn header(&mut self, now: Time, from: Node, to: Node, request: u32) -> Header<'_> {
        let (sender, receiver) = (self.cache.peer(from), self.cache.peer(to));
        let request_id = &self.requests[request as usize].id;
        Header { from: (from, sender), to: (to, receiver), claimed: from, now, request, request_id }
    }

    /// Sends one request.
    pub(super) fn send_request(&mut self, now: Time, workflow: u32, request: u32, capability: u32, bytes: &Bytes) {
        if self.workflow[workflow as usize].is_dead() {
            return;
        }
        let header = self.header(now, Node::Workflow(workflow), Node::Capability(capability), request);
        let message = header.request(bytes);
        self.send(now, Rc::new(message));
    }

    /// Sends a word about who sends the payload.
    pub(super) fn send_signal(&mut self, now: Time, workflow: u32, request: u32, capability: u32, signal: Signal) {
        let header = self.header(now, Node::Workflow(workflow), Node::Capability(capability), request);
        let message = header.signal(signal);
        self.send(now, Rc::new(message));
    }

    /// Sends a message.
    pub(super) fn send(&mut self, now: Time, message: Rc<Message>) {
        let bytes = message.bytes(self.setup.network.frame);
        let (draws, from, to, request) = (self.draws, message.from, message.to, message.request);
        let kind = message.signal.map_or(0, |signal| signal as u32 + 1);
        let key = [request, from.key(), to.key(), kind].into_iter().fold(0, |key, part| (key << 32) | u128::from(part));
        let attempts = self.attempts.entry(key).or_default();
        let attempt = *attempts + (kind << 16);
        *attempts += 1;
        let link_draws = &mut self.cache.link_draws;
        let mut draw = |chance| {
            let (site, copy) = match chance {
                Chance::Loss => (Site::Loss, 0),
                Chance::Duplication => (Site::Duplication, 0),
                Chance::Latency { copy } => (Site::Latency, copy),
            };
            link_draws.draw(&draws, site, [from, to], [request, from.key(), to.key(), attempt, copy])
        };
        let sent = self.network.handle_send(now, from, to, bytes.total(), &mut draw);
        for (copy, arrival) in (0..).zip(sent.arrivals) {
            if let Some(arrival) = arrival {
                self.push_attempt(arrival, Event::Arrival(Rc::clone(&message)), 2 * attempt + copy);
            }
        }
        let what = What::Sent { message, bytes, arrivals: sent.arrivals, barrier: sent.barrier };
        self.tell(now, request, Some(from), Some(to), what);
    }

    /// Sends a message whose sender has the network in hand: it arrives at `arrival`.
    pub(super) fn send_past_network(&mut self, now: Time, arrival: Time, message: Rc<Message>) {
        let (from, to, request) = (message.from, message.to, message.request);
        let bytes = message.bytes(self.setup.network.frame);
        let what = What::Sent { message: Rc::clone(&message), bytes, arrivals: [Some(arrival), None], barrier: None };
        self.tell(now, request, Some(from), Some(to), what);
        self.push(arrival, Event::Delivery(message));
    }
}

/// By workflow node, knowledge of the capability DON that its aggregators have.
fn configs(setup: &Setup, cache: &mut ReplicateCache) -> Vec<Arc<Config>> {
    (0..setup.workflow_don.nodes).map(|node| cache.config(setup, setup.aggregator.rule_set.of(node))).collect()
}

/// So many links that lose their answers: those whose draws are the lowest, which are lost first when losses rise.
fn lost_links(setup: &Setup, draws: &Draws, lost: u32) -> BTreeSet<(Node, Node)> {
    let callers = setup.workflow_don.nodes;
    let link = |at: u32| (Node::Capability(at / callers), Node::Workflow(at % callers));
    let parts = |at: u32| [0, link(at).0.key(), link(at).1.key(), 0, 0];
    let ranked = Site::Loss.ranked(draws, setup.capability_don.nodes * callers, parts);
    ranked.into_iter().take(lost as usize).map(link).collect()
}

fn requests(setup: &Setup, draws: &Draws, cache: &mut ReplicateCache) -> Vec<Request> {
    let mut begins = Time::ZERO;
    let mut requests = Vec::with_capacity(setup.request.count as usize);
    for request in 0..setup.request.count {
        if request > 0 {
            begins += setup.request.arrival.sample(Site::Arrival.draw(draws, [request, 0, 0, 0, 0]));
        }
        requests.push(Request::new(setup, draws, cache, request, begins));
    }
    requests
}
