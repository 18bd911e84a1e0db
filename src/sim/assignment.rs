//! Who holds the payload and who is faulty, drawn once a replicate: all its requests share it.

use crate::engine::{Draws, Time, Window};

use super::capability_node::Outage;
use super::fault::{Fault, Side};
use super::faults::Behaviour;
use super::outcome::FaultReport;
use super::setup::{PayloadHolders, Setup};
use super::site::Site;

/// The roles of all nodes.
pub(super) struct Assignment {
    /// Whether each capability node holds the payload.
    pub(super) holders: Vec<bool>,
    /// Whether enough nodes observed the same for OCR to agree on it.
    pub(super) agreed: bool,
    /// Which faults each node has, indices into `faults`, in their order.
    capability: Vec<Vec<usize>>,
    workflow: Vec<Vec<usize>>,
    faults: Vec<Active>,
}

/// A fault and who has it.
pub(super) struct Active {
    pub(super) behaviour: Box<dyn Behaviour>,
    is_outage: bool,
    /// All nodes that have it, rising.
    pub(super) accomplices: Vec<u32>,
    window: Window,
    probability: f64,
    /// Targets of each accomplice, by node of the other DON; empty when it aims at all of them.
    aims: Vec<Vec<bool>>,
    /// Whether its nodes may have other faults.
    overlap: bool,
    /// Kind and ordinal in its kind: what keys its draws.
    key: [u32; 2],
    /// Holders that it asked for and that were not there.
    holder_shortfall: u64,
}

impl Assignment {
    /// Holders first, then the faults in their order. Faults that may not overlap never share a node with each other.
    pub(super) fn new(setup: &Setup, draws: &Draws) -> Self {
        let holders = holders(setup, draws);
        let don = &setup.capability_don;
        // Where the scenario gives the payload to a number of nodes, they are those that agreed on it.
        let agreed = !matches!(don.payload_holders, PayloadHolders::Agree(_))
            || holders.iter().filter(|holder| **holder).count() > don.f as usize;
        let mut assignment = Self {
            holders,
            agreed,
            capability: vec![Vec::new(); setup.capability_don.nodes as usize],
            workflow: vec![Vec::new(); setup.workflow_don.nodes as usize],
            faults: Vec::new(),
        };
        for (index, fault) in setup.faults.iter().enumerate() {
            let kind = fault.kind.draw_key();
            let ordinal = setup.faults[..index].iter().filter(|other| other.kind.draw_key() == kind).count() as u32;
            assignment.add(fault, [kind, ordinal], setup, draws);
        }
        assignment
    }

    fn add(&mut self, fault: &Fault, key: [u32; 2], setup: &Setup, draws: &Draws) {
        let (nodes, audience) = match fault.kind.side() {
            Side::Capability => (setup.capability_don.nodes, setup.workflow_don.nodes),
            Side::Workflow => (setup.workflow_don.nodes, setup.capability_don.nodes),
        };
        let ranked = Site::FaultRank.ranked(draws, nodes, |node| [key[0], key[1], node, 0, 0]);
        let (accomplices, holder_shortfall) = self.choose(fault, &ranked);
        let index = self.faults.len();
        for node in &accomplices {
            self.of_side(fault.kind.side())[*node as usize].push(index);
        }
        let aims = |targets: u32| accomplices.iter().map(|node| aims(draws, key, *node, audience, targets)).collect();
        self.faults.push(Active {
            behaviour: fault.kind.behaviour(),
            is_outage: fault.kind.is_outage(),
            aims: fault.targets.map_or_else(Vec::new, aims),
            accomplices,
            window: fault.window,
            probability: fault.probability,
            overlap: fault.overlap,
            key,
            holder_shortfall,
        });
    }

    /// The nodes of a fault, rising, and how many holders were missing.
    fn choose(&self, fault: &Fault, ranked: &[u32]) -> (Vec<u32>, u64) {
        let side = fault.kind.side();
        let (holders, faults) = (&self.holders, &self.faults);
        let taken = match side {
            Side::Workflow => &self.workflow,
            Side::Capability => &self.capability,
        };
        let is_free = |node: u32| fault.overlap || taken[node as usize].iter().all(|other| faults[*other].overlap);
        let free = |holder: Option<bool>| {
            let fits = move |node: &u32| holder.is_none_or(|wanted| holders[*node as usize] == wanted);
            ranked.iter().copied().filter(fits).filter(|node| is_free(*node))
        };
        let (mut chosen, shortfall) = match fault.holders.filter(|_| side == Side::Capability) {
            None => (free(None).take(fault.nodes as usize).collect::<Vec<_>>(), 0),
            Some(wanted) => {
                let mut chosen: Vec<u32> = free(Some(true)).take(wanted as usize).collect();
                let shortfall = u64::from(wanted) - chosen.len() as u64;
                chosen.extend(free(Some(false)).take((fault.nodes - wanted) as usize));
                (chosen, shortfall)
            }
        };
        chosen.sort_unstable();
        (chosen, shortfall)
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
