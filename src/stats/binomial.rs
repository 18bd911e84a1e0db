//! Intervals for a probability from so many successes in so many independent trials.
//!
//! Counts are floating point: an effective number of trials, which dependence leaves of a larger one, need not be
//! whole.

use super::special::{incomplete_beta, last_where, student_t_quantile};
use crate::engine::normal_quantile;

/// A confidence interval, both ends included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end, not below the lower.
    pub high: f64,
}

impl Interval {
    /// All that a probability may be.
    pub const WHOLE: Self = Self { low: 0.0, high: 1.0 };

    /// Whether `value` is inside.
    #[must_use]
    pub fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}

/// Wilson's score interval: right on average, a little too narrow for some probabilities.
///
/// Without trials, for a `confidence` of 1 or more and for NaN it is [`Interval::WHOLE`]; `successes` are taken into
/// `0..=n`, `confidence` is taken to 0 or more.
///
/// Source: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22 (1927).
pub(super) fn wilson(successes: f64, n: f64, confidence: f64) -> Interval {
    let z = two_sided_z(confidence);
    if !is_experiment(successes, n) || z.is_infinite() {
        return Interval::WHOLE;
    }
    let p = (successes / n).clamp(0.0, 1.0);
    let z2n = z * z / n;
    let scale = 1.0 + z2n;
    let centre = (p + z2n / 2.0) / scale;
    let half = z * libm::sqrt((p * (1.0 - p) + z2n / 4.0) / n) / scale;
    // In exact arithmetic the ends touch 0 and 1 there and p is always inside.
    let low = if p <= 0.0 { 0.0 } else { (centre - half).clamp(0.0, p) };
    let high = if p >= 1.0 { 1.0 } else { (centre + half).clamp(p, 1.0) };
    Interval { low, high }
}

/// The exact interval of Clopper and Pearson: covers every probability at least as often as promised, so it is wide.
///
/// Arguments out of range are treated as in [`wilson`]. Relative error below 1e-8 up to a million trials.
///
/// Source: C. J. Clopper and E. S. Pearson, "The Use of Confidence or Fiducial Limits Illustrated in the Case of the
/// Binomial", Biometrika 26 (1934), in its form as beta quantiles, which also takes fractions.
pub(super) fn clopper_pearson(successes: f64, n: f64, confidence: f64) -> Interval {
    if !is_experiment(successes, n) || two_sided_z(confidence).is_infinite() {
        return Interval::WHOLE;
    }
    let hits = successes.clamp(0.0, n);
    let tail = tail_of(confidence);
    let low = if hits <= 0.0 { 0.0 } else { last_where(0.0, 1.0, |p| incomplete_beta(hits, n - hits + 1.0, p) < tail) };
    let high =
        if hits >= n { 1.0 } else { last_where(0.0, 1.0, |p| incomplete_beta(hits + 1.0, n - hits, p) < 1.0 - tail) };
    Interval { low, high }
}

/// Order statistics of `n` independent values that enclose their `q` quantile: ranks from 1 to `n`, in general
/// between two whole ones, `None` where `n` values are too few for an end.
///
/// The number of values up to the quantile is binomial(n, q), whatever the distribution: the lower end is the last rank
/// that is not above the quantile, the upper the first that is not below it, each but for half of the probability that
/// `confidence` leaves.
///
/// Source: H. A. David and H. N. Nagaraja, "Order Statistics", section 7.1.
///
/// ```
/// // The largest of 299 values is above the 99 % quantile in 95 of 100 cases; 298 are too few.
/// let high_end = |n| donsim::stats::quantile_ranks(0.99, n, 0.9).1;
/// assert!(high_end(299.0).is_some() && high_end(298.0).is_none());
/// ```
#[must_use]
pub fn quantile_ranks(q: f64, n: f64, confidence: f64) -> (Option<f64>, Option<f64>) {
    let inside = q > 0.0 && q < 1.0 && n.is_finite() && n >= 1.0;
    if !inside || two_sided_z(confidence).is_infinite() {
        return (None, None);
    }
    let tail = tail_of(confidence);
    // The probability that the value of this rank is not above the quantile; falls as the rank rises.
    let not_above = |rank: f64| incomplete_beta(rank, n - rank + 1.0, q);
    let low = (not_above(1.0) >= 1.0 - tail).then(|| last_where(1.0, n, |rank| not_above(rank) >= 1.0 - tail));
    let high = (not_above(n) <= tail).then(|| last_where(1.0, n, |rank| not_above(rank) > tail));
    (low, high)
}

/// The standard normal deviate that `confidence` lies within; infinite for 1 or more and for NaN, 0 for 0 or less.
pub(super) fn two_sided_z(confidence: f64) -> f64 {
    if confidence.is_nan() || confidence >= 1.0 { f64::INFINITY } else { normal_quantile(upper(confidence)) }
}

/// Student's t over so many replicates that `confidence` lies within; infinite for 1 or more and for NaN.
pub(super) fn two_sided_t(confidence: f64, replicates: u64) -> f64 {
    if confidence.is_nan() { f64::INFINITY } else { student_t_quantile(upper(confidence), replicates as f64 - 1.0) }
}

/// The probability below the upper end of an interval.
fn upper(confidence: f64) -> f64 {
    0.5 + 0.5 * confidence.clamp(0.0, 1.0)
}

fn tail_of(confidence: f64) -> f64 {
    0.5 - 0.5 * confidence.clamp(0.0, 1.0)
}

fn is_experiment(successes: f64, n: f64) -> bool {
    n > 0.0 && n.is_finite() && !successes.is_nan()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (successes, trials, confidence), Wilson's ends, Clopper's and Pearson's ends.
    type Golden = ((f64, f64, f64), (f64, f64), (f64, f64));

    const GOLDEN: [Golden; 11] = [
        ((0.0, 10.0, 0.95), (0.0, 0.277_532_799_862_889_2), (0.0, 0.308_497_107_818_760_7)),
        ((10.0, 10.0, 0.95), (0.722_467_200_137_110_7, 1.0), (0.691_502_892_181_239_2, 1.0)),
        ((1.0, 1.0, 0.95), (0.206_549_314_377_237_45, 1.0), (0.025, 1.0)),
        (
            (3.0, 10.0, 0.95),
            (0.107_791_267_406_300_9, 0.603_221_852_538_854_6),
            (0.066_739_511_177_734_5, 0.652_452_850_059_997_3),
        ),
        (
            (81.0, 263.0, 0.95),
            (0.255_288_519_878_274_2, 0.366_209_576_982_8),
            (0.252_736_745_585_271_26, 0.367_621_922_601_351_35),
        ),
        (
            (15.0, 148.0, 0.95),
            (0.062_386_399_530_736_3, 0.160_487_241_723_308_03),
            (0.057_844_010_083_448_576, 0.161_650_490_349_479),
        ),
        ((0.0, 20.0, 0.99), (0.0, 0.249_105_401_098_753_43), (0.0, 0.232_729_500_989_074_47)),
        (
            (997.0, 1_000.0, 0.95),
            (0.991_216_985_946_496_9, 0.998_979_216_118_861_4),
            (0.991_257_976_761_521_7, 0.999_380_900_068_350_5),
        ),
        (
            (50.0, 100.0, 0.9),
            (0.418_847_796_112_529_5, 0.581_152_203_887_470_6),
            (0.413_621_714_630_911_74, 0.586_378_285_369_088_2),
        ),
        (
            (123_456.0, 1e6, 0.95),
            (0.122_812_696_531_422_85, 0.124_102_196_414_004_38),
            (0.122_811_841_629_629_73, 0.124_102_340_276_802_68),
        ),
        (
            (2.5, 40.25, 0.95),
            (0.019_449_023_081_645_77, 0.181_076_408_763_318),
            (0.010_468_140_390_297_88, 0.185_733_754_482_656_47),
        ),
    ];

    const RANKS: [(f64, f64, Option<f64>, Option<f64>); 7] = [
        (0.5, 100.0, Some(40.723_422_192_323_8), Some(60.276_577_807_676_205)),
        (0.9, 57.5, Some(47.466_259_683_177_01), Some(56.254_467_853_175_804)),
        (0.99, 1_000.0, Some(983.913_114_821_018_4), Some(996.145_127_629_963_3)),
        (0.99, 100.0, Some(97.197_974_629_603_38), None),
        (0.01, 100.0, None, Some(3.802_025_370_396_62)),
        (0.5, 5.0, None, None),
        (0.5, 6.0, Some(1.194_124_113_378_955_3), Some(5.805_875_886_621_043)),
    ];

    #[test]
    fn intervals_match_reference() {
        // Reference: statsmodels, proportion_confint with "wilson" and "beta"; fractions: scipy 1.17.1, stats.beta.ppf.
        for ((k, n, confidence), score, exact) in GOLDEN {
            for (name, got, want) in
                [("wilson", wilson(k, n, confidence), score), ("exact", clopper_pearson(k, n, confidence), exact)]
            {
                let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * b;
                assert!(near(got.low, want.0) && near(got.high, want.1), "{name} {k} of {n}: {got:?}, {want:?}");
            }
        }
    }

    #[test]
    fn ranks_match_reference() {
        // Reference: scipy 1.17.1, special.betainc solved by optimize.brentq.
        for (q, n, low, high) in RANKS {
            let got = quantile_ranks(q, n, 0.95);
            let near = |a: Option<f64>, b: Option<f64>| match (a, b) {
                (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * b,
                (a, b) => a.is_none() && b.is_none(),
            };
            assert!(near(got.0, low) && near(got.1, high), "{q} of {n}: {got:?}");
        }
    }

    #[test]
    fn the_ends_are_touched_exactly() {
        for interval in [wilson, clopper_pearson] {
            for n in [0.5, 1.0, 7.0, 100.0, 1e6] {
                assert_eq!(interval(0.0, n, 0.95).low, 0.0);
                assert_eq!(interval(n, n, 0.95).high, 1.0);
                assert!(interval(0.0, n, 0.95).high < 1.0 && interval(n, n, 0.95).low > 0.0);
            }
        }
    }

    #[test]
    fn nonsense_says_nothing() {
        for interval in [wilson, clopper_pearson] {
            for (k, n, confidence) in [
                (0.0, 0.0, 0.95),
                (1.0, -1.0, 0.95),
                (1.0, f64::NAN, 0.95),
                (1.0, f64::INFINITY, 0.95),
                (f64::NAN, 5.0, 0.95),
                (1.0, 5.0, f64::NAN),
                (1.0, 5.0, 1.0),
            ] {
                assert_eq!(interval(k, n, confidence), Interval::WHOLE, "{k} {n} {confidence}");
            }
            assert_eq!(interval(9.0, 5.0, 0.95), interval(5.0, 5.0, 0.95));
            assert_eq!(interval(-9.0, 5.0, 0.95), interval(0.0, 5.0, 0.95));
        }
        assert_eq!(wilson(1.0, 4.0, -2.0), Interval { low: 0.25, high: 0.25 });
        for (q, n, confidence) in [(0.0, 9.0, 0.9), (1.0, 9.0, 0.9), (0.5, 0.0, 0.9), (0.5, 9.0, f64::NAN)] {
            assert_eq!(quantile_ranks(q, n, confidence), (None, None));
        }
    }

    #[test]
    fn intervals_rise_with_successes_and_shrink_with_trials() {
        for interval in [wilson, clopper_pearson] {
            let mut last = Interval { low: -1.0, high: -1.0 };
            for k in 0..=40 {
                let next = interval(f64::from(k), 40.0, 0.95);
                assert!(next.low >= last.low && next.high > last.high && next.contains(f64::from(k) / 40.0));
                last = next;
            }
            let width = |n: f64| interval(0.3 * n, n, 0.95).high - interval(0.3 * n, n, 0.95).low;
            assert!(width(10.0) > width(11.5) && width(11.5) > width(1_000.0));
        }
    }

    /// Coverage computed exactly from binomial probabilities, over a grid of true probabilities.
    #[test]
    fn coverage_is_as_promised() {
        let n = 50_i32;
        let covered = |interval: fn(f64, f64, f64) -> Interval, p: f64| {
            let chance = |k: i32| {
                let choose = libm::lgamma(f64::from(n + 1))
                    - libm::lgamma(f64::from(k + 1))
                    - libm::lgamma(f64::from(n - k + 1));
                libm::exp(choose + f64::from(k) * libm::log(p) + f64::from(n - k) * libm::log1p(-p))
            };
            let inside = |k: &i32| interval(f64::from(*k), f64::from(n), 0.95).contains(p);
            (0..=n).filter(inside).map(chance).sum::<f64>()
        };
        let grid: Vec<f64> = (1..40).map(|step| f64::from(step) / 40.0).collect();
        let average = |interval| grid.iter().map(|p| covered(interval, *p)).sum::<f64>() / grid.len() as f64;
        assert!((0.94..0.965).contains(&average(wilson)), "{}", average(wilson));
        assert!(grid.iter().all(|p| covered(clopper_pearson, *p) >= 0.95));
    }
}
