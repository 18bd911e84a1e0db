//! Faulty workflow nodes.

use donsim::aggregator::RuleSet;
use donsim::engine::{Distribution, Span};
use donsim::network::Latency;
use donsim::sim::Outcome::{Accepted, Byzantine, Expired};
use donsim::sim::{Bytes, Fault, FaultKind, Replicate, Setup};

use super::world::{assert_ends, faulty, outcomes, rows, run, world};

fn with_caller(kind: FaultKind) -> Setup {
    faulty(RuleSet::Attested, Fault::new(kind, 1, None))
}

/// Two workflow nodes of which one is faulty, though every execution needs both.
fn with_indispensable_caller(kind: FaultKind) -> Setup {
    let mut setup = with_caller(kind);
    setup.workflow_don.nodes = 2;
    setup
}

/// What the faulty workflow node's own requests cost.
fn faulty_bytes(replicates: &[Replicate]) -> Vec<Bytes> {
    let all = replicates.iter().flat_map(|replicate| &replicate.rows);
    all.filter(|row| row.outcome == Byzantine).map(|row| row.bytes).collect()
}

fn slow(delay: Span) -> FaultKind {
    FaultKind::named("caller_slow", [Distribution::constant(delay).into()])
}

#[test]
fn honest_callers_are_served_beside_a_faulty_one() {
    for kind in [
        FaultKind::named("caller_silent", []),
        slow(Span::from_secs(2)),
        FaultKind::named("caller_other_request", []),
        FaultKind::named("caller_repeats", [3_u64.into()]),
        FaultKind::named("caller_flood", [10_u64.into(), Span::from_millis(20).into()]),
    ] {
        let replicates = assert_ends(&with_caller(kind), &[Accepted]);
        for replicate in &replicates {
            assert_eq!(replicate.rows.len(), 4);
            assert_eq!(replicate.rows.iter().filter(|row| row.outcome == Byzantine).count(), 1);
            assert!(replicate.rows.iter().all(|row| row.served));
        }
    }
}

#[test]
fn who_does_not_ask_for_the_same_starts_no_execution() {
    for kind in [FaultKind::named("caller_silent", []), FaultKind::named("caller_other_request", [])] {
        assert_ends(&with_indispensable_caller(kind), &[Expired]);
    }
    let silent = run(&with_caller(FaultKind::named("caller_silent", [])), 5);
    assert!(faulty_bytes(&silent).iter().all(|bytes| bytes.total() == 0));
}

#[test]
fn executions_wait_for_a_slow_caller() {
    let delay = Span::from_secs(2);
    let mut late = with_indispensable_caller(slow(delay));
    late.network.request.latency = Latency::Distribution(Distribution::constant(Span::from_millis(40)));
    let prompt = run(&Setup { faults: Vec::new(), ..late.clone() }, 25);
    for (prompt, late) in prompt.iter().zip(assert_ends(&late, &[Accepted])) {
        let at = late.rows.iter().position(|row| row.outcome == Accepted).expect("an honest node");
        assert_eq!(late.rows[at].latency, prompt.rows[at].latency.map(|latency| latency + delay));
    }
}

#[test]
fn repetitions_cost_their_own_bytes_only() {
    let honest = run(&world(RuleSet::Attested), 25);
    let replicates = run(&with_caller(FaultKind::named("caller_repeats", [5_u64.into()])), 25);
    for (repeated, once) in replicates.iter().zip(&honest) {
        for (repeated, once) in repeated.rows.iter().zip(&once.rows) {
            let copies = if repeated.outcome == Byzantine { 5 } else { 1 };
            assert_eq!(repeated.bytes.request, copies * once.bytes.request);
            assert_eq!(repeated.bytes.attestation, once.bytes.attestation);
        }
    }
}

/// Every other request of a flood is a request of its own, and is answered when it has expired.
#[test]
fn a_flood_is_answered_one_by_one() {
    let flood = FaultKind::named("caller_flood", [10_u64.into(), Span::from_millis(20).into()]);
    let honest = run(&world(RuleSet::Attested), 10);
    let replicates = run(&with_caller(flood), 10);
    let unavailable = rows(&honest).map(|row| row.bytes.error).max().expect("some rows");
    assert!(rows(&replicates).all(|row| row.bytes.error <= unavailable));
    let request = honest[0].rows[0].bytes.request;
    for bytes in faulty_bytes(&replicates) {
        // Other calls have other lengths by a byte at most, here by none.
        assert_eq!(bytes.request, 10 * request);
        assert!(bytes.error > 4 * unavailable);
    }
}

/// With `F_w = 0` a single request counts, also a wrong one: which of two is executed is who comes first.
#[test]
fn beyond_the_bound_the_first_request_wins() {
    let mut setup = with_indispensable_caller(FaultKind::named("caller_other_request", []));
    setup.workflow_don.f = 0;
    let ends = outcomes(&run(&setup, 50));
    assert!(ends.contains(&Accepted) && ends.len() > 1, "{ends:?}");
    let mut flooded = setup;
    flooded.faults[0].kind = FaultKind::named("caller_flood", [10_u64.into(), Span::from_millis(500).into()]);
    assert_ends(&flooded, &[Accepted]);
}
