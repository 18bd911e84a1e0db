//! The ratio of two means that are measured in the same replicates, such as bytes of one way over bytes of another.

use super::binomial::{Interval, two_sided_t};
use super::moments::scatter;

/// Accumulates two amounts per replicate in constant memory; both have one unit, the ratio has none.
///
/// ```
/// // Bytes with and without the payload of others, in the same four replicates.
/// let mut ratio = donsim::stats::RatioOfMeans::default();
/// for (slim, full) in [(300, 1_000), (290, 1_010), (310, 980), (300, 1_010)] {
///     ratio.record(slim, full);
/// }
/// assert_eq!(ratio.estimate(), Some(0.3));
/// let interval = ratio.interval(0.95).unwrap();
/// assert!(interval.low > 0.27 && interval.high < 0.33);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RatioOfMeans {
    replicates: u64,
    a: u128,
    b: u128,
    // These stay at their largest value once they got there.
    a_squared: u128,
    b_squared: u128,
    a_by_b: u128,
}

impl RatioOfMeans {
    /// Adds a replicate: the amount above the fraction bar and that below it.
    pub fn record(&mut self, a: u64, b: u64) {
        let (a, b) = (u128::from(a), u128::from(b));
        self.replicates += 1;
        self.a += a;
        self.b += b;
        self.a_squared = self.a_squared.saturating_add(a * a);
        self.b_squared = self.b_squared.saturating_add(b * b);
        self.a_by_b = self.a_by_b.saturating_add(a * b);
    }

    /// Number of replicates that were recorded.
    #[must_use]
    pub const fn replicates(&self) -> u64 {
        self.replicates
    }

    /// The mean of the first amount over that of the second; `None` where the second is zero in all replicates, and
    /// without replicates.
    #[must_use]
    pub fn estimate(&self) -> Option<f64> {
        (self.b > 0).then(|| self.a as f64 / self.b as f64)
    }

    /// Fieller's interval of the ratio: all ratios `r` for which Student's t over the replicates' `a - r b` does not
    /// refuse a mean of zero. Not below zero, as no amount is; unbounded above where the second mean is not clearly
    /// above zero, for a `confidence` of 1 or more and for NaN.
    ///
    /// As the differences are taken within a replicate, what both amounts have in common drops out. Where `a - r b` is
    /// zero in every replicate the interval has no width. It is as good as Student's t is for one mean: for laws with
    /// rare large values it needs many replicates.
    ///
    /// `None` where there is no estimate, below two replicates, and where squares do not fit into 128 bits together.
    ///
    /// Source: E. C. Fieller, "Some Problems in Interval Estimation", J. Royal Statistical Society B 16 (1954).
    #[must_use]
    pub fn interval(&self, confidence: f64) -> Option<Interval> {
        let saturated = [self.a_squared, self.b_squared, self.a_by_b].contains(&u128::MAX);
        let ratio = self.estimate()?;
        if self.replicates < 2 || saturated {
            return None;
        }
        let t = two_sided_t(confidence, self.replicates);
        let scale = t * t / (self.replicates as f64 - 1.0);
        let (low, high) = if t.is_infinite() { (0.0, f64::INFINITY) } else { self.ends(ratio, scale) };
        Some(Interval { low: low.max(0.0).min(ratio), high: high.max(ratio) })
    }

    /// The ratios that are not refused by `scale`, the square of t over its degrees of freedom.
    ///
    /// With `r` the estimate and `x` the distance from it, `a - (r + x) b` has the mean `-x b` and a variance that is
    /// quadratic in `x`: (1 - g) x^2 + 2 c x - w <= 0, in units of the second mean squared. Written so, little is lost
    /// where the amounts are almost proportional: ends are right to about 1e-8 of the estimate there.
    fn ends(&self, ratio: f64, scale: f64) -> (f64, f64) {
        let n = self.replicates;
        // n^2 times mean squares, so that these and the squared sum of b have one scale.
        let aa = scatter(n, self.a_squared, self.a, self.a);
        let bb = scatter(n, self.b_squared, self.b, self.b);
        let ab = scatter(n, self.a_by_b, self.a, self.b);
        let unit = scale / (self.b as f64 * self.b as f64);
        let g = unit * bb;
        let c = unit * (ab - ratio * bb);
        let w = unit * (aa - 2.0 * ratio * ab + ratio * ratio * bb).max(0.0);
        let root = libm::sqrt((c * c + (1.0 - g) * w).max(0.0));
        if g < 1.0 {
            return (ratio - (root + c) / (1.0 - g), ratio + (root - c) / (1.0 - g));
        }
        // The second mean may be zero, so nothing is too large; something is too small if zero is.
        let zero_is_refused = self.a as f64 * self.a as f64 > scale * aa;
        (if zero_is_refused { ratio - w / (root - c) } else { 0.0 }, f64::INFINITY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(u64, u64)]) -> RatioOfMeans {
        let mut ratio = RatioOfMeans::default();
        for (a, b) in pairs {
            ratio.record(*a, *b);
        }
        ratio
    }

    /// Whether Student's t over `a - r b` refuses a mean of zero, from the definition.
    fn refused(pairs: &[(u64, u64)], r: f64, confidence: f64) -> bool {
        let n = pairs.len() as f64;
        let left: Vec<f64> = pairs.iter().map(|(a, b)| *a as f64 - r * *b as f64).collect();
        let mean = left.iter().sum::<f64>() / n;
        let variance = left.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
        mean.abs() > two_sided_t(confidence, pairs.len() as u64) * libm::sqrt(variance / n)
    }

    #[test]
    fn the_interval_is_what_the_test_does_not_refuse() {
        let samples: [&[(u64, u64)]; 4] = [
            &[(51, 102), (49, 111), (55, 97), (47, 108), (50, 100), (52, 93), (53, 117), (48, 88)],
            &[(0, 1_000), (900, 2_500), (10, 700), (33, 1_900), (5, 80)],
            &[(7, 3), (9, 4), (7, 4)],
            &[(1_000_000, 2_000_901), (1_100_000, 2_200_000), (1_900_000, 3_800_301)],
        ];
        for (pairs, confidence) in samples.into_iter().zip([0.95, 0.8, 0.9, 0.8]) {
            let found = of(pairs).interval(confidence).unwrap();
            let width = found.high - found.low;
            assert!(width > 0.0 && found.high.is_finite(), "{found:?}");
            assert!(!refused(pairs, found.low + 1e-6 * width, confidence), "{found:?}");
            assert!(!refused(pairs, found.high - 1e-6 * width, confidence), "{found:?}");
            assert!(found.low == 0.0 || refused(pairs, found.low - 1e-6 * width, confidence), "{found:?}");
            assert!(refused(pairs, found.high + 1e-6 * width, confidence), "{found:?}");
        }
    }

    #[test]
    fn what_both_amounts_share_drops_out() {
        let proportional: Vec<_> = [1_000_u64, 2_000, 3_000, 1_450].iter().map(|b| (3 * b, 10 * b)).collect();
        let found = of(&proportional).interval(0.95).unwrap();
        assert!(found.contains(0.3) && found.high - found.low < 1e-7, "{found:?}");
        assert_eq!(of(&[(1, 4); 30]).interval(0.95), Some(Interval { low: 0.25, high: 0.25 }));
        assert_eq!(of(&[(0, 8), (0, 9), (0, 9)]).interval(0.95), Some(Interval { low: 0.0, high: 0.0 }));
    }

    #[test]
    fn a_denominator_near_zero_leaves_the_top_open() {
        let pairs = [(9, 0), (12, 1), (10, 0), (11, 7)];
        let found = of(&pairs).interval(0.95).unwrap();
        assert_eq!(found.high, f64::INFINITY);
        assert!(found.low > 0.0 && found.low < 42.0 / 8.0);
        assert!(refused(&pairs, found.low * 0.999, 0.95) && !refused(&pairs, found.low * 1.001, 0.95));
        assert_eq!(of(&[(0, 0), (5, 1)]).interval(0.95), Some(Interval { low: 0.0, high: f64::INFINITY }));
        // At 1 the differences are all 1, which is refused; but zero is not, and so nothing below is.
        let apart = of(&[(1, 0), (101, 100), (4, 3)]).interval(0.95);
        assert_eq!(apart, Some(Interval { low: 0.0, high: f64::INFINITY }));
        // Nothing is refused at all.
        let anything = of(&[(0, 0), (1, 0), (0, 1)]).interval(0.95);
        assert_eq!(anything, Some(Interval { low: 0.0, high: f64::INFINITY }));
    }

    #[test]
    fn few_replicates_and_nonsense_have_no_interval() {
        assert_eq!((of(&[]).estimate(), of(&[]).interval(0.95)), (None, None));
        assert_eq!((of(&[(3, 0), (4, 0)]).estimate(), of(&[(3, 0), (4, 0)]).interval(0.95)), (None, None));
        assert_eq!((of(&[(1, 2)]).estimate(), of(&[(1, 2)]).interval(0.95)), (Some(0.5), None));
        for confidence in [1.0, f64::NAN] {
            let whole = Some(Interval { low: 0.0, high: f64::INFINITY });
            assert_eq!(of(&[(1, 2), (2, 3)]).interval(confidence), whole);
        }
        let none = of(&[(1, 2), (2, 3)]).interval(-1.0).unwrap();
        assert!((none.low - 0.6).abs() < 1e-12 && (none.high - 0.6).abs() < 1e-12);
    }

    #[test]
    fn huge_amounts_do_not_panic() {
        assert_eq!(of(&[(u64::MAX, 1); 3]).interval(0.95), None);
        assert_eq!(of(&[(1, u64::MAX); 3]).interval(0.95), None);
        let found = of(&[(1 << 61, 1 << 62), (1 << 60, 1 << 62), (1 << 61, 1 << 61)]).interval(0.95).unwrap();
        assert!(found.low >= 0.0 && found.contains(0.5) && found.high.is_finite(), "{found:?}");
    }
}
