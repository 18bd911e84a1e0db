//! `donsim completions`: what can be typed next?

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Cli, exit, print};

#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell that reads the script
    shell: Shell,
}

impl Completions {
    pub(super) fn execute(&self) -> u8 {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), env!("CARGO_PKG_NAME"), &mut script);
        print(String::from_utf8_lossy(&script));
        exit::PASS
    }
}
