//! Where there is no closed form, it says why.

use super::super::of;
use super::{cell, with};
use crate::aggregator::RuleSet::{Attested, AttestedEarlyFail, Identical};
use crate::engine::{Distribution, Span, Time, Window};
use crate::network::{Latency, NodeSet, Partition};
use crate::sim::{FaultKind, Ocr, PayloadHolders, Schedule, Setup, Ties};

fn reason(change: impl FnOnce(&mut Setup)) -> String {
    let mut setup = cell(7, Identical, PayloadHolders::FPlusOne);
    change(&mut setup);
    of(&setup).map(|form| form.accepted).expect_err("a closed form").to_string()
}

#[test]
fn reasons_are_told() {
    let faulty = |kind: FaultKind| reason(|setup| *setup = with(setup.clone(), kind, 1));
    let nodes = NodeSet { workflow: vec![0], capability: vec![] };
    for (reason, words) in [
        (reason(|setup| setup.network.uplink = Some(1_000_000)), "bandwidth"),
        (reason(|setup| setup.network.partitions.push(Partition { nodes, window: Window::ALWAYS })), "partitions"),
        (reason(|setup| setup.ties = Ties::Adversarial), "ties"),
        (reason(|setup| setup.request.schedule = Schedule::OneAtATime), "all at once"),
        (
            reason(|setup| setup.capability_don.ocr = Ocr::Latency(Distribution::constant(Span::ZERO))),
            "after the report",
        ),
        (faulty(FaultKind::named("slow", [Distribution::constant(Span::ZERO).into()])), "slow is not modelled"),
        (faulty(FaultKind::named("at_deadline", [])), "at_deadline is not modelled"),
    ] {
        assert!(reason.contains(words), "{reason}");
    }
}

#[test]
fn times_must_allow_it() {
    let spread = Distribution::uniform(Span::ZERO, Span::from_millis(50)).unwrap();
    // Callers that start at different times: acceptance, but no law.
    let mut setup = cell(7, Attested, PayloadHolders::FPlusOne);
    setup.workflow_don.start_skew = spread.clone();
    let form = of(&setup).unwrap();
    assert_eq!((form.accepted, form.survival().len(), form.latency_quantile(0.5)), (1.0, 0, None));
    assert!(form.latency_cdf(1e9).is_err() && form.tolerance < 1e-6);
    // With a deadline in the midst of the answers not even that.
    let late = reason(|setup| {
        setup.workflow_don.start_skew = spread.clone();
        setup.aggregator.timeout = Span::from_millis(1_700);
    });
    assert!(late.contains("after the deadline"), "{late}");
    // An agreement that is over before slow requests arrive: every order is equally likely only where nothing else
    // takes time.
    setup.aggregator.rule_set = Identical.into();
    setup.capability_don.ocr = Ocr::Latency(Distribution::constant(Span::from_millis(10)));
    assert!(of(&setup).is_err());
    setup.capability_don.execution = Distribution::constant(Span::ZERO);
    assert!((of(&setup).unwrap().accepted - 10.0 / 35.0).abs() < 1e-12);
    let tie = reason(|setup| {
        setup.network.request.latency = Latency::Distribution(Distribution::constant(Span::from_millis(20)));
        setup.network.response.latency = setup.network.request.latency.clone();
        setup.aggregator.timeout = Span::from_millis(1_640);
    });
    assert!(tie.contains("instant of the deadline"), "{tie}");
}

#[test]
fn faults_must_act_always() {
    let change = |change: &dyn Fn(&mut crate::sim::Fault)| {
        reason(|setup| {
            *setup = with(setup.clone(), FaultKind::named("silent", []), 1);
            change(&mut setup.faults[0]);
        })
    };
    assert!(change(&|fault| fault.probability = 0.5).contains("silent does not act always"));
    assert!(change(&|fault| fault.targets = Some(1)).contains("silent does not act always"));
    assert!(change(&|fault| fault.window.end = Time::from_nanos(1)).contains("silent does not act always"));
    assert!(change(&|fault| fault.overlap = true).contains("silent may overlap"));
    let mut idle = with(cell(7, Attested, PayloadHolders::FPlusOne), FaultKind::named("at_deadline", []), 0);
    idle.faults[0].probability = 0.5;
    assert!(of(&idle).is_ok());
    let short = reason(|setup| {
        *setup = with(setup.clone(), FaultKind::named("wrong_payload", [false.into()]), 1);
        setup.request.payload_size = 1;
    });
    assert!(short.contains("so short"), "{short}");
}

#[test]
fn too_many_kinds_are_too_many() {
    let mut setup = cell(100, AttestedEarlyFail, PayloadHolders::Count(50));
    for text in ["a", "b", "c", "d", "e"] {
        let spam = FaultKind::named("error_spam", [text.to_owned().into(), false.into()]);
        setup.faults.push(crate::sim::Fault::new(spam, 15, None));
    }
    let reason = of(&setup).map(|form| form.accepted).expect_err("a closed form").to_string();
    assert!(reason.contains("too many"), "{reason}");
}

#[test]
fn order_matters_only_in_a_race() {
    let mut setup = cell(7, Attested, PayloadHolders::FPlusOne);
    setup.capability_don.execution = Distribution::lognormal(Span::from_millis(180), Span::from_millis(900)).unwrap();
    setup.network.response.loss = 0.5;
    let form = of(&setup).unwrap();
    // Whenever a holder's answer comes.
    assert!((form.accepted - 0.875).abs() < 1e-12 && form.survival().is_empty(), "{}", form.accepted);
    setup.aggregator.rule_set = Identical.into();
    assert!(of(&setup).unwrap_err().to_string().contains("after the report"));
}
