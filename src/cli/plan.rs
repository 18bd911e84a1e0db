//! `donsim plan`: which cells does a scenario have?

use std::path::PathBuf;

use clap::Args;

use super::{Overrides, exit, load, print};

#[derive(Debug, Args)]
pub(super) struct Plan {
    /// A scenario file
    scenario: PathBuf,
    #[command(flatten)]
    overrides: Overrides,
}

impl Plan {
    pub(super) fn execute(&self) -> u8 {
        let Some(scenarios) = load(std::slice::from_ref(&self.scenario), &self.overrides) else { return exit::USAGE };
        for scenario in scenarios {
            let run = scenario.run();
            let (name, id, cells) = (scenario.name(), scenario.id(), scenario.cell_count());
            let s = if cells == 1 { "" } else { "s" };
            print(format_args!("{name}/{id}: {cells} cell{s} x {} replicates, seed {}\n", run.replicates, run.seed));
            for index in 0..cells {
                let cell = scenario.cell(index);
                let axes = scenario.axes().iter().zip(&cell.axes);
                let axes: Vec<String> = axes.map(|(axis, value)| format!("{} = {}", axis.key, value.text)).collect();
                print(format_args!("{}\n", format!("{}  {}", cell.id, axes.join(", ")).trim_end()));
            }
        }
        exit::PASS
    }
}
