//! Attacks on when an answer comes, or whether at all.

use donsim::aggregator::RuleSet;
use donsim::engine::{Distribution, Span, Time, Window};
use donsim::sim::Outcome::{Accepted, Expired};
use donsim::sim::{Fault, FaultKind, Setup};

use super::world::{TIMEOUT, assert_ends, assert_share, faulty, lone_holder, outcomes, rows, run, share};

#[test]
fn the_silent_the_deaf_and_the_crashed_answer_nothing() {
    for kind in [FaultKind::named("silent", []), FaultKind::named("drop_requests", []), FaultKind::named("crash", [])] {
        let replicates = assert_ends(&lone_holder(RuleSet::Attested, kind.clone()), &[Expired]);
        assert!(rows(&replicates).all(|row| row.bytes.attestation == 0), "{kind:?}");
        assert_ends(&faulty(RuleSet::Attested, Fault::new(kind, 1, Some(1))), &[Accepted]);
    }
}

/// A silent node takes part in the agreement, a deaf one does not: with three of four observations needed, two deaf
/// nodes are enough to end it.
#[test]
fn the_deaf_are_missing_in_the_agreement() {
    let replicates = |kind| run(&faulty(RuleSet::Attested, Fault::new(kind, 2, Some(0))), 25);
    assert_eq!(outcomes(&replicates(FaultKind::named("silent", []))), [Accepted].into());
    assert_eq!(outcomes(&replicates(FaultKind::named("drop_requests", []))), [Expired].into());
}

/// Down while requests come, up again for the answers: it has nothing to answer.
#[test]
fn a_crashed_node_forgets() {
    let mut setup = lone_holder(RuleSet::Attested, FaultKind::named("crash", []));
    setup.faults[0].window =
        Window { start: Time::ZERO + Span::from_secs(1), end: Time::ZERO + Span::from_millis(1_001) };
    assert_ends(&setup, &[Expired]);
}

#[test]
fn a_slow_answer_comes_later_by_its_delay() {
    let delay = Span::from_secs(3);
    let slow = lone_holder(RuleSet::Attested, FaultKind::named("slow", [Distribution::constant(delay).into()]));
    let prompt = run(&Setup { faults: Vec::new(), ..slow.clone() }, 25);
    let late = assert_ends(&slow, &[Accepted]);
    for (prompt, late) in rows(&prompt).zip(rows(&late)) {
        assert_eq!(late.latency, prompt.latency.map(|latency| latency + delay));
    }
}

#[test]
fn an_answer_comes_just_before_the_deadline() {
    let margin = Span::from_millis(1);
    let replicates = assert_ends(
        &lone_holder(RuleSet::Attested, FaultKind::named("delay_to_deadline", [margin.into()])),
        &[Accepted],
    );
    assert!(rows(&replicates).all(|row| row.latency == Some(TIMEOUT - margin)));
}

#[test]
fn half_of_the_answers_at_the_deadline_win() {
    let setup = lone_holder(RuleSet::Attested, FaultKind::named("at_deadline", []));
    let replicates = run(&setup, 500);
    assert_eq!(outcomes(&replicates), [Accepted, Expired].into());
    assert!(rows(&replicates).filter(|row| row.outcome == Accepted).all(|row| row.latency == Some(TIMEOUT)));
    assert_share(share(&replicates, Accepted), 0.5, 2_000);
    assert_eq!(replicates, run(&setup, 500));
}
