//! The mean of one value a replicate, such as bytes, with Student's t interval.

use super::binomial::{Interval, upper};
use super::moments::scatter;
use super::special::student_t_quantile;

/// Accumulates one value a replicate in constant memory; the mean has the unit of the values.
///
/// Its sums are integers: blocks of replicates merge to the same bits in any order.
///
/// ```
/// let mut bytes = donsim::stats::Mean::default();
/// [1_000, 1_200, 1_100].into_iter().for_each(|value| bytes.record(value));
/// let interval = bytes.interval(0.95).unwrap();
/// assert!((interval.low - 851.6).abs() < 0.1 && (interval.high - 1_348.4).abs() < 0.1);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mean {
    replicates: u64,
    sum: u128,
    /// Stays at its largest value once it got there, whatever the order.
    squares: u128,
}

impl Mean {
    /// Adds a replicate's value.
    pub fn record(&mut self, value: u64) {
        let value = u128::from(value);
        self.merge(&Self { replicates: 1, sum: value, squares: value * value });
    }

    /// Adds the replicates of `other`.
    pub fn merge(&mut self, other: &Self) {
        self.replicates = self.replicates.saturating_add(other.replicates);
        self.sum = self.sum.saturating_add(other.sum);
        self.squares = self.squares.saturating_add(other.squares);
    }

    /// How many replicates were recorded.
    #[must_use]
    pub const fn replicates(&self) -> u64 {
        self.replicates
    }

    /// The mean; `None` without replicates.
    #[must_use]
    pub fn estimate(&self) -> Option<f64> {
        (self.replicates > 0).then(|| self.sum as f64 / self.replicates as f64)
    }

    /// Student's t interval of the mean over replicates, not below zero as no value is; unbounded above for a
    /// `confidence` of 1 or more and for NaN.
    ///
    /// `None` below two replicates, and where the squares of the values do not fit into 128 bits together.
    #[must_use]
    pub fn interval(&self, confidence: f64) -> Option<Interval> {
        let (mean, variance) = (self.estimate()?, self.variance()?);
        let n = self.replicates as f64;
        let t = if confidence.is_nan() { f64::INFINITY } else { student_t_quantile(upper(confidence), n - 1.0) };
        if t.is_infinite() {
            return Some(Interval { low: 0.0, high: f64::INFINITY });
        }
        let half = t * libm::sqrt(variance / n);
        Some(Interval { low: (mean - half).max(0.0), high: mean + half })
    }

    /// The variance between replicates, in the unit of the values squared.
    fn variance(&self) -> Option<f64> {
        if self.replicates < 2 || self.squares == u128::MAX {
            return None;
        }
        let n = self.replicates as f64;
        Some(scatter(self.replicates, self.squares, self.sum, self.sum).max(0.0) / n / (n - 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[u64]) -> Mean {
        let mut mean = Mean::default();
        for value in values {
            mean.record(*value);
        }
        mean
    }

    #[test]
    fn interval_matches_reference() {
        // Reference: scipy 1.17.1, stats.ttest_1samp(...).confidence_interval(0.95).
        let mean = of(&[510, 498, 555, 471, 502, 523, 530, 489]);
        let interval = mean.interval(0.95).unwrap();
        assert_eq!(mean.estimate(), Some(509.75));
        assert!((interval.low - 487.941_228_075_7).abs() < 1e-8, "{interval:?}");
        assert!((interval.high - 531.558_771_924_3).abs() < 1e-8, "{interval:?}");
    }

    #[test]
    fn few_replicates_have_no_interval() {
        assert_eq!((of(&[]).estimate(), of(&[]).interval(0.95)), (None, None));
        assert_eq!((of(&[7]).estimate(), of(&[7]).interval(0.95)), (Some(7.0), None));
        assert_eq!(of(&[7, 7]).interval(0.95), Some(Interval { low: 7.0, high: 7.0 }));
        assert_eq!(of(&[0, 9]).interval(0.95).map(|interval| interval.low), Some(0.0));
    }

    #[test]
    fn large_values_lose_nothing() {
        let far = 1 << 60;
        let near = of(&[1, 2, 3, 6]).interval(0.95).unwrap();
        let shifted = of(&[far + 1, far + 2, far + 3, far + 6]);
        assert_eq!(shifted.variance(), of(&[1, 2, 3, 6]).variance());
        assert!(near.contains(3.0));
    }

    #[test]
    fn huge_values_do_not_panic() {
        let mean = of(&[u64::MAX; 3]);
        assert_eq!(mean.estimate(), Some(u64::MAX as f64));
        assert_eq!(mean.interval(0.95), None);
        let rounded = of(&[1 << 62; 9]).interval(0.95).unwrap();
        assert!(rounded.contains((1_u64 << 62) as f64));
        for confidence in [1.0, f64::NAN] {
            assert_eq!(of(&[5, 5]).interval(confidence), Some(Interval { low: 0.0, high: f64::INFINITY }));
        }
    }

    #[test]
    fn blocks_merge_in_any_order() {
        let blocks = [of(&[3, u64::MAX]), of(&[]), of(&[1 << 40, 17]), of(&[u64::MAX - 1])];
        let merged = |order: [usize; 4]| {
            order.into_iter().fold(Mean::default(), |mut sum, at| {
                sum.merge(&blocks[at]);
                sum
            })
        };
        assert_eq!(merged([0, 1, 2, 3]), merged([3, 1, 0, 2]));
        assert_eq!(merged([2, 3, 1, 0]), of(&[3, u64::MAX, 1 << 40, 17, u64::MAX - 1]));
    }
}
