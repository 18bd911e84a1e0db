//! What one cell of a scenario means once every key has a value: all that a replicate depends on besides its number.
//!
//! One of the two circles of the house: a [`Setup`] lists its [`Fault`]s, and a fault's behaviour acts on requests and OCR3
//! messages, which are made from a setup.

use crate::aggregator::RuleSet;
use crate::engine::{Distribution, Span};
use crate::network::NetworkSetup;

use super::fault::Fault;
use super::rule_sets::RuleSets;
use super::strategies::ResponseStrategy;

/// One cell of a scenario, fully resolved.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::{AggregatorSetup, CapabilityDon, Expiry, Growth, Ocr, PayloadHolders, RequestSetup, RuleSets, Run};
/// use donsim::sim::{Safety, Schedule, Setup, Ties, WorkflowDon};
///
/// let setup: Setup = Scenario::parse("mine.toml".as_ref(), "schema = 1\n".to_owned(), &[])?.cell(0).setup;
/// let CapabilityDon { payload_holders: PayloadHolders::FPlusOne, ocr: Ocr::Latency(_), nodes, f, .. } =
///     setup.capability_don
/// else {
///     panic!("another default")
/// };
/// let WorkflowDon { nodes: callers, f: faulty, needed, .. } = setup.workflow_don;
/// assert!(nodes > 3 * f && callers > 3 * faulty && needed == 2 * faulty + 1);
/// let AggregatorSetup { rule_set, expiry, .. } = setup.aggregator;
/// assert!(matches!(rule_set, RuleSets::One(_)) && expiry == Expiry::Deadline);
/// let RequestSetup { count, schedule, .. } = setup.request;
/// assert_eq!((count, schedule, setup.capability_don.response_growth), (1, Schedule::AllAtOnce, Growth::Linear));
/// assert_eq!((setup.ties, setup.safety), (Ties::Random, Safety::Holds));
/// let Run { strata, .. } = setup.run;
/// assert!(!strata && setup.baseline().capability_don.payload_holders == PayloadHolders::All);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    /// `[run]`.
    pub run: Run,
    /// `[capability_don]`.
    pub capability_don: CapabilityDon,
    /// `[workflow_don]`.
    pub workflow_don: WorkflowDon,
    /// `[aggregator]`.
    pub aggregator: AggregatorSetup,
    /// `[request]`.
    pub request: RequestSetup,
    /// `[network]`.
    pub network: NetworkSetup,
    /// `network.ties`.
    pub ties: Ties,
    /// `[[faults.*]]`, by kind in the order of their names, then in the order of the file.
    pub faults: Vec<Fault>,
    /// `[safety]`.
    pub safety: Safety,
}

impl Setup {
    /// The baseline: every node holds the payload, and only equal answers count.
    #[must_use]
    pub fn baseline(&self) -> Self {
        let mut before = self.clone();
        before.capability_don.payload_holders = PayloadHolders::All;
        if let Ocr::Rounds(rounds) = &mut before.capability_don.ocr {
            rounds.content = ObservationContent::Payload;
        }
        before.capability_don.response_strategy = ResponseStrategy::default();
        before.aggregator.rule_set = RuleSet::BASELINE.into();
        before
    }

    /// Rows of a replicate: one a request and workflow node.
    pub(crate) fn rows(&self) -> u64 {
        u64::from(self.request.count) * u64::from(self.workflow_don.nodes)
    }

    /// Whether a rule set and payload holders, as results name them, are those of the [`baseline`](Self::baseline).
    pub(crate) fn is_baseline(rule_set: &str, payload_holders: &str) -> bool {
        rule_set == RuleSet::BASELINE.name() && payload_holders == PayloadHolders::All.to_string()
    }
}

/// How often and under which seed.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::Run;
///
/// let text = "schema = 1\nrun = { seed = 7, replicates = 20 }\n".to_owned();
/// let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// assert_eq!(setup.run, Run { seed: 7, replicates: 20, strata: false });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The seed of all keyed draws.
    pub seed: u64,
    /// Seeded worlds a cell.
    pub replicates: u64,
    /// Whether they are dealt to strata.
    pub strata: bool,
}

/// The callees.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::CapabilityDon;
///
/// let text = "schema = 1\ncapability_don = { nodes = 31, attesting = 12 }\n".to_owned();
/// let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// let CapabilityDon { nodes, f, attesting, max_executions, .. } = setup.capability_don;
/// assert_eq!((nodes, f), (31, 10), "as many as 31 nodes can bear");
/// assert_eq!((attesting, max_executions), (Some(12), None));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct CapabilityDon {
    /// `N`.
    pub nodes: u32,
    /// `F`, the fault bound.
    pub f: u32,
    /// Who holds the payload.
    pub payload_holders: PayloadHolders,
    /// Nodes that attest, the first ones: the others answer without an attestation. `None` for all.
    pub attesting: Option<u32>,
    /// Time from the start of the execution to a node's own observation.
    pub execution: Distribution,
    /// How the nodes agree on a response.
    pub ocr: Ocr,
    /// Requests that a node executes at a time, at most; `None` without limit.
    pub max_executions: Option<u32>,
    /// Which holder sends the payload to a caller, and when.
    pub response_strategy: ResponseStrategy,
    /// Time by which the strategy makes holders, or the caller, wait.
    pub response_delay: Span,
    /// Whether the waits of one holder after the other grow.
    pub response_growth: Growth,
    /// Regions that the nodes are placed in, in turn; empty without a region matrix.
    pub regions: Vec<String>,
    /// Whether `N < 3F + 1` is meant.
    pub allow_infeasible: bool,
}

impl CapabilityDon {
    /// Whether a node's answers carry an attestation.
    pub(crate) fn attests(&self, node: u32) -> bool {
        self.attesting.is_none_or(|attesting| node < attesting)
    }
}

/// Growth of the waits of one holder after the other.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::Growth;
///
/// let strategy = "{ response_strategy = \"staggered\", response_growth = \"quadratic\" }";
/// let text = format!("schema = 1\ncapability_don = {strategy}\n");
/// let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// assert_eq!(setup.capability_don.response_growth, Growth::Quadratic);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    /// Holder `k` waits `k` delays.
    Linear,
    /// Holder `k` waits `k * k` delays.
    Quadratic,
}

/// How the capability DON agrees on a response.
///
/// ```
/// use donsim::engine::{Distribution, Span};
/// use donsim::scenario::Scenario;
/// use donsim::sim::{Ocr, RoundsSetup};
///
/// let agree = |ocr: &str| {
///     let text = format!("schema = 1\ncapability_don.ocr = \"{ocr}\"\nobservation.providers = 1\n");
///     Scenario::parse("mine.toml".as_ref(), text, &[]).map(|scenario| scenario.cell(0).setup.capability_don.ocr)
/// };
/// assert_eq!(agree("2s")?, Ocr::Latency(Distribution::constant(Span::from_secs(2))));
/// assert_eq!(agree("round")?, Ocr::Rounds(RoundsSetup::default().into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Ocr {
    /// After this time from a Byzantine quorum of observations the attested report is at every node.
    Latency(Distribution),
    /// By OCR3 rounds, message by message.
    Rounds(Box<RoundsSetup>),
}

impl Ocr {
    /// The rounds, if the nodes agree by rounds.
    pub(crate) fn rounds(&self) -> Option<&RoundsSetup> {
        match self {
            Self::Latency(_) => None,
            Self::Rounds(rounds) => Some(rounds),
        }
    }
}

/// OCR3 rounds: timers, limits, and what the nodes observe.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::{ObservationContent, ObservationSetup, Ocr, Read, RoundsSetup};
///
/// let text = "schema = 1\ncapability_don.ocr = \"round\"\nobservation.read = \"latest\"\n";
/// let setup = Scenario::parse("mine.toml".as_ref(), text.to_owned(), &[])?.cell(0).setup;
/// let observation = ObservationSetup { providers: 16, read: Read::Latest, ..ObservationSetup::default() };
/// let content = ObservationContent::Hash;
/// let expected = RoundsSetup { observation, content, ..RoundsSetup::default() };
/// assert_eq!(setup.capability_don.ocr, Ocr::Rounds(Box::new(expected)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct RoundsSetup {
    /// Content of observations.
    pub content: ObservationContent,
    /// `[observation]`.
    pub observation: ObservationSetup,
    /// Least time from one round's start to the next.
    pub delta_round: Span,
    /// Time that the leader waits for more observations once it has enough.
    pub delta_grace: Span,
    /// Time without a commit after which a node wishes for the next epoch.
    pub delta_progress: Span,
    /// Time without an epoch start after which a node wishes for the next epoch.
    pub delta_initial: Span,
    /// Time after which a wish is sent again.
    pub delta_resend: Span,
    /// Time after which a node that missed a commit asks for it.
    pub delta_certified_commit_request: Span,
    /// Rounds of an epoch.
    pub r_max: u64,
    /// Requests in a query, at most.
    pub max_batch: u32,
    /// Bytes of an observation's entries, at most.
    pub max_observation: u64,
    /// Bytes of a query, at most.
    pub max_query: u64,
}

impl Default for RoundsSetup {
    /// Hashes, and the timers and limits of a local set-up of the original.
    fn default() -> Self {
        Self {
            content: ObservationContent::Hash,
            observation: ObservationSetup::default(),
            delta_round: Span::from_secs(1),
            delta_grace: Span::from_millis(500),
            delta_progress: Span::from_secs(5),
            delta_initial: Span::from_secs(5),
            delta_resend: Span::from_secs(5),
            delta_certified_commit_request: Span::from_secs(1),
            r_max: 10,
            max_batch: 200,
            max_observation: 95 << 10,
            max_query: 1 << 20,
        }
    }
}

/// Content of an observation of a response.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::{ObservationContent, Ocr};
///
/// let text = "schema = 1\ncapability_don = { ocr = \"round\", observation = \"payload\" }\n".to_owned();
/// let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// let Ocr::Rounds(rounds) = setup.capability_don.ocr else { panic!("no rounds") };
/// assert_eq!(rounds.content, ObservationContent::Payload);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObservationContent {
    /// Hash of the payload.
    Hash,
    /// The payload itself: the baseline.
    Payload,
}

/// What capability nodes see of the chain, and how.
///
/// ```
/// use donsim::engine::Span;
/// use donsim::scenario::Scenario;
/// use donsim::sim::{ObservationSetup, Ocr};
///
/// let keys = "providers = 3\nblock_time = \"2s\"\nchange = 0.2\n";
/// let text = format!("schema = 1\ncapability_don.ocr = \"round\"\n[observation]\n{keys}");
/// let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// let Ocr::Rounds(rounds) = setup.capability_don.ocr else { panic!("no rounds") };
/// let block_time = Span::from_secs(2);
/// let expected = ObservationSetup { providers: 3, block_time, change: 0.2, ..ObservationSetup::default() };
/// assert_eq!(rounds.observation, expected);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ObservationSetup {
    /// RPC providers; every node reads through one, and all providers have as many nodes, give or take one.
    pub providers: u32,
    /// Time between blocks; zero for a chain that stands still.
    pub block_time: Span,
    /// Time from a block to a provider's having it.
    pub lag: Distribution,
    /// Probability that a block changes the answer to a request.
    pub change: f64,
    /// Block that nodes read at.
    pub read: Read,
    /// Time from one poll of the RPC to the next.
    pub poll: Span,
    /// Probability that the RPC fails for a request, everywhere in the same way.
    pub errors: f64,
    /// Probability that a poll of a provider fails.
    pub failures: f64,
    /// Probability that a node gets an answer of its own to a request.
    pub differ: f64,
}

impl Default for ObservationSetup {
    /// One provider on a chain that stands still, and nothing fails.
    fn default() -> Self {
        Self {
            providers: 1,
            block_time: Span::ZERO,
            lag: Distribution::constant(Span::ZERO),
            change: 0.0,
            read: Read::Pinned,
            poll: Span::from_secs(2),
            errors: 0.0,
            failures: 0.0,
            differ: 0.0,
        }
    }
}

/// Block that nodes read at.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::{Ocr, Read};
///
/// let text = "schema = 1\ncapability_don.ocr = \"round\"\nobservation.read = \"agreed_height\"\n".to_owned();
/// let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// let Ocr::Rounds(rounds) = setup.capability_don.ocr else { panic!("no rounds") };
/// assert_eq!(rounds.observation.read, Read::AgreedHeight);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// One that the request names, or whose answer never changes.
    Pinned,
    /// The latest that a node's provider has.
    Latest,
    /// One whose height the nodes agree on first.
    AgreedHeight,
}

/// Who holds the payload of a request.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::PayloadHolders;
///
/// let holders = |written: &str| {
///     let text = format!("schema = 1\ncapability_don.payload_holders = {written}\n");
///     Scenario::parse("mine.toml".as_ref(), text, &[]).map(|it| it.cell(0).setup.capability_don.payload_holders)
/// };
/// assert_eq!((holders("3")?, holders("\"all\"")?), (PayloadHolders::Count(3), PayloadHolders::All));
/// assert_eq!(holders("{ agree = 0.5 }")?.to_string(), "agree(0.5)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PayloadHolders {
    /// `F + 1` nodes.
    FPlusOne,
    /// Every node.
    All,
    /// So many nodes.
    Count(u32),
    /// Each node with this probability; OCR agrees on nothing when fewer than `F + 1` do.
    Agree(f64),
}

impl std::fmt::Display for PayloadHolders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::FPlusOne => f.write_str("f+1"),
            Self::All => f.write_str("all"),
            Self::Count(count) => write!(f, "{count}"),
            Self::Agree(probability) => write!(f, "agree({probability})"),
        }
    }
}

/// The callers.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::WorkflowDon;
///
/// let text = "schema = 1\nworkflow_don.nodes = 7\n".to_owned();
/// let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// let WorkflowDon { nodes: 7, f, needed, .. } = setup.workflow_don else { panic!("seven nodes") };
/// assert_eq!((f, needed), (2, 5), "a request is served when `2F + 1` nodes accept it");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct WorkflowDon {
    /// `M`.
    pub nodes: u32,
    /// `F_w`, the fault bound.
    pub f: u32,
    /// When a node starts a request, after the request's own time.
    pub start_skew: Distribution,
    /// How many workflow nodes must accept a request for it to be served.
    pub needed: u32,
    /// Regions that the nodes are placed in, in turn; empty without a region matrix.
    pub regions: Vec<String>,
    /// Whether `M < 3F_w + 1` is meant.
    pub allow_infeasible: bool,
}

/// The client request at every workflow node.
///
/// ```
/// use donsim::engine::Span;
/// use donsim::scenario::Scenario;
/// use donsim::sim::AggregatorSetup;
///
/// let keys = "timeout = \"1min\"\nengine_limit = \"30s\"\nmin_responses = 7\n";
/// let text = format!("schema = 1\n[aggregator]\n{keys}");
/// let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// let AggregatorSetup { timeout, engine_limit, min_responses, .. } = setup.aggregator;
/// assert_eq!((timeout, engine_limit, min_responses), (Span::from_secs(60), Some(Span::from_secs(30)), 7));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AggregatorSetup {
    /// The rule sets that decide.
    pub rule_set: RuleSets,
    /// `T`, the request time-out of both sides.
    pub timeout: Span,
    /// Required confirmations when above `F + 1`; 0 for `F + 1`.
    pub min_responses: u32,
    /// How a caller notices that a request has expired.
    pub expiry: Expiry,
    /// Time after which the caller's engine gives up, whatever the time-out; `None` without such a limit.
    pub engine_limit: Option<Span>,
}

/// How a caller notices that a request has expired.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::Expiry;
///
/// for (word, expiry) in [("published", Expiry::Published), ("graced", Expiry::Graced)] {
///     let text = format!("schema = 1\naggregator.expiry = \"{word}\"\n");
///     assert_eq!(Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup.aggregator.expiry, expiry);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// Exactly at the time-out.
    Deadline,
    /// By a ticker of period min(30 s, time-out), as first published.
    Published,
    /// By a ticker of the time-out's period, with 10 s of grace, as in newer versions.
    Graced,
}

impl Expiry {
    /// Period of the ticker and grace beyond the time-out; `None` without a ticker.
    pub(crate) fn ticker(self, timeout: Span) -> Option<(Span, Span)> {
        match self {
            Self::Deadline => None,
            Self::Published => Some((timeout.min(Span::from_secs(30)), Span::ZERO)),
            Self::Graced => Some((timeout, Span::from_secs(10))),
        }
    }
}

/// The requests of a replicate.
///
/// ```
/// use donsim::engine::{Distribution, Span};
/// use donsim::scenario::Scenario;
/// use donsim::sim::RequestSetup;
///
/// let text = "schema = 1\nrequest = { count = 10, arrival = \"2s\", payload_size = \"16KiB\" }\n".to_owned();
/// let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// let RequestSetup { count, arrival, payload_size, .. } = setup.request;
/// assert_eq!((count, payload_size), (10, 16 << 10));
/// assert_eq!(arrival, Distribution::constant(Span::from_secs(2)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct RequestSetup {
    /// Bytes of the response's payload value.
    pub payload_size: u64,
    /// Bytes of the request's own payload value.
    pub call_size: u64,
    /// Requests a replicate.
    pub count: u32,
    /// Time from one request to the next.
    pub arrival: Distribution,
    /// In which order capability nodes are asked.
    pub schedule: Schedule,
    /// Delay between stages of `one_at_a_time`.
    pub delta_stage: Span,
}

/// Transmission schedules.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::Schedule;
///
/// let text = "schema = 1\nrequest = { schedule = \"one_at_a_time\", delta_stage = \"500ms\" }\n".to_owned();
/// let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// assert_eq!(setup.request.schedule, Schedule::OneAtATime);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// Everybody at once.
    AllAtOnce,
    /// One after another, in a permutation keyed by the request id.
    OneAtATime,
}

/// The order of events of one instant.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::Ties;
///
/// let text = "schema = 1\nnetwork.ties = \"adversarial\"\n".to_owned();
/// assert_eq!(Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup.ties, Ties::Adversarial);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ties {
    /// By chance, so that equal latencies favour nobody.
    Random,
    /// Against the caller: deadlines first, then whatever harms, right answers last.
    Adversarial,
}

/// What is expected of safety.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::Safety;
///
/// let text = "schema = 1\nsafety.expect = \"violated\"\n".to_owned();
/// assert_eq!(Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup.safety, Safety::Violated);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Safety {
    /// No wrong response is accepted.
    Holds,
    /// The scenario shows a weakness: some wrong response is accepted.
    Violated,
}
