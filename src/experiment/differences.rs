//! How cells differ from their partners under the first rule set of the sweep.
//!
//! Both met the same weather in the same replicate, so the difference is taken replicate by replicate; most of what
//! makes the two vary is common to both and drops out. What this is worth shows beside it: the interval that the same
//! numbers would give if the cells had nothing in common.
//!
//! Latencies are not compared: what is never accepted has none, and differences of the others would leave out just
//! those that matter. Savings are not either: both have the same world before, so the difference of `total_bytes` says
//! all there is to say.

use std::collections::BTreeMap;

use crate::scenario::{Metric, Scenario, Stat};
use crate::stats::Interval;

use super::keeper::Keeper;
use super::summary::{CellSummary, Difference, Estimate};
use super::tally::CONFIDENCE;

/// The axis along which cells are compared.
const AXIS: &str = "aggregator.rule_set";

/// What is compared.
const METRICS: [Metric; 7] = [
    Metric::Accepted,
    Metric::AcceptedWrong,
    Metric::Failed,
    Metric::Expired,
    Metric::Served,
    Metric::TotalBytes,
    Metric::SignaturesVerified,
];

/// The pairs of cells to compare.
pub(super) struct Differences {
    /// By the later cell of a pair: the cell and its partner under the first rule set.
    due: BTreeMap<u64, Vec<[u64; 2]>>,
}

impl Differences {
    /// Asks `keeper` for all that will be compared.
    pub fn new(scenario: &Scenario, keeper: &mut Keeper) -> Self {
        let mut due: BTreeMap<u64, Vec<[u64; 2]>> = BTreeMap::new();
        for (cell, partner) in scenario.against_first(AXIS) {
            let pair = [cell, partner];
            for metric in METRICS {
                keeper.want(pair, metric);
            }
            due.entry(cell.max(partner)).or_default().push(pair);
        }
        Self { due }
    }

    /// Compares all pairs whose later cell is `now`. `summaries` has the cells so far, by their place in the plan, `now`
    /// included; `requests` is the number of requests of its replicates.
    pub fn take(&mut self, now: u64, requests: u32, keeper: &Keeper, summaries: &mut [CellSummary]) {
        for [cell, partner] in self.due.remove(&now).unwrap_or_default() {
            let (at, other) = (cell as usize, partner as usize);
            let (Some(of), Some(minus)) = (summaries.get(at), summaries.get(other)) else { continue };
            let difference = |metric: Metric| difference(metric, [cell, partner], [of, minus], requests, keeper);
            summaries[at].differences = METRICS.into_iter().filter_map(difference).collect();
        }
    }
}

/// The difference of a metric of two cells; means are a request.
fn difference(
    metric: Metric,
    pair: [u64; 2],
    cells: [&CellSummary; 2],
    requests: u32,
    keeper: &Keeper,
) -> Option<Difference> {
    let [of, minus] = keeper.pair(pair, metric)?;
    let (value, interval, n) = if let Some(rates) = of.rates_apart(minus) {
        (rates.estimate(), rates.interval(CONFIDENCE), rates.replicates())
    } else {
        let sums = of.sums_apart(minus)?;
        let a_request = |sum: f64| sum / f64::from(requests);
        let interval = sums.interval(CONFIDENCE).map(|i| Interval { low: a_request(i.low), high: a_request(i.high) });
        (sums.estimate().map(a_request), interval, sums.replicates())
    };
    let unpaired = unpaired(cells[0].estimate(metric)?, cells[1].estimate(metric)?);
    Some(Difference {
        metric,
        versus: cells[1].id.clone(),
        value,
        ci_low: interval.map(|interval| interval.low),
        ci_high: interval.map(|interval| interval.high),
        unpaired_low: unpaired.map(|interval| interval.low),
        unpaired_high: unpaired.map(|interval| interval.high),
        n,
    })
}

/// The interval of the difference of two metrics that have nothing in common, from their own: each end is as far from the
/// estimate as theirs together, squared and added as variances are. For means that is Welch's interval but for its
/// degrees of freedom; for rates it is Newcombe's.
///
/// Source: R. G. Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven
/// methods", Statistics in Medicine 17 (1998), method 10.
fn unpaired(of: &Estimate, minus: &Estimate) -> Option<Interval> {
    let (a, b) = (of.value?, minus.value?);
    let up = [of.ci_high? - a, minus.ci_high? - b];
    // Intervals of means are symmetric but where they end at zero.
    let is_rate = of.metric.stat() == Stat::Rate;
    let down = if is_rate { [a - of.ci_low?, b - minus.ci_low?] } else { up };
    Some(Interval { low: a - b - libm::hypot(down[0], up[1]), high: a - b + libm::hypot(up[0], down[1]) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(metric: Metric, value: f64, ends: [f64; 2]) -> Estimate {
        Estimate { metric, value: Some(value), ci_low: Some(ends[0]), ci_high: Some(ends[1]), n: 80 }
    }

    #[test]
    fn intervals_of_independent_rates_are_newcombes() {
        // His example (b), method 10: 56/70 - 48/80 is 0.2 with 0.0524 to 0.3339; Wilson's own ends as he gives them.
        let wilson = |hits: f64, of: f64| {
            let ends = crate::stats::wilson(hits, of, CONFIDENCE);
            estimate(Metric::Accepted, hits / of, [ends.low, ends.high])
        };
        let interval = unpaired(&wilson(56.0, 70.0), &wilson(48.0, 80.0)).unwrap();
        assert!((interval.low - 0.0524).abs() < 5e-5 && (interval.high - 0.3339).abs() < 5e-5, "{interval:?}");
    }

    #[test]
    fn intervals_of_independent_means_add_as_variances() {
        let of = estimate(Metric::TotalBytes, 100.0, [97.0, 103.0]);
        // Cut off at zero below.
        let minus = estimate(Metric::TotalBytes, 3.0, [0.0, 7.0]);
        let interval = unpaired(&of, &minus).unwrap();
        assert_eq!((interval.low, interval.high), (92.0, 102.0));
        assert!(unpaired(&of, &Estimate { ci_high: None, ..minus }).is_none());
    }
}
