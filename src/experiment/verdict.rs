//! Verdict of a run about its scenario.

use crate::scenario::Metric;
use crate::sim::Safety;

use super::judgement::Ruling;
use super::summary::RunSummary;

/// The verdict of a run.
///
/// ```
/// # use std::{num::NonZero, path::Path, sync::atomic::AtomicBool};
/// use donsim::experiment::{Options, Verdict, run};
/// use donsim::sim::Safety;
/// # use donsim::{scenario::Scenario, sim::simulate};
///
/// let text = "schema = 1\nrun.replicates = 20\n[[expect]]\nthat = \"accepted <= 0.5\"\n".to_owned();
/// # let scenario = Scenario::parse(Path::new("mine.toml"), text, &[])?;
/// # let stop = AtomicBool::new(false);
/// let summary = run(&scenario, Options::new(NonZero::<usize>::MIN, &stop), &simulate, &mut ())?.summary;
/// assert_eq!(Verdict::of(&summary, Safety::Holds, true), Verdict::Fail, "all are accepted");
/// assert_eq!(Verdict::of(&summary, Safety::Holds, false).name(), "incomplete");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All that was expected holds.
    Pass,
    /// Something that was expected does not hold.
    Fail,
    /// The run shows too little: an expectation is undecided, or a fault never acted.
    Inconclusive,
    /// Not everything was simulated.
    Incomplete,
    /// A wrong response was accepted, or honest workflow nodes disagree.
    SafetyViolated,
}

impl Verdict {
    /// Its name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Inconclusive => "inconclusive",
            Self::Incomplete => "incomplete",
            Self::SafetyViolated => "safety_violated",
        }
    }

    /// Judges a run. A violation of safety outranks all else, what was not simulated cannot pass, and one expectation that
    /// does not hold outranks all that are undecided.
    #[must_use]
    pub fn of(summary: &RunSummary, safety: Safety, complete: bool) -> Self {
        let has = |ruling| summary.expectations.iter().any(|judgement| judgement.ruling == ruling);
        match (safety, is_violated(summary)) {
            (Safety::Holds, true) => Self::SafetyViolated,
            _ if !complete => Self::Incomplete,
            (Safety::Violated, false) => Self::Fail,
            _ if has(Ruling::Fail) => Self::Fail,
            _ if has(Ruling::Inconclusive) || !idle_faults(summary).is_empty() => Self::Inconclusive,
            _ => Self::Pass,
        }
    }
}

/// Whether a wrong response was accepted, or honest workflow nodes accepted different ones.
pub(crate) fn is_violated(summary: &RunSummary) -> bool {
    summary.cells.iter().any(|cell| {
        [Metric::AcceptedWrong, Metric::Disagreement]
            .iter()
            .any(|metric| cell.estimate(*metric).and_then(|estimate| estimate.value).is_some_and(|rate| rate > 0.0))
    })
}

/// Faults that some cell gives nodes to and that acted in no replicate of any cell.
pub(crate) fn idle_faults(summary: &RunSummary) -> Vec<&str> {
    let Some(first) = summary.cells.first() else { return Vec::new() };
    let is_idle = |at: usize| {
        let mut everywhere = summary.cells.iter().filter_map(|cell| cell.faults.get(at));
        let has_nodes = everywhere.clone().any(|fault| fault.nodes > 0);
        has_nodes && everywhere.all(|fault| fault.fired == 0)
    };
    first.faults.iter().enumerate().filter(|(at, _)| is_idle(*at)).map(|(_, fault)| fault.name.as_str()).collect()
}
