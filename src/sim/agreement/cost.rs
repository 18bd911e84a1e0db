//! What the OCR round behind a request costs between capability nodes.
//!
//! Accounted from the encoded sizes of the messages, not simulated: one round for every request, without failures, in
//! which every node observes. A node's messages to itself do not touch the network. All others carry the transport's
//! frame.

use crate::sim::setup::{ObservationContent, Setup};

/// Length of an execution id: 32 bytes in hexadecimal digits.
const EXECUTION_ID: u64 = 64;
/// Three block heights around 20,000,000, each a number of four bytes.
const CHAIN_HEIGHT: u64 = 3 * (1 + 4);
/// An epoch below 128.
const EPOCH: u64 = 1 + 1;
/// A sequence number from 128 to 16,383. A longer one adds as many bytes to every message.
const SEQUENCE_NUMBER: u64 = 1 + 2;
/// ed25519, by the sender of a message or an observation.
const SIGNATURE: u64 = field(64);
/// secp256k1, over a report.
const REPORT_SIGNATURE: u64 = field(65);

/// Bytes that leave uplinks for the rounds of all requests of a replicate; the same in all.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::{ObservationContent, ocr_bytes};
///
/// let text = "schema = 1\nrequest.payload_size = \"16KiB\"\n".to_owned();
/// let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// let (hash, payload) = (ocr_bytes(&setup, ObservationContent::Hash), ocr_bytes(&setup, ObservationContent::Payload));
/// assert!(payload > 10 * hash);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn ocr_bytes(setup: &Setup, content: ObservationContent) -> u64 {
    let observed = match content {
        ObservationContent::Hash => 32,
        ObservationContent::Payload => setup.request.payload_size,
    };
    let nodes = u64::from(setup.capability_don.nodes);
    let cost = |number: u32| Round { nodes, request_key: request_key(number), observed }.bytes(setup.network.frame);
    (0..setup.request.count).map(cost).fold(0, u64::saturating_add)
}

/// Length of `<execution id>:<reference id>`, by which a round knows a request.
fn request_key(number: u32) -> u64 {
    EXECUTION_ID + 1 + number.checked_ilog10().map_or(1, |power| u64::from(power) + 1)
}

/// A round about one request.
struct Round {
    nodes: u64,
    request_key: u64,
    /// Bytes of what is observed.
    observed: u64,
}

impl Round {
    /// All messages of the round, each with its frame.
    fn bytes(&self, frame: u64) -> u64 {
        let followers = self.nodes.saturating_sub(1);
        let with_leader = self.start() + self.observation() + self.proposal() + 3 * frame;
        let among_all = 2 * vote() + report_signatures() + 3 * frame;
        followers.saturating_mul(with_leader).saturating_add(self.nodes.saturating_mul(followers) * among_all)
    }

    /// The leader's start, with the request id as the query.
    fn start(&self) -> u64 {
        wrapped(EPOCH + SEQUENCE_NUMBER + field(field(self.request_key)))
    }

    /// A follower's observation.
    fn observation(&self) -> u64 {
        wrapped(EPOCH + SEQUENCE_NUMBER + field(self.signed_observation()))
    }

    /// The leader's proposal with the observations of all.
    fn proposal(&self) -> u64 {
        // Node 0 is not written.
        let attributed =
            |node: u64| field(field(self.signed_observation()) + if node == 0 { 0 } else { 1 + varint(node) });
        wrapped(EPOCH + SEQUENCE_NUMBER + (0..self.nodes).map(attributed).fold(0, u64::saturating_add))
    }

    /// Chain heights and a map of one entry, under the observer's signature.
    fn signed_observation(&self) -> u64 {
        // Of nothing nothing is written.
        let observed = if self.observed == 0 { 0 } else { field(self.observed) };
        let entry = field(self.request_key) + field(observed);
        field(field(CHAIN_HEIGHT) + field(entry)) + SIGNATURE
    }
}

/// Prepare or commit.
const fn vote() -> u64 {
    wrapped(EPOCH + SEQUENCE_NUMBER + SIGNATURE)
}

/// The signature of one report.
const fn report_signatures() -> u64 {
    wrapped(SEQUENCE_NUMBER + REPORT_SIGNATURE)
}

/// Bytes of a protobuf field of `len` bytes with a field number below 16.
const fn field(len: u64) -> u64 {
    1 + varint(len) + len
}

/// A message in the wrapper of all OCR messages, whose field numbers take two bytes.
const fn wrapped(len: u64) -> u64 {
    2 + varint(len) + len
}

/// Bytes of a number.
const fn varint(value: u64) -> u64 {
    match value.checked_ilog2() {
        Some(log) => log as u64 / 7 + 1,
        None => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::ocr::{
        AttributedSignedObservation, Body, ChainHeight, Contents, Observation, OcrMessage, Proposal, Query,
        ReportSignatures, RequestObservation, RoundStart, SignedObservation, Vote,
    };
    use prost::Message as _;
    use prost::bytes::Bytes;

    const HASHES: Round = Round { nodes: 10, request_key: 66, observed: 32 };

    fn len(body: Body) -> u64 {
        OcrMessage { body: Some(body) }.encoded_len() as u64
    }

    /// The messages of a round as they are encoded.
    fn encoded(round: &Round) -> [u64; 5] {
        let key = "k".repeat(round.request_key as usize);
        let (epoch, seq_nr, signature) = (100, 10_000, Bytes::from_static(&[7; 64]));
        let requests = [(
            key.clone(),
            RequestObservation { observed: vec![1; round.observed as usize].into(), error: String::new() },
        )]
        .into();
        let (latest, safe, finalized) = (20_000_000, 20_000_000, 20_000_000);
        let contents = Contents {
            chain_height: Some(ChainHeight { latest, safe, finalized }),
            requests,
            missing_request_ids: Vec::new(),
        };
        let observation = contents.encode_to_vec().into();
        let signed_observation = Some(SignedObservation { observation, signature: signature.clone() });
        let attributed = |observer: u64| AttributedSignedObservation {
            signed_observation: signed_observation.clone(),
            observer: observer as u32,
        };
        let attributed_signed_observations = (0..round.nodes).map(attributed).collect();
        let query = Query { requests: vec![key] }.encode_to_vec().into();
        [
            len(Body::RoundStart(RoundStart { epoch, seq_nr, query, signature31: Bytes::new() })),
            len(Body::Observation(Observation { epoch, seq_nr, signed_observation: signed_observation.clone() })),
            len(Body::Proposal(Proposal { epoch, seq_nr, attributed_signed_observations, signature31: Bytes::new() })),
            len(Body::Prepare(Vote { epoch, seq_nr, signature })),
            len(Body::ReportSignatures(ReportSignatures {
                seq_nr,
                report_signatures: vec![Bytes::from_static(&[7; 65])],
            })),
        ]
    }

    #[test]
    fn sizes_are_those_of_encoded_messages() {
        for (nodes, observed) in [(1, 32), (4, 32), (10, 32), (200, 32), (7, 1), (7, 100), (4, 1_000), (3, 100_000)] {
            let round = Round { nodes, request_key: 66, observed };
            let sizes = [round.start(), round.observation(), round.proposal(), vote(), report_signatures()];
            assert_eq!(sizes, encoded(&round), "{nodes} nodes, {observed} bytes");
        }
    }

    #[test]
    fn hashes_cost_what_is_known_of_them() {
        assert_eq!(HASHES.observation(), 203);
        assert_eq!((vote(), report_signatures()), (74, 73));
        assert!((1_950..2_050).contains(&HASHES.proposal()), "{}", HASHES.proposal());
    }

    #[test]
    fn a_round_is_the_sum_of_its_messages() {
        let [start, observation, proposal, vote, signatures] = encoded(&HASHES);
        let expected = 9 * (start + observation + proposal) + 90 * (2 * vote + signatures);
        assert_eq!(HASHES.bytes(0), expected);
        assert_eq!(HASHES.bytes(37), expected + 37 * (3 * 9 + 3 * 90));
        assert_eq!(Round { nodes: 1, ..HASHES }.bytes(37), 0);
    }

    #[test]
    fn payloads_go_up_once_and_down_with_all_others() {
        // (N - 1)(K + 1) P bytes more, but for some lengths that take more digits.
        for nodes in [4, 16, 31] {
            let at = |observed| Round { nodes, request_key: 66, observed }.bytes(37);
            let copies = (nodes - 1) * (nodes + 1);
            assert_eq!(at(60_000) - at(50_000), copies * 10_000);
            let growth = (at(65_536) - at(32)) as f64 / (copies * 65_536) as f64;
            assert!((0.999..1.001).contains(&growth), "{growth}");
        }
    }

    #[test]
    fn requests_are_known_by_execution_and_number() {
        for (number, digits) in [(0, 1), (9, 1), (10, 2), (99, 2), (100, 3)] {
            assert_eq!(request_key(number), 65 + digits, "{number}");
        }
    }
}
