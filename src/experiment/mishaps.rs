//! Errors in donsim or in the aggregator that a run came upon.

use crate::scenario::Cell;
use crate::sim::Breach;

use super::consumer::Consumer;
use super::reading::Simulated;

/// Requests of a cell whose aggregator went against its rules, which is an error in the aggregator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breaches {
    /// The cell.
    pub cell: String,
    /// Requests and workflow nodes.
    pub rows: u64,
    /// First replicate with one.
    pub replicate: u64,
    /// Action of the aggregator there.
    pub breach: Breach,
}

impl Consumer for Vec<Breaches> {
    fn replicate(&mut self, cell: &Cell, number: u64, result: &Result<Simulated, String>) {
        let rows = result.iter().flat_map(|simulated| &simulated.replicate.rows);
        for breach in rows.filter_map(|row| row.breach) {
            match self.iter_mut().find(|known| known.cell == cell.id) {
                Some(known) => known.rows += 1,
                None => self.push(Breaches { cell: cell.id.clone(), rows: 1, replicate: number, breach }),
            }
        }
    }
}

/// A replicate that panicked, which is an error in donsim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PanickedReplicate {
    /// Its cell.
    pub cell: String,
    /// Its number.
    pub replicate: u64,
    /// Message of its panic.
    pub message: String,
}

impl Consumer for Vec<PanickedReplicate> {
    fn replicate(&mut self, cell: &Cell, number: u64, result: &Result<Simulated, String>) {
        if let Err(message) = result {
            self.push(PanickedReplicate { cell: cell.id.clone(), replicate: number, message: message.clone() });
        }
    }
}
