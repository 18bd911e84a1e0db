//! Which replicate to look at when a verdict is bad.

use crate::sim::{Outcome, Replicate};

/// The first replicates of a cell in which something is to be seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Witnesses {
    /// A wrong response was accepted, or honest workflow nodes disagree.
    pub unsafe_replicate: Option<u64>,
    /// By [`Outcome::ALL`]: some request ended like this at some honest node.
    with: [Option<u64>; Outcome::ALL.len()],
    /// By [`Outcome::ALL`]: some request did not.
    without: [Option<u64>; Outcome::ALL.len()],
}

impl Witnesses {
    /// Looks at a replicate; they come in their order.
    pub(super) fn look(&mut self, number: u64, replicate: &Replicate) {
        for row in replicate.rows.iter().filter(|row| row.outcome != Outcome::Byzantine) {
            if row.outcome == Outcome::AcceptedWrong || row.disagreement {
                self.unsafe_replicate.get_or_insert(number);
            }
            for (at, outcome) in Outcome::ALL.into_iter().enumerate() {
                let firsts = if row.outcome == outcome { &mut self.with } else { &mut self.without };
                firsts[at].get_or_insert(number);
            }
        }
    }

    /// The first replicate in which some request ended like `outcome`, or, unless `is_there`, in which some did not.
    #[must_use]
    pub fn of(&self, outcome: Outcome, is_there: bool) -> Option<u64> {
        let at = Outcome::ALL.into_iter().position(|other| other == outcome)?;
        if is_there { self.with[at] } else { self.without[at] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Span;
    use crate::sim::Row;

    fn replicate(outcomes: &[Outcome]) -> Replicate {
        let row = |(node, outcome): (u32, &Outcome)| Row {
            request: 0,
            workflow_node: node,
            outcome: *outcome,
            latency: Some(Span::ZERO),
            error: String::new(),
            served: true,
            disagreement: false,
            doomed: None,
            judgement: crate::sim::Judgement::Depended,
            bytes: crate::sim::Bytes::default(),
            signatures_verified: 0,
        };
        Replicate { rows: (0..).zip(outcomes).map(row).collect(), faults: Vec::new() }
    }

    #[test]
    fn the_first_of_each_kind_is_kept() {
        let mut witnesses = Witnesses::default();
        witnesses.look(0, &replicate(&[Outcome::Accepted, Outcome::Byzantine]));
        witnesses.look(1, &replicate(&[Outcome::Accepted, Outcome::Expired]));
        witnesses.look(2, &replicate(&[Outcome::Failed, Outcome::AcceptedWrong]));
        assert_eq!(witnesses.of(Outcome::Accepted, true), Some(0));
        assert_eq!(witnesses.of(Outcome::Accepted, false), Some(1));
        assert_eq!(witnesses.of(Outcome::Failed, true), Some(2));
        assert_eq!(witnesses.of(Outcome::Crashed, true), None);
        assert_eq!(witnesses.unsafe_replicate, Some(2));
    }
}
