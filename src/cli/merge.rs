//! `donsim merge`: the results of a run whose shards were simulated elsewhere.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::experiment::missing;
use crate::report::{GatherError, ShardNote, Units, gather, path_of};
use crate::scenario::{Adjustments, Scenario, escaped};

use super::run::Results;
use super::{Overrides, exit, interrupt, load_to_run, say};

/// Cells of which missing units are listed; `donsim plan --missing` lists all.
const MOST_LINES: usize = 20;

#[derive(Debug, Args)]
pub(super) struct Merge {
    /// Results folders that `donsim run --shard` wrote: one that all shards share, or one each
    #[arg(required = true, value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    /// The scenario file, if it is no longer where the shards read it
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    #[command(flatten)]
    results: Results,
}

impl Merge {
    pub(super) fn execute(&self) -> u8 {
        let note = match ShardNote::of(&self.folders) {
            Ok(note) => note,
            Err(error) => return refuse(&error),
        };
        let file = self.scenario.clone().unwrap_or_else(|| PathBuf::from(&note.scenario));
        let adjustments = note.adjustments();
        let scenarios = match load_to_run(std::slice::from_ref(&file), &adjustments) {
            Ok(scenarios) => scenarios,
            Err(code) => return code,
        };
        if let Some(other) = scenarios.iter().find(|scenario| scenario.id() != note.id) {
            let (path, id, wanted) = (escaped(other.path()), other.id(), &note.id);
            say(format_args!(
                "error: {path} is scenario {id} now, the shards are of {wanted}; name theirs with --scenario"
            ));
            return exit::USAGE;
        }
        for scenario in &scenarios {
            match self.gather(scenario) {
                Ok(exit::PASS) => {}
                Ok(code) => return code,
                Err(error) => return refuse(&error),
            }
        }
        self.results.all(&scenarios, &options(&adjustments), false, &interrupt::flag())
    }

    /// Brings all units to one place; the exit code when some are missing.
    fn gather(&self, scenario: &Scenario) -> Result<u8, GatherError> {
        let to = path_of(&self.results.output, scenario);
        gather(&self.folders, &to)?;
        let units = Units::of(&to).map_err(|error| GatherError::Io(to.clone(), error))?;
        let missing = missing(scenario, &units);
        if missing.is_empty() {
            return Ok(exit::PASS);
        }
        for (cell, numbers) in missing.iter().take(MOST_LINES) {
            let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            say(format_args!("missing: cell {cell}, units {}", numbers.join(", ")));
        }
        for (name, reason) in units.unusable() {
            say(format_args!("unusable: units/{name}: {reason}"));
        }
        say(format_args!(
            "incomplete: {} of {} cells lack units; run their shards again",
            missing.len(),
            scenario.cell_count()
        ));
        Ok(exit::INCOMPLETE)
    }
}

fn options(adjustments: &Adjustments) -> String {
    let Adjustments { set, sweep, filter, .. } = adjustments.clone();
    Overrides { set, sweep, filter }.as_options()
}

fn refuse(error: &GatherError) -> u8 {
    say(format_args!("error: {}", escaped(&error.to_string())));
    exit::USAGE
}

/// Cells of a scenario of which units are missing in a results folder.
pub(super) fn missing_cells(scenario: &Scenario, folder: &Path) -> std::io::Result<Vec<String>> {
    Ok(missing(scenario, &Units::of(folder)?).into_keys().collect())
}
