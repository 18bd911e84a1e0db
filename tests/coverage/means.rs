//! Means of amounts, their differences and their ratios.

use donsim::engine::normal_quantile;
use donsim::stats::{Mean, RatioOfMeans};

use super::clustered::{ROWS, hit_chances};
use super::draw::{Law, REPLICATES};
use super::table::{CONFIDENCE, Row, Said, judge};

/// Bytes of a message without payload, and of one with.
const EMPTY: u64 = 512;
const PAYLOAD: u64 = 65_536;

/// A law of what a replicate may have: one amount in bytes, or two.
struct Amounts<T> {
    name: String,
    kinds: Vec<(f64, T)>,
}

fn amounts() -> Vec<Amounts<u64>> {
    let mut laws = Vec::new();
    for (p, share) in [(0.05, 0.5), (0.3, 0.5), (0.5, 0.0), (0.7, 1.0), (0.9, 0.5), (0.95, 0.0)] {
        let bytes = |hits: u64| u64::from(ROWS) * EMPTY + hits * PAYLOAD;
        let kinds = hit_chances(p, share).into_iter().zip(0..).map(|(chance, hits)| (chance, bytes(hits))).collect();
        laws.push(Amounts { name: format!("payload to {p} of the nodes, {share}"), kinds });
    }
    for sigma in [0.2, 0.5, 1.0] {
        laws.push(Amounts { name: format!("lognormal, sigma {sigma}"), kinds: lognormal(sigma) });
    }
    for p in [0.05, 0.2, 0.5] {
        let kinds = vec![(1.0 - p, 200_000), (p, 600_000)];
        laws.push(Amounts { name: format!("three times as much in {p}"), kinds });
    }
    laws
}

/// Forty equally probable amounts, the middles of as many slices of a lognormal law.
fn lognormal(sigma: f64) -> Vec<(f64, u64)> {
    let amount = |slice: u32| 1e5 * libm::exp(sigma * normal_quantile((f64::from(slice) + 0.5) / 40.0));
    (0..40).map(|slice| (1.0 / 40.0, amount(slice) as u64)).collect()
}

fn expected<T>(kinds: &[(f64, T)], value: impl Fn(&T) -> f64) -> f64 {
    let total: f64 = kinds.iter().map(|(chance, _)| chance).sum();
    kinds.iter().map(|(chance, kind)| chance * value(kind)).sum::<f64>() / total
}

#[test]
fn means_cover_on_average() {
    let mut rows = Vec::new();
    for n in REPLICATES {
        for Amounts { name, kinds } in amounts() {
            let truth = expected(&kinds, |amount| *amount as f64);
            let law = Law::new(Mean::default(), &kinds, |sum, n, amount| {
                (0..n).for_each(|_| sum.record(*amount));
            });
            rows.push(Row::run("mean", &name, n, |chance| Said::of(truth, law.draw(chance, n).interval(CONFIDENCE))));
        }
    }
    judge(&rows, (0.93, 0.97));
}

/// Two amounts of a replicate: the second by a lognormal law, the first a share of it that varies by 30 % either way, or
/// of an amount that has hardly to do with it.
fn pairs(ratio: f64, paired: bool) -> Vec<(f64, (u64, u64))> {
    let below = lognormal(0.5);
    let mut kinds = Vec::new();
    for (at, (_, b)) in below.iter().enumerate() {
        for factor in [0.7, 1.0, 1.3] {
            let of = if paired { *b } else { below[(at * 17 + 5) % 40].1 };
            kinds.push((1.0 / 120.0, ((of as f64 * ratio * factor) as u64, *b)));
        }
    }
    kinds
}

fn pair_laws() -> Vec<Amounts<(u64, u64)>> {
    let mut laws = Vec::new();
    for ratio in [0.01, 0.1, 0.5, 0.9, 1.2] {
        laws.push(Amounts { name: format!("{ratio}, in the same weather"), kinds: pairs(ratio, true) });
        laws.push(Amounts { name: format!("{ratio}, hardly related"), kinds: pairs(ratio, false) });
    }
    for (p, share) in [(0.05, 0.5), (0.3, 0.0), (0.7, 1.0), (0.95, 0.5)] {
        // Everybody sends a payload against those only who hold it.
        let full = u64::from(ROWS) * (EMPTY + PAYLOAD);
        let bytes = |hits: u64| (u64::from(ROWS) * EMPTY + hits * PAYLOAD, full + hits * EMPTY);
        let kinds = hit_chances(p, share).into_iter().zip(0..).map(|(chance, hits)| (chance, bytes(hits))).collect();
        laws.push(Amounts { name: format!("payload of {p} of the nodes, {share}"), kinds });
    }
    laws
}

#[test]
fn ratios_and_differences_of_means_cover_on_average() {
    let mut rows = Vec::new();
    for n in REPLICATES {
        for Amounts { name, kinds } in pair_laws() {
            let (a, b) = (expected(&kinds, |pair| pair.0 as f64), expected(&kinds, |pair| pair.1 as f64));
            let law = Law::new(RatioOfMeans::default(), &kinds, |sum, n, (a, b)| {
                (0..n).for_each(|_| sum.record(*a, *b));
            });
            rows.push(Row::run("ratio of means", &name, n, |chance| {
                Said::of(a / b, law.draw(chance, n).interval(CONFIDENCE))
            }));
            let law = Law::new(Mean::default(), &kinds, |sum, n, (a, b)| {
                (0..n).for_each(|_| sum.record_difference(*a, *b));
            });
            rows.push(Row::run("paired difference of means", &name, n, |chance| {
                Said::of(a - b, law.draw(chance, n).interval(CONFIDENCE))
            }));
        }
    }
    judge(&rows, (0.93, 0.97));
}
