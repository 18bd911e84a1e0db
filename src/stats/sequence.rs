//! A confidence sequence for a share of rows: an interval for every number of replicates, all of which together cover the
//! truth as often as one interval promises. Whoever looks again and again, and stops because of what is seen, may use them.
//!
//! The mean of values `x` from 0 to 1 is held against every `m` by a bet. Somebody with a capital of 1 stakes a share `c` of
//! it, replicate by replicate, on a mean above `m`, and has `Π (1 - c + c x / m)` in the end. If the mean is `m` or less,
//! nobody wins in expectation, and the chance that the capital ever reaches `1 / a` is at most `a` (Ville's inequality); so
//! what lies below all `m` where it did is ruled out. A few stakes at once, with equal parts of the capital, suit any number of
//! replicates and any spread of the values: nothing is assumed of either, nor of how rows of a replicate depend on each other.
//!
//! Source: I. Waudby-Smith and A. Ramdas, "Estimating means of bounded random variables by betting", Journal of the Royal
//! Statistical Society B 86 (2024).

use std::collections::BTreeMap;

use super::binomial::Interval;
use super::special::last_where;

/// Stakes that are played at once. With 20, each half as large in variance as the one before, ends are 3.3 to 3.5 standard errors
/// from a share of one half at a promised 95 %, from 1,000 to 1,000,000 replicates; those of one interval at one time are 1.96.
const STAKES: u32 = 20;

/// The largest stake, in standard deviations of a value that is 0 or 1 with mean `m`.
const LARGEST: f64 = 0.5;

/// Accumulates hits among rows of which every replicate has equally many.
///
/// ```
/// let mut accepted = donsim::stats::RateSequence::default();
/// for replicate in 0..4_000 {
///     accepted.record(if replicate % 10 == 0 { 0 } else { 7 }, 7);
/// }
/// let interval = accepted.interval(0.95).unwrap();
/// assert!(interval.low > 0.88 && interval.contains(0.9) && interval.high < 0.92);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RateSequence {
    rows: u32,
    /// Replicates by their hits.
    replicates: BTreeMap<u32, u64>,
}

impl RateSequence {
    /// Adds a replicate: `hits` of its `rows`, no more than there are. One without rows says nothing and does not count.
    pub fn record(&mut self, hits: u32, rows: u32) {
        self.record_many(1, hits, rows);
    }

    /// Adds `replicates` that are all alike; see [`Self::record`].
    pub fn record_many(&mut self, replicates: u64, hits: u32, rows: u32) {
        if rows > 0 && replicates > 0 {
            self.rows = rows;
            *self.replicates.entry(hits.min(rows)).or_default() += replicates;
        }
    }

    /// The interval of the share after so many replicates: at every number of them, all intervals of this `confidence` cover the
    /// share together as often as it says. Each end by itself has half of the risk. `None` without rows.
    #[must_use]
    pub fn interval(&self, confidence: f64) -> Option<Interval> {
        if self.replicates.is_empty() {
            return None;
        }
        let risk = (1.0 - confidence.clamp(0.0, 1.0)) / 2.0;
        if risk.is_nan() || risk <= 0.0 {
            return Some(Interval::WHOLE);
        }
        let misses = self.replicates.iter().map(|(hits, replicates)| (self.rows - hits, *replicates)).collect();
        let misses = Self { rows: self.rows, replicates: misses };
        Some(Interval { low: self.low(risk), high: 1.0 - misses.low(risk) })
    }

    /// The largest mean against which the capital has grown to `1 / risk`; it falls as the mean rises.
    fn low(&self, risk: f64) -> f64 {
        last_where(0.0, 1.0, |mean| self.ln_capital(mean) >= -libm::log(risk))
    }

    /// Logarithm of the capital that bets on more than `mean`, strictly between 0 and 1, have become.
    fn ln_capital(&self, mean: f64) -> f64 {
        let deviation = libm::sqrt(mean / (1.0 - mean));
        let of_stake = |number: u32| {
            let stake = (LARGEST * libm::exp2(-0.5 * f64::from(number)) * deviation).min(1.0);
            let win = |(hits, replicates): (&u32, &u64)| {
                let value = f64::from(*hits) / f64::from(self.rows);
                *replicates as f64 * libm::log1p(stake * (value / mean - 1.0))
            };
            self.replicates.iter().map(win).sum::<f64>()
        };
        let all: Vec<f64> = (0..STAKES).map(of_stake).collect();
        let most = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if most.is_infinite() {
            return most;
        }
        most + libm::log(all.iter().map(|ln| libm::exp(ln - most)).sum::<f64>() / f64::from(STAKES))
    }
}

/// Confidence of an interval that is for one look, at look number `look` from 0, so that those of all looks cover together as often
/// as `confidence` says: the first has half of the risk, the next a sixth, then a twelfth and so on.
#[must_use]
pub fn shared_over_looks(confidence: f64, look: u32) -> f64 {
    let look = f64::from(look);
    1.0 - (1.0 - confidence) / ((look + 1.0) * (look + 2.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(replicates: &[(u64, u32)], rows: u32) -> RateSequence {
        let mut sequence = RateSequence::default();
        for (count, hits) in replicates {
            sequence.record_many(*count, *hits, rows);
        }
        sequence
    }

    #[test]
    fn nothing_says_nothing() {
        for empty in [of(&[], 7), of(&[(0, 3)], 7), of(&[(3, 0)], 0)] {
            assert_eq!(empty.interval(0.95), None);
        }
        assert_eq!(of(&[(3, 9)], 4), of(&[(3, 4)], 4));
        for confidence in [1.0, 2.0, f64::NAN] {
            assert_eq!(of(&[(9, 1)], 1).interval(confidence), Some(Interval::WHOLE));
        }
    }

    /// With hits alone the largest stake becomes all of the capital, which then is between `m^-n / 20` and `m^-n`.
    #[test]
    fn hits_alone_are_a_bet_on_all() {
        for n in [100, 1_000, 1_000_000] {
            let interval = of(&[(n, 7)], 7).interval(0.95).unwrap();
            let capital = -libm::log(interval.low) * n as f64;
            assert!(
                capital > libm::log(40.0) && capital < libm::log(20.0 * 40.0) && interval.high == 1.0,
                "{n}: {interval:?}"
            );
            let none = of(&[(n, 0)], 7).interval(0.95).unwrap();
            assert_eq!((none.low, none.high), (0.0, 1.0 - interval.low));
        }
    }

    #[test]
    fn ends_are_some_standard_errors_from_the_share() {
        for (n, share, few, many) in [(1_000, 0.5, 3.2, 3.5), (1_000_000, 0.5, 3.2, 3.5), (32_000, 0.1, 3.1, 3.5)] {
            let hits = libm::round(n as f64 * share) as u64;
            let interval = of(&[(hits, 1), (n - hits, 0)], 1).interval(0.95).unwrap();
            let error = libm::sqrt(share * (1.0 - share) / n as f64);
            for end in [(share - interval.low) / error, (interval.high - share) / error] {
                assert!((few..many).contains(&end), "{n} {share}: {end}");
            }
        }
    }

    #[test]
    fn hits_and_misses_mirror_each_other() {
        let hits = of(&[(700, 7), (200, 5), (100, 0)], 7).interval(0.9).unwrap();
        let misses = of(&[(700, 0), (200, 2), (100, 7)], 7).interval(0.9).unwrap();
        assert!((hits.low + misses.high - 1.0).abs() < 1e-12 && (hits.high + misses.low - 1.0).abs() < 1e-12);
    }

    #[test]
    fn rows_that_agree_less_say_more() {
        let width = |sequence: RateSequence| sequence.interval(0.95).map(|it| it.high - it.low).unwrap();
        let agreeing = width(of(&[(500, 4), (500, 0)], 4));
        let apart = width(of(&[(62, 0), (250, 1), (376, 2), (250, 3), (62, 4)], 4));
        assert!(apart < 0.6 * agreeing, "{apart} {agreeing}");
    }

    #[test]
    fn golden_bits() {
        // Printed once by this code: results are the same on every machine.
        let interval = of(&[(700, 7), (200, 5), (100, 0)], 7).interval(0.95).unwrap();
        assert_eq!([interval.low.to_bits(), interval.high.to_bits()], [0x3fe9_d76e_7ba6_e51d, 0x3feb_eec9_71d3_8f16]);
    }
}
