//! The difference of two shares that are measured in the same replicates.
//!
//! Cells of one sweep meet the same weather in the same replicate, so most of what makes a share vary is common to
//! both and drops out of the difference of a replicate. The replicates in which the first cell has the larger share,
//! and those in which the second has, are two proportions; the interval of their difference is put together from
//! theirs. Those stay honest where all replicates agree, where an interval of the mean of equal differences would
//! have no width at all.

use super::binomial::Interval;
use super::proportion::Proportion;

/// Accumulates the difference of two cells' shares, replicate by replicate, in constant memory.
///
/// Its sums are integers: blocks of replicates merge to the same bits in any order.
///
/// ```
/// // Seven rows a replicate in both cells; the first has more hits in two of ten replicates, never fewer.
/// let mut gain = donsim::stats::PairedDifference::new([7, 7]);
/// for hits in [[7, 0], [7, 7], [7, 7], [6, 6], [7, 3], [7, 7], [7, 7], [5, 5], [7, 7], [7, 7]] {
///     gain.record(hits);
/// }
/// assert_eq!(gain.estimate(), Some(11.0 / 70.0));
/// let interval = gain.interval(0.95).unwrap();
/// assert!(interval.low < 0.0 && interval.high < 0.6);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PairedDifference {
    /// What a hit of each cell counts: with it, both have as many rows.
    weights: [u64; 2],
    /// Rows of a replicate, so weighted.
    rows: u64,
    /// By how much the first cell is ahead in each replicate, and the second.
    ahead: [Proportion; 2],
}

impl PairedDifference {
    /// Of two cells with so many rows a replicate.
    #[must_use]
    pub fn new(rows: [u32; 2]) -> Self {
        let [a, b] = rows.map(u64::from);
        let common = greatest_common_divisor(a, b).max(1);
        Self { weights: [b / common, a / common], rows: a / common * b, ahead: [Proportion::default(); 2] }
    }

    /// `replicates` in which the first cell has nothing but hits and the second none, or the other way round: nothing that
    /// so many may show is clearer.
    #[must_use]
    pub fn unanimous(replicates: u64, rows: [u32; 2], first_is_ahead: bool) -> Self {
        let empty = Self::new(rows);
        let mut ahead = [true, false].map(|hit| Proportion::unanimous(replicates, empty.rows, hit));
        if !first_is_ahead {
            ahead.reverse();
        }
        Self { ahead, ..empty }
    }

    /// Adds a replicate, in which the cells have so many hits, no more than rows. Without rows it says nothing and
    /// does not count.
    pub fn record(&mut self, hits: [u32; 2]) {
        let weighted = |cell: usize| (u64::from(hits[cell]) * self.weights[cell]).min(self.rows);
        let (a, b) = (weighted(0), weighted(1));
        self.ahead[0].record_wide(a.saturating_sub(b), self.rows);
        self.ahead[1].record_wide(b.saturating_sub(a), self.rows);
    }

    /// Adds the replicates of `other`, which is about the same cells.
    pub fn merge(&mut self, other: &Self) {
        for (own, other) in self.ahead.iter_mut().zip(&other.ahead) {
            own.merge(other);
        }
    }

    /// How many replicates have rows.
    #[must_use]
    pub const fn replicates(&self) -> u64 {
        self.ahead[0].replicates()
    }

    /// The share of hits in the first cell less that in the second; `None` without replicates.
    #[must_use]
    pub fn estimate(&self) -> Option<f64> {
        Some(self.ahead[0].estimate()? - self.ahead[1].estimate()?)
    }

    /// The interval of the difference. With many replicates of both kinds it is that of Student's t over the
    /// replicates' differences; where all agree it is about as wide as exact intervals say. `None` without
    /// replicates.
    ///
    /// Each end is as far from the estimate as the ends of the two proportions ([`Proportion::exact_interval`])
    /// together, squared and added as variances are. A replicate in which one cell is ahead is none in which the
    /// other is, so what is missing from one may be too much in the other: this is the correlation that is added.
    ///
    /// Source: G. Y. Zou and A. Donner, "Construction of confidence limits about effect measures: a general approach",
    /// Statistics in Medicine 27 (2008), with the correlation at the ends in place of that at the estimates, which
    /// is unknown when nothing is seen of one kind.
    #[must_use]
    pub fn interval(&self, confidence: f64) -> Option<Interval> {
        let [up, down] = self.ahead;
        let (p, q) = (up.estimate()?, down.estimate()?);
        let (a, b) = (up.exact_interval(confidence)?, down.exact_interval(confidence)?);
        let trials = libm::sqrt(up.effective_rows(confidence)? * down.effective_rows(confidence)?);
        let dependence = trials / self.replicates() as f64;
        let reach = |one: f64, other: f64, ends: (f64, f64)| {
            let correlation = (dependence * exclusion(ends.0, ends.1)).min(1.0);
            libm::sqrt(one * one + other * other + 2.0 * correlation * one * other)
        };
        let low = p - q - reach(p - a.low, b.high - q, (a.low, b.high));
        let high = p - q + reach(a.high - p, q - b.low, (a.high, b.low));
        Some(Interval { low: low.clamp(-1.0, p - q), high: high.clamp(p - q, 1.0) })
    }
}

/// How strongly two events that exclude each other are correlated, without its sign.
fn exclusion(p: f64, q: f64) -> f64 {
    if p <= 0.0 || q <= 0.0 {
        return 0.0;
    }
    // At most 1, and not a number where one of them is certain.
    let square = p * q / ((1.0 - p) * (1.0 - q));
    if square < 1.0 { libm::sqrt(square) } else { 1.0 }
}

fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::simulated::dependent_rows;
    use crate::stats::student_t_quantile;

    fn of(rows: [u32; 2], replicates: impl IntoIterator<Item = [u32; 2]>) -> PairedDifference {
        let mut difference = PairedDifference::new(rows);
        replicates.into_iter().for_each(|hits| difference.record(hits));
        difference
    }

    #[test]
    fn nothing_says_nothing() {
        for empty in [of([7, 7], []), of([0, 7], [[0, 3]]), of([0, 0], [[0, 0]])] {
            assert_eq!((empty.replicates(), empty.estimate(), empty.interval(0.95)), (0, None, None));
        }
    }

    #[test]
    fn shares_of_unequal_rows_are_compared_as_shares() {
        let difference = of([4, 6], [[4, 3], [2, 3]]);
        assert_eq!(difference.estimate(), Some(0.25));
        assert_eq!(of([u32::MAX, u32::MAX - 1], [[u32::MAX, 0]]).estimate(), Some(1.0));
        assert_eq!(of([4, 4], [[9, 0]]), of([4, 4], [[4, 0]]));
    }

    #[test]
    fn swapping_the_cells_mirrors_the_interval() {
        let pairs = [[7, 0], [7, 6], [3, 5], [7, 7], [7, 1], [0, 0]];
        let there = of([7, 7], pairs).interval(0.9).unwrap();
        let back = of([7, 7], pairs.map(|[a, b]| [b, a])).interval(0.9).unwrap();
        assert_eq!((there.low, there.high), (-back.high, -back.low));
    }

    #[test]
    fn equal_differences_are_not_taken_for_certain() {
        // One row a replicate, one-sided 95 %: the exact bounds for the rarest worst case, ln 20 = 3.0 of 100.
        let exact = 1.0 - libm::pow(0.05, 0.01);
        let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
        let same = of([1, 1], [[1, 1]; 100]).interval(0.9).unwrap();
        assert!(near(same.low, -exact) && near(same.high, exact), "{same:?}");
        // What is not ahead may be behind, which counts twice.
        let opposite = of([1, 1], [[1, 0]; 100]).interval(0.9).unwrap();
        assert!(near(opposite.low, 1.0 - 2.0 * exact) && opposite.high == 1.0, "{opposite:?}");
        assert_eq!(PairedDifference::unanimous(9, [4, 6], true), of([4, 6], [[4, 0]; 9]));
        assert_eq!(PairedDifference::unanimous(9, [4, 6], false), of([4, 6], [[0, 6]; 9]));
        let one = of([7, 7], [[7, 0]]).interval(0.95).unwrap();
        assert!(one.low < -0.9, "{one:?}");
    }

    #[test]
    fn many_replicates_get_students_interval() {
        // 1,000 differences of 1, 0 and -1 in all orders of magnitude that matter.
        let counts = [([1, 0], 400), ([0, 1], 250), ([1, 1], 350)];
        let pairs = counts.iter().flat_map(|(pair, count)| std::iter::repeat_n(*pair, *count));
        let interval = of([1, 1], pairs).interval(0.95).unwrap();
        let half = student_t_quantile(0.975, 999.0) * libm::sqrt((0.65 - 0.15 * 0.15) / 999.0);
        assert!((interval.low - (0.15 - half)).abs() < 0.03 * half, "{interval:?}, {half}");
        assert!((interval.high - (0.15 + half)).abs() < 0.03 * half, "{interval:?}, {half}");
    }

    #[test]
    fn blocks_merge_in_any_order() {
        let blocks = [of([7, 7], [[7, 0], [3, 4]]), of([7, 7], []), of([7, 7], [[0, 7]])];
        let merged = |order: [usize; 3]| {
            order.into_iter().fold(PairedDifference::new([7, 7]), |mut sum, at| {
                sum.merge(&blocks[at]);
                sum
            })
        };
        assert_eq!(merged([0, 1, 2]), merged([2, 1, 0]));
        assert_eq!(merged([1, 2, 0]), of([7, 7], [[7, 0], [3, 4], [0, 7]]));
    }

    /// 60 replicates of seven dependent rows that hit below `p` in the first cell and below `q` in the second, in the same
    /// weather.
    fn simulate(experiment: u32, p: f64, q: f64, share: f64) -> PairedDifference {
        let hits = |rows: &[f64; 7], p: f64| rows.iter().filter(|unit| **unit < p).count() as u32;
        let replicate = |number| {
            let rows = dependent_rows(experiment, number, share);
            [hits(&rows, p), hits(&rows, q)]
        };
        of([7, 7], (0..60).map(replicate))
    }

    #[test]
    fn one_sided_coverage_is_as_promised() {
        const EXPERIMENTS: u32 = 500;
        for (p, q, share) in
            [(0.9, 0.6, 0.5), (0.99, 0.97, 0.8), (0.7, 0.3, 1.0), (0.5, 0.5, 0.3), (0.96, 0.99, 0.0), (0.99, 0.02, 0.9)]
        {
            let count = |covers: &dyn Fn(&Interval) -> bool| {
                let inside = |at: &u32| simulate(*at, p, q, share).interval(0.9).is_some_and(|found| covers(&found));
                (0..EXPERIMENTS).filter(inside).count() as f64 / f64::from(EXPERIMENTS)
            };
            let (low, high) = (count(&|found| found.low <= p - q), count(&|found| found.high >= p - q));
            assert!(low >= 0.94 && high >= 0.94, "{p} {q} {share}: {low}, {high}");
        }
    }

    #[test]
    fn exact_coverage_in_the_worst_case() {
        // Replicates in which either cell is ahead, and never neither: all misses count twice. The chance that the
        // difference is below the lower bound, summed over the binomial distribution.
        let n = 40_u32;
        let lows: Vec<f64> = (0..=n)
            .map(|k| {
                let pairs = (0..n).map(|at| if at < k { [1, 0] } else { [0, 1] });
                of([1, 1], pairs).interval(0.9).map_or(-1.0, |interval| interval.low)
            })
            .collect();
        for step in 1..40 {
            let p = f64::from(step) / 40.0;
            let mut chance = libm::pow(1.0 - p, f64::from(n));
            let mut covered = 0.0;
            for k in 0..=n {
                covered += if lows[k as usize] <= 2.0 * p - 1.0 { chance } else { 0.0 };
                chance *= f64::from(n - k) / f64::from(k + 1) * p / (1.0 - p);
            }
            assert!(covered >= 0.95, "{p}: {covered}");
        }
    }
}
