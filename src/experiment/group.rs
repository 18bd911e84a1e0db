//! Cells that are simulated together, with the baselines that their savings are measured against.
//!
//! Cells that differ in nothing but rule set and payload holders have one baseline in common, and a cell may be that
//! world itself: in every replicate each is simulated once. So are cells that differ in probabilities alone for which
//! their strata make up.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::scenario::Cell;
use crate::sim::{Listener, Replicate, ReplicateCache, Setup, without_law};

use super::reading::Simulated;
use super::savings::{Baseline, OcrCost};

/// Simulates one replicate; [`crate::sim::simulate`] but for tests.
///
/// ```
/// use std::{num::NonZero, path::Path, sync::atomic::{AtomicBool, AtomicU64, Ordering}};
/// use donsim::experiment::{Options, Simulate, run};
/// use donsim::scenario::Scenario;
/// use donsim::sim;
///
/// let text = "schema = 1\nrun.replicates = 5\n".to_owned();
/// let scenario = Scenario::parse(Path::new("mine.toml"), text, &[])?;
/// let (stop, worlds) = (AtomicBool::new(false), AtomicU64::new(0));
/// let counting: &Simulate<'_> = &|setup, number, cache| {
///     worlds.fetch_add(1, Ordering::Relaxed);
///     sim::simulate(setup, number, cache)
/// };
/// run(&scenario, Options::new(NonZero::<usize>::MIN, &stop), counting, &mut ())?;
/// assert_eq!(worlds.into_inner(), 10, "each replicate of the cell, and of its baseline");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type Simulate<'a> = dyn Fn(&Setup, u64, &mut ReplicateCache) -> Replicate + Sync + 'a;

/// Simulates one replicate and tells a listener, if there is one, all that happens: [`crate::sim::simulate_with`] with the
/// real aggregator but for tests.
///
/// ```
/// use donsim::experiment::Traced;
/// use donsim::scenario::Scenario;
/// use donsim::sim::{RealAggregators, ReplicateCache, replay, simulate_with};
///
/// let traced: &Traced<'_> = &|setup, number, cache, to| simulate_with(setup, number, cache, &RealAggregators, to);
/// let setup = Scenario::parse("mine.toml".as_ref(), "schema = 1\n".to_owned(), &[])?.cell(0).setup;
/// let (mut cache, mut heard) = (ReplicateCache::new(setup.run.seed), Vec::new());
/// let replicate = traced(&setup, 0, &mut cache, Some(&mut heard));
/// assert_eq!((replicate, heard), replay(&setup, 0, &mut cache));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type Traced<'a> = dyn for<'b> Fn(&'b Setup, u64, &'b mut ReplicateCache, Option<&'b mut (dyn Listener + 'b)>) -> Replicate
    + Sync
    + 'a;

/// The worlds of a group, all of them different.
#[derive(Default)]
pub(crate) struct Group {
    worlds: Vec<Setup>,
    cells: Vec<Member>,
}

/// A cell of a group.
struct Member {
    /// Number of its world.
    world: usize,
    /// That of its baseline.
    before: usize,
    ocr: OcrCost,
}

impl Group {
    pub(crate) fn new(cells: &[Cell]) -> Self {
        let mut group = Self::default();
        // Cells first: a message of a panic tells whether it came in a baseline that is no cell.
        let own: Vec<usize> = cells.iter().map(|cell| group.number(&cell.setup)).collect();
        for (cell, world) in cells.iter().zip(own) {
            let before = group.number(&cell.setup.baseline());
            group.cells.push(Member { world, before, ocr: OcrCost::of(&cell.setup) });
        }
        group
    }

    /// Number of a setup's world, a new one where it is not known yet.
    fn number(&mut self, setup: &Setup) -> usize {
        let world = without_law(setup);
        self.worlds.iter().position(|known| *known == world).unwrap_or_else(|| {
            self.worlds.push(world);
            self.worlds.len() - 1
        })
    }

    /// Simulates one replicate of every cell; whether none panicked.
    pub(crate) fn succeeds(&self, replicate: u64, simulate: &Simulate<'_>, cache: &mut ReplicateCache) -> bool {
        self.simulate(replicate, simulate, cache).iter().all(Result::is_ok)
    }

    /// One replicate of every cell; the message of a panic in its place, also of one in the baseline.
    pub(super) fn simulate(
        &self,
        replicate: u64,
        simulate: &Simulate<'_>,
        cache: &mut ReplicateCache,
    ) -> Vec<Result<Simulated, String>> {
        let worlds = self.worlds.iter().map(|setup| attempt(setup, replicate, simulate, cache));
        let mut worlds: Vec<Result<Replicate, String>> = worlds.collect();
        let mut befores = BTreeMap::new();
        for member in &self.cells {
            befores.entry(member.before).or_insert_with(|| match &worlds[member.before] {
                Ok(world) => Ok(Arc::new(Baseline::of(world))),
                Err(message) => Err(format!("in the baseline: {message}")),
            });
        }
        let cell = |(at, Member { world, before, ocr }): (usize, &Member)| {
            let is_last = self.cells[at + 1..].iter().all(|later| later.world != *world);
            let shared = &mut worlds[*world];
            let replicate = if is_last { std::mem::replace(shared, Err(String::new())) } else { shared.clone() };
            Ok(Simulated { replicate: replicate?, before: befores[before].clone()?, ocr: *ocr })
        };
        self.cells.iter().enumerate().map(cell).collect()
    }
}

fn attempt(
    setup: &Setup,
    replicate: u64,
    simulate: &Simulate<'_>,
    cache: &mut ReplicateCache,
) -> Result<Replicate, String> {
    catch_unwind(AssertUnwindSafe(|| simulate(setup, replicate, &mut *cache))).map_err(|panic| {
        // What a panic left behind is not to be trusted.
        *cache = ReplicateCache::with_keyring(setup.run.seed, cache.keyring());
        panic_message(&*panic)
    })
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message").to_owned()
}
