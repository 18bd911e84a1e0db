//! Nodes that are asked: requests get lost, a node executes when enough callers' requests arrive, and answers a caller whose
//! own one did.

use super::assumptions::Times;
use super::binomial::{at_least, binomial};

/// Fate of one node, each node for itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Asking {
    /// The probability that it executes and has the caller's own request.
    pub(super) answers: f64,
    /// The probability that it executes without that.
    pub(super) executes_only: f64,
    /// Nodes that must execute for a report.
    pub(super) quorum: usize,
}

impl Asking {
    pub(super) fn new(times: &Times, quorum: usize) -> Self {
        let arrives = 1.0 - times.request.loss;
        let others = times.callers - 1;
        Self {
            answers: arrives * at_least(others, arrives, times.needed - 1),
            executes_only: (1.0 - arrives) * at_least(others, arrives, times.needed),
            quorum,
        }
    }

    /// For every number of nodes the probability that so many of `nodes` answer, and that there is a report; `others`
    /// may execute, too, but what they answer does not matter.
    pub(super) fn answering(&self, nodes: usize, others: usize) -> Vec<f64> {
        let executes = (self.answers + self.executes_only).min(1.0);
        let others = binomial(others, executes);
        let enough: Vec<f64> = (0..=self.quorum).map(|missing| others.iter().skip(missing).sum()).collect();
        let only = if self.answers < 1.0 { (self.executes_only / (1.0 - self.answers)).min(1.0) } else { 0.0 };
        let report = |answering: usize| -> f64 {
            let executing = binomial(nodes - answering, only).into_iter().zip(answering..);
            executing.map(|(p, executing)| p * enough[self.quorum.saturating_sub(executing)]).sum()
        };
        (0..).zip(binomial(nodes, self.answers)).map(|(j, p)| if p > 0.0 { p * report(j) } else { 0.0 }).collect()
    }

    /// The probability that so many nodes suffice for a report.
    pub(super) fn reports(&self, nodes: usize) -> f64 {
        at_least(nodes, (self.answers + self.executes_only).min(1.0), self.quorum)
    }
}
