//! From settings to the types that the simulation reads.

use super::kinds::{Selector, Side};
use super::settings::{Group, Settings};
use crate::network::{Cut, LinkSetup, NetworkSetup, NodeSet, Partition};
use crate::sim::{AggregatorSetup, CapabilityDon, Fault, FaultKind, RequestSetup, Run, Safety, Setup, WorkflowDon};

/// A struct whose fields are called as the keys of a table.
macro_rules! read {
    ($group:expr => $type:ident { $($key:ident),+ }) => {{
        let group: &Group = $group;
        $type { $($key: group.get(stringify!($key))),+ }
    }};
}

/// One cell's settings as the simulation reads them.
pub(super) fn setup(settings: &Settings) -> Setup {
    Setup {
        run: run(settings),
        capability_don: read!(settings.group("capability_don") =>
            CapabilityDon { nodes, f, payload_holders, execution, ocr, regions, allow_infeasible }),
        workflow_don: read!(settings.group("workflow_don") =>
            WorkflowDon { nodes, f, start_skew, needed, regions, allow_infeasible }),
        aggregator: read!(settings.group("aggregator") => AggregatorSetup { rule_set, timeout, min_responses }),
        request: read!(settings.group("request") =>
            RequestSetup { payload_size, call_size, count, arrival, schedule, delta_stage }),
        network: network(settings),
        ties: settings.group("network").get("ties"),
        faults: settings.groups.iter().filter_map(fault).collect(),
        safety: safety(settings),
    }
}

/// `[run]`.
pub(super) fn run(settings: &Settings) -> Run {
    read!(settings.group("run") => Run { seed, replicates })
}

/// `[safety]`.
pub(super) fn safety(settings: &Settings) -> Safety {
    settings.group("safety").get("expect")
}

fn network(settings: &Settings) -> NetworkSetup {
    let group = settings.group("network");
    let nodes = |group: &Group, key: &str| node_set(settings, &group.get::<Vec<Selector>>(key));
    let partition = |group: &Group| Partition { nodes: nodes(group, "nodes"), window: group.window() };
    let cut = |group: &Group| Cut { from: nodes(group, "from"), to: nodes(group, "to"), window: group.window() };
    NetworkSetup {
        request: read!(settings.group("network.request") => LinkSetup { latency, loss, duplication }),
        response: read!(settings.group("network.response") => LinkSetup { latency, loss, duplication }),
        uplink: group.get("uplink"),
        downlink: group.get("downlink"),
        frame: group.get("frame"),
        partitions: settings.list("network.partitions").map(partition).collect(),
        cuts: settings.list("network.cuts").map(cut).collect(),
    }
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
