//! `donsim explore`: search for what breaks a scenario.

use std::fs;
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;

use crate::experiment::Options;
use crate::explore::{Budget, Explored, Find, Goal, MARK, Observer, Simulate, explore};
use crate::report::{explored_csv, explored_markdown, explored_table};
use crate::scenario::{Adjustments, Axis, Scenario, escaped};
use crate::sim::{FAULTS, RealAggregators, simulate_with};

use super::progress::Progress;
use super::{Choice, exit, interrupt, load, print, say};

#[derive(Debug, Args)]
pub(super) struct Explore {
    /// A scenario file; each of its cells is explored
    scenario: PathBuf,
    #[command(flatten)]
    choice: Choice,
    /// Let the adversary choose a network condition, or any other key, among values: `network.loss=0,0.01,0.05` or
    /// `network.loss={from=0,to=0.05,step=0.01}`; the first is the plain one; may be repeated
    #[arg(long, value_name = "KEY=VALUES")]
    vary: Vec<String>,
    /// Capability nodes that the adversary has [default: F, less those that the scenario makes faulty]
    #[arg(long, value_name = "F")]
    nodes: Option<u32>,
    /// Workflow nodes that it has
    #[arg(long, value_name = "N", default_value_t = 0)]
    callers: u32,
    /// Faults that it may use, by name; may be repeated [default: all but those that authenticated links rule out]
    #[arg(long, value_name = "FAULT", value_parser = fault)]
    fault: Vec<&'static str>,
    /// Faults that it may not use; may be repeated
    #[arg(long, value_name = "FAULT", value_parser = fault)]
    without: Vec<&'static str>,
    /// Attacks that are tried on each cell
    #[arg(long, value_name = "N", default_value_t = 400, value_parser = clap::value_parser!(u64).range(1..))]
    trials: u64,
    /// Replicates of each of them
    #[arg(long, value_name = "N", default_value_t = 40, value_parser = clap::value_parser!(u64).range(1..))]
    replicates: u64,
    /// Replicates of the worst attacks, for the table
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u64).range(1..))]
    confirm: u64,
    /// Seed of the search
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Put finds and tables into DIR/<name>/
    #[arg(short, long, value_name = "DIR", default_value = "explored")]
    output: PathBuf,
    /// Threads that simulate [default: one a core]
    #[arg(short = 'j', long, value_name = "N")]
    threads: Option<NonZeroUsize>,
}

impl Explore {
    pub(super) fn execute(&self) -> u8 {
        let mut adjustments = self.choice.adjustments();
        adjustments.sweep.extend(self.vary.iter().cloned());
        let scenario = match self.load(&adjustments) {
            Ok(scenario) => scenario,
            Err(code) => return code,
        };
        let folder = self.output.join(scenario.name());
        if let Err(error) = prepare(&folder, &scenario) {
            say(format_args!("error: cannot write to {}: {error}", folder.display()));
            return exit::USAGE;
        }
        let stop = interrupt::flag();
        let keys: Vec<String> = self.vary.iter().filter_map(|text| key(text)).collect();
        let mut writer = FindWriter { folder: &folder, progress: Progress::new(scenario.name(), "trials") };
        let threads = self.threads.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
        let options = Options::new(threads, &stop);
        let simulate: &Simulate<'_> =
            &|setup, replicate, cache, listener| simulate_with(setup, replicate, cache, &RealAggregators, listener);
        let explored = explore(&scenario, &keys, &folder, (&self.budget(), options), simulate, &mut writer);
        writer.progress.finish();
        let axes: Vec<Axis> = scenario.axes().iter().filter(|axis| !keys.contains(&axis.key)).cloned().collect();
        let kept = explored.map_err(|error| error.to_string()).and_then(|explored| {
            let kept = keep(&folder, &axes, &explored);
            kept.map(|()| explored).map_err(|error| format!("cannot write to {}: {error}", folder.display()))
        });
        match kept {
            Ok(explored) => tell(&folder, &axes, &explored, &stop),
            Err(error) => {
                say(format_args!("error: {}", escaped(&error)));
                exit::USAGE
            }
        }
    }

    fn load(&self, adjustments: &Adjustments) -> Result<Scenario, u8> {
        let mut scenarios = load(std::slice::from_ref(&self.scenario), adjustments)?;
        scenarios.pop().ok_or(exit::NOTHING_SELECTED)
    }

    fn budget(&self) -> Budget {
        let mut faults = if self.fault.is_empty() { Budget::faults() } else { self.fault.clone() };
        faults.retain(|fault| !self.without.contains(fault));
        Budget {
            faults,
            nodes: self.nodes,
            callers: self.callers,
            trials: self.trials,
            replicates: self.replicates,
            confirming: self.confirm,
            seed: self.seed,
        }
    }
}

/// The fault called so.
fn fault(name: &str) -> Result<&'static str, String> {
    let known = FAULTS.iter().find(|fault| fault.name == name).map(|fault| fault.name);
    known.ok_or_else(|| "no fault has this name; `donsim faults` lists all".to_owned())
}

/// The key of `KEY=VALUES`.
fn key(text: &str) -> Option<String> {
    text.split_once('=').map(|(key, _)| key.trim().to_owned())
}

/// The folder with the files that the scenario names, where finds expect them, and without finds of an earlier search.
fn prepare(folder: &Path, scenario: &Scenario) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_toml = path.extension().is_some_and(|ending| ending == "toml");
        if is_toml && fs::read_to_string(&path).is_ok_and(|text| text.starts_with(MARK)) {
            fs::remove_file(path)?;
        }
    }
    for file in scenario.files() {
        let path = folder.join(&file.stored);
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(path, &file.bytes)?;
    }
    Ok(())
}

fn keep(folder: &Path, axes: &[Axis], explored: &[Explored]) -> io::Result<()> {
    fs::write(folder.join("explored.md"), explored_markdown(axes, explored))?;
    fs::write(folder.join("explored.csv"), explored_csv(axes, explored)?)
}

/// The table, and how it went.
fn tell(folder: &Path, axes: &[Axis], explored: &[Explored], stop: &AtomicBool) -> u8 {
    print(explored_table(axes, explored));
    let finds: Vec<&Find> = explored.iter().flat_map(|cell| &cell.finds).collect();
    let s = if finds.len() == 1 { "" } else { "s" };
    print(format_args!("wrote {}/ (explored.md, explored.csv, {} find{s})\n", folder.display(), finds.len()));
    let mut codes: Vec<u8> = finds.iter().map(|find| code(find)).collect();
    if stop.load(Ordering::Relaxed) {
        say("incomplete: stopped before all attacks were tried; what was found is kept");
        codes.push(exit::INCOMPLETE);
    }
    exit::worst(codes)
}

fn code(find: &Find) -> u8 {
    if find.broken.goal == Goal::Safety { exit::SAFETY_VIOLATED } else { exit::FAIL }
}

/// Writes finds as they come.
struct FindWriter<'a> {
    folder: &'a Path,
    progress: Progress,
}

impl Observer for FindWriter<'_> {
    fn handle_progress(&mut self, done: u64, total: u64) {
        self.progress.update((done, total), "", || None);
    }

    fn handle_find(&mut self, find: &Find) -> io::Result<()> {
        let path = self.folder.join(format!("{}.toml", find.name));
        fs::write(&path, &find.text)?;
        say(format_args!("found: {} by {}: {}", find.broken.goal.words(), find.attack, path.display()));
        Ok(())
    }
}
