//! Attacks on attestations and on what they cover.

use std::ops::RangeInclusive;

use donsim::aggregator::RuleSet;
use donsim::sim::Outcome::{Accepted, AcceptedTainted, AcceptedWrong, Expired, Failed};
use donsim::sim::{Fault, FaultKind, PayloadHolders};

use super::world::{assert_ends, faulty, lone_holder, outcomes, rows, run};

/// Rule sets that look at attestations and take nothing else from a node that stands alone.
const LOOKING: [RuleSet; 3] = [RuleSet::AttestedStrict, RuleSet::Attested, RuleSet::AttestedEarlyFail];

/// Attestations that prove nothing, and how many of their two signatures must be checked to see it.
fn worthless() -> Vec<(FaultKind, RangeInclusive<u64>)> {
    vec![
        (FaultKind::named("forged_signature", []), 1..=2),
        (FaultKind::named("random_signature", []), 1..=2),
        (FaultKind::named("truncated_signature", []), 1..=2),
        (FaultKind::named("wrong_v_signature", []), 1..=2),
        (FaultKind::named("zero_r_signature", []), 1..=2),
        (FaultKind::named("zero_s_signature", []), 1..=2),
        (FaultKind::named("too_few_signatures", []), 0..=0),
        (FaultKind::named("surplus_signature", []), 3..=3),
        (FaultKind::named("duplicate_signer", []), 1..=1),
        (FaultKind::named("signer_out_of_range", []), 0..=1),
        (FaultKind::named("replayed_attestation", []), 1..=1),
        (FaultKind::named("replayed_sequence", []), 1..=1),
        (FaultKind::named("stolen_attestation", [false.into()]), 1..=1),
        (FaultKind::named("stolen_attestation", [true.into()]), 1..=1),
        (FaultKind::named("tampered_metering", ["value".into()]), 1..=1),
        (FaultKind::named("missing_metering", []), 0..=0),
        (FaultKind::named("doubled_metering", []), 0..=0),
    ]
}

#[test]
fn a_worthless_attestation_proves_nothing() {
    for (kind, checks) in worthless() {
        let replicates = assert_ends(&lone_holder(RuleSet::Attested, kind.clone()), &[Expired]);
        let checked: Vec<u64> = rows(&replicates).map(|row| row.signatures_verified).collect();
        assert_eq!(checked.iter().min(), Some(checks.start()), "{kind:?}");
        assert_eq!(checked.iter().max(), Some(checks.end()), "{kind:?}");
    }
}

#[test]
fn the_honest_holder_gets_through_beside_a_worthless_attestation() {
    for (kind, _) in worthless() {
        for rule_set in [RuleSet::Attested, RuleSet::AttestedStrict] {
            assert_ends(&faulty(rule_set, Fault::new(kind.clone(), 1, Some(1))), &[Accepted]);
        }
    }
}

/// Where signers decide, `F + 1` good signatures are enough, and nobody looks at a bad one behind them.
#[test]
fn the_hardened_rules_take_good_signatures_beside_bad_ones() {
    for (kind, checks) in worthless() {
        let is_surplus = kind.name() == "surplus_signature";
        let end = if is_surplus { Accepted } else { Failed };
        let replicates = assert_ends(&lone_holder(RuleSet::Hardened, kind), &[end]);
        assert!(rows(&replicates).all(|row| row.signatures_verified <= 2.min(*checks.end())));
        assert!(rows(&replicates).all(|row| !is_surplus || row.signatures_verified == 2));
    }
}

/// The rules refuse neither a high `s` nor an older configuration.
#[test]
fn unusual_but_valid_attestations_are_accepted() {
    for kind in [FaultKind::named("high_s_signature", []), FaultKind::named("stale_config_digest", [])] {
        for rule_set in LOOKING.into_iter().chain([RuleSet::Hardened]) {
            let replicates = assert_ends(&lone_holder(rule_set, kind.clone()), &[Accepted]);
            assert!(rows(&replicates).all(|row| row.signatures_verified == 2), "{kind:?}");
        }
        assert_ends(&lone_holder(RuleSet::Identical, kind), &[Failed]);
    }
}

#[test]
fn what_signatures_do_not_cover_can_be_changed() {
    let fields = |field: &'static str| FaultKind::named("tampered_fields", [field.into()]);
    for rule_set in LOOKING {
        for (kind, outcome) in [
            (FaultKind::named("tampered_metering", ["gas".into()]), AcceptedTainted),
            (fields("type_url"), AcceptedWrong),
            (fields("value"), AcceptedWrong),
            // An aggregator never passes it on.
            (fields("capdon_n"), Accepted),
        ] {
            assert_ends(&lone_holder(rule_set, kind.clone()), &[outcome]);
            assert_ends(&lone_holder(RuleSet::Hardened, kind), &[Accepted]);
        }
    }
}

/// In a counted quorum the changed response is another response, and the record is its sender's word about itself.
#[test]
fn a_quorum_does_not_fall_for_changed_fields() {
    for kind in [
        FaultKind::named("tampered_fields", ["type_url".into()]),
        FaultKind::named("tampered_metering", ["gas".into()]),
    ] {
        for rule_set in [RuleSet::Identical, RuleSet::Hardened] {
            let mut setup = faulty(rule_set, Fault::new(kind.clone(), 1, Some(1)));
            setup.capability_don.payload_holders = PayloadHolders::All;
            assert_ends(&setup, &[Accepted]);
        }
    }
}

#[test]
fn colluding_signers_need_more_than_f() {
    let collude = |nodes, rule_set| {
        let mut setup = faulty(rule_set, Fault::new(FaultKind::named("colluding_signers", []), nodes, Some(nodes)));
        setup.capability_don.payload_holders = PayloadHolders::All;
        setup
    };
    for rule_set in RuleSet::ALL {
        assert_ends(&collude(1, rule_set), &[Accepted]);
        let beyond = run(&collude(2, rule_set), 25);
        assert!(outcomes(&beyond).contains(&AcceptedWrong), "{rule_set:?}");
    }
    // One response of theirs is proof enough where attestations are; elsewhere two must come before two honest ones.
    let wrong = |rule_set| rows(&run(&collude(2, rule_set), 100)).filter(|row| row.outcome == AcceptedWrong).count();
    assert!(wrong(RuleSet::Attested) > 0 && wrong(RuleSet::Identical) > 0);
}

/// With seven nodes, two colluders have two of the three signatures that are needed.
#[test]
fn as_many_colluders_as_may_be_faulty_convince_nobody() {
    let mut setup = faulty(RuleSet::Attested, Fault::new(FaultKind::named("colluding_signers", []), 2, Some(2)));
    (setup.capability_don.nodes, setup.capability_don.f) = (7, 2);
    assert_ends(&setup, &[Accepted]);
    setup.faults[0] = Fault::new(FaultKind::named("colluding_signers", []), 3, Some(3));
    assert_ends(&setup, &[AcceptedWrong]);
}
