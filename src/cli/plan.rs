//! `donsim plan`: which cells does a scenario have?

use std::path::PathBuf;

use clap::Args;

use super::merge::missing_cells;
use super::{Choice, count_of_cells, exit, load, place, print, say};

#[derive(Debug, Args)]
pub(super) struct Plan {
    /// A scenario file
    scenario: PathBuf,
    #[command(flatten)]
    choice: Choice,
    /// Print the ids of the cells alone, one a line
    #[arg(long)]
    ids: bool,
    /// Only cells of which replicates are missing in the results folder DIR
    #[arg(long, value_name = "DIR")]
    missing: Option<PathBuf>,
}

impl Plan {
    pub(super) fn execute(&self) -> u8 {
        let scenarios = match load(std::slice::from_ref(&self.scenario), &self.choice.adjustments()) {
            Ok(scenarios) => scenarios,
            Err(code) => return code,
        };
        for scenario in scenarios {
            let missing = match self.missing.as_ref().map(|folder| missing_cells(&scenario, folder)).transpose() {
                Ok(missing) => missing,
                Err(error) => {
                    say(format_args!("error: cannot read the units of a run: {error}"));
                    return exit::USAGE;
                }
            };
            let cells = (0..scenario.cell_count()).map(|index| scenario.cell(index));
            let cells = cells.filter(|cell| missing.as_ref().is_none_or(|missing| missing.contains(&cell.id)));
            if self.ids {
                cells.for_each(|cell| print(format_args!("{}\n", cell.id)));
                continue;
            }
            let (name, id, run, count) = (scenario.name(), scenario.id(), scenario.run(), count_of_cells(&scenario));
            print(format_args!("{name}/{id}: {count} x {} replicates, seed {}\n", run.replicates, run.seed));
            for cell in cells {
                print(format_args!("{}\n", format!("{}  {}", cell.id, place(&scenario, &cell)).trim_end()));
            }
        }
        exit::PASS
    }
}
