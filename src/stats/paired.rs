//! The difference of two shares that are measured in the same replicates.
//!
//! Cells of one sweep have common random numbers in the same replicate, so most of what makes a share vary drops out of
//! the difference of a replicate. The replicates in which the first cell has the larger share,
//! and those in which the second has, are two proportions, and the difference is theirs. This stays honest where all
//! replicates agree, where an interval of the mean of equal differences would have no width at all.

use super::binomial::{Interval, two_sided_z};
use super::moments::scatter;
use super::proportion::{PRIOR_WEIGHT, Proportion, normal_over_student};
use super::special::last_where;

/// Accumulates the difference of two cells' shares, replicate by replicate, in constant memory.
///
/// ```
/// // Seven rows per replicate in both cells; the first has more hits in two of ten replicates, never fewer.
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
    /// Weight of a hit of each cell: with it, both have as many rows.
    weights: [u64; 2],
    /// Rows of a replicate, so weighted.
    rows: u64,
    /// By how much the first cell is ahead in each replicate, and the second.
    ahead: [Proportion; 2],
}

impl PairedDifference {
    /// Of two cells with so many rows per replicate.
    #[must_use]
    pub fn new(rows: [u32; 2]) -> Self {
        let [a, b] = rows.map(u64::from);
        let common = greatest_common_divisor(a, b).max(1);
        Self { weights: [b / common, a / common], rows: a / common * b, ahead: [Proportion::default(); 2] }
    }

    /// Adds a replicate, in which the cells have so many hits, no more than rows. Without rows it says nothing and
    /// does not count.
    pub fn record(&mut self, hits: [u32; 2]) {
        self.record_many(1, hits);
    }

    /// Adds `replicates` that are all alike; see [`Self::record`].
    pub fn record_many(&mut self, replicates: u64, hits: [u32; 2]) {
        let weighted = |cell: usize| (u64::from(hits[cell]) * self.weights[cell]).min(self.rows);
        let (a, b) = (weighted(0), weighted(1));
        self.ahead[0].record_many(replicates, a.saturating_sub(b), self.rows);
        self.ahead[1].record_many(replicates, b.saturating_sub(a), self.rows);
    }

    /// Number of replicates that have rows.
    #[must_use]
    pub const fn replicates(&self) -> u64 {
        self.ahead[0].replicates()
    }

    /// The share of hits in the first cell less that in the second; `None` without replicates.
    #[must_use]
    pub fn estimate(&self) -> Option<f64> {
        Some(self.ahead[0].estimate()? - self.ahead[1].estimate()?)
    }

    /// The interval of the difference for reports. With many replicates it is that of Student's t over the replicates'
    /// differences; where all agree it is Wilson's for one trial a replicate. `None` without replicates.
    ///
    /// As [`Proportion::interval`] it counts the trials that dependence leaves, but of the difference itself: luck that
    /// both cells have in common drops out and costs nothing. Differences that are more even than those of independent
    /// rows get no credit for that. At a `confidence` of 0.95 it covers 95 to 96.5 % on average over pairs of true
    /// shares, from 100 replicates on, and more below (`tests/coverage`).
    ///
    /// Source: T. Tango, "Equivalence Test and Confidence Interval for the Difference in Proportions for the Paired-Sample
    /// Design", Statistics in Medicine 17 (1998); for the trials see [`Proportion::interval`].
    #[must_use]
    pub fn interval(&self, confidence: f64) -> Option<Interval> {
        let (p, q) = self.shares()?;
        let trials = self.effective_rows(p, q, confidence);
        Some(score(p, q, trials, two_sided_z(confidence)))
    }

    /// The wider interval of the difference for checks: each of its ends by itself holds as often as promised also where
    /// few replicates or none are of one kind. `None` without replicates.
    ///
    /// Each end is as far from the estimate as the ends of the two proportions ([`Proportion::exact_interval`])
    /// together, squared and added as variances are. A replicate in which one cell is ahead is none in which the
    /// other is, so what is missing from one may be too much in the other: this is the correlation that is added.
    ///
    /// Source: G. Y. Zou and A. Donner, "Construction of confidence limits about effect measures: a general approach",
    /// Statistics in Medicine 27 (2008), with the correlation at the ends in place of that at the estimates, which
    /// is unknown when nothing is seen of one kind.
    #[must_use]
    pub fn exact_interval(&self, confidence: f64) -> Option<Interval> {
        let [up, down] = self.ahead;
        let (p, q) = self.shares()?;
        let (a, b) = (up.exact_interval(confidence)?, down.exact_interval(confidence)?);
        let trials = libm::sqrt(up.effective_rows(confidence)? * down.effective_rows(confidence)?);
        let dependence = trials / self.replicates() as f64;
        let correlation = |p: f64, q: f64| (dependence * exclusion(p, q)).min(1.0);
        Some(put_together([p, q], [a, b], [correlation(a.low, b.high), correlation(a.high, b.low)]))
    }

    /// The share of rows by which the first cell is ahead, and the second.
    fn shares(&self) -> Option<(f64, f64)> {
        self.ahead[0].estimate().zip(self.ahead[1].estimate())
    }

    /// Number of independent rows, each ahead, behind or neither, that would tell as much of the difference of the shares `p`
    /// and `q`. As [`Proportion::effective_rows`] it imagines part of a replicate that is all of one kind.
    fn effective_rows(&self, p: f64, q: f64, confidence: f64) -> f64 {
        let (n, size) = (self.replicates() as f64, self.rows as f64);
        let rows = n * size;
        if self.rows == 1 || self.replicates() < 2 {
            return n;
        }
        let [(ahead, ahead_squared), (behind, behind_squared)] = [self.ahead[0].hits(), self.ahead[1].hits()];
        let net = ahead.abs_diff(behind);
        let squares = ahead_squared.saturating_add(behind_squared);
        let between = scatter(self.replicates(), squares, net, net).max(0.0) / (n - 1.0);
        let variance = (p + q - (p - q) * (p - q)).max(0.0);
        let prior = PRIOR_WEIGHT * size * (1.0 - variance) * (1.0 - variance);
        let design_effect = (between + prior * size) / (rows * variance + prior);
        let few = normal_over_student(self.replicates(), confidence);
        (rows / design_effect * few * few).clamp(1.0, rows)
    }
}

/// The differences of the probabilities of being ahead and behind that `trials`, of which the shares `p` and `q` were so,
/// do not refuse: Tango's score interval.
fn score(p: f64, q: f64, trials: f64, z: f64) -> Interval {
    let refused = |difference: f64| {
        // The most likely probability of being behind under this difference, from its likelihood equation.
        let b = (2.0 - p + q) * difference - p - q;
        let c = q * difference * (1.0 - difference);
        let root = libm::sqrt((b * b + 8.0 * c).max(0.0));
        // The larger root, without cancellation.
        let behind = if b <= 0.0 { (root - b) / 4.0 } else { 2.0 * c / (root + b) };
        let variance = (2.0 * behind + difference * (1.0 - difference)).max(0.0);
        let off = p - q - difference;
        off * off * trials > z * z * variance
    };
    let low = if refused(-1.0) { last_where(-1.0, p - q, refused) } else { -1.0 };
    let high = if refused(1.0) { -last_where(-1.0, q - p, |mirrored| refused(-mirrored)) } else { 1.0 };
    Interval { low, high }
}

/// The interval of the difference of two shares from theirs, whose ends towards the low end of the difference, and
/// towards the high, are so correlated.
fn put_together([p, q]: [f64; 2], [a, b]: [Interval; 2], correlation: [f64; 2]) -> Interval {
    let reach = |one: f64, other: f64, correlation: f64| {
        libm::sqrt(one * one + other * other + 2.0 * correlation * one * other)
    };
    let low = p - q - reach(p - a.low, b.high - q, correlation[0]);
    let high = p - q + reach(a.high - p, q - b.low, correlation[1]);
    Interval { low: low.clamp(-1.0, p - q), high: high.clamp(p - q, 1.0) }
}

/// Correlation of two events that exclude each other, without its sign.
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
    use crate::stats::special::student_t_quantile;

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
        let (there, back) = (of([7, 7], pairs), of([7, 7], pairs.map(|[a, b]| [b, a])));
        for interval in [PairedDifference::interval, PairedDifference::exact_interval] {
            let (there, back) = (interval(&there, 0.9).unwrap(), interval(&back, 0.9).unwrap());
            assert!((there.low + back.high).abs() < 1e-12 && (there.high + back.low).abs() < 1e-12);
        }
        for (confidence, low, high) in [(1.0, -1.0, 1.0), (f64::NAN, -1.0, 1.0), (-1.0, 12.0 / 42.0, 12.0 / 42.0)] {
            let found = there.interval(confidence).unwrap();
            assert!((found.low - low).abs() < 1e-12 && (found.high - high).abs() < 1e-12, "{confidence}: {found:?}");
        }
    }

    #[test]
    fn equal_differences_are_not_taken_for_certain() {
        // One row per replicate, one-sided 95 %: the exact bounds for the rarest worst case, ln 20 = 3.0 of 100.
        let exact = 1.0 - libm::pow(0.05, 0.01);
        let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
        let same = of([1, 1], [[1, 1]; 100]).exact_interval(0.9).unwrap();
        assert!(near(same.low, -exact) && near(same.high, exact), "{same:?}");
        // What is not ahead may be behind, which counts twice.
        let opposite = of([1, 1], [[1, 0]; 100]).exact_interval(0.9).unwrap();
        assert!(near(opposite.low, 1.0 - 2.0 * exact) && opposite.high == 1.0, "{opposite:?}");
        for hits in [[4, 0], [0, 6]] {
            let mut many = of([4, 6], []);
            many.record_many(9, hits);
            assert_eq!(many, of([4, 6], [hits; 9]));
        }
        let one = of([7, 7], [[7, 0]]).exact_interval(0.95).unwrap();
        assert!(one.low < -0.9, "{one:?}");
    }

    #[test]
    fn many_replicates_get_students_interval() {
        // 1,000 differences of 1, 0 and -1 in all orders of magnitude that matter.
        let counts = [([1, 0], 400), ([0, 1], 250), ([1, 1], 350)];
        let pairs = counts.iter().flat_map(|(pair, count)| std::iter::repeat_n(*pair, *count));
        let difference = of([1, 1], pairs);
        let half = student_t_quantile(0.975, 999.0) * libm::sqrt((0.65 - 0.15 * 0.15) / 999.0);
        for interval in [PairedDifference::interval, PairedDifference::exact_interval] {
            let interval = interval(&difference, 0.95).unwrap();
            assert!((interval.low - (0.15 - half)).abs() < 0.03 * half, "{interval:?}, {half}");
            assert!((interval.high - (0.15 + half)).abs() < 0.03 * half, "{interval:?}, {half}");
        }
    }

    #[test]
    fn luck_in_common_costs_the_report_nothing() {
        // 0 to 4 hits in the first cell, in every other replicate 3 more in the second: Student's t over the differences.
        let pairs = (0..1_000_u32).map(|at| [at % 5, at % 5 + at % 2 * 3]);
        let interval = of([7, 7], pairs).interval(0.95).unwrap();
        let half = student_t_quantile(0.975, 999.0) * libm::sqrt(2.25 / 999.0) / 7.0;
        assert!((interval.low - (-1.5 / 7.0 - half)).abs() < 0.05 * half, "{interval:?}, {half}");
        assert!((interval.high - (-1.5 / 7.0 + half)).abs() < 0.05 * half, "{interval:?}, {half}");
    }

    #[test]
    fn reports_invert_the_score_test() {
        for (ahead, behind, n) in [(12, 5, 60), (0, 4, 30), (9, 0, 31), (20, 20, 41), (50, 1, 52)] {
            let pairs = (0..n).map(|at| [u32::from(at < ahead), u32::from(at >= ahead && at < ahead + behind)]);
            let interval = of([1, 1], pairs).interval(0.95).unwrap();
            let [k, l, n] = [ahead, behind, n].map(f64::from);
            // The most likely probability of being behind where the difference is `d`, by search.
            let statistic = |d: f64| {
                let term = |count: f64, chance: f64| if count > 0.0 { count * libm::log(chance) } else { 0.0 };
                let likelihood = |x: f64| term(k, x + d) + term(l, x) + term(n - k - l, 1.0 - 2.0 * x - d);
                let (mut from, mut to) = ((-d).max(0.0), (1.0 - d) / 2.0);
                for _ in 0..200 {
                    let third = (to - from) / 3.0;
                    let rises = likelihood(from + third) < likelihood(to - third);
                    (from, to) = if rises { (from + third, to) } else { (from, to - third) };
                }
                libm::fabs(k - l - n * d) / libm::sqrt(n * (2.0 * from + d * (1.0 - d)))
            };
            for end in [interval.low, interval.high] {
                assert!(
                    (statistic(end) - 1.959_964).abs() < 1e-5,
                    "{ahead} {behind}: {interval:?}, {}",
                    statistic(end)
                );
            }
        }
    }

    #[test]
    fn reports_are_honest_where_all_agree() {
        for hits in [[0, 0], [7, 7], [7, 0]] {
            let interval = of([7, 7], [hits; 100]).interval(0.95).unwrap();
            let estimate = if hits == [7, 0] { 1.0 } else { 0.0 };
            assert!(interval.contains(estimate) && interval.high - interval.low > 0.037, "{interval:?}");
        }
        let one = of([7, 7], [[7, 0]]).interval(0.95).unwrap();
        assert!(one.low < 0.3 && one.high == 1.0, "{one:?}");
    }

    /// 60 replicates of seven dependent rows that hit below `p` in the first cell and below `q` in the second, with common
    /// random numbers.
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
                let inside =
                    |at: &u32| simulate(*at, p, q, share).exact_interval(0.9).is_some_and(|found| covers(&found));
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
                of([1, 1], pairs).exact_interval(0.9).map_or(-1.0, |interval| interval.low)
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
