//! What goes wrong in one replicate, or with the results, loses nothing else and hangs nothing.

use std::io;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};

use donsim::experiment::{
    Block, Findings, Observer, Options, PanickedReplicate, Progress, RunError, Simulate, Verdict, run,
};
use donsim::scenario::Scenario;
use donsim::sim::{Replicate, ReplicateCache, Setup, simulate};

/// Ten cells, which are two groups.
fn scenario(replicates: u64) -> Scenario {
    let text = format!(
        "schema = 1\n[run]\nreplicates = {replicates}\n[capability_don]\nnodes = 4\n[workflow_don]\nnodes = 1\n\
         [request]\npayload_size = \"10B\"\n\
         [sweep.grid]\nnetwork.loss = [0, 0.1, 0.2, 0.3, 0.4]\naggregator.rule_set = [\"identical\", \"attested\"]\n"
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("panics.toml");
    std::fs::write(&path, text).unwrap();
    Scenario::load(&path, &[]).unwrap()
}

/// Keeps everything that it is told.
#[derive(Default)]
struct Record<'a> {
    /// By cell and number, in the order in which they came.
    kept: Vec<(String, u64, Option<Replicate>)>,
    groups: u64,
    /// How many calls succeed; all when absent.
    patience: Option<usize>,
    calls: usize,
    /// Raised by the first progress.
    stop: Option<&'a AtomicBool>,
}

impl Record<'_> {
    fn call(&mut self) -> io::Result<()> {
        self.calls += 1;
        match self.patience {
            Some(patience) if self.calls > patience => Err(io::Error::new(io::ErrorKind::StorageFull, "disk full")),
            _ => Ok(()),
        }
    }
}

impl Observer for Record<'_> {
    fn handle_block(&mut self, block: &Block<'_>) -> io::Result<()> {
        let numbered = (block.first..).zip(block.replicates);
        self.kept.extend(numbered.map(|(number, replicate)| (block.cell.id.clone(), number, replicate.clone())));
        self.call()
    }

    fn handle_group_end(&mut self) -> io::Result<()> {
        self.groups += 1;
        self.call()
    }

    fn handle_progress(&mut self, _: &Progress<'_>) {
        if let Some(stop) = self.stop {
            stop.store(true, Ordering::Relaxed);
        }
    }
}

const THREADS: [usize; 3] = [1, 2, 7];

fn run_on(
    threads: usize,
    scenario: &Scenario,
    simulate: &Simulate,
    record: &mut Record<'_>,
) -> Result<Findings, RunError> {
    let never = AtomicBool::new(false);
    let options = Options::new(NonZeroUsize::new(threads).unwrap(), record.stop.unwrap_or(&never));
    run(scenario, options, simulate, record)
}

#[test]
fn a_panic_names_its_replicate_and_loses_no_other() {
    let scenario = scenario(20);
    let bad = scenario.cell(3);
    let mut undisturbed = Record::default();
    let whole = run_on(1, &scenario, &simulate, &mut undisturbed).unwrap();
    let bad_setup = bad.setup.clone();
    let panicking = move |setup: &Setup, number: u64, cache: &mut ReplicateCache| {
        let replicate = simulate(setup, number, cache);
        match number {
            5 if *setup == bad_setup => panic!("words"),
            17 if *setup == bad_setup => panic!("number {number}"),
            _ => replicate,
        }
    };
    for threads in THREADS {
        let mut record = Record::default();
        let findings = run_on(threads, &scenario, &panicking, &mut record).unwrap();
        let panicked = |replicate, message: &str| {
            let (cell, message) = (bad.id.clone(), message.to_owned());
            PanickedReplicate { cell, replicate, message }
        };
        assert_eq!(findings.panicked, [panicked(5, "words"), panicked(17, "number 17")]);
        assert_eq!((findings.done, findings.total, findings.is_complete()), (198, 200, false));
        assert_eq!(Verdict::of(&findings.summary, scenario.safety(), findings.is_complete()), Verdict::Incomplete);
        let is_bad = |cell: &str, number: u64| cell == bad.id && [5, 17].contains(&number);
        let expected = undisturbed.kept.iter().cloned();
        let expected: Vec<_> = expected
            .map(|(cell, number, replicate)| {
                let replicate = replicate.filter(|_| !is_bad(&cell, number));
                (cell, number, replicate)
            })
            .collect();
        assert_eq!(record.kept, expected, "{threads} threads");
        for (cell, whole) in findings.summary.cells.iter().zip(&whole.summary.cells) {
            if cell.id == bad.id {
                assert_eq!(cell.replicates, 18);
            } else {
                assert_eq!(cell, whole);
            }
        }
    }
}

/// The first call, one in the middle of a group, its end, and the very last one.
#[test]
fn results_that_cannot_be_kept_end_the_run_with_their_error() {
    let scenario = scenario(100);
    let mut record = Record::default();
    run_on(1, &scenario, &simulate, &mut record).unwrap();
    // Seven blocks a cell, and the ends of two groups.
    let all = 10 * 7 + 2;
    assert_eq!((record.calls, record.groups), (all, 2));
    for threads in THREADS {
        for patience in [0, 11, 8 * 7, all - 1] {
            let mut record = Record { patience: Some(patience), ..Record::default() };
            let error = run_on(threads, &scenario, &simulate, &mut record).unwrap_err();
            assert!(matches!(&error, RunError::Unkept(error) if error.kind() == io::ErrorKind::StorageFull), "{error}");
            assert_eq!(record.calls, patience + 1, "nothing is kept behind a gap");
        }
    }
}

#[test]
fn a_run_that_is_stopped_keeps_a_gapless_beginning() {
    let scenario = scenario(400);
    for threads in [1, 2] {
        let stop = AtomicBool::new(false);
        let mut record = Record { stop: Some(&stop), ..Record::default() };
        let findings = run_on(threads, &scenario, &simulate, &mut record).unwrap();
        // A few blocks may have been under way or waiting, but not 25 of them.
        assert!(findings.done >= 8 * 16 && findings.done < 8 * 400, "{} done", findings.done);
        assert!(!findings.is_complete() && findings.panicked.is_empty());
        assert_eq!(record.groups, 1);
        for cell in &findings.summary.cells {
            let numbers = record.kept.iter().filter(|(id, ..)| *id == cell.id).map(|(_, number, _)| *number);
            assert!(numbers.eq(0..cell.replicates));
        }
        assert_eq!(findings.summary.cells.iter().map(|cell| cell.replicates).sum::<u64>(), findings.done);
        assert_eq!(findings.done, record.kept.len() as u64);
    }
}
