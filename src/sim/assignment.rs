//! Who holds the payload and who is faulty, drawn once a replicate: all its requests share it.

use crate::engine::{Draws, Time, Window};

use super::faults::{Behaviour, behaviour};
use super::outcome::FaultReport;
use super::setup::{Fault, PayloadHolders, Setup};
use super::site::Site;

/// The roles of the capability nodes.
pub(super) struct Assignment {
    /// Whether each node holds the payload.
    pub(super) holders: Vec<bool>,
    /// Which fault each node has, an index into `faults`.
    faulty: Vec<Option<usize>>,
    faults: Vec<Active>,
    /// Whether enough nodes observed the same for OCR to agree on it.
    pub(super) agreed: bool,
}

struct Active {
    behaviour: Box<dyn Behaviour>,
    window: Window,
    report: FaultReport,
}

impl Assignment {
    /// Holders first, then each fault takes its nodes from those that no earlier fault has.
    pub(super) fn new(setup: &Setup, draws: &Draws) -> Self {
        let nodes = setup.capability_don.nodes;
        let holders = holders(setup, draws);
        let agreed = match setup.capability_don.payload_holders {
            PayloadHolders::Agree(_) => {
                holders.iter().filter(|holder| **holder).count() > setup.capability_don.f as usize
            }
            _ => true,
        };
        let mut assignment = Self { holders, faulty: vec![None; nodes as usize], faults: Vec::new(), agreed };
        for (index, fault) in setup.faults.iter().enumerate() {
            let kind = fault.kind.draw_key();
            let ordinal = setup.faults[..index].iter().filter(|other| other.kind.draw_key() == kind).count() as u32;
            let ranked = Site::FaultRank.ranked(draws, nodes, |node| [kind, ordinal, node, 0, 0]);
            assignment.add(fault, &ranked);
        }
        assignment
    }

    fn add(&mut self, fault: &Fault, ranked: &[u32]) {
        let free = |holder: Option<bool>| {
            let (holders, faulty) = (&self.holders, &self.faulty);
            ranked.iter().copied().filter(move |node| {
                let node = *node as usize;
                faulty[node].is_none() && holder.is_none_or(|wanted| holders[node] == wanted)
            })
        };
        let mut report = FaultReport::default();
        let taken: Vec<u32> = match fault.holders {
            None => free(None).take(fault.nodes as usize).collect(),
            Some(wanted) => {
                let mut taken: Vec<u32> = free(Some(true)).take(wanted as usize).collect();
                report.holder_shortfall = u64::from(wanted) - taken.len() as u64;
                taken.extend(free(Some(false)).take((fault.nodes - wanted) as usize));
                taken
            }
        };
        for node in taken {
            self.faulty[node as usize] = Some(self.faults.len());
        }
        self.faults.push(Active { behaviour: behaviour(&fault.kind), window: fault.window, report });
    }

    /// The fault that `node` acts out at `now`.
    pub(super) fn behaviour(&self, node: u32, now: Time) -> Option<&dyn Behaviour> {
        let active = &self.faults[self.faulty[node as usize]?];
        active.window.contains(now).then_some(&*active.behaviour)
    }

    /// Counts that `node`'s fault acted.
    pub(super) fn fired(&mut self, node: u32) {
        if let Some(index) = self.faulty[node as usize] {
            self.faults[index].report.fired += 1;
        }
    }

    /// Whether `node` was down at some moment from `since` to `now`, both included.
    pub(super) fn was_down(&self, node: u32, since: Time, now: Time) -> bool {
        let Some(index) = self.faulty[node as usize] else { return false };
        let Active { behaviour, window, .. } = &self.faults[index];
        behaviour.is_outage() && window.start <= now && since < window.end
    }

    /// What each fault did.
    pub(super) fn reports(&self) -> Vec<FaultReport> {
        self.faults.iter().map(|fault| fault.report).collect()
    }
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
