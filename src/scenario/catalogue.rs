//! The tables of faults in a scenario: the keys that all have, and those that each fault's file defines.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::kinds::{self, Count, DISTRIBUTION, Flag, Kind, SIZE, TIME, Text, Word};
use super::schema::{END, Key, Preset, START, Section, UP_TO_ALL, key};
use crate::sim::{Definition, FAULTS, Parameter, ParameterKind, Side};

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

/// Every kind of fault, in the order of their names.
#[must_use]
pub fn fault_catalogue() -> Vec<FaultDescription> {
    FAULT_TABLES.iter().map(FaultTable::description).collect()
}

/// The table of one kind of fault.
#[derive(Debug)]
pub(super) struct FaultTable {
    fault: &'static Definition,
    /// The dotted name of its table.
    path: &'static str,
    own: Vec<Key>,
}

/// The tables of all faults. What they are made of is made once and kept for good.
pub(super) static FAULT_TABLES: LazyLock<Vec<FaultTable>> = LazyLock::new(|| {
    let table = |fault: &'static Definition| FaultTable {
        fault,
        path: format!("faults.{}", fault.name).leak(),
        own: fault.parameters.iter().map(own_key).collect(),
    };
    FAULTS.iter().copied().map(table).collect()
});

fn own_key(parameter: &Parameter) -> Key {
    let preset = parameter.default.map_or(Preset::Required, Preset::Value);
    let kind: &dyn Kind = match parameter.kind {
        ParameterKind::Count { min, max } => Box::leak(Box::new(Count { min, max })),
        ParameterKind::Time => &TIME,
        ParameterKind::Distribution => &DISTRIBUTION,
        ParameterKind::Flag => &Flag,
        ParameterKind::Text => &Text { may_be_empty: false },
        ParameterKind::Size => &SIZE,
        ParameterKind::Word(words) => Box::leak(Box::new(Word(words))),
    };
    Key { example: parameter.example, ..key(parameter.name, kind, preset, parameter.meaning) }
}

impl FaultTable {
    /// Its table in the schema.
    pub fn section(&self) -> Section {
        let keys = [self.common(), &self.own].concat();
        Section { path: self.path, meaning: self.fault.meaning, list: true, sweepable: true, keys: Cow::Owned(keys) }
    }

    /// Keys that it shares with others.
    const fn common(&self) -> &'static [Key] {
        match self.fault.side {
            Side::Workflow => COMMON_CALLER,
            Side::Capability if self.fault.is_outage => COMMON_OUTAGE,
            Side::Capability => COMMON,
        }
    }

    fn description(&self) -> FaultDescription {
        let describe = |keys: &[Key]| keys.iter().map(KeyDescription::of).collect();
        FaultDescription {
            name: self.fault.name,
            side: self.fault.side,
            meaning: self.fault.meaning,
            common: describe(self.common()),
            own: describe(&self.own),
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
