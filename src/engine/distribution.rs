//! Distributions of time spans, sampled by the inverse of their distribution function.
//!
//! One uniform makes one sample and a larger uniform never makes a smaller sample, so a draw keeps its rank when a
//! parameter changes. All mathematics is `libm`'s: the platform's differ in the last bits.

use std::sync::Arc;

use thiserror::Error;

use self::coefficients::{CENTRE, FAR, MIDDLE, Rational};

use super::{Span, Uniform};

/// A distribution of time spans.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// Always the same.
    Constant(Span),
    /// Anything from `min` to `max`, equally likely.
    Uniform {
        /// The least.
        min: Span,
        /// The most.
        max: Span,
    },
    /// Exponential with this mean.
    Exponential {
        /// The mean.
        mean: Span,
    },
    /// Lognormal with this median and 99 % quantile.
    LogNormal {
        /// The median.
        p50: Span,
        /// The 99 % quantile.
        p99: Span,
    },
    /// Pareto: never below `min`, a tail of exponent `alpha`.
    Pareto {
        /// The least.
        min: Span,
        /// The exponent of the tail.
        alpha: f64,
    },
    /// One of these observed values, equally likely; sorted, not empty.
    Empirical(Arc<[Span]>),
}

/// Why parameters do not make a distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DistributionError {
    /// `min` above `max`.
    #[error("min is above max")]
    MinAboveMax,
    /// A lognormal median of zero.
    #[error("p50 must be above zero")]
    ZeroMedian,
    /// A lognormal 99 % quantile below the median.
    #[error("p99 is below p50")]
    TailBelowMedian,
    /// A Pareto exponent that is not a positive number.
    #[error("alpha must be a positive number")]
    BadExponent,
    /// No observed values.
    #[error("there are no values")]
    NoValues,
}

impl Distribution {
    /// A constant.
    #[must_use]
    pub const fn constant(span: Span) -> Self {
        Self::Constant(span)
    }

    /// Uniform over `min..=max`.
    ///
    /// # Errors
    /// When `min` is above `max`.
    pub fn uniform(min: Span, max: Span) -> Result<Self, DistributionError> {
        if min > max { Err(DistributionError::MinAboveMax) } else { Ok(Self::Uniform { min, max }) }
    }

    /// Lognormal by its median and 99 % quantile.
    ///
    /// # Errors
    /// When the median is zero or above the 99 % quantile.
    pub fn lognormal(p50: Span, p99: Span) -> Result<Self, DistributionError> {
        if p50 == Span::ZERO {
            return Err(DistributionError::ZeroMedian);
        }
        if p99 < p50 { Err(DistributionError::TailBelowMedian) } else { Ok(Self::LogNormal { p50, p99 }) }
    }

    /// Pareto by its minimum and tail exponent.
    ///
    /// # Errors
    /// When `alpha` is not a positive finite number.
    pub fn pareto(min: Span, alpha: f64) -> Result<Self, DistributionError> {
        if alpha.is_finite() && alpha > 0.0 {
            Ok(Self::Pareto { min, alpha })
        } else {
            Err(DistributionError::BadExponent)
        }
    }

    /// The empirical distribution of `values`, in any order.
    ///
    /// # Errors
    /// When there are none.
    pub fn empirical(mut values: Vec<Span>) -> Result<Self, DistributionError> {
        if values.is_empty() {
            return Err(DistributionError::NoValues);
        }
        values.sort_unstable();
        Ok(Self::Empirical(values.into()))
    }

    /// The sample that belongs to `uniform`; non-decreasing in it.
    #[must_use]
    pub fn sample(&self, uniform: Uniform) -> Span {
        let u = uniform.unit();
        match self {
            Self::Constant(span) => *span,
            Self::Uniform { min, max } => {
                let width = (*max - *min).as_nanos() as f64;
                (*min + Span::from_nanos_f64(u * width)).min(*max)
            }
            Self::Exponential { mean } => Span::from_nanos_f64(-nanos(*mean) * libm::log1p(-u)),
            Self::LogNormal { p50, p99 } => {
                let sigma = libm::log(nanos(*p99) / nanos(*p50)) / Z99;
                Span::from_nanos_f64(nanos(*p50) * libm::exp(sigma * normal_quantile(u)))
            }
            Self::Pareto { min, alpha } => Span::from_nanos_f64(nanos(*min) * libm::exp(-libm::log1p(-u) / alpha)),
            Self::Empirical(values) => values[uniform.below(values.len() as u64) as usize],
        }
    }
}

fn nanos(span: Span) -> f64 {
    span.as_nanos() as f64
}

/// The 99 % quantile of the standard normal distribution.
const Z99: f64 = 2.326_347_874_040_841;

/// The quantile function of the standard normal distribution, for `p` strictly between 0 and 1 (infinite at the ends,
/// NaN outside); relative error about 1e-16.
///
/// Source: M. J. Wichura, "Algorithm AS 241: The Percentage Points of the Normal Distribution", Applied Statistics 37
/// (1988), routine PPND16.
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if libm::fabs(q) <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * ratio(r, &CENTRE);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    let r = libm::sqrt(-libm::log(tail));
    let magnitude = if r.is_infinite() {
        r
    } else if r <= 5.0 {
        ratio(r - 1.6, &MIDDLE)
    } else {
        ratio(r - 5.0, &FAR)
    };
    if q < 0.0 { -magnitude } else { magnitude }
}

fn ratio(r: f64, [numerator, denominator]: &Rational) -> f64 {
    let horner = |coefficients: &[f64; 8]| coefficients.iter().rev().fold(0.0, |sum, c| sum * r + c);
    horner(numerator) / horner(denominator)
}

// The coefficients stand as they were published.
#[expect(clippy::excessive_precision)]
mod coefficients {
    /// Numerator and denominator coefficients, by rising power.
    pub(super) type Rational = [[f64; 8]; 2];

    pub(super) const CENTRE: Rational = [
        [
            3.387_132_872_796_366_608,
            133.141_667_891_784_377_45,
            1_971.590_950_306_551_442_7,
            13_731.693_765_509_461_125,
            45_921.953_931_549_871_457,
            67_265.770_927_008_700_853,
            33_430.575_583_588_128_105,
            2_509.080_928_730_122_672_7,
        ],
        [
            1.0,
            42.313_330_701_600_911_252,
            687.187_007_492_057_908_3,
            5_394.196_021_424_751_107_7,
            21_213.794_301_586_595_867,
            39_307.895_800_092_710_61,
            28_729.085_735_721_942_674,
            5_226.495_278_852_854_561,
        ],
    ];

    pub(super) const MIDDLE: Rational = [
        [
            1.423_437_110_749_683_577_34,
            4.630_337_846_156_545_295_9,
            5.769_497_221_460_691_405_5,
            3.647_848_324_763_204_605_04,
            1.270_458_252_452_368_382_58,
            0.241_780_725_177_450_611_77,
            0.022_723_844_989_269_184_583_3,
            7.745_450_142_783_414_076_4e-4,
        ],
        [
            1.0,
            2.053_191_626_637_758_821_87,
            1.676_384_830_183_803_849_4,
            0.689_767_334_985_100_004_55,
            0.148_103_976_427_480_074_59,
            0.015_198_666_563_616_457_196_6,
            5.475_938_084_995_344_946e-4,
            1.050_750_071_644_416_843_24e-9,
        ],
    ];

    pub(super) const FAR: Rational = [
        [
            6.657_904_643_501_103_777_2,
            5.463_784_911_164_114_369_9,
            1.784_826_539_917_291_335_8,
            0.296_560_571_828_504_891_23,
            0.026_532_189_526_576_123_093,
            0.001_242_660_947_388_078_438_6,
            2.711_555_568_743_487_578_15e-5,
            2.010_334_399_292_288_132_65e-7,
        ],
        [
            1.0,
            0.599_832_206_555_887_937_69,
            0.136_929_880_922_735_805_31,
            0.014_875_361_290_850_614_852_5,
            7.868_691_311_456_132_591e-4,
            1.846_318_317_510_054_681_8e-5,
            1.421_511_758_316_445_888_7e-7,
            2.044_263_103_389_939_785_64e-15,
        ],
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{DrawKey, Draws};

    const MS: u64 = 1_000_000;

    fn all() -> Vec<(&'static str, Distribution)> {
        let ms = Span::from_millis;
        vec![
            ("constant", Distribution::constant(ms(40))),
            ("uniform", Distribution::uniform(ms(10), ms(30)).unwrap()),
            ("exponential", Distribution::Exponential { mean: ms(20) }),
            ("lognormal", Distribution::lognormal(ms(40), ms(180)).unwrap()),
            ("pareto", Distribution::pareto(ms(5), 1.5).unwrap()),
            ("empirical", Distribution::empirical(vec![ms(9), ms(3), ms(3), ms(1)]).unwrap()),
        ]
    }

    #[test]
    fn normal_quantile_matches_reference() {
        // Reference: Python 3.11, statistics.NormalDist().inv_cdf.
        for (p, z) in [
            (1e-12, -7.034_483_825_301_132),
            (0.001, -3.090_232_306_167_813),
            (0.05, -1.644_853_626_951_472_6),
            (0.3, -0.524_400_512_708_040_7),
            (0.5, 0.0),
            (0.9, 1.281_551_565_544_600_8),
            (0.99, Z99),
            (0.999_999_999, 5.997_807_019_601_638),
        ] {
            assert!((normal_quantile(p) - z).abs() <= 1e-14 * z.abs(), "{p}: {}", normal_quantile(p));
        }
    }

    #[test]
    fn golden_samples() {
        let quarters = [1_u64 << 62, 1 << 63, 3 << 62, u64::MAX];
        // Printed once by this code; every result file depends on them.
        let golden = [
            [40_000_000; 4],
            [15_000_000, 20_000_000, 25_000_000, 30_000_000],
            [5_753_641, 13_862_944, 27_725_887, 734_736_011],
            [25_862_518, 40_000_000, 61_865_594, 8_076_182_027],
            [6_057_069, 7_937_005, 12_599_210, 216_452_788_193_618_240],
            [3_000_000, 3_000_000, 9_000_000, 9_000_000],
        ];
        for ((name, distribution), golden) in all().into_iter().zip(golden) {
            let samples = quarters.map(|bits| distribution.sample(Uniform::from_bits(bits)).as_nanos());
            assert_eq!(samples, golden, "{name}");
        }
    }

    /// Kolmogorov-Smirnov: 20,000 keyed draws against the distribution function; 1.95 / sqrt(n) is exceeded with
    /// probability 1e-3 for a right sampler, and the draws are fixed, so the outcome is too.
    #[test]
    fn samples_follow_their_law() {
        type Law = Box<dyn Fn(f64) -> f64>;
        let ms = |x: f64| x * MS as f64;
        let laws: [(usize, Law); 4] = [
            (1, Box::new(move |x| ((x - ms(10.0)) / ms(20.0)).clamp(0.0, 1.0))),
            (2, Box::new(move |x| -libm::expm1(-x / ms(20.0)))),
            (3, Box::new(move |x| normal_cdf(libm::log(x / ms(40.0)) * Z99 / libm::log(180.0 / 40.0)))),
            (4, Box::new(move |x| 1.0 - libm::pow(ms(5.0) / x, 1.5))),
        ];
        let n = 20_000_u32;
        for (at, law) in laws {
            let (name, distribution) = &all()[at];
            let mut samples: Vec<f64> = (0..n)
                .map(|i| Draws::new(11, 0).draw(DrawKey { site: 1, parts: [at as u32, i, 0, 0, 0] }))
                .map(|u| distribution.sample(u).as_nanos() as f64)
                .collect();
            samples.sort_by(f64::total_cmp);
            let distance = samples
                .iter()
                .enumerate()
                .map(|(i, x)| (law(*x) - (i as f64 + 0.5) / f64::from(n)).abs())
                .fold(0.0, f64::max);
            assert!(distance < 1.95 / f64::from(n).sqrt(), "{name}: {distance}");
        }
    }

    fn normal_cdf(z: f64) -> f64 {
        0.5 * libm::erfc(-z / core::f64::consts::SQRT_2)
    }

    #[test]
    fn empirical_values_come_equally_often() {
        let distribution = &all()[5].1;
        let mut counts = std::collections::BTreeMap::new();
        for i in 0..4_000_u32 {
            let u = Draws::new(2, 0).draw(DrawKey { site: 1, parts: [i, 0, 0, 0, 0] });
            *counts.entry(distribution.sample(u).as_nanos() / MS).or_insert(0) += 1;
        }
        // Expected 1,000, 2,000, 1,000; five standard deviations of a binomial are 137 and 158.
        assert_eq!(counts.keys().copied().collect::<Vec<_>>(), [1, 3, 9]);
        for (value, expected, slack) in [(1, 1_000, 137), (3, 2_000, 158), (9, 1_000, 137)] {
            assert!(i32::abs(counts[&value] - expected) < slack, "{value}: {}", counts[&value]);
        }
    }

    #[test]
    fn samples_never_fall_as_the_draw_rises() {
        for (name, distribution) in all() {
            let mut last = Span::ZERO;
            for step in 0..10_000_u64 {
                let sample = distribution.sample(Uniform::from_bits(step * (u64::MAX / 10_000)));
                assert!(sample >= last, "{name}");
                last = sample;
            }
        }
    }

    #[test]
    fn impossible_parameters_are_refused() {
        let ms = Span::from_millis;
        assert_eq!(Distribution::uniform(ms(2), ms(1)), Err(DistributionError::MinAboveMax));
        assert_eq!(Distribution::lognormal(ms(0), ms(1)), Err(DistributionError::ZeroMedian));
        assert_eq!(Distribution::lognormal(ms(2), ms(1)), Err(DistributionError::TailBelowMedian));
        assert_eq!(Distribution::pareto(ms(2), 0.0), Err(DistributionError::BadExponent));
        assert_eq!(Distribution::pareto(ms(2), f64::NAN), Err(DistributionError::BadExponent));
        assert_eq!(Distribution::empirical(vec![]), Err(DistributionError::NoValues));
    }
}
