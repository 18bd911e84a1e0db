//! The callers: a workflow node sends requests by schedule, and its aggregator decides on the answers.

use std::rc::Rc;

use crate::aggregator::{Decision, Verdict, Work};
use crate::engine::{Span, Time};

use super::aggregators::Aggregator;
use super::happening::What;
use super::message::Message;
use super::outbox::Outbox;

/// A workflow node.
pub(super) struct WorkflowNode {
    timeout: Span,
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
}

/// Input of a workflow node.
pub(super) enum Input<'a> {
    /// It starts a request; `delays` are those of each capability node's copy.
    Begin { request: u32, aggregator: Box<dyn Aggregator>, delays: &'a [Span] },
    /// One of its timers.
    Timer(Timer),
    /// An answer; `work` is what its aggregator computes with.
    Answer { message: &'a Rc<Message>, work: &'a mut dyn Work },
}

/// A timer of a workflow node.
#[derive(Clone, Copy, Debug)]
pub(super) enum Timer {
    /// The request to one capability node is due.
    Ask { request: u32, capability: u32 },
    /// The deadline.
    Expiry { request: u32 },
}

/// Output of a workflow node: its request to one capability node.
pub(super) struct SendRequest {
    pub(super) request: u32,
    pub(super) capability: u32,
}

type Out = Outbox<Timer, SendRequest>;

impl WorkflowNode {
    pub(super) fn new(timeout: Span, requests: u32) -> Self {
        Self { timeout, requests: (0..requests).map(|_| None).collect(), dead: false }
    }

    pub(super) fn handle(&mut self, now: Time, input: Input<'_>, outbox: &mut Out) {
        if self.dead && !matches!(input, Input::Answer { .. }) {
            return;
        }
        match input {
            Input::Begin { request, aggregator, delays } => self.begin(now, request, aggregator, delays, outbox),
            // A decision does not stop the schedule.
            Input::Timer(Timer::Ask { request, capability }) => outbox.send(SendRequest { request, capability }),
            Input::Timer(Timer::Expiry { request }) => self.expire(now, request, outbox),
            Input::Answer { message, work } => self.answer(now, message, work, outbox),
        }
    }

    /// A started request, also one that is decided.
    pub(super) fn pending(&self, request: u32) -> Option<&Pending> {
        self.requests[request as usize].as_ref()
    }

    /// Instant in which the node gives up on a request; the time-out itself before it has started.
    pub(super) fn deadline(&self, request: u32) -> Time {
        self.pending(request).map_or(Time::ZERO, |pending| pending.started) + self.timeout
    }

    /// Whether a message has crashed it.
    pub(super) const fn is_dead(&self) -> bool {
        self.dead
    }

    /// The deadline runs, and each capability node's copy is due at its delay.
    fn begin(&mut self, now: Time, request: u32, aggregator: Box<dyn Aggregator>, delays: &[Span], outbox: &mut Out) {
        self.requests[request as usize] = Some(Pending { aggregator, started: now, ended: None });
        let deadline = now + self.timeout;
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
    fn answer(&mut self, now: Time, message: &Rc<Message>, work: &mut dyn Work, outbox: &mut Out) {
        let (request, peer) = (message.request, Some(message.from));
        let Some(pending) = &mut self.requests[request as usize] else { return };
        if self.dead || pending.aggregator.decision().is_some() {
            outbox.tell(request, peer, What::Unread { message: Rc::clone(message), dead: self.dead });
            return;
        }
        let Some((sender, answer)) = message.open_answer() else { return };
        let verdict = pending.aggregator.handle_message(sender.as_deref(), &answer, work);
        let crashes = matches!(verdict, Verdict::Crash(_));
        let decides = verdict == Verdict::Decided;
        outbox.tell(request, peer, What::Judged { message: Rc::clone(message), verdict });
        if decides {
            pending.decided(now, request, outbox);
        }
        if crashes {
            self.dead = true;
            outbox.tell(request, peer, What::Crashed);
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
