//! The oracle: whether a request can still succeed at a workflow node, if not since when and why, and whether the
//! aggregator kept to its rules.
//!
//! It judges from the outside. It hears everything that happens, knows who is honest, and has the definitions of the rule
//! sets as PROTOCOL.md gives them; the required count and the Byzantine quorum are written down here once more
//! (`bounds.rs`, `truth.rs`). It never takes the aggregator's verdict as evidence that an answer was bad: what an aggregator does with a
//! right answer is a finding about the aggregator (`Breach`).
//!
//! It is careful: while a right answer may still come that could save the request in some order, success is reachable.
//! So whatever it calls unreachable is lost for good, though a request may be lost before it says so.

mod asking;
mod bounds;
mod evidence;
mod proof;
mod view;

use std::collections::BTreeMap;

use crate::aggregator::Verdict;
use crate::engine::{Time, Window};
use crate::network::Node;

use self::asking::{Asking, Progress};
use self::bounds::Bounds;
use self::view::View;
use super::assignment::Assignment;
use super::failure_cause::FailureCause;
use super::happening::{Happening, What};
use super::message::Message;
use super::outcome::Judgement;
use super::replicate_cache::ReplicateCache;
use super::request::Request;
use super::rounds::OcrHappening;
use super::setup::Setup;

/// The oracle of one replicate.
pub(super) struct Oracle {
    /// By workflow node; of the DONs all say the same.
    bounds: Vec<Bounds>,
    honest_callers: Vec<bool>,
    /// By capability node, when it is down.
    outages: Vec<Vec<Window>>,
    requests: Vec<Asking>,
    /// By request, then workflow node.
    views: Vec<View>,
    now: Time,
    /// By request, sender and receiver, copies of right answers under way; where receivers drop messages.
    copies: BTreeMap<(u32, u32, u32), u32>,
    /// Views that something has happened to in the present instant.
    touched: Vec<usize>,
}

/// Finding that a request has become unreachable at a workflow node.
pub(super) struct Found {
    pub(super) request: u32,
    pub(super) workflow: u32,
    pub(super) cause: FailureCause,
}

impl Oracle {
    pub(super) fn new(setup: &Setup, assignment: &Assignment, requests: &[Request]) -> Self {
        let callers = setup.workflow_don.nodes;
        let bounds: Vec<Bounds> = (0..callers).map(|node| Bounds::new(setup, node)).collect();
        let view = |request: &Request, bounds: &Bounds| {
            let missing = bounds.missing_from_the_start(assignment);
            View::new(&assignment.holders, missing, request.begins, bounds)
        };
        let outages = |node| assignment.outages(node).into_iter().map(|outage| outage.window).collect();
        Self {
            outages: (0..setup.capability_don.nodes).map(outages).collect(),
            honest_callers: (0..callers).map(|node| assignment.is_honest(node)).collect(),
            requests: requests.iter().map(|_| Asking::new(&bounds[0])).collect(),
            views: requests.iter().flat_map(|request| bounds.iter().map(|bounds| view(request, bounds))).collect(),
            now: Time::ZERO,
            copies: BTreeMap::new(),
            touched: Vec::new(),
            bounds,
        }
    }

    /// Knowledge about a request at a workflow node.
    pub(super) fn view(&self, workflow: u32, request: u32) -> &View {
        &self.views[self.at(workflow, request)]
    }

    /// Judgement of a request at a workflow node.
    pub(super) fn judge(&self, workflow: u32, request: u32) -> Judgement {
        let view = self.view(workflow, request);
        view.evidence.judge(&self.bounds[workflow as usize], view.cause().map(|(_, cause)| cause))
    }

    fn at(&self, workflow: u32, request: u32) -> usize {
        request as usize * self.bounds.len() + workflow as usize
    }

    /// Takes the next happening; those of one instant may come in any order.
    pub(super) fn hear(&mut self, happening: &Happening, requests: &[Request], cache: &mut ReplicateCache) {
        let Happening { request: Some(request), node, peer, ref what, .. } = *happening else { return };
        match (what, node, peer) {
            (What::Started { deadline }, Some(Node::Workflow(workflow)), _) => {
                self.started(workflow, request, *deadline, &requests[request as usize]);
            }
            (What::Sent { message, arrivals, .. }, ..) => self.sent(message, arrivals),
            (What::Refused { message }, ..) => self.refused(message),
            (What::Delivered { message }, ..) if message.class.is_right() => {
                self.copy_ends(request, message.from.position() as u32, message.to.position() as u32);
            }
            (What::Down { .. }, Some(Node::Capability(node)), _) => {
                self.down(request, node);
            }
            (What::Missed, Some(Node::Capability(node)), Some(Node::Workflow(from))) => {
                self.asking(request).missed(from, node);
                self.look_whether_asked(request, from, node, FailureCause::FAULTY);
            }
            (What::Asked { .. } | What::Repeated, Some(Node::Capability(node)), Some(Node::Workflow(from))) => {
                let now = self.now;
                self.asking(request).taken(from, node, now);
            }
            (What::Executing { .. }, Some(Node::Capability(node)), _) => {
                self.asking(request).nodes[node as usize].progress = Progress::Executing;
            }
            (What::Observed { .. }, Some(Node::Capability(node)), _) => {
                self.asking(request).nodes[node as usize].progress = Progress::Observed;
            }
            (What::Agreeing { .. }, ..) => self.asking(request).agreeing = true,
            (What::Reported, ..) => self.asking(request).reported = true,
            (What::NothingAgreed, ..) => self.asking(request).split = true,
            (What::Ocr(what), Some(Node::Capability(node)), _) => self.hear_of_rounds(request, node, what),
            (What::Answering { right, faulty }, Some(Node::Capability(node)), Some(Node::Workflow(to))) => {
                self.answering(request, node, to, *right, *faulty);
            }
            (What::Dropped { right: true }, Some(Node::Capability(node)), Some(Node::Workflow(to))) => {
                self.lose_answer(request, to, node, FailureCause::FAULTY);
            }
            (What::Judged { message, verdict }, Some(Node::Workflow(workflow)), _) => {
                self.judged(workflow, message, verdict, requests, cache);
            }
            (What::Unread { message, .. }, Some(Node::Workflow(workflow)), _) => {
                let (at, now) = (self.at(workflow, request), self.now);
                self.views[at].note_evidence(message, now);
            }
            (What::Decided { decision }, Some(Node::Workflow(workflow)), _) => {
                let at = self.at(workflow, request);
                self.views[at].decided(decision);
                self.touched.push(at);
            }
            (What::Crashed, Some(Node::Workflow(workflow)), _) => self.crashed(workflow),
            _ => {}
        }
    }

    fn hear_of_rounds(&mut self, request: u32, node: u32, what: &OcrHappening) {
        let asking = self.asking(request);
        match what {
            OcrHappening::Captured { .. } => asking.nodes[node as usize].progress = Progress::Observed,
            OcrHappening::Attested { holds: true, .. } => asking.result(node, FailureCause::default()),
            OcrHappening::Attested { holds: false, .. } => asking.result(node, FailureCause::TOO_FEW_HOLDERS),
            OcrHappening::AgreedOnError => asking.result(node, FailureCause::AGREED_ON_ERROR),
            _ => {}
        }
    }

    /// A message has left its sender. One about who sends the payload neither asks nor answers.
    fn sent(&mut self, message: &Message, arrivals: &[Option<Time>; 2]) {
        match (message.from, message.to) {
            _ if message.signal.is_some() => {}
            (Node::Workflow(from), Node::Capability(to)) => {
                let copies = arrivals.iter().flatten().count() as u32;
                self.asking(message.request).sent(from, to, copies);
                self.look_whether_asked(message.request, from, to, FailureCause::LOST);
            }
            (Node::Capability(from), Node::Workflow(to)) => self.answer_sent(from, to, message, arrivals),
            _ => {}
        }
    }

    /// A receiver has dropped a message.
    fn refused(&mut self, message: &Message) {
        let request = message.request;
        match (message.from, message.to) {
            _ if message.signal.is_some() => {}
            (Node::Workflow(from), Node::Capability(to)) => {
                self.asking(request).refused(from, to);
                self.look_whether_asked(request, from, to, FailureCause::LOST);
            }
            (Node::Capability(from), Node::Workflow(to))
                if message.class.is_right() && self.copy_ends(request, from, to) =>
            {
                self.lose_answer(request, to, from, FailureCause::LOST);
            }
            _ => {}
        }
    }

    /// Ends the instants before `now`: every request that became unreachable in them, once.
    pub(super) fn advance(&mut self, now: Time) -> Vec<Found> {
        let mut found = Vec::new();
        if now > self.now {
            let mut touched = std::mem::take(&mut self.touched);
            for at in touched.drain(..) {
                let (request, workflow) = (at / self.bounds.len(), at % self.bounds.len());
                let asking = &self.requests[request];
                if let Some(cause) = self.views[at].settle(self.now, asking, &self.bounds[workflow]) {
                    found.push(Found { request: request as u32, workflow: workflow as u32, cause });
                }
            }
            self.touched = touched;
            self.now = now;
        }
        found
    }

    /// Bounds of the DONs, which do not depend on the workflow node.
    fn dons(&self) -> &Bounds {
        &self.bounds[0]
    }

    fn asking(&mut self, request: u32) -> &mut Asking {
        &mut self.requests[request as usize]
    }

    /// One right answer of a capability node to a workflow node will not come.
    fn lose(&mut self, request: u32, workflow: u32, capability: u32, why: FailureCause) {
        let at = self.at(workflow, request);
        if self.views[at].lose(capability, why) {
            self.touched.push(at);
        }
    }

    /// One right answer that has been sent will not come; it may be asked for again under some response strategies.
    fn lose_answer(&mut self, request: u32, workflow: u32, capability: u32, why: FailureCause) {
        if self.dons().delivery.asks_again {
            self.asking(request).nodes[capability as usize].spoilt = why;
        } else {
            self.lose(request, workflow, capability, why);
        }
    }

    fn started(&mut self, workflow: u32, request: u32, deadline: Time, it: &Request) {
        let (at, now) = (self.at(workflow, request), self.now);
        self.views[at].deadline = deadline;
        self.touched.push(at);
        for (capability, delay) in (0..).zip(&it.delays) {
            if now + *delay > deadline {
                self.requests[request as usize].nodes[capability as usize].scheduled_late = true;
                self.lose(request, workflow, capability, FailureCause::DEADLINE_BEFORE_SCHEDULE);
            }
        }
    }

    /// Whether a workflow node's request may still get to a capability node; `why` it has not.
    fn look_whether_asked(&mut self, request: u32, from: u32, to: u32, why: FailureCause) {
        // Faulty workflow nodes may ask as often as they like, so they are never counted out.
        if !self.honest_callers[from as usize] || self.requests[request as usize].may_ask(from, to) {
            return;
        }
        // A request that the network lost was never made, as far as the node knows.
        let why = if why == FailureCause::LOST { FailureCause::TOO_FEW_REQUESTS } else { why };
        self.lose(request, from, to, why);
        let &Bounds { callers, needed_requests, .. } = self.dons();
        let asking = &mut self.requests[request as usize];
        let node = &mut asking.nodes[to as usize];
        node.unasked_by += 1;
        node.unasked_why = node.unasked_why.and(why);
        if callers - node.unasked_by < needed_requests {
            let why = node.unasked_why;
            for workflow in 0..callers {
                // An answer that has left is lost by its own fate only.
                if !self.requests[request as usize].has_answered(to, workflow) {
                    self.lose(request, workflow, to, why);
                }
            }
        }
    }

    fn answer_sent(&mut self, from: u32, to: u32, message: &Message, arrivals: &[Option<Time>; 2]) {
        if !message.class.is_right() {
            return;
        }
        if self.dons().delivery.receivers_drop {
            let copies = arrivals.iter().flatten().count() as u32;
            *self.copies.entry((message.request, from, to)).or_default() += copies;
        }
        let deadline = self.views[self.at(to, message.request)].deadline;
        if arrivals.iter().all(Option::is_none) {
            self.lose_answer(message.request, to, from, FailureCause::LOST);
        } else if arrivals.iter().flatten().all(|arrival| *arrival > deadline) {
            self.lose_answer(message.request, to, from, FailureCause::TOO_LATE);
        }
    }

    /// One copy of a right answer is under way no more; whether it was the last.
    fn copy_ends(&mut self, request: u32, from: u32, to: u32) -> bool {
        let Some(copies) = self.copies.get_mut(&(request, from, to)) else { return false };
        *copies = copies.saturating_sub(1);
        *copies == 0
    }

    /// A capability node finds that it is or was down: nobody whom it took a request from before gets an answer to that.
    fn down(&mut self, request: u32, node: u32) {
        let (now, outages) = (self.now, &self.outages[node as usize]);
        let asking = &mut self.requests[request as usize];
        asking.nodes[node as usize].faulty = true;
        if self.bounds[0].delivery.asks_again {
            return;
        }
        let was_down = |since| outages.iter().any(|window| window.start <= now && since < window.end);
        for from in asking.forget(node, was_down) {
            self.look_whether_asked(request, from, node, FailureCause::FAULTY);
        }
    }

    fn answering(&mut self, request: u32, node: u32, to: u32, right: u32, faulty: bool) {
        self.asking(request).answered(node, to);
        let at = self.at(to, request);
        if right > 0 {
            self.views[at].promise(node, right);
            return;
        }
        let asking = &self.requests[request as usize];
        if faulty {
            self.lose_answer(request, to, node, FailureCause::FAULTY);
        } else {
            let why = asking.why_no_answer(node, self.dons());
            self.lose(request, to, node, why);
        }
    }

    fn judged(
        &mut self,
        workflow: u32,
        message: &Message,
        verdict: &Verdict,
        requests: &[Request],
        cache: &mut ReplicateCache,
    ) {
        let (at, now) = (self.at(workflow, message.request), self.now);
        let (request, bounds) = (&requests[message.request as usize], &self.bounds[workflow as usize]);
        let heard = proof::hear(message, request, bounds, cache);
        let view = &mut self.views[at];
        view.note_evidence(message, now);
        view.heard(&heard, matches!(verdict, Verdict::Decided), bounds);
        self.touched.push(at);
    }

    fn crashed(&mut self, workflow: u32) {
        for request in 0..self.requests.len() as u32 {
            let at = self.at(workflow, request);
            self.views[at].crashed();
            self.touched.push(at);
        }
    }
}
