//! `donsim report`: the table, the pages and the pictures of a run again, from its tables.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::report::plots::Formats;
use crate::report::{Changed, Witness, read, redraw, table};
use crate::scenario::Scenario;

use super::witness::look;
use super::{exit, print, say};

#[derive(Debug, Args)]
pub(super) struct Report {
    /// Results folders, such as results/quickstart/d949c793
    #[arg(required = true, value_name = "RUN")]
    runs: Vec<PathBuf>,
    /// Put report.html, report.md and plots/ into DIR/<name>/<id>/ instead of the results folder
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Draw the pictures as PNG, too
    #[arg(long)]
    png: bool,
    /// Read tables that are not those in manifest.json too, and those of a folder without one: they were changed after the
    /// run, or the run is incomplete. What no run says, and tables at odds with each other, are refused all the same
    #[arg(long)]
    accept_changed: bool,
}

impl Report {
    pub(super) fn execute(&self) -> u8 {
        let codes: Vec<u8> = self.runs.iter().map(|folder| self.one(folder)).collect();
        exit::worst(codes)
    }

    fn one(&self, folder: &Path) -> u8 {
        let changed = if self.accept_changed { Changed::Accepted } else { Changed::Refused };
        let run = match read(folder, changed) {
            Ok(run) => run,
            Err(error) => {
                say(format_args!("error: {error}"));
                return exit::USAGE;
            }
        };
        let place =
            self.output.as_ref().map_or_else(|| folder.to_path_buf(), |root| root.join(&run.name).join(&run.id));
        // What a failure looks like stands in no table.
        let scenario = Scenario::load(&folder.join("resolved.toml"), &[]).ok().filter(|it| it.id() == run.id);
        let look = |witness: &Witness| look(scenario.as_ref()?, witness);
        if let Err(error) = redraw(&run, [folder, &place], Formats::new(self.png), &look) {
            say(format_args!("error: {error}"));
            return exit::USAGE;
        }
        print(table(&run));
        print(format_args!(
            "wrote {}/ (report.html, report.md, plots/)\n",
            place.display().to_string().trim_end_matches('/')
        ));
        exit::PASS
    }
}
