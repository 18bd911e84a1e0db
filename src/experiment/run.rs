//! Simulates a scenario on several threads and takes the results in order.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::mpsc::sync_channel;
use std::thread;

use thiserror::Error;

use crate::scenario::Scenario;

use super::blocks::Plan;
use super::collector::Collector;
use super::findings::Findings;
use super::group::Simulate;
use super::observer::Observer;
use super::options::Options;
use super::stopper::{Looks, Stopper};
use super::worker::Worker;

/// Reason why a run ends without findings.
///
/// ```
/// # use std::{io, num::NonZero, path::Path, sync::atomic::AtomicBool};
/// use donsim::experiment::{Block, Observer, Options, RunError, run};
/// # use donsim::{scenario::Scenario, sim::simulate};
///
/// struct Full;
/// impl Observer for Full {
///     fn handle_block(&mut self, _: &Block<'_>) -> io::Result<()> {
///         Err(io::Error::other("the disk is full"))
///     }
/// }
///
/// # let scenario = Scenario::parse(Path::new("mine.toml"), "schema = 1\nrun.replicates = 5\n".to_owned(), &[])?;
/// # let stop = AtomicBool::new(false);
/// let ended = run(&scenario, Options::new(NonZero::<usize>::MIN, &stop), &simulate, &mut Full);
/// assert!(matches!(ended, Err(RunError::Unkept(error)) if error.to_string() == "the disk is full"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
    let (next, keyring) = (AtomicU64::new(0), Arc::default());
    let threads = usize::try_from(plan.len()).unwrap_or(usize::MAX).min(options.threads.get());
    // A reader that ends leaves nobody waiting for its piece.
    let threads = if options.is_only_read { 1 } else { threads };
    // Bounded, so that threads wait when results are taken more slowly than they are made.
    let (sender, receiver) = sync_channel(2 * threads);
    thread::scope(|scope| {
        let _release = looks.release_on_panic();
        start(threads, || {
            let keyring = Arc::clone(&keyring);
            let worker = Worker { scenario, plan, looks: &looks, next: &next, options, simulate, keyring };
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
                looks.give_up();
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

#[cfg(test)]
mod tests {
    use std::num::NonZero;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::path::Path;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::super::record::Record;
    use super::*;

    /// Holds nothing, and panics when it is first asked.
    #[derive(Debug, Default)]
    struct Broken(AtomicBool);

    impl Record for Broken {
        fn read(&self, _name: &str) -> Option<Vec<u8>> {
            assert!(self.0.swap(true, Ordering::Relaxed), "the record is broken");
            None
        }

        fn read_elsewhere(&self, _name: &str) -> Vec<Vec<u8>> {
            Vec::new()
        }

        fn write(&self, _name: &str, _bytes: &[u8]) -> io::Result<()> {
            Ok(())
        }

        fn handle_unusable(&self, _name: &str, _reason: &str) {}
    }

    /// The other thread waits at a look for the piece that will never come.
    #[test]
    fn a_thread_that_panics_leaves_nobody_waiting() {
        let text = "schema = 1\nrun = { replicates = 4000, stop = { half_width = 1e-9 } }\ncapability_don.nodes = 4\n";
        let scenario = Scenario::parse(Path::new("mine.toml"), text.to_owned(), &[]).unwrap();
        let ended = catch_unwind(AssertUnwindSafe(|| {
            let (stop, record) = (AtomicBool::new(false), Broken::default());
            let threads = NonZero::new(2).unwrap();
            let options = Options { record: Some(&record), ..Options::new(threads, &stop) };
            run(&scenario, options, &crate::sim::simulate, &mut ()).map(|found| found.done)
        }));
        assert!(ended.is_err(), "{ended:?}");
    }

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
