//! Attacks: faults on some nodes, under one of the conditions that may vary.

use crate::scenario::{Outline, Table};
use crate::sim::{FAULTS, Side};

/// What an adversary does to a cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Attack {
    /// Number of the conditions.
    pub ground: usize,
    /// Tables of faults.
    pub faults: Vec<Table>,
}

impl Attack {
    /// The cell under attack, as a scenario.
    pub fn outline(&self, grounds: &[Outline]) -> Outline {
        let mut outline = grounds[self.ground].clone();
        outline.tables.extend(self.faults.iter().cloned());
        outline
    }

    /// Faulty nodes of a side.
    pub fn nodes(&self, side: Side) -> u32 {
        self.faults.iter().filter(|fault| side_of(fault) == Some(side)).map(|fault| number(fault, "nodes")).sum()
    }

    /// Gives up what goes beyond so many nodes of capability and workflow DON.
    pub fn fit(&mut self, capability: u32, workflow: u32) {
        let mut spare = [(Side::Capability, capability), (Side::Workflow, workflow)];
        self.faults.retain_mut(|fault| {
            let Some((_, spare)) = spare.iter_mut().find(|(side, _)| side_of(fault) == Some(*side)) else {
                return false;
            };
            let nodes = number(fault, "nodes").min(*spare);
            *spare -= nodes;
            set_nodes(fault, nodes);
            nodes > 0
        });
    }

    /// Names of its faults, each once, in their order.
    pub fn names(&self) -> Vec<&str> {
        names(&self.faults)
    }
}

/// Names of the faults among tables, each once, in their order.
pub(super) fn names(tables: &[Table]) -> Vec<&str> {
    let mut names: Vec<&str> = tables.iter().filter_map(name).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Name of the fault that a table is of.
pub(super) fn name(table: &Table) -> Option<&str> {
    table.path.strip_prefix("faults.")
}

pub(super) fn side_of(table: &Table) -> Option<Side> {
    let name = name(table)?;
    FAULTS.iter().find(|fault| fault.name == name).map(|fault| fault.side)
}

/// A count that a table gives; 0 without it.
pub(super) fn number(table: &Table, key: &str) -> u32 {
    table.get(key).and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// So many nodes, and at most as many holders among them.
pub(super) fn set_nodes(table: &mut Table, nodes: u32) {
    table.set("nodes", nodes.to_string());
    if table.get("holders").is_some() {
        table.set("holders", number(table, "holders").min(nodes).to_string());
    }
}

/// Faults in words: `2 x stolen_attestation (holders = 1)`.
pub(super) fn words(tables: &[Table]) -> String {
    let words = |table: &Table| {
        let others = table.keys.iter().filter(|(key, _)| key != "nodes");
        let others: Vec<String> = others.map(|(key, value)| format!("{key} = {}", value.replace('"', ""))).collect();
        let others = if others.is_empty() { String::new() } else { format!(" ({})", others.join(", ")) };
        Some(format!("{} x {}{others}", number(table, "nodes"), name(table)?))
    };
    let words: Vec<String> = tables.iter().filter_map(words).collect();
    if words.is_empty() { "no fault".to_owned() } else { words.join(", ") }
}
