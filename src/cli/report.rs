//! `donsim report`: the table, the page and the pictures of a run again, from its tables alone.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::report::{read, redraw, table};

use super::{exit, print, say};

#[derive(Debug, Args)]
pub(super) struct Report {
    /// Results folders, such as results/quickstart/f1ab15eb
    #[arg(required = true, value_name = "RUN")]
    runs: Vec<PathBuf>,
    /// Put report.md and plots/ into DIR/<name>/<id>/ instead of the results folder
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

impl Report {
    pub(super) fn execute(&self) -> u8 {
        let codes: Vec<u8> = self.runs.iter().map(|folder| self.one(folder)).collect();
        exit::worst(codes)
    }

    fn one(&self, folder: &Path) -> u8 {
        let run = match read(folder) {
            Ok(run) => run,
            Err(error) => {
                say(format_args!("error: {error}"));
                return exit::USAGE;
            }
        };
        let place =
            self.output.as_ref().map_or_else(|| folder.to_path_buf(), |root| root.join(&run.name).join(&run.id));
        if let Err(error) = redraw(&run, &place) {
            say(format_args!("error: {error}"));
            return exit::USAGE;
        }
        print(table(&run));
        print(format_args!("wrote {}/ (report.md, plots/)\n", place.display().to_string().trim_end_matches('/')));
        exit::PASS
    }
}
