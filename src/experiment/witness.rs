//! The replicates to look at when a verdict is bad.

use std::collections::BTreeMap;

use crate::scenario::{Cell, Expectation, Scenario, Subject};
use crate::sim::Outcome;

use super::consumer::Consumer;
use super::judgement::{Bounds, Ruling};
use super::reading::{Simulated, honest};

/// The first replicates of a cell in which something is to be seen.
///
/// ```
/// # use std::{num::NonZero, path::Path, sync::atomic::AtomicBool};
/// use donsim::experiment::{Options, Witnesses, run};
/// # use donsim::{scenario::Scenario, sim::simulate};
///
/// let text = "schema = 1\nrun.replicates = 5\nnetwork.response.loss = 1\n[[expect]]\nthat = \"accepted >= 0.1\"\n";
/// # let scenario = Scenario::parse(Path::new("mine.toml"), text.to_owned(), &[])?;
/// # let stop = AtomicBool::new(false);
/// let found = run(&scenario, Options::new(NonZero::<usize>::MIN, &stop), &simulate, &mut ())?;
/// let Witnesses { unsafe_replicate, against } = &found.witnesses[&scenario.cell(0).id];
/// assert_eq!((*unsafe_replicate, against), (None, &[(0, 0)].into()), "in the first replicate already");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Witnesses {
    /// A wrong response was accepted, or honest workflow nodes disagree.
    pub unsafe_replicate: Option<u64>,
    /// By the number of an expectation of single cells: the replicate's own value is not what is expected of all.
    pub against: BTreeMap<usize, u64>,
}

/// Finds the witnesses of every cell.
pub(super) struct WitnessFinder<'a> {
    /// By cell, the expectations of it alone with their numbers.
    expectations: BTreeMap<u64, Vec<(usize, &'a Expectation)>>,
    pub found: BTreeMap<String, Witnesses>,
}

impl<'a> WitnessFinder<'a> {
    pub fn new(scenario: &'a Scenario) -> Self {
        let mut expectations: BTreeMap<u64, Vec<_>> = BTreeMap::new();
        for (number, expectation) in scenario.expectations().iter().enumerate() {
            for subject in &expectation.subjects {
                if let Subject::Cell(cell) = subject {
                    expectations.entry(*cell).or_default().push((number, expectation));
                }
            }
        }
        Self { expectations, found: BTreeMap::new() }
    }
}

impl Consumer for WitnessFinder<'_> {
    fn replicate(&mut self, cell: &Cell, number: u64, result: &Result<Simulated, String>) {
        let witnesses = self.found.entry(cell.id.clone()).or_default();
        let Ok(simulated) = result else { return };
        if honest(&simulated.replicate).any(|row| row.outcome == Outcome::AcceptedWrong || row.disagreement) {
            witnesses.unsafe_replicate.get_or_insert(number);
        }
        for (at, expectation) in self.expectations.get(&cell.index).into_iter().flatten() {
            if !fits(expectation, simulated.own_value(expectation.metric)) {
                witnesses.against.entry(*at).or_insert(number);
            }
        }
    }
}

/// Whether a value is what is expected; nothing measured is.
pub(crate) fn fits(expectation: &Expectation, value: Option<f64>) -> bool {
    let bounds = Bounds { observed: value, low: value, high: value };
    bounds.rule(expectation.direction, expectation.threshold) != Ruling::Fail
}
