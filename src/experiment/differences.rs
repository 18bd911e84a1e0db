//! How cells differ from their partners under the first rule set of the sweep.
//!
//! Both met the same weather in the same replicate, so the difference is taken replicate by replicate; most of what
//! makes the two vary is common to both and drops out. What this is worth shows beside it: the interval that the same
//! numbers would give if the cells had nothing in common.
//!
//! Latencies are not compared: what is never accepted has none, and differences of the others would leave out just
//! those that matter. Savings are not either: both have the same baseline, so the difference of `total_bytes` says
//! all there is to say.

use std::collections::BTreeMap;

use crate::scenario::{Metric, Scenario};
use crate::stats::{Interval, Mean, Proportion};

use super::keeper::{Keeper, Series};
use super::summary::{CellSummary, Difference};
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
        for pair in self.due.remove(&now).unwrap_or_default() {
            let Some(versus) = summaries.get(pair[1] as usize).map(|partner| partner.id.clone()) else { continue };
            if let Some(cell) = summaries.get_mut(pair[0] as usize) {
                let difference = |metric| {
                    let apart = apart(keeper.pair(pair, metric)?, requests)?;
                    Some(apart.difference(metric, versus.clone()))
                };
                cell.differences = METRICS.into_iter().filter_map(difference).collect();
            }
        }
    }
}

/// How far two cells are apart.
struct Apart {
    value: Option<f64>,
    paired: Option<Interval>,
    unpaired: Option<Interval>,
    replicates: u64,
}

impl Apart {
    fn difference(self, metric: Metric, versus: String) -> Difference {
        Difference {
            metric,
            versus,
            value: self.value,
            ci_low: self.paired.map(|interval| interval.low),
            ci_high: self.paired.map(|interval| interval.high),
            unpaired_low: self.unpaired.map(|interval| interval.low),
            unpaired_high: self.unpaired.map(|interval| interval.high),
            n: self.replicates,
        }
    }
}

/// The difference of two series; of sums a request.
fn apart([of, minus]: [&Series; 2], requests: u32) -> Option<Apart> {
    if let Some((rates, own)) = of.rates_apart(minus) {
        return Some(Apart {
            value: rates.estimate(),
            paired: rates.interval(CONFIDENCE),
            unpaired: unpaired_rates(&own),
            replicates: rates.replicates(),
        });
    }
    let (sums, own) = of.sums_apart(minus)?;
    let a_request = |sum: f64| sum / f64::from(requests);
    let interval_a_request = |i: Interval| Interval { low: a_request(i.low), high: a_request(i.high) };
    Some(Apart {
        value: sums.estimate().map(a_request),
        paired: sums.interval(CONFIDENCE).map(interval_a_request),
        unpaired: unpaired_means(&own).map(interval_a_request),
        replicates: sums.replicates(),
    })
}

/// The interval of the difference of two rates that have nothing in common: each end is as far from the estimate as the
/// ends of their own intervals together, squared and added as variances are. Like the paired interval
/// ([`crate::stats::PairedDifference::interval`]) it is one of scores for effective trials, so that the two differ by what
/// pairing is worth.
///
/// Source: R. G. Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven
/// methods", Statistics in Medicine 17 (1998), method 10.
fn unpaired_rates([of, minus]: &[Proportion; 2]) -> Option<Interval> {
    let (a, b) = (of.estimate()?, minus.estimate()?);
    let (of, minus) = (of.interval(CONFIDENCE)?, minus.interval(CONFIDENCE)?);
    Some(Interval {
        low: (a - b - libm::hypot(a - of.low, minus.high - b)).max(-1.0),
        high: (a - b + libm::hypot(of.high - a, b - minus.low)).min(1.0),
    })
}

/// The same of two means: Welch's interval, but with each mean's own degrees of freedom.
fn unpaired_means([of, minus]: &[Mean; 2]) -> Option<Interval> {
    let (a, b) = (of.estimate()?, minus.estimate()?);
    // Upwards: below, intervals of means end at zero.
    let half = libm::hypot(of.interval(CONFIDENCE)?.high - a, minus.interval(CONFIDENCE)?.high - b);
    Some(Interval { low: a - b - half, high: a - b + half })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(hits: usize, of: usize) -> Proportion {
        let mut rate = Proportion::default();
        (0..of).for_each(|at| rate.record(u32::from(at < hits), 1));
        rate
    }

    #[test]
    fn intervals_of_independent_rates_are_like_newcombes() {
        // His example (a): 56/70 - 48/80 is 0.2 with 0.0524 to 0.3339 by method 10.
        let interval = unpaired_rates(&[rate(56, 70), rate(48, 80)]).unwrap();
        let near = |a: f64, b: f64| (a - b).abs() < 5e-5;
        assert!(near(interval.low, 0.0524) && near(interval.high, 0.3339), "{interval:?}");
        // By hand, with Wilson's ends of 0 and 20 of 20: z^2 / (n + z^2) from each.
        let z_squared = 3.841_458_820_694_124;
        let reach = z_squared / (20.0 + z_squared) * libm::sqrt(2.0);
        let interval = unpaired_rates(&[rate(20, 20), rate(0, 20)]).unwrap();
        assert!((interval.low - (1.0 - reach)).abs() < 1e-9 && interval.high == 1.0, "{interval:?}");
        assert!(unpaired_rates(&[rate(1, 2), rate(0, 0)]).is_none());
    }

    #[test]
    fn intervals_of_independent_means_add_as_variances() {
        let mean = |values: &[u64]| {
            let mut mean = Mean::default();
            for value in values {
                mean.record(*value);
            }
            mean
        };
        let (of, minus) = (mean(&[97, 100, 103]), mean(&[0, 4, 8]));
        // Standard errors sqrt(3) and 4 / sqrt(3), and t at two degrees of freedom; the second ends at zero below.
        let half = 4.302_652_729_749 * libm::sqrt(3.0 + 16.0 / 3.0);
        let interval = unpaired_means(&[of, minus]).unwrap();
        assert!((interval.low - (96.0 - half)).abs() < 1e-6 && (interval.high - (96.0 + half)).abs() < 1e-6);
        assert!(unpaired_means(&[of, mean(&[5])]).is_none());
    }
}
