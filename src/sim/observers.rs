//! Everybody who listens to a replicate: the byte ledger, the oracle and the counters of faults always, and whoever
//! else asked.

use crate::engine::Time;
use crate::network::{Barrier, Node};

use super::assignment::Assignment;
use super::happening::{Happening, Listener, What};
use super::ledger::Ledger;
use super::oracle::Oracle;
use super::outcome::{FaultReport, RequestFacts};
use super::replicate_cache::ReplicateCache;
use super::request::Request;
use super::rounds::OcrHappening;
use super::setup::Setup;

/// The listeners of one replicate.
pub(super) struct Observers<'a> {
    pub(super) ledger: Ledger,
    pub(super) oracle: Oracle,
    pub(super) acts: Acts,
    pub(super) progress: Progress,
    listener: Option<&'a mut dyn Listener>,
    now: Time,
}

/// How requests go in the capability DON.
pub(super) struct Progress {
    pub(super) requests: Vec<RequestFacts>,
    epochs: u64,
}

impl Progress {
    /// Without rounds it is known from the start who holds the payload.
    fn new(assignment: &Assignment, requests: usize) -> Self {
        let holders = assignment.given_holders();
        Self { requests: vec![RequestFacts { holders, ..RequestFacts::default() }; requests], epochs: 1 }
    }

    fn hear(&mut self, happening: &Happening) {
        let holds = match happening.what {
            // The furthest node tells.
            What::Ocr(OcrHappening::EpochEntered { epoch, .. }) => {
                self.epochs = self.epochs.max(epoch);
                return;
            }
            What::Ocr(OcrHappening::Attested { holds, .. }) => holds,
            What::Ocr(OcrHappening::AgreedOnError) => false,
            _ => return,
        };
        let Some(request) = happening.request else { return };
        let facts = &mut self.requests[request as usize];
        facts.holders += u32::from(holds);
        facts.epochs.get_or_insert(self.epochs);
    }
}

/// How often what the scenario does to its nodes and links has acted.
pub(super) struct Acts {
    /// By fault of the setup.
    pub(super) faults: Vec<FaultReport>,
    /// Messages stopped, by partition.
    pub(super) partitions: Vec<u64>,
    /// Messages stopped, by cut.
    pub(super) cuts: Vec<u64>,
}

impl<'a> Observers<'a> {
    pub(super) fn new(
        setup: &Setup,
        assignment: &Assignment,
        requests: &[Request],
        listener: Option<&'a mut dyn Listener>,
    ) -> Self {
        Self {
            ledger: Ledger::new(setup),
            progress: Progress::new(assignment, requests.len()),
            oracle: Oracle::new(setup, assignment, requests),
            acts: Acts {
                faults: assignment.reports(),
                partitions: vec![0; setup.network.partitions.len()],
                cuts: vec![0; setup.network.cuts.len()],
            },
            listener,
            now: Time::ZERO,
        }
    }

    pub(super) fn hear(&mut self, happening: &Happening, requests: &[Request], cache: &mut ReplicateCache) {
        self.ledger.hear(happening);
        self.acts.hear(happening);
        self.progress.hear(happening);
        self.oracle.hear(happening, requests, cache);
        if let Some(listener) = &mut self.listener {
            listener.hear(happening);
        }
    }

    /// Ends the instants before `now`: only then it is known what became unreachable in them, whatever their order.
    pub(super) fn advance(&mut self, now: Time) {
        let found = self.oracle.advance(now);
        let instant = std::mem::replace(&mut self.now, now);
        if let Some(listener) = &mut self.listener {
            for found in found {
                let what = What::Unreachable { cause: found.cause };
                let node = Some(Node::Workflow(found.workflow));
                listener.hear(&Happening { time: instant, request: Some(found.request), node, peer: None, what });
            }
        }
    }
}

impl Acts {
    fn hear(&mut self, happening: &Happening) {
        match happening.what {
            What::Down { fault } | What::FaultActed { fault, .. } => self.faults[fault].fired += 1,
            What::Sent { barrier: Some(Barrier::Partition(at)), .. }
            | What::Ocr(OcrHappening::Sent { barrier: Some(Barrier::Partition(at)), .. }) => self.partitions[at] += 1,
            What::Sent { barrier: Some(Barrier::Cut(at)), .. }
            | What::Ocr(OcrHappening::Sent { barrier: Some(Barrier::Cut(at)), .. }) => self.cuts[at] += 1,
            _ => {}
        }
    }
}
