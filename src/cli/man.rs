//! `donsim man`: the manual.

use std::io;

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man as Page;

use super::{Cli, exit, print, say};

#[derive(Debug, Args)]
pub(super) struct Man {
    /// The command whose page is wanted alone
    command: Option<String>,
}

impl Man {
    pub(super) fn execute(&self) -> u8 {
        let mut cli = Cli::command();
        // Gives commands their whole names.
        cli.build();
        match pages(&cli, self.command.as_deref()) {
            Ok(Some(pages)) => print(String::from_utf8_lossy(&pages)),
            Ok(None) => {
                say("error: there is no such command; `donsim help` lists them");
                return exit::USAGE;
            }
            Err(error) => {
                say(format_args!("error: cannot make the manual: {error}"));
                return exit::USAGE;
            }
        }
        exit::PASS
    }
}

/// The page of one command, or the main page with all others behind it; `None` when there is no such command.
fn pages(cli: &Command, wanted: Option<&str>) -> io::Result<Option<Vec<u8>>> {
    let all = || std::iter::once(cli).chain(cli.get_subcommands().filter(|command| command.get_name() != "help"));
    let wanted: Vec<&Command> = match wanted {
        None => all().collect(),
        Some(name) => cli.find_subcommand(name).into_iter().collect(),
    };
    let mut pages = Vec::new();
    for command in &wanted {
        // No date: the same version prints the same pages.
        let source = concat!("donsim ", env!("CARGO_PKG_VERSION"));
        Page::new((*command).clone()).source(source).manual("donsim").render(&mut pages)?;
    }
    Ok((!wanted.is_empty()).then_some(pages))
}
