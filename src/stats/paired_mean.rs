//! The difference of two amounts that are measured in the same replicates, such as bytes under two rule sets.

use super::binomial::{Interval, upper};
use super::moments::scatter;
use super::special::student_t_quantile;

/// Accumulates the difference of two amounts, replicate by replicate, in constant memory; it has their unit.
///
/// Its sums are integers: blocks of replicates merge to the same bits in any order.
///
/// ```
/// // What both replicates' weather adds to both amounts drops out.
/// let mut saved = donsim::stats::PairedMean::default();
/// for (old, new) in [(1_000, 700), (2_010, 1_700), (1_490, 1_200)] {
///     saved.record(old, new);
/// }
/// assert_eq!(saved.estimate(), Some(300.0));
/// let interval = saved.interval(0.95).unwrap();
/// assert!(interval.low > 275.0 && interval.high < 325.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PairedMean {
    replicates: u64,
    /// By how much the first amount is larger, where it is, and the second.
    ahead: [u128; 2],
    /// Of the differences. Stays at its largest value once it got there, whatever the order.
    squares: u128,
}

impl PairedMean {
    /// Adds a replicate.
    pub fn record(&mut self, a: u64, b: u64) {
        let ahead = [a.saturating_sub(b), b.saturating_sub(a)].map(u128::from);
        let apart = u128::from(a.abs_diff(b));
        self.merge(&Self { replicates: 1, ahead, squares: apart * apart });
    }

    /// Adds the replicates of `other`.
    pub fn merge(&mut self, other: &Self) {
        self.replicates = self.replicates.saturating_add(other.replicates);
        self.ahead = [0, 1].map(|side| self.ahead[side].saturating_add(other.ahead[side]));
        self.squares = self.squares.saturating_add(other.squares);
    }

    /// How many replicates were recorded.
    #[must_use]
    pub const fn replicates(&self) -> u64 {
        self.replicates
    }

    /// The mean of the first amount less that of the second; `None` without replicates.
    #[must_use]
    pub fn estimate(&self) -> Option<f64> {
        let sign = if self.ahead[0] >= self.ahead[1] { 1.0 } else { -1.0 };
        (self.replicates > 0).then(|| sign * self.distance() as f64 / self.replicates as f64)
    }

    /// Student's t interval over the replicates' differences; unbounded for a `confidence` of 1 or more and for NaN.
    ///
    /// `None` below two replicates, and where the squares of the differences do not fit into 128 bits together.
    #[must_use]
    pub fn interval(&self, confidence: f64) -> Option<Interval> {
        let mean = self.estimate()?;
        if self.replicates < 2 || self.squares == u128::MAX {
            return None;
        }
        let n = self.replicates as f64;
        let t = if confidence.is_nan() { f64::INFINITY } else { student_t_quantile(upper(confidence), n - 1.0) };
        if t.is_infinite() {
            return Some(Interval { low: f64::NEG_INFINITY, high: f64::INFINITY });
        }
        let variance =
            scatter(self.replicates, self.squares, self.distance(), self.distance()).max(0.0) / n / (n - 1.0);
        let half = t * libm::sqrt(variance / n);
        Some(Interval { low: mean - half, high: mean + half })
    }

    /// The sum of the differences without its sign.
    const fn distance(&self) -> u128 {
        self.ahead[0].abs_diff(self.ahead[1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(u64, u64)]) -> PairedMean {
        let mut difference = PairedMean::default();
        for (a, b) in pairs {
            difference.record(*a, *b);
        }
        difference
    }

    #[test]
    fn interval_is_students_over_differences() {
        // The differences are those of the reference in `Mean`, less 500: scipy 1.17.1, stats.ttest_1samp.
        let far = 1 << 62;
        for base in [600, far] {
            let above = [510_u64, 498, 555, 471, 502, 523, 530, 489];
            let pairs: Vec<_> = above.iter().map(|value| (base + value, base + 500)).collect();
            let (there, back) = (of(&pairs), of(&pairs.iter().map(|(a, b)| (*b, *a)).collect::<Vec<_>>()));
            let interval = there.interval(0.95).unwrap();
            assert_eq!((there.estimate(), back.estimate()), (Some(9.75), Some(-9.75)));
            assert!((interval.low + 12.058_771_924_3).abs() < 1e-8, "{interval:?}");
            assert!((interval.high - 31.558_771_924_3).abs() < 1e-8, "{interval:?}");
            assert_eq!(back.interval(0.95), Some(Interval { low: -interval.high, high: -interval.low }));
        }
    }

    #[test]
    fn few_replicates_and_extremes() {
        assert_eq!((of(&[]).estimate(), of(&[]).interval(0.95)), (None, None));
        assert_eq!((of(&[(3, 7)]).estimate(), of(&[(3, 7)]).interval(0.95)), (Some(-4.0), None));
        assert_eq!(of(&[(3, 7), (4, 8)]).interval(0.95), Some(Interval { low: -4.0, high: -4.0 }));
        assert_eq!(of(&[(u64::MAX, 0); 3]).interval(0.95), None);
        let whole = Some(Interval { low: f64::NEG_INFINITY, high: f64::INFINITY });
        for confidence in [1.0, f64::NAN] {
            assert_eq!(of(&[(1, 2), (2, 2)]).interval(confidence), whole);
        }
    }

    #[test]
    fn blocks_merge_in_any_order() {
        let blocks = [of(&[(3, u64::MAX)]), of(&[]), of(&[(1 << 40, 17), (2, 2)]), of(&[(u64::MAX - 1, 9)])];
        let merged = |order: [usize; 4]| {
            order.into_iter().fold(PairedMean::default(), |mut sum, at| {
                sum.merge(&blocks[at]);
                sum
            })
        };
        assert_eq!(merged([0, 1, 2, 3]), merged([3, 1, 0, 2]));
        assert_eq!(merged([2, 3, 1, 0]), of(&[(3, u64::MAX), (1 << 40, 17), (2, 2), (u64::MAX - 1, 9)]));
    }
}
