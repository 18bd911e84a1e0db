//! Every byte that leaves an uplink is counted, and under exactly one cause.

mod common;
#[path = "common/sizes.rs"]
mod sizes;

use common::{EXECUTION, OCR, corrupt_holders, replicates};
use donsim::aggregator::RuleSet;
use donsim::engine::{Distribution, Span};
use donsim::sim::{Bytes, FaultKind, PayloadHolders, Row, Setup};
use sizes::{error_on_the_line, on_the_line};

const ONE_WAY: Span = Span::from_millis(10);

fn world(nodes: u32, rule_set: RuleSet) -> Setup {
    common::setup(nodes, rule_set, PayloadHolders::All, Distribution::constant(ONE_WAY))
}

/// The one row of the first replicate.
fn row(setup: &Setup) -> Row {
    let replicate = replicates(setup, 1).next().expect("one was asked for");
    replicate.rows.into_iter().next().expect("one caller, one request")
}

fn request() -> u64 {
    sizes::request(16)
}

fn response() -> u64 {
    sizes::response(64)
}

/// With the signature of node 0 alone.
fn attestation() -> u64 {
    sizes::attestation(1, true, 5)
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
        coordination: 0,
        envelope: total - request() - answer,
        answer_envelope: on_the_line(answer, answered) - answer,
    };
    let counted = row(&world(1, RuleSet::Attested)).bytes;
    assert_eq!(counted, expected);
    assert_eq!((counted.total(), counted.answers()), (total, on_the_line(answer, answered)));
}

#[test]
fn an_error_byte_by_byte() {
    let mut setup = world(1, RuleSet::Attested);
    setup.capability_don.payload_holders = PayloadHolders::Count(0);
    let counted = row(&setup).bytes;
    let said = "Public:User:Unknown:__response_payload_not_available";
    let total = error_on_the_line(said, ONE_WAY + EXECUTION + OCR);
    // Code, and text behind its tag and length.
    let error = 2 + 2 + said.len() as u64;
    assert_eq!((counted.error, counted.answers(), counted.answer_envelope), (error, total, total - error));
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
    setup.capability_don.ocr = donsim::sim::Ocr::Latency(Distribution::constant(Span::from_millis(900)));
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
    let (envelope, answer_envelope) = (framed.envelope - 8 * 37, framed.answer_envelope - 4 * 37);
    assert_eq!(row(&bare).bytes, Bytes { envelope, answer_envelope, ..framed });
}

/// The same messages are on the line whatever the caller makes of them.
#[test]
fn rule_sets_divide_the_same_bytes() {
    let kinds = [
        FaultKind::named("crash", []),
        FaultKind::named("error_spam", ["no".to_owned().into(), false.into()]),
        FaultKind::named("forged_signature", []),
        FaultKind::named("silent", []),
        FaultKind::named("slow", [Distribution::Exponential { mean: Span::from_millis(500) }.into()]),
        FaultKind::named("wrong_payload", [false.into()]),
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
    for rule_set in RuleSet::ALL {
        let verified = if rule_set == RuleSet::Identical { 0 } else { 3 };
        assert_eq!(row(&world(7, rule_set)).signatures_verified, verified, "{}", rule_set.name());
    }
}
