//! `donsim check`: is a scenario right?

use std::path::PathBuf;

use clap::Args;

use super::{Overrides, exit, load, print};

#[derive(Debug, Args)]
pub(super) struct Check {
    /// Scenario files
    #[arg(required = true, value_name = "SCENARIO")]
    scenarios: Vec<PathBuf>,
    #[command(flatten)]
    overrides: Overrides,
}

impl Check {
    pub(super) fn execute(&self) -> u8 {
        let Some(scenarios) = load(&self.scenarios, &self.overrides) else { return exit::USAGE };
        for (path, scenario) in self.scenarios.iter().zip(scenarios) {
            let (cells, replicates) = (scenario.cell_count(), scenario.run().replicates);
            let s = if cells == 1 { "" } else { "s" };
            let (name, id) = (scenario.name(), scenario.id());
            print(format_args!("{}: ok, {name}/{id}, {cells} cell{s} x {replicates} replicates\n", path.display()));
        }
        exit::PASS
    }
}
