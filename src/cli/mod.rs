//! The command line, one file a subcommand. Streams, progress, colours and the clock live here and nowhere else.
//!
//! stdout carries the product, progress and diagnostics go to stderr.

mod check;
pub mod exit;
mod faults;
mod github;
mod host;
mod plan;
mod progress;
mod replay;
mod report;
mod run;
mod schema;

use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Args, Parser, Subcommand};

use crate::experiment::check_power;
use crate::scenario::{Diagnostics, Scenario};

/// Simulates how a Byzantine-tolerant aggregator answers: is it live, how fast, and at what cost in bytes.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = exit::HELP)]
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
    /// Make the table, report.md and the pictures of a run again, from its CSV files alone
    Report(report::Report),
    /// List every fault that a scenario may have, with its keys
    Faults,
    /// Print what a scenario file may say: as JSON Schema for editors, or as Markdown for people
    Schema(schema::Schema),
}

/// A scenario's overrides.
#[derive(Debug, Args)]
struct Overrides {
    /// Give a key of the scenario another value, such as `network.loss=0.1`; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
}

/// Runs a command and says how it went.
#[must_use]
pub fn run(cli: &Cli) -> ExitCode {
    let code = match &cli.command {
        Command::Run(run) => run.execute(),
        Command::Check(check) => check.execute(),
        Command::Plan(plan) => plan.execute(),
        Command::Replay(replay) => replay.execute(),
        Command::Report(report) => report.execute(),
        Command::Faults => faults::execute(),
        Command::Schema(schema) => schema.execute(),
    };
    // What is still buffered may fail, too.
    note_failure(std::io::stdout().flush());
    if STDOUT_FAILED.load(Ordering::Relaxed) {
        say("error: cannot write to stdout; what was printed is not whole");
        return ExitCode::from(exit::worst([code, exit::USAGE]));
    }
    ExitCode::from(code)
}

/// Whether something that was printed got lost.
static STDOUT_FAILED: AtomicBool = AtomicBool::new(false);

/// Remembers that stdout took nothing more. A closed pipe is no failure: its reader has seen enough.
fn note_failure(written: std::io::Result<()>) {
    if written.is_err_and(|error| error.kind() != std::io::ErrorKind::BrokenPipe) {
        STDOUT_FAILED.store(true, Ordering::Relaxed);
    }
}

/// Loads scenarios; prints everything that is wrong with any of them.
fn load(paths: &[PathBuf], overrides: &Overrides) -> Option<Vec<Scenario>> {
    let load = |path: &PathBuf| Scenario::load(path, &overrides.set).map_err(|findings| complain(path, &findings)).ok();
    let loaded: Vec<Option<Scenario>> = paths.iter().map(load).collect();
    loaded.into_iter().collect()
}

/// As [`load`], refusing scenarios whose expectations no run of this size could meet.
fn load_to_run(paths: &[PathBuf], overrides: &Overrides) -> Option<Vec<Scenario>> {
    let scenarios = load(paths, overrides)?;
    for warnings in scenarios.iter().filter_map(Scenario::warnings) {
        say(warnings.render(has_colour()).trim_end());
    }
    let weak = |(path, scenario): (&PathBuf, &Scenario)| Some((path.clone(), check_power(scenario).err()?));
    let findings: Vec<_> = paths.iter().zip(&scenarios).filter_map(weak).collect();
    for (path, findings) in &findings {
        complain(path, findings);
    }
    findings.is_empty().then_some(scenarios)
}

/// Whether diagnostics are coloured.
fn has_colour() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) && std::io::stderr().is_terminal()
}

fn complain(path: &Path, findings: &Diagnostics) {
    say(findings.render(has_colour()).trim_end());
    let (errors, s) = (findings.len(), if findings.len() == 1 { "" } else { "s" });
    say(format_args!("{}: {errors} error{s}", path.display()));
}

/// A line on stderr. Nobody listening is no reason to stop.
fn say(line: impl Display) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// Text on stdout.
fn print(text: impl Display) {
    note_failure(write!(anstream::stdout(), "{text}"));
}
