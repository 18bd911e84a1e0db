//! Rule sets of the workflow nodes: one, or how many nodes have which.

use super::choice::Choice;
use super::count::{Count, MAX_NODES};
use super::parameter::{Parameter, inline_table};
use super::prelude::*;
use crate::aggregator::RuleSet;
use crate::sim::RuleSets;

#[derive(Debug)]
pub(in super::super) struct NodeRules;

/// The one of all nodes.
const NAME: Choice = Choice(&RuleSet::NAMES);

/// Numbers of nodes, in the order of the rule sets.
const COUNTS: [Parameter; RuleSet::ALL.len()] = {
    let nodes: &dyn Kind = &Count { min: 0, max: MAX_NODES };
    let mut counts = [Parameter { name: "", kind: nodes, default: Some("0") }; RuleSet::ALL.len()];
    let mut at = 0;
    while at < counts.len() {
        counts[at].name = RuleSet::NAMES[at];
        at += 1;
    }
    counts
};

impl Kind for NodeRules {
    fn about(&self) -> About {
        let About { words, schema, .. } = NAME.about();
        let counts = inline_table(None, "So many workflow nodes have each of these, all together.", &COUNTS);
        let words = format!("{words}, or numbers of workflow nodes: `{{ attested = 3, hardened = 1 }}`");
        About::new("rule_sets", words, "{ attested = 3, hardened = 1 }", json!({ "oneOf": [schema, counts] }))
    }

    fn read(&self, lowering: &mut Lowering<'_>, key: &str, node: &Node) -> Option<Value> {
        let Raw::Table(entries) = &node.raw else {
            // As axes show it: conditions cannot write a table.
            if let Raw::Text(text) = &node.raw
                && let Some(mixture) = RuleSets::mixture(text)
            {
                return Some(Arc::new(mixture));
            }
            let name = NAME.read(lowering, key, node)?;
            let rule_set = RuleSet::named(<&str>::from_value(Some(&*name)))?;
            return Some(Arc::new(RuleSets::One(rule_set)));
        };
        let entries: Vec<_> = entries.iter().collect();
        let mut counts = [0; RuleSet::ALL.len()];
        for (count, value) in counts.iter_mut().zip(lowering.parameters(key, node, &entries, &COUNTS)?) {
            *count = u32::from_value(Some(&*value));
        }
        Some(Arc::new(RuleSets::Mixed(counts)))
    }
}

impl Meaning for RuleSets {
    fn axis_value(&self) -> AxisValue {
        AxisValue::word(self.to_string())
    }

    fn print(&self, _: FileNames) -> String {
        match self {
            Self::One(rule_set) => quote(rule_set.name()),
            Self::Mixed(counts) => {
                let some = RuleSet::NAMES.iter().zip(counts).filter(|(_, count)| **count > 0);
                let entries: Vec<_> = some.map(|(name, count)| format!("{name} = {count}")).collect();
                format!("{{ {} }}", entries.join(", "))
            }
        }
    }
}

impl FromValue for RuleSets {
    fn from_value(value: Option<&dyn Meaning>) -> Self {
        downcast(value).copied().unwrap_or(Self::One(RuleSet::BASELINE))
    }
}
