//! How answers leave a capability node: what its faults make of them, what they mean for the requests that hang on them,
//! and the way onto the line.

use crate::engine::{Span, Time};
use crate::network::Node;
use crate::wire::Response;

use super::assignment::About;
use super::call::Agreement;
use super::fault::Side;
use super::faults::{Answer, Dispatch, When, distorted};
use super::hope::Loss;
use super::judgement::Sort;
use super::mail::{Heading, Reply};
use super::world::{Event, World};

impl World<'_> {
    /// Answers one requester, unless the node's faults know better.
    pub(super) fn answer(&mut self, now: Time, capability: u32, request: u32, workflow: u32, reply: &Reply) {
        let honest = Dispatch { reply: reply.clone(), when: When::After(Span::ZERO), name: capability };
        let mut dispatches = vec![honest];
        for fault in self.assignment.of_capability(capability) {
            let about = About { fault, node: capability, target: workflow, request };
            dispatches = self.distort_answers(now, about, dispatches);
        }
        self.judge_answers(now, capability, request, workflow, &dispatches);
        for dispatch in dispatches {
            match dispatch.when {
                When::After(Span::ZERO) | When::Arriving(_) => {
                    self.dispatch(now, capability, request, workflow, &dispatch);
                }
                When::After(delay) => {
                    self.push(now + delay, Event::Dispatch { capability, request, workflow, dispatch });
                }
            }
        }
    }

    /// What a node's answers mean for the request that hangs on them.
    fn judge_answers(&mut self, now: Time, capability: u32, request: u32, workflow: u32, answers: &[Dispatch]) {
        let right = answers
            .iter()
            .filter(|answer| matches!(self.sort(capability, request, answer), Sort::Genuine | Sort::Right))
            .count() as u32;
        if right > 0 {
            self.hopes[workflow as usize][request as usize].promise(capability, right);
        } else {
            let honest = self.assignment.of_capability(capability).is_empty();
            let loss = if honest { Loss::Late } else { Loss::Faulty };
            self.lose(now, workflow, request, capability, loss);
        }
    }

    /// What an answer is, as honest nodes see it.
    fn sort(&self, capability: u32, request: u32, answer: &Dispatch) -> Sort {
        let call = &self.calls[request as usize];
        let of_response = |response: &Response| match call.truth.is_right(response) {
            true if call.is_genuine(response) => Sort::Genuine,
            true => Sort::Right,
            false => Sort::Other,
        };
        match &answer.reply {
            _ if answer.name != capability => Sort::Other,
            Reply::Response { response, .. } => of_response(response),
            Reply::Raw { payload } => Response::decode(payload.clone()).map_or(Sort::Other, |it| of_response(&it)),
            Reply::Error { text, .. } => Sort::Error(text.clone()),
        }
    }

    /// What a fault makes of answers that are about to leave.
    fn distort_answers(&mut self, now: Time, about: About, dispatches: Vec<Dispatch>) -> Vec<Dispatch> {
        // Nothing is signed for a fault that does not act.
        if self.assignment.acting(&self.draws, now, about).is_none() {
            return dispatches;
        }
        let nodes = self.setup.capability_don.nodes;
        let call = &mut self.calls[about.request as usize];
        let is_reported = call.agreement == Agreement::Reported;
        let attestation = is_reported.then(|| call.attestation(self.setup, &self.draws, self.cache));
        let honest = call.response(about.node, nodes, self.cache);
        let call = &self.calls[about.request as usize];
        let Some(fault) = self.assignment.acting(&self.draws, now, about) else { return dispatches };
        let (distorted, acted) = distorted(dispatches, |dispatch| {
            let answer = Answer {
                dispatch,
                draws: &self.draws,
                call,
                node: about.node,
                requester: about.target,
                deadline: self.workflow[about.target as usize].deadline(about.request, self.setup),
                nodes,
                honest: &honest,
                attestation: attestation.as_ref(),
                accomplices: &fault.accomplices,
            };
            fault.behaviour.on_answer(&answer, self.cache)
        });
        if acted {
            self.fired(now, about);
        }
        distorted
    }

    /// Counts and tells that a fault acted.
    pub(super) fn fired(&mut self, now: Time, about: About) {
        self.assignment.fired(about.fault);
        let fault = &self.setup.faults[about.fault];
        let (node, target) = match fault.kind.side() {
            Side::Capability => (Node::Capability(about.node), Node::Workflow(about.target)),
            Side::Workflow => (Node::Workflow(about.node), Node::Capability(about.target)),
        };
        self.trace.note(now, about.request, (node, target), || format!("fault {} acts", fault.kind.name()));
    }

    /// Puts an answer on the line.
    pub(super) fn dispatch(&mut self, now: Time, capability: u32, request: u32, workflow: u32, dispatch: &Dispatch) {
        let from = Node::Capability(capability);
        let name = self.cache.peer(Node::Capability(dispatch.name));
        let heading = self.heading(now, from, Node::Workflow(workflow), request);
        let mut mail = Heading { from: (from, name), ..heading }.answer(&dispatch.reply);
        mail.sort = self.sort(capability, request, dispatch);
        self.charge_answer(workflow, name, &mail, &dispatch.reply);
        match dispatch.when {
            When::After(_) => self.send(now, &mail),
            When::Arriving(time) => self.push(time.max(now), Event::Delivery(mail)),
        }
    }
}
