//! Integrals of smooth functions, and tables of smooth laws.

use std::sync::LazyLock;

/// Nodes a panel.
const NODES: usize = 24;

/// Nodes and weights of an integral from 0 to 1.
static RULE: LazyLock<[(f64, f64); NODES]> = LazyLock::new(|| {
    std::array::from_fn(|at| {
        // Newton's method from the usual guess at a root of Legendre's polynomial.
        let mut x = libm::cos(core::f64::consts::PI * (at as f64 + 0.75) / (NODES as f64 + 0.5));
        let mut slope = 1.0;
        for _ in 0..8 {
            let (mut p, mut before) = (x, 1.0);
            for degree in 2..=NODES {
                let k = degree as f64;
                (p, before) = (((2.0 * k - 1.0) * x * p - (k - 1.0) * before) / k, p);
            }
            slope = NODES as f64 * (x * p - before) / (x * x - 1.0);
            x -= p / slope;
        }
        let (node, weight) = (0.5 * (1.0 - x), 1.0 / ((1.0 - x * x) * slope * slope));
        // Crowded at the ends, where quantile functions are steep.
        (node * node * (3.0 - 2.0 * node), 6.0 * node * (1.0 - node) * weight)
    })
});

/// The integral of `f` from 0 to 1, in panels that end at `breaks` (in any order; those outside do not count). Within a
/// panel `f` should be smooth, but for steep ends.
pub(super) fn integral(breaks: &[f64], f: impl Fn(f64) -> f64) -> f64 {
    let mut ends: Vec<f64> = breaks.iter().copied().filter(|at| *at > 0.0 && *at < 1.0).chain([0.0, 1.0]).collect();
    ends.sort_by(f64::total_cmp);
    let panel = |pair: &[f64]| {
        let width = pair[1] - pair[0];
        let sum: f64 = RULE.iter().map(|(node, weight)| weight * f(pair[0] + node * width)).sum();
        if width > 0.0 { width * sum } else { 0.0 }
    };
    ends.windows(2).map(panel).sum()
}

/// The least `t` within `low..=high` for which a rising function is at least `level`, to a relative 1e-12 of the width.
pub(super) fn first_where(low: f64, high: f64, level: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (mut below, mut above) = (low, high);
    for _ in 0..60 {
        let middle = 0.5 * (below + above);
        if f(middle) >= level {
            above = middle;
        } else {
            below = middle;
        }
        if above - below <= 1e-12 * (high - low) {
            break;
        }
    }
    above
}

/// A smooth distribution function, looked up.
#[derive(Clone, Debug)]
pub(super) struct Table {
    low: f64,
    step: f64,
    values: Vec<f64>,
}

/// Steps of a table.
const STEPS: usize = 2_048;

/// Probability that a law leaves out at either end of its table.
const OUTSIDE: f64 = 1e-10;

impl Table {
    /// Of a distribution function on `low..=high`; where it hardly differs from 0 or 1, no table is kept.
    pub(super) fn of(low: f64, high: f64, f: impl Fn(f64) -> f64) -> Self {
        let first = first_where(low, high, OUTSIDE, &f);
        let last = first_where(low, high, 1.0 - OUTSIDE, &f);
        let step = ((last - first) / STEPS as f64).max(f64::MIN_POSITIVE);
        let values = (0..=STEPS).map(|at| f(first + at as f64 * step)).collect();
        Self { low: first, step, values }
    }

    /// Its value, by the cubic through the four nearest.
    pub(super) fn at(&self, t: f64) -> f64 {
        let place = (t - self.low) / self.step;
        if place <= 0.0 {
            return 0.0;
        }
        if place >= STEPS as f64 {
            // Beyond the range for which it was made it stays what it is at its end.
            return if self.values[STEPS] >= 1.0 - 2.0 * OUTSIDE { 1.0 } else { self.values[STEPS] };
        }
        let start = (place as usize).clamp(1, STEPS - 2) - 1;
        let x = place - start as f64;
        let [a, b, c, d] = std::array::from_fn(|at| self.values[start + at]);
        let (w, z, y) = (x - 3.0, x - 2.0, x - 1.0);
        (-a * y * z * w / 6.0 + b * x * z * w / 2.0 - c * x * y * w / 2.0 + d * x * y * z / 6.0).clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integrals_by_hand() {
        assert!((integral(&[], |_| 1.0) - 1.0).abs() < 1e-14);
        assert!((integral(&[0.3, 7.0], |x| x * x) - 1.0 / 3.0).abs() < 1e-14);
        // A steep end: the mean of an exponential by its quantiles.
        assert!((integral(&[], |x| -libm::log1p(-x)) - 1.0).abs() < 1e-4);
        assert!((integral(&[], |x| libm::exp(libm::log1p(-x))) - 0.5).abs() < 1e-13);
        // A kink where a panel ends.
        assert!((integral(&[0.4], |x| (x - 0.4).max(0.0)) - 0.18).abs() < 1e-14);
    }

    #[test]
    fn tables_interpolate() {
        let law = |t: f64| {
            if t <= 0.0 {
                0.0
            } else {
                let e = libm::exp(-t);
                1.0 - e * (1.0 + t + t * t / 2.0)
            }
        };
        let table = Table::of(0.0, 100.0, law);
        for step in 0..1_000 {
            let t = f64::from(step) * 0.0357;
            assert!((table.at(t) - law(t)).abs() < 1e-8, "{t}: {} {}", table.at(t), law(t));
        }
        assert_eq!((table.at(-1.0), table.at(1e9)), (0.0, 1.0));
        assert!((Table::of(0.0, 2.0, law).at(5.0) - law(2.0)).abs() < 1e-9);
    }
}
