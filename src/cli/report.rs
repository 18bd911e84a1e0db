//! `donsim report`: the folder of a run again, from its record; from its tables the pages and the pictures, where there is no record.

use std::error::Error;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use clap::Args;

use crate::experiment::{Options, run};
use crate::report::plots::Formats;
use crate::report::{Changed, ReadError, ResultsFolder, Units, Witness, has_file, read, redraw, table};
use crate::scenario::Scenario;
use crate::sim;

use super::run::Results;
use super::witness::look;
use super::{exit, print, say};

#[derive(Debug, Args)]
pub(super) struct Report {
    /// Results folders, such as results/quickstart/4b6394ed
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
        let codes: Vec<u8> = self.runs.iter().map(|folder| self.one(&without_slash(folder))).collect();
        exit::worst(codes)
    }

    fn one(&self, folder: &Path) -> u8 {
        self.try_one(folder).map_or_else(
            |error| {
                say(format_args!("error: {error}"));
                exit::USAGE
            },
            |()| exit::PASS,
        )
    }

    fn try_one(&self, folder: &Path) -> Result<(), Box<dyn Error>> {
        let changed = if self.accept_changed { Changed::Accepted } else { Changed::Refused };
        let tables = read(folder, changed);
        // Tables that somebody changed are not overwritten unasked.
        let is_touched = self.accept_changed || matches!(tables, Err(ReadError::Changed(_)));
        if !is_touched && self.output.is_none() && self.make_of_record(folder)? {
            return Ok(());
        }
        let run = tables?;
        let place = self
            .output
            .as_ref()
            .map_or_else(|| folder.to_path_buf(), |root| without_slash(root).join(&run.name).join(&run.id));
        // What a failure looks like stands in no table.
        let scenario = Scenario::load(&folder.join("resolved.toml"), &[]).ok().filter(|it| it.id() == run.id);
        let look = |witness: &Witness| look(scenario.as_ref()?, witness);
        redraw(&run, [folder, &place], Formats::new(self.png), &look)?;
        print(table(&run));
        print(format_args!("wrote {}/ (report.html, report.md, plots/)\n", place.display()));
        Ok(())
    }

    /// Makes all of the folder again, as the run did, if its record has everything; otherwise nothing is touched.
    fn make_of_record(&self, folder: &Path) -> Result<bool, Box<dyn Error>> {
        let Some((units, scenario)) = Units::kept(folder).zip(Scenario::of_results(folder).ok()) else {
            return Ok(false);
        };
        let stop = AtomicBool::new(false);
        let reading = Options { record: Some(&units), is_only_read: true, ..Options::new(NonZeroUsize::MIN, &stop) };
        if !run(&scenario, reading, &sim::simulate, &mut ())?.is_complete() {
            return Ok(false);
        }
        // In the forms that the run was asked for.
        let gzip = has_file(folder, |file| file == Path::new("runs.csv.gz"));
        let png = has_file(folder, |file| file.starts_with("plots") && file.extension().is_some_and(|it| it == "png"));
        let place = ResultsFolder::take(folder.to_path_buf(), &scenario, false, gzip)?;
        Results::again(self.png || png).made(&scenario, (place, &units), None, &stop)?.print();
        Ok(true)
    }
}

/// A path as shells do not complete it.
fn without_slash(path: &Path) -> PathBuf {
    path.components().collect()
}
