//! A share of rows, of which those of one replicate depend on each other.
//!
//! The variance is taken between replicates. Against that of independent rows it gives the design effect: by how much
//! dependence shrinks the number of rows. Intervals then are those of that many independent trials, which stay
//! inside 0 and 1 and say something at both.

use super::binomial::{Interval, clopper_pearson, two_sided_t, two_sided_z, wilson};

/// Weight in the design effect of one imagined replicate whose rows all agree, and are of the rarer kind.
///
/// Where few replicates have rows of the rarer kind, they cannot tell how much rows depend on each other, and the
/// estimate is often far too low. Weights of 0, 0.1, 0.25, 0.5, 1 and 2 were tried with 30, 100 and 1,000 replicates of
/// 7 rows (0.25 with 10,000 too), three kinds and six strengths of dependence, ten probabilities from 0.3 to 0.999.
/// At a promised 95 %, a weight of 0 covers a single probability as rarely as 73 %; 0.25 covers 94 to 98.5 % on average
/// over the probabilities, and more only widens the intervals of independent rows. The rarest left, 85 %, is Wilson's
/// own at 30 replicates that agree within themselves.
pub(super) const PRIOR_WEIGHT: f64 = 0.25;

/// Accumulates hits among rows, replicate by replicate, in constant memory.
///
/// ```
/// let mut accepted = donsim::stats::Proportion::default();
/// for hits in [7, 7, 0, 7, 6, 7, 7, 7, 7, 7] {
///     accepted.record(hits, 7);
/// }
/// assert_eq!(accepted.estimate(), Some(62.0 / 70.0));
/// // One replicate failed as a whole: the rows say little more than ten trials would.
/// let interval = accepted.interval(0.95).unwrap();
/// assert!(interval.low < 0.6 && interval.high < 0.99);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Proportion {
    replicates: u64,
    rows: u128,
    hits: u128,
    rows_squared: u128,
    hits_squared: u128,
    hits_by_rows: u128,
}

impl Proportion {
    /// Adds a replicate: `hits` of its `rows`, no more than there are. One without rows says nothing and does not
    /// count.
    pub fn record(&mut self, hits: u32, rows: u32) {
        self.record_many(1, u64::from(hits), u64::from(rows));
    }

    /// Adds `replicates` that are all alike; see [`Self::record`].
    pub fn record_many(&mut self, replicates: u64, hits: u64, rows: u64) {
        if rows == 0 {
            return;
        }
        let (hits, rows) = (u128::from(hits.min(rows)), u128::from(rows));
        // 2^64 replicates of 2^32 rows fit: nothing saturates in practice.
        let add = |sum: &mut u128, each: u128| *sum = sum.saturating_add(each.saturating_mul(u128::from(replicates)));
        self.replicates = self.replicates.saturating_add(replicates);
        add(&mut self.rows, rows);
        add(&mut self.hits, hits);
        add(&mut self.rows_squared, rows * rows);
        add(&mut self.hits_squared, hits * hits);
        add(&mut self.hits_by_rows, hits * rows);
    }

    /// Of so many replicates with equally many rows each: hits, and over replicates their squares.
    pub(super) fn of_equal_replicates(replicates: u64, rows: u64, (hits, hits_squared): (u64, u128)) -> Self {
        if rows == 0 {
            return Self::default();
        }
        let each = u128::from(rows / replicates);
        let (rows, hits) = (u128::from(rows), u128::from(hits));
        Self { replicates, rows, hits, rows_squared: rows * each, hits_squared, hits_by_rows: hits * each }
    }

    /// Number of replicates that have rows.
    #[must_use]
    pub const fn replicates(&self) -> u64 {
        self.replicates
    }

    /// Number of rows that all replicates have.
    #[must_use]
    pub const fn rows(&self) -> u128 {
        self.rows
    }

    /// The share of hits among all rows; `None` without rows.
    #[must_use]
    pub fn estimate(&self) -> Option<f64> {
        (self.rows > 0).then(|| self.hits as f64 / self.rows as f64)
    }

    /// The interval of the share: Wilson's for [`Self::effective_rows`] independent trials, so just Wilson's when every
    /// replicate has one row. `None` without rows.
    ///
    /// At a `confidence` of 0.95 it covers 94 to 98.5 % on average over true shares, from 30 replicates on and for
    /// every strength of dependence that was tried.
    ///
    /// Source: W. G. Cochran, "Sampling Techniques", section 3.12 (variance of a ratio between clusters); E. L. Korn
    /// and B. I. Graubard, "Confidence Intervals for Proportions with Small Expected Number of Positive Counts
    /// Estimated from Survey Data", Survey Methodology 24 (1998) (effective trials and their t factor).
    #[must_use]
    pub fn interval(&self, confidence: f64) -> Option<Interval> {
        let trials = self.effective_rows(confidence)?;
        Some(wilson(self.estimate()? * trials, trials, confidence))
    }

    /// As [`Self::interval`] with the wider interval of Clopper and Pearson, which is exact when every replicate has
    /// one row. `None` without rows.
    #[must_use]
    pub fn exact_interval(&self, confidence: f64) -> Option<Interval> {
        let trials = self.effective_rows(confidence)?;
        Some(clopper_pearson(self.estimate()? * trials, trials, confidence))
    }

    /// Number of independent rows that would tell as much, between 1 and the number of rows: that number by the design
    /// effect, less what estimating it from few replicates costs. `None` without rows.
    ///
    /// When all rows are hits, or none is, it is about the number of replicates: as if each were one trial.
    #[must_use]
    pub fn effective_rows(&self, confidence: f64) -> Option<f64> {
        if self.rows == 0 {
            return None;
        }
        let rows = self.rows as f64;
        if self.rows == self.rows_squared {
            return Some(rows);
        }
        let few = normal_over_student(self.replicates, confidence);
        Some((rows / self.design_effect() * few * few).clamp(1.0, rows))
    }

    /// The sums of hits and of their squares.
    pub(super) const fn hits(&self) -> (u128, u128) {
        (self.hits, self.hits_squared)
    }

    /// The variance of the share between replicates over the variance that independent rows would give it.
    fn design_effect(&self) -> f64 {
        let rows = self.rows as f64;
        // Seen by a row: 7 where every replicate has 7.
        let replicate_size = self.rows_squared as f64 / rows;
        if self.replicates < 2 {
            return replicate_size;
        }
        let n = self.replicates as f64;
        let (rare, rare_squared, rare_by_rows) = self.rarer();
        let share = rare / rows;
        let residuals = rare_squared - 2.0 * share * rare_by_rows + share * share * self.rows_squared as f64;
        let between = residuals.max(0.0) * n / (n - 1.0);
        let independent = rows * share * (1.0 - share);
        let prior = PRIOR_WEIGHT * replicate_size * (1.0 - share) * (1.0 - share);
        (between + prior * replicate_size) / (independent + prior)
    }

    /// Sums over the rarer of hits and misses: of them, of their squares and of their products with the rows. Small
    /// numbers, so that their differences lose no precision when nearly all rows agree.
    fn rarer(&self) -> (f64, f64, f64) {
        let misses = self.rows.saturating_sub(self.hits);
        if self.hits <= misses {
            return (self.hits as f64, self.hits_squared as f64, self.hits_by_rows as f64);
        }
        let misses_by_rows = self.rows_squared.saturating_sub(self.hits_by_rows);
        // (r - h)^2 = r(r - h) - h(r - h)
        let misses_by_hits = self.hits_by_rows.saturating_sub(self.hits_squared);
        (misses as f64, misses_by_rows.saturating_sub(misses_by_hits) as f64, misses_by_rows as f64)
    }
}

/// Ratio of the normal quantile to Student's t: what estimating a variance from so many replicates costs.
pub(super) fn normal_over_student(replicates: u64, confidence: f64) -> f64 {
    let z = two_sided_z(confidence);
    let t = two_sided_t(confidence, replicates);
    if z > 0.0 && t.is_finite() { z / t } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::simulated::dependent_rows;

    fn of(replicates: &[(u32, u32)]) -> Proportion {
        let mut proportion = Proportion::default();
        for (hits, rows) in replicates {
            proportion.record(*hits, *rows);
        }
        proportion
    }

    #[test]
    fn one_row_a_replicate_is_a_binomial() {
        let proportion = of(&[[(1, 1); 81].as_slice(), &[(0, 1); 182]].concat());
        assert_eq!(proportion.effective_rows(0.95), Some(263.0));
        assert_eq!(proportion.interval(0.95), Some(wilson(81.0, 263.0, 0.95)));
        assert_eq!(proportion.exact_interval(0.95), Some(clopper_pearson(81.0, 263.0, 0.95)));
        assert_eq!(of(&[(1, 1)]).interval(0.95), Some(wilson(1.0, 1.0, 0.95)));
    }

    #[test]
    fn nothing_says_nothing() {
        for empty in [of(&[]), of(&[(0, 0), (3, 0)])] {
            assert_eq!((empty.replicates(), empty.estimate(), empty.interval(0.95)), (0, None, None));
            assert_eq!(empty.exact_interval(0.95), None);
        }
        assert_eq!(of(&[(9, 4)]), of(&[(4, 4)]));
    }

    #[test]
    fn one_replicate_is_one_trial() {
        assert_eq!(of(&[(4, 7)]).effective_rows(0.95), Some(1.0));
        assert_eq!(of(&[(7, 7)]).interval(0.95), Some(wilson(1.0, 1.0, 0.95)));
    }

    #[test]
    fn unanimous_replicates_are_one_trial_each() {
        for hits in [0, 7] {
            let proportion = of(&[(hits, 7); 100]);
            assert!((proportion.design_effect() - 7.0).abs() < 1e-12);
            let trials = proportion.effective_rows(0.95).unwrap();
            // 100 times (z / t_99)^2.
            assert!((trials - 97.570_352).abs() < 1e-6, "{trials}");
            let interval = proportion.interval(0.95).unwrap();
            assert!(interval.contains(f64::from(hits / 7)) && interval.high - interval.low > 0.037);
        }
    }

    #[test]
    fn many_alike_are_as_many() {
        for (hits, rows) in [(7, 7), (0, 7), (0, 0)] {
            let mut many = Proportion::default();
            many.record_many(9, u64::from(hits), u64::from(rows));
            assert_eq!(many, of(&[(hits, rows); 9]));
        }
    }

    #[test]
    fn design_effect_matches_the_definition() {
        // By hand: p = 1/2, residuals +-3.5 each, so that the ratio is 7 n / (n - 1), with the imagined replicate's
        // share.
        let split = of(&[[(7, 7); 50].as_slice(), &[(0, 7); 50]].concat());
        let (between, prior) = (1_225.0 * 100.0 / 99.0, 0.25 * 7.0 * 0.25);
        assert!((split.design_effect() - (between + 7.0 * prior) / (175.0 + prior)).abs() < 1e-12);
        // Replicates that all say the same of a mixture are more even than independent rows: no credit for that.
        assert_eq!(of(&[(3, 7); 1_000]).effective_rows(0.0), Some(7_000.0));
    }

    #[test]
    fn hits_and_misses_mirror_each_other() {
        let hits = of(&[(7, 7), (6, 7), (7, 7), (2, 5), (7, 7), (1, 1)]);
        let misses = of(&[(0, 7), (1, 7), (0, 7), (3, 5), (0, 7), (0, 1)]);
        assert_eq!(hits.effective_rows(0.95), misses.effective_rows(0.95));
        let (a, b) = (hits.interval(0.95).unwrap(), misses.interval(0.95).unwrap());
        assert!((a.low + b.high - 1.0).abs() < 1e-14 && (a.high + b.low - 1.0).abs() < 1e-14);
    }

    #[test]
    fn dependence_and_confidence_widen() {
        let width = |proportion: &Proportion, confidence: f64| {
            let interval = proportion.interval(confidence).unwrap();
            interval.high - interval.low
        };
        let agreeing = of(&[[(7, 7); 60].as_slice(), &[(0, 7); 40]].concat());
        let mixed = of(&[[(5, 7); 60].as_slice(), &[(3, 7); 40]].concat());
        assert!(width(&agreeing, 0.95) > 1.9 * width(&mixed, 0.95));
        assert!(width(&agreeing, 0.99) > width(&agreeing, 0.95));
        assert_eq!(agreeing.interval(f64::NAN), Some(Interval::WHOLE));
        assert_eq!(agreeing.interval(-1.0).map(|interval| interval.low), agreeing.estimate());
    }

    #[test]
    fn extremes_do_not_panic() {
        let large = of(&[(u32::MAX, u32::MAX), (0, u32::MAX), (1, u32::MAX)]);
        assert!(large.interval(0.95).is_some_and(|interval| interval.low > 0.0 && interval.high < 1.0));
        let mut many = large;
        many.record_many(u64::MAX, u64::from(u32::MAX), u64::MAX);
        many.record_many(u64::MAX, u64::MAX, u64::MAX);
        assert!(many.effective_rows(0.95).is_some_and(f64::is_finite));
    }

    #[test]
    fn golden_bits() {
        // Printed once by this code: results are the same on every machine.
        let interval = of(&[(7, 7), (6, 7), (0, 7), (7, 7), (5, 7)]).interval(0.95).unwrap();
        assert_eq!([interval.low.to_bits(), interval.high.to_bits()], [0x3fcd_47f3_60af_2f46, 0x3fee_8cd7_5b95_4992]);
    }

    /// 100 replicates of dependent rows that hit with probability `p`.
    fn simulate(experiment: u32, p: f64, share: f64) -> Proportion {
        let mut proportion = Proportion::default();
        for replicate in 0..100 {
            let rows = dependent_rows(experiment, replicate, share);
            proportion.record(rows.iter().filter(|unit| **unit < p).count() as u32, rows.len() as u32);
        }
        proportion
    }

    #[test]
    fn coverage_is_as_promised() {
        const EXPERIMENTS: u32 = 1_000;
        let mut all = Vec::new();
        for (p, share) in [(0.5, 0.5), (0.9, 0.3), (0.9, 0.9), (0.98, 0.6), (0.99, 0.0), (0.995, 0.8)] {
            let covers = |at: &u32| simulate(*at, p, share).interval(0.95).is_some_and(|found| found.contains(p));
            let coverage = (0..EXPERIMENTS).filter(covers).count() as f64 / f64::from(EXPERIMENTS);
            assert!((0.90..=0.995).contains(&coverage), "p {p}, share {share}: {coverage}");
            all.push(coverage);
        }
        let average = all.iter().sum::<f64>() / all.len() as f64;
        assert!((0.93..=0.975).contains(&average), "{average}: {all:?}");
    }
}
