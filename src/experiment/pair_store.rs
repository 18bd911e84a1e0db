//! Numbers of every replicate of the cells that are compared with other cells, kept until the last of those has ended.

use std::collections::BTreeMap;

use crate::scenario::Metric;
use crate::stats::{Mean, PairedDifference, Proportion};

use super::reading::{Reading, Simulated};

/// Number of a replicate that came to nothing.
const MISSING: u64 = u64::MAX;

/// A rate or an amount in every replicate of a cell, in their order.
#[derive(Debug)]
pub(super) struct Series {
    metric: Metric,
    /// Of a rate, the rows of each replicate.
    rows: u32,
    /// Hits of a rate or sums of an amount.
    numbers: Vec<u64>,
}

impl Series {
    const fn new(metric: Metric) -> Self {
        Self { metric, rows: 0, numbers: Vec::new() }
    }

    fn add(&mut self, result: &Result<Simulated, String>) {
        let number = match result.as_ref().map(|simulated| simulated.reading(self.metric)) {
            Ok(Reading::Share { hits, rows }) => {
                self.rows = rows;
                u64::from(hits)
            }
            Ok(Reading::Amount { sum, .. }) => sum,
            Ok(Reading::Cost { .. } | Reading::Latency(_)) | Err(_) => MISSING,
        };
        self.numbers.push(number);
    }

    /// Number of the replicates that have come in both.
    pub fn common(&self, other: &Self) -> u64 {
        self.numbers.len().min(other.numbers.len()) as u64
    }

    /// Two rates, and their difference, over the replicates that both have.
    pub fn rates_apart(&self, other: &Self) -> (PairedDifference, [Proportion; 2]) {
        let (mut difference, mut own) = (PairedDifference::new([self.rows, other.rows]), [Proportion::default(); 2]);
        for pair in self.both(other) {
            let [a, b] = pair.map(|hits| hits as u32);
            difference.record([a, b]);
            own[0].record(a, self.rows);
            own[1].record(b, other.rows);
        }
        (difference, own)
    }

    /// Two sums, and their difference, over the replicates that both have.
    pub fn sums_apart(&self, other: &Self) -> (Mean, [Mean; 2]) {
        let (mut difference, mut own) = (Mean::default(), [Mean::default(); 2]);
        for [a, b] in self.both(other) {
            difference.record_difference(a, b);
            own[0].record(a);
            own[1].record(b);
        }
        (difference, own)
    }

    /// The replicate of two rates in which this one lies furthest below the other, and how far: the first of those.
    pub fn furthest_below(&self, other: &Self) -> Option<(u64, f64)> {
        let rate = |hits: u64, rows: u32| hits as f64 / f64::from(rows);
        let numbered = (0..).zip(self.numbers.iter().zip(&other.numbers));
        let both = numbered.filter(|(_, (a, b))| **a != MISSING && **b != MISSING);
        let apart = both.map(|(number, (a, b))| (number, rate(*a, self.rows) - rate(*b, other.rows)));
        // A replicate without rows has no rate.
        apart.filter(|(_, apart)| apart.is_finite()).min_by(|(_, a), (_, b)| a.total_cmp(b))
    }

    /// The numbers of the replicates that both have.
    fn both<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = [u64; 2]> + 'a {
        let pairs = self.numbers.iter().zip(&other.numbers).map(|(a, b)| [*a, *b]);
        pairs.filter(|pair| !pair.contains(&MISSING))
    }
}

/// The series of cells that are compared. First every pair is asked for, then cells come in the order of the plan.
#[derive(Debug, Default)]
pub(super) struct PairStore {
    cells: BTreeMap<u64, Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    series: Vec<Series>,
    /// The last cell that this one is compared with, or itself.
    until: u64,
}

impl PairStore {
    /// Asks for a rate or an amount of two cells that will be compared.
    pub fn want(&mut self, pair: [u64; 2], metric: Metric) {
        for cell in pair {
            let kept = self.cells.entry(cell).or_default();
            kept.until = kept.until.max(pair[0]).max(pair[1]);
            if kept.series.iter().all(|series| series.metric != metric) {
                kept.series.push(Series::new(metric));
            }
        }
    }

    /// Adds the next replicate of a cell.
    pub fn add(&mut self, cell: u64, result: &Result<Simulated, String>) {
        let kept = self.cells.get_mut(&cell);
        kept.into_iter().flat_map(|kept| &mut kept.series).for_each(|series| series.add(result));
    }

    /// The series of both cells of a pair.
    pub fn pair(&self, pair: [u64; 2], metric: Metric) -> Option<[&Series; 2]> {
        let of = |cell| self.cells.get(&cell)?.series.iter().find(|series| series.metric == metric);
        Some([of(pair[0])?, of(pair[1])?])
    }

    /// Drops the series that no cell behind `now` will be compared with.
    pub fn forget(&mut self, now: u64) {
        self.cells.retain(|_, kept| kept.until > now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl PairStore {
        /// Number of series that are kept after each cell.
        pub fn kept(&mut self, cells: u64) -> Vec<usize> {
            let after = |now| {
                self.forget(now);
                self.cells.range(..=now).map(|(_, kept)| kept.series.len()).sum()
            };
            (0..cells).map(after).collect()
        }
    }

    #[test]
    fn replicates_that_one_cell_lacks_are_left_out() {
        let series = |metric, numbers: &[u64]| Series { metric, rows: 1, numbers: numbers.to_vec() };
        let hits = |numbers: &[u64]| series(Metric::Served, numbers);
        let sums = |numbers: &[u64]| series(Metric::TotalBytes, numbers);
        let (rates, own) = hits(&[1, 1, MISSING, 1]).rates_apart(&hits(&[0, MISSING, 0]));
        assert_eq!((rates.replicates(), rates.estimate()), (1, Some(1.0)));
        assert_eq!(own.map(|own| (own.replicates(), own.estimate())), [(1, Some(1.0)), (1, Some(0.0))]);
        let (means, own) = sums(&[10, 20, MISSING]).sums_apart(&sums(&[30, 4, 5, 6]));
        assert_eq!((means.replicates(), means.estimate()), (2, Some(-2.0)));
        assert_eq!(own.map(|own| (own.replicates(), own.estimate())), [(2, Some(15.0)), (2, Some(17.0))]);
    }

    #[test]
    fn two_rates_are_furthest_apart_in_the_first_such_replicate() {
        let hits = |numbers: &[u64]| Series { metric: Metric::Served, rows: 4, numbers: numbers.to_vec() };
        let (few, many) = (hits(&[4, 2, MISSING, 1, 3]), hits(&[4, 3, 4, 3, 1, 4]));
        assert_eq!(few.furthest_below(&many), Some((3, -0.5)));
        assert_eq!(many.furthest_below(&few), Some((4, -0.5)));
        assert_eq!(few.furthest_below(&hits(&[MISSING])), None);
    }

    #[test]
    fn a_replicate_that_panicked_is_missing() {
        let mut store = PairStore::default();
        store.want([0, 1], Metric::Served);
        store.add(0, &Err("on purpose".to_owned()));
        assert_eq!(
            store.pair([0, 1], Metric::Served).map(|pair| pair.map(|it| &*it.numbers)),
            Some([&[MISSING][..], &[]])
        );
        assert!(store.pair([0, 1], Metric::Accepted).is_none());
    }
}
