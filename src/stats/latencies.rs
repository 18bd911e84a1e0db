//! The latencies of a cell, sorted and packed: two or three bytes for a row that was accepted, none for any other.
//!
//! New ones wait in a buffer. A full buffer is sorted and packed as a run; two runs of equal age are merged to one, block by block, so
//! that no latency is ever in memory twice. What is packed is the distance to the latency before, which is the shorter the more there are.
//!
//! Beside each latency stands its place among those of its replicate. Over the latencies up to any limit, the sum of `2 * place - 1` is the
//! sum over replicates of the squared number of rows, which is all that tells how much the rows of a replicate depend on each other.

use std::collections::VecDeque;
use std::iter::Peekable;

use super::proportion::Proportion;

/// Entries that wait to be sorted.
const BUFFERED: usize = 1 << 15;
/// Bytes of a full block.
const BLOCK: usize = 1 << 12;

/// A latency in ns, and its place among those of its replicate by latency, from 1.
type Entry = (u64, u32);

/// Accumulates latencies, replicate by replicate, each with as many rows as any other.
#[derive(Clone, Debug, Default)]
pub struct Latencies {
    replicates: u64,
    rows: u64,
    buffer: Vec<Entry>,
    /// Each with its age: how many buffers went into it, as a power of two.
    runs: Vec<(u32, Run)>,
}

impl Latencies {
    /// Adds the rows of a replicate: latencies in ns, `None` where not accepted before the deadline.
    pub fn record(&mut self, rows: impl IntoIterator<Item = Option<u64>>) {
        let from = self.buffer.len();
        for latency in rows {
            self.rows += 1;
            self.buffer.extend(latency.map(|latency| (latency, 0)));
        }
        self.replicates += 1;
        let own = &mut self.buffer[from..];
        own.sort_unstable();
        for (place, entry) in (1..).zip(own) {
            entry.1 = place;
        }
        if self.buffer.len() >= BUFFERED {
            self.pack();
        }
    }

    /// Packs what waits, and merges runs until no two are of equal age.
    fn pack(&mut self) {
        self.buffer.sort_unstable();
        let mut packed = (0, self.buffer.drain(..).collect());
        while let Some(last) = self.runs.pop_if(|(age, _)| *age == packed.0) {
            packed = (packed.0 + 1, merged(last.1, packed.1));
        }
        self.runs.push(packed);
    }

    /// All of them in order.
    pub(super) fn sorted(mut self) -> Sorted {
        self.pack();
        // The youngest first: they are the shortest.
        let run = self.runs.into_iter().rev().map(|(_, run)| run).reduce(merged).unwrap_or_default();
        Sorted::new((self.replicates, self.rows), run)
    }
}

/// Sorted entries, the distances between them packed.
#[derive(Clone, Debug, Default)]
struct Run(VecDeque<Block>);

#[derive(Clone, Debug)]
struct Block {
    first: u64,
    entries: u32,
    /// Of each entry the distance to the latency before, and its place.
    bytes: Box<[u8]>,
}

impl Block {
    fn entries(&self) -> impl Iterator<Item = Entry> {
        let (mut left, mut latency) = (&self.bytes[..], self.first);
        std::iter::from_fn(move || {
            if left.is_empty() {
                return None;
            }
            latency += number(&mut left);
            Some((latency, number(&mut left) as u32))
        })
    }
}

impl FromIterator<Entry> for Run {
    fn from_iter<I: IntoIterator<Item = Entry>>(sorted: I) -> Self {
        let mut blocks = VecDeque::new();
        let (mut bytes, mut entries, mut first, mut before) = (Vec::new(), 0, 0, 0);
        for (latency, place) in sorted {
            if entries == 0 {
                (first, before) = (latency, latency);
            }
            put(&mut bytes, latency - before);
            put(&mut bytes, u64::from(place));
            (entries, before) = (entries + 1, latency);
            if bytes.len() >= BLOCK {
                blocks.push_back(Block { first, entries, bytes: bytes.as_slice().into() });
                bytes.clear();
                entries = 0;
            }
        }
        if entries > 0 {
            blocks.push_back(Block { first, entries, bytes: bytes.into() });
        }
        Self(blocks)
    }
}

/// Both runs as one; their blocks go as they are read.
fn merged(a: Run, b: Run) -> Run {
    let entries = |run: Run| run.0.into_iter().flat_map(|block| block.entries().collect::<Vec<_>>()).peekable();
    let (mut a, mut b) = (entries(a), entries(b));
    std::iter::from_fn(|| next(&mut a, &mut b)).collect()
}

/// The lesser of the next entries of two runs.
fn next<I: Iterator<Item = Entry>>(a: &mut Peekable<I>, b: &mut Peekable<I>) -> Option<Entry> {
    match (a.peek(), b.peek()) {
        (Some(one), Some(other)) if one > other => b.next(),
        (None, _) => b.next(),
        _ => a.next(),
    }
}

/// Seven bits a byte, the lowest first; the highest bit says that more follow.
fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Takes a number that [`put`] has put.
fn number(bytes: &mut &[u8]) -> u64 {
    let mut number = 0;
    for shift in (0..).step_by(7) {
        let Some((byte, rest)) = bytes.split_first() else { break };
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            break;
        }
    }
    number
}

/// Latencies in order, for questions.
#[derive(Clone, Debug)]
pub(super) struct Sorted {
    replicates: u64,
    /// Rows, accepted or not.
    pub rows: u64,
    blocks: Vec<Block>,
    /// For each block the number of entries before it, and the sum of their `2 * place - 1`.
    before: Vec<(u64, u128)>,
}

impl Sorted {
    fn new((replicates, rows): (u64, u64), run: Run) -> Self {
        let mut sums = (0, 0);
        let before = run.0.iter().map(|block| {
            let before = sums;
            sums.0 += u64::from(block.entries);
            sums.1 += block.entries().map(weight).sum::<u128>();
            before
        });
        let before = before.collect();
        Self { replicates, rows, blocks: run.0.into(), before }
    }

    /// Those that came, in order.
    pub fn accepted(&self) -> impl Iterator<Item = u64> {
        self.blocks.iter().flat_map(Block::entries).map(|(latency, _)| latency)
    }

    /// The latency of this rank, from 1, in ns; `None` where fewer rows were accepted.
    pub fn at_rank(&self, rank: u64) -> Option<u64> {
        let index = rank.checked_sub(1)?;
        let block = self.before.partition_point(|(entries, _)| *entries <= index).checked_sub(1)?;
        let (latency, _) = self.blocks[block].entries().nth((index - self.before[block].0) as usize)?;
        Some(latency)
    }

    /// The share of rows accepted until `latest`.
    pub fn share_until(&self, latest: u64) -> Proportion {
        let block = self.blocks.partition_point(|block| block.first <= latest).checked_sub(1);
        let (hits, squared) = block.map_or((0, 0), |block| {
            let until = self.blocks[block].entries().take_while(|(latency, _)| *latency <= latest);
            until.fold(self.before[block], |(hits, squared), entry| (hits + 1, squared + weight(entry)))
        });
        Proportion::of_equal_replicates(self.replicates, self.rows, (hits, squared))
    }
}

/// Growth of the squared number of accepted rows of a replicate with this one.
fn weight((_, place): Entry) -> u128 {
    u128::from(2 * place - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_back() {
        let numbers = [0, 1, 0x7f, 0x80, 0x3fff, 0x4000, u64::from(u32::MAX), u64::MAX - 1, u64::MAX];
        let mut bytes = Vec::new();
        for number in numbers {
            put(&mut bytes, number);
        }
        let mut left = &bytes[..];
        assert_eq!(numbers.map(|_| number(&mut left)), numbers);
        assert!(left.is_empty());
    }

    /// Five buffers and a rest, of replicates with four rows of which some agree and some are censored, against a sorted list.
    #[test]
    fn what_is_packed_is_what_a_list_says() {
        let rows = |replicate: u64| {
            let latency =
                move |row: u64| replicate.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(row as u32 * 9) >> 34;
            (0..4_u64).map(latency).map(|latency| (latency % 5 > 0).then_some(latency - latency % 3))
        };
        let replicates = 5 * BUFFERED as u64 / 3;
        let mut latencies = Latencies::default();
        (0..replicates).for_each(|replicate| latencies.record(rows(replicate)));
        assert!(latencies.runs.len() > 1, "several runs are left to merge");
        let sorted = latencies.sorted();
        let mut list: Vec<u64> = (0..replicates).flat_map(rows).flatten().collect();
        list.sort_unstable();
        assert!(sorted.accepted().eq(list.iter().copied()));
        let packed: usize = sorted.blocks.iter().map(|block| block.bytes.len()).sum();
        assert!(packed <= 4 * list.len(), "{packed} bytes for {}", list.len());
        for rank in [1, 2, 3_000, 60_000, list.len() as u64 - 1, list.len() as u64] {
            assert_eq!(sorted.at_rank(rank), Some(list[rank as usize - 1]), "{rank}");
        }
        assert_eq!([0, list.len() as u64 + 1].map(|rank| sorted.at_rank(rank)), [None; 2]);
        for latest in [0, list[0], list[70_000], list[list.len() - 1], u64::MAX] {
            let mut share = Proportion::default();
            for replicate in 0..replicates {
                share.record(rows(replicate).flatten().filter(|latency| *latency <= latest).count() as u32, 4);
            }
            assert_eq!(sorted.share_until(latest), share, "{latest}");
        }
    }
}
