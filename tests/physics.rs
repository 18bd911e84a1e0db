//! The laws that the simulation must obey, each with its tolerance stated.
//!
//! A rate over `n` replicates is accepted within five standard deviations of its law, which a right simulator leaves
//! with probability 6e-7; draws are keyed and the seed is fixed, so the outcome is always the same.

mod common;

use common::{EXECUTION, OCR, corrupt_holders, replicates};
use donsim::aggregator::RuleSet;
use donsim::engine::{Distribution, Span};
use donsim::network::Latency;
use donsim::sim::{FaultKind, Outcome, PayloadHolders, Setup};

/// One workflow node; messages take 40 ms on average.
fn world(nodes: u32, rule_set: RuleSet, payload_holders: PayloadHolders) -> Setup {
    common::setup(nodes, rule_set, payload_holders, Distribution::Exponential { mean: Span::from_millis(40) })
}

fn lying_holders(setup: &mut Setup, nodes: u32) {
    corrupt_holders(setup, FaultKind::named("wrong_payload", [false.into()]), nodes);
}

/// The share of requests that one workflow node accepted.
fn accepted(setup: &Setup, n: u64) -> f64 {
    let hits = replicates(setup, n).filter(|replicate| replicate.rows[0].outcome == Outcome::Accepted).count();
    hits as f64 / n as f64
}

fn assert_rate(what: &str, measured: f64, law: f64, n: u64) {
    let tolerance = 5.0 * (law * (1.0 - law) / n as f64).sqrt();
    assert!((measured - law).abs() <= tolerance, "{what}: {measured} measured, {law} by law, tolerance {tolerance}");
}

fn choose(n: u32, k: u32) -> f64 {
    (0..k).map(|i| f64::from(n - i) / f64::from(k - i)).product()
}

#[test]
fn attested_accepts_everything_without_faults() {
    for nodes in [4, 7, 16] {
        assert_eq!(accepted(&world(nodes, RuleSet::Attested, PayloadHolders::FPlusOne), 200), 1.0);
    }
}

#[test]
fn identical_accepts_everything_when_all_hold() {
    for nodes in [4, 7, 16] {
        assert_eq!(accepted(&world(nodes, RuleSet::Identical, PayloadHolders::All), 200), 1.0);
    }
}

/// All `F + 1` holders must be heard before the `F + 1`-th payload-not-available answer.
#[test]
fn identical_with_few_holders_races_against_missing_payloads() {
    let n = 1_500;
    for nodes in [4, 7, 16] {
        let f = (nodes - 1) / 3;
        let law = choose(2 * f + 1, f + 1) / choose(nodes, f + 1);
        let measured = accepted(&world(nodes, RuleSet::Identical, PayloadHolders::FPlusOne), n);
        assert_rate(&format!("N = {nodes}"), measured, law, n);
    }
}

#[test]
fn one_honest_holder_must_get_through() {
    let n = 1_500;
    for (honest, loss) in [(1, 0.3), (2, 0.3), (3, 0.5), (6, 0.7)] {
        let mut setup = world(16, RuleSet::Attested, PayloadHolders::FPlusOne);
        setup.network.response.loss = loss;
        let silenced = 6 - honest;
        if silenced > 0 {
            corrupt_holders(&mut setup, FaultKind::named("silent", []), silenced);
        }
        let law = 1.0 - libm::pow(loss, f64::from(honest));
        assert_rate(&format!("{honest} honest, loss {loss}"), accepted(&setup, n), law, n);
    }
}

/// Requests take no time here and answers leave at once, so the acceptance is the fastest honest holder's answer: the
/// minimum of `h` exponentials is an exponential with an `h`-th of the mean.
#[test]
fn attested_waits_for_the_fastest_honest_holder() {
    let n = 1_500;
    let mut setup = world(16, RuleSet::Attested, PayloadHolders::FPlusOne);
    setup.network.request.latency = Latency::Distribution(Distribution::constant(Span::ZERO));
    lying_holders(&mut setup, 3);
    let fixed = (EXECUTION + OCR).as_nanos() as f64;
    let waits: Vec<f64> = replicates(&setup, n)
        .map(|replicate| replicate.rows[0].latency.expect("accepted").as_nanos() as f64 - fixed)
        .collect();
    let mean = waits.iter().sum::<f64>() / n as f64;
    let law = 40e6 / 3.0;
    // The standard deviation of an exponential is its mean.
    assert!((mean - law).abs() < 5.0 * law / (n as f64).sqrt(), "{mean} measured, {law} by law");
    let beyond = waits.iter().filter(|wait| **wait > 40e6).count() as f64 / n as f64;
    assert_rate("waits beyond 40 ms", beyond, libm::exp(-3.0), n);
}

#[test]
fn lying_holders_separate_the_rule_sets() {
    let n = 1_500;
    for (nodes, law) in [(7, 0.950), (10, 0.908), (16, 0.844)] {
        let f = (nodes - 1) / 3;
        let rate = |rule_set| {
            let mut setup = world(nodes, rule_set, PayloadHolders::FPlusOne);
            lying_holders(&mut setup, f);
            accepted(&setup, n)
        };
        assert_eq!(rate(RuleSet::Attested), 1.0);
        assert_eq!(rate(RuleSet::Identical), 0.0);
        // The law is known to three decimals.
        let measured = rate(RuleSet::AttestedEarlyFail);
        assert_rate(&format!("N = {nodes}"), measured, law, n);
    }
}

/// The laws do not lean on a slow agreement: where execution and OCR take no time, the report is there before the
/// slower requests, and who is given the payload still has it.
#[test]
fn holders_hold_however_fast_the_agreement() {
    let n = 1_500;
    let instant = |mut setup: Setup| {
        (setup.capability_don.execution, setup.capability_don.ocr) =
            (Distribution::constant(Span::ZERO), Distribution::constant(Span::ZERO));
        setup
    };
    for nodes in [4, 7] {
        let f = (nodes - 1) / 3;
        let law = choose(2 * f + 1, f + 1) / choose(nodes, f + 1);
        let measured = accepted(&instant(world(nodes, RuleSet::Identical, PayloadHolders::FPlusOne)), n);
        assert_rate(&format!("N = {nodes}"), measured, law, n);
    }
    let mut alone = instant(world(4, RuleSet::Attested, PayloadHolders::FPlusOne));
    corrupt_holders(&mut alone, FaultKind::named("silent", []), 1);
    assert_eq!(accepted(&alone, 200), 1.0);
}
