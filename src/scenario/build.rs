//! From settings to the types that the simulation reads.

use std::sync::Arc;

use super::settings::{Group, Settings};
use super::value::{Law, Selector, Side, Value};
use crate::aggregator::RuleSet;
use crate::engine::{Distribution, Span, Time, Window};
use crate::network::{Cut, Latency, LinkSetup, NetworkSetup, NodeSet, Partition};
use crate::sim::{
    AggregatorSetup, CapabilityDon, Fault, FaultKind, MeteringField, PayloadHolders, RequestSetup, ResponseField, Run,
    Safety, Schedule, Setup, Ties, WorkflowDon,
};

/// What a value of the right kind becomes.
pub(super) trait FromValue: Sized {
    /// `None` for a value of another kind.
    fn from_value(value: &Value) -> Option<Self>;
}

macro_rules! from_value {
    ($($type:ty: $($pattern:pat => $result:expr),+;)+) => {
        $(impl FromValue for $type {
            fn from_value(value: &Value) -> Option<Self> {
                match value { $($pattern => $result,)+ _ => None }
            }
        })+
    };
}

from_value! {
    u64: Value::Count(count) | Value::Size(count) => Some(*count);
    u32: Value::Count(count) => u32::try_from(*count).ok();
    Option<u64>: Value::Bandwidth(bits) => Some(Some(*bits)), Value::Absent => Some(None);
    Option<u32>: Value::Count(count) => u32::try_from(*count).ok().map(Some), Value::Absent => Some(None);
    Option<Span>: Value::Duration(span) => Some(Some(*span)), Value::Absent => Some(None);
    f64: Value::Number(number) => Some(*number);
    bool: Value::Flag(flag) => Some(*flag);
    String: Value::Text(text) => Some(text.clone());
    Span: Value::Duration(span) => Some(*span);
    Vec<String>: Value::Names(names) => Some(names.clone());
    Vec<Selector>: Value::Nodes(selectors) => Some(selectors.clone());
    PayloadHolders: Value::Holders(holders) => Some(*holders);
    RuleSet: Value::Choice(word) => RuleSet::named(word);
    Schedule:
        Value::Choice("all_at_once") => Some(Self::AllAtOnce),
        Value::Choice("one_at_a_time") => Some(Self::OneAtATime);
    Ties: Value::Choice("random") => Some(Self::Random), Value::Choice("adversarial") => Some(Self::Adversarial);
    ResponseField:
        Value::Choice("type_url") => Some(Self::TypeUrl),
        Value::Choice("value") => Some(Self::Value),
        Value::Choice("capdon_n") => Some(Self::CapdonN);
    MeteringField: Value::Choice("gas") => Some(Self::Gas), Value::Choice("value") => Some(Self::Value);
    Safety: Value::Choice("holds") => Some(Self::Holds), Value::Choice("violated") => Some(Self::Violated);
    Distribution: Value::Law(Law::Plain { distribution, .. }) | Value::Skew(Law::Plain { distribution, .. })
        => Some(distribution.clone());
    Latency: Value::Law(law) => latency(law);
}

fn latency(law: &Law) -> Option<Latency> {
    match law {
        Law::Plain { distribution, .. } => Some(Latency::Distribution(distribution.clone())),
        Law::Regions { matrix, jitter, .. } => match jitter.as_ref() {
            Law::Plain { distribution, .. } => {
                Some(Latency::Regions { matrix: Arc::clone(matrix), jitter: distribution.clone() })
            }
            Law::Regions { .. } => None,
        },
    }
}

impl Group {
    /// The value of the key called `name`.
    pub fn get<T: FromValue>(&self, name: &str) -> T {
        T::from_value(&self.slot(name).value).unwrap_or_else(|| {
            // The schema gives every key one kind and its readers are in this room; no scenario leads here.
            unreachable!("[{}] {name} is of another kind", self.section.path)
        })
    }

    /// Its window of time.
    pub fn window(&self) -> Window {
        let end: Option<Span> = self.get("end");
        let at = |span: Span| Time::ZERO + span;
        Window { start: at(self.get("start")), end: end.map_or(Time::NEVER, at) }
    }
}

/// One cell's settings as the simulation reads them.
pub(super) fn setup(settings: &Settings) -> Setup {
    Setup {
        run: run(settings),
        capability_don: capability_don(settings.group("capability_don")),
        workflow_don: workflow_don(settings.group("workflow_don")),
        aggregator: aggregator(settings.group("aggregator")),
        request: request(settings.group("request")),
        network: network(settings),
        ties: settings.group("network").get("ties"),
        faults: settings.groups.iter().filter_map(fault).collect(),
        safety: safety(settings),
    }
}

/// `[run]`.
pub(super) fn run(settings: &Settings) -> Run {
    let group = settings.group("run");
    Run { seed: group.get("seed"), replicates: group.get("replicates") }
}

/// `[safety]`.
pub(super) fn safety(settings: &Settings) -> Safety {
    settings.group("safety").get("expect")
}

fn capability_don(group: &Group) -> CapabilityDon {
    CapabilityDon {
        nodes: group.get("nodes"),
        f: group.get("f"),
        payload_holders: group.get("payload_holders"),
        execution: group.get("execution"),
        ocr: group.get("ocr"),
        regions: group.get("regions"),
        allow_infeasible: group.get("allow_infeasible"),
    }
}

fn workflow_don(group: &Group) -> WorkflowDon {
    WorkflowDon {
        nodes: group.get("nodes"),
        f: group.get("f"),
        start_skew: group.get("start_skew"),
        needed: group.get("needed"),
        regions: group.get("regions"),
        allow_infeasible: group.get("allow_infeasible"),
    }
}

fn aggregator(group: &Group) -> AggregatorSetup {
    AggregatorSetup {
        rule_set: group.get("rule_set"),
        timeout: group.get("timeout"),
        min_responses: group.get("min_responses"),
    }
}

fn request(group: &Group) -> RequestSetup {
    RequestSetup {
        payload_size: group.get("payload_size"),
        call_size: group.get("call_size"),
        count: group.get("count"),
        arrival: group.get("arrival"),
        schedule: group.get("schedule"),
        delta_stage: group.get("delta_stage"),
    }
}

fn network(settings: &Settings) -> NetworkSetup {
    let group = settings.group("network");
    let nodes = |group: &Group, key: &str| node_set(settings, &group.get::<Vec<Selector>>(key));
    let partition = |group: &Group| Partition { nodes: nodes(group, "nodes"), window: group.window() };
    let cut = |group: &Group| Cut { from: nodes(group, "from"), to: nodes(group, "to"), window: group.window() };
    NetworkSetup {
        request: link(settings.group("network.request")),
        response: link(settings.group("network.response")),
        uplink: group.get("uplink"),
        downlink: group.get("downlink"),
        frame: group.get("frame"),
        partitions: settings.list("network.partitions").map(partition).collect(),
        cuts: settings.list("network.cuts").map(cut).collect(),
    }
}

fn link(group: &Group) -> LinkSetup {
    LinkSetup { latency: group.get("latency"), loss: group.get("loss"), duplication: group.get("duplication") }
}

/// The nodes that any of `selectors` selects, each once, as far as they exist.
fn node_set(settings: &Settings, selectors: &[Selector]) -> NodeSet {
    let side = |side: Side, don: &str| -> Vec<u32> {
        let nodes: u32 = settings.group(don).get("nodes");
        let own: Vec<_> = selectors.iter().filter(|selector| selector.side == side).collect();
        let selected = |index: u32| {
            own.iter().any(|selector| selector.range.is_none_or(|(first, last)| (first..=last).contains(&index)))
        };
        (0..nodes).filter(|index| selected(*index)).collect()
    };
    NodeSet { workflow: side(Side::Workflow, "workflow_don"), capability: side(Side::Capability, "capability_don") }
}

fn fault(group: &Group) -> Option<Fault> {
    let name = group.section.path.strip_prefix("faults.")?;
    let kind = caller_kind(name, group).or_else(|| plain_kind(name)).or_else(|| kind_with_keys(name, group))?;
    // Not every kind has every key.
    let has = |key| group.section.index_of(key).is_some();
    Some(Fault {
        nodes: group.get("nodes"),
        holders: if has("holders") { group.get("holders") } else { None },
        window: group.window(),
        probability: if has("probability") { group.get("probability") } else { 1.0 },
        targets: if has("targets") { group.get("targets") } else { None },
        overlap: has("overlap") && group.get("overlap"),
        kind,
    })
}

/// The faults of workflow nodes.
fn caller_kind(name: &str, group: &Group) -> Option<FaultKind> {
    Some(match name {
        "caller_flood" => FaultKind::CallerFlood { copies: group.get("copies"), interval: group.get("interval") },
        "caller_other_request" => FaultKind::CallerOtherRequest,
        "caller_repeats" => FaultKind::CallerRepeats { copies: group.get("copies") },
        "caller_silent" => FaultKind::CallerSilent,
        "caller_slow" => FaultKind::CallerSlow { delay: group.get("delay") },
        _ => return None,
    })
}

/// The faults of capability nodes that have keys of their own.
fn kind_with_keys(name: &str, group: &Group) -> Option<FaultKind> {
    Some(match name {
        "delay_to_deadline" => FaultKind::DelayToDeadline { margin: group.get("margin") },
        "duplicate_answers" => FaultKind::DuplicateAnswers { copies: group.get("copies") },
        "error_spam" => FaultKind::ErrorSpam { text: group.get("text"), distinct: group.get("distinct") },
        "hidden_pna" => FaultKind::HiddenPna { text: group.get("text") },
        "oversized" => FaultKind::Oversized { size: group.get("size") },
        "slow" => FaultKind::Slow { delay: group.get("delay") },
        "stolen_attestation" => FaultKind::StolenAttestation { collude: group.get("collude") },
        "tampered_fields" => FaultKind::TamperedFields { field: group.get("field") },
        "tampered_metering" => FaultKind::TamperedMetering { field: group.get("field") },
        "wrong_payload" => FaultKind::WrongPayload { collude: group.get("collude") },
        _ => return None,
    })
}

/// The faults of capability nodes that have none.
fn plain_kind(name: &str) -> Option<FaultKind> {
    const PLAIN: [FaultKind; 28] = [
        FaultKind::AtDeadline,
        FaultKind::ColludingSigners,
        FaultKind::Crash,
        FaultKind::DecimalWithoutCoefficient,
        FaultKind::DoubledMetering,
        FaultKind::DropRequests,
        FaultKind::DuplicateSigner,
        FaultKind::Equivocation,
        FaultKind::FalsePna,
        FaultKind::ForgedSignature,
        FaultKind::HighSSignature,
        FaultKind::Impersonation,
        FaultKind::MissingMetering,
        FaultKind::MissingPayload,
        FaultKind::RandomSignature,
        FaultKind::ReplayedAttestation,
        FaultKind::ReplayedSequence,
        FaultKind::SignerOutOfRange,
        FaultKind::Silent,
        FaultKind::StaleConfigDigest,
        FaultKind::SurplusSignature,
        FaultKind::TooFewSignatures,
        FaultKind::TruncatedResponse,
        FaultKind::TruncatedSignature,
        FaultKind::Undecodable,
        FaultKind::WrongVSignature,
        FaultKind::ZeroRSignature,
        FaultKind::ZeroSSignature,
    ];
    PLAIN.into_iter().find(|kind| kind.name() == name)
}
