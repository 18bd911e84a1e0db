//! Numbers of every replicate of the cells that are compared with other cells, kept until the last of those has come.

use std::collections::{BTreeMap, BTreeSet};

use crate::scenario::{Metric, Stat};
use crate::sim::{Replicate, Setup};
use crate::stats::{Mean, PairedDifference, PairedMean, Proportion};

use super::tally::{Amount, amount, is_hit, rows_a_replicate};

/// One number of every replicate of a cell, in their order; the largest number stands for a replicate that came to
/// nothing.
#[derive(Clone, Debug)]
pub(super) enum Series {
    /// How many rows, of so many in each replicate, are hits of a rate.
    Hits { rate: Metric, rows: u32, replicates: Vec<u32> },
    /// The sum of an amount.
    Sums { amount: Amount, replicates: Vec<u64> },
}

impl Series {
    /// An empty one of a rate or an amount; of another metric there is none.
    pub fn new(metric: Metric, setup: &Setup) -> Option<Self> {
        match metric.stat() {
            Stat::Rate => {
                Some(Self::Hits { rate: metric, rows: rows_a_replicate(setup, metric), replicates: Vec::new() })
            }
            _ => amount(metric).map(|amount| Self::Sums { amount, replicates: Vec::new() }),
        }
    }

    /// Adds the next replicate.
    pub fn add(&mut self, replicate: &Replicate) {
        match self {
            Self::Hits { rate, replicates, .. } => {
                replicates.push(replicate.rows.iter().filter(|row| is_hit(row, *rate)).count() as u32);
            }
            Self::Sums { amount, replicates } => replicates.push(replicate.rows.iter().map(*amount).sum()),
        }
    }

    /// The next replicate came to nothing.
    pub fn skip(&mut self) {
        match self {
            Self::Hits { replicates, .. } => replicates.push(u32::MAX),
            Self::Sums { replicates, .. } => replicates.push(u64::MAX),
        }
    }

    /// Two rates, and their difference, over the replicates that both have; `None` unless both are rates.
    pub fn rates_apart(&self, other: &Self) -> Option<(PairedDifference, [Proportion; 2])> {
        let (Self::Hits { rows: a, replicates: of, .. }, Self::Hits { rows: b, replicates: minus, .. }) = (self, other)
        else {
            return None;
        };
        let (mut difference, mut own) = (PairedDifference::new([*a, *b]), [Proportion::default(); 2]);
        for pair in both(of, minus, u32::MAX) {
            difference.record(pair);
            own[0].record(pair[0], *a);
            own[1].record(pair[1], *b);
        }
        Some((difference, own))
    }

    /// Two sums, and their difference, over the replicates that both have; `None` unless both are sums.
    pub fn sums_apart(&self, other: &Self) -> Option<(PairedMean, [Mean; 2])> {
        let (Self::Sums { replicates: of, .. }, Self::Sums { replicates: minus, .. }) = (self, other) else {
            return None;
        };
        let (mut difference, mut own) = (PairedMean::default(), [Mean::default(); 2]);
        for [a, b] in both(of, minus, u64::MAX) {
            difference.record(a, b);
            own[0].record(a);
            own[1].record(b);
        }
        Some((difference, own))
    }
}

/// The replicates that both have.
fn both<'a, T: Copy + PartialEq>(of: &'a [T], minus: &'a [T], missing: T) -> impl Iterator<Item = [T; 2]> + 'a {
    of.iter().zip(minus).map(|(a, b)| [*a, *b]).filter(move |pair| !pair.contains(&missing))
}

/// What is asked of which cells, and what is kept of it. First every pair is asked for, then cells come in the order of
/// the plan.
#[derive(Debug, Default)]
pub(super) struct Keeper {
    wanted: BTreeMap<u64, Wanted>,
    kept: BTreeMap<u64, Vec<(Metric, Series)>>,
}

#[derive(Debug, Default)]
struct Wanted {
    metrics: BTreeSet<Metric>,
    /// The last cell that this one is compared with, or itself.
    until: u64,
}

impl Keeper {
    /// Asks for a metric of two cells that will be compared.
    pub fn want(&mut self, pair: [u64; 2], metric: Metric) {
        let until = pair[0].max(pair[1]);
        for cell in pair {
            let wanted = self.wanted.entry(cell).or_default();
            wanted.metrics.insert(metric);
            wanted.until = wanted.until.max(until);
        }
    }

    /// Empty series of all that is asked of a cell.
    pub fn series(&self, cell: u64, setup: &Setup) -> Vec<(Metric, Series)> {
        let metrics = self.wanted.get(&cell).map(|wanted| &wanted.metrics);
        metrics.into_iter().flatten().filter_map(|metric| Some((*metric, Series::new(*metric, setup)?))).collect()
    }

    /// Takes the series of the next cell of the plan.
    pub fn put(&mut self, cell: u64, series: Vec<(Metric, Series)>) {
        if !series.is_empty() {
            self.kept.insert(cell, series);
        }
    }

    /// What is kept of both cells of a pair.
    pub fn pair(&self, pair: [u64; 2], metric: Metric) -> Option<[&Series; 2]> {
        let of = |cell| {
            let (_, series) = self.kept.get(&cell)?.iter().find(|(kept, _)| *kept == metric)?;
            Some(series)
        };
        Some([of(pair[0])?, of(pair[1])?])
    }

    /// Drops what no cell behind `now` will be compared with.
    pub fn forget(&mut self, now: u64) {
        let wanted = &self.wanted;
        self.kept.retain(|cell, _| wanted.get(cell).is_some_and(|wanted| wanted.until > now));
    }
}

#[cfg(test)]
mod tests {
    use super::super::differences::Differences;
    use super::super::expectations::Judge;
    use super::*;
    use crate::scenario::Scenario;

    fn scenario(text: &str) -> Scenario {
        let path = std::path::Path::new("demo.toml");
        Scenario::parse(path, format!("schema = 1\n{text}"), &[]).unwrap_or_else(|findings| panic!("{findings}"))
    }

    /// How many series are kept after each cell.
    fn kept(scenario: &Scenario, keeper: &mut Keeper) -> Vec<usize> {
        let mut kept = Vec::new();
        for at in 0..scenario.cell_count() {
            keeper.put(at, keeper.series(at, &scenario.cell(at).setup));
            keeper.forget(at);
            kept.push(keeper.kept.values().map(Vec::len).sum());
        }
        kept
    }

    #[test]
    fn series_are_kept_no_longer_than_they_are_needed() {
        let scenario = scenario(
            "[[expect]]\nthat = \"accepted[0.1] - accepted[0] <= 0.5\"\n\
             [[expect]]\nthat = \"served[0.2] - served[0] <= 0.5\"\n\
             [sweep.grid]\nnetwork.loss = [0, 0.1, 0.2, 0.3]\nrequest.count = [1, 2]\n",
        );
        let mut keeper = Keeper::default();
        Judge::new(&scenario, &mut keeper);
        // Both cells without loss are in two differences each, of two rates.
        assert_eq!(kept(&scenario, &mut keeper), [2, 4, 4, 4, 2, 0, 0, 0]);
    }

    #[test]
    fn of_rule_sets_only_the_first_is_kept() {
        let rule_sets = "aggregator.rule_set = [\"identical\", \"attested\", \"attested_strict\"]";
        let kept = |axes: &str| {
            let scenario = scenario(&format!("[sweep.grid]\n{axes}\n"));
            let mut keeper = Keeper::default();
            Differences::new(&scenario, &mut keeper);
            kept(&scenario, &mut keeper)
        };
        let loss = "network.loss = [0, 0.1]";
        assert_eq!(kept(&format!("{loss}\n{rule_sets}")), [7, 7, 0, 7, 7, 0]);
        assert_eq!(kept(&format!("{rule_sets}\n{loss}")), [7, 14, 14, 14, 7, 0]);
        assert_eq!(kept(loss), [0, 0]);
    }

    #[test]
    fn replicates_that_one_cell_lacks_are_left_out() {
        let hits = |replicates: &[u32]| Series::Hits { rate: Metric::Served, rows: 1, replicates: replicates.to_vec() };
        let sums = |replicates: &[u64]| Series::Sums { amount: |_| 0, replicates: replicates.to_vec() };
        let (rates, own) = hits(&[1, 1, u32::MAX, 1]).rates_apart(&hits(&[0, u32::MAX, 0])).unwrap();
        assert_eq!((rates.replicates(), rates.estimate()), (1, Some(1.0)));
        assert_eq!(own.map(|own| (own.replicates(), own.estimate())), [(1, Some(1.0)), (1, Some(0.0))]);
        let (means, own) = sums(&[10, 20, u64::MAX]).sums_apart(&sums(&[30, 4, 5, 6])).unwrap();
        assert_eq!((means.replicates(), means.estimate()), (2, Some(-2.0)));
        assert_eq!(own.map(|own| (own.replicates(), own.estimate())), [(2, Some(15.0)), (2, Some(17.0))]);
        assert!(hits(&[1]).sums_apart(&sums(&[1])).is_none() && hits(&[1]).rates_apart(&sums(&[1])).is_none());
    }
}
