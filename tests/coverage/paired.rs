//! Differences of two cells' shares and amounts in the same replicates.

use donsim::stats::PairedDifference;

use super::clustered::{ROWS, hit_chances};
use super::draw::{Law, REPLICATES, binomial_chances};
use super::table::{CONFIDENCE, Row, Said, judge};

/// The chances of a replicate's (hits of the first cell, of the second). With probability `common` both cells meet the
/// same uniforms, otherwise independent ones; `share` is the dependence of rows.
fn pair_chances(p: f64, q: f64, share: f64, common: f64) -> Vec<(f64, [u32; 2])> {
    let apart = (p - q).abs();
    let own = (1.0 - share) * apart;
    let (between, outside) = (binomial_chances(ROWS, own + share), binomial_chances(ROWS, own));
    let ahead = |hits: u32| if p > q { [hits, 0] } else { [0, hits] };
    let mut kinds: Vec<(f64, [u32; 2])> = Vec::new();
    for (hits, (inside, outside)) in (0..).zip(between.iter().zip(&outside)) {
        kinds.push((common * (apart * inside + (1.0 - apart) * outside), ahead(hits)));
    }
    for (a, first) in (0..).zip(hit_chances(p, share)) {
        for (b, second) in (0..).zip(hit_chances(q, share)) {
            kinds.push(((1.0 - common) * first * second, [a, b]));
        }
    }
    merged(kinds)
}

/// Kinds with equal differences are one kind.
fn merged(kinds: Vec<(f64, [u32; 2])>) -> Vec<(f64, [u32; 2])> {
    let mut by_difference = vec![0.0; 2 * ROWS as usize + 1];
    for (chance, [a, b]) in kinds {
        by_difference[(ROWS + a - b) as usize] += chance;
    }
    let pair = |at: u32| [at.saturating_sub(ROWS), ROWS.saturating_sub(at)];
    by_difference.into_iter().zip(0..).map(|(chance, at)| (chance, pair(at))).collect()
}

/// Close and far, both ways, rare and frequent.
const PAIRS: [(f64, f64); 6] = [(0.95, 0.9), (0.6, 0.9), (0.5, 0.3), (0.5, 0.5), (0.99, 0.02), (0.06, 0.01)];

#[test]
fn paired_rates_cover_on_average() {
    let mut rows = Vec::new();
    for n in REPLICATES {
        for common in [1.0, 0.7, 0.0] {
            for share in [0.0, 0.5, 1.0] {
                // Equal cells in the same weather never differ.
                for (p, q) in PAIRS.into_iter().filter(|(p, q)| p != q || common < 1.0) {
                    let kinds = pair_chances(p, q, share, common);
                    let law = Law::new(PairedDifference::new([ROWS; 2]), &kinds, |sum, n, hits| {
                        sum.record_many(u64::from(n), *hits);
                    });
                    let name = format!("{p} - {q}, dependence {share}");
                    rows.push(Row::run(&format!("paired, {common} in common"), &name, n, |chance| {
                        Said::of(p - q, law.draw(chance, n).interval(CONFIDENCE))
                    }));
                }
            }
        }
    }
    judge(&rows, (0.93, 0.97));
}
