//! Cells x replicates on all cores: what is simulated in which order, and what it came to.
//!
//! The unit of work is a block of replicates of a group of cells: in the same replicate, cells of one group have common
//! random numbers (docs/pairing.md) and share the keys, reports and signatures that go with them, and the baselines that
//! their savings are measured against. Blocks are simulated in any order and taken in one, so that nothing depends on the
//! number of threads.
//!
//! ```
//! use std::{num::NonZero, path::Path, sync::atomic::AtomicBool};
//! use donsim::experiment::{Metric, Options, run};
//! use donsim::{scenario::Scenario, sim::simulate};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let text = "schema = 1\nrun.replicates = 50\nsweep.grid.network.response.loss = [0, 1]\n".to_owned();
//! let scenario = Scenario::parse(Path::new("mine.toml"), text, &[])?;
//! let stop = AtomicBool::new(false);
//! let found = run(&scenario, Options::new(NonZero::<usize>::MIN, &stop), &simulate, &mut ())?;
//! let accepted = found.summary.cells.iter().filter_map(|cell| cell.estimate(Metric::Accepted)?.value);
//! assert!(accepted.eq([1.0, 0.0]) && found.done == 100);
//! # Ok(())
//! # }
//! ```

mod accumulator;
mod agreement;
#[cfg(test)]
mod agreement_tests;
mod blocks;
#[cfg(test)]
mod cause_tests;
mod collector;
mod consumer;
mod differences;
#[cfg(test)]
mod expectation_tests;
mod findings;
mod group;
mod judge;
mod judgement;
mod looks;
mod mishaps;
mod observer;
mod options;
mod pair_store;
mod power;
mod progress;
mod reading;
mod record;
mod run;
mod savings;
mod stopper;
mod strata;
mod summarize;
mod summary;
mod threads;
mod verdict;
mod verify;
mod witness;
mod worker;

pub use crate::scenario::{Axis, AxisValue, Direction, Metric, Stat};
pub use agreement::Disagreement;
pub use blocks::Shard;
pub use findings::Findings;
pub(crate) use group::Group;
pub use group::{Simulate, Traced};
pub use judgement::{Bounds, Judgement, Ruling};
pub use looks::Ended;
pub use mishaps::{Breaches, PanickedReplicate};
pub use observer::{Block, Observer};
pub use options::Options;
pub use power::check_power;
pub use progress::{Progress, Widest};
pub(crate) use reading::own_value;
pub(crate) use record::MAKER;
pub use record::{Record, missing};
pub use run::{RunError, run};
pub use savings::Baseline;
pub use summary::{CauseSummary, CellSummary, Difference, Estimate, Exact, FaultSummary, HoldersSummary, RunSummary};
pub(crate) use threads::on_threads;
pub use verdict::Verdict;
pub(crate) use verdict::{idle_faults, is_violated};
pub use verify::{Describe, Divergence, verify};
pub use witness::Witnesses;
pub(crate) use witness::fits;
