//! One replicate: a seeded world of two DONs, simulated message by message in virtual time.
//!
//! Workflow nodes start a request, send it by schedule, the network delivers; a capability node executes once enough
//! workflow nodes have asked, OCR makes holders of some, each answers; each workflow node's aggregator decides or
//! expires. Everything that depends on chance is drawn by key (`site.rs` says by which), so a world is a function
//! of its [`Setup`] and its number.
//!
//! From the bottom up: `setup`, `outcome`, `message` and `happening` are values; `workflow_node`, `capability_node`,
//! `rounds` and `agreement` are nodes, which know nothing above them; `faults` change what leaves a node; `oracle`, `ledger`
//! and the other `observers` listen; `world` routes between all of these, and `endings` says what it came to.
//!
//! ```
//! use donsim::scenario::Scenario;
//! use donsim::sim::{Fault, FaultKind, Outcome, ReplicateCache, simulate};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut setup = Scenario::parse("mine.toml".as_ref(), "schema = 1\n".to_owned(), &[])?.cell(0).setup;
//! let mut cache = ReplicateCache::new(setup.run.seed);
//! let replicate = simulate(&setup, 0, &mut cache);
//! assert!(replicate.rows.iter().all(|row| row.outcome == Outcome::Accepted));
//! setup.faults = vec![Fault::new(FaultKind::named("silent", []), 6, Some(6))];
//! let replicate = simulate(&setup, 0, &mut cache);
//! assert!(replicate.rows.iter().all(|row| row.outcome == Outcome::Expired), "every holder keeps silent");
//! # Ok(())
//! # }
//! ```

mod aggregators;
mod agreement;
mod assignment;
mod capability_node;
mod endings;
mod event;
mod failure_cause;
mod fault;
mod faults;
mod happening;
mod ledger;
mod link_draws;
mod message;
mod observers;
mod oracle;
#[cfg(test)]
pub(crate) mod oracle_tests;
mod outbox;
mod outcome;
mod outgoing;
mod replicate_cache;
mod request;
pub mod rounds;
mod rule_sets;
pub mod schedule;
mod setup;
mod site;
mod strata;
mod strategies;
mod truth;
mod workflow_node;
mod world;

pub use aggregators::{Aggregator, AggregatorFactory, Opening, RealAggregators};
pub use agreement::cost::ocr_bytes;
pub use failure_cause::FailureCause;
pub use fault::{Fault, FaultKind, FaultyNodes};
pub(crate) use faults::Values;
pub(crate) use faults::effect;
pub use faults::{Answers, Definition, FAULTS, Parameter, ParameterKind, Side, Value};
pub use happening::{Happening, Listener, What};
pub use message::{AnswerClass, Message, Signal};
pub use outcome::{
    Breach, Bytes, FaultReport, Judgement, OcrBytes, Outcome, Replicate, RequestFacts, Row, Unreachable, Uplink,
};
pub use replicate_cache::ReplicateCache;
pub use rounds::{OcrBody, OcrHappening, OcrMessage};
pub use rule_sets::RuleSets;
pub use setup::{
    AggregatorSetup, CapabilityDon, Expiry, Growth, ObservationContent, ObservationSetup, Ocr, PayloadHolders, Read,
    RequestSetup, RoundsSetup, Run, Safety, Schedule, Setup, Ties, WorkflowDon,
};
pub use strata::{Counts, Strata};
pub(crate) use strata::{answering_links, candidates, is_by_chance, is_chance, without_law};
pub use strategies::ResponseStrategy;

use crate::network::Node;

use assignment::Assignment;
use world::World;

/// Simulates replicate number `replicate` of a setup that [`crate::scenario`] has checked.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::{Outcome, Replicate, ReplicateCache, Row, simulate};
///
/// let setup = Scenario::parse("mine.toml".as_ref(), "schema = 1\n".to_owned(), &[])?.cell(0).setup;
/// let replicate: Replicate = simulate(&setup, 7, &mut ReplicateCache::new(setup.run.seed));
/// let Row { outcome: Outcome::Accepted, latency: Some(_), .. } = replicate.rows[0] else { panic!("not accepted") };
/// assert_eq!(simulate(&setup, 7, &mut ReplicateCache::new(setup.run.seed)), replicate, "always the same");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Panics
/// On a setup that no scenario yields, such as one without capability nodes.
#[must_use]
pub fn simulate(setup: &Setup, replicate: u64, cache: &mut ReplicateCache) -> Replicate {
    simulate_with(setup, replicate, cache, &RealAggregators, None)
}

/// Simulates a replicate with aggregators of `aggregators`; `listener` hears everything that happens.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::{RealAggregators, ReplicateCache, replay, simulate_with};
///
/// let setup = Scenario::parse("mine.toml".as_ref(), "schema = 1\n".to_owned(), &[])?.cell(0).setup;
/// let (mut cache, mut heard) = (ReplicateCache::new(setup.run.seed), Vec::new());
/// let replicate = simulate_with(&setup, 3, &mut cache, &RealAggregators, Some(&mut heard));
/// assert_eq!((replicate, heard), replay(&setup, 3, &mut cache));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Panics
/// As [`simulate`].
#[must_use]
pub fn simulate_with<'a>(
    setup: &'a Setup,
    replicate: u64,
    cache: &'a mut ReplicateCache,
    aggregators: &'a dyn AggregatorFactory,
    listener: Option<&'a mut dyn Listener>,
) -> Replicate {
    let mut world = World::new(setup, replicate, cache, aggregators, listener);
    world.play();
    endings::replicate(&world)
}

/// Simulates a replicate once more and tells everything that happens in it.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::{AnswerClass, Happening, Message, ReplicateCache, What, replay};
///
/// let setup = Scenario::parse("mine.toml".as_ref(), "schema = 1\n".to_owned(), &[])?.cell(0).setup;
/// let (replicate, happenings) = replay(&setup, 0, &mut ReplicateCache::new(setup.run.seed));
/// let sent = happenings.iter().filter_map(|Happening { what, .. }| match what {
///     What::Sent { message, bytes, .. } => Some((&**message, bytes.total())),
///     _ => None,
/// });
/// let sent: Vec<(&Message, u64)> = sent.collect();
/// assert_eq!(sent[0].0.describe(), "request");
/// assert!(sent.iter().all(|(message, _)| message.encode().len() as u64 == message.len() && !message.is_empty()));
/// assert!(sent.iter().any(|(message, _)| message.class == AnswerClass::Genuine && message.class.is_right()));
/// let by_row: u64 = replicate.rows.iter().map(|row| row.bytes.total()).sum();
/// assert_eq!(sent.iter().map(|(_, bytes)| bytes).sum::<u64>(), by_row, "every byte is in one row");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Panics
/// As [`simulate`].
#[must_use]
pub fn replay(setup: &Setup, replicate: u64, cache: &mut ReplicateCache) -> (Replicate, Vec<Happening>) {
    let mut happenings = Vec::new();
    let replicate = simulate_with(setup, replicate, cache, &RealAggregators, Some(&mut happenings));
    (replicate, happenings)
}

/// Faulty nodes of a replicate, each with the name of a fault that it has, whether or not that acts.
pub(crate) fn faulty_nodes(setup: &Setup, replicate: u64) -> Vec<(Node, &'static str)> {
    let draws = ReplicateCache::new(setup.run.seed).begin(setup.run.seed, replicate);
    Assignment::new(setup, &Counts::of_replicate(setup, replicate).faulty, &draws).faulty(setup)
}
