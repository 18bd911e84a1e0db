//! A thread that simulates: piece after piece of the work, or takes what the record has of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;

use crate::attestation::Keyring;
use crate::scenario::{Cell, Scenario};
use crate::sim::ReplicateCache;

use super::blocks::{Plan, Work};
use super::group::{Group, Simulate};
use super::options::Options;
use super::reading::Simulated;
use super::record::{Known, Reader};
use super::stopper::Looks;

/// Some replicates of a cell.
pub(super) struct CellResults {
    pub cell: u64,
    /// Each with the message of its panic in its place.
    pub results: Vec<Result<Simulated, String>>,
    /// Whether the record lacks them.
    pub is_new: bool,
}

/// A finished piece of work.
pub(super) struct Finished {
    pub at: u64,
    pub work: Work,
    /// Of the cells that have not ended.
    pub cells: Vec<CellResults>,
}

/// What a thread knows of the run.
pub(super) struct Worker<'a> {
    pub scenario: &'a Scenario,
    pub plan: Plan,
    pub looks: &'a Looks,
    /// The piece of work that nobody has begun.
    pub next: &'a AtomicU64,
    pub options: Options<'a>,
    pub simulate: &'a Simulate<'a>,
    pub keyring: Arc<Keyring>,
}

impl Worker<'_> {
    /// Works until nothing is left, or the run is given up.
    pub fn work(&self, results: &SyncSender<Finished>) {
        let _release = self.looks.release_on_panic();
        let Options { stop, record, is_only_read, .. } = self.options;
        let seed = self.scenario.run().seed;
        let mut cache = ReplicateCache::with_keyring(seed, Arc::clone(&self.keyring));
        let mut group = (Vec::new(), Vec::new(), Group::default());
        let mut reader = record.map(Reader::new);
        while !stop.load(Ordering::Relaxed) && !self.looks.are_given_up() {
            let at = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(work) = self.plan.get(at) else { break };
            if self.plan.from(at) != at {
                continue;
            }
            let open = self.looks.open(at, work.cells.clone());
            if open.is_empty() {
                self.next.fetch_max(self.plan.next_group(at), Ordering::Relaxed);
                continue;
            }
            if group.0 != open {
                let cells: Vec<Cell> = open.iter().map(|index| self.scenario.cell(*index)).collect();
                let worlds = Group::new(&cells);
                group = (open, cells, worlds);
                reader.iter_mut().for_each(Reader::clear);
            }
            let known = reader.as_mut().map(|reader| reader.read(&group.1, &work.replicates)).unwrap_or_default();
            let is_known = !known.is_empty() && known.iter().all(Option::is_some);
            if is_only_read && !is_known {
                break;
            }
            let cells = self.block((&group.0, &work), (known, is_known), &group.2, &mut cache);
            if results.send(Finished { at, work, cells }).is_err() {
                break;
            }
        }
    }

    /// What is known, if that is all; otherwise replicate by replicate, in each cell by cell, so that cells share the
    /// replicate's keys and signatures.
    fn block(
        &self,
        (cells, work): (&[u64], &Work),
        (known, is_known): (Vec<Option<Known>>, bool),
        group: &Group,
        cache: &mut ReplicateCache,
    ) -> Vec<CellResults> {
        let is_kept = |at: usize| known.get(at).and_then(Option::as_ref).is_some_and(|known| known.is_own);
        let cell = |(at, cell): (usize, &u64)| CellResults { cell: *cell, results: Vec::new(), is_new: !is_kept(at) };
        let mut block: Vec<CellResults> = cells.iter().enumerate().map(cell).collect();
        if is_known {
            block.iter_mut().zip(known.into_iter().flatten()).for_each(|(cell, known)| cell.results = known.results);
            return block;
        }
        for replicate in work.replicates.clone() {
            let simulated = group.simulate(replicate, self.simulate, cache);
            block.iter_mut().zip(simulated).for_each(|(cell, simulated)| cell.results.push(simulated));
        }
        block
    }
}
