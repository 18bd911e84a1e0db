//! The `donsim` command.

use std::process::ExitCode;

/// A replicate makes and drops some thousand small things; under glibc's allocator that takes a sixth of the time.
#[cfg(not(target_env = "musl"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    donsim::cli::main()
}
