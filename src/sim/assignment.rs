//! Who holds the payload and who is faulty, drawn once a replicate: all its requests share it.

use crate::engine::{Draws, Time, Window};
use crate::network::Node;

use super::capability_node::Outage;
use super::fault::{Fault, FaultyNodes};
use super::faults::{Behaviour, Side};
use super::outcome::FaultReport;
use super::setup::{PayloadHolders, Setup};
use super::site::Site;
use super::strata::is_by_chance;

/// The roles of all nodes.
pub(super) struct Assignment {
    /// Whether each capability node holds the payload; where rounds make the holders, whether it may.
    pub(super) holders: Vec<bool>,
    is_given: bool,
    /// Whether enough nodes observed the same for OCR to agree on it.
    pub(super) agreed: bool,
    /// Which faults each node has, indices into `faults`, in their order.
    capability: Vec<Vec<usize>>,
    workflow: Vec<Vec<usize>>,
    faults: Vec<Active>,
}

/// A fault and who has it.
pub(super) struct Active {
    pub(super) behaviour: Behaviour,
    is_outage: bool,
    /// All nodes that have it, rising.
    pub(super) accomplices: Vec<u32>,
    window: Window,
    probability: f64,
    /// Targets of each accomplice, by node of the other DON; empty when it aims at all of them.
    aims: Vec<Vec<bool>>,
    /// Kind and ordinal in its kind: what keys its draws.
    key: [u32; 2],
    /// Holders that it asked for and that were not there.
    holder_shortfall: u64,
}

impl Assignment {
    /// Holders first, then the faults that take a number of nodes, then those that nodes have with a probability, each in
    /// their order; `forced` numbers of them, where there are such, are in place of the probabilities. Faults that may not
    /// overlap never share a node with each other.
    pub(super) fn new(setup: &Setup, forced: &[u32], draws: &Draws) -> Self {
        let holders = holders(setup, draws);
        let don = &setup.capability_don;
        // Where the scenario gives the payload to a number of nodes, they are those that agreed on it.
        let agreed = don.ocr.rounds().is_some()
            || !matches!(don.payload_holders, PayloadHolders::Agree(_))
            || holders.iter().filter(|holder| **holder).count() > don.f as usize;
        let mut assignment = Self {
            holders,
            is_given: don.ocr.rounds().is_none(),
            agreed,
            capability: vec![Vec::new(); setup.capability_don.nodes as usize],
            workflow: vec![Vec::new(); setup.workflow_don.nodes as usize],
            faults: Vec::new(),
        };
        assignment.assign(setup, forced, draws);
        assignment
    }

    fn assign(&mut self, setup: &Setup, forced: &[u32], draws: &Draws) {
        let (by_chance, given): (Vec<usize>, _) =
            (0..setup.faults.len()).partition(|index| is_by_chance(&setup.faults[*index]));
        let mut forced = forced.iter().map(|count| FaultyNodes::Count(*count));
        let mut chosen = vec![(Vec::new(), 0); setup.faults.len()];
        for index in given.into_iter().chain(by_chance) {
            let fault = &setup.faults[index];
            let nodes = if is_by_chance(fault) { forced.next().unwrap_or(fault.nodes) } else { fault.nodes };
            chosen[index] = self.choose(setup, index, nodes, draws);
            for node in &chosen[index].0 {
                self.of_side(fault.kind.side())[*node as usize].push(index);
            }
        }
        // A node's faults act in the order of the setup.
        self.capability.iter_mut().chain(&mut self.workflow).for_each(|faults| faults.sort_unstable());
        for (index, (accomplices, holder_shortfall)) in chosen.into_iter().enumerate() {
            self.add(&setup.faults[index], key(setup, index), (accomplices, holder_shortfall), setup, draws);
        }
    }

    fn add(
        &mut self,
        fault: &Fault,
        key: [u32; 2],
        (accomplices, holder_shortfall): (Vec<u32>, u64),
        setup: &Setup,
        draws: &Draws,
    ) {
        let audience = match fault.kind.side() {
            Side::Capability if !fault.kind.is_in_rounds() => setup.workflow_don.nodes,
            _ => setup.capability_don.nodes,
        };
        let aims = |targets: u32| accomplices.iter().map(|node| aims(draws, key, *node, audience, targets)).collect();
        self.faults.push(Active {
            behaviour: fault.kind.behaviour(),
            is_outage: fault.kind.is_outage(),
            aims: fault.targets.map_or_else(Vec::new, aims),
            accomplices,
            window: fault.window,
            probability: fault.probability,
            key,
            holder_shortfall,
        });
    }

    /// The nodes of a fault, rising, and how many holders were missing. Those of the lowest ranks: so many, or those whose
    /// rank is below the probability.
    fn choose(&self, setup: &Setup, index: usize, nodes: FaultyNodes, draws: &Draws) -> (Vec<u32>, u64) {
        let (fault, [kind, ordinal]) = (&setup.faults[index], key(setup, index));
        let holders = &self.holders;
        let side = fault.kind.side();
        let taken = match side {
            Side::Workflow => &self.workflow,
            Side::Capability => &self.capability,
        };
        let parts = |node| [kind, ordinal, node, 0, 0];
        let ranked = Site::FaultRank.ranked(draws, taken.len() as u32, parts);
        let may_share = |other: &usize| setup.faults[*other].overlap;
        let is_free = |node: u32| fault.overlap || taken[node as usize].iter().all(may_share);
        let free = |holder: Option<bool>| {
            let fits = move |node: &u32| holder.is_none_or(|wanted| holders[*node as usize] == wanted);
            ranked.iter().copied().filter(fits).filter(|node| is_free(*node))
        };
        let (mut chosen, shortfall) = match (nodes, fault.holders.filter(|_| side == Side::Capability)) {
            (FaultyNodes::Each(probability), _) => {
                let is_faulty = |node: &u32| Site::FaultRank.draw(draws, parts(*node)).happens(probability);
                (free(None).filter(is_faulty).collect::<Vec<_>>(), 0)
            }
            (FaultyNodes::Count(nodes), None) => (free(None).take(nodes as usize).collect(), 0),
            (FaultyNodes::Count(nodes), Some(wanted)) => {
                let mut chosen: Vec<u32> = free(Some(true)).take(wanted as usize).collect();
                let shortfall = u64::from(wanted) - chosen.len() as u64;
                chosen.extend(free(Some(false)).take((nodes - wanted) as usize));
                (chosen, shortfall)
            }
        };
        chosen.sort_unstable();
        (chosen, shortfall)
    }

    /// Holders that the scenario gives; none where rounds make them.
    pub(super) fn given_holders(&self) -> u32 {
        if self.is_given { self.holders.iter().filter(|holds| **holds).count() as u32 } else { 0 }
    }

    const fn of_side(&mut self, side: Side) -> &mut Vec<Vec<usize>> {
        match side {
            Side::Workflow => &mut self.workflow,
            Side::Capability => &mut self.capability,
        }
    }

    /// The faults of capability node `node`.
    pub(super) fn of_capability(&self, node: u32) -> &[usize] {
        &self.capability[node as usize]
    }

    /// Faulty nodes, each with the name of a fault that it has.
    pub(super) fn faulty(&self, setup: &Setup) -> Vec<(Node, &'static str)> {
        let node = |side: Side, number: u32| match side {
            Side::Capability => Node::Capability(number),
            Side::Workflow => Node::Workflow(number),
        };
        let of = |(Fault { kind, .. }, active): (&Fault, &Active)| {
            active.accomplices.iter().map(|number| (node(kind.side(), *number), kind.name())).collect::<Vec<_>>()
        };
        setup.faults.iter().zip(&self.faults).flat_map(of).collect()
    }

    /// The faults of workflow node `node`; none for an honest one.
    pub(super) fn of_workflow(&self, node: u32) -> &[usize] {
        &self.workflow[node as usize]
    }

    /// Whether workflow node `node` is honest.
    pub(super) fn is_honest(&self, node: u32) -> bool {
        self.workflow[node as usize].is_empty()
    }

    /// A fault, if it means to act at `now` towards `target` about `request`.
    pub(super) fn acting(&self, draws: &Draws, now: Time, about: About) -> Option<&Active> {
        let fault = &self.faults[about.fault];
        let [kind, ordinal] = fault.key;
        let own_aims = fault.accomplices.binary_search(&about.node).ok().and_then(|at| fault.aims.get(at));
        let aims = own_aims.is_none_or(|aims| aims[about.target as usize]);
        let acts = || Site::FaultActs.draw(draws, [kind, ordinal, about.request, about.node, about.target]);
        (fault.window.contains(now) && aims && (fault.probability >= 1.0 || acts().happens(fault.probability)))
            .then_some(fault)
    }

    /// When capability node `node` is down.
    pub(super) fn outages(&self, node: u32) -> Vec<Outage> {
        let of = |fault: &usize| Outage { fault: *fault, window: self.faults[*fault].window };
        let faults = self.capability[node as usize].iter();
        faults.filter(|fault| self.faults[**fault].is_outage).map(of).collect()
    }

    /// A report of each fault, before it has acted.
    pub(super) fn reports(&self) -> Vec<FaultReport> {
        let report = |fault: &Active| FaultReport { fired: 0, holder_shortfall: fault.holder_shortfall };
        self.faults.iter().map(report).collect()
    }
}

/// Kind of a fault and its ordinal in its kind.
fn key(setup: &Setup, index: usize) -> [u32; 2] {
    let kind = setup.faults[index].kind.draw_key();
    let before = setup.faults[..index].iter().filter(|other| other.kind.draw_key() == kind);
    [kind, before.count() as u32]
}

/// The `targets` nodes of the other DON that a faulty node aims at: those of the lowest ranks.
fn aims(draws: &Draws, [kind, ordinal]: [u32; 2], node: u32, audience: u32, targets: u32) -> Vec<bool> {
    let ranked = Site::FaultTarget.ranked(draws, audience, |target| [kind, ordinal, node, target, 0]);
    let mut aims = vec![false; audience as usize];
    ranked.iter().take(targets as usize).for_each(|target| aims[*target as usize] = true);
    aims
}

/// Occasion on which a fault might act.
#[derive(Clone, Copy, Debug)]
pub(super) struct About {
    pub(super) fault: usize,
    pub(super) node: u32,
    /// A node of the other DON.
    pub(super) target: u32,
    pub(super) request: u32,
}

fn holders(setup: &Setup, draws: &Draws) -> Vec<bool> {
    let don = &setup.capability_don;
    if don.ocr.rounds().is_some() {
        return vec![true; don.nodes as usize];
    }
    let count = match don.payload_holders {
        PayloadHolders::FPlusOne => don.f + 1,
        PayloadHolders::All => don.nodes,
        PayloadHolders::Count(count) => count,
        PayloadHolders::Agree(probability) => {
            let agrees = |node| Site::Agree.draw(draws, [node, 0, 0, 0, 0]).happens(probability);
            return (0..don.nodes).map(agrees).collect();
        }
    };
    let mut holders = vec![false; don.nodes as usize];
    for node in Site::HolderRank.ranked(draws, don.nodes, |node| [node, 0, 0, 0, 0]).into_iter().take(count as usize) {
        holders[node as usize] = true;
    }
    holders
}
