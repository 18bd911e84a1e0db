//! Attacks on what an answer says, and in whose name.

use donsim::aggregator::RuleSet;
use donsim::sim::Outcome::{Accepted, AcceptedWrong, Crashed, Expired, Failed};
use donsim::sim::{Fault, FaultKind, PayloadHolders, Setup};

use super::world::{assert_ends, assert_share, faulty, fired, lone_holder, outcomes, rows, run, share, world};

#[test]
fn an_attestation_without_payload_crashes_who_looks_at_it() {
    for rule_set in [RuleSet::AttestedStrict, RuleSet::Attested, RuleSet::AttestedEarlyFail] {
        assert_ends(&lone_holder(rule_set, FaultKind::named("missing_payload", [])), &[Crashed]);
    }
    for rule_set in [RuleSet::Identical, RuleSet::Hardened] {
        assert_ends(&lone_holder(rule_set, FaultKind::named("missing_payload", [])), &[Failed]);
    }
}

#[test]
fn a_decimal_without_digits_crashes_every_original_rule_set() {
    for rule_set in RuleSet::ALL {
        let setup = faulty(rule_set, Fault::new(FaultKind::named("decimal_without_coefficient", []), 4, None));
        let end = if rule_set == RuleSet::Hardened { Failed } else { Crashed };
        assert_ends(&setup, &[end]);
    }
}

#[test]
fn what_does_not_decode_is_not_counted() {
    for kind in [FaultKind::named("undecodable", []), FaultKind::named("truncated_response", [])] {
        let replicates = assert_ends(&lone_holder(RuleSet::Attested, kind.clone()), &[Expired]);
        assert!(rows(&replicates).all(|row| row.signatures_verified == 0 && row.bytes.duplicate_payload > 0));
        assert_ends(&faulty(RuleSet::Attested, Fault::new(kind, 1, Some(1))), &[Accepted]);
    }
}

#[test]
fn a_blown_up_response_costs_bandwidth_only() {
    let replicates =
        assert_ends(&lone_holder(RuleSet::Attested, FaultKind::named("oversized", [500_001_u64.into()])), &[Accepted]);
    assert!(rows(&replicates).all(|row| row.bytes.response == 500_001));
    // A response that is larger already stays as it is, and the fault has not acted.
    let small = run(&lone_holder(RuleSet::Attested, FaultKind::named("oversized", [10_u64.into()])), 5);
    assert_eq!((fired(&small, 0), rows(&small).count()), (0, 20));
}

#[test]
fn repeated_answers_cost_bandwidth_only() {
    let honest = Setup { faults: Vec::new(), ..lone_holder(RuleSet::Attested, FaultKind::named("silent", [])) };
    let honest = run(&honest, 25);
    let repeated = assert_ends(
        &lone_holder(RuleSet::Attested, FaultKind::named("duplicate_answers", [3_u64.into()])),
        &[Accepted],
    );
    for (one, three) in rows(&honest).zip(rows(&repeated)) {
        assert_eq!(three.bytes.attestation, 3 * one.bytes.attestation);
        assert_eq!(three.bytes.duplicate_payload, 2 * three.bytes.response);
        assert!(three.latency <= one.latency, "the first copy decides");
    }
}

#[test]
fn a_wrong_payload_needs_company() {
    for (collude, outcome) in [(false, Expired), (true, AcceptedWrong)] {
        let kind = FaultKind::named("wrong_payload", [collude.into()]);
        assert_ends(&faulty(RuleSet::Attested, Fault::new(kind.clone(), 1, Some(1))), &[Accepted]);
        assert_ends(&faulty(RuleSet::Attested, Fault::new(kind, 2, Some(2))), &[outcome]);
    }
}

#[test]
fn equivocators_disagree_with_nobody_but_the_truth() {
    assert_ends(&faulty(RuleSet::Attested, Fault::new(FaultKind::named("equivocation", []), 1, Some(1))), &[Accepted]);
    let beyond = faulty(RuleSet::Attested, Fault::new(FaultKind::named("equivocation", []), 2, Some(2)));
    let replicates = assert_ends(&beyond, &[AcceptedWrong]);
    assert!(rows(&replicates).all(|row| row.disagreement));
    let agreeing = faulty(RuleSet::Attested, Fault::new(FaultKind::named("wrong_payload", [true.into()]), 2, Some(2)));
    assert!(rows(&run(&agreeing, 5)).all(|row| !row.disagreement));
}

/// Three nodes lie in the name of the fourth, the only holder: it is heard when it is the first of the four.
#[test]
fn impersonators_silence_their_victim() {
    let mut setup = faulty(RuleSet::Attested, Fault::new(FaultKind::named("impersonation", []), 3, Some(0)));
    setup.capability_don.payload_holders = PayloadHolders::Count(1);
    let replicates = run(&setup, 500);
    assert_eq!(outcomes(&replicates), [Accepted, Expired].into());
    assert_share(share(&replicates, Accepted), 0.25, 2_000);
}

#[test]
fn equal_errors_end_a_request() {
    let spam = |distinct: bool| FaultKind::named("error_spam", ["rpc failed".to_owned().into(), distinct.into()]);
    assert_ends(&faulty(RuleSet::Attested, Fault::new(spam(false), 1, Some(1))), &[Accepted]);
    let replicates = assert_ends(&faulty(RuleSet::Attested, Fault::new(spam(false), 2, Some(2))), &[Failed]);
    assert!(rows(&replicates).all(|row| row.error == "INTERNAL_ERROR : rpc failed"));
    assert_ends(&faulty(RuleSet::Attested, Fault::new(spam(true), 2, Some(2))), &[Expired]);
}

#[test]
fn a_hidden_unavailability_is_no_error() {
    let text = "upstream said: __response_payload_not_available (cached)";
    let kind = FaultKind::named("hidden_pna", [text.to_owned().into()]);
    assert_ends(&faulty(RuleSet::Attested, Fault::new(kind.clone(), 2, Some(1))), &[Accepted]);
    assert_ends(&faulty(RuleSet::Attested, Fault::new(kind.clone(), 4, None)), &[Expired]);
    let replicates = assert_ends(&faulty(RuleSet::Identical, Fault::new(kind, 4, None)), &[Failed]);
    assert!(rows(&replicates).all(|row| row.error == format!("VALIDATION_FAILED : {text}")));
}

#[test]
fn holders_may_deny_their_payload() {
    assert_ends(&faulty(RuleSet::Attested, Fault::new(FaultKind::named("false_pna", []), 1, Some(1))), &[Accepted]);
    let replicates =
        assert_ends(&faulty(RuleSet::Attested, Fault::new(FaultKind::named("false_pna", []), 2, Some(2))), &[Expired]);
    assert!(rows(&replicates).all(|row| row.bytes.attestation == 0 && row.bytes.error > 0));
    // Others say so anyway.
    let idle = run(&faulty(RuleSet::Attested, Fault::new(FaultKind::named("false_pna", []), 2, Some(0))), 5);
    assert_eq!(fired(&idle, 0), 0);
}

#[test]
fn worlds_without_faults_are_accepted() {
    assert_eq!(outcomes(&run(&world(RuleSet::Attested), 25)), [Accepted].into());
}
