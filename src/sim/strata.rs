//! Strata: the worlds of a cell by how many nodes have each of the faults that nodes have with a probability.
//!
//! The law of these numbers is known exactly and the probability itself appears nowhere else: given that `k` nodes are
//! faulty, they are the `k` of the lowest ranks, whatever the probability is. So replicates need not be left to chance,
//! which hardly ever draws the numbers that matter: replicate `r` belongs to stratum `r mod S`, where it has the numbers
//! of that stratum and everything else as always. Cells that differ in nothing but probabilities have the same worlds.

use super::fault::{Fault, FaultyNodes, Side};
use super::setup::Setup;

/// The strata of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strata {
    /// By stratum, for every fault of the setup that nodes have with a probability how many have it.
    counts: Vec<Vec<u32>>,
}

impl Strata {
    /// Those of a setup whose replicates are dealt to strata; `None` for others.
    #[must_use]
    pub fn of(setup: &Setup) -> Option<Self> {
        if !setup.run.strata {
            return None;
        }
        let mut counts = vec![Vec::new()];
        for fault in setup.faults.iter().filter(|fault| is_by_chance(fault)) {
            let more = |counts: Vec<u32>| {
                let most = candidates(setup, fault, &counts);
                (0..=most).map(move |count| [&counts[..], &[count]].concat())
            };
            counts = counts.into_iter().flat_map(more).collect();
        }
        Some(Self { counts })
    }

    /// Number of strata, at least one.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.counts.len()
    }

    /// Whether there is no stratum, which never is.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Stratum of a replicate.
    #[must_use]
    pub const fn of_replicate(&self, replicate: u64) -> usize {
        (replicate % self.counts.len() as u64) as usize
    }

    /// For every fault that nodes have with a probability, how many have it in a stratum.
    #[must_use]
    pub fn counts(&self, stratum: usize) -> &[u32] {
        &self.counts[stratum]
    }

    /// The setup whose worlds are those of a stratum, by numbers alone.
    #[must_use]
    pub fn world(&self, setup: &Setup, stratum: usize) -> Setup {
        let mut world = setup.clone();
        world.run.strata = false;
        let by_chance = world.faults.iter_mut().filter(|fault| is_by_chance(fault));
        for (fault, count) in by_chance.zip(&self.counts[stratum]) {
            fault.nodes = FaultyNodes::Count(*count);
        }
        world
    }
}

/// The setup without the probabilities that strata make up for: cells that are equal then have the same worlds.
#[must_use]
pub fn without_law(setup: &Setup) -> Setup {
    let mut worlds = setup.clone();
    if setup.run.strata {
        for fault in worlds.faults.iter_mut().filter(|fault| is_by_chance(fault)) {
            fault.nodes = FaultyNodes::Each(0.0);
        }
    }
    worlds
}

/// Of a fault that nodes have with a probability, how many nodes may have it when so many have those before it: all but
/// those that have another fault, if neither may overlap.
#[must_use]
pub fn candidates(setup: &Setup, fault: &Fault, before: &[u32]) -> u32 {
    let nodes = match fault.kind.side() {
        Side::Capability => setup.capability_don.nodes,
        Side::Workflow => setup.workflow_don.nodes,
    };
    if fault.overlap {
        return nodes;
    }
    let rivals = || setup.faults.iter().filter(|other| other.kind.side() == fault.kind.side() && !other.overlap);
    let given: u32 = rivals().map(|other| other.nodes.given()).sum();
    let by_chance = setup.faults.iter().filter(|other| is_by_chance(other)).zip(before);
    let drawn: u32 = by_chance.filter(|(other, _)| !other.overlap).map(|(_, count)| count).sum();
    nodes.saturating_sub(given).saturating_sub(drawn)
}

/// Whether chance decides how many nodes have a fault.
#[must_use]
pub const fn is_by_chance(fault: &Fault) -> bool {
    matches!(fault.nodes, FaultyNodes::Each(_))
}
