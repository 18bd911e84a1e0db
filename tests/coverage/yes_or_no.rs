//! Metrics that are yes or no a replicate: Wilson's interval in reports, the exact one in checks.

use std::collections::BTreeMap;

use donsim::stats::Proportion;

use super::draw::{Law, REPLICATES};
use super::table::{CONFIDENCE, Row, Said, judge};

/// Every twentieth, and the rates that gates are about.
fn truths() -> Vec<f64> {
    let mut truths: Vec<f64> = (1..20).map(|step| f64::from(step) / 20.0).collect();
    truths.extend([0.001, 0.01, 0.02, 0.98, 0.99, 0.999]);
    truths
}

fn rows(group: &str, interval: impl Fn(&Proportion) -> Option<donsim::stats::Interval>) -> Vec<Row> {
    let mut rows = Vec::new();
    for n in REPLICATES {
        for p in truths() {
            let law = Law::new(Proportion::default(), &[(p, 1), (1.0 - p, 0)], |sum, n, hit| {
                sum.record_many(u64::from(n), *hit, 1);
            });
            // An interval is a function of the number of hits, which is seldom new.
            let mut known: BTreeMap<u32, Said> = BTreeMap::new();
            rows.push(Row::run(group, &format!("p = {p}"), n, |chance| {
                let hits = chance.binomial(n, p);
                *known.entry(hits).or_insert_with(|| Said::of(p, interval(&law.sum(&[hits, n - hits]))))
            }));
        }
    }
    rows
}

#[test]
fn wilson_covers_on_average() {
    judge(&rows("wilson, yes or no", |sum| sum.interval(CONFIDENCE)), (0.93, 0.97));
}

#[test]
fn exact_covers_everywhere() {
    let rows = rows("exact, yes or no", |sum| sum.exact_interval(CONFIDENCE));
    judge(&rows, (0.95, 1.0));
    // Three standard errors of a share of 95 % in so many experiments.
    let allowance = 3.0 * libm::sqrt(0.95 * 0.05 / f64::from(super::draw::EXPERIMENTS));
    assert!(rows.iter().all(|row| row.coverage() >= CONFIDENCE - allowance));
}
