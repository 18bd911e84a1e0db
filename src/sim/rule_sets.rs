//! Rule sets of the workflow nodes: one for all of them, or, while a new one is rolled out, several at once.

use std::fmt;
use std::ops::Range;

use crate::aggregator::{Attestation, RuleSet};

/// Rule sets of the workflow nodes.
///
/// ```
/// use donsim::aggregator::RuleSet;
/// use donsim::scenario::Scenario;
/// use donsim::sim::RuleSets;
///
/// let text =
///     "schema = 1\naggregator.rule_set = { attested = 3, hardened = 1 }\nworkflow_don = { nodes = 4, f = 1 }\n";
/// let setup = Scenario::parse("mine.toml".as_ref(), text.to_owned(), &[])?.cell(0).setup;
/// assert_eq!(setup.aggregator.rule_set.to_string(), "attested(3)+hardened(1)");
/// assert_eq!(
///     (setup.aggregator.rule_set.of(2), setup.aggregator.rule_set.of(3)),
///     (RuleSet::Attested, RuleSet::Hardened)
/// );
/// assert_eq!(RuleSets::from(RuleSet::Identical).of(99), RuleSet::Identical);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleSets {
    /// The same at every node.
    One(RuleSet),
    /// So many nodes with each, by its place in [`RuleSet::ALL`]: the first nodes have the first.
    Mixed([u32; RuleSet::ALL.len()]),
}

impl RuleSets {
    /// The mixture that is [displayed](fmt::Display) so.
    pub(crate) fn mixture(text: &str) -> Option<Self> {
        let mut counts = [0; RuleSet::ALL.len()];
        for group in text.split('+') {
            let (name, count) = group.strip_suffix(')')?.split_once('(')?;
            let at = RuleSet::NAMES.iter().position(|known| *known == name)?;
            counts[at] = u32::from(count.parse::<u16>().ok()?);
        }
        Some(Self::Mixed(counts)).filter(|mixture| mixture.to_string() == text)
    }

    /// Rule set of a workflow node.
    #[must_use]
    pub fn of(&self, node: u32) -> RuleSet {
        match self {
            Self::One(rule_set) => *rule_set,
            Self::Mixed(_) => {
                let found = self.groups().find(|(_, nodes)| nodes.contains(&node));
                // A setup is checked before it is simulated: every node is in a group.
                found.map_or(RuleSet::BASELINE, |(rule_set, _)| rule_set)
            }
        }
    }

    /// Whether it is for the nodes to differ.
    pub(crate) const fn is_mixed(&self) -> bool {
        matches!(self, Self::Mixed(_))
    }

    /// Whether a workflow node takes nothing from an attested response that its signers have not signed.
    pub(super) fn takes_signed_only(&self, node: u32) -> bool {
        self.of(node).definition().attestation == Attestation::Signers
    }

    /// Rule sets of a mixture that nodes have, and which nodes.
    fn groups(&self) -> impl Iterator<Item = (RuleSet, Range<u32>)> {
        let counts = match self {
            Self::One(_) => [0; RuleSet::ALL.len()],
            Self::Mixed(counts) => *counts,
        };
        let mut first = 0;
        let group = move |(rule_set, count): (RuleSet, u32)| {
            let nodes = first..first + count;
            first = nodes.end;
            (rule_set, nodes)
        };
        RuleSet::ALL.into_iter().zip(counts).map(group).filter(|(_, nodes)| !nodes.is_empty())
    }
}

impl From<RuleSet> for RuleSets {
    fn from(rule_set: RuleSet) -> Self {
        Self::One(rule_set)
    }
}

impl fmt::Display for RuleSets {
    /// `attested`, `attested(3)+hardened(1)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(rule_set) => f.write_str(rule_set.name()),
            Self::Mixed(_) => {
                let names = self.groups().map(|(rule_set, nodes)| format!("{}({})", rule_set.name(), nodes.len()));
                f.write_str(&names.collect::<Vec<_>>().join("+"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_have_the_rule_sets_in_their_order() {
        let mixed = RuleSets::Mixed([1, 0, 2, 0, 1]);
        let names: Vec<_> = (0..4).map(|node| mixed.of(node).name()).collect();
        assert_eq!(names, ["identical", "attested", "attested", "hardened"]);
        assert_eq!(mixed.to_string(), "identical(1)+attested(2)+hardened(1)");
        assert_eq!(RuleSets::mixture(&mixed.to_string()), Some(mixed));
        for wrong in
            ["", "attested", "attested(2)+", "attested(0)", "hardened(1)+attested(1)", "attested(-1)", "fast(1)"]
        {
            assert_eq!(RuleSets::mixture(wrong), None, "{wrong}");
        }
        let signed: Vec<_> = (0..4).map(|node| mixed.takes_signed_only(node)).collect();
        assert_eq!(signed, [false, false, false, true]);
        let one = RuleSets::from(RuleSet::Hardened);
        assert_eq!(
            (one.of(0), one.of(999), one.to_string()),
            (RuleSet::Hardened, RuleSet::Hardened, "hardened".into())
        );
        assert!(mixed.is_mixed() && !one.is_mixed());
    }
}
