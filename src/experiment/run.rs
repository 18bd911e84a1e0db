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
use super::progress::Progress;
use super::reading::Simulated;
use super::record::{Known, OpenUnit, Reader, Record};
use super::savings::Baseline;
use super::stopper::{Looks, Stopper};
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
    /// Whether nothing is simulated: one thread reads the record, and the run ends, incomplete, where something is missing.
    pub is_only_read: bool,
}

impl<'a> Options<'a> {
    /// All the work, without a record.
    #[must_use]
    pub const fn new(threads: NonZeroUsize, stop: &'a AtomicBool) -> Self {
        Self { threads, stop, record: None, shard: None, is_only_read: false }
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
/// use donsim::experiment::{Block, Observer, Options, Progress, RunError, run};
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
///     fn handle_progress(&mut self, progress: &Progress<'_>) {
///         self.share = progress.done as f64 / progress.total as f64;
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

    /// Some more replicates are simulated.
    fn handle_progress(&mut self, _progress: &Progress<'_>) {}
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

/// Some replicates of a cell.
struct CellResults {
    cell: u64,
    /// Each with the message of its panic in its place.
    results: Vec<Result<Simulated, String>>,
    /// Whether the record lacks them.
    is_new: bool,
}

/// A finished piece of work.
struct Finished {
    at: u64,
    work: Work,
    /// Of the cells that have not ended.
    cells: Vec<CellResults>,
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
    // A shard does not see all replicates of a cell: it simulates them all, and whoever merges ends the cell.
    let stopper = if plan.is_whole() { Stopper::of(scenario) } else { None };
    let looks = Looks::new(plan, stopper.is_some());
    let next = AtomicU64::new(0);
    let broken = AtomicBool::new(false);
    let keyring = Arc::default();
    let threads = usize::try_from(plan.len()).unwrap_or(usize::MAX).min(options.threads.get());
    // A reader that ends leaves nobody waiting for its piece.
    let threads = if options.is_only_read { 1 } else { threads };
    // Bounded, so that threads wait when results are taken more slowly than they are made.
    let (sender, receiver) = sync_channel(2 * threads);
    thread::scope(|scope| {
        start(threads, || {
            let (stop, keyring) = ([options.stop, &broken], Arc::clone(&keyring));
            let Options { record, is_only_read, .. } = options;
            let worker =
                Worker { scenario, plan, looks: &looks, next: &next, stop, simulate, keyring, record, is_only_read };
            let sender = sender.clone();
            thread::Builder::new().spawn_scoped(scope, move || worker.work(&sender)).map(drop)
        })
        .map_err(RunError::NoThread)?;
        drop(sender);
        let mut collector = Collector::new((scenario, plan), (stopper, &looks), options.record, observer);
        let mut waiting = BTreeMap::new();
        let mut outcome = Ok(());
        for finished in receiver {
            waiting.insert(finished.at, finished);
            while outcome.is_ok()
                && let Some(finished) = waiting.remove(&collector.next)
            {
                outcome = collector.take(finished);
            }
            if outcome.is_err() {
                // The receiver goes on taking until the threads have noticed, or they would wait for it forever.
                broken.store(true, Ordering::Relaxed);
                looks.advance(plan.len());
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
    looks: &'a Looks,
    next: &'a AtomicU64,
    stop: [&'a AtomicBool; 2],
    simulate: &'a Simulate<'a>,
    keyring: Arc<Keyring>,
    record: Option<&'a dyn Record>,
    is_only_read: bool,
}

impl Worker<'_> {
    fn work(&self, results: &SyncSender<Finished>) {
        let seed = self.scenario.run().seed;
        let mut cache = ReplicateCache::with_keyring(seed, Arc::clone(&self.keyring));
        let mut group = (Vec::new(), Vec::new(), Group::default());
        let mut reader = self.record.map(Reader::new);
        while !self.stop.iter().any(|stop| stop.load(Ordering::Relaxed)) {
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
            if self.is_only_read && !is_known {
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

/// Takes finished work in order, and hands it to all that listen.
struct Collector<'a> {
    scenario: &'a Scenario,
    observer: &'a mut dyn Observer,
    plan: Plan,
    stopper: Option<Stopper<'a>>,
    looks: &'a Looks,
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
    fn new(
        (scenario, plan): (&'a Scenario, Plan),
        (stopper, looks): (Option<Stopper<'a>>, &'a Looks),
        record: Option<&'a dyn Record>,
        observer: &'a mut dyn Observer,
    ) -> Self {
        let (next, total, consumers) = (plan.from(0), plan.replicates(), Consumers::new(scenario));
        Self { scenario, observer, plan, stopper, looks, record, open: Vec::new(), consumers, next, done: 0, total }
    }

    fn take(&mut self, Finished { work, cells, .. }: Finished) -> io::Result<()> {
        if self.open.is_empty() {
            let cells = work.cells.clone().map(|index| self.scenario.cell(index));
            let new = |cell| (CellAccumulator::new(cell, self.stopper.is_some()), OpenUnit::default());
            self.open = cells.map(new).collect();
        }
        for found in cells {
            let at = (found.cell - work.cells.start) as usize;
            self.take_cell(at, work.replicates.start, found)?;
        }
        self.observer.handle_progress(&Progress {
            done: self.done,
            total: self.total,
            may_end_early: self.stopper.is_some(),
            axes: self.scenario.axes(),
            cells: &self.consumers.cells,
            open: &self.open,
        });
        let have_ended = self.open.iter().all(|(sums, _)| sums.ended.is_some());
        let ends_group = have_ended || self.plan.ends_group(self.next);
        self.next = self.plan.from(if have_ended { self.plan.next_group(self.next) } else { self.next + 1 });
        self.looks.advance(self.next);
        if ends_group { self.end_group() } else { Ok(()) }
    }

    /// Takes the next replicates of an open cell, as many as come before a rule ends it; the record keeps the others, too.
    fn take_cell(&mut self, at: usize, first: u64, CellResults { results, is_new, .. }: CellResults) -> io::Result<()> {
        let (sums, unit) = &mut self.open[at];
        let mut consumers = self.consumers.all();
        let mut came = 0;
        for (number, result) in (first..).zip(&results) {
            if let Ok(simulated) = result {
                sums.add(number, simulated);
            }
            for consumer in &mut consumers {
                consumer.replicate(&sums.cell, number, result);
            }
            came += 1;
            sums.ended = self.stopper.as_ref().and_then(|stopper| stopper.ended(sums, number + 1));
            if sums.ended.is_some() {
                self.looks.end(sums.cell.index);
                self.total -= self.scenario.run().replicates - (number + 1);
                break;
            }
        }
        let panics: Vec<Option<String>> = results.iter().map(|result| result.as_ref().err().cloned()).collect();
        let parts = |simulated: Simulated| (simulated.replicate, simulated.before);
        let (replicates, before): (Vec<_>, Vec<_>) =
            results.into_iter().map(|result| result.ok().map(parts).unzip()).unzip();
        self.done += replicates[..came].iter().flatten().count() as u64;
        let cell = &sums.cell;
        if self.plan.is_whole() {
            let block = Block { cell, first, replicates: &replicates[..came], before: &before[..came] };
            self.observer.handle_block(&block)?;
        }
        if let Some(record) = self.record {
            let parts = replicates.into_iter().zip(before).map(|(replicate, before)| replicate.zip(before));
            let entries = parts.zip(panics).map(|(parts, panic)| parts.ok_or_else(|| panic.unwrap_or_default()));
            unit.add((record, cell), first, entries, is_new)?;
            if sums.ended.is_some() {
                unit.close(record, cell)?;
            }
        }
        Ok(())
    }

    fn end_group(&mut self) -> io::Result<()> {
        for (mut sums, mut unit) in self.open.drain(..) {
            if let Some(record) = self.record {
                unit.close(record, &sums.cell)?;
            }
            if self.plan.is_whole() {
                let quantiles = sums.take_quantiles();
                let totals = CellTotals::new(&sums, quantiles);
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
        let most = cells.iter().map(|cell| cell.replicates).max().unwrap_or_default();
        let summary = RunSummary {
            name: scenario.name().to_owned(),
            id: scenario.id().to_owned(),
            replicates: if self.stopper.is_some() { most } else { scenario.run().replicates },
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
