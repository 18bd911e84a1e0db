//! Simulates configurations and counts what is compared.

use donsim::engine::Span;
use donsim::sim::{Outcome, ReplicateCache, Row, Setup, simulate};

use super::Kind;

/// Replicates between two looks at what other threads do.
const SLICE: u64 = 50;

/// For every configuration the share of its requests and honest callers of each kind, over `replicates`.
pub fn count(setups: &[Setup], kinds: &[Vec<Kind>], replicates: u64) -> Vec<Vec<f64>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let next = std::sync::atomic::AtomicU64::new(0);
    let work = || {
        let mut cache = ReplicateCache::new(1);
        let mut sums: Vec<Vec<u64>> = kinds.iter().map(|kinds| vec![0; kinds.len() + 1]).collect();
        loop {
            let first = SLICE * next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            if first >= replicates {
                break sums;
            }
            for replicate in first..(first + SLICE).min(replicates) {
                // All configurations meet the same weather and share its signatures.
                for ((setup, kinds), sums) in setups.iter().zip(kinds).zip(&mut sums) {
                    let outcome = simulate(setup, replicate, &mut cache);
                    let honest = outcome.rows.iter().filter(|row| row.outcome != Outcome::Byzantine);
                    for row in honest {
                        *sums.last_mut().expect("one more than kinds") += 1;
                        sums.iter_mut().zip(kinds).for_each(|(sum, kind)| *sum += u64::from(is_one(row, *kind)));
                    }
                }
            }
        }
    };
    let all: Vec<Vec<Vec<u64>>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().expect("no panic")).collect()
    });
    let total = |case: usize, at: usize| all.iter().map(|sums| sums[case][at]).sum::<u64>() as f64;
    let shares = |(case, kinds): (usize, &Vec<Kind>)| {
        (0..kinds.len()).map(|at| total(case, at) / total(case, kinds.len())).collect()
    };
    kinds.iter().enumerate().map(shares).collect()
}

fn is_one(row: &Row, kind: Kind) -> bool {
    match kind {
        Kind::Outcome(outcome) => row.outcome == outcome,
        Kind::Within(time) => row.outcome == Outcome::Accepted && row.latency.unwrap_or(Span::MAX) <= time,
    }
}
