//! `donsim run`: simulate, write results, judge.

use std::io;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;
use serde_json::Value;

use crate::experiment::{Block, Findings, Observer, Options, Verdict, idle_faults};
use crate::report::{FolderError, ResultsFolder, run_document, runs_document, table};
use crate::scenario::Scenario;
use crate::{experiment, sim};

use super::host::Clock;
use super::progress::Progress;
use super::{Overrides, exit, load, print, say};

#[derive(Debug, Args)]
pub(super) struct Run {
    /// Scenario files
    #[arg(required = true, value_name = "SCENARIO")]
    scenarios: Vec<PathBuf>,
    #[command(flatten)]
    overrides: Overrides,
    /// Put results into DIR/<name>/<id>/
    #[arg(short, long, value_name = "DIR", default_value = "results")]
    output: PathBuf,
    /// Threads that simulate [default: one a core]
    #[arg(short = 'j', long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    /// Print one JSON document in place of the table
    #[arg(long)]
    json: bool,
}

impl Run {
    pub(super) fn execute(&self) -> u8 {
        let Some(scenarios) = load(&self.scenarios, &self.overrides) else { return exit::USAGE };
        let stop = stop_on_interrupt();
        let mut codes = Vec::new();
        let mut documents = Vec::new();
        for scenario in &scenarios {
            match self.one(scenario, &stop) {
                Ok((verdict, document)) => {
                    codes.push(exit::code(verdict));
                    documents.push(document);
                }
                Err(error) => {
                    say(format_args!("error: {error}"));
                    codes.push(exit::USAGE);
                }
            }
            if stop.load(Ordering::Relaxed) {
                break;
            }
        }
        if self.json {
            // One scenario has one document, or none when its results cannot be kept.
            let document = if scenarios.len() == 1 { documents.pop() } else { Some(runs_document(&documents)) };
            if let Some(document) = document {
                print(format_args!("{document:#}\n"));
            }
        }
        exit::worst(codes)
    }

    fn one(&self, scenario: &Scenario, stop: &AtomicBool) -> Result<(Verdict, Value), FolderError> {
        let clock = Clock::start();
        let threads = self.threads.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
        let folder = ResultsFolder::create(&self.output, scenario)?;
        let path = folder.path().to_owned();
        let total = scenario.cell_count().saturating_mul(scenario.run().replicates);
        let mut keeper = Keeper { folder, progress: Progress::new(scenario.name(), total) };
        let findings = experiment::run(scenario, Options { threads, stop }, &sim::simulate, &mut keeper)
            .map_err(|source| FolderError::Write { path: path.clone(), source })?;
        keeper.progress.finish();
        keeper.folder.write_host(&clock.host(threads.get()))?;
        keeper.folder.finish(scenario, &findings)?;
        let verdict = Verdict::of(&findings.summary, scenario.safety(), findings.is_complete());
        self.tell(&findings, verdict, &path);
        Ok((verdict, run_document(&findings.summary, &path, verdict)))
    }

    fn tell(&self, findings: &Findings, verdict: Verdict, path: &std::path::Path) {
        let path = path.display();
        if !self.json {
            print(table(&findings.summary));
            if findings.is_complete() {
                print(format_args!("wrote {path}/ (cells.csv, runs.csv, summary.csv, plots/)\n"));
            }
        }
        for panicked in &findings.panicked {
            let experiment::PanickedReplicate { cell, replicate, message } = panicked;
            say(format_args!("error: replicate {replicate} of cell {cell} panicked: {message}"));
        }
        if !findings.is_complete() {
            let (done, total) = (findings.done, findings.total);
            say(format_args!("incomplete: {done} of {total} replicates are kept in {path}/*.part"));
        }
        match verdict {
            Verdict::SafetyViolated => {
                say("safety violated: a wrong response was accepted, or workflow nodes disagree");
            }
            Verdict::Fail => say("failed: the scenario expects a violation of safety, and there was none"),
            Verdict::Inconclusive => {
                let idle = idle_faults(&findings.summary).join(", faults.");
                say(format_args!("inconclusive: never acted: faults.{idle}"));
            }
            Verdict::Pass | Verdict::Incomplete => {}
        }
    }
}

/// Keeps results as they come.
struct Keeper {
    folder: ResultsFolder,
    progress: Progress,
}

impl Observer for Keeper {
    fn handle_block(&mut self, block: &Block<'_>) -> io::Result<()> {
        self.folder.add(block)
    }

    fn handle_group_end(&mut self) -> io::Result<()> {
        self.folder.end_group()
    }

    fn handle_progress(&mut self, done: u64, total: u64) {
        self.progress.update(done, total);
    }
}

/// A flag that Ctrl-C raises; a second Ctrl-C ends the process at once.
fn stop_on_interrupt() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let installed = ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        say("interrupted: finishing what is under way, press Ctrl-C again to drop it");
    });
    if let Err(error) = installed {
        say(format_args!("warning: Ctrl-C will lose what is under way: {error}"));
    }
    stop
}
