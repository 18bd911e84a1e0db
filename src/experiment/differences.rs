//! Differences of cells from their partners under the first rule set of the sweep.
//!
//! Both have common random numbers in the same replicate, so the difference is taken replicate by replicate; most of
//! what makes the two vary drops out. Beside it shows what this is worth: the interval that the same numbers would give
//! if the cells had nothing in common.
//!
//! Cells that stop rules end at different looks are compared over the replicates that both have, by intervals that hold at
//! all looks together.
//!
//! Latencies are not compared: what is never accepted has none, and differences of the others would leave out just
//! those that matter. Savings are not either: both have the same baseline, so the difference of `total_bytes` says
//! all there is to say.

use std::collections::BTreeMap;

use crate::scenario::{Cell, Metric, Scenario, Stat};
use crate::stats::{Interval, Mean, Proportion};

use super::accumulator::CellTotals;
use super::consumer::Consumer;
use super::judgement::Bounds;
use super::looks::at_look;
use super::pair_store::{PairStore, Series};
use super::reading::Simulated;
use super::summary::{CONFIDENCE, Difference};

/// The axis along which cells are compared.
const AXIS: &str = "aggregator.rule_set";

/// Metrics that are compared.
const METRICS: [Metric; 7] = [
    Metric::Accepted,
    Metric::AcceptedWrong,
    Metric::Failed,
    Metric::Expired,
    Metric::Served,
    Metric::TotalBytes,
    Metric::SignaturesVerified,
];

/// Compares every cell with its partner when both have ended.
#[derive(Default)]
pub(super) struct Differences {
    /// By the later cell of a pair: the cell and its partner under the first rule set.
    due: BTreeMap<u64, Vec<[u64; 2]>>,
    store: PairStore,
    /// Whether cells may end early.
    stops: bool,
    /// Ids of the cells that ended.
    ids: Vec<String>,
    /// By cell.
    pub found: BTreeMap<u64, Vec<Difference>>,
}

impl Differences {
    pub fn new(scenario: &Scenario) -> Self {
        let mut differences = Self { stops: scenario.stop_rules().is_some(), ..Self::default() };
        if scenario.run().strata {
            // Replicates of a pair have their strata in common, but a paired interval of strata is not known here.
            return differences;
        }
        for (cell, partner) in scenario.against_first(AXIS) {
            let pair = [cell, partner];
            for metric in METRICS {
                differences.store.want(pair, metric);
            }
            differences.due.entry(cell.max(partner)).or_default().push(pair);
        }
        differences
    }
}

impl Consumer for Differences {
    fn replicate(&mut self, cell: &Cell, _: u64, result: &Result<Simulated, String>) {
        self.store.add(cell.index, result);
    }

    fn cell_end(&mut self, totals: &CellTotals<'_>) {
        let Cell { index, id, setup, .. } = totals.cell;
        self.ids.push(id.clone());
        for pair in self.due.remove(index).unwrap_or_default() {
            let compared = |metric| {
                let versus = self.ids[pair[1] as usize].clone();
                let series = self.store.pair(pair, metric)?;
                let common = series[0].common(series[1]);
                let confidence = if self.stops { at_look(CONFIDENCE, common) } else { CONFIDENCE };
                Some(difference(metric, versus, series, (setup.request.count, confidence)))
            };
            self.found.insert(pair[0], METRICS.into_iter().filter_map(compared).collect());
        }
        self.store.forget(*index);
    }
}

/// The difference of two series of a metric from cells with so many requests per replicate, with intervals of this confidence.
fn difference(
    metric: Metric,
    versus: String,
    [of, minus]: [&Series; 2],
    (requests, confidence): (u32, f64),
) -> Difference {
    let (paired, unpaired, n) = if metric.stat() == Stat::Rate {
        let (rates, own) = of.rates_apart(minus);
        let paired = Bounds::new(rates.estimate(), rates.interval(confidence));
        (paired, Bounds::new(None, unpaired_rates(&own, confidence)), rates.replicates())
    } else {
        let per_request = |sum: f64| sum / f64::from(requests);
        let (sums, own) = of.sums_apart(minus);
        let paired = Bounds::new(sums.estimate(), sums.interval(confidence));
        let unpaired = Bounds::new(None, unpaired_means(&own, confidence));
        (paired.map(per_request), unpaired.map(per_request), sums.replicates())
    };
    Difference {
        metric,
        versus,
        value: paired.observed,
        ci_low: paired.low,
        ci_high: paired.high,
        unpaired_low: unpaired.low,
        unpaired_high: unpaired.high,
        n,
    }
}

/// The interval of the difference of two rates that have nothing in common: each end is as far from the estimate as the
/// ends of their own intervals together, squared and added as variances are. Like the paired interval
/// ([`crate::stats::PairedDifference::interval`]) it is one of scores for effective trials, so that the two differ by what
/// pairing is worth.
///
/// Source: R. G. Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven
/// methods", Statistics in Medicine 17 (1998), method 10.
fn unpaired_rates([of, minus]: &[Proportion; 2], confidence: f64) -> Option<Interval> {
    let (a, b) = (of.estimate()?, minus.estimate()?);
    let (of, minus) = (of.interval(confidence)?, minus.interval(confidence)?);
    Some(Interval {
        low: (a - b - libm::hypot(a - of.low, minus.high - b)).max(-1.0),
        high: (a - b + libm::hypot(of.high - a, b - minus.low)).min(1.0),
    })
}

/// The same of two means: Welch's interval, but with each mean's own degrees of freedom.
fn unpaired_means([of, minus]: &[Mean; 2], confidence: f64) -> Option<Interval> {
    let (a, b) = (of.estimate()?, minus.estimate()?);
    // Upwards: below, intervals of means end at zero.
    let half = libm::hypot(of.interval(confidence)?.high - a, minus.interval(confidence)?.high - b);
    Some(Interval { low: a - b - half, high: a - b + half })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_rule_sets_only_the_first_is_kept() {
        let rule_sets = "aggregator.rule_set = [\"identical\", \"attested\", \"attested_strict\"]";
        let kept = |axes: &str| {
            let text = format!("schema = 1\n[sweep.grid]\n{axes}\n");
            let scenario = Scenario::parse(std::path::Path::new("demo.toml"), text, &[]).unwrap();
            Differences::new(&scenario).store.kept(scenario.cell_count())
        };
        let loss = "network.loss = [0, 0.1]";
        assert_eq!(kept(&format!("{loss}\n{rule_sets}")), [7, 7, 0, 7, 7, 0]);
        assert_eq!(kept(&format!("{rule_sets}\n{loss}")), [7, 14, 14, 14, 7, 0]);
        assert_eq!(kept(loss), [0, 0]);
    }

    fn rate(hits: usize, of: usize) -> Proportion {
        let mut rate = Proportion::default();
        (0..of).for_each(|at| rate.record(u32::from(at < hits), 1));
        rate
    }

    #[test]
    fn intervals_of_independent_rates_are_like_newcombes() {
        // His example (a): 56/70 - 48/80 is 0.2 with 0.0524 to 0.3339 by method 10.
        let interval = unpaired_rates(&[rate(56, 70), rate(48, 80)], CONFIDENCE).unwrap();
        let near = |a: f64, b: f64| (a - b).abs() < 5e-5;
        assert!(near(interval.low, 0.0524) && near(interval.high, 0.3339), "{interval:?}");
        // By hand, with Wilson's ends of 0 and 20 of 20: z^2 / (n + z^2) from each.
        let z_squared = 3.841_458_820_694_124;
        let reach = z_squared / (20.0 + z_squared) * libm::sqrt(2.0);
        let interval = unpaired_rates(&[rate(20, 20), rate(0, 20)], CONFIDENCE).unwrap();
        assert!((interval.low - (1.0 - reach)).abs() < 1e-9 && interval.high == 1.0, "{interval:?}");
        assert!(unpaired_rates(&[rate(1, 2), rate(0, 0)], CONFIDENCE).is_none());
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
        let interval = unpaired_means(&[of, minus], CONFIDENCE).unwrap();
        assert!((interval.low - (96.0 - half)).abs() < 1e-6 && (interval.high - (96.0 + half)).abs() < 1e-6);
        assert!(unpaired_means(&[of, mean(&[5])], CONFIDENCE).is_none());
    }
}
