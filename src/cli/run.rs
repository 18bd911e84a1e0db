//! `donsim run`: simulate, write results, judge.

use std::collections::BTreeMap;
use std::error::Error;
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;

use crate::experiment::{Block, Findings, Observer, Options, RunError, Shard, Verdict};
use crate::report::plots::Formats;
use crate::report::{
    FolderError, ResultsFolder, ShardFolder, Suite, Units, Witness, markdown, run_document, runs_document,
};
use crate::scenario::{Adjustments, Scenario, escaped, shell_path};

use crate::sim::{Replicate, ReplicateCache, Setup};
use crate::{experiment, sim};

use super::finished::{Finished, expected_safety};
use super::host::Clock;
use super::progress::Progress;
use super::witness::look;
use super::{Choice, exit, github, interrupt, load_to_run, print, say, shard, verify, write_junit};

#[derive(Debug, Args)]
pub(super) struct Run {
    /// Scenario files
    #[arg(required = true, value_name = "SCENARIO")]
    scenarios: Vec<PathBuf>,
    #[command(flatten)]
    choice: Choice,
    /// Replicates of every cell; those that an earlier run has simulated are not simulated again
    #[arg(long, value_name = "N")]
    replicates: Option<u64>,
    /// Simulate part I of N alone, and write its units for `donsim merge`; `auto` takes I and N from a Slurm array or a CI system
    #[arg(long, value_name = "I/N", value_parser = shard::parse)]
    shard: Option<shard::Choice>,
    /// Simulate everything again, whatever an earlier run has left
    #[arg(long)]
    fresh: bool,
    /// Also simulate some replicates of every cell twice, on different threads and with nothing reused, and compare them
    /// happening by happening
    #[arg(long)]
    verify_determinism: bool,
    #[command(flatten)]
    results: Results,
}

/// Where results go and in which forms.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Results {
    /// Put results into DIR/<name>/<id>/
    #[arg(short, long, value_name = "DIR", default_value = "results")]
    pub(super) output: PathBuf,
    /// Threads that simulate [default: one a core]
    #[arg(short = 'j', long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    /// Compute everything anew that could be kept for equal inputs: slow, for tests that results are the same either way
    #[arg(long)]
    no_reuse: bool,
    /// Compress the rows of every request: runs.csv.gz in place of runs.csv [default: above 1,000,000 rows]
    #[arg(long)]
    gzip: bool,
    /// Draw the pictures as PNG, too
    #[arg(long)]
    png: bool,
    /// Print one JSON document in place of the table
    #[arg(long)]
    json: bool,
    /// Write what was expected and what came of it to FILE, as JUnit XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Annotate the scenario and add to the step's summary, in a step of GitHub Actions
    #[arg(long)]
    github: bool,
}

impl Run {
    pub(super) fn execute(&self) -> u8 {
        let scenarios = match load_to_run(&self.scenarios, &self.adjustments()) {
            Ok(scenarios) => scenarios,
            Err(code) => return code,
        };
        let stop = interrupt::flag();
        if let Some(choice) = self.shard {
            let shard = match choice.shard() {
                Ok(shard) => shard,
                Err(error) => {
                    say(format_args!("error: {error}"));
                    return exit::USAGE;
                }
            };
            return exit::worst(scenarios.iter().map(|scenario| self.part(scenario, shard, &stop)));
        }
        let code = self.results.all(&scenarios, &self.options(), self.fresh, &stop);
        let verified =
            scenarios.iter().filter(|_| self.verify_determinism && !stop.load(Ordering::Relaxed)).map(verify::verified);
        exit::worst([code].into_iter().chain(verified))
    }

    fn adjustments(&self) -> Adjustments {
        let mut adjustments = self.choice.adjustments();
        adjustments.set.extend(self.replicates.map(|count| format!("run.replicates={count}")));
        adjustments
    }

    /// The options that changed scenarios, again for a shell.
    fn options(&self) -> String {
        let replicates = self.replicates.map_or_else(String::new, |count| format!(" --set run.replicates={count}"));
        format!("{}{replicates}", self.choice.overrides.as_options())
    }

    /// One shard of a scenario: whatever its replicates show, it is for the merge to judge.
    fn part(&self, scenario: &Scenario, shard: Shard, stop: &AtomicBool) -> u8 {
        let done = self.try_part(scenario, shard, stop);
        done.unwrap_or_else(|error| {
            say(format_args!("error: {error}"));
            exit::USAGE
        })
    }

    fn try_part(&self, scenario: &Scenario, shard: Shard, stop: &AtomicBool) -> Result<u8, Box<dyn Error>> {
        let folder = ShardFolder::create(&self.results.output, scenario, shard)?;
        let path = folder.path().to_owned();
        let units = Units::of(&path).map_err(|source| FolderError::Write(path.clone(), source))?;
        let options =
            Options { record: Some(&units), shard: Some(shard), ..Options::new(self.results.threads(), stop) };
        let mut progress = Progress::new(scenario.name(), "replicates");
        let findings = self.results.simulate(scenario, options, &path, &mut progress)?;
        progress.finish();
        say_unusable(&units);
        let (Shard { number, of }, Findings { done, total, .. }) = (shard, &findings);
        let shown = path.display();
        if !findings.is_complete() {
            say(format_args!(
                "incomplete: {done} of {total} replicates of shard {number} of {of} are kept in {shown}/units/"
            ));
            return Ok(exit::INCOMPLETE);
        }
        folder.finish(scenario, &self.adjustments())?;
        print(format_args!(
            "shard {number} of {of}: {done} replicates in {shown}/units/; join all with donsim merge\n"
        ));
        Ok(exit::PASS)
    }
}

impl Results {
    /// Those of a run whose folder is made again.
    pub(super) fn again(png: bool) -> Self {
        let output = PathBuf::new();
        Self { output, threads: None, no_reuse: false, gzip: false, png, json: false, junit: None, github: false }
    }

    /// Runs scenarios one after the other, and exports what they came to.
    pub(super) fn all(&self, scenarios: &[Scenario], options: &str, fresh: bool, stop: &AtomicBool) -> u8 {
        let (mut codes, mut runs) = (Vec::new(), Vec::new());
        for scenario in scenarios {
            match self.one(scenario, options, fresh, stop) {
                Ok(finished) => {
                    codes.push(exit::code(finished.verdict));
                    if !finished.findings.breaches.is_empty() {
                        codes.push(exit::FAIL);
                    }
                    runs.push(finished);
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
        if !self.export(&runs, scenarios.len()) {
            codes.push(exit::USAGE);
        }
        exit::worst(codes)
    }

    fn threads(&self) -> NonZeroUsize {
        self.threads.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN)
    }

    fn simulate(
        &self,
        scenario: &Scenario,
        options: Options<'_>,
        path: &Path,
        observer: &mut dyn Observer,
    ) -> Result<Findings, Box<dyn Error>> {
        let simulate: &experiment::Simulate<'_> = if self.no_reuse { &simulate_anew } else { &sim::simulate };
        experiment::run(scenario, options, simulate, observer).map_err(|error| match error {
            RunError::Unkept(source) => FolderError::Write(path.to_owned(), source).into(),
            RunError::NoThread(_) => Box::<dyn Error>::from(error),
        })
    }

    /// Everything for machines, about all runs together; `false` when it cannot be written.
    fn export(&self, runs: &[Finished<'_>], scenarios: usize) -> bool {
        if self.json {
            let documents: Vec<_> =
                runs.iter().map(|run| run_document(&run.findings, &run.path, run.verdict)).collect();
            // One scenario has one document, or none when its results cannot be kept.
            let document = match documents.as_slice() {
                documents if scenarios > 1 => Some(runs_document(documents)),
                documents => documents.first().cloned(),
            };
            if let Some(document) = document {
                print(format_args!("{document:#}\n"));
            }
        }
        if self.github {
            let annotations = runs.iter().flat_map(|run| github::annotations(run.scenario, &run.findings, run.verdict));
            github::annotate(annotations.collect());
            let summaries: Vec<_> = runs.iter().map(|run| markdown(&run.findings.summary, run.verdict)).collect();
            github::summarise(&summaries.join("\n"));
        }
        let suites = || runs.iter().map(|run| Suite::new(run.scenario, &run.findings)).collect::<Vec<_>>();
        self.junit.as_ref().is_none_or(|file| write_junit(file, &suites()))
    }

    fn one<'a>(
        &self,
        scenario: &'a Scenario,
        options: &str,
        fresh: bool,
        stop: &AtomicBool,
    ) -> Result<Finished<'a>, Box<dyn Error>> {
        let clock = Clock::start();
        // What is simulated without reuse is compared with what is not, so nothing of it is taken from anywhere.
        let fresh = fresh || self.no_reuse;
        let folder = ResultsFolder::create(&self.output, scenario, fresh, self.gzip)?;
        let path = folder.path().to_owned();
        let units = if fresh { Units::alone(&path) } else { Units::of(&path) };
        let units = units.map_err(|source| FolderError::Write(path.clone(), source))?;
        let finished = self.made(scenario, (folder, &units), Some(&clock), stop)?;
        say_unusable(&units);
        self.tell(&finished, options);
        Ok(finished)
    }

    /// The run in `folder`, of its record and what that lacks; what it ran on is noted if somebody has kept the time.
    pub(super) fn made<'a>(
        &self,
        scenario: &'a Scenario,
        (folder, units): (ResultsFolder, &Units),
        clock: Option<&Clock>,
        stop: &AtomicBool,
    ) -> Result<Finished<'a>, Box<dyn Error>> {
        let (path, threads) = (folder.path().to_owned(), self.threads());
        let mut writer = RowWriter { folder, progress: Progress::new(scenario.name(), "replicates") };
        let run = Options { record: Some(units), ..Options::new(threads, stop) };
        let findings = self.simulate(scenario, run, &path, &mut writer)?;
        writer.progress.finish();
        if let Some(clock) = clock {
            writer.folder.write_host(&clock.host(threads.get()))?;
        }
        let rows = writer.folder.rows_name();
        let verdict = Verdict::of(&findings.summary, expected_safety(scenario, &findings), findings.is_complete());
        let look = |witness: &Witness| look(scenario, witness);
        writer.folder.finish(scenario, (&findings, verdict), Formats::new(self.png), &look)?;
        Ok(Finished { scenario, findings, verdict, path, rows })
    }

    fn tell(&self, finished: &Finished<'_>, options: &str) {
        let Finished { findings, path, .. } = finished;
        let path = path.display();
        if !self.json {
            finished.print();
        }
        for panicked in &findings.panicked {
            let experiment::PanickedReplicate { cell, replicate, message } = panicked;
            say(format_args!("error: replicate {replicate} of cell {cell} panicked: {}", escaped(message)));
        }
        if !findings.is_complete() {
            let (done, total) = (findings.done, findings.total);
            say(format_args!(
                "incomplete: {done} of {total} replicates are kept in {path}/units/; the same command goes on from there"
            ));
        }
        finished.say_what_is_left_out();
        finished.say_shortfalls();
        finished.say_disagreements();
        finished.say_breaches();
        finished.say_expectations();
        finished.say_verdict();
        if let Some((cell, replicate)) = finished.witness() {
            let path = shell_path(finished.scenario.path().as_ref());
            say(format_args!("see why: donsim replay {path} --cell {cell} --replicate {replicate}{options}"));
        }
    }
}

/// [`sim::simulate`] without any reuse.
fn simulate_anew(setup: &Setup, replicate: u64, _: &mut ReplicateCache) -> Replicate {
    sim::simulate(setup, replicate, &mut ReplicateCache::without_reuse(setup.run.seed))
}

/// Units of an earlier run that could not be used, by the reason; after a change of the code that may be all.
fn say_unusable(units: &Units) {
    const MOST_NAMES: usize = 3;
    let mut by_reason: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, reason) in units.unusable() {
        by_reason.entry(reason).or_default().push(format!("units/{name}"));
    }
    for (reason, names) in by_reason {
        let more = names.len().saturating_sub(MOST_NAMES);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        let names = names[..names.len().min(MOST_NAMES)].join(", ");
        say(format_args!("warning: {names}{more}: {reason}; the replicates were simulated again"));
    }
}

/// Keeps results as they come.
struct RowWriter {
    folder: ResultsFolder,
    progress: Progress,
}

impl Observer for RowWriter {
    fn handle_block(&mut self, block: &Block<'_>) -> io::Result<()> {
        self.folder.add(block)
    }

    fn handle_group_end(&mut self) -> io::Result<()> {
        self.folder.end_group()
    }

    fn handle_progress(&mut self, progress: &experiment::Progress<'_>) {
        self.progress.handle_progress(progress);
    }
}
