//! The command line, one file a subcommand. Streams, progress, colours and the clock live here and nowhere else.
//!
//! stdout carries the product, progress and diagnostics go to stderr.

mod bench;
mod check;
mod compare;
mod completions;
mod drawings;
pub mod exit;
mod explore;
mod faults;
mod finished;
mod github;
mod host;
mod interrupt;
mod man;
mod merge;
mod plan;
mod progress;
mod replay;
mod report;
mod run;
mod schema;
mod shard;
mod verify;
mod witness;

use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Args, Parser, Subcommand};

use crate::experiment::{MAKER, check_power};
use crate::report::{Suite, junit};
use crate::scenario::{Adjustments, Cell, Diagnostics, Scenario, escaped, quoted};

/// Simulates how a Byzantine-tolerant aggregator answers: is it live, how fast, and at what cost in bytes.
#[derive(Debug, Parser)]
#[command(version = MAKER, max_term_width = 100, after_help = exit::HELP)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Simulate scenarios and write their results
    Run(run::Run),
    /// Parse and resolve scenarios; simulates nothing
    Check(check::Check),
    /// List a scenario's cells: id, axes, seed
    Plan(plan::Plan),
    /// Simulate one replicate again and tell everything that happens in it
    Replay(replay::Replay),
    /// Compare a run with another, cell by cell: improved, regressed or no change
    Compare(compare::Compare),
    /// Join the shards of a run: check that all is there, write the results, judge
    Merge(merge::Merge),
    /// Search for faults and network conditions that break a scenario, within a budget of faulty nodes
    Explore(explore::Explore),
    /// Make the table, report.html, report.md and the pictures of a run again, from its files alone
    Report(report::Report),
    /// Measure what donsim's own ways cost, each as a ratio to a plain one
    Bench(bench::Bench),
    /// List every fault that a scenario may have, with its keys
    Faults,
    /// Print what a scenario file may say: as JSON Schema for editors, or as Markdown for people
    Schema(schema::Schema),
    /// Print a script that completes commands and options in a shell
    Completions(completions::Completions),
    /// Print the manual as roff: `donsim man | man -l -`
    Man(man::Man),
}

/// Changes of a scenario.
#[derive(Debug, Args)]
struct Overrides {
    /// Give a key of the scenario another value, such as `network.loss=0.1`; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Sweep a key over values, such as `network.loss=0,0.1,0.3` or `capability_don.nodes={from=4,to=31,step=3}`, in place
    /// of its axis or as a new one; may be repeated
    #[arg(long, value_name = "KEY=VALUES")]
    sweep: Vec<String>,
    /// Only cells of which a condition holds, such as `network.loss <= 0.1 and aggregator.rule_set == attested`; may be
    /// repeated
    #[arg(long, value_name = "CONDITION")]
    filter: Vec<String>,
}

impl Overrides {
    fn adjustments(&self) -> Adjustments {
        let Self { set, sweep, filter } = self;
        Adjustments { set: set.clone(), sweep: sweep.clone(), filter: filter.clone(), cells: Vec::new() }
    }

    /// The options again, for a shell.
    fn as_options(&self) -> String {
        let options = [("set", &self.set), ("sweep", &self.sweep), ("filter", &self.filter)];
        let options = options.into_iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
        let quoted = |(name, value): (_, &String)| format!(" --{name} {}", quoted(value));
        options.map(quoted).collect::<Vec<_>>().concat()
    }
}

/// Changes of a scenario, and a choice of its cells by their ids.
#[derive(Debug, Args)]
struct Choice {
    #[command(flatten)]
    overrides: Overrides,
    /// Only the cell whose id begins so; may be repeated
    #[arg(long = "cell", value_name = "ID")]
    cells: Vec<String>,
}

impl Choice {
    fn adjustments(&self) -> Adjustments {
        Adjustments { cells: self.cells.clone(), ..self.overrides.adjustments() }
    }
}

/// Runs the command that the process was started with, and says how it went.
#[must_use]
pub fn main() -> ExitCode {
    let code = match Cli::try_parse() {
        Ok(cli) => run(&cli),
        // Help and the version are products like any other.
        Err(asked) if !asked.use_stderr() => {
            print(asked.render().ansi());
            exit::PASS
        }
        Err(wrong) => wrong.exit(),
    };
    // What is still buffered may fail, too.
    note_failure(std::io::stdout().flush());
    if STDOUT_FAILED.load(Ordering::Relaxed) {
        say("error: cannot write to stdout; what was printed is not whole");
        return ExitCode::from(exit::worst([code, exit::USAGE]));
    }
    ExitCode::from(code)
}

fn run(cli: &Cli) -> u8 {
    match &cli.command {
        Command::Run(run) => run.execute(),
        Command::Check(check) => check.execute(),
        Command::Plan(plan) => plan.execute(),
        Command::Replay(replay) => replay.execute(),
        Command::Compare(compare) => compare.execute(),
        Command::Merge(merge) => merge.execute(),
        Command::Explore(explore) => explore.execute(),
        Command::Report(report) => report.execute(),
        Command::Bench(bench) => bench.execute(),
        Command::Faults => faults::execute(),
        Command::Schema(schema) => schema.execute(),
        Command::Completions(completions) => completions.execute(),
        Command::Man(man) => man.execute(),
    }
}

/// Whether something that was printed got lost.
static STDOUT_FAILED: AtomicBool = AtomicBool::new(false);

/// Remembers that stdout took nothing more. A closed pipe is no failure: its reader has seen enough.
fn note_failure(written: std::io::Result<()>) {
    if written.is_err_and(|error| error.kind() != std::io::ErrorKind::BrokenPipe) {
        STDOUT_FAILED.store(true, Ordering::Relaxed);
    }
}

/// Loads scenarios; prints everything that is wrong with any of them. Of several, those of which nothing is selected are
/// left out.
///
/// # Errors
/// The exit code when any is wrong, or when nothing is selected at all.
fn load(paths: &[PathBuf], adjustments: &Adjustments) -> Result<Vec<Scenario>, u8> {
    let (mut scenarios, mut empty, mut code) = (Vec::new(), Vec::new(), exit::PASS);
    for path in paths {
        match Scenario::load_adjusted(path, adjustments) {
            Ok(scenario) => scenarios.push(scenario),
            Err(findings) if findings.selects_nothing() => empty.push((path, findings)),
            Err(findings) => {
                complain(path, &findings);
                code = exit::USAGE;
            }
        }
    }
    let is_alone = scenarios.is_empty() && code == exit::PASS;
    for (path, findings) in empty {
        if is_alone {
            complain(path, &findings);
            code = exit::NOTHING_SELECTED;
        } else {
            say(format_args!("{}: left out, nothing of it is selected", shown(path)));
        }
    }
    if code == exit::PASS { Ok(scenarios) } else { Err(code) }
}

/// As [`load`], refusing scenarios whose expectations no run of this size could meet.
fn load_to_run(paths: &[PathBuf], adjustments: &Adjustments) -> Result<Vec<Scenario>, u8> {
    let scenarios = load(paths, adjustments)?;
    for warnings in scenarios.iter().filter_map(Scenario::warnings) {
        say(warnings.render(has_colour()).trim_end());
    }
    let mut code = Ok(());
    for scenario in &scenarios {
        if let Err(findings) = check_power(scenario) {
            complain(Path::new(scenario.path()), &findings);
            code = Err(exit::USAGE);
        }
    }
    code.map(|()| scenarios)
}

/// How many cells a scenario has: `3 cells`, or `1 of 3 cells` when not all are selected.
fn count_of_cells(scenario: &Scenario) -> String {
    let (selected, planned) = (scenario.cell_count(), scenario.planned_count());
    let s = if planned == 1 { "" } else { "s" };
    if scenario.is_partial() { format!("{selected} of {planned} cell{s}") } else { format!("{planned} cell{s}") }
}

/// Whether diagnostics are coloured.
fn has_colour() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) && std::io::stderr().is_terminal()
}

fn complain(path: &Path, findings: &Diagnostics) {
    say(findings.render(has_colour()).trim_end());
    let (errors, s) = (findings.len(), if findings.len() == 1 { "" } else { "s" });
    say(format_args!("{}: {errors} error{s}", shown(path)));
}

/// A path, safe to begin a line with.
fn shown(path: &Path) -> String {
    escaped(&path.to_string_lossy())
}

/// A cell's values on the axes: `network.loss = 0.1, aggregator.rule_set = attested`.
fn place(scenario: &Scenario, cell: &Cell) -> String {
    let axes = scenario.axes().iter().zip(&cell.axes);
    axes.map(|(axis, value)| format!("{} = {}", axis.key, escaped(&value.text))).collect::<Vec<_>>().join(", ")
}

/// Writes a JUnit file; `false` when that cannot be done, which is said.
fn write_junit(file: &Path, suites: &[Suite]) -> bool {
    write_file(file, junit(suites))
}

/// Writes a file of these bytes; `false` when that cannot be done, which is said.
fn write_file(file: &Path, bytes: io::Result<Vec<u8>>) -> bool {
    is_said(file, &bytes.and_then(|bytes| write_into_folder(file, &bytes)))
}

/// Whether a file can be written: asked before a long run. What it holds stays.
fn can_write(file: &Path) -> bool {
    let opened = make_folder_of(file).and_then(|()| File::options().append(true).create(true).open(file));
    is_said(file, &opened.map(drop))
}

/// Whether a file could be written, and if not a line why.
fn is_said(file: &Path, written: &io::Result<()>) -> bool {
    if let Err(error) = written {
        say(format_args!("error: cannot write {}: {error}", shown(file)));
    }
    written.is_ok()
}

/// Writes a file, and makes its folder where there is none yet.
fn write_into_folder(file: &Path, bytes: &[u8]) -> io::Result<()> {
    make_folder_of(file)?;
    fs::write(file, bytes)
}

fn make_folder_of(file: &Path) -> io::Result<()> {
    file.parent().map_or(Ok(()), fs::create_dir_all)
}

/// A line on stderr. Nobody listening is no reason to stop.
fn say(line: impl Display) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// Text on stdout.
fn print(text: impl Display) {
    note_failure(write!(anstream::stdout(), "{text}"));
}
