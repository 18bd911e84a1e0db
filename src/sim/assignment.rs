//! Who holds the payload and who is faulty, drawn once a replicate: all its requests share it.

use crate::engine::{Draws, Time, Window};

use super::fault::{Fault, Side};
use super::faults::{Behaviour, behaviour};
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
    /// All nodes that have it, rising.
    pub(super) accomplices: Vec<u32>,
    window: Window,
    probability: f64,
    targets: Option<u32>,
    /// Whether its nodes may have other faults.
    overlap: bool,
    /// Nodes of the other DON, of which `targets` are aimed at.
    audience: u32,
    /// Kind and ordinal in its kind: what keys its draws.
    key: [u32; 2],
    report: FaultReport,
}

impl Assignment {
    /// Holders first, then the faults in their order. Faults that may not overlap never share a node with each other.
    pub(super) fn new(setup: &Setup, draws: &Draws) -> Self {
        let holders = holders(setup, draws);
        let agreed = match setup.capability_don.payload_holders {
            PayloadHolders::Agree(_) => {
                holders.iter().filter(|holder| **holder).count() > setup.capability_don.f as usize
            }
            _ => true,
        };
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
        self.faults.push(Active {
            behaviour: behaviour(&fault.kind),
            accomplices,
            window: fault.window,
            probability: fault.probability,
            targets: fault.targets,
            overlap: fault.overlap,
            audience,
            key,
            report: FaultReport { fired: 0, holder_shortfall },
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
    pub(super) fn of_capability(&self, node: u32) -> Vec<usize> {
        self.capability[node as usize].clone()
    }

    /// The faults of workflow node `node`; none for an honest one.
    pub(super) fn of_workflow(&self, node: u32) -> Vec<usize> {
        self.workflow[node as usize].clone()
    }

    /// Whether workflow node `node` is honest.
    pub(super) fn is_honest(&self, node: u32) -> bool {
        self.workflow[node as usize].is_empty()
    }

    /// A fault, if it means to act at `now` towards `target` about `request`.
    pub(super) fn acting(&self, draws: &Draws, now: Time, about: About) -> Option<&Active> {
        let fault = &self.faults[about.fault];
        let [kind, ordinal] = fault.key;
        let aims = fault.targets.is_none_or(|targets| {
            let rank = |target| Site::FaultTarget.draw(draws, [kind, ordinal, about.node, target, 0]);
            let own = rank(about.target);
            let before = (0..fault.audience).filter(|target| rank(*target) < own).count();
            before < targets as usize
        });
        let acts = || Site::FaultActs.draw(draws, [kind, ordinal, about.request, about.node, about.target]);
        (fault.window.contains(now) && aims && (fault.probability >= 1.0 || acts().happens(fault.probability)))
            .then_some(fault)
    }

    /// Counts that a fault acted.
    pub(super) fn fired(&mut self, fault: usize) {
        self.faults[fault].report.fired += 1;
    }

    /// The fault for which capability node `node` was down at some moment from `since` to `now`, both included.
    pub(super) fn outage(&self, node: u32, since: Time, now: Time) -> Option<usize> {
        self.capability[node as usize].iter().copied().find(|index| {
            let Active { behaviour, window, .. } = &self.faults[*index];
            behaviour.is_outage() && window.start <= now && since < window.end
        })
    }

    /// What each fault did.
    pub(super) fn reports(&self) -> Vec<FaultReport> {
        self.faults.iter().map(|fault| fault.report).collect()
    }
}

/// What a fault might act on.
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
