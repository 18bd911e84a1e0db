//! Every table and key of a scenario file: the one list that reading, defaults, sweeps and `resolved.toml` go by. The
//! tables of faults stand in `catalogue`.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::catalogue::{FaultDescription, fault_catalogue};
use super::kinds::{
    Agreement, BANDWIDTH, CONFIDENCE, Count, DISTRIBUTION, EXPIRY, Flag, GROWTH, HALF_WIDTH, Holders, Kind, LATENCY,
    MAX_NODES, Name, Names, NodeRules, Nodes, OBSERVATION, POSITIVE_TIME, PROBABILITY, READ, Rate, SAFETY, SCHEDULE,
    SIZE, SKEW, STRATEGY, TIES, TIME, Text,
};
use super::schema::Preset::{Derived, Open, Required, Value};
use super::schema::{END, EXPECT, Key, START, STOP, SWEEP, Section, UP_TO_ALL, key, part, row};

const NODES: &dyn Kind = &Count { min: 1, max: MAX_NODES };
const BOUND_RULE: &str = "the largest that the nodes can bear, floor((nodes - 1) / 3)";

/// Tables of `fixed` keys, which are the same in every cell, and of others; a `list` may be there any number of times.
/// A key is its name, kind, what holds without it, and meaning; behind these an example, what its axis measures, its name
/// in a column's head, what happens along its axis, and the words of its parameters: methods of [`Key`].
macro_rules! tables {
    ($($make:ident $path:expr, $meaning:expr; $(($($row:tt)+))+)+) => {
        &[$(section_of(tables!(@$make), $path, $meaning, &[$(row!($($row)+)),+])),+]
    };
    (@table) => { (false, true) };
    (@list) => { (true, true) };
    (@fixed) => { (false, false) };
    (@fixed_list) => { (true, false) };
}

const fn section_of(
    (list, sweepable): (bool, bool),
    path: &'static str,
    meaning: &'static str,
    keys: &'static [Key],
) -> Section {
    Section { path, meaning, list, sweepable, keys: Cow::Borrowed(keys) }
}

/// All tables, in the order of `resolved.toml`.
pub(super) static SECTIONS: LazyLock<Vec<Section>> = LazyLock::new(|| {
    let faults = fault_catalogue().iter().map(FaultDescription::section);
    BEFORE_FAULTS.iter().cloned().chain(faults).chain(BEHIND_FAULTS.iter().cloned()).collect()
});

/// Where the section called `path` is among them.
pub(super) fn number_of(path: &str) -> Option<usize> {
    SECTIONS.iter().position(|section| section.path == path)
}

pub(super) fn section(path: &str) -> Option<&'static Section> {
    number_of(path).map(|number| &SECTIONS[number])
}

/// The section with the longest name that the dotted `key` begins with, and the rest of the key: `network.request.loss` is
/// a key of `[network.request]`.
pub(super) fn owner(key: &str) -> Option<(&'static Section, &str)> {
    let rest = |section: &Section| match section.path {
        "" => Some(key),
        path => key.strip_prefix(path)?.strip_prefix('.'),
    };
    let owners = SECTIONS.iter().filter_map(|section| Some((section, rest(section)?)));
    owners.max_by_key(|(section, _)| section.path.len())
}

/// The names of what stands directly in the table called `path`, and their dotted names: tables and arrays of tables.
pub(super) fn tables_below(path: &str) -> Vec<(&'static str, &'static str)> {
    let prefix = if path.is_empty() { String::new() } else { format!("{path}.") };
    let mut found: Vec<(&str, &str)> = Vec::new();
    for section in SECTIONS.iter().filter(|section| !section.path.is_empty()) {
        let Some(rest) = section.path.strip_prefix(&prefix) else { continue };
        let name = rest.split('.').next().unwrap_or(rest);
        let dotted = &section.path[..section.path.len() - rest.len() + name.len()];
        if !found.contains(&(name, dotted)) {
            found.push((name, dotted));
        }
    }
    found
}

/// Keys and tables that may stand directly in the table called `path`.
pub(super) fn children(path: &str) -> Vec<&'static str> {
    let own = section(path).into_iter().flat_map(|section| section.keys.iter()).map(|key| key.name);
    let mut names: Vec<_> = own.chain(tables_below(path).into_iter().map(|(name, _)| name)).collect();
    names.dedup();
    names
}

static BEFORE_FAULTS: &[Section] = tables! {
    fixed "", "What the file is.";
        (schema: &Count { min: 1, max: 1 }, Required, "Version of this file format.", such_as "1")
        (name: &Name, Derived("the file's name", &[]), "Name of the results folder.", such_as "\"my-scenario\"")
        (description: &Text { may_be_empty: true }, Value("\"\""), "What the scenario shows; for readers only.",
            such_as "\"Lost answers under two rule sets\"")
    fixed "run", "How much is simulated.";
        (seed: &Count { min: 0, max: i64::MAX as u64 }, Value("1"), "Seed of all random draws.", such_as "7")
        (replicates: &Count { min: 1, max: 1_000_000_000 }, Value("1000"), "Seeded worlds for every cell.",
            such_as "3000")
        (strata: &Flag, Open("they are left to chance"),
            "Whether replicates are dealt to every number of faulty nodes that `nodes = { each = … }` may make, and of answers that get lost, and weighted by the exact law of it.",
            such_as "false", unwritten true)
    fixed STOP, "Rules that end a cell before its last replicate. It is looked at after 1000 replicates, 2000, 4000 and so on.";
        (half_width: &HALF_WIDTH, Open("no width ends a cell"),
            "Half of the width of the 95 % interval of a rate; one that is as narrow ends the cell.",
            such_as "0.01", unwritten true)
        (metric: &Rate, Open("`accepted`"), "The rate whose interval it is.", such_as "\"served\"", unwritten true)
        (decided: &Flag, Open("verdicts end no cell"),
            "Whether a cell ends when all that is expected of it is decided; one of which nothing is expected goes on.",
            such_as "true", unwritten true)
    table "capability_don", "The nodes that execute a request and answer it.";
        (nodes: NODES, Value("16"), "N, the nodes that execute and answer.",
            such_as "31", axis "Nodes of the capability DON", column "N", along "as the DON grows")
        (f: UP_TO_ALL, Derived(BOUND_RULE, &["capability_don.nodes"]), "F, how many may be Byzantine.",
            such_as "5", axis "F of the capability DON", column "F", along "as F grows")
        (payload_holders: &Holders, Derived("\"f+1\", or what OCR3 rounds make of it", &["capability_don.ocr"]),
            "Who holds the payload: \"f+1\", \"all\", a number, or { agree = probability a node }.",
            axis "Nodes that hold the payload", column "holders", along "as more nodes hold the payload",
            parts &[("agree", part("Nodes that agree", "", "as nodes agree more often"))])
        (attesting: UP_TO_ALL, Open("all nodes attest"),
            "Nodes that attest, the first ones; the others hold and answer as all do, without an attestation.",
            such_as "12", axis "Nodes that attest", column "attesting", along "as more nodes attest")
        (execution: &DISTRIBUTION, Value("{ dist = \"lognormal\", p50 = \"180ms\", p99 = \"900ms\" }"),
            "Time from the start of the execution to a node's own observation.",
            such_as "{ dist = \"exponential\", mean = \"300ms\" }", axis "Execution")
        (ocr: &Agreement, Value("\"1.5s\""),
            "Time from a Byzantine quorum of observations to the attested report, or \"round\": OCR3 rounds, message by message.",
            axis "OCR")
        (observation: &OBSERVATION, Value("\"hash\""),
            "What an observation of OCR3 rounds carries: the hash of the response, or its payload.",
            such_as "\"payload\"", axis "Content of observations")
        (max_executions: &Count { min: 1, max: 1_000_000 }, Open("no limit"),
            "Requests that a node executes at a time, at most; others wait. The original's limit is 1000.",
            such_as "1000", axis "Concurrent executions")
        (response_strategy: &STRATEGY, Value("\"all\""),
            "Who sends the payload: every holder, one with the others as fallback, one after the other, or whom the caller asks.",
            such_as "\"designated\"", axis "Response strategy", column "strategy")
        (response_delay: &POSITIVE_TIME, Value("\"500ms\""),
            "Wait of the others (designated), between two holders (staggered), or of the caller before it asks the next (pull).",
            such_as "\"200ms\"", axis "Wait for the next holder")
        (response_growth: &GROWTH, Value("\"linear\""),
            "Whether the holder of rank k waits k delays, or k * k; for staggered.", axis "Growth of the waits")
        (regions: &Names, Value("[]"), "Regions of the nodes, in turn; for a region matrix.",
            such_as "[\"frankfurt\", \"london\", \"tokyo\"]", axis "Regions of the capability DON")
        (allow_infeasible: &Flag, Value("false"), "Whether N < 3F + 1 is meant.", axis "N < 3F + 1 allowed")
    table "ocr", "Timers and limits of OCR3 rounds; without effect unless `capability_don.ocr` is \"round\".";
        (delta_round: &POSITIVE_TIME, Value("\"1s\""), "Least time from the start of a round to that of the next.",
            such_as "\"2s\"", axis "Time between rounds")
        (delta_grace: &TIME, Value("\"500ms\""),
            "Time that the leader waits for more observations once it has N - F.",
            such_as "\"100ms\"", axis "Grace for late observations")
        (delta_progress: &POSITIVE_TIME, Value("\"5s\""),
            "Time without a commit after which a node wishes for another leader.",
            such_as "\"2s\"", axis "Time without progress")
        (delta_initial: &POSITIVE_TIME, Value("\"5s\""),
            "Time without an epoch start after which a node wishes for the next leader.",
            such_as "\"2s\"", axis "Time without an epoch start")
        (delta_resend: &POSITIVE_TIME, Value("\"5s\""), "Time after which a wish for an epoch is sent again.",
            such_as "\"2s\"", axis "Time between wishes")
        (delta_certified_commit_request: &POSITIVE_TIME, Value("\"1s\""),
            "Time after which a node that missed a commit asks others for it.",
            such_as "\"500ms\"", axis "Time until a commit is asked for")
        (r_max: &Count { min: 1, max: 1_000_000 }, Value("10"), "Rounds of an epoch.", axis "Rounds of an epoch")
        (max_batch: &Count { min: 1, max: 10_000 }, Value("200"), "Requests in a query, at most.",
            such_as "20", axis "Requests in a query")
        (max_observation: &SIZE, Value("\"95KiB\""),
            "Bytes of an observation's entries, at most: what does not fit waits for the next round.",
            such_as "\"1MiB\"", axis "Size of an observation")
        (max_query: &SIZE, Value("\"1MiB\""), "Bytes of a query, at most.", such_as "\"64KiB\"", axis "Size of a query")
    table "observation",
        "What nodes see of the chain, with OCR3 rounds: who holds the payload follows from it. `capability_don.execution` is the time that a poll of the RPC takes.";
        (providers: NODES, Derived("capability_don.nodes", &["capability_don.nodes"]),
            "RPC providers; the nodes are spread over them evenly.", such_as "3", axis "RPC providers")
        (block_time: &TIME, Value("\"0s\""), "Time between blocks; 0s for a chain that stands still.",
            such_as "\"2s\"", axis "Block time")
        (lag: &DISTRIBUTION, Value("\"0s\""), "Time until a provider has a block, drawn for every provider and block.",
            such_as "{ dist = \"exponential\", mean = \"500ms\" }", axis "Lag of a provider")
        (change: &PROBABILITY, Value("0"), "Probability that a block changes the answer to a request.",
            such_as "0.2", axis "Blocks that change the answer")
        (read: &READ, Value("\"pinned\""),
            "Block that nodes read at: one that the request names, the latest of their provider, or one whose height they agree on first.",
            such_as "\"latest\"", axis "Block that is read")
        (poll: &POSITIVE_TIME, Value("\"2s\""), "Time from one poll of the RPC to the next.",
            such_as "\"1s\"", axis "Time between polls")
        (errors: &PROBABILITY, Value("0"),
            "Probability that the RPC fails for a request everywhere in the same way: then the nodes agree on the error.",
            such_as "0.01", axis "Requests that fail")
        (failures: &PROBABILITY, Value("0"), "Probability that a poll of a provider fails.",
            such_as "0.05", axis "Polls that fail")
        (differ: &PROBABILITY, Value("0"), "Probability that a node gets an answer of its own to a request.",
            such_as "0.3", axis "Nodes with an answer of their own")
    table "workflow_don", "The nodes that ask; each aggregates the answers for itself.";
        (nodes: NODES, Value("4"), "M, the nodes that ask and aggregate.",
            such_as "7", axis "Nodes of the workflow DON", column "M", along "as the workflow DON grows")
        (f: UP_TO_ALL, Derived(BOUND_RULE, &["workflow_don.nodes"]), "F_w, how many may be Byzantine.",
            such_as "0", axis "F of the workflow DON", column "F_w")
        (start_skew: &SKEW, Value("\"50ms\""),
            "How much later than the request itself a node starts it: a distribution, or the most of a uniform one.",
            axis "Start skew")
        (needed: NODES, Derived("2 * f + 1, at most all nodes", &["workflow_don.f", "workflow_don.nodes"]),
            "How many nodes must accept a request for it to be served.",
            such_as "4", axis "Workflow nodes that must accept")
        (regions: &Names, Value("[]"), "Regions of the nodes, in turn; for a region matrix.",
            such_as "[\"dallas\", \"tokyo\"]", axis "Regions of the workflow DON")
        (allow_infeasible: &Flag, Value("false"), "Whether M < 3F_w + 1 is meant.", axis "M < 3F_w + 1 allowed")
    table "aggregator", "How a workflow node decides.";
        (rule_set: &NodeRules, Value("\"attested\""),
            "The rules that decide; during a roll-out, how many workflow nodes have which.",
            such_as "\"identical\"", axis "Rule set")
        (timeout: &POSITIVE_TIME, Value("\"10s\""), "Time-out of a request, for both sides.",
            such_as "\"1min\"", axis "Deadline", along "as the deadline moves")
        (min_responses: UP_TO_ALL, Value("0"),
            "Confirmations that a decision needs: 0 for F + 1, otherwise F + 1 to N.",
            such_as "7", axis "Confirmations that a decision needs")
        (expiry: &EXPIRY, Value("\"deadline\""),
            "How a request expires: at the time-out, or by a ticker, as first published or with the grace of newer versions.",
            such_as "\"published\"", axis "Expiry")
        (engine_limit: &POSITIVE_TIME, Open("no limit"), "Time after which the caller's engine gives up before.",
            such_as "\"3min\"", axis "Limit of the engine")
    table "request", "What is asked, and how.";
        (payload_size: &SIZE, Value("\"1KiB\""), "Size of the answer's payload.",
            axis "Payload", along "as the payload grows")
        (call_size: &SIZE, Value("\"256B\""), "Size of the request's own payload.",
            such_as "\"1KiB\"", axis "Payload of the request")
        (count: &Count { min: 1, max: 10_000 }, Value("1"), "Requests in a replicate.",
            such_as "10", axis "Requests", along "as more requests run")
        (arrival: &DISTRIBUTION, Value("\"0s\""), "Time from one request to the next.",
            such_as "{ dist = \"exponential\", mean = \"2s\" }", axis "Time between requests")
        (schedule: &SCHEDULE, Value("\"all_at_once\""), "In which order capability nodes are asked.",
            axis "Schedule")
        (delta_stage: &TIME, Value("\"2s\""), "Delay between the stages of one_at_a_time.",
            such_as "\"500ms\"", axis "Delay between stages")
    table "network", "Links between the two DONs, both directions.";
        (latency: &LATENCY, Value("{ dist = \"lognormal\", p50 = \"40ms\", p99 = \"180ms\" }"),
            "One-way latency of both directions.",
            such_as "\"40ms\"", axis "One-way latency", along "as the network gets slower",
            parts &[
                ("p50", part("One-way latency", "", "as the network gets slower")),
                ("p99", part("99 % quantile of the one-way latency", "p99 of ways", "as stragglers get slower")),
            ])
        (loss: &PROBABILITY, Value("0"), "Probability that a message is lost.",
            such_as "0.01", axis "Lost messages", along "as messages get lost")
        (duplication: &PROBABILITY, Value("0"), "Probability that a message arrives twice.",
            such_as "0.001", axis "Duplicated messages", along "as messages are duplicated")
        (bandwidth: &BANDWIDTH, Open("no limit"), "Bandwidth of every node, up and down.",
            axis "Bandwidth", along "as bandwidth grows")
        (uplink: &BANDWIDTH, Derived("network.bandwidth", &["network.bandwidth"]), "Bandwidth out of a node.",
            such_as "\"20Mbit/s\"", axis "Bandwidth out of a node")
        (downlink: &BANDWIDTH, Derived("network.bandwidth", &["network.bandwidth"]), "Bandwidth into a node.",
            such_as "\"50Mbit/s\"", axis "Bandwidth into a node")
        (ties: &TIES, Value("\"random\""),
            "Order of events of one instant: by chance, or against the caller.",
            axis "Order of ties")
        (frame: &SIZE, Value("\"37B\""), "What the transport adds to every message.",
            such_as "\"0B\"", axis "Frame of a message")
    table "network.request", "Links from workflow to capability nodes, where they differ from `[network]`.";
        (latency: &LATENCY, Derived("network.latency", &["network.latency"]), "Latency this way.",
            such_as "{ dist = \"regions\", file = \"data/rtt-ibm-cloud-2024-08.csv\" }",
            axis "One-way latency of requests", parts &[("p99", part("99 % quantile of the way there", "p99 of ways there", ""))])
        (loss: &PROBABILITY, Derived("network.loss", &["network.loss"]), "Loss this way.",
            axis "Lost requests", along "as requests get lost")
        (duplication: &PROBABILITY, Derived("network.duplication", &["network.duplication"]), "Duplication this way.",
            axis "Duplicated requests")
    table "network.response", "Links from capability to workflow nodes, where they differ from `[network]`.";
        (latency: &LATENCY, Derived("network.latency", &["network.latency"]), "Latency this way.",
            such_as "{ dist = \"regions\", file = \"data/rtt-ibm-cloud-2024-08.csv\" }",
            axis "One-way latency of responses", parts &[("p99", part("99 % quantile of the way back", "p99 of ways back", ""))])
        (loss: &PROBABILITY, Derived("network.loss", &["network.loss"]), "Loss this way.",
            axis "Lost responses", along "as responses get lost")
        (duplication: &PROBABILITY, Derived("network.duplication", &["network.duplication"]), "Duplication this way.",
            axis "Duplicated responses")
    table "network.ocr", "Links between capability nodes, where they differ from `[network]`.";
        (latency: &LATENCY, Derived("network.latency", &["network.latency"]), "Latency this way.",
            such_as "{ dist = \"regions\", file = \"data/rtt-ibm-cloud-2024-08.csv\" }",
            axis "One-way latency of OCR3 messages", parts &[("p99", part("99 % quantile between capability nodes", "p99 between callees", ""))])
        (loss: &PROBABILITY, Derived("network.loss", &["network.loss"]), "Loss this way.",
            axis "Lost OCR3 messages")
        (duplication: &PROBABILITY, Derived("network.duplication", &["network.duplication"]),
            "Duplication this way.", axis "Duplicated OCR3 messages")
    table "network.limits", "Limits of the transport on every stream, from one node to another.";
        (enabled: &Flag, Value("false"), "Whether there are any.", such_as "true", axis "Limits of the transport")
        (max_message: &SIZE, Value("\"500KB\""), "Bytes of a message, at most: a larger one is dropped.",
            such_as "\"1MB\"", axis "Size of a message")
        (send_rate: &Count { min: 1, max: 1_000_000_000 }, Value("100"), "Messages a second that a sender sends; others wait.",
            such_as "200", axis "Messages a second, sent")
        (send_burst: &Count { min: 1, max: 1_000_000_000 }, Value("500"), "Messages that it sends at once after a pause.",
            such_as "100", axis "Messages at once, sent")
        (send_bytes: &SIZE, Value("\"5MB\""), "Bytes a second that a sender sends; others wait.",
            such_as "\"1MB\"", axis "Bytes a second, sent")
        (send_bytes_burst: &SIZE, Value("\"10MB\""), "Bytes that it sends at once after a pause.",
            such_as "\"2MB\"", axis "Bytes at once, sent")
        (receive_rate: &Count { min: 1, max: 1_000_000_000 }, Value("10"),
            "Messages a second that a receiver takes of a sender; others are dropped.",
            such_as "20", axis "Messages a second, received")
        (receive_burst: &Count { min: 1, max: 1_000_000_000 }, Value("50"), "Messages that it takes at once after a pause.",
            such_as "100", axis "Messages at once, received")
    list "network.partitions", "Nodes that are cut off from all others for a while.";
        (nodes: &Nodes, Required, "The nodes that are cut off from all others.",
            such_as "[\"workflow.0\", \"capability.0-4\"]", axis "Nodes that are cut off")
        (START)
        (END)
    list "network.cuts", "Links that are cut one way for a while.";
        (from: &Nodes, Required, "Senders.", such_as "[\"capability\"]", axis "Senders that are cut off")
        (to: &Nodes, Required, "Receivers.", such_as "[\"workflow.1\"]", axis "Receivers that are cut off")
        (START)
        (END)
};

static BEHIND_FAULTS: &[Section] = tables! {
    fixed "safety", "What is expected of safety.";
        (expect: &SAFETY, Value("\"holds\""),
            "Whether no wrong response is accepted, or one must be because the scenario shows a weakness.")
    fixed_list EXPECT, "What the results have to show; any number of them.";
        (that: &Text { may_be_empty: false }, Required,
            "A comparison: accepted >= 0.999, p99 <= 2s, accepted[attested] - accepted[identical] >= 0.3.",
            such_as "\"accepted >= 99.9%\"")
        (where: &Text { may_be_empty: false }, Open("every cell"), "A condition on a cell's keys, as in [sweep].",
            such_as "\"network.loss <= 0.05\"")
        (confidence: &CONFIDENCE, Value("0.95"), "How certain a verdict has to be.")
    // The axes themselves are in tables of their own.
    fixed SWEEP, "Which cells there are.";
        (where: &Text { may_be_empty: false }, Open("every combination is a cell"),
            "Which combinations are cells: comparisons of any keys, with arithmetic, `and`, `or` and `not`.",
            such_as "\"capability_don.nodes >= 3 * capability_don.f + 1\"")
        (select: &Text { may_be_empty: false }, Open("every cell"),
            "Which of the cells are simulated, as by --filter; what is expected of others is not judged.",
            such_as "\"network.loss < 0.5\"")
};

/// Keys whose default is the value of another: table and name of each, and those of the other.
pub(super) static INHERITED: LazyLock<Vec<[(&str, &str); 2]>> = LazyLock::new(|| {
    let of = |section: &'static Section| {
        section.keys.iter().filter_map(|key| Some([(section.path, key.name), key.origin()?]))
    };
    SECTIONS.iter().flat_map(of).collect()
});
