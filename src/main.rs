//! The `donsim` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    donsim::cli::main()
}
