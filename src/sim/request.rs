//! One request of a replicate: its ids, its bytes, and what the capability DON agrees on for it.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use prost::bytes::Bytes;

use crate::aggregator::{RequestIds, Work};
use crate::attestation::{Report, SIGNATURE_LEN, signed_digest};
use crate::engine::{Draws, Span, Time};
use crate::network::Node;
use crate::wire::{
    Any, AttributedSignature, CallPayload, CapabilityRequest, OcrAttestation, RequestMetadata, Response, request_id,
};

use super::message::{CAPABILITY_ID, CAPABILITY_METHOD, DON_IDS, Reply, encode_request};
use super::replicate_cache::ReplicateCache;
use super::rounds::Value;
use super::schedule;
use super::setup::{ObservationContent, Setup};
use super::site::Site;
use super::truth::{REPLY_TYPE, Truth, honest_record, required};

const CALL_TYPE: &str = "type.googleapis.com/capabilities.blockchain.evm.v1alpha.CallContractRequest";

/// A request, the same for every workflow node.
pub(super) struct Request {
    pub(super) number: u32,
    pub(super) ids: Arc<RequestIds>,
    /// Printed id, the message id of all its messages.
    pub(super) id: Rc<str>,
    /// The encoded `CapabilityRequest`.
    pub(super) bytes: Bytes,
    /// When the first workflow node may start it.
    pub(super) begins: Time,
    /// Delay of each capability node's copy.
    pub(super) delays: Vec<Span>,
    pub(super) truth: Truth,
    /// Which of the responses that the chain gives is the truth.
    version: u32,
    /// By value, the bytes of observations that were asked for.
    observed: BTreeMap<Value, Bytes>,
    /// By capability node, who has signed the report that it has.
    signed: Vec<Option<Rc<Signed>>>,
    /// Attestations that were asked for.
    attestations: BTreeMap<Rc<Signed>, OcrAttestation>,
    /// By capability node, its honest answer with the payload, once it was asked for.
    replies: Vec<Option<Reply>>,
}

/// An attested report: its place in the sequence of all, and who has signed it, rising.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Signed {
    pub(super) sequence_number: u64,
    pub(super) signers: Vec<u32>,
}

impl Signed {
    /// The report of an agreement that takes a latency: signed by the `F + 1` nodes whose signatures were there first.
    pub(super) fn drawn(setup: &Setup, draws: &Draws, request: u32) -> Self {
        let don = &setup.capability_don;
        let mut signers = Site::SignerRank.ranked(draws, don.nodes, |node| [request, node, 0, 0, 0]);
        signers.truncate(don.f as usize + 1);
        signers.sort_unstable();
        let sequence_number = 1 + Site::SequenceNumber.draw(draws, [request, 0, 0, 0, 0]).below(1 << 32);
        Self { sequence_number, signers }
    }
}

impl Request {
    pub(super) fn new(setup: &Setup, draws: &Draws, cache: &mut ReplicateCache, number: u32, begins: Time) -> Self {
        let ids = RequestIds {
            workflow_execution_id: hex::encode(Site::ExecutionId.array(draws, [number, 0, 0, 0, 0])),
            reference_id: number.to_string(),
        };
        let id = request_id(&ids.workflow_execution_id, &ids.reference_id);
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
                payload: payload(number, 0, draws, setup, cache),
                type_url: REPLY_TYPE,
                spend_unit: "RPC_EVM",
                spend_value: "1",
                required: required(setup),
                nodes: setup.capability_don.nodes,
            },
            version: 0,
            observed: BTreeMap::new(),
            signed: vec![None; setup.capability_don.nodes as usize],
            attestations: BTreeMap::new(),
            replies: vec![None; setup.capability_don.nodes as usize],
            ids: Arc::new(ids),
            id: id.into(),
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
    pub(super) fn reply(&mut self, node: u32, setup: &Setup, cache: &mut ReplicateCache) -> Reply {
        if let Some(reply) = &self.replies[node as usize] {
            return reply.clone();
        }
        let attestation = self.attestation(node, setup, cache);
        let honest = self.response(node, setup.capability_don.nodes, cache);
        let reply = Reply::response(Response { attestation, ..honest });
        self.replies[node as usize] = Some(reply.clone());
        reply
    }

    /// Node `node` has the report under these signatures.
    pub(super) fn sign_at(&mut self, node: u32, signed: &Rc<Signed>) {
        self.signed[node as usize] = Some(Rc::clone(signed));
    }

    /// Attestation that node `node` has, signed when it is first asked for; `None` before its report, and at a node that
    /// does not attest.
    pub(super) fn attestation(
        &mut self,
        node: u32,
        setup: &Setup,
        cache: &mut ReplicateCache,
    ) -> Option<OcrAttestation> {
        let signed = self.signed[node as usize].as_ref().filter(|_| setup.capability_don.attests(node))?;
        let signed = Rc::clone(signed);
        if let Some(attestation) = self.attestations.get(&signed) {
            return Some(attestation.clone());
        }
        let attestation = self.attest(&signed, cache);
        self.attestations.insert(signed, attestation.clone());
        Some(attestation)
    }

    /// Agreement on a response makes it the right one: which it is of those that the chain gives, only the nodes decide.
    pub(super) fn agree(&mut self, value: Value, draws: &Draws, setup: &Setup, cache: &mut ReplicateCache) {
        if let Value::Response { version } = value
            && std::mem::replace(&mut self.version, version) != version
        {
            self.truth.payload = payload(self.number, version, draws, setup, cache);
        }
    }

    /// Bytes that stand for a value in an observation.
    pub(super) fn observed(&mut self, value: Value, setup: &Setup, draws: &Draws, cache: &mut ReplicateCache) -> Bytes {
        if let Some(bytes) = self.observed.get(&value) {
            return bytes.clone();
        }
        let payload = match value {
            Value::Failure => return Bytes::new(),
            Value::Response { version } if version == self.version => self.truth.payload.clone(),
            Value::Response { version } => payload(self.number, version, draws, setup, cache),
            Value::Own { node, number } => own_payload(self.number, [node, number], draws, setup, cache),
            Value::Colluding => own_payload(self.number, [u32::MAX, 0], draws, setup, cache),
        };
        let bytes = match setup.capability_don.ocr.rounds().map(|rounds| rounds.content) {
            Some(ObservationContent::Payload) => payload,
            _ => cache.memo.report_data(&Report { payload: &payload, ..self.report() }).to_vec().into(),
        };
        self.observed.insert(value, bytes.clone());
        bytes
    }

    /// Whether a right response carries the genuine attestation, and what it takes to check it.
    pub(super) fn is_genuine(&self, response: &Response) -> bool {
        let [record] = &response.metering[..] else { return false };
        response.attestation.is_some()
            && self.attestations.values().any(|genuine| response.attestation.as_ref() == Some(genuine))
            && record.spend_unit == self.truth.spend_unit
            && record.spend_value == self.truth.spend_value
    }

    fn attest(&self, signed: &Signed, cache: &mut ReplicateCache) -> OcrAttestation {
        let config_digest = Site::ConfigDigest.array(&cache.identities(), [0; 5]);
        let Signed { sequence_number, ref signers } = *signed;
        let digest = self.digest(&config_digest, sequence_number, cache);
        let signed = signers.iter().zip(cache.sign_all(signers, &digest));
        let attributed = |(signer, signature): (&u32, [u8; SIGNATURE_LEN])| AttributedSignature {
            signature: signature.to_vec().into(),
            signer: *signer,
        };
        OcrAttestation { config_digest, sequence_number, signatures: signed.map(attributed).collect() }
    }
}

/// Response of honest nodes after so many changes of the chain.
fn payload(request: u32, version: u32, draws: &Draws, setup: &Setup, cache: &mut ReplicateCache) -> Bytes {
    cache.bytes(Site::Payload, draws, [request, version, 0, 0, 0], setup.request.payload_size)
}

/// Response that only some nodes observe.
fn own_payload(
    request: u32,
    [author, number]: [u32; 2],
    draws: &Draws,
    setup: &Setup,
    cache: &mut ReplicateCache,
) -> Bytes {
    cache.bytes(Site::WrongPayload, draws, [request, author, u32::MAX, number, 0], setup.request.payload_size)
}

fn capability_request(
    setup: &Setup,
    draws: &Draws,
    cache: &mut ReplicateCache,
    number: u32,
    ids: &RequestIds,
) -> CapabilityRequest {
    let identities = cache.identities();
    let workflow = |at| hex::encode(Site::Workflow.array(&identities, [at, 0, 0, 0, 0]));
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
            value: cache.bytes(Site::Call, draws, [number, 0, 0, 0, 0], setup.request.call_size),
        }),
        method: CAPABILITY_METHOD.to_owned(),
        capability_id: CAPABILITY_ID.to_owned(),
        ..CapabilityRequest::default()
    }
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
            let mut call = Request::new(setup, &draws, &mut cache, number, Time::ZERO);
            call.sign_at(0, &Rc::new(Signed::drawn(setup, &draws, number)));
            let attestation = call.attestation(0, setup, &mut cache).expect("there is a report");
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
        others[3].aggregator.rule_set = crate::aggregator::RuleSet::Identical.into();
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
