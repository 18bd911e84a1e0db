//! How far a run is, for those who wait for it.

use crate::scenario::{Axis, AxisValue, Metric};
use crate::stats::Interval;

use super::accumulator::CellAccumulator;
use super::record::OpenUnit;
use super::summary::{CONFIDENCE, CellSummary};

/// A run that is under way.
///
/// ```
/// # use std::{num::NonZero, path::Path, sync::atomic::AtomicBool};
/// use donsim::experiment::{Observer, Options, Progress, Widest, run};
/// # use donsim::scenario::Scenario;
/// # let stop = AtomicBool::new(false);
///
/// struct Last(u64, Option<Widest>);
/// impl Observer for Last {
///     fn handle_progress(&mut self, progress: &Progress<'_>) {
///         *self = Self(progress.total - progress.done, progress.widest());
///     }
/// }
///
/// # let scenario = Scenario::parse(Path::new("mine.toml"), "schema = 1\nrun.replicates = 9\n".to_owned(), &[])?;
/// let mut last = Last(9, None);
/// run(&scenario, Options::new(NonZero::<usize>::MIN, &stop), &donsim::sim::simulate, &mut last)?;
/// assert_eq!(last.0, 0);
/// assert!(last.1.is_some_and(|widest| widest.half_width > 0.1 && widest.place.is_empty()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct Progress<'a> {
    /// Replicates that were simulated.
    pub done: u64,
    /// Replicates of all cells; less, once some have ended early.
    pub total: u64,
    /// Whether cells may end early, so that `total` is the most that there will be.
    pub may_end_early: bool,
    pub(super) axes: &'a [Axis],
    /// Cells that are complete.
    pub(super) cells: &'a [CellSummary],
    pub(super) open: &'a [(CellAccumulator, OpenUnit)],
}

/// Interval of the share of accepted requests in a cell.
///
/// ```
/// # use std::{num::NonZero, path::Path, sync::atomic::AtomicBool};
/// use donsim::experiment::{Observer, Options, Progress, Widest, run};
/// # use donsim::{scenario::Scenario, sim::simulate};
///
/// struct Last(Option<Widest>);
/// impl Observer for Last {
///     fn handle_progress(&mut self, progress: &Progress<'_>) {
///         self.0 = progress.widest();
///     }
/// }
///
/// let text = "schema = 1\nrun.replicates = 20\nsweep.grid.network.response.loss = [0, 0.9]\n".to_owned();
/// # let scenario = Scenario::parse(Path::new("mine.toml"), text, &[])?;
/// # let (stop, mut last) = (AtomicBool::new(false), Last(None));
/// run(&scenario, Options::new(NonZero::<usize>::MIN, &stop), &simulate, &mut last)?;
/// let Some(Widest { place, middle, half_width }) = last.0 else { panic!("two cells are complete") };
/// assert_eq!(place, "network.response.loss = 0.9");
/// assert!(middle - half_width >= 0.0 && middle + half_width <= 1.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Widest {
    /// Axes of the cell with its values, in words.
    pub place: String,
    /// Middle of the interval.
    pub middle: f64,
    /// Half of its width.
    pub half_width: f64,
}

impl Progress<'_> {
    /// The widest of the cells that are under way or complete; `None` where there is none yet, and of strata.
    #[must_use]
    pub fn widest(&self) -> Option<Widest> {
        let complete = self.cells.iter().filter_map(|cell| Some((&cell.axes, reported(cell)?)));
        let open = self.open.iter().filter_map(|(sums, _)| Some((&sums.cell.axes, so_far(sums)?)));
        let width = |interval: &Interval| interval.high - interval.low;
        let (axes, interval) = complete.chain(open).max_by(|a, b| width(&a.1).total_cmp(&width(&b.1)))?;
        let (place, Interval { low, high }) = (self.place(axes), interval);
        Some(Widest { place, middle: f64::midpoint(low, high), half_width: (high - low) / 2.0 })
    }

    fn place(&self, values: &[AxisValue]) -> String {
        let axes = self.axes.iter().zip(values).map(|(axis, value)| format!("{} = {}", axis.key, value.text));
        axes.collect::<Vec<_>>().join(", ")
    }
}

fn reported(cell: &CellSummary) -> Option<Interval> {
    let estimate = cell.estimate(Metric::Accepted)?;
    Some(Interval { low: estimate.ci_low?, high: estimate.ci_high? })
}

fn so_far(sums: &CellAccumulator) -> Option<Interval> {
    match sums.sequence(Metric::Accepted) {
        Some(sequence) => sequence.interval(CONFIDENCE),
        None if sums.cell.setup.run.strata => None,
        None => sums.stratum(0, Metric::Accepted).interval(CONFIDENCE),
    }
}
