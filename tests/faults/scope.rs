//! When, how often, towards whom and on which nodes a fault acts.

use donsim::aggregator::RuleSet;
use donsim::engine::{Distribution, Span, Time, Window};
use donsim::sim::Outcome::{Accepted, AcceptedWrong, Expired};
use donsim::sim::{Fault, FaultKind};

use super::world::{assert_share, faulty, fired, lone_holder, outcomes, rows, run, world};

fn silent(nodes: u32) -> Fault {
    Fault::new(FaultKind::named("silent", []), nodes, None)
}

#[test]
fn with_probability_zero_it_never_acts() {
    let honest = run(&world(RuleSet::Attested), 10);
    for kind in [
        FaultKind::named("silent", []),
        FaultKind::named("drop_requests", []),
        FaultKind::named("high_s_signature", []),
    ] {
        let replicates = run(&faulty(RuleSet::Attested, Fault { probability: 0.0, ..Fault::new(kind, 4, None) }), 10);
        assert_eq!(fired(&replicates, 0), 0);
        assert!(rows(&replicates).eq(rows(&honest)));
    }
    let caller = Fault { probability: 0.0, ..Fault::new(FaultKind::named("caller_silent", []), 1, None) };
    assert_eq!(fired(&run(&faulty(RuleSet::Attested, caller), 10), 0), 0);
}

#[test]
fn with_probability_one_half_it_acts_half_of_the_time() {
    let acts = |kind, nodes| {
        let fault = Fault { probability: 0.5, ..Fault::new(kind, nodes, None) };
        fired(&run(&faulty(RuleSet::Attested, fault), 200), 0) as f64
    };
    // Four nodes answer four callers; one caller asks four nodes.
    assert_share(acts(FaultKind::named("silent", []), 4) / 3_200.0, 0.5, 3_200);
    assert_share(acts(FaultKind::named("caller_repeats", [2_u64.into()]), 1) / 800.0, 0.5, 800);
}

#[test]
fn it_acts_on_its_targets_alone() {
    let mut setup = lone_holder(RuleSet::Attested, FaultKind::named("silent", []));
    setup.faults[0].targets = Some(1);
    for replicate in run(&setup, 25) {
        let ends: Vec<_> = replicate.rows.iter().filter(|row| row.outcome == Expired).collect();
        assert_eq!((ends.len(), replicate.faults[0].fired), (1, 1));
    }
    let caller = Fault { targets: Some(3), ..Fault::new(FaultKind::named("caller_silent", []), 1, None) };
    assert!(run(&faulty(RuleSet::Attested, caller), 25).iter().all(|replicate| replicate.faults[0].fired == 3));
    setup.faults[0].targets = Some(0);
    assert_eq!(fired(&run(&setup, 25), 0), 0);
}

#[test]
fn it_acts_within_its_window_alone() {
    let at = |millis| Time::ZERO + Span::from_millis(millis);
    for window in [Window { start: at(0), end: at(1_500) }, Window { start: at(8_000), end: Time::NEVER }] {
        let mut setup = lone_holder(RuleSet::Attested, FaultKind::named("silent", []));
        setup.faults[0].window = window;
        let replicates = run(&setup, 25);
        assert_eq!((fired(&replicates, 0), outcomes(&replicates)), (0, [Accepted].into()));
    }
}

/// All nodes lie, and all are late: both faults act on every answer, in their order.
#[test]
fn faults_of_one_node_act_one_after_the_other() {
    let delay = Span::from_secs(2);
    let shared = |kind| Fault { overlap: true, ..Fault::new(kind, 4, None) };
    let mut setup = faulty(RuleSet::Attested, shared(FaultKind::named("slow", [Distribution::constant(delay).into()])));
    setup.faults.push(shared(FaultKind::named("wrong_payload", [true.into()])));
    let replicates = run(&setup, 25);
    assert_eq!(outcomes(&replicates), [AcceptedWrong].into());
    assert!(rows(&replicates).all(|row| row.latency.is_some_and(|latency| latency > delay)));
    assert_eq!((fired(&replicates, 0), fired(&replicates, 1)), (400, 400));
}

/// A fault that shares its nodes leaves those that do not all the nodes that they ask for.
#[test]
fn only_faults_that_may_overlap_share_nodes() {
    let alone = run(&faulty(RuleSet::Attested, silent(4)), 10);
    assert_eq!(fired(&alone, 0), 160);
    let slow = || FaultKind::named("slow", [Distribution::constant(Span::ZERO).into()]);
    let mut setup = faulty(RuleSet::Attested, Fault { overlap: true, ..Fault::new(slow(), 4, None) });
    setup.faults.push(silent(2));
    setup.faults.push(Fault::new(FaultKind::named("wrong_payload", [false.into()]), 2, None));
    let replicates = run(&setup, 10);
    let counts: Vec<u64> = (0..3).map(|index| fired(&replicates, index)).collect();
    assert_eq!(counts, [160, 80, 80]);
}

#[test]
fn missing_holders_are_counted() {
    let mut setup = lone_holder(RuleSet::Attested, FaultKind::named("silent", []));
    setup.faults[0] = Fault::new(FaultKind::named("silent", []), 3, Some(3));
    let replicates = run(&setup, 5);
    assert!(replicates.iter().all(|replicate| replicate.faults[0].holder_shortfall == 2));
}
