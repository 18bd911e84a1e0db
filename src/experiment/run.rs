//! Simulates a scenario on several threads and takes the results in order.

use std::collections::BTreeMap;
use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use thiserror::Error;

use crate::scenario::{Cell, Expectation, Scenario, Subject};
use crate::sim::{Breach, Replicate, ReplicateCache, Setup};

use super::agreement::{Check, Disagreement, disagreements};
use super::blocks::{Plan, Work};
use super::differences::Differences;
use super::expectations::Judge;
use super::group::{Group, Simulated};
use super::keeper::Keeper;
use super::savings::Baseline;
use super::summary::{CellSummary, RunSummary, unify};
use super::tally::Tally;
use super::witness::Witnesses;

/// How to run.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// Threads that simulate.
    pub threads: NonZeroUsize,
    /// Set it to stop after the blocks that are under way.
    pub stop: &'a AtomicBool,
}

/// Simulates one replicate; [`crate::sim::simulate`] but for tests.
pub type Simulate = dyn Fn(&Setup, u64, &mut ReplicateCache) -> Replicate + Sync;

/// Some consecutive replicates of one cell.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    /// The cell.
    pub cell: &'a Cell,
    /// Number of the first replicate.
    pub first: u64,
    /// What each came to; `None` for one that panicked.
    pub replicates: &'a [Option<Replicate>],
    /// What each cost in the baseline; `None` for one that panicked.
    pub before: &'a [Option<Arc<Baseline>>],
}

/// Takes the results as they come, in an order that depends on the scenario alone.
pub trait Observer {
    /// The next replicates of a cell.
    ///
    /// # Errors
    /// When they cannot be kept; this ends the run.
    fn handle_block(&mut self, block: &Block<'_>) -> io::Result<()>;

    /// All cells that blocks have come for since the last call are complete, or the run ends.
    ///
    /// # Errors
    /// When they cannot be kept; this ends the run.
    fn handle_group_end(&mut self) -> io::Result<()>;

    /// So many of all replicates are simulated.
    fn handle_progress(&mut self, done: u64, total: u64);
}

/// Nobody: keeps nothing.
impl Observer for () {
    fn handle_block(&mut self, _: &Block<'_>) -> std::io::Result<()> {
        Ok(())
    }

    fn handle_group_end(&mut self) -> std::io::Result<()> {
        Ok(())
    }

    fn handle_progress(&mut self, _: u64, _: u64) {}
}

/// What a run found.
#[derive(Clone, Debug)]
pub struct Findings {
    /// By cell, as far as they were simulated.
    pub summary: RunSummary,
    /// Replicates that panicked; they are missing from all else.
    pub panicked: Vec<PanickedReplicate>,
    /// By cell, which replicates to look at.
    pub witnesses: BTreeMap<String, Witnesses>,
    /// What contradicts closed forms, by cell.
    pub disagreements: Vec<Disagreement>,
    /// Cells in which an aggregator went against its rules.
    pub breaches: Vec<Breaches>,
    /// Replicates that were simulated.
    pub done: u64,
    /// Replicates that were planned.
    pub total: u64,
}

impl Findings {
    /// Whether everything planned was simulated.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.done == self.total
    }
}

/// Requests of a cell whose aggregator went against its rules, which is an error in the aggregator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breaches {
    /// The cell.
    pub cell: String,
    /// Requests and workflow nodes.
    pub rows: u64,
    /// First replicate with one.
    pub replicate: u64,
    /// What the aggregator did there.
    pub breach: Breach,
}

/// A replicate that panicked, which is an error in donsim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PanickedReplicate {
    /// Its cell.
    pub cell: String,
    /// Its number.
    pub replicate: u64,
    /// What it said.
    pub message: String,
}

/// A finished piece of work: by cell, then replicate.
struct Finished {
    at: u64,
    work: Work,
    results: Vec<Vec<Result<Simulated, String>>>,
}

/// Why a run ends without findings.
#[derive(Debug, Error)]
pub enum RunError {
    /// The system gives no thread to simulate on.
    #[error("cannot start a thread: {0}")]
    NoThread(io::Error),
    /// What the observer could not keep.
    #[error(transparent)]
    Unkept(#[from] io::Error),
}

/// Runs all cells and replicates of a scenario, on fewer threads than asked for where there is less work, or the system
/// gives fewer.
///
/// # Errors
/// See [`RunError`].
pub fn run(
    scenario: &Scenario,
    options: Options<'_>,
    simulate: &Simulate,
    observer: &mut dyn Observer,
) -> Result<Findings, RunError> {
    let plan = Plan::new(scenario.cell_count(), scenario.run().replicates);
    let next = AtomicU64::new(0);
    let broken = AtomicBool::new(false);
    let threads = usize::try_from(plan.len()).unwrap_or(usize::MAX).min(options.threads.get());
    // Bounded, so that threads wait when results are taken more slowly than they are made.
    let (sender, receiver) = sync_channel(2 * threads);
    thread::scope(|scope| {
        start(threads, || {
            let worker = Worker { scenario, plan, next: &next, stop: [options.stop, &broken], simulate };
            let sender = sender.clone();
            thread::Builder::new().spawn_scoped(scope, move || worker.work(&sender)).map(drop)
        })
        .map_err(RunError::NoThread)?;
        drop(sender);
        let mut collector = Collector::new(scenario, observer);
        let mut waiting = BTreeMap::new();
        let mut outcome = Ok(());
        for finished in receiver {
            waiting.insert(finished.at, finished);
            while let Some(finished) = waiting.remove(&collector.taken) {
                if outcome.is_ok() {
                    outcome = collector.take(finished);
                }
                collector.taken += 1;
            }
            if outcome.is_err() {
                // The receiver goes on taking until the threads have noticed, or they would wait for it forever.
                broken.store(true, Ordering::Relaxed);
            }
        }
        Ok(outcome.and_then(|()| collector.finish())?)
    })
}

/// Starts so many threads, or as many as can be.
fn start(threads: usize, mut spawn: impl FnMut() -> io::Result<()>) -> io::Result<()> {
    for started in 0..threads {
        match spawn() {
            Err(error) if started == 0 => return Err(error),
            Err(_) => break,
            Ok(()) => {}
        }
    }
    Ok(())
}

struct Worker<'a> {
    scenario: &'a Scenario,
    plan: Plan,
    next: &'a AtomicU64,
    stop: [&'a AtomicBool; 2],
    simulate: &'a Simulate,
}

impl Worker<'_> {
    fn work(&self, results: &SyncSender<Finished>) {
        let seed = self.scenario.run().seed;
        let mut cache = ReplicateCache::new(seed);
        let mut group = (0..0, Group::new(Vec::new()));
        while !self.stop.iter().any(|stop| stop.load(Ordering::Relaxed)) {
            let at = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(work) = self.plan.get(at) else { break };
            if group.0 != work.cells {
                let cells = work.cells.clone().map(|index| self.scenario.cell(index));
                group = (work.cells.clone(), Group::new(cells.collect()));
            }
            let finished = Finished { at, results: self.block(&work, &group.1, &mut cache), work };
            if results.send(finished).is_err() {
                break;
            }
        }
    }

    /// Replicate by replicate, in each cell by cell, so that cells share the replicate's keys and signatures.
    fn block(&self, work: &Work, group: &Group, cache: &mut ReplicateCache) -> Vec<Vec<Result<Simulated, String>>> {
        let mut results: Vec<Vec<_>> = work.cells.clone().map(|_| Vec::new()).collect();
        for replicate in work.replicates.clone() {
            let simulated = group.simulate(replicate, self.simulate, cache);
            results.iter_mut().zip(simulated).for_each(|(results, simulated)| results.push(simulated));
        }
        results
    }
}

/// Takes finished work in order.
struct Collector<'a> {
    scenario: &'a Scenario,
    observer: &'a mut dyn Observer,
    tallies: Vec<(Cell, Tally)>,
    keeper: Keeper,
    judge: Judge<'a>,
    differences: Differences,
    summaries: Vec<CellSummary>,
    panicked: Vec<PanickedReplicate>,
    witnesses: BTreeMap<String, Witnesses>,
    checks: Vec<Check>,
    breaches: Vec<Breaches>,
    /// Pieces of work taken.
    taken: u64,
    done: u64,
    total: u64,
}

impl<'a> Collector<'a> {
    fn new(scenario: &'a Scenario, observer: &'a mut dyn Observer) -> Self {
        let total = scenario.cell_count().saturating_mul(scenario.run().replicates);
        let mut keeper = Keeper::default();
        Self {
            scenario,
            observer,
            tallies: Vec::new(),
            judge: Judge::new(scenario, &mut keeper),
            differences: Differences::new(scenario, &mut keeper),
            keeper,
            summaries: Vec::new(),
            panicked: Vec::new(),
            witnesses: BTreeMap::new(),
            checks: Vec::new(),
            breaches: Vec::new(),
            taken: 0,
            done: 0,
            total,
        }
    }

    fn take(&mut self, Finished { work, results, .. }: Finished) -> io::Result<()> {
        if self.tallies.is_empty() {
            let cells = work.cells.clone().map(|index| self.scenario.cell(index));
            let series = |cell: &Cell| self.keeper.series(cell.index, &cell.setup);
            self.tallies = cells.map(|cell| (cell.clone(), Tally::new(cell.clone(), series(&cell)))).collect();
        }
        for ((cell, tally), results) in self.tallies.iter_mut().zip(results) {
            let witnesses = self.witnesses.entry(cell.id.clone()).or_default();
            let concerns = |expectation: &Expectation| expectation.subjects.contains(&Subject::Cell(cell.index));
            let expectations: Vec<(usize, &Expectation)> =
                self.scenario.expectations().iter().enumerate().filter(|(_, it)| concerns(it)).collect();
            let (mut replicates, mut before) = (Vec::with_capacity(results.len()), Vec::with_capacity(results.len()));
            for (replicate, result) in work.replicates.clone().zip(results) {
                match &result {
                    Ok(result) => {
                        tally.add(result);
                        witnesses.look(replicate, result, &cell.setup, &expectations);
                        note_breaches(&mut self.breaches, &cell.id, replicate, &result.replicate);
                    }
                    Err(message) => {
                        tally.skip();
                        let (cell, message) = (cell.id.clone(), message.clone());
                        self.panicked.push(PanickedReplicate { cell, replicate, message });
                    }
                }
                let (world, cost) = result.ok().map(|result| (result.replicate, result.before)).unzip();
                replicates.push(world);
                before.push(cost);
            }
            self.done += replicates.iter().flatten().count() as u64;
            let block = Block { cell, first: work.replicates.start, replicates: &replicates, before: &before };
            self.observer.handle_block(&block)?;
        }
        self.observer.handle_progress(self.done, self.total);
        if work.ends_group { self.end_group() } else { Ok(()) }
    }

    fn end_group(&mut self) -> io::Result<()> {
        for (Cell { index, setup, .. }, tally) in self.tallies.drain(..) {
            self.checks.extend(tally.checks());
            self.summaries.push(tally.finish(&mut self.judge, &mut self.keeper));
            self.differences.take(index, setup.request.count, &self.keeper, &mut self.summaries);
            self.keeper.forget(index);
        }
        self.observer.handle_group_end()
    }

    fn finish(mut self) -> io::Result<Findings> {
        if !self.tallies.is_empty() {
            self.end_group()?;
        }
        unify(&mut self.summaries);
        let summary = RunSummary {
            name: self.scenario.name().to_owned(),
            id: self.scenario.id().to_owned(),
            replicates: self.scenario.run().replicates,
            axes: self.scenario.axes().to_vec(),
            cells: self.summaries,
            expectations: self.judge.finish(),
        };
        let Self { panicked, witnesses, checks, breaches, done, total, .. } = self;
        Ok(Findings { summary, panicked, witnesses, disagreements: disagreements(checks), breaches, done, total })
    }
}

fn note_breaches(breaches: &mut Vec<Breaches>, cell: &str, number: u64, replicate: &Replicate) {
    for breach in replicate.rows.iter().filter_map(|row| row.breach) {
        match breaches.iter_mut().find(|known| known.cell == cell) {
            Some(known) => known.rows += 1,
            None => breaches.push(Breaches { cell: cell.to_owned(), rows: 1, replicate: number, breach }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_threads_start_as_can() {
        for (possible, wanted, started) in [(3, 100_000, Some(3)), (9, 2, Some(2)), (0, 2, None), (0, 0, Some(0))] {
            let mut count = 0;
            let result = start(wanted, || {
                let refused = || io::Error::from(io::ErrorKind::WouldBlock);
                (count < possible).then(|| count += 1).ok_or_else(refused)
            });
            assert_eq!(result.is_ok().then_some(count), started, "{wanted} where {possible} are possible");
        }
    }
}
