//! Keyed randomness: a draw is a function of what it is for, never of what was drawn before.
//!
//! The seed, the replicate, the draw site and the identity of the thing drawn form the key of a `ChaCha8` stream of which
//! the first 64 bits are taken. An additional draw somewhere, another node, another fault or another value on an axis
//! therefore leaves every other draw as it was, and two cells of a sweep meet the same weather in the same replicate.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::cipher;

/// What a draw is for: the site in the code and the identity of the thing that is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrawKey {
    /// The draw site; sites are numbered by the caller's enum and never renumbered.
    pub site: u32,
    /// Who or what it is drawn for, such as (request, from, to, kind, attempt); unused parts are zero.
    pub parts: [u32; 5],
}

/// All draws of one replicate.
#[derive(Clone, Copy, Debug)]
pub struct Draws {
    seed: u64,
    replicate: u64,
}

/// One draw of 64 uniform bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Uniform(u64);

impl Draws {
    /// The draws of `replicate` under `seed`.
    #[must_use]
    pub const fn new(seed: u64, replicate: u64) -> Self {
        Self { seed, replicate }
    }

    /// The draw of `key`.
    #[must_use]
    pub fn draw(&self, key: DrawKey) -> Uniform {
        Uniform(cipher::first_bits(self.block(key)))
    }

    /// The draws of all `keys`, in their order; many cost a fraction of what they cost one by one (`benches/README.md`).
    #[must_use]
    pub fn draw_all(&self, keys: impl IntoIterator<Item = DrawKey>) -> Vec<Uniform> {
        let blocks: Vec<_> = keys.into_iter().map(|key| self.block(key)).collect();
        cipher::all_first_bits(&blocks).into_iter().map(Uniform).collect()
    }

    /// `len` random bytes of `key`; fewer bytes are a prefix of more.
    #[must_use]
    pub fn bytes(&self, key: DrawKey, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        self.stream(key).fill_bytes(&mut bytes);
        bytes
    }

    fn stream(&self, key: DrawKey) -> ChaCha8Rng {
        let (words, number) = self.key(key);
        let mut seed = [0; 32];
        for (bytes, word) in seed.chunks_exact_mut(4).zip(words) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        let mut stream = ChaCha8Rng::from_seed(seed);
        stream.set_stream(number);
        stream
    }

    fn block(&self, key: DrawKey) -> cipher::Block {
        let (words, stream) = self.key(key);
        cipher::input(words, stream)
    }

    /// Key of the cipher, and number of the stream under it.
    fn key(&self, key: DrawKey) -> ([u32; 8], u64) {
        let [first, second, third, high, low] = key.parts;
        let halves = |number: u64| [number as u32, (number >> 32) as u32];
        let ([seed, seed_high], [replicate, replicate_high]) = (halves(self.seed), halves(self.replicate));
        let words = [seed, seed_high, replicate, replicate_high, key.site, first, second, third];
        (words, (u64::from(high) << 32) | u64::from(low))
    }
}

impl Uniform {
    /// The draw with these 64 bits.
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// Its 64 bits.
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// A number strictly between 0 and 1: the middle of one of 2^52 equal cells, so that both tails are alike.
    #[must_use]
    pub fn unit(self) -> f64 {
        const CELL: f64 = 1.0 / (1_u64 << 52) as f64;
        ((self.0 >> 12) as f64 + 0.5) * CELL
    }

    /// A number in `0..bound`, zero for an empty range.
    #[must_use]
    pub fn below(self, bound: u64) -> u64 {
        ((u128::from(self.0) * u128::from(bound)) >> 64) as u64
    }

    /// Whether an event of this probability happens; never at 0, always at 1.
    #[must_use]
    pub fn happens(self, probability: f64) -> bool {
        self.unit() < probability
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: DrawKey = DrawKey { site: 3, parts: [1, 2, 3, 4, 5] };

    #[test]
    fn golden_draws() {
        // Printed once by this code; every result file depends on them.
        assert_eq!(Draws::new(1, 0).draw(KEY).bits(), 0xe0b1_f107_d3d2_01b1);
        assert_eq!(Draws::new(u64::MAX, 7).draw(DrawKey { site: 0, parts: [0; 5] }).bits(), 0xbc99_e58a_d98d_7751);
        assert_eq!(Draws::new(1, 0).bytes(KEY, 3), [0xb1, 0x01, 0xd2]);
    }

    #[test]
    fn a_draw_is_the_first_of_its_stream_alone_and_with_others() {
        let mut numbers = ChaCha8Rng::seed_from_u64(1);
        for count in 0..100 {
            let draws = Draws::new(numbers.next_u64(), numbers.next_u64());
            let mut key = || DrawKey { site: numbers.next_u32(), parts: [(); 5].map(|()| numbers.next_u32()) };
            let keys: Vec<DrawKey> = (0..count).map(|_| key()).collect();
            let first: Vec<Uniform> = keys.iter().map(|key| Uniform(draws.stream(*key).next_u64())).collect();
            assert_eq!(keys.iter().map(|key| draws.draw(*key)).collect::<Vec<_>>(), first);
            assert_eq!(draws.draw_all(keys), first);
        }
    }

    #[test]
    fn every_part_of_the_key_counts() {
        let mut seen = std::collections::BTreeSet::new();
        seen.insert(Draws::new(1, 0).draw(KEY));
        seen.insert(Draws::new(2, 0).draw(KEY));
        seen.insert(Draws::new(1, 1).draw(KEY));
        seen.insert(Draws::new(1, 0).draw(DrawKey { site: 4, ..KEY }));
        for at in 0..5 {
            let mut key = KEY;
            key.parts[at] += 100;
            seen.insert(Draws::new(1, 0).draw(key));
        }
        assert_eq!(seen.len(), 9);
    }

    #[test]
    fn units_stay_inside() {
        assert!(Uniform::from_bits(0).unit() > 0.0);
        assert!(Uniform::from_bits(u64::MAX).unit() < 1.0);
        assert!(!Uniform::from_bits(0).happens(0.0));
        assert!(Uniform::from_bits(u64::MAX).happens(1.0));
        assert_eq!(Uniform::from_bits(u64::MAX).below(10), 9);
        assert_eq!(Uniform::from_bits(0).below(10), 0);
    }

    #[test]
    fn longer_byte_draws_begin_with_shorter_ones() {
        let draws = Draws::new(5, 6);
        assert_eq!(draws.bytes(KEY, 100)[..10], draws.bytes(KEY, 10));
    }
}
