//! Distribution functions of the laws that a scenario may give to a time, in ns.
//!
//! [`Distribution`] draws samples; here stand the functions behind them. A sample is rounded to a nanosecond, which
//! moves a time by half of one at most.

use crate::engine::{Distribution, Span, normal_quantile};
use crate::network::LinkSetup;

/// A law of a time: of one draw, or of the first of a message's copies, which are lost together.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Law {
    draw: Draw,
    duplication: f64,
    /// Probability that nothing arrives.
    pub(super) loss: f64,
}

/// A law of one draw.
#[derive(Clone, Debug, PartialEq)]
enum Draw {
    /// These values, rising, each with the probability of at most it.
    Atoms(Vec<(f64, f64)>),
    Uniform(f64, f64),
    /// With this mean.
    Exponential(f64),
    LogNormal {
        median: f64,
        sigma: f64,
    },
    Pareto {
        min: f64,
        alpha: f64,
    },
}

impl Draw {
    fn of(distribution: &Distribution) -> Self {
        let constant = |span: &Span| Self::Atoms(vec![(nanos(*span), 1.0)]);
        match distribution {
            Distribution::Constant(span) => constant(span),
            Distribution::Uniform { min, max } if min == max => constant(min),
            Distribution::Uniform { min, max } => Self::Uniform(nanos(*min), nanos(*max)),
            Distribution::Exponential { mean } if *mean == Span::ZERO => constant(mean),
            Distribution::Exponential { mean } => Self::Exponential(nanos(*mean)),
            Distribution::LogNormal { p50, p99 } if p50 == p99 => constant(p50),
            Distribution::LogNormal { p50, p99 } => {
                let sigma = libm::log(nanos(*p99) / nanos(*p50)) / normal_quantile(0.99);
                Self::LogNormal { median: nanos(*p50), sigma }
            }
            Distribution::Pareto { min, .. } if *min == Span::ZERO => constant(min),
            Distribution::Pareto { min, alpha } => Self::Pareto { min: nanos(*min), alpha: *alpha },
            Distribution::Empirical(values) => {
                let equal = values.chunk_by(|a, b| a == b);
                let ranks = equal.scan(0, |rank, run| {
                    *rank += run.len();
                    Some((nanos(run[0]), *rank as f64 / values.len() as f64))
                });
                Self::Atoms(ranks.collect())
            }
        }
    }
}

impl Law {
    pub(super) fn of(distribution: &Distribution) -> Self {
        Self { draw: Draw::of(distribution), duplication: 0.0, loss: 0.0 }
    }

    /// Law of the first copy that a link delivers.
    pub(super) fn of_link(latency: &Distribution, link: &LinkSetup) -> Self {
        Self { duplication: link.duplication, loss: link.loss, ..Self::of(latency) }
    }

    /// The one value that it has.
    pub(super) fn constant(&self) -> Option<f64> {
        match &self.draw {
            Draw::Atoms(atoms) if atoms.len() == 1 => Some(atoms[0].0),
            _ => None,
        }
    }

    /// Its values with the probability of at most each, when they are countable.
    pub(super) fn steps(&self) -> Option<Vec<(f64, f64)>> {
        let Draw::Atoms(atoms) = &self.draw else { return None };
        Some(atoms.iter().map(|(value, up_to)| (*value, self.of_first(*up_to))).collect())
    }

    /// Its values with the probability of each, when they are countable.
    pub(super) fn atoms(&self) -> Option<Vec<(f64, f64)>> {
        let mut before = 0.0;
        let own = |(value, up_to)| (value, up_to - std::mem::replace(&mut before, up_to));
        Some(self.steps()?.into_iter().map(own).collect())
    }

    /// The probability of at most `t`.
    pub(super) fn cdf(&self, t: f64) -> f64 {
        self.of_first(self.one_at_most(t))
    }

    /// The same of one draw.
    fn one_at_most(&self, t: f64) -> f64 {
        match &self.draw {
            Draw::Atoms(atoms) => match atoms.partition_point(|(value, _)| *value <= t) {
                0 => 0.0,
                at => atoms[at - 1].1,
            },
            Draw::Uniform(min, max) => ((t - min) / (max - min)).clamp(0.0, 1.0),
            _ if t <= self.inf() => 0.0,
            Draw::Exponential(mean) => -libm::expm1(-t / mean),
            Draw::LogNormal { median, sigma } => normal_tail(-libm::log(t / median) / sigma),
            Draw::Pareto { min, alpha } => -libm::expm1(-alpha * libm::log(t / min)),
        }
    }

    /// The probability of more than `t`.
    pub(super) fn tail(&self, t: f64) -> f64 {
        let one = match &self.draw {
            Draw::Atoms(_) | Draw::Uniform(..) => 1.0 - self.one_at_most(t),
            _ if t <= self.inf() => 1.0,
            Draw::Exponential(mean) => libm::exp(-t / mean),
            Draw::LogNormal { median, sigma } => normal_tail(libm::log(t / median) / sigma),
            Draw::Pareto { min, alpha } => libm::exp(-alpha * libm::log(t / min)),
        };
        one * (1.0 - self.duplication * (1.0 - one))
    }

    /// The inverse of [`Self::cdf`], for `p` strictly between 0 and 1.
    pub(super) fn quantile(&self, p: f64) -> f64 {
        // The root of p = q (1 + d (1 - q)).
        let (d, more) = (self.duplication, 1.0 + self.duplication);
        let p = 2.0 * p / (more + libm::sqrt((more * more - 4.0 * d * p).max(0.0)));
        match &self.draw {
            Draw::Atoms(atoms) => atoms[atoms.partition_point(|(_, up_to)| *up_to < p).min(atoms.len() - 1)].0,
            Draw::Uniform(min, max) => min + p * (max - min),
            Draw::Exponential(mean) => -mean * libm::log1p(-p),
            Draw::LogNormal { median, sigma } => median * libm::exp(sigma * normal_quantile(p)),
            Draw::Pareto { min, alpha } => min * libm::exp(-libm::log1p(-p) / alpha),
        }
    }

    /// Nothing is below it.
    pub(super) fn inf(&self) -> f64 {
        match &self.draw {
            Draw::Atoms(atoms) => atoms[0].0,
            Draw::Uniform(min, _) | Draw::Pareto { min, .. } => *min,
            Draw::Exponential(_) | Draw::LogNormal { .. } => 0.0,
        }
    }

    /// Nothing is above it; infinite for an endless tail.
    pub(super) fn sup(&self) -> f64 {
        match &self.draw {
            Draw::Atoms(atoms) => atoms[atoms.len() - 1].0,
            Draw::Uniform(_, max) => *max,
            _ => f64::INFINITY,
        }
    }

    fn of_first(&self, p: f64) -> f64 {
        p * (1.0 + self.duplication * (1.0 - p))
    }
}

/// The probability that a standard normal deviate is above `z`.
fn normal_tail(z: f64) -> f64 {
    0.5 * libm::erfc(z / core::f64::consts::SQRT_2)
}

fn nanos(span: Span) -> f64 {
    span.as_nanos() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Uniform;
    use crate::network::Latency;

    fn all() -> Vec<Distribution> {
        let ms = Span::from_millis;
        vec![
            Distribution::constant(ms(40)),
            Distribution::uniform(ms(10), ms(30)).unwrap(),
            Distribution::Exponential { mean: ms(20) },
            Distribution::lognormal(ms(40), ms(180)).unwrap(),
            Distribution::pareto(ms(5), 1.5).unwrap(),
            Distribution::empirical(vec![ms(9), ms(3), ms(3), ms(1)]).unwrap(),
        ]
    }

    /// The sample that belongs to a draw has at most the draw's share of the law below it.
    #[test]
    fn laws_are_those_of_the_samplers() {
        for distribution in all() {
            let law = Law::of(&distribution);
            for step in 1..1_000_u64 {
                // Never on the edge between two values.
                let p = (step as f64 - 0.37) / 1_000.0;
                let sample = nanos(distribution.sample(Uniform::from_bits((p * libm::exp2(64.0)) as u64)));
                assert!(law.cdf(sample + 0.51) >= p - 1e-9 && law.cdf(sample - 0.51) <= p + 1e-9, "{law:?}, {p}");
                assert!((law.quantile(p) - sample).abs() <= 0.51 || law.constant().is_some(), "{law:?}, {p}");
                assert!((law.cdf(sample) + law.tail(sample) - 1.0).abs() < 1e-14);
                assert!(law.inf() <= sample && sample <= law.sup());
            }
            assert_eq!((law.cdf(-1.0), law.tail(-1.0)), (0.0, 1.0));
        }
    }

    #[test]
    fn degenerate_laws_are_constants() {
        let ms = Span::from_millis;
        for (distribution, at) in [
            (Distribution::uniform(ms(2), ms(2)).unwrap(), 2e6),
            (Distribution::Exponential { mean: ms(0) }, 0.0),
            (Distribution::lognormal(ms(3), ms(3)).unwrap(), 3e6),
            (Distribution::pareto(ms(0), 2.0).unwrap(), 0.0),
            (Distribution::empirical(vec![ms(4), ms(4)]).unwrap(), 4e6),
        ] {
            assert_eq!(Law::of(&distribution).constant(), Some(at));
        }
        let values = Distribution::empirical(vec![ms(3), ms(1), ms(3), ms(3)]).unwrap();
        assert_eq!(Law::of(&values).atoms(), Some(vec![(1e6, 0.25), (3e6, 0.75)]));
    }

    #[test]
    fn the_first_of_two_copies_counts() {
        let latency = Latency::Distribution(Distribution::constant(Span::ZERO));
        let link = LinkSetup { latency, loss: 0.1, duplication: 0.5 };
        let path = Law { draw: Draw::Exponential(1.0), ..Law::of_link(&Distribution::constant(Span::ZERO), &link) };
        for t in [0.1, 1.0, 3.0] {
            let one = libm::exp(-t);
            let law = 0.5 * one + 0.5 * one * one;
            assert!((path.tail(t) - law).abs() < 1e-14 && (path.cdf(t) - 1.0 + law).abs() < 1e-14);
            assert!((path.quantile(path.cdf(t)) - t).abs() < 1e-12);
        }
    }
}
