//! Answers that capability nodes could send, honest and not, with real signatures.

use std::sync::{Arc, OnceLock};

use donsim::aggregator::{Answer, Config, RequestIds, RuleSet};
use donsim::attestation::{KeyPair, Report, SIGNATURE_LEN, signed_digest};
use donsim::wire::{
    Any, AttributedSignature, ErrorCode, MeteringRecord, OcrAttestation, PAYLOAD_NOT_AVAILABLE, PeerId, Response,
};
use proptest::prelude::*;
use proptest::sample::select;
use prost::bytes::Bytes;

/// Nodes of the largest DON.
pub const MAX_NODES: usize = 7;

const EXECUTION: &str = "wf-exec";
const REFERENCE: &str = "ref-1";
const TYPE_URL: &str = "type.googleapis.com/a.Reply";
const PAYLOADS: [&str; 2] = ["the truth", "a lie"];

/// Config digests: a current and a stale one. Both are fine as long as the signers are.
const DIGESTS: [[u8; 32]; 2] = [[7; 32], [8; 32]];

/// Signers, and their signatures over every payload under every digest, made once.
struct Pool {
    signers: Vec<Vec<u8>>,
    signatures: [[Vec<[u8; SIGNATURE_LEN]>; 2]; 2],
}

fn pool() -> &'static Pool {
    static POOL: OnceLock<Pool> = OnceLock::new();
    POOL.get_or_init(|| {
        let key = |seed| KeyPair::from_private(&[seed; 32]).expect("small numbers are private keys");
        let keys: Vec<KeyPair> = (1..=MAX_NODES as u8).map(key).collect();
        let sign = |payload: &str, digest: &[u8; 32]| {
            let report = Report {
                workflow_execution_id: EXECUTION,
                reference_id: REFERENCE,
                payload: payload.as_bytes(),
                spend_unit: "RPC_EVM",
                spend_value: "1",
            };
            let signed = signed_digest(&report.data(), digest, 42);
            keys.iter().map(|key| key.sign(&signed)).collect()
        };
        Pool {
            signers: keys.iter().map(|key| key.address().0.to_vec()).collect(),
            signatures: PAYLOADS.map(|payload| DIGESTS.map(|digest| sign(payload, &digest))),
        }
    })
}

/// A DON that is asked.
#[derive(Clone, Copy, Debug)]
pub struct Don {
    nodes: usize,
    f: usize,
    min_responses: usize,
}

impl Don {
    pub fn config(self, rule_set: RuleSet) -> Arc<Config> {
        let peers = (0..self.nodes).map(peer).collect();
        let signers = pool().signers[..self.nodes].to_vec();
        let config = Config::new(peers, signers, self.f, rule_set).expect("F is below N");
        let config = config.with_min_responses(self.min_responses).expect("it lies from F + 1 to N");
        Arc::new(config.with_type_url(TYPE_URL))
    }

    pub fn ids() -> Arc<RequestIds> {
        Arc::new(RequestIds { workflow_execution_id: EXECUTION.into(), reference_id: REFERENCE.into() })
    }
}

fn peer(index: usize) -> PeerId {
    PeerId([index as u8 + 1; 32])
}

/// Any DON of up to [`MAX_NODES`] nodes; three of four with `R = F + 1`.
fn don() -> impl Strategy<Value = Don> {
    (1..=MAX_NODES)
        .prop_flat_map(|nodes| (Just(nodes), 0..nodes))
        .prop_flat_map(|(nodes, f)| {
            let min_responses = prop_oneof![3 => Just(f + 1), 1 => f + 1..=nodes];
            (Just(nodes), Just(f), min_responses)
        })
        .prop_map(|(nodes, f, min_responses)| Don { nodes, f, min_responses })
}

/// What happens to a client request.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Answer(Option<Vec<u8>>, Answer),
    Expiry,
}

/// A DON and what comes from it.
pub fn case() -> impl Strategy<Value = (Don, Vec<Event>)> {
    don().prop_flat_map(|don| (Just(don), prop::collection::vec(event(don), 0..24)))
}

fn event(don: Don) -> impl Strategy<Value = Event> {
    let answer = prop_oneof![3 => response(don).prop_map(Answer::response), 1 => error()];
    prop_oneof![60 => (sender(don), answer).prop_map(|(sender, answer)| Event::Answer(sender, answer)), 1 => Just(Event::Expiry)]
}

/// Mostly peers, of which each is drawn several times.
fn sender(don: Don) -> impl Strategy<Value = Option<Vec<u8>>> {
    let known = (0..don.nodes).prop_map(|index| Some(peer(index).0.to_vec()));
    let malformed = select(vec![0_usize, 1, 31, 33, 64]).prop_map(|len| Some(vec![1; len]));
    prop_oneof![20 => known, 1 => Just(None), 1 => malformed, 1 => Just(Some(vec![99; 32]))]
}

fn error() -> impl Strategy<Value = Answer> {
    let wrapped = format!("Public:User:Unknown:{PAYLOAD_NOT_AVAILABLE}");
    let texts = vec![String::new(), "rpc failed".into(), "rpc failed ".into(), PAYLOAD_NOT_AVAILABLE.into(), wrapped];
    (select(vec![1, 4, 5, 77, -1]), select(texts)).prop_map(|(code, text)| Answer::error(ErrorCode(code), text))
}

fn response(don: Don) -> impl Strategy<Value = Bytes> {
    let tampering = select(TAMPERINGS.to_vec());
    prop_oneof![
        4 => (0..2_usize, 0..3_u8).prop_map(|(payload, metering)| plain(payload, metering).encode()),
        4 => (0..2_usize, 0..2_usize).prop_map(move |(payload, digest)| attested(don, payload, digest).encode()),
        4 => (0..2_usize, tampering).prop_map(move |(payload, tamper)| tamper(don, attested(don, payload, 0))),
        1 => prop::collection::vec(any::<u8>(), 0..24).prop_map(Bytes::from),
    ]
}

fn record(value: &str) -> MeteringRecord {
    MeteringRecord { spend_unit: "RPC_EVM".into(), spend_value: value.into(), ..MeteringRecord::default() }
}

/// A response without attestation; its metering is no part of what it is.
fn plain(payload: usize, metering: u8) -> Response {
    Response {
        payload: Some(Any::new(TYPE_URL, PAYLOADS[payload].into())),
        metering: (0..metering).map(|_| record("1")).collect(),
        capdon_n: u32::from(metering),
        ..Response::default()
    }
}

/// A response with `F + 1` valid signatures.
fn attested(don: Don, payload: usize, digest: usize) -> Response {
    let signatures = pool().signatures[payload][digest].iter().zip(0..).take(don.f + 1);
    let signed = |(signature, signer): (&[u8; SIGNATURE_LEN], u32)| AttributedSignature {
        signature: Bytes::copy_from_slice(signature),
        signer,
    };
    let attestation = OcrAttestation {
        config_digest: DIGESTS[digest],
        sequence_number: 42,
        signatures: signatures.map(signed).collect(),
    };
    Response { attestation: Some(attestation), ..plain(payload, 1) }
}

/// Makes an attested response worse.
type Tamper = fn(Don, Response) -> Bytes;

const TAMPERINGS: [Tamper; 14] = [
    |_, response| with(response, |proof| proof.config_digest = DIGESTS[1]),
    |_, response| with(response, |proof| proof.sequence_number += 1),
    |_, response| with(response, |proof| proof.signatures[0].signature = vec![7; SIGNATURE_LEN].into()),
    |_, response| with(response, |proof| proof.signatures[0].signature = Bytes::new()),
    |_, response| with(response, |proof| proof.signatures[0].signer = u32::MAX),
    |don, response| with(response, |proof| proof.signatures[0].signer = don.nodes as u32),
    |_, response| with(response, |proof| proof.signatures.push(proof.signatures[0].clone())),
    |_, response| with(response, |proof| drop(proof.signatures.pop())),
    |_, response| Response { metering: Vec::new(), ..response }.encode(),
    |_, response| Response { metering: vec![record("1"), record("1")], ..response }.encode(),
    |_, response| Response { metering: vec![record("2")], ..response }.encode(),
    |_, response| Response { payload: None, ..response }.encode(),
    |_, response| Response { payload: plain(1, 0).payload, ..response }.encode(),
    // A value map with the entry "": Decimal {}.
    |_, response| {
        [response.encode(), Bytes::from_static(&[0x0a, 0x06, 0x0a, 0x04, 0x12, 0x02, 0x32, 0x00])].concat().into()
    },
];

fn with(mut response: Response, change: impl Fn(&mut OcrAttestation)) -> Bytes {
    response.attestation.iter_mut().for_each(change);
    response.encode()
}
