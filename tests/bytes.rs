//! Every byte that leaves an uplink is counted, and under exactly one cause.

mod common;

use common::{EXECUTION, OCR, corrupt_holders, replicates};
use donsim::aggregator::RuleSet;
use donsim::engine::{Distribution, Span};
use donsim::sim::{Bytes, FaultKind, PayloadHolders, Row, Setup};

const ONE_WAY: Span = Span::from_millis(10);

fn world(nodes: u32, rule_set: RuleSet) -> Setup {
    common::setup(nodes, rule_set, PayloadHolders::All, Distribution::constant(ONE_WAY))
}

/// The one row of the first replicate.
fn row(setup: &Setup) -> Row {
    let replicate = replicates(setup, 1).next().expect("one was asked for");
    replicate.rows.into_iter().next().expect("one caller, one request")
}

/// Bytes of a protobuf field with a one-byte tag: tag, length, contents.
const fn field(len: u64) -> u64 {
    1 + varint(len) + len
}

const fn varint(value: u64) -> u64 {
    match value {
        0..0x80 => 1,
        0x80..0x4000 => 2,
        _ => 3,
    }
}

const fn text(text: &str) -> u64 {
    field(text.len() as u64)
}

/// A small number: tag and value.
const NUMBER: u64 = 2;

/// A request with a call of 16 bytes.
fn request() -> u64 {
    let ids = field(64) + field(64) + field(40) + field(20);
    let metadata = ids + NUMBER + NUMBER + text("0") + text("donsim");
    let call = text("type.googleapis.com/capabilities.blockchain.evm.v1alpha.CallContractRequest") + field(16);
    let (config, inputs) = (field(0), field(0));
    field(metadata) + config + inputs + field(call) + text("CallContract") + text("evm:ChainSelector:1@1.0.0")
}

/// A response with a payload of 64 bytes, without attestation.
fn response() -> u64 {
    let metering = text(&"1".repeat(52)) + text("RPC_EVM") + text("1");
    let payload = text("type.googleapis.com/capabilities.blockchain.evm.v1alpha.CallContractReply") + field(64);
    field(0) + field(field(metering) + NUMBER) + field(payload)
}

/// An attestation with the signature of node 0, whose index is not written, and a sequence number above 2^28.
fn attestation() -> u64 {
    let (config_digest, sequence_number) = (field(32), 1 + 5);
    field(config_digest + sequence_number + field(field(65)))
}

/// An envelope with its frame around `content` bytes, sent at `sent`.
fn on_the_line(content: u64, sent: Span) -> u64 {
    let millis = sent.as_nanos() / 1_000_000;
    let timestamp = if millis == 0 { 0 } else { 1 + varint(millis) };
    let message_id = "Execute:".len() as u64 + 64 + ":0".len() as u64;
    // The tags of fields 16 and 17 take two bytes.
    let dons = NUMBER + NUMBER + 1;
    let method = text("Execute") + text("CallContract") + 1;
    let heading = NUMBER + field(32) + field(32) + timestamp + field(message_id) + text("evm:ChainSelector:1@1.0.0");
    let body = heading + dons + method + field(content);
    37 + field(64) + field(body)
}

#[test]
fn the_smallest_exchange_byte_by_byte() {
    let answer = response() + attestation();
    let answered = ONE_WAY + EXECUTION + OCR;
    let total = on_the_line(request(), Span::ZERO) + on_the_line(answer, answered);
    let expected = Bytes {
        request: request(),
        response: response(),
        duplicate_payload: 0,
        attestation: attestation(),
        error: 0,
        envelope: total - request() - answer,
    };
    let counted = row(&world(1, RuleSet::Attested)).bytes;
    assert_eq!(counted, expected);
    assert_eq!(counted.total(), total);
}

#[test]
fn a_decision_rests_on_as_many_payloads_as_it_needs() {
    for nodes in [4_u32, 7] {
        let n = u64::from(nodes);
        let f = u64::from((nodes - 1) / 3);
        for (rule_set, useful) in [(RuleSet::Identical, f + 1), (RuleSet::Attested, 1), (RuleSet::AttestedStrict, 1)] {
            let bytes = row(&world(nodes, rule_set)).bytes;
            let payloads = (bytes.response, bytes.duplicate_payload);
            assert_eq!(payloads, (useful * response(), (n - useful) * response()), "{}", rule_set.name());
        }
    }
}

#[test]
fn without_a_decision_every_payload_is_superfluous() {
    let mut setup = world(4, RuleSet::Identical);
    setup.aggregator.timeout = Span::from_secs(1);
    setup.capability_don.ocr = Distribution::constant(Span::from_millis(900));
    // Answers leave after 1.01 s: in time for the executions, too late for the caller.
    let bytes = row(&setup).bytes;
    assert_eq!((bytes.response, bytes.duplicate_payload, bytes.error), (0, 4 * response(), 0));
}

#[test]
fn lost_and_doubled_messages_cost_what_left_the_uplink() {
    let plain = row(&world(4, RuleSet::Attested)).bytes;
    let mut doubled = world(4, RuleSet::Attested);
    (doubled.network.request.duplication, doubled.network.response.duplication) = (1.0, 1.0);
    assert_eq!(row(&doubled).bytes, plain);
    let mut lossy = world(4, RuleSet::Attested);
    lossy.network.response.loss = 1.0;
    let lost = row(&lossy).bytes;
    assert_eq!(lost, Bytes { response: 0, duplicate_payload: 4 * response(), ..plain });
}

#[test]
fn frames_belong_to_the_envelopes() {
    let framed = row(&world(4, RuleSet::Attested)).bytes;
    let mut bare = world(4, RuleSet::Attested);
    bare.network.frame = 0;
    // Four requests and four answers.
    assert_eq!(row(&bare).bytes, Bytes { envelope: framed.envelope - 8 * 37, ..framed });
}

/// The same messages are on the line whatever the caller makes of them.
#[test]
fn rule_sets_divide_the_same_bytes() {
    let kinds = [
        FaultKind::Crash,
        FaultKind::ErrorSpam { text: "no".to_owned(), distinct: false },
        FaultKind::ForgedSignature,
        FaultKind::Silent,
        FaultKind::Slow { delay: Distribution::Exponential { mean: Span::from_millis(500) } },
        FaultKind::WrongPayload { collude: false },
    ];
    for kind in kinds {
        let undivided = |rule_set| {
            let mut setup = world(7, rule_set);
            setup.capability_don.payload_holders = PayloadHolders::FPlusOne;
            setup.network.response.loss = 0.2;
            corrupt_holders(&mut setup, kind.clone(), 2);
            let undivide = |bytes: Bytes| Bytes {
                response: bytes.response + bytes.duplicate_payload,
                duplicate_payload: 0,
                ..bytes
            };
            let rows = replicates(&setup, 5).flat_map(|replicate| replicate.rows);
            rows.map(|row| undivide(row.bytes)).collect::<Vec<_>>()
        };
        let identical = undivided(RuleSet::Identical);
        assert!(identical.iter().all(|bytes| bytes.total() > 0));
        for rule_set in RuleSet::ALL {
            assert_eq!(undivided(rule_set), identical, "{} under {}", kind.name(), rule_set.name());
        }
    }
}

#[test]
fn signatures_are_counted_where_attestations_are_looked_at() {
    for (rule_set, verified) in [(RuleSet::Identical, 0), (RuleSet::Attested, 3), (RuleSet::AttestedStrict, 3)] {
        assert_eq!(row(&world(7, rule_set)).signatures_verified, verified, "{}", rule_set.name());
    }
}
