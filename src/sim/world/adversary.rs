//! Faults between a node and the network: what leaves a faulty node instead of what an honest one would send. Nodes
//! themselves know nothing of their faults but when they are down.

use std::rc::Rc;

use crate::engine::{Span, Time};
use crate::network::Node;
use crate::sim::agreement::Agreement;
use crate::sim::assignment::About;
use crate::sim::capability_node::Reply as HonestReply;
use crate::sim::event::Event;
use crate::sim::faults::{AnswerContext, Behaviour, MessageContext, RequestContext, Side, distorted};
use crate::sim::happening::What;
use crate::sim::message::{AnswerClass, Header, Reply, Signal};
use crate::sim::outgoing::{OutgoingAnswer, OutgoingRequest, When};
use crate::sim::rounds::{OcrMessage, RPC_ERROR};
use crate::wire::{ErrorCode, Response};

use super::World;

const EXPIRED: &str = "request expired by executable server";

impl World<'_> {
    /// A workflow node asks a capability node, unless its faults know better.
    pub(super) fn ask(&mut self, now: Time, workflow: u32, request: u32, capability: u32) {
        let bytes = self.requests[request as usize].bytes.clone();
        if self.assignment.of_workflow(workflow).is_empty() {
            return self.send_request(now, workflow, request, capability, &bytes);
        }
        let honest = OutgoingRequest { bytes, after: Span::ZERO };
        let mut outgoing = vec![honest];
        for at in 0..self.assignment.of_workflow(workflow).len() {
            let fault = self.assignment.of_workflow(workflow)[at];
            outgoing =
                self.distort_requests(now, About { fault, node: workflow, target: capability, request }, outgoing);
        }
        if self.stops_at_once(now, workflow, request, capability) {
            self.send_signal(now, workflow, request, capability, Signal::Stop);
        }
        for OutgoingRequest { bytes, after } in outgoing {
            if after == Span::ZERO {
                self.send_request(now, workflow, request, capability, &bytes);
            } else {
                self.push(now + after, Event::LateRequest { workflow, request, capability, bytes });
            }
        }
    }

    /// Whether a fault of a workflow node tells a capability node to stop before it has answered.
    fn stops_at_once(&mut self, now: Time, workflow: u32, request: u32, capability: u32) -> bool {
        let about = |fault: &usize| About { fault: *fault, node: workflow, target: capability, request };
        let stops = |about: &About| {
            let acting = self.assignment.acting(&self.draws, now, *about);
            acting.is_some_and(|fault| matches!(fault.behaviour, Behaviour::StopsAtOnce))
        };
        let acting = self.assignment.of_workflow(workflow).iter().map(about).find(stops);
        if let Some(about) = acting {
            self.fault_acted(now, about);
        }
        acting.is_some()
    }

    fn distort_requests(&mut self, now: Time, about: About, outgoing: Vec<OutgoingRequest>) -> Vec<OutgoingRequest> {
        let Some(fault) = self.assignment.acting(&self.draws, now, about) else { return outgoing };
        let Behaviour::OnRequest(action) = &fault.behaviour else { return outgoing };
        let request = &self.requests[about.request as usize];
        let (outgoing, acted) = distorted(outgoing, |outgoing: &OutgoingRequest| {
            let (draws, node, capability) = (&self.draws, about.node, about.target);
            action(&RequestContext { outgoing, draws, request, node, capability })
        });
        if acted {
            self.fault_acted(now, about);
        }
        outgoing
    }

    /// A capability node answers a requester, unless its faults know better.
    pub(super) fn answer(&mut self, now: Time, capability: u32, request: u32, workflow: u32, reply: HonestReply) {
        let reply = self.honest_reply(capability, request, reply);
        let mut outgoing = vec![OutgoingAnswer { reply, when: When::After(Span::ZERO), name: capability }];
        let mut faulty = false;
        for at in 0..self.assignment.of_capability(capability).len() {
            let fault = self.assignment.of_capability(capability)[at];
            if self.setup.faults[fault].kind.is_in_rounds() {
                continue;
            }
            let about = About { fault, node: capability, target: workflow, request };
            let acted;
            (outgoing, acted) = self.distort_answers(now, about, outgoing);
            faulty |= acted;
        }
        let classes: Vec<AnswerClass> =
            outgoing.iter().map(|it| self.class(capability, request, workflow, it)).collect();
        let right = classes.iter().filter(|class| class.is_right()).count() as u32;
        let (node, peer) = (Node::Capability(capability), Node::Workflow(workflow));
        // Who announces the payload has yet to answer.
        if !outgoing.iter().any(|it| matches!(it.reply, Reply::Announcement)) {
            self.tell(now, request, Some(node), Some(peer), What::Answering { right, faulty });
        }
        for (outgoing, class) in outgoing.into_iter().zip(classes) {
            match outgoing.when {
                When::After(Span::ZERO) | When::Arriving(_) => {
                    self.send_answer(now, (capability, request, workflow), &outgoing, class);
                }
                When::After(delay) => {
                    self.push(now + delay, Event::LateAnswer { capability, request, workflow, outgoing });
                }
            }
        }
    }

    fn honest_reply(&mut self, capability: u32, request: u32, reply: HonestReply) -> Reply {
        match reply {
            HonestReply::Payload => self.requests[request as usize].reply(capability, self.setup, self.cache),
            HonestReply::Announcement => Reply::Announcement,
            HonestReply::RpcError => Reply::error(ErrorCode::INTERNAL_ERROR, RPC_ERROR),
            HonestReply::NotAvailable => Reply::unavailable(),
            HonestReply::Expired => Reply::error(ErrorCode::TIMEOUT, EXPIRED),
        }
    }

    /// What a fault makes of answers that are about to leave, and whether it acted on any. Nothing is signed for a fault
    /// that does not act.
    fn distort_answers(
        &mut self,
        now: Time,
        about: About,
        outgoing: Vec<OutgoingAnswer>,
    ) -> (Vec<OutgoingAnswer>, bool) {
        let Some(fault) = self.assignment.acting(&self.draws, now, about) else { return (outgoing, false) };
        let Behaviour::OnAnswer(action) = &fault.behaviour else { return (outgoing, false) };
        let nodes = self.setup.capability_don.nodes;
        let request = &mut self.requests[about.request as usize];
        let attestation = request.attestation(about.node, self.setup, self.cache);
        let honest = request.response(about.node, nodes, self.cache);
        let request = &self.requests[about.request as usize];
        let (outgoing, acted) = distorted(outgoing, |outgoing| {
            let answer = AnswerContext {
                outgoing,
                draws: &self.draws,
                request,
                node: about.node,
                requester: about.target,
                deadline: self.workflow[about.target as usize].deadline(about.request),
                nodes,
                honest: &honest,
                attestation: attestation.as_ref(),
                accomplices: &fault.accomplices,
            };
            action(&answer, self.cache)
        });
        if acted {
            self.fault_acted(now, about);
        }
        (outgoing, acted)
    }

    /// A capability node writes an OCR3 message to another, unless its faults know better.
    pub(super) fn distort_message(
        &mut self,
        now: Time,
        from: u32,
        to: u32,
        message: Rc<OcrMessage>,
    ) -> Vec<Rc<OcrMessage>> {
        let mut outgoing = vec![message];
        for at in 0..self.assignment.of_capability(from).len() {
            let fault = self.assignment.of_capability(from)[at];
            let Agreement::Rounds(rounds) = &self.agreement else { continue };
            if !self.setup.faults[fault].kind.is_in_rounds() {
                continue;
            }
            let seq_nr = outgoing.first().map_or(0, |message| message.seq_nr as u32);
            let about = About { fault, node: from, target: to, request: seq_nr };
            let Some(active) = self.assignment.acting(&self.draws, now, about) else { continue };
            let Behaviour::OnMessage(action) = &active.behaviour else { continue };
            let (draws, don, accomplices) = (&self.draws, &rounds.don, &active.accomplices[..]);
            let acted;
            (outgoing, acted) =
                distorted(outgoing, |message| action(&MessageContext { message, draws, don, node: from, accomplices }));
            if acted {
                let what = What::FaultActed { fault, name: self.setup.faults[fault].kind.name() };
                self.tell(now, None, Some(Node::Capability(from)), Some(Node::Capability(to)), what);
            }
        }
        outgoing
    }

    /// Whether a fault throws a request away.
    pub(super) fn throws_away(&mut self, now: Time, from: u32, capability: u32, request: u32) -> bool {
        let in_rounds = |fault: &&usize| self.setup.faults[**fault].kind.is_in_rounds();
        let about = |fault: &usize| About { fault: *fault, node: capability, target: from, request };
        let is_deaf = |about: &About| {
            let acting = self.assignment.acting(&self.draws, now, *about);
            acting.is_some_and(|fault| matches!(fault.behaviour, Behaviour::Deaf))
        };
        let acting = self.assignment.of_capability(capability).iter().filter(|fault| !in_rounds(fault));
        let acting = acting.map(about).find(is_deaf);
        if let Some(about) = acting {
            self.fault_acted(now, about);
        }
        acting.is_some()
    }

    fn fault_acted(&mut self, now: Time, about: About) {
        let kind = &self.setup.faults[about.fault].kind;
        let (node, peer) = match kind.side() {
            Side::Capability => (Node::Capability(about.node), Node::Workflow(about.target)),
            Side::Workflow => (Node::Workflow(about.node), Node::Capability(about.target)),
        };
        let what = What::FaultActed { fault: about.fault, name: kind.name() };
        self.tell(now, about.request, Some(node), Some(peer), what);
    }

    /// A delayed answer leaves, if its node is up.
    pub(super) fn late_answer(
        &mut self,
        now: Time,
        capability: u32,
        request: u32,
        workflow: u32,
        outgoing: &OutgoingAnswer,
    ) {
        let class = self.class(capability, request, workflow, outgoing);
        let Some(fault) = self.capability[capability as usize].outage(now, now) else {
            self.send_answer(now, (capability, request, workflow), outgoing, class);
            return;
        };
        let (node, peer) = (Some(Node::Capability(capability)), Some(Node::Workflow(workflow)));
        self.tell(now, request, node, peer, What::Down { fault });
        self.tell(now, request, node, peer, What::Dropped { right: class.is_right() });
    }

    fn send_answer(
        &mut self,
        now: Time,
        (capability, request, workflow): (u32, u32, u32),
        outgoing: &OutgoingAnswer,
        class: AnswerClass,
    ) {
        let (from, claimed) = (Node::Capability(capability), Node::Capability(outgoing.name));
        let name = self.cache.peer(claimed);
        let header = self.header(now, from, Node::Workflow(workflow), request);
        let message = Header { from: (from, name), claimed, ..header }.answer(&outgoing.reply, class);
        let message = Rc::new(message);
        match outgoing.when {
            When::After(_) => self.send(now, message),
            When::Arriving(time) => self.send_past_network(now, time.max(now), message),
        }
    }

    /// Value of an answer to a workflow node, as honest nodes see it.
    fn class(&self, capability: u32, request: u32, workflow: u32, outgoing: &OutgoingAnswer) -> AnswerClass {
        let takes_signed_only = self.setup.aggregator.rule_set.takes_signed_only(workflow);
        let request = &self.requests[request as usize];
        let of_response = |response: &Response| match request.truth.may_be_right(response, takes_signed_only) {
            true if request.is_genuine(response) && request.truth.is_right(response) => AnswerClass::Genuine,
            true => AnswerClass::Right { attested: response.attestation.is_some() },
            false => AnswerClass::Other,
        };
        match &outgoing.reply {
            _ if outgoing.name != capability => AnswerClass::Other,
            Reply::Response(sent) => of_response(&sent.response),
            Reply::Raw { payload } => {
                Response::decode(payload.clone()).map_or(AnswerClass::Other, |response| of_response(&response))
            }
            Reply::Announcement => AnswerClass::Other,
            Reply::Error { text, .. } => AnswerClass::Error(text.clone()),
        }
    }
}
