//! The `donsim` command.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    donsim::cli::run(&donsim::cli::Cli::parse())
}
