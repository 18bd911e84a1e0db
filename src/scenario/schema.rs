//! Every table and key of a scenario file: the one list that reading, defaults, sweeps and `resolved.toml` go by. The
//! tables of faults stand in `catalogue`.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::catalogue::{FAULTS, FaultTable};

/// What a key's value has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A whole number between bounds.
    Count { min: u64, max: u64 },
    /// From 0 to 1.
    Probability,
    /// From 0.5 to below 1.
    Confidence,
    /// A positive number.
    Exponent,
    /// `true` or `false`.
    Flag,
    /// Any text.
    Text,
    /// A text that says something.
    NonEmptyText,
    /// A name that can be a folder's.
    Name,
    /// A duration; `positive` refuses zero.
    Duration { positive: bool },
    /// A size up to a limit in bytes.
    Size { max: u64 },
    /// A bandwidth above zero.
    Bandwidth,
    /// A distribution of durations.
    Distribution,
    /// The same, where a plain duration stands for "uniform between zero and it".
    Skew,
    /// A distribution or a region matrix.
    Latency,
    /// Who holds the payload.
    Holders,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Names of regions.
    Names,
    /// Node selectors.
    Nodes,
    /// A file beside the scenario.
    File,
}

/// What holds when a key is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Preset {
    /// Nothing: the key must be there.
    Required,
    /// This TOML value.
    Value(&'static str),
    /// What other keys say: the rule in words, and the dotted keys it reads.
    Derived(&'static str, &'static [&'static str]),
    /// No value at all, which means this.
    Open(&'static str),
}

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub name: &'static str,
    pub kind: Kind,
    pub preset: Preset,
    pub meaning: &'static str,
    /// A value, as TOML, that shows what can be written; `None` where the kind's own example does.
    pub example: Option<&'static str>,
}

impl Key {
    /// With an example of its own.
    pub const fn such_as(self, example: &'static str) -> Self {
        Self { example: Some(example), ..self }
    }
}

/// A table, or one kind of table array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Section {
    /// Its dotted name; empty for the top of the file.
    pub path: &'static str,
    /// What it is about, in one line.
    pub meaning: &'static str,
    /// Whether there may be any number of it (`[[…]]`).
    pub list: bool,
    /// Whether its keys may be swept.
    pub sweepable: bool,
    pub keys: Cow<'static, [Key]>,
}

impl Section {
    /// The dotted name of one of its keys.
    pub fn dotted(&self, key: &str) -> String {
        if self.path.is_empty() { key.into() } else { format!("{}.{key}", self.path) }
    }

    /// Where the key called `name` is in [`Section::keys`].
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.keys.iter().position(|key| key.name == name)
    }
}

/// The tables of what is expected; no result depends on them, so ids do not either.
pub(super) const EXPECT: &str = "expect";

/// The table of axes.
pub(super) const SWEEP: &str = "sweep";

/// The tables in `[sweep]` whose keys are those of other tables, each with an array of values or a range.
pub(super) const AXES: &[(&str, &str)] = &[
    ("zip", "Axes that advance together, all of one length; they are the slowest."),
    ("grid", "Axes of which every combination is a cell; the last one is the fastest."),
];

/// The parameters of a range, which stands for the list of its values.
pub(super) const RANGE: &[(&str, &str)] = &[
    ("from", "The first value."),
    ("to", "The last value; with a step, unless the steps miss it."),
    ("step", "The distance of two values; this or `points`."),
    (
        "points",
        "How many values there are, ends included. What does not come out even has three significant digits; counts are \
         whole, and equal ones are one.",
    ),
    ("scale", "With `points`: \"linear\" (the default), or \"log\" for equal ratios."),
];

/// The names of [`RuleSet`](crate::aggregator::RuleSet).
const RULE_SETS: &[&str] = &["identical", "attested_strict", "attested", "attested_early_fail"];

/// Nodes in one DON.
pub(super) const MAX_NODES: u64 = 1_000;

const NODES: Kind = Kind::Count { min: 1, max: MAX_NODES };
pub(super) const UP_TO_ALL: Kind = Kind::Count { min: 0, max: MAX_NODES };
pub(super) const ANY_SIZE: Kind = Kind::Size { max: 16 << 20 };
pub(super) const TIME: Kind = Kind::Duration { positive: false };
const BOUND_RULE: &str = "the largest that the nodes can bear, floor((nodes - 1) / 3)";

pub(super) const fn key(name: &'static str, kind: Kind, preset: Preset, meaning: &'static str) -> Key {
    Key { name, kind, preset, meaning, example: None }
}

pub(super) const START: Key = key("start", TIME, Preset::Value("\"0s\""), "When it begins.").such_as("\"1s\"");
pub(super) const END: Key =
    key("end", TIME, Preset::Open("it never ends"), "When it is over; the instant itself is outside.")
        .such_as("\"5s\"");

const fn list(path: &'static str, meaning: &'static str, keys: &'static [Key]) -> Section {
    Section { path, meaning, list: true, sweepable: true, keys: Cow::Borrowed(keys) }
}

const fn table(path: &'static str, meaning: &'static str, keys: &'static [Key]) -> Section {
    Section { path, meaning, list: false, sweepable: true, keys: Cow::Borrowed(keys) }
}

/// A table that is the same in every cell.
const fn fixed(path: &'static str, meaning: &'static str, keys: &'static [Key]) -> Section {
    Section { path, meaning, list: false, sweepable: false, keys: Cow::Borrowed(keys) }
}

/// All tables, in the order of `resolved.toml`.
pub(super) static SECTIONS: LazyLock<Vec<Section>> = LazyLock::new(|| {
    let faults = FAULTS.iter().map(FaultTable::section);
    TABLES.iter().cloned().chain(faults).chain([SAFETY, EXPECTATIONS, SWEEP_TABLE]).collect()
});

/// The tables before the faults.
static TABLES: &[Section] = &[
    fixed(
        "",
        "What the file is.",
        &[
            key("schema", Kind::Count { min: 1, max: 1 }, Preset::Required, "Version of this file format.")
                .such_as("1"),
            key("name", Kind::Name, Preset::Derived("the file's name", &[]), "Name of the results folder.")
                .such_as("\"my-scenario\""),
            key("description", Kind::Text, Preset::Value("\"\""), "What the scenario shows; for readers only.")
                .such_as("\"Lost answers under two rule sets\""),
        ],
    ),
    fixed(
        "run",
        "How much is simulated.",
        &[
            key("seed", Kind::Count { min: 0, max: i64::MAX as u64 }, Preset::Value("1"), "Seed of all random draws.")
                .such_as("7"),
            key(
                "replicates",
                Kind::Count { min: 1, max: 1_000_000_000 },
                Preset::Value("1000"),
                "Seeded worlds for every cell.",
            )
            .such_as("3000"),
        ],
    ),
    table(
        "capability_don",
        "The nodes that execute a request and answer it.",
        &[
            key("nodes", NODES, Preset::Value("16"), "N, the nodes that execute and answer.").such_as("31"),
            key(
                "f",
                UP_TO_ALL,
                Preset::Derived(BOUND_RULE, &["capability_don.nodes"]),
                "F, how many may be Byzantine.",
            )
            .such_as("5"),
            key(
                "payload_holders",
                Kind::Holders,
                Preset::Value("\"f+1\""),
                "Who holds the payload: \"f+1\", \"all\", a number, or { agree = probability a node }.",
            ),
            key(
                "execution",
                Kind::Distribution,
                Preset::Value("{ dist = \"lognormal\", p50 = \"180ms\", p99 = \"900ms\" }"),
                "Time from the start of the execution to a node's own observation.",
            )
            .such_as("{ dist = \"exponential\", mean = \"300ms\" }"),
            key(
                "ocr",
                Kind::Distribution,
                Preset::Value("\"1.5s\""),
                "Time from a Byzantine quorum of observations to the attested report.",
            ),
            key("regions", Kind::Names, Preset::Value("[]"), "Regions of the nodes, in turn; for a region matrix.")
                .such_as("[\"frankfurt\", \"london\", \"tokyo\"]"),
            key("allow_infeasible", Kind::Flag, Preset::Value("false"), "Whether N < 3F + 1 is meant."),
        ],
    ),
    table(
        "workflow_don",
        "The nodes that ask; each aggregates the answers for itself.",
        &[
            key("nodes", NODES, Preset::Value("4"), "M, the nodes that ask and aggregate.").such_as("7"),
            key(
                "f",
                UP_TO_ALL,
                Preset::Derived(BOUND_RULE, &["workflow_don.nodes"]),
                "F_w, how many may be Byzantine.",
            )
            .such_as("0"),
            key(
                "start_skew",
                Kind::Skew,
                Preset::Value("\"50ms\""),
                "How much later than the request itself a node starts it: a distribution, or the most of a uniform one.",
            ),
            key(
                "needed",
                NODES,
                Preset::Derived("2 * f + 1, at most all nodes", &["workflow_don.f", "workflow_don.nodes"]),
                "How many nodes must accept a request for it to be served.",
            )
            .such_as("4"),
            key("regions", Kind::Names, Preset::Value("[]"), "Regions of the nodes, in turn; for a region matrix.")
                .such_as("[\"dallas\", \"tokyo\"]"),
            key("allow_infeasible", Kind::Flag, Preset::Value("false"), "Whether M < 3F_w + 1 is meant."),
        ],
    ),
    table(
        "aggregator",
        "How a workflow node decides.",
        &[
            key("rule_set", Kind::Choice(RULE_SETS), Preset::Value("\"attested\""), "The rules that decide.")
                .such_as("\"identical\""),
            key(
                "timeout",
                Kind::Duration { positive: true },
                Preset::Value("\"10s\""),
                "Time-out of a request, for both sides.",
            )
            .such_as("\"1min\""),
            key(
                "min_responses",
                UP_TO_ALL,
                Preset::Value("0"),
                "Confirmations that a decision needs: 0 for F + 1, otherwise F + 1 to N.",
            )
            .such_as("7"),
        ],
    ),
    table(
        "request",
        "What is asked, and how.",
        &[
            key("payload_size", ANY_SIZE, Preset::Value("\"1KiB\""), "Size of the answer's payload."),
            key("call_size", ANY_SIZE, Preset::Value("\"256B\""), "Size of the request's own payload.")
                .such_as("\"1KiB\""),
            key("count", Kind::Count { min: 1, max: 10_000 }, Preset::Value("1"), "Requests in a replicate.")
                .such_as("10"),
            key("arrival", Kind::Distribution, Preset::Value("\"0s\""), "Time from one request to the next.")
                .such_as("{ dist = \"exponential\", mean = \"2s\" }"),
            key(
                "schedule",
                Kind::Choice(&["all_at_once", "one_at_a_time"]),
                Preset::Value("\"all_at_once\""),
                "In which order capability nodes are asked.",
            ),
            key("delta_stage", TIME, Preset::Value("\"2s\""), "Delay between the stages of one_at_a_time.")
                .such_as("\"500ms\""),
        ],
    ),
    table(
        "network",
        "Links between the two DONs, both directions.",
        &[
            key(
                "latency",
                Kind::Latency,
                Preset::Value("{ dist = \"lognormal\", p50 = \"40ms\", p99 = \"180ms\" }"),
                "One-way latency of both directions.",
            )
            .such_as("\"40ms\""),
            key("loss", Kind::Probability, Preset::Value("0"), "Probability that a message is lost.").such_as("0.01"),
            key("duplication", Kind::Probability, Preset::Value("0"), "Probability that a message arrives twice.")
                .such_as("0.001"),
            key("bandwidth", Kind::Bandwidth, Preset::Open("no limit"), "Bandwidth of every node, up and down."),
            key(
                "uplink",
                Kind::Bandwidth,
                Preset::Derived("network.bandwidth", &["network.bandwidth"]),
                "Bandwidth out of a node.",
            )
            .such_as("\"20Mbit/s\""),
            key(
                "downlink",
                Kind::Bandwidth,
                Preset::Derived("network.bandwidth", &["network.bandwidth"]),
                "Bandwidth into a node.",
            )
            .such_as("\"50Mbit/s\""),
            key(
                "ties",
                Kind::Choice(&["random", "adversarial"]),
                Preset::Value("\"random\""),
                "Order of events of one instant: by chance, or against the caller.",
            ),
            key("frame", ANY_SIZE, Preset::Value("\"37B\""), "What the transport adds to every message.")
                .such_as("\"0B\""),
        ],
    ),
    table("network.request", "Links from workflow to capability nodes, where they differ from `[network]`.", DIRECTION),
    table(
        "network.response",
        "Links from capability to workflow nodes, where they differ from `[network]`.",
        DIRECTION,
    ),
    list(
        "network.partitions",
        "Nodes that are cut off from all others for a while.",
        &[
            key("nodes", Kind::Nodes, Preset::Required, "The nodes that are cut off from all others.")
                .such_as("[\"workflow.0\", \"capability.0-4\"]"),
            START,
            END,
        ],
    ),
    list(
        "network.cuts",
        "Links that are cut one way for a while.",
        &[
            key("from", Kind::Nodes, Preset::Required, "Senders.").such_as("[\"capability\"]"),
            key("to", Kind::Nodes, Preset::Required, "Receivers.").such_as("[\"workflow.1\"]"),
            START,
            END,
        ],
    ),
];

/// The table after them.
const SAFETY: Section = fixed(
    "safety",
    "What is expected of safety.",
    &[key(
        "expect",
        Kind::Choice(&["holds", "violated"]),
        Preset::Value("\"holds\""),
        "Whether no wrong response is accepted, or one must be because the scenario shows a weakness.",
    )],
);

/// What a run is judged by.
const EXPECTATIONS: Section = Section {
    path: EXPECT,
    meaning: "What the results have to show; any number of them.",
    list: true,
    sweepable: false,
    keys: Cow::Borrowed(&[
        key(
            "that",
            Kind::NonEmptyText,
            Preset::Required,
            "A comparison: accepted >= 0.999, p99 <= 2s, accepted[attested] - accepted[identical] >= 0.3.",
        )
        .such_as("\"accepted >= 99.9%\""),
        key("where", Kind::NonEmptyText, Preset::Open("every cell"), "A condition on a cell's keys, as in [sweep].")
            .such_as("\"network.loss <= 0.05\""),
        key("confidence", Kind::Confidence, Preset::Value("0.95"), "How certain a verdict has to be."),
    ]),
};

/// What is swept, but for the axes themselves: [`AXES`] in tables of their own.
const SWEEP_TABLE: Section = fixed(
    SWEEP,
    "Which cells there are.",
    &[
        key(
            "where",
            Kind::NonEmptyText,
            Preset::Open("every combination is a cell"),
            "Which combinations are cells: comparisons of any keys, with arithmetic, `and`, `or` and `not`.",
        )
        .such_as("\"capability_don.nodes >= 3 * capability_don.f + 1\""),
        key(
            "select",
            Kind::NonEmptyText,
            Preset::Open("every cell"),
            "Which of the cells are simulated, as by --filter; what is expected of others is not judged.",
        )
        .such_as("\"network.loss < 0.5\""),
    ],
);

const DIRECTION: &[Key] = &[
    key("latency", Kind::Latency, Preset::Derived("network.latency", &["network.latency"]), "Latency this way.")
        .such_as("{ dist = \"regions\", file = \"data/rtt-ibm-cloud-2024-08.csv\" }"),
    key("loss", Kind::Probability, Preset::Derived("network.loss", &["network.loss"]), "Loss this way."),
    key(
        "duplication",
        Kind::Probability,
        Preset::Derived("network.duplication", &["network.duplication"]),
        "Duplication this way.",
    ),
];

/// Keys of `[network]` that do nothing but give others their default: two cells that differ in these alone are equal.
pub(super) const TEMPLATES: &[&str] = &["latency", "loss", "duplication", "bandwidth"];

/// The inline tables that a value may be: what `dist` names, and its parameters (`true`: required).
pub(super) const DISTRIBUTIONS: &[(&str, &[(&str, bool)])] = &[
    ("constant", &[("value", true)]),
    ("uniform", &[("min", true), ("max", true)]),
    ("exponential", &[("mean", true)]),
    ("lognormal", &[("p50", true), ("p99", true)]),
    ("pareto", &[("min", true), ("alpha", true)]),
    ("empirical", &[("file", true)]),
];

/// The distribution that only `latency` can be.
pub(super) const REGIONS: (&str, &[(&str, bool)]) = ("regions", &[("file", true), ("jitter", false)]);

/// The names of all parameters of inline tables.
pub(super) const PARAMETERS: &[&str] =
    &["value", "min", "max", "mean", "p50", "p99", "alpha", "agree", "jitter", "file"];

/// What a parameter of an inline table has to be.
pub(super) fn parameter(name: &str) -> Option<Kind> {
    Some(match name {
        "value" | "min" | "max" | "mean" | "p50" | "p99" => TIME,
        "alpha" => Kind::Exponent,
        "agree" => Kind::Probability,
        "jitter" => Kind::Distribution,
        "file" => Kind::File,
        _ => return None,
    })
}
