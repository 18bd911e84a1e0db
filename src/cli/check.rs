//! `donsim check`: is a scenario right?

use std::path::PathBuf;

use clap::Args;

use crate::scenario::escaped;

use super::{Choice, count_of_cells, exit, load_to_run, print};

#[derive(Debug, Args)]
pub(super) struct Check {
    /// Scenario files
    #[arg(required = true, value_name = "SCENARIO")]
    scenarios: Vec<PathBuf>,
    #[command(flatten)]
    choice: Choice,
}

impl Check {
    pub(super) fn execute(&self) -> u8 {
        let scenarios = match load_to_run(&self.scenarios, &self.choice.adjustments()) {
            Ok(scenarios) => scenarios,
            Err(code) => return code,
        };
        for scenario in scenarios {
            let (cells, replicates) = (count_of_cells(&scenario), scenario.run().replicates);
            let (name, id) = (scenario.name(), scenario.id());
            let checks: usize = scenario.expectations().iter().map(|expectation| expectation.subjects.len()).sum();
            let expected = match checks {
                0 => String::new(),
                1 => ", 1 check of an expectation".to_owned(),
                _ => format!(", {checks} checks of expectations"),
            };
            let path = escaped(scenario.path());
            print(format_args!("{path}: ok, {name}/{id}, {cells} x {replicates} replicates{expected}\n"));
        }
        exit::PASS
    }
}
