//! Errors in donsim or in the aggregator that a run came upon.

use crate::scenario::Cell;
use crate::sim::Breach;

use super::consumer::Consumer;
use super::reading::Simulated;

/// Requests of a cell whose aggregator went against its rules, which is an error in the aggregator.
///
/// ```
/// # use std::{num::NonZero, path::Path, sync::atomic::AtomicBool};
/// use donsim::experiment::{Breaches, Options, run};
/// # use donsim::scenario::Scenario;
/// use donsim::sim::{Breach, Setup, simulate};
///
/// let broken = |setup: &Setup, number, cache: &mut _| {
///     let mut replicate = simulate(setup, number, cache);
///     replicate.rows[0].breach = (number > 2).then_some(Breach::AcceptedUnproven);
///     replicate
/// };
/// # let scenario = Scenario::parse(Path::new("mine.toml"), "schema = 1\nrun.replicates = 5\n".to_owned(), &[])?;
/// # let stop = AtomicBool::new(false);
/// let found = run(&scenario, Options::new(NonZero::<usize>::MIN, &stop), &broken, &mut ())?;
/// let [Breaches { rows: 2, replicate: 3, breach, .. }] = found.breaches[..] else { panic!("replicates 3 and 4") };
/// assert_eq!(breach, Breach::AcceptedUnproven);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// ```
/// # use std::{num::NonZero, path::Path, sync::atomic::AtomicBool};
/// use donsim::experiment::{Options, PanickedReplicate, run};
/// # use donsim::scenario::Scenario;
/// use donsim::sim::{Setup, simulate};
///
/// let broken = |setup: &Setup, number, cache: &mut _| {
///     assert_ne!(number, 3, "three is one too many");
///     simulate(setup, number, cache)
/// };
/// # let scenario = Scenario::parse(Path::new("mine.toml"), "schema = 1\nrun.replicates = 5\n".to_owned(), &[])?;
/// # let stop = AtomicBool::new(false);
/// let found = run(&scenario, Options::new(NonZero::<usize>::MIN, &stop), &broken, &mut ())?;
/// let [PanickedReplicate { replicate: 3, message, .. }] = &found.panicked[..] else { panic!("{:?}", found.panicked) };
/// assert!(message.contains("one too many") && found.summary.cells[0].replicates == 4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
