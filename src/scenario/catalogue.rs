//! Every fault that a scenario may have: its table's keys, and what it does in one line.

use std::borrow::Cow;

use super::kinds::{self, Choice, Count, DISTRIBUTION, Flag, Kind, SIZE, TIME, Text};
use super::schema::{END, Key, Preset, START, Section, UP_TO_ALL, key};
use crate::sim::{MeteringField, ResponseField, Side};

/// A kind of fault as `donsim faults` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultDescription {
    /// Its name: a scenario has it as `[[faults.<name>]]`.
    pub name: &'static str,
    /// Whose nodes have it.
    pub side: Side,
    /// What they do, in one line.
    pub meaning: &'static str,
    /// The keys that it shares with other faults of its side.
    pub common: Vec<KeyDescription>,
    /// Those of its own.
    pub own: Vec<KeyDescription>,
}

/// A key of a fault's table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyDescription {
    /// Its name.
    pub name: &'static str,
    /// What holds when it is absent.
    pub default: KeyDefault,
    /// What it says, in one line.
    pub meaning: &'static str,
}

/// What holds when a key is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyDefault {
    /// It may not be absent.
    Required,
    /// This value, as TOML.
    Value(&'static str),
    /// This, in words.
    Words(&'static str),
}

/// Every kind of fault, in the order of their names within each side.
#[must_use]
pub fn fault_catalogue() -> Vec<FaultDescription> {
    FAULTS.iter().map(FaultTable::description).collect()
}

/// One kind of fault.
#[derive(Debug)]
pub(super) struct FaultTable {
    /// The dotted name of its table.
    path: &'static str,
    side: Side,
    meaning: &'static str,
    common: &'static [Key],
    own: &'static [Key],
}

impl FaultTable {
    /// Its table in the schema.
    pub fn section(&self) -> Section {
        let keys = [self.common, self.own].concat();
        Section { path: self.path, meaning: self.meaning, list: true, sweepable: true, keys: Cow::Owned(keys) }
    }

    fn description(&self) -> FaultDescription {
        let describe = |keys: &[Key]| keys.iter().map(KeyDescription::of).collect();
        FaultDescription {
            name: self.path.rsplit('.').next().unwrap_or(self.path),
            side: self.side,
            meaning: self.meaning,
            common: describe(self.common),
            own: describe(self.own),
        }
    }
}

impl KeyDescription {
    fn of(key: &Key) -> Self {
        let default = match key.preset {
            Preset::Required => KeyDefault::Required,
            Preset::Value(text) => KeyDefault::Value(text),
            Preset::Derived(words, _) | Preset::Open(words) => KeyDefault::Words(words),
        };
        Self { name: key.name, default, meaning: key.meaning }
    }
}

const NODES: Key = key("nodes", UP_TO_ALL, Preset::Required, "How many capability nodes do it.")
    .such_as("2")
    .axis("Nodes with the fault “{}”");
const CALLERS: Key = key("nodes", UP_TO_ALL, Preset::Required, "How many workflow nodes do it.")
    .such_as("1")
    .axis("Nodes with the fault “{}”");
const HOLDERS: Key =
    key("holders", UP_TO_ALL, Preset::Open("any of them may be"), "How many of these nodes hold the payload.")
        .such_as("1")
        .axis("Holders with the fault “{}”");
const PROBABILITY: Key =
    key("probability", &kinds::PROBABILITY, Preset::Value("1"), "How likely they do it each time.").such_as("0.5");
const TARGETS: Key = key(
    "targets",
    UP_TO_ALL,
    Preset::Open("all of them"),
    "To how many workflow nodes each of them does it; drawn once a replicate.",
)
.such_as("1");
const CALLEE_TARGETS: Key = key(
    "targets",
    UP_TO_ALL,
    Preset::Open("all of them"),
    "To how many capability nodes each of them does it; drawn once a replicate.",
)
.such_as("1");
const OVERLAP: Key = key(
    "overlap",
    &Flag,
    Preset::Value("false"),
    "Whether it may take nodes that other faults have too; a node's faults act in the order of their names.",
);

/// Keys of the faults of capability nodes.
const COMMON: &[Key] = &[NODES, HOLDERS, START, END, PROBABILITY, TARGETS, OVERLAP];
/// The same for being down: towards everybody, all the time.
const COMMON_OUTAGE: &[Key] = &[NODES, HOLDERS, START, END, OVERLAP];
/// Keys of the faults of workflow nodes.
const COMMON_CALLER: &[Key] = &[CALLERS, START, END, PROBABILITY, CALLEE_TARGETS];

const SOME_DELAY: &dyn Kind = &DISTRIBUTION;
const COLLUDE: Key = key("collude", &Flag, Preset::Value("false"), "Whether all send the same wrong payload.");

const fn copies(number: &'static Count, default: &'static str, meaning: &'static str) -> Key {
    key("copies", number, Preset::Value(default), meaning).such_as("3")
}

/// A fault of capability nodes.
const fn callee(path: &'static str, meaning: &'static str, own: &'static [Key]) -> FaultTable {
    FaultTable { path, side: Side::Capability, meaning, common: COMMON, own }
}

/// A fault of workflow nodes.
const fn caller(path: &'static str, meaning: &'static str, own: &'static [Key]) -> FaultTable {
    FaultTable { path, side: Side::Workflow, meaning, common: COMMON_CALLER, own }
}

/// All of them, by name.
pub(super) static FAULTS: &[FaultTable] = &[
    callee("faults.at_deadline", "Every answer arrives in the instant in which the caller gives up.", &[]),
    caller(
        "faults.caller_flood",
        "Goes on asking, each time for something else under the same request id.",
        &[
            copies(&Count { min: 2, max: 10_000 }, "100", "Requests in all, the right one first."),
            key("interval", &TIME, Preset::Value("\"10ms\""), "Time from one to the next.").such_as("\"1ms\""),
        ],
    ),
    caller("faults.caller_other_request", "Asks for something else under the same request id.", &[]),
    caller(
        "faults.caller_repeats",
        "Sends its request several times at once.",
        &[copies(&Count { min: 2, max: 1_000 }, "2", "How often in all.")],
    ),
    caller("faults.caller_silent", "Never asks.", &[]),
    caller(
        "faults.caller_slow",
        "Every request leaves late.",
        &[key("delay", SOME_DELAY, Preset::Required, "How much later every request leaves.")],
    ),
    callee("faults.colluding_signers", "The same wrong payload from all, attested by all of them with real keys.", &[]),
    FaultTable {
        path: "faults.crash",
        side: Side::Capability,
        meaning: "Down: receives, executes and sends nothing, forgets everything, and recovers.",
        common: COMMON_OUTAGE,
        own: &[],
    },
    callee("faults.decimal_without_coefficient", "A response whose decoding crashes the original.", &[]),
    callee(
        "faults.delay_to_deadline",
        "Every answer arrives as late as it can and still count.",
        &[key("margin", &TIME, Preset::Value("\"1ms\""), "How long before the caller's deadline.")],
    ),
    callee("faults.doubled_metering", "The right response with its metering record twice.", &[]),
    callee("faults.drop_requests", "Throws away the requests that it receives.", &[]),
    callee(
        "faults.duplicate_answers",
        "Every answer leaves several times.",
        &[copies(&Count { min: 2, max: 1_000 }, "2", "How often in all.")],
    ),
    callee("faults.duplicate_signer", "An attestation in which one signer stands twice.", &[]),
    callee("faults.equivocation", "A wrong payload, another one for each workflow node.", &[]),
    callee(
        "faults.error_spam",
        "An error in place of every answer.",
        &[
            key("text", &Text { may_be_empty: false }, Preset::Value("\"rpc failed\""), "Text of the error."),
            key("distinct", &Flag, Preset::Value("false"), "Whether every node has a text of its own."),
        ],
    ),
    callee("faults.false_pna", "Holders say that they have no payload.", &[]),
    callee("faults.forged_signature", "An attestation with one signature by a key outside the DON.", &[]),
    callee(
        "faults.hidden_pna",
        "An error of its own that passes for a payload-not-available answer.",
        &[key(
            "text",
            &Text { may_be_empty: false },
            Preset::Value("\"upstream said: __response_payload_not_available (cached)\""),
            "Text of the error, with the marker in it.",
        )
        .such_as("\"proxy: __response_payload_not_available\"")],
    ),
    callee("faults.high_s_signature", "Signatures in their other form, n - s for s; the rules accept them.", &[]),
    callee("faults.impersonation", "A wrong payload in the name of another node.", &[]),
    callee("faults.missing_metering", "The right response without its metering record.", &[]),
    callee("faults.missing_payload", "An attestation without payload; crashes the original.", &[]),
    callee(
        "faults.oversized",
        "A response blown up by a field that nobody reads.",
        &[key("size", &SIZE, Preset::Value("\"500001B\""), "Size of the response; a larger one stays as it is.")
            .such_as("\"1MiB\"")],
    ),
    callee("faults.random_signature", "An attestation with noise for one signature.", &[]),
    callee("faults.replayed_attestation", "The attestation of another request.", &[]),
    callee("faults.replayed_sequence", "The genuine signatures under another sequence number.", &[]),
    callee("faults.signer_out_of_range", "An attestation with a signer that the DON does not have.", &[]),
    callee("faults.silent", "Takes part in everything and never answers.", &[]),
    callee(
        "faults.slow",
        "Every answer leaves late.",
        &[key("delay", SOME_DELAY, Preset::Required, "How much later every answer leaves.")],
    ),
    callee("faults.stale_config_digest", "An attestation under an older configuration; the rules accept it.", &[]),
    callee("faults.stolen_attestation", "Another payload under the genuine attestation.", &[COLLUDE]),
    callee("faults.surplus_signature", "An attestation with a bad signature behind enough good ones.", &[]),
    callee(
        "faults.tampered_fields",
        "The right payload and attestation, with a change that the signatures do not cover.",
        &[key(
            "field",
            &Choice::<ResponseField>::NEW,
            Preset::Value("\"type_url\""),
            "What is changed: type_url, value (the map gets an entry) or capdon_n.",
        )],
    ),
    callee(
        "faults.tampered_metering",
        "The right payload and attestation, with another cost.",
        &[key(
            "field",
            &Choice::<MeteringField>::NEW,
            Preset::Value("\"gas\""),
            "What is changed: gas, which the signatures do not cover, or value, which they do.",
        )],
    ),
    callee("faults.too_few_signatures", "An attestation that lacks one signature.", &[]),
    callee("faults.truncated_response", "A response that lacks its last byte.", &[]),
    callee("faults.truncated_signature", "An attestation with one signature that lacks its last byte.", &[]),
    callee("faults.undecodable", "Random bytes in place of every answer.", &[]),
    callee("faults.wrong_payload", "Another payload, without attestation.", &[COLLUDE]),
    callee("faults.wrong_v_signature", "An attestation with one signature of the other parity.", &[]),
    callee("faults.zero_r_signature", "An attestation with one signature whose r is zero.", &[]),
    callee("faults.zero_s_signature", "An attestation with one signature whose s is zero.", &[]),
];
