//! The plan of work: groups of cells, cut into blocks of replicates.

use std::ops::Range;

/// Cells that are simulated together. Larger groups share more work and hold more rows at once.
const CELLS_A_GROUP: u64 = 8;

/// Replicates that a thread takes at a time.
const REPLICATES_A_BLOCK: u64 = 16;

/// Some replicates of some cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Work {
    pub(super) cells: Range<u64>,
    pub(super) replicates: Range<u64>,
    /// Whether this is the last block of its group.
    pub(super) ends_group: bool,
}

/// All the work of a run, computed and not stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    cells: u64,
    replicates: u64,
}

impl Plan {
    pub(super) const fn new(cells: u64, replicates: u64) -> Self {
        Self { cells, replicates }
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
            ends_group: block + 1 == self.blocks_a_group(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_replicate_of_every_cell_is_planned_once() {
        for (cells, replicates) in [(1, 1), (8, 16), (9, 17), (30, 100), (3, 0)] {
            let plan = Plan::new(cells, replicates);
            let mut seen = std::collections::BTreeSet::new();
            let mut groups_ended = 0;
            for work in (0..plan.len()).map(|at| plan.get(at).unwrap()) {
                groups_ended += u64::from(work.ends_group);
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
}
