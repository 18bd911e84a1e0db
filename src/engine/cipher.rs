//! The first 64 bits of a `ChaCha8` stream: one block of the cipher, where a generator makes four and keeps 248 of 256 bytes
//! for draws that do not come.
//!
//! A single block is made word by word: its rounds wait for each other, so vectors gain nothing. Of many blocks each has a lane of
//! vectors as wide as the processor has them.

use fearless_simd::{Level, Simd, dispatch, prelude::*};

/// Words of a block.
pub(super) type Block = [u32; 16];

const CONSTANTS: [u32; 4] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];
const DOUBLE_ROUNDS: u32 = 4;

/// The widest vectors that there are have so many words.
const MOST_LANES: usize = 16;

/// Block from which the rounds make the first of a stream.
pub(super) const fn input(key: [u32; 8], stream: u64) -> Block {
    let ([a, b, c, d], [e, f, g, h, i, j, k, l]) = (CONSTANTS, key);
    [a, b, c, d, e, f, g, h, i, j, k, l, 0, 0, stream as u32, (stream >> u32::BITS) as u32]
}

/// The first bits of one stream.
pub(super) fn first_bits(mut block: Block) -> u64 {
    rounds(&mut block);
    joined(block[0].wrapping_add(CONSTANTS[0]), block[1].wrapping_add(CONSTANTS[1]))
}

/// The first bits of all streams, in their order.
pub(super) fn all_first_bits(blocks: &[Block]) -> Vec<u64> {
    dispatch!(Level::new(), simd => in_lanes(simd, blocks))
}

const fn joined(low: u32, high: u32) -> u64 {
    low as u64 | ((high as u64) << u32::BITS)
}

/// Words of one block, or of as many as a vector has lanes.
trait Words: Copy {
    fn add(self, other: Self) -> Self;

    /// Exclusive or with another, rotated to the left.
    fn mix(self, other: Self, rotation: u32) -> Self;
}

impl Words for u32 {
    #[inline]
    fn add(self, other: Self) -> Self {
        self.wrapping_add(other)
    }

    #[inline]
    fn mix(self, other: Self, rotation: u32) -> Self {
        (self ^ other).rotate_left(rotation)
    }
}

/// A word of every lane.
#[derive(Clone, Copy)]
struct Lanes<S: Simd>(S::u32s);

#[expect(clippy::inline_always, reason = "vector instructions are there only inside the function that asks for them")]
impl<S: Simd> Words for Lanes<S> {
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }

    #[inline(always)]
    fn mix(self, other: Self, rotation: u32) -> Self {
        let mixed = self.0 ^ other.0;
        Self((mixed << rotation) | (mixed >> (u32::BITS - rotation)))
    }
}

#[expect(clippy::inline_always, reason = "as above")]
#[inline(always)]
fn in_lanes<S: Simd>(simd: S, blocks: &[Block]) -> Vec<u64> {
    let mut bits = Vec::with_capacity(blocks.len());
    for blocks in blocks.chunks(S::u32s::LEN) {
        let mut state: [Lanes<S>; 16] = std::array::from_fn(|at| {
            let mut lanes = [0; MOST_LANES];
            lanes.iter_mut().zip(blocks).for_each(|(lane, block)| *lane = block[at]);
            Lanes(S::u32s::from_slice(simd, &lanes[..S::u32s::LEN]))
        });
        rounds(&mut state);
        let [low, high] = [0, 1].map(|at| {
            let mut lanes = [0; MOST_LANES];
            (state[at].0 + CONSTANTS[at]).store_slice(&mut lanes[..S::u32s::LEN]);
            lanes
        });
        bits.extend((0..blocks.len()).map(|lane| joined(low[lane], high[lane])));
    }
    bits
}

#[expect(clippy::inline_always, reason = "as above")]
#[inline(always)]
fn rounds<W: Words>(state: &mut [W; 16]) {
    for _ in 0..DOUBLE_ROUNDS {
        for at in 0..4 {
            quarter_round(state, [at, 4 + at, 8 + at, 12 + at]);
        }
        for at in 0..4 {
            quarter_round(state, [at, 4 + (at + 1) % 4, 8 + (at + 2) % 4, 12 + (at + 3) % 4]);
        }
    }
}

#[expect(clippy::inline_always, reason = "as above")]
#[inline(always)]
fn quarter_round<W: Words>(state: &mut [W; 16], [a, b, c, d]: [usize; 4]) {
    for (first, second) in [(16, 12), (8, 7)] {
        state[a] = state[a].add(state[b]);
        state[d] = state[d].mix(state[a], first);
        state[c] = state[c].add(state[d]);
        state[b] = state[b].mix(state[c], second);
    }
}
