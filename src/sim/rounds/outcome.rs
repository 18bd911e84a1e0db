//! Outcome of a round: what follows from the observations that a leader proposes.

use std::collections::BTreeMap;
use std::rc::Rc;

use prost::Message as _;
use prost::bytes::Bytes;

use super::Don;
use super::observation::{Observation, contents};
use super::value::{Observed, Value};
use crate::sim::setup::ObservationContent;

/// Outcome of a round.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::rounds::Outcome;
/// use donsim::sim::{OcrBody, OcrHappening, ReplicateCache, What, replay};
///
/// // Every node sees something else.
/// let text = "schema = 1\ncapability_don.ocr = \"round\"\nobservation.differ = 1\n".to_owned();
/// let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// let (_, happenings) = replay(&setup, 0, &mut ReplicateCache::new(setup.run.seed));
/// let is_split = |Outcome { agreed, split, .. }: &Outcome| agreed.is_empty() && split == &[0];
/// assert!(happenings.iter().any(|happening| {
///     matches!(&happening.what, What::Ocr(OcrHappening::Sent { message, .. })
///         if matches!(&message.body, OcrBody::Commit(outcome) if is_split(outcome)))
/// }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Sequence number of the round.
    pub seq_nr: u64,
    /// Agreed values, by rising request.
    pub agreed: Vec<Observed>,
    /// Requests that a quorum observed without enough equal values.
    pub split: Vec<u32>,
    /// Height of the chain that at least `F + 1` honest nodes have reached.
    pub height: u64,
    /// Requests that are to be read at that height, unless an earlier outcome says another.
    pub read_there: Vec<u32>,
    /// By agreed value, in their order, the nodes that observed it: the proposal shows them.
    observers: Vec<Rc<[u32]>>,
    /// Bytes of it.
    pub(super) encoded: Bytes,
}

impl Outcome {
    /// Outcome of nothing.
    pub(super) const fn empty(seq_nr: u64) -> Self {
        Self {
            seq_nr,
            agreed: Vec::new(),
            split: Vec::new(),
            height: 0,
            read_there: Vec::new(),
            observers: Vec::new(),
            encoded: Bytes::new(),
        }
    }

    /// Nodes that hold the response to a request, as the proposal shows; all where observations carry it.
    pub(super) fn holders(&self, request: u32, don: &Don<'_>) -> Rc<[u32]> {
        match don.rules.content {
            ObservationContent::Payload => (0..don.nodes).collect(),
            ObservationContent::Hash => {
                let at = self.agreed.iter().position(|agreed| agreed.request == request);
                at.map_or_else(|| Rc::new([]) as Rc<[u32]>, |at| Rc::clone(&self.observers[at]))
            }
        }
    }

    /// Requests whose response the outcome's reports attest.
    pub(in crate::sim) fn attested(&self) -> impl Iterator<Item = &Observed> {
        self.agreed.iter().filter(|agreed| agreed.value != Value::Failure)
    }
}

/// Outcome of `observations`. A request needs a Byzantine quorum of observations, and of these at least `F + 1` equal
/// ones; the value that most observed is agreed, on a tie the one of the lowest observer.
pub(super) fn outcome(don: &Don<'_>, seq_nr: u64, observations: &[Rc<Observation>]) -> Outcome {
    let mut by_request: BTreeMap<u32, Vec<&Observed>> = BTreeMap::new();
    for observed in observations.iter().flat_map(|observation| &observation.values) {
        by_request.entry(observed.request).or_default().push(observed);
    }
    let (mut agreed, mut split) = (Vec::new(), Vec::new());
    for (request, values) in by_request {
        if values.len() < don.quorum as usize {
            continue;
        }
        match most_frequent(&values) {
            Some((observed, count)) if count > don.f as usize => agreed.push(observed.clone()),
            _ => split.push(request),
        }
    }
    let height = common_height(don, observations);
    let read_there = missed_by_quorum(don, observations);
    let encoded = contents(don, height, &agreed, &read_there).encode_to_vec().into();
    let observers = agreed.iter().map(|agreed| observers(agreed, observations)).collect();
    Outcome { seq_nr, agreed, split, height, read_there, observers, encoded }
}

/// Nodes that observed an agreed value, rising.
fn observers(agreed: &Observed, observations: &[Rc<Observation>]) -> Rc<[u32]> {
    let is_it = |observed: &Observed| (observed.request, observed.value) == (agreed.request, agreed.value);
    let saw = |observation: &&Rc<Observation>| observation.values.iter().any(is_it);
    observations.iter().filter(saw).map(|observation| observation.observer).collect()
}

/// Value that is there most often, the first of them on a tie, and how often.
fn most_frequent<'a>(values: &[&'a Observed]) -> Option<(&'a Observed, usize)> {
    let count = |value: Value| values.iter().filter(|other| other.value == value).count();
    let counted = values.iter().map(|observed| (*observed, count(observed.value)));
    counted.reduce(|best, next| if next.1 > best.1 { next } else { best })
}

/// Height that `2F + 1` of the observers have reached, so at least `F + 1` honest ones.
fn common_height(don: &Don<'_>, observations: &[Rc<Observation>]) -> u64 {
    let mut heights: Vec<u64> = observations.iter().map(|observation| observation.height).collect();
    heights.sort_unstable_by(|one, other| other.cmp(one));
    heights.get(2 * don.f as usize).or(heights.last()).copied().unwrap_or_default()
}

/// Requests that a quorum executes without a value, rising.
fn missed_by_quorum(don: &Don<'_>, observations: &[Rc<Observation>]) -> Vec<u32> {
    let mut missed: BTreeMap<u32, u32> = BTreeMap::new();
    for request in observations.iter().flat_map(|observation| &observation.missing) {
        *missed.entry(*request).or_default() += 1;
    }
    missed.into_iter().filter(|(_, nodes)| *nodes >= don.quorum).map(|(request, _)| request).collect()
}
