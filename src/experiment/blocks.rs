//! The plan of work: groups of cells, cut into blocks of replicates.

use std::ops::Range;

use super::looks::last_look;
use super::record::REPLICATES_A_UNIT;

/// Cells that are simulated together. Larger groups share more work and hold more rows at once.
const CELLS_A_GROUP: u64 = 8;

/// Replicates that a thread takes at a time.
const REPLICATES_A_BLOCK: u64 = 16;

/// Some replicates of some cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Work {
    pub(super) cells: Range<u64>,
    pub(super) replicates: Range<u64>,
}

/// One of several parts of a run's work, which have nothing in common and are all of it together.
///
/// ```
/// # use std::{num::NonZero, path::Path, sync::atomic::AtomicBool};
/// use donsim::experiment::{Options, Shard, run};
/// # use donsim::{scenario::Scenario, sim::simulate};
///
/// let text = "schema = 1\nrun.replicates = 2\nsweep.grid.request.count = [1, 2, 3, 4, 5, 6, 7, 8, 9]\n";
/// # let scenario = Scenario::parse(Path::new("mine.toml"), text.to_owned(), &[])?;
/// # let stop = AtomicBool::new(false);
/// let options = Options::new(NonZero::<usize>::MIN, &stop);
/// let done = [1, 2].map(|number| {
///     let options = Options { shard: Some(Shard { number, of: 2 }), ..options };
///     run(&scenario, options, &simulate, &mut ()).map(|found| found.done).ok()
/// });
/// assert_eq!(done, [Some(16), Some(2)], "eight cells at a time, and all nine in the end");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Its number, from 1.
    pub number: u64,
    /// Number of shards.
    pub of: u64,
}

/// All the work of a run, or of a shard, computed and not stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    cells: u64,
    replicates: u64,
    shard: Option<Shard>,
}

impl Plan {
    pub(super) const fn new(cells: u64, replicates: u64, shard: Option<Shard>) -> Self {
        Self { cells, replicates, shard }
    }

    /// Whether it is all the work of a run.
    pub(super) const fn is_whole(self) -> bool {
        self.shard.is_none()
    }

    /// The first piece from number `at` on that belongs to the work; [`Plan::len`] when there is none.
    pub(super) fn from(self, at: u64) -> u64 {
        (at..self.len()).find(|at| self.has(*at)).unwrap_or(self.len())
    }

    /// Shards are dealt whole units of a group in turn, so that each unit has one maker; the last units of all groups, which
    /// may be short, at the end.
    fn has(self, at: u64) -> bool {
        let Some(Shard { number, of }) = self.shard else { return true };
        let (group, block) = (at / self.blocks_a_group(), at % self.blocks_a_group());
        let unit = block * REPLICATES_A_BLOCK / REPLICATES_A_UNIT;
        (unit * self.cells.div_ceil(CELLS_A_GROUP) + group) % of == number - 1
    }

    /// Whether piece number `at` is the last of its group that belongs to the work.
    pub(super) fn ends_group(self, at: u64) -> bool {
        let next = self.from(at + 1);
        next == self.len() || next / self.blocks_a_group() != at / self.blocks_a_group()
    }

    /// Replicates of all cells that belong to the work.
    pub(super) fn replicates(self) -> u64 {
        if self.is_whole() {
            return self.cells.saturating_mul(self.replicates);
        }
        let size = |range: Range<u64>| range.end - range.start;
        let pieces = (0..self.len()).filter(|at| self.has(*at)).filter_map(|at| self.get(at));
        pieces.map(|work| size(work.cells) * size(work.replicates)).sum()
    }

    /// The first piece of the group behind that of piece `at`.
    pub(super) const fn next_group(self, at: u64) -> u64 {
        (at / self.blocks_a_group() + 1) * self.blocks_a_group()
    }

    /// The piece behind the one with the last look before the replicates of piece `at`; 0 when there is no look before them.
    pub(super) fn last_look_before(self, at: u64) -> u64 {
        let (group, block) = (at / self.blocks_a_group(), at % self.blocks_a_group());
        let look = last_look(block * REPLICATES_A_BLOCK);
        look.map_or(0, |look| group * self.blocks_a_group() + look.div_ceil(REPLICATES_A_BLOCK))
    }

    const fn blocks_a_group(self) -> u64 {
        self.replicates.div_ceil(REPLICATES_A_BLOCK)
    }

    /// Number of pieces of work.
    pub(super) const fn len(self) -> u64 {
        self.cells.div_ceil(CELLS_A_GROUP).saturating_mul(self.blocks_a_group())
    }

    /// Piece number `at`, group by group, and in a group block by block.
    pub(super) fn get(self, at: u64) -> Option<Work> {
        if at >= self.len() {
            return None;
        }
        let (group, block) = (at / self.blocks_a_group(), at % self.blocks_a_group());
        let slice = |number: u64, size: u64, end: u64| number * size..end.min((number + 1) * size);
        Some(Work {
            cells: slice(group, CELLS_A_GROUP, self.cells),
            replicates: slice(block, REPLICATES_A_BLOCK, self.replicates),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_replicate_of_every_cell_is_planned_once() {
        for (cells, replicates) in [(1, 1), (8, 16), (9, 17), (30, 100), (3, 0)] {
            let plan = Plan::new(cells, replicates, None);
            let mut seen = std::collections::BTreeSet::new();
            let mut groups_ended = 0;
            for (at, work) in (0..plan.len()).map(|at| (at, plan.get(at).unwrap())) {
                groups_ended += u64::from(plan.ends_group(at));
                for cell in work.cells.clone() {
                    for replicate in work.replicates.clone() {
                        assert!(seen.insert((cell, replicate)), "planned twice");
                    }
                }
            }
            assert_eq!(seen.len() as u64, cells * replicates);
            assert_eq!(groups_ended, if replicates == 0 { 0 } else { cells.div_ceil(CELLS_A_GROUP) });
            assert_eq!(plan.get(plan.len()), None);
        }
    }

    /// No piece waits for one that has no look before its own replicates, and each with replicates behind a look for all before it.
    #[test]
    fn pieces_wait_for_looks() {
        let plan = Plan::new(9, 5_000, None);
        let second = plan.next_group(0);
        // 1,000 replicates are 62 blocks and a half.
        for (at, before) in [(0, 0), (62, 0), (63, 63), (124, 63), (125, 125), (249, 125), (250, 250), (312, 250)] {
            assert_eq!(plan.last_look_before(at), before, "{at}");
            let there = plan.last_look_before(second + at);
            assert_eq!(there, if before == 0 { 0 } else { second + before }, "{at} of the second group");
        }
        assert_eq!((second, plan.next_group(second)), (313, plan.len()));
    }

    /// Every piece has one shard, and all of a unit the same; a group ends once in each shard that has some of it.
    #[test]
    fn shards_share_the_work_by_units() {
        for (cells, replicates, of) in [(9, 700, 3), (1, 5_000, 7), (20, 16, 2), (3, 300, 1), (24, 300, 4)] {
            let whole = Plan::new(cells, replicates, None);
            let shards = (1..=of).map(|number| Plan::new(cells, replicates, Some(Shard { number, of })));
            let mut all = Vec::new();
            for plan in shards {
                let mut at = plan.from(0);
                let mut ended = true;
                while at < plan.len() {
                    let work = plan.get(at).unwrap();
                    all.push((at, (work.cells.start, work.replicates.start / REPLICATES_A_UNIT)));
                    ended = plan.ends_group(at);
                    at = plan.from(at + 1);
                }
                assert!(ended);
            }
            all.sort_unstable();
            assert!(all.iter().map(|(at, _)| *at).eq(0..whole.len()), "{cells} {replicates} {of}");
            let each = (1..=of).map(|number| Plan::new(cells, replicates, Some(Shard { number, of })).replicates());
            let each: Vec<u64> = each.collect();
            assert_eq!(each.iter().sum::<u64>(), cells * replicates);
            // One unit of a group more than the others, at most.
            let most_apart = CELLS_A_GROUP * REPLICATES_A_UNIT;
            assert!(each.iter().max().zip(each.iter().min()).is_some_and(|(most, least)| most - least <= most_apart));
        }
    }
}
