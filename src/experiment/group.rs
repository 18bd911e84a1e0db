//! Cells that are simulated together, with the baselines that their savings are measured against.
//!
//! Cells that differ in nothing but rule set and payload holders have one baseline in common, and a cell may be that
//! world itself: in every replicate each is simulated once.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::scenario::Cell;
use crate::sim::{Replicate, ReplicateCache, Setup};

use super::reading::Simulated;
use super::savings::{Baseline, OcrCost};

/// Simulates one replicate; [`crate::sim::simulate`] but for tests.
pub type Simulate<'a> = dyn Fn(&Setup, u64, &mut ReplicateCache) -> Replicate + Sync + 'a;

/// The worlds of a group: first its cells, then what else is needed.
pub(super) struct Group {
    cells: Vec<Cell>,
    others: Vec<Setup>,
    /// By cell, the number of its baseline, and its OCR rounds.
    before: Vec<(usize, OcrCost)>,
}

impl Group {
    pub fn new(cells: Vec<Cell>) -> Self {
        let mut group = Self { cells, others: Vec::new(), before: Vec::new() };
        for at in 0..group.cells.len() {
            let (before, ocr) = (group.cells[at].setup.baseline(), OcrCost::of(&group.cells[at].setup));
            let known = group.worlds().position(|setup| *setup == before);
            let number = known.unwrap_or_else(|| {
                group.others.push(before);
                group.cells.len() + group.others.len() - 1
            });
            group.before.push((number, ocr));
        }
        group
    }

    fn worlds(&self) -> impl Iterator<Item = &Setup> {
        self.cells.iter().map(|cell| &cell.setup).chain(&self.others)
    }

    /// One replicate of every cell; the message of a panic in its place, also of one in the baseline.
    pub fn simulate(
        &self,
        replicate: u64,
        simulate: &Simulate<'_>,
        cache: &mut ReplicateCache,
    ) -> Vec<Result<Simulated, String>> {
        let worlds = self.worlds().map(|setup| attempt(setup, replicate, simulate, cache));
        let worlds: Vec<Result<Replicate, String>> = worlds.collect();
        let mut befores = BTreeMap::new();
        for (at, _) in &self.before {
            befores.entry(*at).or_insert_with(|| match &worlds[*at] {
                Ok(world) => Ok(Arc::new(Baseline::of(world))),
                Err(message) => Err(format!("in the baseline: {message}")),
            });
        }
        let cell = |(world, (at, ocr)): (Result<Replicate, String>, &(usize, OcrCost))| {
            Ok(Simulated { replicate: world?, before: befores[at].clone()?, ocr: *ocr })
        };
        worlds.into_iter().zip(&self.before).map(cell).collect()
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
