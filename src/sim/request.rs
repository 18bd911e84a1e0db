//! One request of a replicate: its ids, its bytes, and what the capability DON agrees on for it.

use std::sync::Arc;

use prost::bytes::Bytes;

use crate::aggregator::{RequestIds, Work};
use crate::attestation::{Report, signed_digest};
use crate::engine::{Draws, Span, Time};
use crate::network::Node;
use crate::wire::{
    Any, AttributedSignature, CallPayload, CapabilityRequest, OcrAttestation, RequestMetadata, Response, request_id,
};

use super::message::{CAPABILITY_ID, CAPABILITY_METHOD, DON_IDS, Reply, encode_request};
use super::oracle::required;
use super::oracle::truth::{Truth, honest_record};
use super::replicate_cache::ReplicateCache;
use super::schedule;
use super::setup::Setup;
use super::site::Site;

const REPLY_TYPE: &str = "type.googleapis.com/capabilities.blockchain.evm.v1alpha.CallContractReply";
const CALL_TYPE: &str = "type.googleapis.com/capabilities.blockchain.evm.v1alpha.CallContractRequest";

/// A request, the same for every workflow node.
pub(super) struct Request {
    pub(super) number: u32,
    pub(super) ids: Arc<RequestIds>,
    /// Printed id, the message id of all its messages.
    pub(super) id: String,
    /// The encoded `CapabilityRequest`.
    pub(super) bytes: Bytes,
    /// When the first workflow node may start it.
    pub(super) begins: Time,
    /// Delay of each capability node's copy.
    pub(super) delays: Vec<Span>,
    pub(super) truth: Truth,
    attestation: Option<OcrAttestation>,
    /// By capability node, its honest answer with the payload, once it was asked for.
    replies: Vec<Option<Reply>>,
}

impl Request {
    pub(super) fn new(setup: &Setup, draws: &Draws, cache: &ReplicateCache, number: u32, begins: Time) -> Self {
        let ids = RequestIds {
            workflow_execution_id: hex(&Site::ExecutionId.array(draws, [number, 0, 0, 0, 0])),
            reference_id: number.to_string(),
        };
        let id = request_id(&ids.workflow_execution_id, &ids.reference_id);
        let payload_size = usize::try_from(setup.request.payload_size).unwrap_or(usize::MAX);
        Self {
            number,
            bytes: encode_request(&capability_request(setup, draws, cache, number, &ids)),
            begins,
            delays: schedule::delays(
                setup.request.schedule,
                setup.request.delta_stage,
                &id,
                setup.capability_don.nodes,
            ),
            truth: Truth {
                payload: Site::Payload.bytes(draws, [number, 0, 0, 0, 0], payload_size).into(),
                type_url: REPLY_TYPE,
                spend_unit: "RPC_EVM",
                spend_value: "1",
                required: required(setup),
            },
            attestation: None,
            replies: vec![None; setup.capability_don.nodes as usize],
            ids: Arc::new(ids),
            id,
        }
    }

    /// The report over the truth.
    pub(super) fn report(&self) -> Report<'_> {
        Report {
            workflow_execution_id: &self.ids.workflow_execution_id,
            reference_id: &self.ids.reference_id,
            payload: &self.truth.payload,
            spend_unit: self.truth.spend_unit,
            spend_value: self.truth.spend_value,
        }
    }

    /// What signers of that report sign.
    pub(super) fn digest(
        &self,
        config_digest: &[u8; 32],
        sequence_number: u64,
        cache: &mut ReplicateCache,
    ) -> [u8; 32] {
        signed_digest(&cache.memo.report_data(&self.report()), config_digest, sequence_number)
    }

    /// What the honest holder `node` answers, without attestation.
    pub(super) fn response(&self, node: u32, nodes: u32, cache: &mut ReplicateCache) -> Response {
        Response {
            metering: vec![honest_record(&self.truth, cache.peer_name(Node::Capability(node)))],
            capdon_n: nodes,
            payload: Some(Any::new(self.truth.type_url, self.truth.payload.clone())),
            ..Response::default()
        }
    }

    /// Answer of the honest holder `node`, made when it is first asked for.
    pub(super) fn reply(&mut self, node: u32, setup: &Setup, draws: &Draws, cache: &mut ReplicateCache) -> Reply {
        if let Some(reply) = &self.replies[node as usize] {
            return reply.clone();
        }
        let attestation = Some(self.attestation(setup, draws, cache));
        let honest = self.response(node, setup.capability_don.nodes, cache);
        let reply = Reply::response(Response { attestation, ..honest });
        self.replies[node as usize] = Some(reply.clone());
        reply
    }

    /// The attestation, signed by the `F + 1` nodes whose signatures were there first, when it is first asked for.
    pub(super) fn attestation(&mut self, setup: &Setup, draws: &Draws, cache: &mut ReplicateCache) -> OcrAttestation {
        if let Some(attestation) = &self.attestation {
            return attestation.clone();
        }
        let attestation = self.attest(setup, draws, cache);
        self.attestation = Some(attestation.clone());
        attestation
    }

    /// Whether a right response carries the genuine attestation, and what it takes to check it.
    pub(super) fn is_genuine(&self, response: &Response) -> bool {
        let [record] = &response.metering[..] else { return false };
        response.attestation.is_some()
            && response.attestation == self.attestation
            && record.spend_unit == self.truth.spend_unit
            && record.spend_value == self.truth.spend_value
    }

    fn attest(&self, setup: &Setup, draws: &Draws, cache: &mut ReplicateCache) -> OcrAttestation {
        let config_digest = Site::ConfigDigest.array(&cache.identities(), [0; 5]);
        let sequence_number = 1 + Site::SequenceNumber.draw(draws, [self.number, 0, 0, 0, 0]).below(1 << 32);
        let digest = self.digest(&config_digest, sequence_number, cache);
        let don = &setup.capability_don;
        let mut signers = Site::SignerRank.ranked(draws, don.nodes, |node| [self.number, node, 0, 0, 0]);
        signers.truncate(don.f as usize + 1);
        signers.sort_unstable();
        let sign = |signer| AttributedSignature { signature: cache.sign(signer, &digest).to_vec().into(), signer };
        OcrAttestation { config_digest, sequence_number, signatures: signers.into_iter().map(sign).collect() }
    }
}

fn capability_request(
    setup: &Setup,
    draws: &Draws,
    cache: &ReplicateCache,
    number: u32,
    ids: &RequestIds,
) -> CapabilityRequest {
    let identities = cache.identities();
    let workflow = |at| hex(&Site::Workflow.array(&identities, [at, 0, 0, 0, 0]));
    let call_size = usize::try_from(setup.request.call_size).unwrap_or(usize::MAX);
    CapabilityRequest {
        metadata: Some(RequestMetadata {
            workflow_id: workflow(0),
            workflow_execution_id: ids.workflow_execution_id.clone(),
            workflow_owner: workflow(1)[..40].to_owned(),
            workflow_name: workflow(2)[..20].to_owned(),
            workflow_don_id: DON_IDS.0,
            workflow_don_config_version: 1,
            reference_id: ids.reference_id.clone(),
            decoded_workflow_name: "donsim".to_owned(),
            ..RequestMetadata::default()
        }),
        payload: Some(CallPayload {
            type_url: CALL_TYPE.to_owned(),
            value: Site::Call.bytes(draws, [number, 0, 0, 0, 0], call_size).into(),
        }),
        method: CAPABILITY_METHOD.to_owned(),
        capability_id: CAPABILITY_ID.to_owned(),
        ..CapabilityRequest::default()
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::fault::{Fault, FaultKind};
    use crate::sim::oracle_tests::worlds;

    const CALLS: u32 = 2;

    /// Two requests under a setup, and their attestations.
    fn calls(setup: &Setup, replicate: u64) -> Vec<(Request, OcrAttestation)> {
        let mut cache = ReplicateCache::new(setup.run.seed);
        let draws = cache.begin(setup.run.seed, replicate);
        let call = |number| {
            let mut call = Request::new(setup, &draws, &cache, number, Time::ZERO);
            let attestation = call.attestation(setup, &draws, &mut cache);
            (call, attestation)
        };
        (0..CALLS).map(call).collect()
    }

    /// Common random numbers of what no trace tells: what is asked, answered and signed.
    #[test]
    fn what_is_added_changes_no_call() {
        let base = worlds::setup(0);
        let mut others = vec![base.clone(); 4];
        others[0].workflow_don.nodes += 1;
        others[1].faults.push(Fault::new(FaultKind::named("silent", []), 1, None));
        others[2].request.count += 1;
        others[3].network.response.loss = 0.7;
        others[3].aggregator.rule_set = crate::aggregator::RuleSet::Identical;
        for replicate in 0..5 {
            let calls_of = |setup: &Setup| calls(setup, replicate);
            for other in &others {
                for ((one, attestation), (same, again)) in calls_of(&base).iter().zip(calls_of(other)) {
                    assert_eq!((&one.id, &one.bytes), (&same.id, &same.bytes));
                    assert_eq!((&one.truth.payload, attestation), (&same.truth.payload, &again));
                }
            }
            // Requests differ from each other.
            let [(one, signed), (other, also)] = &calls_of(&base)[..] else { panic!("two requests") };
            assert!(one.id != other.id && one.bytes != other.bytes);
            assert!(one.truth.payload != other.truth.payload && signed.sequence_number != also.sequence_number);
        }
    }

    #[test]
    fn a_new_node_displaces_at_most_one_signer() {
        let base = worlds::setup(0);
        let mut more = base.clone();
        more.capability_don.nodes += 1;
        let mut displaced = 0;
        for replicate in 0..20 {
            for ((_, before), (_, after)) in calls(&base, replicate).iter().zip(calls(&more, replicate)) {
                assert_eq!(before.sequence_number, after.sequence_number);
                // Who stays signs the same bytes.
                let stayed = after.signatures.iter().filter(|signature| before.signatures.contains(signature)).count();
                assert!(stayed + 1 >= before.signatures.len(), "{stayed}");
                displaced += before.signatures.len() - stayed;
            }
        }
        assert!(displaced > 0);
    }

    #[test]
    fn a_longer_payload_begins_like_a_shorter_one() {
        let base = worlds::setup(0);
        let mut long = base.clone();
        long.request.payload_size *= 100;
        for ((short, _), (long, _)) in calls(&base, 0).iter().zip(calls(&long, 0)) {
            assert!(long.truth.payload.len() == 100 * short.truth.payload.len());
            assert!(long.truth.payload.starts_with(&short.truth.payload));
        }
    }
}
