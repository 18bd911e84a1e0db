//! All that a run comes to.

use std::collections::BTreeMap;

use super::agreement::Disagreement;
use super::mishaps::{Breaches, PanickedReplicate};
use super::summary::RunSummary;
use super::witness::Witnesses;

/// All that a run found.
///
/// ```
/// # use std::{num::NonZero, path::Path, sync::atomic::AtomicBool};
/// use donsim::experiment::{Breaches, Disagreement, Findings, Options, PanickedReplicate, Witnesses, run};
/// # use donsim::scenario::Scenario;
/// use donsim::sim::{Breach, Setup, simulate};
///
/// # let scenario = Scenario::parse(Path::new("mine.toml"), "schema = 1\nrun.replicates = 9\n".to_owned(), &[])?;
/// # let stop = AtomicBool::new(false);
/// let broken = |setup: &Setup, number, cache: &mut _| {
///     assert_ne!(number, 5, "five is unlucky");
///     let mut replicate = simulate(setup, number, cache);
///     replicate.rows[0].breach = (number == 7).then_some(Breach::DidNotAccept);
///     replicate
/// };
/// let Findings { panicked, breaches, disagreements, witnesses, .. } =
///     run(&scenario, Options::new(NonZero::<usize>::MIN, &stop), &broken, &mut ())?;
/// let [PanickedReplicate { replicate: 5, message, .. }] = &panicked[..] else { panic!("{panicked:?}") };
/// assert!(message.contains("five is unlucky"));
/// assert!(matches!(breaches[..], [Breaches { replicate: 7, rows: 1, .. }]));
/// assert_eq!(disagreements, [] as [Disagreement; 0], "rates are as the closed form says");
/// assert!(witnesses.values().all(|of_cell| *of_cell == Witnesses::default()), "nothing unsafe to look at");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Findings {
    /// By cell, as far as they were simulated.
    pub summary: RunSummary,
    /// Replicates that panicked; they are missing from all else.
    pub panicked: Vec<PanickedReplicate>,
    /// By cell, which replicates to look at.
    pub witnesses: BTreeMap<String, Witnesses>,
    /// Contradictions to closed forms, by cell.
    pub disagreements: Vec<Disagreement>,
    /// Cells in which an aggregator went against its rules.
    pub breaches: Vec<Breaches>,
    /// Replicates that were simulated.
    pub done: u64,
    /// Replicates that were planned.
    pub total: u64,
}

impl Findings {
    /// Whether everything planned was simulated.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.done == self.total
    }
}
