//! Observation of a node in one round, and the bytes of it.

use prost::Message as _;
use prost::bytes::Bytes;

use super::Don;
use super::value::Observed;
use crate::wire::ocr;

/// Observation of a node in one round.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::{OcrBody, OcrHappening, ReplicateCache, What, replay};
///
/// # let text = "schema = 1\ncapability_don.ocr = \"round\"\n".to_owned();
/// # let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// let (_, happenings) = replay(&setup, 0, &mut ReplicateCache::new(setup.run.seed));
/// let observations = happenings.iter().filter_map(|happening| match &happening.what {
///     What::Ocr(OcrHappening::Sent { message, .. }) => match &message.body {
///         OcrBody::Observation(observation) => Some((happening.node?, observation)),
///         _ => None,
///     },
///     _ => None,
/// });
/// let (of_sender, all): (Vec<_>, Vec<_>) =
///     observations.map(|(node, it)| (node.position() == it.observer as usize, it)).unzip();
/// assert!(of_sender.into_iter().all(|is_own| is_own), "every node speaks for itself");
/// assert!(all.iter().any(|it| it.values.len() == 1) && all.iter().all(|it| it.missing.is_empty()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// The node.
    pub observer: u32,
    /// Height of the chain that it sees.
    pub height: u64,
    /// Values that it observed, in the order of the query.
    pub values: Vec<Observed>,
    /// Requests that it executes without a value, where a height has to be agreed on first.
    pub missing: Vec<u32>,
    /// Bytes of it.
    pub(super) encoded: Bytes,
}

impl Observation {
    /// Observation of `values` at a height of the chain.
    pub(in crate::sim) fn new(
        don: &Don<'_>,
        observer: u32,
        height: u64,
        values: Vec<Observed>,
        missing: Vec<u32>,
    ) -> Self {
        let encoded = contents(don, height, &values, &missing).encode_to_vec().into();
        Self { observer, height, values, missing, encoded }
    }
}

/// Part of the plugin in an observation or an outcome.
pub(super) fn contents(don: &Don<'_>, height: u64, values: &[Observed], missing: &[u32]) -> ocr::Contents {
    let height = i64::try_from(height).unwrap_or(i64::MAX);
    let chain_height = Some(ocr::ChainHeight { latest: height, safe: height, finalized: height });
    let requests = values.iter().map(|observed| (don.key(observed.request), observed.wire())).collect();
    let missing_request_ids = missing.iter().map(|request| don.key(*request)).collect();
    ocr::Contents { chain_height, requests, missing_request_ids }
}
