//! Bytes by cause: every byte that leaves an uplink is charged to a request and a workflow node, in exactly one cause.

use crate::aggregator::Decision;
use crate::network::Node;
use crate::wire::PeerId;

use super::happening::{Happening, What};
use super::outcome::Bytes;

/// Bytes of a replicate, by workflow node and request.
pub(super) struct Ledger {
    requests: usize,
    accounts: Vec<Account>,
}

/// Bytes between one workflow node and the capability DON for one request.
#[derive(Clone, Debug, Default)]
struct Account {
    bytes: Bytes,
    /// The response part of the first answer in each peer's name.
    payloads: Vec<(PeerId, u64)>,
}

impl Ledger {
    pub(super) fn new(workflow_nodes: u32, requests: u32) -> Self {
        let accounts = vec![Account::default(); workflow_nodes as usize * requests as usize];
        Self { requests: requests as usize, accounts }
    }

    /// Bytes between a workflow node and the capability DON for a request.
    pub(super) fn bytes(&self, workflow: u32, request: u32) -> Bytes {
        self.accounts[workflow as usize * self.requests + request as usize].bytes
    }

    pub(super) fn hear(&mut self, happening: &Happening) {
        match (&happening.what, happening.node, happening.peer) {
            (What::Sent { bytes, .. }, Some(Node::Workflow(workflow)), _) => {
                self.account(workflow, happening.request).bytes += *bytes;
            }
            (What::Sent { bytes, message, .. }, _, Some(Node::Workflow(workflow))) => {
                let account = self.account(workflow, happening.request);
                account.bytes += *bytes;
                let name = message.name;
                if bytes.duplicate_payload > 0 && account.payloads.iter().all(|(other, _)| *other != name) {
                    account.payloads.push((name, bytes.duplicate_payload));
                }
            }
            (What::Decided { decision: Decision::Success(success) }, Some(Node::Workflow(workflow)), _) => {
                // What turns out to be needed is the response.
                let account = self.account(workflow, happening.request);
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
