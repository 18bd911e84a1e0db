//! The callers: a workflow node sends requests by schedule, and its aggregator decides on the answers.

use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

use crate::aggregator::{Decision, Verdict, Work};
use crate::engine::{Draws, Span, Time};

use super::aggregators::Aggregator;
use super::happening::What;
use super::message::{Message, Signal};
use super::outbox::Outbox;
use super::setup::{AggregatorSetup, Setup};
use super::site::Site;
use super::strategies::ResponseStrategy;

/// A workflow node.
pub(super) struct WorkflowNode {
    /// Time-out, ticker and limit by which it gives up.
    patience: Patience,
    strategy: ResponseStrategy,
    /// Time that it waits for a payload that it has asked for.
    delay: Span,
    capability_nodes: u32,
    /// By number of the request, once it is started.
    requests: Vec<Option<Pending>>,
    dead: bool,
}

/// A request that the node has started.
pub(super) struct Pending {
    pub(super) aggregator: Box<dyn Aggregator>,
    pub(super) started: Time,
    /// Instant of the decision.
    pub(super) ended: Option<Time>,
    /// Capability nodes that have answered.
    heard: BTreeSet<u32>,
    /// Holders that have announced themselves, in the order in which they will be asked.
    holders: VecDeque<u32>,
    /// Holder that it has asked for the payload last.
    asked: Option<u32>,
    /// Payloads that it has asked for so far.
    pulls: u32,
}

/// When a workflow node gives up on a request.
struct Patience {
    timeout: Span,
    /// Period, grace and phase of its ticker, which looks at the age of requests.
    ticker: Option<(Span, Span, Span)>,
    engine_limit: Option<Span>,
}

impl Patience {
    fn new(setup: &Setup, draws: &Draws, number: u32) -> Self {
        let AggregatorSetup { timeout, expiry, engine_limit, .. } = setup.aggregator;
        let phase = |period: Span| {
            let draw = Site::ClientTicker.draw(draws, [number, 0, 0, 0, 0]);
            Span::from_nanos(draw.below(period.as_nanos().max(1)))
        };
        let ticker = expiry.ticker(timeout).map(|(period, grace)| (period, grace, phase(period)));
        Self { timeout, ticker, engine_limit }
    }

    /// Instant in which a request that was started then expires.
    fn ends(&self, started: Time) -> Time {
        let expires = match self.ticker {
            None => started + self.timeout,
            // The first look at or after that age.
            Some((period, grace, phase)) => {
                let due = (started + self.timeout + grace).as_nanos();
                let (period, phase) = (period.as_nanos().max(1), phase.as_nanos());
                Time::from_nanos(due + (phase + period - due % period) % period)
            }
        };
        self.engine_limit.map_or(expires, |limit| expires.min(started + limit))
    }
}

/// Input of a workflow node.
pub(super) enum Input<'a> {
    /// It starts a request; `delays` are those of each capability node's copy.
    Begin { request: u32, aggregator: Box<dyn Aggregator>, delays: &'a [Span] },
    /// One of its timers.
    Timer(Timer),
    /// A capability node has the payload.
    Announcement { request: u32, from: u32 },
    /// An answer, whose envelope it `decodes`, or takes as read; `work` is what its aggregator computes with.
    Answer { message: &'a Rc<Message>, decodes: bool, work: &'a mut dyn Work },
}

/// A timer of a workflow node.
#[derive(Clone, Copy, Debug)]
pub(super) enum Timer {
    /// The request to one capability node is due.
    Ask { request: u32, capability: u32 },
    /// The deadline.
    Expiry { request: u32 },
    /// The payload asked for by pull number `pull` has not come.
    Next { request: u32, pull: u32 },
}

/// Output of a workflow node.
pub(super) enum Send {
    /// Its request to one capability node.
    Request { request: u32, capability: u32 },
    /// A word about who sends the payload to one capability node.
    Signal { request: u32, capability: u32, signal: Signal },
}

type Out = Outbox<Timer, Send>;

impl WorkflowNode {
    pub(super) fn new(setup: &Setup, draws: &Draws, number: u32) -> Self {
        let don = &setup.capability_don;
        Self {
            patience: Patience::new(setup, draws, number),
            strategy: don.response_strategy,
            delay: don.response_delay,
            capability_nodes: don.nodes,
            requests: (0..setup.request.count).map(|_| None).collect(),
            dead: false,
        }
    }

    pub(super) fn handle(&mut self, now: Time, input: Input<'_>, outbox: &mut Out) {
        if self.dead && !matches!(input, Input::Answer { .. }) {
            return;
        }
        match input {
            Input::Begin { request, aggregator, delays } => self.begin(now, request, aggregator, delays, outbox),
            // A decision does not stop the schedule.
            Input::Timer(Timer::Ask { request, capability }) => outbox.send(Send::Request { request, capability }),
            Input::Timer(Timer::Expiry { request }) => self.expire(now, request, outbox),
            Input::Timer(Timer::Next { request, pull }) => self.ask_next(now, request, Some(pull), outbox),
            Input::Announcement { request, from } => self.announced(now, request, from, outbox),
            Input::Answer { message, decodes, work } => self.answer(now, message, decodes, work, outbox),
        }
    }

    /// A started request, also one that is decided.
    pub(super) fn pending(&self, request: u32) -> Option<&Pending> {
        self.requests[request as usize].as_ref()
    }

    /// Instant in which the node gives up on a request; the time-out itself before it has started.
    pub(super) fn deadline(&self, request: u32) -> Time {
        self.patience.ends(self.pending(request).map_or(Time::ZERO, |pending| pending.started))
    }

    /// Whether a message has crashed it.
    pub(super) const fn is_dead(&self) -> bool {
        self.dead
    }

    /// The deadline runs, and each capability node's copy is due at its delay.
    fn begin(&mut self, now: Time, request: u32, aggregator: Box<dyn Aggregator>, delays: &[Span], outbox: &mut Out) {
        self.requests[request as usize] = Some(Pending {
            aggregator,
            started: now,
            ended: None,
            heard: BTreeSet::new(),
            holders: VecDeque::new(),
            asked: None,
            pulls: 0,
        });
        let deadline = self.patience.ends(now);
        outbox.tell(request, None, What::Started { deadline });
        outbox.timer(deadline, Timer::Expiry { request });
        for (capability, delay) in (0..).zip(delays) {
            outbox.timer(now + *delay, Timer::Ask { request, capability });
        }
    }

    fn expire(&mut self, now: Time, request: u32, outbox: &mut Out) {
        let Some(pending) = &mut self.requests[request as usize] else { return };
        if pending.aggregator.handle_expiry() == Verdict::Decided {
            pending.decided(now, request, outbox);
        }
    }

    /// After the decision an answer is not even decoded.
    fn answer(&mut self, now: Time, message: &Rc<Message>, decodes: bool, work: &mut dyn Work, outbox: &mut Out) {
        let (request, peer) = (message.request, Some(message.from));
        let Some(pending) = &mut self.requests[request as usize] else { return };
        if self.dead || pending.aggregator.decision().is_some() {
            outbox.tell(request, peer, What::Unread { message: Rc::clone(message), dead: self.dead });
            return;
        }
        let Some((sender, answer)) = message.open_answer(decodes) else { return };
        pending.heard.insert(message.from.position() as u32);
        let verdict = pending.aggregator.handle_message(sender.as_deref(), &answer, work);
        let crashes = matches!(verdict, Verdict::Crash(_));
        let decides = verdict == Verdict::Decided;
        outbox.tell(request, peer, What::Judged { message: Rc::clone(message), verdict });
        if decides {
            pending.decided(now, request, outbox);
            self.stop(request, outbox);
        } else if !crashes {
            self.ask_next(now, request, None, outbox);
        }
        if crashes {
            self.dead = true;
            outbox.tell(request, peer, What::Crashed);
        }
    }
}

impl WorkflowNode {
    /// Tells whom it has not heard that it needs no payload any more.
    fn stop(&self, request: u32, outbox: &mut Out) {
        let Some(pending) = self.pending(request).filter(|_| self.strategy.definition().says_stop) else { return };
        for capability in (0..self.capability_nodes).filter(|node| !pending.heard.contains(node)) {
            outbox.send(Send::Signal { request, capability, signal: Signal::Stop });
        }
    }

    /// Asks the first holder that announces itself for the payload, and keeps the others in mind.
    fn announced(&mut self, now: Time, request: u32, from: u32, outbox: &mut Out) {
        let Some(pending) = self.requests[request as usize].as_mut().filter(|_| self.strategy.definition().asks) else {
            return;
        };
        if pending.asked != Some(from) && !pending.heard.contains(&from) && !pending.holders.contains(&from) {
            pending.holders.push_back(from);
            self.ask_next(now, request, None, outbox);
        }
    }

    /// Asks the next holder that has not answered, unless it still waits for the one before; `overdue` is the pull whose
    /// time is over.
    fn ask_next(&mut self, now: Time, request: u32, overdue: Option<u32>, outbox: &mut Out) {
        let Some(pending) = &mut self.requests[request as usize] else { return };
        if pending.decision().is_some() || overdue.is_some_and(|pull| pull != pending.pulls) {
            return;
        }
        let silent = pending.asked.filter(|node| !pending.heard.contains(node));
        if silent.is_some() && overdue.is_none() {
            return;
        }
        // Who has not answered comes last: its answer may be lost.
        pending.holders.extend(silent);
        let heard = &pending.heard;
        pending.holders.retain(|node| !heard.contains(node));
        pending.asked = pending.holders.pop_front();
        if let Some(capability) = pending.asked {
            pending.pulls += 1;
            outbox.send(Send::Signal { request, capability, signal: Signal::Pull });
            outbox.timer(now + self.delay, Timer::Next { request, pull: pending.pulls });
        }
    }
}

impl Pending {
    fn decided(&mut self, now: Time, request: u32, outbox: &mut Out) {
        self.ended = Some(now);
        if let Some(decision) = self.decision() {
            outbox.tell(request, None, What::Decided { decision: decision.clone() });
        }
    }

    pub(super) fn decision(&self) -> Option<&Decision> {
        self.aggregator.decision()
    }
}
