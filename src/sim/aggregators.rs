//! The seam between a workflow node and its aggregator, so that other aggregators than the real one can be simulated:
//! one under development, or one that is broken on purpose.

use std::sync::Arc;

use crate::aggregator::{Answer, ClientRequest, Config, Decision, RequestIds, Verdict, Work};
use crate::attestation::Report;

/// The aggregator of one request at one workflow node.
///
/// ```
/// use std::sync::Arc;
/// use donsim::aggregator::{Answer, ClientRequest, Decision, Verdict, Work};
/// use donsim::scenario::Scenario;
/// use donsim::sim::{Aggregator, AggregatorFactory, Breach, Opening, ReplicateCache, simulate_with};
///
/// struct Deaf(ClientRequest);
///
/// impl Aggregator for Deaf {
///     fn handle_message(&mut self, _: Option<&[u8]>, _: &Answer, _: &mut dyn Work) -> Verdict {
///         Verdict::Taken
///     }
///     fn handle_expiry(&mut self) -> Verdict {
///         self.0.handle_expiry()
///     }
///     fn decision(&self) -> Option<&Decision> {
///         self.0.decision()
///     }
///     fn signatures_checked(&self) -> u64 {
///         self.0.signatures_checked()
///     }
/// }
///
/// struct DeafAggregators;
///
/// impl AggregatorFactory for DeafAggregators {
///     fn open(&self, Opening { config, ids, .. }: &Opening<'_>) -> Box<dyn Aggregator> {
///         Box::new(Deaf(ClientRequest::new(Arc::clone(config), Arc::clone(ids))))
///     }
/// }
///
/// let setup = Scenario::parse("mine.toml".as_ref(), "schema = 1\n".to_owned(), &[])?.cell(0).setup;
/// let replicate = simulate_with(&setup, 0, &mut ReplicateCache::new(setup.run.seed), &DeafAggregators, None);
/// assert!(replicate.rows.iter().all(|row| row.breach == Some(Breach::DidNotAccept)), "the oracle sees it");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Aggregator {
    /// Takes an answer, with its sender's id as it stood in the message (`None` when there was none).
    fn handle_message(&mut self, sender: Option<&[u8]>, answer: &Answer, work: &mut dyn Work) -> Verdict;

    /// Ends the request for being too old, unless it is decided.
    fn handle_expiry(&mut self) -> Verdict;

    /// The decision, once there is one.
    fn decision(&self) -> Option<&Decision>;

    /// Attestation signatures that were checked for this request.
    fn signatures_checked(&self) -> u64;
}

impl Aggregator for ClientRequest {
    fn handle_message(&mut self, sender: Option<&[u8]>, answer: &Answer, work: &mut dyn Work) -> Verdict {
        Self::handle_message(self, sender, answer, work)
    }

    fn handle_expiry(&mut self) -> Verdict {
        Self::handle_expiry(self)
    }

    fn decision(&self) -> Option<&Decision> {
        Self::decision(self)
    }

    fn signatures_checked(&self) -> u64 {
        Self::signatures_checked(self)
    }
}

/// A request for which a workflow node needs an aggregator.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::{Aggregator, AggregatorFactory, Opening, RealAggregators, ReplicateCache, simulate_with};
///
/// struct Checked;
///
/// impl AggregatorFactory for Checked {
///     fn open(&self, opening: &Opening<'_>) -> Box<dyn Aggregator> {
///         let Opening { config, ids, truth } = opening;
///         assert_eq!((config.expected(), config.required(), truth.payload.len()), (16, 6, 1024));
///         assert_eq!(truth.workflow_execution_id, ids.workflow_execution_id);
///         RealAggregators.open(opening)
///     }
/// }
///
/// let setup = Scenario::parse("mine.toml".as_ref(), "schema = 1\n".to_owned(), &[])?.cell(0).setup;
/// let replicate = simulate_with(&setup, 0, &mut ReplicateCache::new(setup.run.seed), &Checked, None);
/// assert!(replicate.rows.iter().all(|row| row.outcome.is_right()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Opening<'a> {
    /// The capability DON as the workflow node knows it.
    pub config: &'a Arc<Config>,
    /// Ids of the request.
    pub ids: &'a Arc<RequestIds>,
    /// Report over the right response: nothing that a real aggregator could know, for those that are wrong on purpose.
    pub truth: Report<'a>,
}

/// Source of aggregators for all requests of a simulation.
///
/// ```
/// use std::sync::atomic::{AtomicUsize, Ordering};
/// use donsim::scenario::Scenario;
/// use donsim::sim::{Aggregator, AggregatorFactory, Opening, RealAggregators, ReplicateCache, simulate_with};
///
/// #[derive(Default)]
/// struct Counting(AtomicUsize);
///
/// impl AggregatorFactory for Counting {
///     fn open(&self, opening: &Opening<'_>) -> Box<dyn Aggregator> {
///         self.0.fetch_add(1, Ordering::Relaxed);
///         RealAggregators.open(opening)
///     }
/// }
///
/// let setup = Scenario::parse("mine.toml".as_ref(), "schema = 1\n".to_owned(), &[])?.cell(0).setup;
/// let counting = Counting::default();
/// let replicate = simulate_with(&setup, 0, &mut ReplicateCache::new(setup.run.seed), &counting, None);
/// assert_eq!(counting.0.into_inner(), replicate.rows.len(), "one for each request and workflow node");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait AggregatorFactory: Sync {
    /// An aggregator that nobody has answered.
    fn open(&self, opening: &Opening<'_>) -> Box<dyn Aggregator>;
}

/// Factory of the real aggregator.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::{RealAggregators, ReplicateCache, simulate, simulate_with};
///
/// let setup = Scenario::parse("mine.toml".as_ref(), "schema = 1\n".to_owned(), &[])?.cell(0).setup;
/// let mut cache = ReplicateCache::new(setup.run.seed);
/// let replicate = simulate_with(&setup, 0, &mut cache, &RealAggregators, None);
/// assert_eq!(replicate, simulate(&setup, 0, &mut cache));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct RealAggregators;

impl AggregatorFactory for RealAggregators {
    fn open(&self, Opening { config, ids, .. }: &Opening<'_>) -> Box<dyn Aggregator> {
        Box::new(ClientRequest::new(Arc::clone(config), Arc::clone(ids)))
    }
}
