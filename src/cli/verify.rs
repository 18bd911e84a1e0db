//! `donsim run --verify-determinism`: replicates that are simulated twice.

use crate::experiment::{self, Divergence};
use crate::report::happening_object;
use crate::scenario::{Scenario, escaped};
use crate::sim::{Happening, RealAggregators, simulate_with};

use super::{count_of_cells, exit, say};

/// Replicates of each cell that are simulated twice when determinism is verified.
const VERIFIED: u64 = 5;

/// Verifies that a scenario is deterministic; the exit code.
pub(super) fn verified(scenario: &Scenario) -> u8 {
    let describe = |happening: &Happening| happening_object(happening).to_string();
    let simulate: &experiment::Traced<'_> =
        &|setup, replicate, cache, listener| simulate_with(setup, replicate, cache, &RealAggregators, listener);
    match experiment::verify(scenario, VERIFIED, simulate, &describe) {
        Ok(None) => {
            let cells = count_of_cells(scenario);
            say(format_args!("deterministic: {VERIFIED} replicates of {cells} were simulated twice and agree"));
            exit::PASS
        }
        Ok(Some(Divergence { cell, replicate, at, happenings })) => {
            say(format_args!("error: replicate {replicate} of cell {cell} differs from itself at happening {at}:"));
            for (side, line) in ["once ", "again"].iter().zip(happenings) {
                say(format_args!(
                    "  {side}: {}",
                    line.map_or_else(|| "nothing more".to_owned(), |line| escaped(&line))
                ));
            }
            exit::NONDETERMINISTIC
        }
        Err(error) => {
            say(format_args!("error: cannot start a thread: {error}"));
            exit::USAGE
        }
    }
}
