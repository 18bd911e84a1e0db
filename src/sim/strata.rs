//! Strata: the worlds of a cell by how many nodes have each of the faults that nodes have with a probability, and by how
//! many answers get lost.
//!
//! The law of these numbers is known exactly and the probabilities themselves appear nowhere else: given that `k` nodes
//! are faulty, they are the `k` of the lowest ranks, whatever the probability is; so are the `k` of all links between a
//! capability and a workflow node that lose their answer, one each at most. So replicates need not be left to chance,
//! which hardly ever draws the numbers that matter: replicate `r` belongs to stratum `r mod S`, where it has the numbers
//! of that stratum and everything else as always. Cells that differ in nothing but probabilities have the same worlds.

use super::fault::{Fault, FaultyNodes};
use super::faults::Side;
use super::setup::Setup;

/// The strata of a cell.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::{Counts, FaultyNodes, Strata};
///
/// let don = "capability_don = { nodes = 7, f = 2 }\nfaults.crash = [{ nodes = { each = 0.01 } }]\n";
/// let text = format!("schema = 1\nrun.strata = true\n{don}");
/// let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// let strata = Strata::of(&setup).expect("its replicates are dealt to strata");
/// assert!(strata.len() == 8 && !strata.is_empty(), "from no crash to seven");
/// assert_eq!(strata.of_replicate(19), 3);
/// assert_eq!(strata.counts(3), &Counts { faulty: vec![3], lost_answers: None });
/// assert_eq!(strata.counts(3), &Counts::of_replicate(&setup, 19));
/// assert_eq!(strata.world(&setup, 3).faults[0].nodes, FaultyNodes::Count(3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strata {
    counts: Vec<Counts>,
}

/// The numbers of a stratum.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::Counts;
///
/// let text = "schema = 1\nrun.strata = true\nfaults.crash = [{ nodes = { each = 0.01 } }]\n".to_owned();
/// let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// let crashed = |replicate| Counts::of_replicate(&setup, replicate).faulty;
/// assert_eq!((crashed(0), crashed(16), crashed(17)), (vec![0], vec![16], vec![0]), "16 nodes have 17 numbers");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// For every fault of the setup that nodes have with a probability how many have it.
    pub faulty: Vec<u32>,
    /// How many links lose their answer; `None` where it is no chance, or left to it.
    pub lost_answers: Option<u32>,
}

impl Counts {
    /// Those of a replicate's stratum; without strata those that the setup gives.
    #[must_use]
    pub fn of_replicate(setup: &Setup, replicate: u64) -> Self {
        let given = || Self { faulty: Vec::new(), lost_answers: setup.network.lost_answers };
        Strata::of(setup).map_or_else(given, |strata| strata.counts(strata.of_replicate(replicate)).clone())
    }
}

impl Strata {
    /// Those of a setup whose replicates are dealt to strata; `None` for others.
    #[must_use]
    pub fn of(setup: &Setup) -> Option<Self> {
        if !setup.run.strata {
            return None;
        }
        let mut faulty = vec![Vec::new()];
        for fault in setup.faults.iter().filter(|fault| is_by_chance(fault)) {
            let more = |counts: Vec<u32>| {
                let most = candidates(setup, fault, &counts);
                (0..=most).map(move |count| [&counts[..], &[count]].concat())
            };
            faulty = faulty.into_iter().flat_map(more).collect();
        }
        let lost: Vec<Option<u32>> =
            if loses_by_chance(setup) { (0..=answering_links(setup)).map(Some).collect() } else { vec![None] };
        let with_lost = |faulty: Vec<u32>| {
            let counts =
                move |lost_answers: &Option<u32>| Counts { faulty: faulty.clone(), lost_answers: *lost_answers };
            lost.iter().map(counts)
        };
        Some(Self { counts: faulty.into_iter().flat_map(with_lost).collect() })
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

    /// The numbers of a stratum.
    #[must_use]
    pub fn counts(&self, stratum: usize) -> &Counts {
        &self.counts[stratum]
    }

    /// The setup whose worlds are those of a stratum, by numbers alone.
    #[must_use]
    pub fn world(&self, setup: &Setup, stratum: usize) -> Setup {
        let Counts { faulty, lost_answers } = &self.counts[stratum];
        let mut world = setup.clone();
        world.run.strata = false;
        let by_chance = world.faults.iter_mut().filter(|fault| is_by_chance(fault));
        for (fault, count) in by_chance.zip(faulty) {
            fault.nodes = FaultyNodes::Count(*count);
        }
        if lost_answers.is_some() {
            world.network.response.loss = 0.0;
            world.network.lost_answers = *lost_answers;
        }
        world
    }
}

/// The setup without the probabilities that strata make up for: cells that are equal then have the same worlds.
pub(crate) fn without_law(setup: &Setup) -> Setup {
    let mut worlds = setup.clone();
    if setup.run.strata {
        for fault in worlds.faults.iter_mut().filter(|fault| is_by_chance(fault)) {
            fault.nodes = FaultyNodes::Each(0.0);
        }
        if loses_by_chance(setup) {
            // Any chance: it has the same strata.
            worlds.network.response.loss = 0.5;
        }
    }
    worlds
}

/// Of a fault that nodes have with a probability, how many nodes may have it when so many have those before it: all but
/// those that have another fault, if neither may overlap.
pub(crate) fn candidates(setup: &Setup, fault: &Fault, before: &[u32]) -> u32 {
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

/// Links that an answer may get lost on: one from every capability to every workflow node.
pub(crate) const fn answering_links(setup: &Setup) -> u32 {
    setup.capability_don.nodes * setup.workflow_don.nodes
}

/// Whether chance decides how many nodes have a fault.
pub(crate) const fn is_by_chance(fault: &Fault) -> bool {
    matches!(fault.nodes, FaultyNodes::Each(_))
}

/// Whether chance decides which answers get lost: neither none nor all are.
fn loses_by_chance(setup: &Setup) -> bool {
    is_chance(setup.network.response.loss)
}

/// Whether a probability leaves a thing open.
pub(crate) fn is_chance(probability: f64) -> bool {
    0.0 < probability && probability < 1.0
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::network::Node;
    use crate::sim::oracle_tests::worlds;
    use crate::sim::{Answers, FAULTS, ReplicateCache, ResponseStrategy, What, replay};

    /// Most answers that one link carries in a world.
    fn most_answers(setup: &Setup, cache: &mut ReplicateCache) -> u32 {
        let mut answers: BTreeMap<(Node, Node), u32> = BTreeMap::new();
        for it in replay(setup, 0, cache).1 {
            if let (What::Sent { .. }, Some(from @ Node::Capability(_)), Some(to @ Node::Workflow(_))) =
                (it.what, it.node, it.peer)
            {
                *answers.entry((from, to)).or_default() += 1;
            }
        }
        answers.into_values().max().unwrap_or(0)
    }

    /// What a scenario with strata of lost answers may have: then no link carries two, whose losses would be two draws.
    #[test]
    fn without_repeats_a_link_carries_one_answer() {
        let mut cache = ReplicateCache::new(worlds::setup(0).run.seed);
        let (mut wild, mut tame) = (0, 0);
        for number in 0..600 {
            let mut setup = worlds::setup(number);
            wild = most_answers(&setup, &mut cache).max(wild);
            setup.request.count = 1;
            setup.capability_don.response_strategy = ResponseStrategy::default();
            setup.network.request.duplication = 0.0;
            let repeats =
                |fault: &Fault| FAULTS.iter().any(|it| it.answers == Answers::Several && it.name == fault.kind.name());
            setup.faults.retain(|fault| !repeats(fault));
            let most = most_answers(&setup, &mut cache);
            assert!(most <= 1, "world {number}: {most}");
            tame += most;
        }
        assert!(wild > 1 && tame > 400, "{wild} {tame}");
    }
}
