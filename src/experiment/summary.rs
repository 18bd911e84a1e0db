//! Summary of a run: one value with its interval per metric and cell. Tables, CSV files and plots read this and nothing
//! else.

use std::collections::BTreeSet;

use crate::scenario::{Axis, AxisValue, Metric};
use crate::sim::FailureCause;

use super::judgement::Judgement;
use super::looks::Ended;

/// The confidence of every interval that is reported.
pub(super) const CONFIDENCE: f64 = 0.95;

/// A run's findings.
///
/// ```
/// # use std::{num::NonZero, path::Path, sync::atomic::AtomicBool};
/// use donsim::experiment::{Options, RunSummary, run};
/// use donsim::sim::FailureCause;
/// # use donsim::{scenario::Scenario, sim::simulate};
///
/// let text = "schema = 1\nrun.replicates = 5\nsweep.grid.network.response.loss = [0, 1]\n".to_owned();
/// # let scenario = Scenario::parse(Path::new("mine.toml"), text, &[])?;
/// # let stop = AtomicBool::new(false);
/// let summary: RunSummary = run(&scenario, Options::new(NonZero::<usize>::MIN, &stop), &simulate, &mut ())?.summary;
/// assert_eq!((&summary.name[..], &summary.axes[0].key[..]), ("mine", "network.response.loss"));
/// assert_eq!((summary.cells.len(), summary.causes()), (2, vec![FailureCause::LOST]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct RunSummary {
    /// The scenario's name.
    pub name: String,
    /// The run's id.
    pub id: String,
    /// Replicates per cell; the most that a cell has where cells end early.
    pub replicates: u64,
    /// The swept axes, in the order of the file; empty without a sweep.
    pub axes: Vec<Axis>,
    /// The cells, in the order of the plan.
    pub cells: Vec<CellSummary>,
    /// Judgements of the scenario's expectations, in their order, for each by cell; of cells that were not simulated there
    /// is none.
    pub expectations: Vec<Judgement>,
}

impl RunSummary {
    /// Whether stop rules ended its cells.
    pub(crate) fn has_stop_rules(&self) -> bool {
        self.cells.iter().any(|cell| cell.ended.is_some())
    }

    /// Every cause that occurs in any cell, in their order.
    #[must_use]
    pub fn causes(&self) -> Vec<FailureCause> {
        let summaries = self.cells.iter().flat_map(|cell| &cell.causes);
        let occurring = summaries.filter(|summary| summary.share > Some(0.0)).map(|summary| summary.cause);
        occurring.collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// One cell's findings.
///
/// ```
/// # use std::{num::NonZero, path::Path, sync::atomic::AtomicBool};
/// use donsim::experiment::{
///     CauseSummary, Difference, Estimate, Exact, FaultSummary, HoldersSummary, Metric, Options, RunSummary, run,
/// };
/// # use donsim::scenario::Scenario;
/// use donsim::sim::{FailureCause, simulate};
///
/// let text = r#"
/// schema = 1
/// run.replicates = 50
/// network.response.loss = 1
/// faults.silent = [{ nodes = 1 }]
/// sweep.grid.aggregator.rule_set = ["identical", "attested"]
/// "#;
/// # let scenario = Scenario::parse(Path::new("mine.toml"), text.to_owned(), &[])?;
/// # let stop = AtomicBool::new(false);
/// let summary: RunSummary = run(&scenario, Options::new(NonZero::<usize>::MIN, &stop), &simulate, &mut ())?.summary;
/// let cell = &summary.cells[1];
/// let Some(&Estimate { value, ci_high, n: 50, .. }) = cell.estimate(Metric::Accepted) else { panic!("no estimate") };
/// assert!(value == Some(0.0) && ci_high > Some(0.0), "nothing arrives, and that is seen 50 times only");
/// assert_eq!(cell.censored(), 1.0);
///
/// assert_eq!(cell.main_cause(), Some((FailureCause::LOST, cell.cause_share(FailureCause::LOST))));
/// let shares = cell.causes.iter().filter_map(|CauseSummary { share, .. }| *share);
/// assert!((shares.sum::<f64>() - 1.0).abs() < 1e-9 && summary.causes().contains(&FailureCause::LOST));
/// let [HoldersSummary { share: Some(1.0), holders, .. }] = cell.holders[..] else { panic!("one number of holders") };
/// assert_eq!((holders, cell.payload_holders.as_str()), (6, "f+1"), "of 16, of which 5 may be Byzantine");
/// let [FaultSummary { name, nodes: 1, .. }] = &cell.faults[..] else { panic!("one fault") };
/// assert_eq!(name, "faults.silent.0");
/// let Difference { value, .. } = &cell.differences[0];
/// assert_eq!(*value, Some(0.0), "under either rule set");
/// let Ok(Exact { values, .. }) = &cell.exact else { panic!("{:?}", cell.exact) };
/// assert!(values.contains(&(Metric::Accepted, 0.0)) && cell.exact_value(Metric::Accepted) == Some(0.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct CellSummary {
    /// The cell's id.
    pub id: String,
    /// Its values, in the order of [`RunSummary::axes`]. In all cells of a run the values of an axis are numbers of one
    /// unit, or none of them has a number.
    pub axes: Vec<AxisValue>,
    /// The rule set it ran.
    pub rule_set: String,
    /// Holders of the payload, as the scenario writes it.
    pub payload_holders: String,
    /// The caller's deadline in ms.
    pub deadline_ms: f64,
    /// Replicates that were simulated.
    pub replicates: u64,
    /// Why there are no more; `None` where all cells have as many, and in a cell that was interrupted.
    pub ended: Option<Ended>,
    /// One estimate per metric, in the order of [`Metric::ALL`].
    pub estimates: Vec<Estimate>,
    /// Steps of the survival function of the latency: (latency in ms, share of requests that are still waiting or never
    /// accepted just after it), rising in latency, at most a hundred points. Starts at the first acceptance; what is left after the
    /// last point was never accepted before the deadline.
    pub survival: Vec<(f64, f64)>,
    /// Values by a closed form of the cell, one at least, or why there is none.
    pub exact: Result<Exact, String>,
    /// Differences from its partner under the first rule set; empty where the sweep has none.
    pub differences: Vec<Difference>,
    /// Share of each cause: one entry per cause of one kind, then one per cause of several
    /// kinds that occurred.
    pub causes: Vec<CauseSummary>,
    /// Numbers of holders that occurred, rising, and how often each did.
    pub holders: Vec<HoldersSummary>,
    /// Actions of each fault of the scenario in all replicates of the cell.
    pub faults: Vec<FaultSummary>,
}

/// Gives all values of an axis one kind, as a column of a table has: numbers of one unit, each with its canonical text,
/// or texts alone.
pub(super) fn unify(cells: &mut [CellSummary]) {
    let axes = cells.iter().map(|cell| cell.axes.len()).min().unwrap_or_default();
    for at in 0..axes {
        let unit = cells[0].axes[at].unit;
        let same = |value: &AxisValue| value.number.filter(|_| value.unit == unit);
        let number = |cell: &CellSummary| AxisValue::of_number(same(&cell.axes[at])?, unit);
        let numbers: Option<Vec<AxisValue>> = cells.iter().map(number).collect();
        match numbers {
            Some(numbers) => cells.iter_mut().zip(numbers).for_each(|(cell, value)| cell.axes[at] = value),
            None => cells.iter_mut().for_each(|cell| (cell.axes[at].number, cell.axes[at].unit) = (None, "")),
        }
    }
}

/// Values by a closed form of a cell.
///
/// ```
/// # use std::{num::NonZero, path::Path, sync::atomic::AtomicBool};
/// use donsim::experiment::{Exact, Metric, Options, run};
/// # use donsim::{scenario::Scenario, sim::simulate};
///
/// let text = "schema = 1\nrun.replicates = 5\nnetwork.response.loss = 0.5\n".to_owned();
/// # let scenario = Scenario::parse(Path::new("mine.toml"), text, &[])?;
/// # let stop = AtomicBool::new(false);
/// let cell = &run(&scenario, Options::new(NonZero::<usize>::MIN, &stop), &simulate, &mut ())?.summary.cells[0];
/// let Ok(Exact { values, .. }) = &cell.exact else { panic!("{:?}", cell.exact) };
/// let accepted = values.iter().find(|(metric, _)| *metric == Metric::Accepted).map(|(_, value)| *value);
/// assert_eq!(accepted, Some(1.0 - 0.5_f64.powi(6)), "one of the six holders' answers has to arrive");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exact {
    /// The exact values of some metrics, in their units, in the order of [`Metric::ALL`].
    pub values: Vec<(Metric, f64)>,
    /// The exact survival function of the latency as (latency in ms, share still waiting), rising in latency; empty where
    /// there is only a probability of acceptance.
    pub survival: Vec<(f64, f64)>,
    /// Parts that it says nothing of, and why, such as `of latency: callers start at different times`; empty when there
    /// are none.
    pub missing: String,
}

/// Difference of a metric of a cell from that of the cell that has the first rule set and is equal in all else. Both have
/// common random numbers, replicate by replicate.
///
/// ```
/// # use std::{num::NonZero, path::Path, sync::atomic::AtomicBool};
/// use donsim::experiment::{Difference, Metric, Options, run};
/// # use donsim::{scenario::Scenario, sim::simulate};
///
/// let text = r#"
/// schema = 1
/// run.replicates = 5
/// faults.silent = [{ nodes = 1, holders = 1 }]
/// sweep.grid.aggregator.rule_set = ["identical", "attested"]
/// "#;
/// # let scenario = Scenario::parse(Path::new("mine.toml"), text.to_owned(), &[])?;
/// # let stop = AtomicBool::new(false);
/// let cells = run(&scenario, Options::new(NonZero::<usize>::MIN, &stop), &simulate, &mut ())?.summary.cells;
/// let Difference { metric, versus, value, .. } = &cells[1].differences[0];
/// assert_eq!((*metric, versus, *value), (Metric::Accepted, &cells[0].id, Some(1.0)), "one answer is missing");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The metric.
    pub metric: Metric,
    /// The id of the cell under the first rule set.
    pub versus: String,
    /// This cell's value less the other's; `None` without replicates.
    pub value: Option<f64>,
    /// Lower end of the paired 95 % interval; `None` where there is none.
    pub ci_low: Option<f64>,
    /// Upper end of the paired 95 % interval; `None` where there is none.
    pub ci_high: Option<f64>,
    /// Lower end of the interval that the same replicates would give if they were independent.
    pub unpaired_low: Option<f64>,
    /// Upper end of that interval.
    pub unpaired_high: Option<f64>,
    /// Replicates that both cells have.
    pub n: u64,
}

/// Share of a cause of failure in a cell.
///
/// ```
/// # use std::{num::NonZero, path::Path, sync::atomic::AtomicBool};
/// use donsim::experiment::{CauseSummary, Options, run};
/// use donsim::sim::FailureCause;
/// # use donsim::{scenario::Scenario, sim::simulate};
///
/// let text = "schema = 1\nrun.replicates = 5\ncapability_don.payload_holders = 0\n".to_owned();
/// # let scenario = Scenario::parse(Path::new("mine.toml"), text, &[])?;
/// # let stop = AtomicBool::new(false);
/// let cell = &run(&scenario, Options::new(NonZero::<usize>::MIN, &stop), &simulate, &mut ())?.summary.cells[0];
/// let failed = |CauseSummary { share, .. }: &&CauseSummary| *share > Some(0.0);
/// let causes: Vec<_> = cell.causes.iter().filter(failed).map(|it| (it.cause, it.share)).collect();
/// assert_eq!(causes, [(FailureCause::TOO_FEW_HOLDERS, Some(1.0))]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CauseSummary {
    /// The cause.
    pub cause: FailureCause,
    /// Share of requests and honest workflow nodes that failed for it; `None` where nothing was simulated.
    pub share: Option<f64>,
    /// Lower end of the 95 % interval; `None` where there is none.
    pub ci_low: Option<f64>,
    /// Upper end of the 95 % interval; `None` where there is none.
    pub ci_high: Option<f64>,
}

/// How often requests of a cell had a number of holders.
///
/// ```
/// # use std::{num::NonZero, path::Path, sync::atomic::AtomicBool};
/// use donsim::experiment::{HoldersSummary, Options, run};
/// # use donsim::{scenario::Scenario, sim::simulate};
///
/// let text = "schema = 1\nrun.replicates = 50\ncapability_don.payload_holders = { agree = 0.9 }\n".to_owned();
/// # let scenario = Scenario::parse(Path::new("mine.toml"), text, &[])?;
/// # let stop = AtomicBool::new(false);
/// let cell = &run(&scenario, Options::new(NonZero::<usize>::MIN, &stop), &simulate, &mut ())?.summary.cells[0];
/// assert!(cell.holders.is_sorted_by_key(|HoldersSummary { holders, .. }| *holders) && cell.holders.len() > 1);
/// assert!((cell.holders.iter().filter_map(|it| it.share).sum::<f64>() - 1.0).abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HoldersSummary {
    /// Capability nodes that hold the payload.
    pub holders: u32,
    /// Share of requests that have so many.
    pub share: Option<f64>,
    /// Lower end of the 95 % interval; `None` where there is none.
    pub ci_low: Option<f64>,
    /// Upper end of the 95 % interval; `None` where there is none.
    pub ci_high: Option<f64>,
}

/// Actions of a fault in a cell.
///
/// ```
/// # use std::{num::NonZero, path::Path, sync::atomic::AtomicBool};
/// use donsim::experiment::{FaultSummary, Options, run};
/// # use donsim::{scenario::Scenario, sim::simulate};
///
/// let text = "schema = 1\nrun.replicates = 5\nfaults.silent = [{ nodes = 2 }]\n".to_owned();
/// # let scenario = Scenario::parse(Path::new("mine.toml"), text, &[])?;
/// # let stop = AtomicBool::new(false);
/// let cell = &run(&scenario, Options::new(NonZero::<usize>::MIN, &stop), &simulate, &mut ())?.summary.cells[0];
/// let [FaultSummary { name, nodes: 2, fired, .. }] = &cell.faults[..] else { panic!("one fault") };
/// assert_eq!((&name[..], *fired), ("faults.silent.0", 5 * 2 * 4), "two nodes towards four, in five replicates");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultSummary {
    /// Its place in the scenario: `faults.silent.0` is the first `[[faults.silent]]`.
    pub name: String,
    /// Number of nodes that had it; all that may have had it where chance decided.
    pub nodes: u32,
    /// Number of its actions.
    pub fired: u64,
    /// Holders that it asked for and that were not there.
    pub holder_shortfall: u64,
}

impl CellSummary {
    /// The share of requests and workflow nodes without a right response before the deadline.
    #[must_use]
    pub fn censored(&self) -> f64 {
        self.survival.last().map_or(1.0, |(_, left)| *left)
    }

    /// The estimate of `metric`.
    #[must_use]
    pub fn estimate(&self, metric: Metric) -> Option<&Estimate> {
        self.estimates.iter().find(|estimate| estimate.metric == metric)
    }

    /// Value of `metric` by a closed form; `None` where there is none.
    #[must_use]
    pub fn exact_value(&self, metric: Metric) -> Option<f64> {
        let exact = self.exact.as_ref().ok()?;
        exact.values.iter().find(|(other, _)| *other == metric).map(|(_, value)| *value)
    }

    /// Share of requests and workflow nodes that failed for `cause`; zero where nothing is known.
    #[must_use]
    pub fn cause_share(&self, cause: FailureCause) -> f64 {
        self.causes.iter().find(|summary| summary.cause == cause).and_then(|cause| cause.share).unwrap_or(0.0)
    }

    /// The most frequent cause and its share, the first in their order where several have it;
    /// `None` when nothing failed.
    #[must_use]
    pub fn main_cause(&self) -> Option<(FailureCause, f64)> {
        let shares = self.causes.iter().rev().map(|summary| (summary.cause, summary.share.unwrap_or(0.0)));
        shares.filter(|(_, share)| *share > 0.0).max_by(|a, b| a.1.total_cmp(&b.1))
    }
}

/// A metric's value in a cell.
///
/// ```
/// # use std::{num::NonZero, path::Path, sync::atomic::AtomicBool};
/// use donsim::experiment::{Estimate, Metric, Options, run};
/// # use donsim::{scenario::Scenario, sim::simulate};
///
/// # let scenario = Scenario::parse(Path::new("mine.toml"), "schema = 1\nrun.replicates = 20\n".to_owned(), &[])?;
/// # let stop = AtomicBool::new(false);
/// let cell = &run(&scenario, Options::new(NonZero::<usize>::MIN, &stop), &simulate, &mut ())?.summary.cells[0];
/// let Some(Estimate { value: Some(median), ci_low: Some(low), ci_high: Some(high), n: 20, .. }) =
///     cell.estimate(Metric::LatencyP50)
/// else {
///     panic!("all 20 replicates accept")
/// };
/// assert!(low < median && median < high && *high < cell.deadline_ms);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The metric.
    pub metric: Metric,
    /// `None` where there is none: a latency quantile beyond the deadline.
    pub value: Option<f64>,
    /// Lower end of the 95 % interval; `None` where there is none.
    pub ci_low: Option<f64>,
    /// Upper end of the 95 % interval; `None` where there is none or it is beyond the deadline.
    pub ci_high: Option<f64>,
    /// Replicates.
    pub n: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_has_numbers_of_one_unit_or_texts() {
        let value = |text: &str, number, unit| AxisValue { text: text.to_owned(), number, unit };
        let cell = |axes: Vec<AxisValue>| CellSummary {
            id: String::new(),
            axes,
            rule_set: String::new(),
            payload_holders: String::new(),
            deadline_ms: 0.0,
            replicates: 0,
            ended: None,
            estimates: Vec::new(),
            survival: Vec::new(),
            exact: Err(String::new()),
            differences: Vec::new(),
            causes: Vec::new(),
            holders: Vec::new(),
            faults: Vec::new(),
        };
        let mut cells = [
            cell(vec![value("1500ms", Some(1500.0), "ms"), value("40ms", Some(40.0), "ms"), value("3", Some(3.0), "")]),
            cell(vec![
                value("40ms", Some(40.0), "ms"),
                value("exponential(1s)", None, ""),
                value("1KiB", Some(1024.0), "bytes"),
            ]),
        ];
        unify(&mut cells);
        let expected = [value("1.5s", Some(1500.0), "ms"), value("40ms", None, ""), value("3", None, "")];
        assert_eq!(cells[0].axes, expected);
        let expected = [value("40ms", Some(40.0), "ms"), value("exponential(1s)", None, ""), value("1KiB", None, "")];
        assert_eq!(cells[1].axes, expected);
        for (number, unit) in [(-1.0, "ms"), (0.5, "bytes"), (f64::NAN, ""), (1e300, "Mbit/s"), (1.0, "miles")] {
            assert_eq!(AxisValue::of_number(number, unit), None, "{number} {unit}");
        }
        unify(&mut []);
    }
}
