//! Experiments drawn from known laws, as counts of replicates of each kind.
//!
//! What a replicate contributes to an estimator takes few values, so an experiment of `n` replicates is a multinomial
//! draw of how many there are of each, added up through the estimator's own `merge`. This is exactly the law of
//! drawing them one by one, for the price of some binomial draws.

use donsim::engine::Uniform;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Experiments of every combination of law and number of replicates.
pub const EXPERIMENTS: u32 = 10_000;

/// Replicates an experiment.
pub const REPLICATES: [u32; 3] = [100, 1_000, 10_000];

/// A stream of draws for one combination.
pub struct Chance {
    stream: ChaCha8Rng,
    ln_factorials: Vec<f64>,
}

impl Chance {
    /// For the combination of this name.
    pub fn new(name: &str) -> Self {
        let seed = name
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |seed, byte| (seed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let ln_factorials = (0..=10_000).map(|n| libm::lgamma(f64::from(n) + 1.0)).collect();
        Self { stream: ChaCha8Rng::seed_from_u64(seed), ln_factorials }
    }

    /// Uniform over 0 to 1.
    pub fn unit(&mut self) -> f64 {
        Uniform::from_bits(self.stream.next_u64()).unit()
    }

    /// Uniform over `0..bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        Uniform::from_bits(self.stream.next_u64()).below(bound)
    }

    /// How often of `n` times, at most 10,000, something of probability `p` happens: the values are gone through from
    /// the most probable one outwards until the uniform is used up.
    pub fn binomial(&mut self, n: u32, p: f64) -> u32 {
        if n == 0 || p <= 0.0 {
            return 0;
        }
        if p >= 1.0 {
            return n;
        }
        let odds = p / (1.0 - p);
        let mode = (f64::from(n + 1) * p) as u32;
        let ln = |at: u32| self.ln_factorials[at as usize];
        let ln_p = f64::from(mode) * libm::log(p) + f64::from(n - mode) * libm::log1p(-p);
        let (mut above, mut below) = (mode, mode);
        let mut chance_above = libm::exp(ln(n) - ln(mode) - ln(n - mode) + ln_p);
        let mut chance_below = chance_above;
        let mut left = self.unit() - chance_above;
        while left > 0.0 && (above < n || below > 0) {
            if above < n {
                chance_above *= f64::from(n - above) / f64::from(above + 1) * odds;
                above += 1;
                left -= chance_above;
                if left <= 0.0 {
                    return above;
                }
            }
            if below > 0 {
                chance_below *= f64::from(below) / f64::from(n - below + 1) / odds;
                below -= 1;
                left -= chance_below;
                if left <= 0.0 {
                    return below;
                }
            }
        }
        mode
    }

    /// How many of `n` are of each kind.
    pub fn multinomial(&mut self, n: u32, chances: &[f64]) -> Vec<u32> {
        let (mut left, mut chance_left) = (n, chances.iter().sum::<f64>());
        let mut counts = vec![0; chances.len()];
        for (count, chance) in counts.iter_mut().zip(chances) {
            *count = self.binomial(left, (chance / chance_left).min(1.0));
            left -= *count;
            chance_left -= chance;
        }
        // What rounding of the chances leaves over is of the last kind.
        if let Some(last) = counts.last_mut() {
            *last += left;
        }
        counts
    }
}

/// The law of a replicate: kinds of replicates with their chances.
pub struct Law<S, T> {
    chances: Vec<f64>,
    kinds: Vec<T>,
    empty: S,
    record: fn(&mut S, u32, &T),
}

impl<S: Copy, T: Clone> Law<S, T> {
    /// Of kinds with their chances; `empty` is without replicates, `record` adds so many of a kind.
    pub fn new(empty: S, kinds: &[(f64, T)], record: fn(&mut S, u32, &T)) -> Self {
        let (chances, kinds) = kinds.iter().filter(|(chance, _)| *chance > 0.0).cloned().unzip();
        Self { chances, kinds, empty, record }
    }

    /// So many replicates of each kind.
    pub fn sum(&self, counts: &[u32]) -> S {
        let mut sum = self.empty;
        counts.iter().zip(&self.kinds).for_each(|(count, kind)| (self.record)(&mut sum, *count, kind));
        sum
    }

    /// An experiment of `n` replicates.
    pub fn draw(&self, chance: &mut Chance, n: u32) -> S {
        self.sum(&chance.multinomial(n, &self.chances))
    }
}

/// The probability of each number of hits among `rows` that hit with probability `p`, independently.
pub fn binomial_chances(rows: u32, p: f64) -> Vec<f64> {
    let mut chances = vec![1.0];
    for _ in 0..rows {
        let longer = |at: usize| {
            let miss = chances.get(at).map_or(0.0, |chance| chance * (1.0 - p));
            miss + at.checked_sub(1).map_or(0.0, |below| chances[below] * p)
        };
        chances = (0..=chances.len()).map(longer).collect();
    }
    chances
}

#[test]
fn draws_have_their_law() {
    const DRAWS: u32 = 40_000;
    for (n, p) in [(7, 0.3), (100, 0.01), (100, 0.985), (40, 0.5)] {
        let mut chance = Chance::new("binomial");
        let mut seen = vec![0_u32; n as usize + 1];
        (0..DRAWS).for_each(|_| seen[chance.binomial(n, p) as usize] += 1);
        for (seen, want) in seen.iter().zip(binomial_chances(n, p)) {
            let error = libm::sqrt(want * (1.0 - want) / f64::from(DRAWS));
            assert!(
                (f64::from(*seen) / f64::from(DRAWS) - want).abs() <= 5.0 * error + 1e-4,
                "{n} {p}: {seen}, {want}"
            );
        }
    }
    // 10,000 of them: the mean and the variance.
    let mut chance = Chance::new("many");
    let chances = [0.2, 0.5, 0.3];
    let (mut sum, mut squares) = ([0.0; 3], [0.0; 3]);
    for _ in 0..DRAWS {
        let counts = chance.multinomial(10_000, &chances);
        assert_eq!(counts.iter().sum::<u32>(), 10_000);
        for (at, count) in counts.iter().enumerate() {
            let off = f64::from(*count) - 10_000.0 * chances[at];
            sum[at] += off / f64::from(DRAWS);
            squares[at] += off * off / f64::from(DRAWS);
        }
    }
    for (at, p) in chances.iter().enumerate() {
        let variance = 10_000.0 * p * (1.0 - p);
        assert!(sum[at].abs() < 5.0 * libm::sqrt(variance / f64::from(DRAWS)), "{p}: {}", sum[at]);
        assert!(
            (squares[at] / variance - 1.0).abs() < 5.0 * libm::sqrt(2.0 / f64::from(DRAWS)),
            "{p}: {}",
            squares[at]
        );
    }
}
