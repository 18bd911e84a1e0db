//! The incomplete beta function, and Student's t through it.

use crate::engine::normal_quantile;

/// The regularised incomplete beta function `I_x(a, b)` for positive `a` and `b`: 0 at and below `x = 0`, 1 at and
/// above 1. Relative error about 1e-13 for small arguments; it grows with `ln Γ`, to 1e-8 for arguments of a million.
///
/// Source: W. H. Press et al., "Numerical Recipes", section 6.4: Lentz's method on the continued fraction, on the side
/// of the mean where it converges in about `sqrt(max(a, b))` steps.
pub(super) fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let front =
        libm::exp(libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b) + a * libm::log(x) + b * libm::log1p(-x));
    if x < (a + 1.0) / (a + b + 2.0) {
        front * beta_fraction(a, b, x) / a
    } else {
        1.0 - front * beta_fraction(b, a, 1.0 - x) / b
    }
}

/// The continued fraction of `I_x(a, b)`.
fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    const MOST_STEPS: u32 = 100_000;
    const PRECISION: f64 = 4.0 * f64::EPSILON;
    let away_from_zero = |value: f64| if libm::fabs(value) < 1e-300 { 1e-300 } else { value };

    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for step in 1..=MOST_STEPS {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for term in [even, odd] {
            d = 1.0 / away_from_zero(1.0 + term * d);
            c = away_from_zero(1.0 + term / c);
            change = c * d;
            fraction *= change;
        }
        if change.is_nan() || libm::fabs(change - 1.0) <= PRECISION {
            break;
        }
    }
    fraction
}

/// Point between `low` and `high` at which `holds` turns from true to false, to the last bit where they are near each other and
/// to 2^-200 of their distance otherwise; the last point where it holds.
pub(super) fn last_where(mut low: f64, mut high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..200 {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// The quantile function of Student's t distribution with `degrees` degrees of freedom (need not be whole), for `p`
/// strictly between 0 and 1 (infinite at the ends, NaN outside and for non-positive or NaN `degrees`); relative error
/// below 1e-9.
///
/// Source: NIST DLMF 8.17 for the tail as an incomplete beta function; from a million degrees the first term of the
/// Cornish-Fisher expansion (Abramowitz and Stegun 26.7.5), whose error is below 1e-11 there.
pub(super) fn student_t_quantile(p: f64, degrees: f64) -> f64 {
    if degrees.is_nan() || degrees <= 0.0 {
        return f64::NAN;
    }
    let z = normal_quantile(p);
    if z == 0.0 || !z.is_finite() {
        return z;
    }
    if degrees >= 1e6 {
        return z + (z * z * z + z) / (4.0 * degrees);
    }
    let tail = if p < 0.5 { p } else { 1.0 - p };
    let magnitude = student_t_above(tail, libm::fabs(z), degrees);
    if p < 0.5 { -magnitude } else { magnitude }
}

/// The positive `t` above which there is this `tail`, from `z` which is nearer to zero.
///
/// The tail is convex and falls, so Newton's method comes nearer from one side only; what it cannot finish, heavy
/// tails of hardly any degrees of freedom, is bisected.
fn student_t_above(tail: f64, z: f64, degrees: f64) -> f64 {
    let peak = libm::exp(libm::lgamma(0.5 * (degrees + 1.0)) - libm::lgamma(degrees / 2.0))
        / libm::sqrt(degrees * std::f64::consts::PI);
    let density = |t: f64| peak * libm::exp(-0.5 * (degrees + 1.0) * libm::log1p(t * t / degrees));
    let mut t = z;
    for _ in 0..40 {
        let step = (student_t_tail(t, degrees) - tail) / density(t);
        if step.is_nan() {
            break;
        }
        if step <= 4.0 * f64::EPSILON * t {
            return t;
        }
        t += step;
    }
    // The tails of t are heavier than the normal's: its quantile is further out.
    let mut high = 2.0 * z;
    while high.is_finite() && student_t_tail(high, degrees) > tail {
        high *= 2.0;
    }
    last_where(0.0, high, |t| student_t_tail(t, degrees) > tail)
}

/// The probability above `t`, which is not negative.
fn student_t_tail(t: f64, degrees: f64) -> f64 {
    let square = t * t;
    if square < degrees {
        0.5 - 0.5 * incomplete_beta(0.5, degrees / 2.0, square / (degrees + square))
    } else {
        0.5 * incomplete_beta(degrees / 2.0, 0.5, degrees / (degrees + square))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BETA: [(f64, f64, f64, f64); 8] = [
        (0.5, 0.5, 0.3, 0.369_010_119_565_545_36),
        (2.0, 3.0, 0.4, 0.524_8),
        (10.0, 1.0, 0.9, 0.348_678_440_1),
        (0.5, 49.5, 0.02, 0.841_660_094_340_274_4),
        (5_000.0, 5_001.0, 0.5, 0.503_989_323_069_691_7),
        (500.0, 2.0, 0.99, 0.039_422_898_254_487_644),
        (1e-3, 5.0, 0.1, 0.999_409_219_310_294_3),
        (350_000.0, 350_001.0, 0.499_5, 0.201_727_886_613_240_9),
    ];

    const STUDENT: [(f64, f64, f64); 12] = [
        (0.975, 1.0, 12.706_204_736_174_694),
        (0.975, 2.0, 4.302_652_729_749_462),
        (0.95, 5.0, 2.015_048_373_333_023_3),
        (0.995, 10.0, 3.169_272_672_616_95),
        (0.975, 99.0, 1.984_216_951_586_417_4),
        (0.975, 999.0, 1.962_341_461_133_449_3),
        (0.999_999_5, 1.0, 636_619.772_419_430_3),
        (0.3, 4.0, -0.568_649_063_049_705_3),
        (0.6, 3.0, 0.276_670_662_332_689_8),
        (0.999, 30.0, 3.385_184_866_829_304_5),
        (0.975, 999_999.0, 1.959_966_356_816_479_1),
        (0.975, 2_000_000.0, 1.959_965_170_676_374_8),
    ];

    fn assert_near(got: f64, want: f64, relative: f64, what: &str) {
        assert!((got - want).abs() <= relative * want.abs(), "{what}: {got} is not {want}");
    }

    #[test]
    fn incomplete_beta_matches_reference() {
        // Reference: scipy 1.17.1, special.betainc.
        for (a, b, x, want) in BETA {
            assert_near(incomplete_beta(a, b, x), want, 1e-14 * (a + b).max(100.0), &format!("I_{x}({a}, {b})"));
        }
    }

    #[test]
    fn incomplete_beta_is_symmetric_and_rises() {
        for (a, b) in [(0.5, 0.5), (3.0, 8.0), (40.5, 2.25), (700.0, 1.0)] {
            let mut last = 0.0;
            for step in 0..=1_000 {
                let x = f64::from(step) / 1_000.0;
                let value = incomplete_beta(a, b, x);
                assert!(value >= last - 1e-15, "{a} {b} {x}");
                assert!((value + incomplete_beta(b, a, 1.0 - x) - 1.0).abs() < 1e-11, "{a} {b} {x}");
                last = value;
            }
        }
    }

    #[test]
    fn student_t_matches_reference() {
        // Reference: scipy 1.17.1, stats.t.ppf.
        for (p, degrees, want) in STUDENT {
            assert_near(student_t_quantile(p, degrees), want, 1e-9, &format!("t_{degrees}({p})"));
        }
    }

    #[test]
    fn student_t_is_symmetric_and_joins_the_normal() {
        assert_eq!(student_t_quantile(0.5, 3.0), 0.0);
        assert_eq!(student_t_quantile(0.25, 7.0), -student_t_quantile(0.75, 7.0));
        assert_near(student_t_quantile(0.975, 999_999.9), student_t_quantile(0.975, 1e6), 1e-9, "the seam");
        assert_eq!(student_t_quantile(0.975, f64::INFINITY), normal_quantile(0.975));
    }

    #[test]
    fn student_t_survives_nonsense() {
        assert_eq!(student_t_quantile(1.0, 5.0), f64::INFINITY);
        assert_eq!(student_t_quantile(0.0, 5.0), f64::NEG_INFINITY);
        for (p, degrees) in [(1.5, 5.0), (f64::NAN, 5.0), (0.9, 0.0), (0.9, -1.0), (0.9, f64::NAN)] {
            assert!(student_t_quantile(p, degrees).is_nan(), "{p} {degrees}");
        }
        assert!(student_t_quantile(0.975, 1e-9) > 1e100);
    }
}
