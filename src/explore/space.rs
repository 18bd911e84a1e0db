//! What attacks may be made of.

use crate::experiment::CellSummary;
use crate::scenario::{Metric, Table};
use crate::sim::{Definition, FAULTS, Parameter, ParameterKind, Setup, Side};

use super::Budget;
use super::attack::{Attack, number, set_nodes, side_of};
use super::dice::Dice;

/// The attacks on a cell.
pub(super) struct Space {
    faults: Vec<&'static Definition>,
    /// Faulty capability nodes at most.
    pub nodes: u32,
    callers: u32,
    /// `M`.
    workflow_nodes: u32,
    /// `N`.
    capability_nodes: u32,
    /// Moments and lengths of time at which something happens in the cell, as TOML.
    times: Vec<String>,
}

impl Space {
    /// The attacks of so many capability nodes on a cell of which `plain` is known.
    pub fn new(setup: &Setup, nodes: u32, budget: &Budget, plain: &CellSummary) -> Self {
        let may_be = |fault: &Definition| {
            let has_nodes = match fault.side {
                Side::Capability => nodes > 0 && (setup.capability_don.ocr.rounds().is_some() || !fault.is_in_rounds),
                Side::Workflow => budget.callers > 0,
            };
            has_nodes && budget.faults.contains(&fault.name)
        };
        let deadline = plain.deadline_ms as u64;
        let latency = |metric| plain.estimate(metric).and_then(|estimate| estimate.value).map(|ms| ms as u64);
        let [p50, p99] = [Metric::LatencyP50, Metric::LatencyP99].map(latency);
        let mut times: Vec<u64> =
            [p50.map(|ms| ms / 2), p50, p99, Some(deadline / 2), Some(deadline.saturating_sub(1))]
                .into_iter()
                .flatten()
                .collect();
        times.sort_unstable();
        times.dedup();
        Self {
            faults: FAULTS.iter().copied().filter(|fault| may_be(fault)).collect(),
            nodes,
            callers: budget.callers.min(setup.workflow_don.nodes),
            workflow_nodes: setup.workflow_don.nodes,
            capability_nodes: setup.capability_don.nodes,
            times: times.into_iter().map(|ms| format!("\"{ms}ms\"")).collect(),
        }
    }

    /// Every fault by itself on as many nodes as there may be, and on as many holders; each value of its parameters once.
    pub fn single_faults(&self) -> Vec<Attack> {
        let mut attacks = Vec::new();
        for fault in &self.faults {
            let plain = self.table(fault);
            let mut tables = vec![plain.clone()];
            for parameter in fault.parameters {
                for value in self.values(parameter) {
                    let mut table = plain.clone();
                    table.set(parameter.name, value);
                    tables.push(table);
                }
            }
            if fault.side == Side::Capability && !fault.is_in_rounds {
                let among_holders = |table: &Table| {
                    let mut table = table.clone();
                    table.set("holders", number(&table, "nodes").to_string());
                    table
                };
                tables.extend(tables.iter().map(among_holders).collect::<Vec<_>>());
            }
            tables.dedup();
            attacks.extend(tables.into_iter().map(|table| Attack { ground: 0, faults: vec![table] }));
        }
        attacks
    }

    /// An attack a few steps away from another.
    pub fn mutate(&self, attack: &Attack, grounds: usize, dice: &mut Dice) -> Attack {
        let mut next = attack.clone();
        for _ in 0..=dice.below(3) {
            match dice.below(7) {
                0 | 1 => self.add(&mut next, dice),
                2 if !next.faults.is_empty() => drop(next.faults.remove(dice.below(next.faults.len()))),
                3 => next.ground = dice.below(grounds),
                _ if next.faults.is_empty() => self.add(&mut next, dice),
                _ => {
                    let at = dice.below(next.faults.len());
                    self.change(&mut next.faults[at], dice);
                }
            }
        }
        next.fit(self.nodes, self.callers);
        next
    }

    /// Another fault, on the nodes that are left or on one that others give up.
    fn add(&self, attack: &mut Attack, dice: &mut Dice) {
        let Some(fault) = dice.pick(&self.faults) else { return };
        let mut table = self.table(fault);
        let all = number(&table, "nodes");
        let spare = all.saturating_sub(attack.nodes(fault.side)).max(1);
        set_nodes(&mut table, 1 + dice.below(spare as usize) as u32);
        for parameter in fault.parameters {
            if let Some(value) = dice.pick(&self.values(parameter)) {
                table.set(parameter.name, value.clone());
            }
        }
        attack.faults.insert(0, table);
    }

    /// Another value of one key of a fault, or the key's default.
    fn change(&self, table: &mut Table, dice: &mut Dice) {
        let nodes = number(table, "nodes");
        let Some(fault) = self.faults.iter().find(|fault| table.path == format!("faults.{}", fault.name)) else {
            return;
        };
        let audience = if fault.side == Side::Capability { self.workflow_nodes } else { self.capability_nodes };
        let mut keys: Vec<(&str, Vec<String>)> =
            fault.parameters.iter().map(|parameter| (parameter.name, self.values(parameter))).collect();
        keys.push(("nodes", (1..=self.most(fault.side)).map(|nodes| nodes.to_string()).collect()));
        keys.push(("start", self.times.clone()));
        keys.push(("end", self.times.clone()));
        if !fault.is_outage {
            keys.push(("probability", ["0.1", "0.5", "0.9"].map(Into::into).into()));
            keys.push(("targets", (1..=audience).map(|targets| targets.to_string()).collect()));
        }
        if fault.side == Side::Capability {
            keys.push(("holders", (0..=nodes).map(|holders| holders.to_string()).collect()));
        }
        let Some((key, values)) = dice.pick(&keys) else { return };
        let may_go = !matches!(*key, "nodes") && fault.parameters.iter().all(|parameter| parameter.name != *key);
        if may_go && dice.below(2) == 0 {
            table.remove(key);
        } else if let Some(value) = dice.pick(values) {
            table.set(key, value.clone());
        }
        let nodes = number(table, "nodes");
        set_nodes(table, nodes);
    }

    fn most(&self, side: Side) -> u32 {
        if side == Side::Capability { self.nodes } else { self.callers }
    }

    /// The table of a fault on as many nodes as there may be, with what it needs.
    fn table(&self, fault: &Definition) -> Table {
        let mut table = Table::of_list(format!("faults.{}", fault.name));
        set_nodes(&mut table, self.most(fault.side));
        for parameter in fault.parameters.iter().filter(|parameter| parameter.default.is_none()) {
            if let Some(value) = self.values(parameter).pop() {
                table.set(parameter.name, value);
            }
        }
        assert!(side_of(&table).is_some(), "{} is a fault", fault.name);
        table
    }

    /// Values that a parameter may take, as TOML.
    fn values(&self, parameter: &Parameter) -> Vec<String> {
        match parameter.kind {
            ParameterKind::Count { min, max } => {
                let most = max.min(100);
                let mut values = vec![min, (min + 1).min(most), most];
                values.dedup();
                values.into_iter().map(|value| value.to_string()).collect()
            }
            ParameterKind::Time | ParameterKind::Distribution => self.times.clone(),
            ParameterKind::Flag => ["true", "false"].map(Into::into).into(),
            ParameterKind::Word(words) => words.iter().map(|word| format!("{word:?}")).collect(),
            ParameterKind::Text | ParameterKind::Size => {
                parameter.default.or(parameter.example).map(Into::into).into_iter().collect()
            }
        }
    }
}
