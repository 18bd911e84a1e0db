//! From settings to the types that the simulation reads.

use super::kinds::{AgreementLatency, Selector};
use super::settings::{Group, Settings};
use crate::engine::{Distribution, Span};
use crate::network::{Cut, LinkSetup, NetworkSetup, NodeSet, Partition, Rate, TransportLimits};
use crate::sim::{
    AggregatorSetup, CapabilityDon, FAULTS, Fault, FaultKind, ObservationSetup, Ocr, Parameter, ParameterKind,
    RequestSetup, RoundsSetup, Run, Safety, Setup, Side, Values, WorkflowDon,
};

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
        capability_don: capability_don(settings),
        workflow_don: read!(settings.group("workflow_don") =>
            WorkflowDon { nodes, f, start_skew, needed, regions, allow_infeasible }),
        aggregator: read!(settings.group("aggregator") => AggregatorSetup { rule_set, timeout, min_responses, expiry, engine_limit }),
        request: read!(settings.group("request") =>
            RequestSetup { payload_size, call_size, count, arrival, schedule, delta_stage }),
        network: network(settings),
        ties: settings.group("network").get("ties"),
        faults: settings.groups.iter().filter_map(fault).collect(),
        safety: safety(settings),
    }
}

fn capability_don(settings: &Settings) -> CapabilityDon {
    let group = settings.group("capability_don");
    let ocr = match group.get("ocr") {
        AgreementLatency(Some(latency)) => Ocr::Latency(latency),
        AgreementLatency(None) => Ocr::Rounds(Box::new(rounds(settings))),
    };
    CapabilityDon {
        nodes: group.get("nodes"),
        f: group.get("f"),
        payload_holders: group.get("payload_holders"),
        attesting: group.get("attesting"),
        execution: group.get("execution"),
        ocr,
        max_executions: group.get("max_executions"),
        response_strategy: group.get("response_strategy"),
        response_delay: group.get("response_delay"),
        response_growth: group.get("response_growth"),
        regions: group.get("regions"),
        allow_infeasible: group.get("allow_infeasible"),
    }
}

fn rounds(settings: &Settings) -> RoundsSetup {
    let group = settings.group("ocr");
    RoundsSetup {
        content: settings.group("capability_don").get("observation"),
        observation: read!(settings.group("observation") =>
            ObservationSetup { providers, block_time, lag, change, read, poll, errors, failures, differ }),
        delta_round: group.get("delta_round"),
        delta_grace: group.get("delta_grace"),
        delta_progress: group.get("delta_progress"),
        delta_initial: group.get("delta_initial"),
        delta_resend: group.get("delta_resend"),
        delta_certified_commit_request: group.get("delta_certified_commit_request"),
        r_max: group.get("r_max"),
        max_batch: group.get("max_batch"),
        max_observation: group.get("max_observation"),
        max_query: group.get("max_query"),
    }
}

/// `[run]`.
pub(super) fn run(settings: &Settings) -> Run {
    read!(settings.group("run") => Run { seed, replicates, strata })
}

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
        ocr: read!(settings.group("network.ocr") => LinkSetup { latency, loss, duplication }),
        uplink: group.get("uplink"),
        downlink: group.get("downlink"),
        frame: group.get("frame"),
        partitions: settings.list("network.partitions").map(partition).collect(),
        cuts: settings.list("network.cuts").map(cut).collect(),
        limits: limits(settings.group("network.limits")),
        lost_answers: None,
    }
}

fn limits(group: &Group) -> Option<TransportLimits> {
    let rate = |per_second: &str, burst: &str| Rate { per_second: group.get(per_second), burst: group.get(burst) };
    group.get::<bool>("enabled").then(|| TransportLimits {
        message: group.get("max_message"),
        send: rate("send_rate", "send_burst"),
        send_bytes: rate("send_bytes", "send_bytes_burst"),
        receive: rate("receive_rate", "receive_burst"),
    })
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
    let definition = FAULTS.iter().find(|fault| fault.name == name)?;
    let value = |parameter: &Parameter| {
        let name = parameter.name;
        match parameter.kind {
            ParameterKind::Count { .. } | ParameterKind::Size => group.get::<u64>(name).into(),
            ParameterKind::Time => group.get::<Span>(name).into(),
            ParameterKind::Distribution => group.get::<Distribution>(name).into(),
            ParameterKind::Flag => group.get::<bool>(name).into(),
            ParameterKind::Text => group.get::<String>(name).into(),
            ParameterKind::Word(_) => group.get::<&'static str>(name).into(),
        }
    };
    let values = Values(definition.parameters.iter().map(value).collect());
    // Not every kind has every key.
    let has = |key| group.section.index_of(key).is_some();
    Some(Fault {
        nodes: group.get("nodes"),
        holders: if has("holders") { group.get("holders") } else { None },
        window: group.window(),
        probability: if has("probability") { group.get("probability") } else { 1.0 },
        targets: if has("targets") { group.get("targets") } else { None },
        overlap: has("overlap") && group.get("overlap"),
        kind: FaultKind::new(definition, values),
    })
}
