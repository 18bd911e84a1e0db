//! The mean of one amount per replicate, such as bytes, or of the difference of two, with Student's t interval.

use super::binomial::{Interval, two_sided_t};
use super::moments::scatter;

/// Accumulates one number per replicate in constant memory; the mean has the unit of the numbers.
///
/// ```
/// let mut bytes = donsim::stats::Mean::default();
/// [1_000, 1_200, 1_100].into_iter().for_each(|value| bytes.record(value));
/// let interval = bytes.interval(0.95).unwrap();
/// assert!((interval.low - 851.6).abs() < 0.1 && (interval.high - 1_348.4).abs() < 0.1);
/// ```
///
/// Of two amounts that are measured in the same replicates, such as bytes under two rule sets, what both have in common
/// drops out:
///
/// ```
/// let mut saved = donsim::stats::Mean::default();
/// for (old, new) in [(1_000, 700), (2_010, 1_700), (1_490, 1_200)] {
///     saved.record_difference(old, new);
/// }
/// assert_eq!(saved.estimate(), Some(300.0));
/// let interval = saved.interval(0.95).unwrap();
/// assert!(interval.low > 275.0 && interval.high < 325.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mean {
    replicates: u64,
    sum: i128,
    /// Stays at its largest value once it got there.
    squares: u128,
}

impl Mean {
    /// Adds a replicate's amount.
    pub fn record(&mut self, amount: u64) {
        self.record_difference(amount, 0);
    }

    /// Adds a replicate's difference: one amount less another.
    pub fn record_difference(&mut self, amount: u64, less: u64) {
        let apart = u128::from(amount.abs_diff(less));
        self.replicates += 1;
        self.sum += i128::from(amount) - i128::from(less);
        self.squares = self.squares.saturating_add(apart * apart);
    }

    /// Number of replicates that were recorded.
    #[must_use]
    pub const fn replicates(&self) -> u64 {
        self.replicates
    }

    /// The mean; `None` without replicates.
    #[must_use]
    pub fn estimate(&self) -> Option<f64> {
        (self.replicates > 0).then(|| self.sum as f64 / self.replicates as f64)
    }

    /// Student's t interval of the mean over replicates; unbounded for a `confidence` of 1 or more and for NaN.
    ///
    /// `None` below two replicates, and where the squares of the numbers do not fit into 128 bits together.
    #[must_use]
    pub fn interval(&self, confidence: f64) -> Option<Interval> {
        let (mean, variance) = (self.estimate()?, self.variance()?);
        let t = two_sided_t(confidence, self.replicates);
        // Infinity times a variance of zero is no number.
        let half = if t.is_infinite() { t } else { t * libm::sqrt(variance / self.replicates as f64) };
        Some(Interval { low: mean - half, high: mean + half })
    }

    /// The variance between replicates, in the unit of the numbers squared.
    fn variance(&self) -> Option<f64> {
        if self.replicates < 2 || self.squares == u128::MAX {
            return None;
        }
        let (n, sum) = (self.replicates as f64, self.sum.unsigned_abs());
        Some(scatter(self.replicates, self.squares, sum, sum).max(0.0) / n / (n - 1.0))
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
            let whole = Interval { low: f64::NEG_INFINITY, high: f64::INFINITY };
            assert_eq!(of(&[5, 5]).interval(confidence), Some(whole));
        }
    }

    #[test]
    fn differences_are_paired() {
        let of = |pairs: &[(u64, u64)]| {
            let mut difference = Mean::default();
            for (a, b) in pairs {
                difference.record_difference(*a, *b);
            }
            difference
        };
        // The differences are those of the reference above, less 500: scipy 1.17.1, stats.ttest_1samp.
        for base in [600, 1 << 62] {
            let above = [510_u64, 498, 555, 471, 502, 523, 530, 489];
            let pairs: Vec<_> = above.iter().map(|value| (base + value, base + 500)).collect();
            let (there, back) = (of(&pairs), of(&pairs.iter().map(|(a, b)| (*b, *a)).collect::<Vec<_>>()));
            let interval = there.interval(0.95).unwrap();
            assert_eq!((there.estimate(), back.estimate()), (Some(9.75), Some(-9.75)));
            assert!((interval.low + 12.058_771_924_3).abs() < 1e-8, "{interval:?}");
            assert!((interval.high - 31.558_771_924_3).abs() < 1e-8, "{interval:?}");
            assert_eq!(back.interval(0.95), Some(Interval { low: -interval.high, high: -interval.low }));
        }
        assert_eq!((of(&[(3, 7)]).estimate(), of(&[(3, 7)]).interval(0.95)), (Some(-4.0), None));
        assert_eq!(of(&[(3, 7), (4, 8)]).interval(0.95), Some(Interval { low: -4.0, high: -4.0 }));
        assert_eq!(of(&[(u64::MAX, 0); 3]).interval(0.95), None);
    }
}
