//! Simulates a scenario on several threads and takes the results in order.

use std::collections::BTreeMap;
use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use thiserror::Error;

use crate::attestation::Keyring;
use crate::scenario::{Cell, Scenario};
use crate::sim::{Replicate, ReplicateCache};

use super::accumulator::{CellAccumulator, CellTotals};
use super::agreement::{Agreement, Disagreement};
use super::blocks::{Plan, Shard, Work};
use super::consumer::Consumer;
use super::differences::Differences;
use super::group::{Group, Simulate};
use super::judge::Judge;
use super::mishaps::{Breaches, PanickedReplicate};
use super::reading::Simulated;
use super::record::{Known, OpenUnit, Reader, Record};
use super::savings::Baseline;
use super::summary::{CellSummary, RunSummary, unify};
use super::witness::{WitnessFinder, Witnesses};

/// Options of a run.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// Threads that simulate.
    pub threads: NonZeroUsize,
    /// Set it to stop after the blocks that are under way.
    pub stop: &'a AtomicBool,
    /// Record that finished replicates are taken from, and put into; `None` to simulate all and keep nothing.
    pub record: Option<&'a dyn Record>,
    /// Part of the work; `None` for all of it.
    pub shard: Option<Shard>,
}

impl<'a> Options<'a> {
    /// All the work, without a record.
    #[must_use]
    pub const fn new(threads: NonZeroUsize, stop: &'a AtomicBool) -> Self {
        Self { threads, stop, record: None, shard: None }
    }
}

/// Some consecutive replicates of one cell.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    /// The cell.
    pub cell: &'a Cell,
    /// Number of the first replicate.
    pub first: u64,
    /// Result of each; `None` for one that panicked.
    pub replicates: &'a [Option<Replicate>],
    /// Cost of each in the baseline; `None` for one that panicked.
    pub before: &'a [Option<Arc<Baseline>>],
}

/// Takes the results as they come, in an order that depends on the scenario alone; errors when they cannot be kept end
/// the run.
///
/// ```
/// use std::{io, num::NonZero, path::Path, sync::atomic::AtomicBool};
/// use donsim::experiment::{Block, Observer, Options, RunError, run};
/// use donsim::scenario::Scenario;
/// use donsim::sim::simulate;
///
/// #[derive(Default)]
/// struct Seen {
///     replicates: usize,
///     groups: u32,
///     share: f64,
/// }
///
/// impl Observer for Seen {
///     fn handle_block(&mut self, block: &Block<'_>) -> io::Result<()> {
///         self.replicates += block.replicates.len();
///         if self.replicates > 100 { Err(io::Error::other("enough")) } else { Ok(()) }
///     }
///
///     fn handle_group_end(&mut self) -> io::Result<()> {
///         self.groups += 1;
///         Ok(())
///     }
///
///     fn handle_progress(&mut self, done: u64, total: u64) {
///         self.share = done as f64 / total as f64;
///     }
/// }
///
/// let (stop, mut seen) = (AtomicBool::new(false), Seen::default());
/// let scenario = |replicates| {
///     let text = format!("schema = 1\nrun.replicates = {replicates}\n");
///     Scenario::parse(Path::new("mine.toml"), text, &[])
/// };
/// let options = Options::new(NonZero::<usize>::MIN, &stop);
/// run(&scenario(40)?, options, &simulate, &mut seen)?;
/// assert_eq!((seen.replicates, seen.groups, seen.share), (40, 1, 1.0));
/// let error = run(&scenario(80)?, options, &simulate, &mut seen).expect_err("too many");
/// assert!(matches!(error, RunError::Unkept(_)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Observer {
    /// The next replicates of a cell.
    ///
    /// # Errors
    /// Results that cannot be kept.
    fn handle_block(&mut self, _block: &Block<'_>) -> io::Result<()> {
        Ok(())
    }

    /// All cells that blocks have come for since the last call are complete, or the run ends.
    ///
    /// # Errors
    /// Results that cannot be kept.
    fn handle_group_end(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// So many of all replicates are simulated.
    fn handle_progress(&mut self, _done: u64, _total: u64) {}
}

/// Nobody: keeps nothing.
impl Observer for () {}

/// All that a run found.
///
/// ```
/// # use std::{num::NonZero, path::Path, sync::atomic::AtomicBool};
/// use donsim::experiment::{Breaches, Disagreement, Findings, Options, PanickedReplicate, Witnesses, run};
/// # use donsim::scenario::Scenario;
/// use donsim::sim::{Breach, Setup, simulate};
///
/// # let scenario = Scenario::parse(Path::new("mine.toml"), "schema = 1\nrun.replicates = 9\n".to_owned(), &[])?;
/// # let stop = AtomicBool::new(false);
/// let broken = |setup: &Setup, number, cache: &mut _| {
///     assert_ne!(number, 5, "five is unlucky");
///     let mut replicate = simulate(setup, number, cache);
///     replicate.rows[0].breach = (number == 7).then_some(Breach::DidNotAccept);
///     replicate
/// };
/// let Findings { panicked, breaches, disagreements, witnesses, .. } =
///     run(&scenario, Options::new(NonZero::<usize>::MIN, &stop), &broken, &mut ())?;
/// let [PanickedReplicate { replicate: 5, message, .. }] = &panicked[..] else { panic!("{panicked:?}") };
/// assert!(message.contains("five is unlucky"));
/// assert!(matches!(breaches[..], [Breaches { replicate: 7, rows: 1, .. }]));
/// assert_eq!(disagreements, [] as [Disagreement; 0], "rates are as the closed form says");
/// assert!(witnesses.values().all(|of_cell| *of_cell == Witnesses::default()), "nothing unsafe to look at");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Findings {
    /// By cell, as far as they were simulated.
    pub summary: RunSummary,
    /// Replicates that panicked; they are missing from all else.
    pub panicked: Vec<PanickedReplicate>,
    /// By cell, which replicates to look at.
    pub witnesses: BTreeMap<String, Witnesses>,
    /// Contradictions to closed forms, by cell.
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

/// Replicates of a cell, each with the message of its panic in its place.
type Results = Vec<Result<Simulated, String>>;

/// A finished piece of work.
struct Finished {
    at: u64,
    work: Work,
    /// By cell.
    results: Vec<Results>,
    /// By cell, whether the record lacks them.
    is_new: Vec<bool>,
}

/// Reason why a run ends without findings.
#[derive(Debug, Error)]
pub enum RunError {
    /// The system gives no thread to simulate on.
    #[error("cannot start a thread: {0}")]
    NoThread(io::Error),
    /// Results that the observer could not keep.
    #[error(transparent)]
    Unkept(#[from] io::Error),
}

/// Runs all cells and replicates of a scenario, or those of a shard, on fewer threads than asked for where there is less work, or the system
/// gives fewer. Of a shard nothing is found out: its replicates go to the record, and findings tell how many they are.
///
/// ```
/// use std::{num::NonZero, path::Path, sync::atomic::AtomicBool};
/// use donsim::experiment::{Findings, Options, RunSummary, Verdict, run};
/// use donsim::scenario::Scenario;
/// use donsim::sim::{Safety, simulate};
///
/// let text = "schema = 1\nrun.replicates = 20\n[[expect]]\nthat = \"accepted >= 0.5\"\n";
/// let scenario = Scenario::parse(Path::new("mine.toml"), text.to_owned(), &[])?;
/// let stop = AtomicBool::new(false);
/// let findings: Findings = run(&scenario, Options::new(NonZero::<usize>::MIN, &stop), &simulate, &mut ())?;
/// assert!(findings.is_complete() && findings.done == 20);
/// let summary: &RunSummary = &findings.summary;
/// assert_eq!(Verdict::of(summary, Safety::Holds, true).name(), "pass");
/// assert_eq!(Verdict::of(summary, Safety::Violated, true), Verdict::Fail, "no wrong response was accepted");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// See [`RunError`].
pub fn run(
    scenario: &Scenario,
    options: Options<'_>,
    simulate: &Simulate<'_>,
    observer: &mut dyn Observer,
) -> Result<Findings, RunError> {
    let plan = Plan::new(scenario.cell_count(), scenario.run().replicates, options.shard);
    let next = AtomicU64::new(0);
    let broken = AtomicBool::new(false);
    let keyring = Arc::default();
    let threads = usize::try_from(plan.len()).unwrap_or(usize::MAX).min(options.threads.get());
    // Bounded, so that threads wait when results are taken more slowly than they are made.
    let (sender, receiver) = sync_channel(2 * threads);
    thread::scope(|scope| {
        start(threads, || {
            let (stop, keyring) = ([options.stop, &broken], Arc::clone(&keyring));
            let record = options.record;
            let worker = Worker { scenario, plan, next: &next, stop, simulate, keyring, record };
            let sender = sender.clone();
            thread::Builder::new().spawn_scoped(scope, move || worker.work(&sender)).map(drop)
        })
        .map_err(RunError::NoThread)?;
        drop(sender);
        let mut collector = Collector::new(scenario, plan, options.record, observer);
        let mut waiting = BTreeMap::new();
        let mut outcome = Ok(());
        for finished in receiver {
            waiting.insert(finished.at, finished);
            while let Some(finished) = waiting.remove(&collector.next) {
                if outcome.is_ok() {
                    outcome = collector.take(finished);
                }
                collector.next = plan.from(collector.next + 1);
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
    simulate: &'a Simulate<'a>,
    keyring: Arc<Keyring>,
    record: Option<&'a dyn Record>,
}

impl Worker<'_> {
    fn work(&self, results: &SyncSender<Finished>) {
        let seed = self.scenario.run().seed;
        let mut cache = ReplicateCache::with_keyring(seed, Arc::clone(&self.keyring));
        let mut group = (0..0, Vec::new(), Group::default());
        let mut reader = self.record.map(Reader::new);
        while !self.stop.iter().any(|stop| stop.load(Ordering::Relaxed)) {
            let at = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(work) = self.plan.get(at) else { break };
            if self.plan.from(at) != at {
                continue;
            }
            if group.0 != work.cells {
                let cells: Vec<Cell> = work.cells.clone().map(|index| self.scenario.cell(index)).collect();
                let worlds = Group::new(&cells);
                group = (work.cells.clone(), cells, worlds);
                reader.iter_mut().for_each(Reader::clear);
            }
            let known = reader.as_mut().map(|reader| reader.read(&group.1, &work.replicates)).unwrap_or_default();
            let (block, is_new) = self.block(&work, known, &group.2, &mut cache);
            let finished = Finished { at, results: block, is_new, work };
            if results.send(finished).is_err() {
                break;
            }
        }
    }

    /// What is known, if that is all; otherwise replicate by replicate, in each cell by cell, so that cells share the
    /// replicate's keys and signatures.
    fn block(
        &self,
        work: &Work,
        known: Vec<Option<Known>>,
        group: &Group,
        cache: &mut ReplicateCache,
    ) -> (Vec<Results>, Vec<bool>) {
        let mut results: Vec<Vec<_>> = work.cells.clone().map(|_| Vec::new()).collect();
        let is_kept = |at: usize| known.get(at).and_then(Option::as_ref).is_some_and(|known| known.is_own);
        let is_new = (0..results.len()).map(|at| !is_kept(at)).collect();
        if !known.is_empty() && known.iter().all(Option::is_some) {
            return (known.into_iter().flatten().map(|known| known.results).collect(), is_new);
        }
        for replicate in work.replicates.clone() {
            let simulated = group.simulate(replicate, self.simulate, cache);
            results.iter_mut().zip(simulated).for_each(|(results, simulated)| results.push(simulated));
        }
        (results, is_new)
    }
}

/// Takes finished work in order, and hands it to all that listen.
struct Collector<'a> {
    scenario: &'a Scenario,
    observer: &'a mut dyn Observer,
    plan: Plan,
    record: Option<&'a dyn Record>,
    /// The group of cells that is under way.
    open: Vec<(CellAccumulator, OpenUnit)>,
    consumers: Consumers<'a>,
    /// The piece of work that it takes next.
    next: u64,
    done: u64,
    total: u64,
}

/// Each makes one part of the findings.
struct Consumers<'a> {
    panicked: Vec<PanickedReplicate>,
    breaches: Vec<Breaches>,
    witnesses: WitnessFinder<'a>,
    cells: Vec<CellSummary>,
    agreement: Agreement,
    differences: Differences,
    judge: Judge<'a>,
}

impl<'a> Consumers<'a> {
    fn new(scenario: &'a Scenario) -> Self {
        Self {
            panicked: Vec::new(),
            breaches: Vec::new(),
            witnesses: WitnessFinder::new(scenario),
            cells: Vec::new(),
            agreement: Agreement::default(),
            differences: Differences::new(scenario),
            judge: Judge::new(scenario),
        }
    }

    fn all(&mut self) -> [&mut dyn Consumer; 7] {
        let Self { panicked, breaches, witnesses, cells, agreement, differences, judge } = self;
        [panicked, breaches, witnesses, cells, agreement, differences, judge]
    }
}

impl<'a> Collector<'a> {
    fn new(scenario: &'a Scenario, plan: Plan, record: Option<&'a dyn Record>, observer: &'a mut dyn Observer) -> Self {
        let (next, total, consumers) = (plan.from(0), plan.replicates(), Consumers::new(scenario));
        Self { scenario, observer, plan, record, open: Vec::new(), consumers, next, done: 0, total }
    }

    fn take(&mut self, Finished { work, results, is_new, .. }: Finished) -> io::Result<()> {
        if self.open.is_empty() {
            let cells = work.cells.clone().map(|index| self.scenario.cell(index));
            self.open = cells.map(|cell| (CellAccumulator::new(cell), OpenUnit::default())).collect();
        }
        for (((sums, unit), results), is_new) in self.open.iter_mut().zip(results).zip(is_new) {
            let mut consumers = self.consumers.all();
            for (number, result) in work.replicates.clone().zip(&results) {
                if let Ok(simulated) = result {
                    sums.add(number, simulated);
                }
                for consumer in &mut consumers {
                    consumer.replicate(&sums.cell, number, result);
                }
            }
            let panics: Vec<Option<String>> = results.iter().map(|result| result.as_ref().err().cloned()).collect();
            let parts = |simulated: Simulated| (simulated.replicate, simulated.before);
            let (replicates, before): (Vec<_>, Vec<_>) =
                results.into_iter().map(|result| result.ok().map(parts).unzip()).unzip();
            self.done += replicates.iter().flatten().count() as u64;
            let (cell, first) = (&sums.cell, work.replicates.start);
            if self.plan.is_whole() {
                self.observer.handle_block(&Block { cell, first, replicates: &replicates, before: &before })?;
            }
            if let Some(record) = self.record {
                let parts = replicates.into_iter().zip(before).map(|(replicate, before)| replicate.zip(before));
                let entries = parts.zip(panics).map(|(parts, panic)| parts.ok_or_else(|| panic.unwrap_or_default()));
                unit.add((record, cell), first, entries, is_new)?;
            }
        }
        self.observer.handle_progress(self.done, self.total);
        if self.plan.ends_group(self.next) { self.end_group() } else { Ok(()) }
    }

    fn end_group(&mut self) -> io::Result<()> {
        for (sums, mut unit) in self.open.drain(..) {
            if let Some(record) = self.record {
                unit.close(record, &sums.cell)?;
            }
            if self.plan.is_whole() {
                let latencies = sums.latencies();
                let totals = CellTotals::new(&sums, &latencies);
                for consumer in self.consumers.all() {
                    consumer.cell_end(&totals);
                }
            }
        }
        if self.plan.is_whole() { self.observer.handle_group_end() } else { Ok(()) }
    }

    fn finish(mut self) -> io::Result<Findings> {
        if !self.open.is_empty() {
            self.end_group()?;
        }
        let Self { scenario, done, total, .. } = self;
        let Consumers { panicked, breaches, witnesses, mut cells, agreement, differences, judge } = self.consumers;
        for (cell, differences) in differences.found {
            cells[cell as usize].differences = differences;
        }
        unify(&mut cells);
        let summary = RunSummary {
            name: scenario.name().to_owned(),
            id: scenario.id().to_owned(),
            replicates: scenario.run().replicates,
            axes: scenario.axes().to_vec(),
            cells,
            expectations: judge.judgements.into_values().collect(),
        };
        let (witnesses, disagreements) = (witnesses.found, agreement.disagreements());
        Ok(Findings { summary, panicked, witnesses, disagreements, breaches, done, total })
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
