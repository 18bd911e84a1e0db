//! Laws of latencies, by other ways to find them.

use super::super::of;
use super::{cell, near};
use crate::aggregator::RuleSet::{Attested, Identical};
use crate::engine::{Distribution, Span};
use crate::network::Latency;
use crate::sim::{Ocr, PayloadHolders, Setup};

const MS: f64 = 1e6;

fn ms(millis: u64) -> Distribution {
    Distribution::constant(Span::from_millis(millis))
}

fn exponential(millis: u64) -> Distribution {
    Distribution::Exponential { mean: Span::from_millis(millis) }
}

/// Nothing takes time but the ways back, of 40 ms on average.
fn back_only(nodes: u32, holders: u32) -> Setup {
    let mut setup = cell(nodes, Attested, PayloadHolders::Count(holders));
    setup.network.request.latency = Latency::Distribution(ms(0));
    (setup.capability_don.execution, setup.capability_don.ocr) = (ms(0), Ocr::Latency(ms(0)));
    setup
}

fn cdf(setup: &Setup, millis: f64) -> f64 {
    of(setup).unwrap().latency_cdf(millis * MS).unwrap()
}

#[test]
fn the_fastest_of_three() {
    let form = of(&back_only(16, 3)).unwrap();
    for t in [0.5, 5.0, 40.0, 200.0] {
        near(form.latency_cdf(t * MS).unwrap(), -libm::expm1(-3.0 * t / 40.0), 1e-6);
    }
    near(form.latency_quantile(0.5).unwrap(), 40.0 * MS * core::f64::consts::LN_2 / 3.0, 1.0);
}

#[test]
fn the_second_of_four() {
    let mut setup = back_only(4, 4);
    setup.aggregator.rule_set = Identical.into();
    // With p arrived: at least two of four.
    let p = -libm::expm1(-0.5);
    let q = 1.0 - p;
    near(cdf(&setup, 20.0), 1.0 - q * q * q * q - 4.0 * p * q * q * q, 1e-6);
}

#[test]
fn a_drawn_agreement_is_convolved() {
    let mut setup = back_only(4, 1);
    setup.capability_don.ocr = Ocr::Latency(exponential(100));
    for t in [3.0, 50.0, 300.0] {
        let law = 1.0 - (100.0 * libm::exp(-t / 100.0) - 40.0 * libm::exp(-t / 40.0)) / 60.0;
        near(cdf(&setup, t), law, 1e-7);
    }
    // Two uniform times add up to a triangle.
    let uniform = Distribution::uniform(Span::from_millis(10), Span::from_millis(20)).unwrap();
    setup.capability_don.ocr = Ocr::Latency(uniform.clone());
    setup.network.response.latency = Latency::Distribution(uniform);
    for (t, law) in [(19.0, 0.0), (25.0, 0.125), (30.0, 0.5), (38.0, 0.98), (41.0, 1.0)] {
        near(cdf(&setup, t), law, 1e-6);
    }
}

#[test]
fn an_observation_is_an_order_statistic() {
    // Three of four nodes observe in the third of four exponential times, the agreement takes none: the third falls
    // short of the fourth and is over before any answer is late.
    let mut setup = back_only(4, 4);
    setup.capability_don.execution = Distribution::uniform(Span::ZERO, Span::from_millis(10)).unwrap();
    setup.capability_don.ocr = Ocr::Latency(ms(10));
    setup.network.response.latency = Latency::Distribution(ms(5));
    for (t, u) in [(16.0, 0.1), (20.0, 0.5), (24.5, 0.95)] {
        near(cdf(&setup, t), u * u * u * (4.0 - 3.0 * u), 1e-6);
    }
}

/// All three parts drawn, against plain sums over a fine grid.
#[test]
fn all_at_once() {
    let mut setup = back_only(4, 1);
    let uniform = |low, high| Distribution::uniform(Span::from_millis(low), Span::from_millis(high)).unwrap();
    setup.capability_don.execution = uniform(0, 40);
    setup.network.request.latency = Latency::Distribution(uniform(0, 60));
    setup.capability_don.ocr = Ocr::Latency(uniform(100, 160));
    setup.network.response.latency = Latency::Distribution(uniform(0, 30));
    let clamp = |x: f64| x.clamp(0.0, 1.0);
    let middle = |at: u32, n: u32| (f64::from(at) + 0.5) / f64::from(n);
    let mean = |n: u32, f: &dyn Fn(f64) -> f64| (0..n).map(|at| f(middle(at, n))).sum::<f64>() / f64::from(n);
    let observed = |t: f64| mean(200, &|u| clamp((t - 40.0 * u) / 60.0));
    let quorum = |t: f64| {
        let p = observed(t);
        p * p * p * (4.0 - 3.0 * p)
    };
    for t in [170.0, 200.0, 230.0] {
        let law = mean(200, &|u| mean(200, &|v| quorum(t - 100.0 - 60.0 * u - 30.0 * v)));
        near(cdf(&setup, t), law, 1e-4);
    }
}

#[test]
fn the_deadline_cuts() {
    let mut setup = back_only(16, 3);
    setup.aggregator.timeout = Span::from_millis(20);
    let form = of(&setup).unwrap();
    let law = -libm::expm1(-1.5);
    near(form.accepted, law, 1e-6);
    near(form.otherwise.as_ref().unwrap().expired, 1.0 - law, 1e-6);
    assert_eq!((form.latency_quantile(law + 0.01), form.latency_cdf(1e12)), (None, Ok(form.accepted)));
    let survival = form.survival();
    assert!(survival.len() > 60 && survival.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 >= pair[1].1));
    let (end, left) = survival[survival.len() - 1];
    near(left, 1.0 - form.accepted, 1e-9);
    assert_eq!(end, 20.0 * MS);
}

#[test]
fn observed_values_are_steps() {
    let values = [3, 8, 8, 20].map(Span::from_millis).to_vec();
    let mut setup = back_only(4, 1);
    setup.network.response.latency = Latency::Distribution(Distribution::empirical(values.clone()).unwrap());
    let form = of(&setup).unwrap();
    let at = |t: f64| form.latency_cdf(t * MS).unwrap();
    assert_eq!([at(2.99), at(3.0), at(7.99), at(8.0), at(19.99), at(20.0)], [0.0, 0.25, 0.25, 0.75, 0.75, 1.0]);
    assert_eq!(form.latency_quantile(0.5), Some(8.0 * MS));
    // And where the agreement is drawn besides: the mean of its law over the steps.
    setup.capability_don.ocr = Ocr::Latency(exponential(10));
    let law = [(3.0, 0.25), (8.0, 0.5)].map(|(value, p)| -p * libm::expm1(-(12.0 - value) / 10.0));
    near(cdf(&setup, 12.0), law.iter().sum(), 1e-7);
}

#[test]
fn the_first_of_two_copies_counts() {
    let mut setup = back_only(4, 1);
    setup.network.response.duplication = 0.5;
    setup.network.response.loss = 0.2;
    let one = libm::exp(-0.5);
    near(cdf(&setup, 20.0), 0.8 * (1.0 - 0.5 * one - 0.5 * one * one), 1e-7);
}

#[test]
fn a_hundred_nodes_are_no_trouble() {
    let mut setup = cell(100, Identical, PayloadHolders::Agree(0.6));
    setup.network.request.loss = 0.01;
    setup.network.response.loss = 0.01;
    let form = of(&setup).unwrap();
    assert!(form.accepted > 0.9, "{}", form.accepted);
}
