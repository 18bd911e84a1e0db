//! `donsim man`: the manual.

use std::fs;
use std::io;
use std::path::PathBuf;

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man as Page;

use super::{Cli, exit, print, say, shown};

#[derive(Debug, Args)]
pub(super) struct Man {
    /// The command whose page is wanted alone
    command: Option<String>,
    /// Write each page to a file of its own in DIR, where `man donsim-run` and the like find it
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

impl Man {
    pub(super) fn execute(&self) -> u8 {
        // `donsim help` needs no page.
        let mut cli = Cli::command().disable_help_subcommand(true);
        // Gives commands their whole names.
        cli.build();
        let pages = pages(&cli, self.command.as_deref());
        if pages.is_empty() {
            say("error: there is no such command; `donsim help` lists them");
            return exit::USAGE;
        }
        match self.write(&pages) {
            Ok(()) => exit::PASS,
            Err(error) => {
                let place = self.output.as_deref().map_or_else(|| "stdout".to_owned(), shown);
                say(format_args!("error: cannot write the manual to {place}: {error}; name another place with -o DIR"));
                exit::USAGE
            }
        }
    }

    fn write(&self, pages: &[Page]) -> io::Result<()> {
        if let Some(folder) = &self.output {
            fs::create_dir_all(folder)?;
            return pages.iter().try_for_each(|page| page.generate_to(folder).map(drop));
        }
        let mut all = Vec::new();
        pages.iter().try_for_each(|page| page.render(&mut all))?;
        print(String::from_utf8_lossy(&all));
        Ok(())
    }
}

/// The page of one command, or the main page and all others behind it; none when there is no such command.
fn pages(cli: &Command, wanted: Option<&str>) -> Vec<Page> {
    let wanted: Vec<&Command> = match wanted {
        None => std::iter::once(cli).chain(cli.get_subcommands()).collect(),
        Some(name) => cli.find_subcommand(name).into_iter().collect(),
    };
    // No date: the same version prints the same pages.
    let source = concat!("donsim ", env!("CARGO_PKG_VERSION"));
    wanted.into_iter().map(|command| Page::new(command.clone()).source(source).manual("donsim")).collect()
}
