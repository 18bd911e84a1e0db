//! One replicate: a seeded world of two DONs, simulated message by message in virtual time.
//!
//! Workflow nodes start a request, send it by schedule, the network delivers; a capability node executes once enough
//! workflow nodes have asked, OCR makes holders of some, each answers; each workflow node's aggregator decides or
//! expires. Everything that depends on chance is drawn by key (`site.rs` says by which), so a world is a function
//! of its [`Setup`] and its number.

mod answers;
mod assignment;
mod call;
mod capability_node;
mod endings;
mod fault;
mod faults;
mod hope;
mod judgement;
mod mail;
#[cfg(test)]
pub(crate) mod mutants;
mod ocr_cost;
mod oracle;
#[cfg(test)]
pub(crate) mod oracle_tests;
mod outcome;
mod replicate_cache;
pub mod schedule;
mod setup;
mod site;
mod trace;
mod workflow_node;
mod world;

pub use fault::{Fault, FaultKind, MeteringField, ResponseField, Side};
pub use hope::FailureCause;
pub use judgement::Judgement;
pub use ocr_cost::{Observed, ocr_bytes};
pub use outcome::{Bytes, FaultReport, Outcome, Replicate, Row, Unreachable};
pub use replicate_cache::ReplicateCache;
pub use setup::{Aggregator, CapabilityDon, PayloadHolders, Request, Run, Safety, Schedule, Setup, Ties, WorkflowDon};
pub use trace::Line;

/// Simulates replicate number `replicate` of a setup that [`crate::scenario`] has checked.
///
/// # Panics
/// On a setup that no scenario yields, such as one without capability nodes.
#[must_use]
pub fn simulate(setup: &Setup, replicate: u64, cache: &mut ReplicateCache) -> Replicate {
    world::World::new(setup, replicate, cache).run().0
}

/// Simulates a replicate once more and tells everything that happens in it.
///
/// # Panics
/// As [`simulate`].
#[must_use]
pub fn replay(setup: &Setup, replicate: u64, cache: &mut ReplicateCache) -> (Replicate, Vec<Line>) {
    world::World::new(setup, replicate, cache).traced().run()
}
