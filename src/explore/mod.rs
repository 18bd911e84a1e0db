//! An adversary that searches: which faults of how many nodes, when, towards whom, and under which network conditions,
//! break what is expected of a cell, or make its figures worst.
//!
//! 1. `space` knows what attacks may be made of: every fault of the registry within a budget of nodes, and the conditions
//!    that the user lets vary;
//! 2. `trial` simulates an attack as the scenario that it is, and hears what happens;
//! 3. `search` tries every fault by itself, then breeds from attacks that showed something new or were worse than all
//!    before;
//! 4. `shrink` makes what breaks something as simple as it can be;
//! 5. `find` writes it down as a scenario.
//!
//! Nothing depends on the number of threads: attacks are tried in batches, each a function of the seed and of what the
//! batches before it showed.

mod attack;
mod dice;
mod find;
mod search;
mod shrink;
mod space;
mod trial;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use thiserror::Error;

use crate::experiment::{CellSummary, Options, RunError};
use crate::scenario::{AxisValue, Metric, Outline, Scenario, Table};
use crate::sim::FAULTS;

pub use crate::experiment::Traced as Simulate;
pub use find::{Find, MARK};
use search::Search;
use space::Space;
use trial::{Bound, Lab};
pub use trial::{Broken, Goal};

/// Means of the adversary.
#[derive(Clone, Debug)]
pub struct Budget {
    /// Faulty capability nodes; `None` for as many as a cell's `F` leaves beside the faults of the scenario.
    pub nodes: Option<u32>,
    /// Faulty workflow nodes.
    pub callers: u32,
    /// Names of the faults that they may have.
    pub faults: Vec<&'static str>,
    /// Attacks that are tried on each cell; those that simplify a find are beside these.
    pub trials: u64,
    /// Replicates of a trial.
    pub replicates: u64,
    /// Replicates of what is reported in the end, under the scenario's own seed.
    pub confirming: u64,
    /// Seed of the search.
    pub seed: u64,
}

/// Distance of the seed of trials from that of the search.
const TRIAL_WORLDS: u64 = 1 << 32;

/// Figure that the adversary makes worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// As few accepted requests as possible.
    Acceptance,
    /// As late a 99 % quantile of the latency as possible.
    Latency,
    /// As many checked signatures as possible.
    Verifications,
}

impl Budget {
    /// Seed of the worlds of trials: what confirms a find are not the worlds that it was chosen by.
    const fn world_seed(&self) -> u64 {
        self.seed % TRIAL_WORLDS + TRIAL_WORLDS
    }

    /// Faults that an adversary has by default: all but those that the authenticated links of the original rule out.
    #[must_use]
    pub fn faults() -> Vec<&'static str> {
        FAULTS.iter().filter(|fault| !fault.breaks_links).map(|fault| fault.name).collect()
    }
}

impl Aim {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Acceptance, Self::Latency, Self::Verifications];

    /// Metric that tells how bad it is.
    #[must_use]
    pub const fn metric(self) -> Metric {
        match self {
            Self::Acceptance => Metric::Accepted,
            Self::Latency => Metric::LatencyP99,
            Self::Verifications => Metric::SignaturesVerified,
        }
    }

    /// Badness of a cell: the larger, the worse. A quantile beyond the deadline is worse than all others.
    fn badness(self, cell: &CellSummary) -> f64 {
        let value = cell.estimate(self.metric()).and_then(|estimate| estimate.value);
        match self {
            Self::Acceptance => 1.0 - value.unwrap_or(1.0),
            Self::Latency => value.unwrap_or(f64::INFINITY),
            Self::Verifications => value.unwrap_or(0.0),
        }
    }
}

/// The worst that was found for an aim.
#[derive(Clone, Debug)]
pub struct Worst {
    /// The aim.
    pub aim: Aim,
    /// The attack in words.
    pub attack: String,
    /// The cell under it.
    pub cell: CellSummary,
}

/// All that an exploration found in a cell.
#[derive(Clone, Debug)]
pub struct Explored {
    /// Values of the cell on the axes that do not vary.
    pub axes: Vec<AxisValue>,
    /// Faulty capability nodes that the adversary had.
    pub nodes: u32,
    /// Attacks that were tried.
    pub trials: u64,
    /// The cell without an attack.
    pub plain: CellSummary,
    /// By aim, in the order of [`Aim::ALL`].
    pub worst: Vec<Worst>,
    /// Attacks that break something.
    pub finds: Vec<Find>,
}

/// Hears of an exploration as it goes.
pub trait Observer {
    /// So many of all trials are done.
    fn handle_progress(&mut self, _done: u64, _total: u64) {}

    /// A find, simplified and confirmed.
    ///
    /// # Errors
    /// A find that cannot be kept: it ends the exploration.
    fn handle_find(&mut self, _find: &Find) -> io::Result<()> {
        Ok(())
    }
}

impl Observer for () {}

/// Reason why an exploration ends early.
#[derive(Debug, Error)]
pub enum ExploreError {
    /// A cell that does not stand on its own.
    #[error("cell {cell} makes no scenario of its own: {reason}")]
    NoOutline {
        /// Its id.
        cell: String,
        /// All that is wrong with it.
        reason: String,
    },
    /// Trials that could not be simulated.
    #[error(transparent)]
    Run(#[from] RunError),
    /// Finds that could not be kept.
    #[error(transparent)]
    Unkept(#[from] io::Error),
}

/// Explores every cell of a scenario, but for its axes in `varied`: their values are conditions that the adversary
/// chooses among. The files that the scenario names lie in `folder`, where results keep them.
///
/// Expectations of the scenario about single cells are what an attack may break; without any it is that nearly all requests
/// are accepted, few tainted, and few workflow nodes crash. `options.stop` ends it after the batch that is under way.
///
/// # Errors
/// See [`ExploreError`].
pub fn explore(
    scenario: &Scenario,
    varied: &[String],
    folder: &Path,
    (budget, options): (&Budget, Options<'_>),
    simulate: &Simulate<'_>,
    observer: &mut dyn Observer,
) -> Result<Vec<Explored>, ExploreError> {
    let cells = cells(scenario, varied);
    let total = budget.trials * cells.len() as u64;
    let mut explored = Vec::new();
    for (number, (axes, numbers)) in (0..).zip(cells) {
        let cell = scenario.cell(numbers[0]);
        let grounds: Vec<Outline> = numbers.iter().map(|number| ground(scenario, *number)).collect();
        let bound = Bound::of(&cell.setup, budget.nodes);
        let lab = Lab { scenario, folder, bound, simulate, options };
        let plain = lab.run(&grounds[0], budget.world_seed(), budget.replicates)?;
        let plain = plain.map_err(|reason| ExploreError::NoOutline { cell: cell.id.clone(), reason })?;
        let space = Space::new(&cell.setup, bound.spare(&cell.setup), budget, &plain.cell);
        let place = axes.iter().map(|value| value.text.as_str()).collect::<Vec<_>>().join(", ");
        let mut search = Search::new(&lab, space, (grounds, place), (budget, number));
        search.run(observer, total)?;
        explored.push(search.finish(axes)?);
        if options.stop.load(std::sync::atomic::Ordering::Relaxed) {
            break;
        }
    }
    Ok(explored)
}

/// Cells that agree on all axes but those that vary: their values on the others, and their numbers.
fn cells(scenario: &Scenario, varied: &[String]) -> Vec<(Vec<AxisValue>, Vec<u64>)> {
    let mut places = BTreeMap::new();
    let mut cells: Vec<(Vec<AxisValue>, Vec<u64>)> = Vec::new();
    for number in 0..scenario.cell_count() {
        let values = scenario.axes().iter().zip(scenario.cell(number).axes);
        let fixed: Vec<AxisValue> =
            values.filter(|(axis, _)| !varied.contains(&axis.key)).map(|(_, value)| value).collect();
        let key: Vec<String> = fixed.iter().map(|value| value.text.clone()).collect();
        let at = *places.entry(key).or_insert(cells.len());
        if at == cells.len() {
            cells.push((fixed, Vec::new()));
        }
        cells[at].1.push(number);
    }
    cells
}

/// The cell as a scenario that says what is expected of it.
fn ground(scenario: &Scenario, number: u64) -> Outline {
    let mut outline = scenario.outline(number);
    outline.table("").remove("description");
    if !outline.tables.iter().any(|table| table.path == "expect") {
        for that in ["rate(crashed) <= 0.01", "rate(accepted_tainted) <= 0.01", "rate(accepted) >= 0.99"] {
            let mut table = Table::of_list("expect");
            table.set("that", format!("{that:?}"));
            outline.tables.push(table);
        }
    }
    outline
}
