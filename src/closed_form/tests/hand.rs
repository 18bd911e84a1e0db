//! Values by hand.

use super::super::of;
use super::{cell, near, with};
use crate::aggregator::RuleSet::{Attested, AttestedEarlyFail, AttestedStrict, Identical};
use crate::sim::{Fault, FaultKind, PayloadHolders, Setup};

fn accepted(setup: &Setup) -> f64 {
    of(setup).unwrap().accepted
}

fn choose(n: u32, k: u32) -> f64 {
    (0..k).map(|i| f64::from(n - i) / f64::from(k - i)).product()
}

#[test]
fn few_holders_race_against_missing_payloads() {
    near(accepted(&cell(16, Identical, PayloadHolders::FPlusOne)), 462.0 / 8_008.0, 1e-12);
    for nodes in [4, 7, 31, 100] {
        let f = (nodes - 1) / 3;
        // The F + 1 holders are all among the first 2F + 1.
        let form = of(&cell(nodes, Identical, PayloadHolders::FPlusOne)).unwrap();
        near(form.accepted, choose(2 * f + 1, f + 1) / choose(nodes, f + 1), 1e-12);
        let otherwise = form.otherwise.unwrap();
        near(otherwise.failed, 1.0 - form.accepted, 1e-12);
        near(otherwise.expired + otherwise.no_agreement + form.accepted_wrong + form.crashed, 0.0, 1e-12);
        assert_eq!(accepted(&cell(nodes, Attested, PayloadHolders::FPlusOne)), 1.0);
        near(accepted(&cell(nodes, Identical, PayloadHolders::All)), 1.0, 1e-12);
    }
}

#[test]
fn the_protocol_s_own_figures() {
    for (nodes, law) in [(7, 0.95), (16, 0.844), (31, 0.77)] {
        let lying = with(
            cell(nodes, AttestedEarlyFail, PayloadHolders::FPlusOne),
            FaultKind::named("wrong_payload", [false.into()]),
            (nodes - 1) / 3,
        );
        near(accepted(&lying), law, 0.005);
    }
    let spam = FaultKind::named("error_spam", ["down".to_owned().into(), true.into()]);
    let strict = with(cell(16, AttestedStrict, PayloadHolders::FPlusOne), spam, 5);
    near(accepted(&strict), 0.9, 0.02);
}

#[test]
fn one_honest_holder_must_get_through() {
    for (honest, loss) in [(1, 0.3_f64), (3, 0.5), (6, 0.7)] {
        let mut setup = with(cell(16, Attested, PayloadHolders::FPlusOne), FaultKind::named("silent", []), 6 - honest);
        setup.network.response.loss = loss;
        let form = of(&setup).unwrap();
        near(form.accepted, 1.0 - libm::pow(loss, f64::from(honest)), 1e-12);
        near(form.otherwise.unwrap().expired, libm::pow(loss, f64::from(honest)), 1e-12);
    }
}

#[test]
fn requests_get_lost() {
    // F_w + 1 = 2 of 4 must ask, this one among them: 0.8 (1 - 0.2^3); one honest holder, and 3 of 4 for a report.
    let mut setup = with(cell(4, Attested, PayloadHolders::FPlusOne), FaultKind::named("silent", []), 1);
    (setup.workflow_don.nodes, setup.workflow_don.f) = (4, 1);
    setup.network.request.loss = 0.2;
    let answers = 0.8 * (1.0 - 0.2_f64 * 0.2 * 0.2);
    let executes = answers + 0.2 * (1.0 - 0.2_f64 * 0.2 * 0.2 - 3.0 * 0.8 * 0.2 * 0.2);
    // The holder answers, and two or three of the other three execute.
    let others = executes * executes * (3.0 - 2.0 * executes);
    near(accepted(&setup), answers * others, 1e-12);
}

#[test]
fn what_is_agreed_on_depends_on_the_holders() {
    let setup = cell(4, Attested, PayloadHolders::Agree(0.5));
    let form = of(&setup).unwrap();
    // Fewer than 2 of 4 hold it: 5 of 16.
    near(form.accepted, 11.0 / 16.0, 1e-12);
    near(form.otherwise.unwrap().no_agreement, 5.0 / 16.0, 1e-12);
    // Two deaf nodes of four, and there is never a report.
    let deaf = with(cell(4, Attested, PayloadHolders::All), FaultKind::named("drop_requests", []), 2);
    assert_eq!((accepted(&deaf), of(&deaf).unwrap().otherwise.unwrap().expired), (0.0, 1.0));
    let crashed = with(cell(4, Attested, PayloadHolders::All), FaultKind::named("crash", []), 1);
    assert_eq!(accepted(&crashed), 1.0);
}

#[test]
fn a_fault_takes_whoever_it_happens_to_be() {
    // Two silent ones of four leave one of two holders but in one case of six.
    let mut setup = cell(4, Attested, PayloadHolders::FPlusOne);
    setup.faults.push(Fault::new(FaultKind::named("silent", []), 2, None));
    near(accepted(&setup), 5.0 / 6.0, 1e-12);
    // The first of two faults leaves three nodes to the second, which is asked for a holder more than there may be.
    setup.faults = vec![
        Fault::new(FaultKind::named("silent", []), 1, None),
        Fault::new(FaultKind::named("false_pna", []), 2, Some(2)),
    ];
    assert_eq!(accepted(&setup), 0.0);
    setup.faults[1] = Fault::new(FaultKind::named("false_pna", []), 1, Some(1));
    near(accepted(&setup), 0.5, 1e-12);
}

#[test]
fn safety_is_lost_beyond_the_bound() {
    for (signers, wrong) in [(1, 0.0), (2, 2.0 / 3.0)] {
        let mut setup = cell(4, Attested, PayloadHolders::Count(3));
        setup.faults.push(Fault::new(FaultKind::named("colluding_signers", []), signers, Some(signers)));
        // Of the first among the three that answer with a payload two are colluders.
        near(of(&setup).unwrap().accepted_wrong, wrong, 1e-12);
    }
    let bomb = with(cell(4, Identical, PayloadHolders::All), FaultKind::named("decimal_without_coefficient", []), 1);
    // The bomb is first or second.
    near(of(&bomb).unwrap().crashed, 0.5, 1e-12);
}

#[test]
fn more_confirmations_make_attestations_worthless() {
    for (rules, law) in [(Attested, 1.0), (AttestedStrict, 0.0), (Identical, 1.0)] {
        let mut setup = cell(4, rules, PayloadHolders::All);
        setup.aggregator.min_responses = 3;
        near(accepted(&setup), law, 1e-12);
    }
}
