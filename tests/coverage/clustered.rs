//! Shares of rows that depend on each other within a replicate.

use donsim::stats::Proportion;

use super::draw::{Law, REPLICATES, binomial_chances};
use super::table::{CONFIDENCE, Row, Said, judge};

/// Workflow nodes, each a row of its replicate.
pub const ROWS: u32 = 7;

/// The chance of each number of hits in a replicate: every row hits below `p` by a uniform of its own or, with
/// probability `share`, by one that the replicate has in common.
pub fn hit_chances(p: f64, share: f64) -> Vec<f64> {
    let own = (1.0 - share) * p;
    let (together, apart) = (binomial_chances(ROWS, own + share), binomial_chances(ROWS, own));
    together.iter().zip(&apart).map(|(hit, miss)| p * hit + (1.0 - p) * miss).collect()
}

#[test]
fn clustered_shares_cover_on_average() {
    let mut rows = Vec::new();
    for n in REPLICATES {
        for share in [0.0, 0.3, 0.6, 1.0] {
            for p in [0.01, 0.05, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99] {
                let kinds: Vec<_> = hit_chances(p, share).into_iter().zip(0..).collect();
                let law = Law::new(Proportion::default(), &kinds, |sum, n, hits| {
                    sum.record_many(u64::from(n), *hits, u64::from(ROWS));
                });
                rows.push(Row::run("clustered share", &format!("{p}, dependence {share}"), n, |chance| {
                    Said::of(p, law.draw(chance, n).interval(CONFIDENCE))
                }));
            }
        }
    }
    judge(&rows, (0.93, 0.97));
    // By strength of dependence, too. Not to know that rows are independent costs a little: 97.1 % at 100 replicates.
    let by_dependence = |row: &Row| row.regrouped(|law| law.split_once(", ").expect("a dependence").1.to_owned());
    judge(&rows.iter().map(by_dependence).collect::<Vec<_>>(), (0.93, 0.975));
}
