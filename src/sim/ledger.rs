//! Bytes by cause: every byte that leaves an uplink is charged to a request and a workflow node, in exactly one cause.

use crate::aggregator::Decision;
use crate::engine::Time;
use crate::network::{Barrier, Node};
use crate::wire::PeerId;

use super::happening::{Happening, What};
use super::outcome::{Bytes, OcrBytes, Uplink};
use super::rounds::OcrHappening;
use super::setup::Setup;

/// Bytes of a replicate, by workflow node and request.
pub(super) struct Ledger {
    requests: usize,
    accounts: Vec<Account>,
    /// Of the rounds of the capability DON, for all requests together.
    pub(super) ocr: OcrBytes,
    workflow: Vec<Uplink>,
    capability: Vec<Uplink>,
}

/// Bytes between one workflow node and the capability DON for one request.
#[derive(Clone, Debug, Default)]
struct Account {
    bytes: Bytes,
    /// The response part of the first answer in each peer's name.
    payloads: Vec<(PeerId, u64)>,
}

impl Ledger {
    pub(super) fn new(setup: &Setup) -> Self {
        let (callers, requests) = (setup.workflow_don.nodes as usize, setup.request.count as usize);
        Self {
            requests,
            accounts: vec![Account::default(); callers * requests],
            ocr: OcrBytes::default(),
            workflow: vec![Uplink::default(); callers],
            capability: vec![Uplink::default(); setup.capability_don.nodes as usize],
        }
    }

    /// The uplink that most bytes left, the first of those of equal load.
    pub(super) fn busiest(&self) -> Uplink {
        let uplinks = self.workflow.iter().chain(&self.capability).copied();
        uplinks.reduce(|best, next| if next.total > best.total { next } else { best }).unwrap_or_default()
    }

    fn load(&mut self, now: Time, node: Node, bytes: u64) {
        match node {
            Node::Workflow(at) => self.workflow[at as usize].add(now, bytes),
            Node::Capability(at) => self.capability[at as usize].add(now, bytes),
        }
    }

    /// Bytes between a workflow node and the capability DON for a request.
    pub(super) fn bytes(&self, workflow: u32, request: u32) -> Bytes {
        self.accounts[workflow as usize * self.requests + request as usize].bytes
    }

    pub(super) fn hear(&mut self, happening: &Happening) {
        let sender = happening.node.unwrap_or(Node::Workflow(0));
        match &happening.what {
            // What is too large never leaves.
            What::Sent { barrier: Some(Barrier::TooLarge), .. }
            | What::Ocr(OcrHappening::Sent { barrier: Some(Barrier::TooLarge), .. }) => return,
            What::Sent { bytes, .. } => self.load(happening.time, sender, bytes.total()),
            What::Ocr(OcrHappening::Sent { bytes, message, .. }) => {
                self.load(happening.time, sender, *bytes);
                *message.body.cause(&mut self.ocr) += bytes;
            }
            _ => {}
        }
        if let Some(request) = happening.request {
            self.hear_of(request, happening);
        }
    }

    fn hear_of(&mut self, request: u32, happening: &Happening) {
        match (&happening.what, happening.node, happening.peer) {
            (What::Sent { bytes, .. }, Some(Node::Workflow(workflow)), _) => {
                self.account(workflow, request).bytes += *bytes;
            }
            (What::Sent { bytes, message, .. }, _, Some(Node::Workflow(workflow))) => {
                let account = self.account(workflow, request);
                account.bytes += *bytes;
                let name = message.name();
                if bytes.duplicate_payload > 0 && account.payloads.iter().all(|(other, _)| *other != name) {
                    account.payloads.push((name, bytes.duplicate_payload));
                }
            }
            (What::Decided { decision: Decision::Success(success) }, Some(Node::Workflow(workflow)), _) => {
                // What turns out to be needed is the response.
                let account = self.account(workflow, request);
                let useful = account.payloads.iter().filter(|(peer, _)| success.support.contains(peer));
                account.bytes.response = useful.map(|(_, len)| len).sum();
                account.bytes.duplicate_payload -= account.bytes.response;
            }
            _ => {}
        }
    }

    fn account(&mut self, workflow: u32, request: u32) -> &mut Account {
        &mut self.accounts[workflow as usize * self.requests + request as usize]
    }
}
