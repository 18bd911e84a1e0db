//! Random choices, all from one seed.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A stream of choices.
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// The choices of one worker under `seed`.
    pub fn new(seed: u64, worker: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(worker);
        Self(rng)
    }

    /// A number below `bound`; 0 when there is none. The small bias does not matter here.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.0.next_u64() % bound.max(1) as u64) as usize
    }

    /// Whether one chance in `n` comes true.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// A byte.
    pub fn byte(&mut self) -> u8 {
        self.0.next_u64() as u8
    }

    /// A number whose length in bits is uniform, so that small ones are as likely as huge ones; often one at a limit.
    pub fn number(&mut self) -> u64 {
        let limit = u64::MAX.checked_shr(self.below(65) as u32).unwrap_or(0);
        match self.below(4) {
            0 => limit,
            1 => !limit,
            _ => self.0.next_u64() & limit,
        }
    }

    /// One of `items`, of which there is at least one.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// A random stretch of `0..len`, mostly short.
    pub fn stretch(&mut self, len: usize) -> std::ops::Range<usize> {
        let start = self.below(len + 1);
        let most = if self.one_in(4) { len - start } else { (len - start).min(16) };
        start..start + self.below(most + 1)
    }
}
