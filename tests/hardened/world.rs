//! A DON whose keys the test holds, and messages of its nodes, honest and not.

use std::sync::Arc;

use donsim::aggregator::{Answer, Config, RequestIds, RuleSet};
use donsim::attestation::{KeyPair, Report, SIGNATURE_LEN, signed_digest};
use donsim::wire::{
    Any, AttributedSignature, ErrorCode, MeteringRecord, OcrAttestation, PAYLOAD_NOT_AVAILABLE, PeerId, Response, Rope,
};

/// Type of the payload that the callers are configured for, and that honest nodes send.
pub const TYPE_URL: &str = "type.googleapis.com/a.Reply";
pub const TRUTH: &str = "the truth";
pub const UNIT: &str = "RPC_EVM";
pub const CONFIG_DIGEST: [u8; 32] = [7; 32];
pub const SEQUENCE_NUMBER: u64 = 42;

/// Numbers of a DON.
#[derive(Clone, Copy, Debug)]
pub struct Don {
    pub nodes: usize,
    pub f: usize,
    pub required: usize,
}

impl Don {
    pub fn config(self, keys: &[KeyPair]) -> Arc<Config> {
        let peers = (0..self.nodes).map(peer).collect();
        let signers = keys[..self.nodes].iter().map(|key| key.address().0.to_vec()).collect();
        let config = Config::new(peers, signers, self.f, RuleSet::Hardened).expect("F is below N");
        let config = config.with_min_responses(self.required).expect("it lies from F + 1 to N");
        Arc::new(config.with_type_url(TYPE_URL))
    }

    /// Whether one attestation may be enough.
    pub const fn attests(self) -> bool {
        self.required == self.f + 1
    }
}

pub fn ids() -> Arc<RequestIds> {
    Arc::new(RequestIds { workflow_execution_id: "wf-exec".into(), reference_id: "ref-1".into() })
}

pub fn peer(index: usize) -> PeerId {
    PeerId([index as u8 + 1; 32])
}

pub fn keys(count: usize) -> Vec<KeyPair> {
    (1..=count as u8).map(|seed| KeyPair::from_private(&[seed; 32]).expect("a private key")).collect()
}

/// Digest that signers of a response sign.
pub fn digest(payload: &[u8], metering: &MeteringRecord, attestation: &OcrAttestation) -> [u8; 32] {
    let report = Report {
        workflow_execution_id: "wf-exec",
        reference_id: "ref-1",
        payload,
        spend_unit: &metering.spend_unit,
        spend_value: &metering.spend_value,
    };
    signed_digest(&report.data(), &attestation.config_digest, attestation.sequence_number)
}

/// A response without attestation, as an honest node sends it if `payload` is the truth and `spent` 1.
pub fn plain(payload: &str, spent: &str) -> Response {
    let record = MeteringRecord {
        peer_2_peer_id: "somebody".into(),
        spend_unit: UNIT.into(),
        spend_value: spent.into(),
        spend_value_in_gas_units: String::new(),
    };
    Response {
        payload: Some(Any::new(TYPE_URL, payload.to_owned().into())),
        metering: vec![record],
        capdon_n: 77,
        ..Response::default()
    }
}

/// Accepted bytes where honest nodes agree on the truth: without metering record, and with the one that they report.
pub fn canonical(don: Don) -> [Rope; 2] {
    let mut full = Response { capdon_n: don.nodes as u32, ..plain(TRUTH, "1") };
    full.metering[0].peer_2_peer_id.clear();
    let bare = Response { metering: Vec::new(), ..full.clone() };
    [bare.rope(), full.rope()]
}

/// The response with signatures of these signers over it.
pub fn attested(response: Response, keys: &[KeyPair], signers: impl IntoIterator<Item = usize>) -> Response {
    let mut attestation =
        OcrAttestation { config_digest: CONFIG_DIGEST, sequence_number: SEQUENCE_NUMBER, signatures: Vec::new() };
    let digest = digest(response.payload_value(), &response.metering[0], &attestation);
    attestation.signatures = signers.into_iter().map(|signer| signature(signer, keys[signer].sign(&digest))).collect();
    Response { attestation: Some(attestation), ..response }
}

/// The response with one more signature.
pub fn with_signature(mut response: Response, added: AttributedSignature) -> Response {
    response.attestation.get_or_insert_default().signatures.push(added);
    response
}

/// A signature that is none.
pub fn forged(signer: usize) -> AttributedSignature {
    signature(signer, [9; SIGNATURE_LEN])
}

pub fn signature(signer: usize, bytes: [u8; SIGNATURE_LEN]) -> AttributedSignature {
    AttributedSignature { signature: bytes.to_vec().into(), signer: signer as u32 }
}

pub fn unavailable() -> Answer {
    error(ErrorCode::INTERNAL_ERROR, &format!("Public:User:Unknown:{PAYLOAD_NOT_AVAILABLE}"))
}

pub fn error(code: ErrorCode, text: &str) -> Answer {
    Answer::error(code, text)
}

/// A response whose value map holds a Decimal without coefficient.
pub fn bomb() -> Answer {
    Answer::response(vec![0x0a, 0x06, 0x0a, 0x04, 0x12, 0x02, 0x32, 0x00])
}

pub fn garbage() -> Answer {
    Answer::response(vec![0xff])
}
