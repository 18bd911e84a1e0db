//! Listeners to a run: each makes one part of what the run found, and knows of no other.

use crate::scenario::Cell;

use super::accumulator::CellTotals;
use super::reading::Simulated;

/// Takes the replicates as they come. Those of one cell come in their order, with those of other cells of its group
/// between them; cells end in the order of the plan.
pub(super) trait Consumer {
    /// The next replicate of a cell, or the message of its panic.
    fn replicate(&mut self, _cell: &Cell, _number: u64, _result: &Result<Simulated, String>) {}

    /// No more replicates of a cell will come.
    fn cell_end(&mut self, _totals: &CellTotals<'_>) {}
}
