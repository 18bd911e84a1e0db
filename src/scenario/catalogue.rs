//! The tables of faults in a scenario: the keys that all have, and those that each fault's file defines.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::kinds::{self, Choice, Count, DISTRIBUTION, Faulty, Flag, Kind, SIZE, TIME, Text};
use super::schema::Preset::{Open, Required, Value};
use super::schema::{END, Key, START, Section, UP_TO_ALL, key, part, row};
use crate::sim::{Definition, FAULTS, Parameter, ParameterKind, Side};

/// A kind of fault: its table in scenarios.
#[derive(Debug)]
pub struct FaultDescription {
    /// Its name: a scenario has it as `[[faults.<name>]]`.
    pub name: &'static str,
    /// Whose nodes have it.
    pub side: Side,
    /// What they do, in one line.
    pub meaning: &'static str,
    /// The keys that it shares with other faults of its side.
    pub common: &'static [Key],
    /// Those of its own.
    pub own: Vec<Key>,
}

/// Made once and kept for good.
static CATALOGUE: LazyLock<Vec<FaultDescription>> =
    LazyLock::new(|| FAULTS.iter().map(|fault| FaultDescription::of(fault)).collect());

/// Every kind of fault, in the order of their names.
#[must_use]
pub fn fault_catalogue() -> &'static [FaultDescription] {
    &CATALOGUE
}

fn own_key(parameter: &Parameter) -> Key {
    let preset = parameter.default.map_or(Required, Value);
    let kind: &dyn Kind = match parameter.kind {
        ParameterKind::Count { min, max } => Box::leak(Box::new(Count { min, max })),
        ParameterKind::Time => &TIME,
        ParameterKind::Distribution => &DISTRIBUTION,
        ParameterKind::Flag => &Flag,
        ParameterKind::Text => &Text { may_be_empty: false },
        ParameterKind::Size => &SIZE,
        ParameterKind::Word(words) => Box::leak(Box::new(Choice(words))),
    };
    Key { example: parameter.example, ..key(parameter.name, kind, preset, parameter.meaning) }
}

/// The keys that faults of a side share; a fault may [lack](FaultDescription::lacks) some.
#[must_use]
pub const fn common_fault_keys(side: Side) -> &'static [Key] {
    match side {
        Side::Capability => COMMON,
        Side::Workflow => COMMON_CALLER,
    }
}

impl FaultDescription {
    /// Says which of the common keys it does not have, behind its meaning; empty when it has all.
    #[must_use]
    pub fn lacks(&self) -> String {
        let lacks =
            common_fault_keys(self.side).iter().filter(|key| self.common.iter().all(|own| own.name != key.name));
        let lacks: Vec<_> = lacks.map(|key| format!("`{}`", key.name)).collect();
        if lacks.is_empty() { String::new() } else { format!(" Has no {}.", lacks.join(" and no ")) }
    }

    fn of(fault: &Definition) -> Self {
        let &Definition { name, side, meaning, .. } = fault;
        let common = if fault.is_outage { COMMON_OUTAGE } else { common_fault_keys(side) };
        Self { name, side, meaning, common, own: fault.parameters.iter().map(own_key).collect() }
    }

    /// Its table in the schema.
    pub(super) fn section(&self) -> Section {
        let keys = [self.common, &self.own].concat();
        let path = format!("faults.{}", self.name).leak();
        Section { path, meaning: self.meaning, list: true, sweepable: true, keys: Cow::Owned(keys) }
    }
}

const NODES: Key = row!(nodes: &Faulty, Required, "How many capability nodes do it.",
    such_as "2", axis "Nodes with the fault “{}”",
    parts &[("each", part("Probability that a node is faulty", "", "as nodes get faulty more often"))]);
const CALLERS: Key = row!(nodes: UP_TO_ALL, Required, "How many workflow nodes do it.",
    such_as "1", axis "Nodes with the fault “{}”");
const HOLDERS: Key = row!(holders: UP_TO_ALL, Open("any of them may be"), "How many of these nodes hold the payload.",
    such_as "1", axis "Holders with the fault “{}”");
const PROBABILITY: Key =
    row!(probability: &kinds::PROBABILITY, Value("1"), "How likely they do it each time.", such_as "0.5");
const TARGETS: Key = row!(targets: UP_TO_ALL, Open("all of them"),
    "To how many workflow nodes each of them does it; drawn once a replicate.", such_as "1");
const CALLEE_TARGETS: Key = row!(targets: UP_TO_ALL, Open("all of them"),
    "To how many capability nodes each of them does it; drawn once a replicate.", such_as "1");
const OVERLAP: Key = row!(overlap: &Flag, Value("false"),
    "Whether it may take nodes that other faults have too; a node's faults act in the order of their names.");

/// Keys of the faults of capability nodes.
const COMMON: &[Key] = &[NODES, HOLDERS, START, END, PROBABILITY, TARGETS, OVERLAP];
/// The same for being down: towards everybody, all the time.
const COMMON_OUTAGE: &[Key] = &[NODES, HOLDERS, START, END, OVERLAP];
/// Keys of the faults of workflow nodes.
const COMMON_CALLER: &[Key] = &[CALLERS, START, END, PROBABILITY, CALLEE_TARGETS];
