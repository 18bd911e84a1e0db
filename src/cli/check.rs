//! `donsim check`: is a scenario right?

use std::path::PathBuf;

use clap::Args;

use super::{Overrides, exit, load_to_run, print};

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
        let Some(scenarios) = load_to_run(&self.scenarios, &self.overrides) else { return exit::USAGE };
        for (path, scenario) in self.scenarios.iter().zip(scenarios) {
            let (cells, replicates) = (scenario.cell_count(), scenario.run().replicates);
            let s = if cells == 1 { "" } else { "s" };
            let (name, id) = (scenario.name(), scenario.id());
            let checks: usize = scenario.expectations().iter().map(|expectation| expectation.subjects.len()).sum();
            let expected = match checks {
                0 => String::new(),
                1 => ", 1 check of an expectation".to_owned(),
                _ => format!(", {checks} checks of expectations"),
            };
            let path = path.display();
            print(format_args!("{path}: ok, {name}/{id}, {cells} cell{s} x {replicates} replicates{expected}\n"));
        }
        exit::PASS
    }
}
