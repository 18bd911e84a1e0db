//! Simulation against mathematics: where a cell has a closed form, what was observed must agree with it.
//!
//! A rate is compared by its mean over replicates. Replicates are independent and a replicate's share of hits lies
//! between 0 and 1, however much its rows depend on each other; so a mean of `m` or further from the exact value `e` has
//! a probability of at most `2 exp(-n KL(m, e))` (W. Hoeffding, "Probability Inequalities for Sums of Bounded Random
//! Variables", JASA 58 (1963), theorem 1), `KL` being the relative entropy of a coin of `m` to one of `e`. A quantile of
//! the latency is compared as the share of requests that are accepted within the exact one. A run of a right simulator
//! disagrees anywhere with a probability of at most one in a million: all checks share it.

use std::fmt;

use crate::closed_form::ClosedForm;
use crate::scenario::{Metric, Stat};

use super::accumulator::CellTotals;
use super::consumer::Consumer;
use super::reading::is_measured;
use super::strata::WeightedStrata;
use super::summary::Exact;

/// The probability with which a run of a right simulator disagrees with any closed form, at most.
const LUCK: f64 = 1e-6;

/// An observation that contradicts a closed form: an error in the simulation, or in the mathematics.
///
/// ```
/// # use std::{num::NonZero, path::Path, sync::atomic::AtomicBool};
/// use donsim::experiment::{Disagreement, Metric, Options, run};
/// # use donsim::scenario::Scenario;
/// use donsim::sim::{Outcome, Setup, simulate};
///
/// let broken = |setup: &Setup, number, cache: &mut _| {
///     let mut replicate = simulate(setup, number, cache);
///     replicate.rows[0].outcome = Outcome::Expired;
///     replicate
/// };
/// # let scenario = Scenario::parse(Path::new("mine.toml"), "schema = 1\nrun.replicates = 9\n".to_owned(), &[])?;
/// # let stop = AtomicBool::new(false);
/// let found = run(&scenario, Options::new(NonZero::<usize>::MIN, &stop), &broken, &mut ())?;
/// let Disagreement { metric, observed, exact, .. } = &found.disagreements[0];
/// assert_eq!((*metric, *observed, *exact), (Metric::Accepted, 0.75, 1.0), "three of four workflow nodes");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Disagreement {
    /// The cell's id.
    pub cell: String,
    /// Of what; for a latency the share of requests that are accepted within the exact quantile.
    pub metric: Metric,
    /// Observed value.
    pub observed: f64,
    /// Value by the closed form.
    pub exact: f64,
    /// Probability to be so far off by chance, at most.
    pub chance: f64,
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cell, metric, observed, exact, chance } = self;
        let of = if matches!(metric.stat(), Stat::Quantile(_)) { "share of latencies within the exact " } else { "" };
        // A power of ten that it stays below, as long as floating point has one.
        let power = if *chance > 1e-300 { libm::floor(libm::log10(*chance)) as i32 + 1 } else { -300 };
        let name = metric.name();
        write!(f, "{of}{name} of cell {cell} is {observed:.6}, the closed form says {exact:.6} ")?;
        write!(f, "(chance of this by luck < 1e{power})")
    }
}

/// Compares all cells that have a closed form.
#[derive(Default)]
pub(super) struct Agreement {
    /// Every comparison that was made, most of which chance explains.
    checks: Vec<Disagreement>,
}

impl Agreement {
    /// All that chance does not explain among the checks of a run, which share the risk.
    pub fn disagreements(mut self) -> Vec<Disagreement> {
        let luck = LUCK / self.checks.len().max(1) as f64;
        self.checks.retain(|check| check.chance < luck);
        self.checks
    }

    /// Every stratum by itself, against its own closed form.
    fn check_strata(&mut self, totals: &CellTotals<'_>, strata: &WeightedStrata) {
        for (at, form) in strata.forms.iter().enumerate() {
            let Ok(form) = form else { continue };
            let check = |metric: Metric| {
                let share = totals.sums.stratum(at, metric);
                let (observed, exact) = (share.estimate()?, rate(form, metric)?);
                let chance = chance(observed, exact, form.tolerance, share.replicates());
                Some(Disagreement { cell: totals.cell.id.clone(), metric, observed, exact, chance })
            };
            self.checks.extend(Metric::ALL.iter().filter_map(|metric| check(*metric)));
        }
    }
}

impl Consumer for Agreement {
    fn cell_end(&mut self, totals: &CellTotals<'_>) {
        if let Some(strata) = &totals.strata {
            self.check_strata(totals, strata);
            return;
        }
        let (Ok(form), 1..) = (&totals.closed_form, totals.sums.replicates) else { return };
        let measured = Metric::ALL.iter().filter(|metric| is_measured(&totals.cell.setup, **metric));
        let check = |metric: Metric| {
            let (observed, exact) = match metric.stat() {
                Stat::Quantile(q) => {
                    let quantile = form.latency_quantile(q)?;
                    let within = totals.quantiles.share_within(quantile as u64);
                    (within.estimate()?, form.latency_cdf(quantile).ok()?)
                }
                _ => (totals.share(metric)?, rate(form, metric)?),
            };
            let chance = chance(observed, exact, form.tolerance, totals.sums.replicates);
            Some(Disagreement { cell: totals.cell.id.clone(), metric, observed, exact, chance })
        };
        self.checks.extend(measured.filter_map(|metric| check(*metric)));
    }
}

/// Probability at most, over so many replicates, to observe this or worse where `exact` is right but for `tolerance`.
fn chance(observed: f64, exact: f64, tolerance: f64, replicates: u64) -> f64 {
    let nearest = observed.clamp((exact - tolerance).max(0.0), (exact + tolerance).min(1.0));
    (2.0 * libm::exp(-(replicates as f64) * relative_entropy(observed, nearest))).min(1.0)
}

/// The relative entropy of a coin that shows heads with probability `p` to one with `q`, in nats.
fn relative_entropy(p: f64, q: f64) -> f64 {
    let part = |p: f64, q: f64| if p > 0.0 { p * libm::log(p / q) } else { 0.0 };
    // Rounding may leave less than nothing.
    (part(p, q) + part(1.0 - p, 1.0 - q)).max(0.0)
}

/// Values of a closed form, for files and plots.
pub(super) fn exact(totals: &CellTotals<'_>) -> Result<Exact, String> {
    let form = totals.closed_form.as_ref().map_err(ToString::to_string)?;
    let value = |metric: &Metric| match metric.stat() {
        Stat::Quantile(q) => form.latency_quantile(q).map(|nanos| nanos / 1e6),
        _ => rate(form, *metric),
    };
    let measured = Metric::ALL.iter().filter(|metric| is_measured(&totals.cell.setup, **metric));
    let values = measured.filter_map(|metric| Some((*metric, value(metric)?))).collect();
    let survival = form.survival().into_iter().map(|(nanos, share)| (nanos / 1e6, share)).collect();
    Ok(Exact { values, survival, missing: form.missing() })
}

/// The exact value of a rate; `None` for one that it says nothing about.
fn rate(form: &ClosedForm, metric: Metric) -> Option<f64> {
    let otherwise = form.otherwise.as_ref().ok();
    match metric {
        Metric::Accepted => Some(form.accepted),
        Metric::NotAccepted => form.not_accepted.map(|(value, _)| value),
        // Nothing that a closed form models taints a response.
        Metric::AcceptedTainted => Some(0.0),
        Metric::AcceptedWrong => Some(form.accepted_wrong),
        Metric::Crashed => Some(form.crashed),
        Metric::Failed => otherwise.map(|it| it.failed),
        Metric::Expired => otherwise.map(|it| it.expired),
        Metric::NoAgreement => otherwise.map(|it| it.no_agreement),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_luck_explains_is_no_disagreement() {
        let chance = |observed, exact, replicates| chance(observed, exact, 1e-9, replicates);
        // 2 exp(-n KL(0.6, 0.5)) with KL = 0.6 ln 1.2 + 0.4 ln 0.8 = 0.020136.
        assert!((chance(0.6, 0.5, 100) - 0.267_0).abs() < 1e-3);
        assert_eq!(chance(0.5, 0.5, 1_000_000), 1.0);
        assert_eq!(chance(0.5 + 1e-10, 0.5, u64::MAX), 1.0);
        assert_eq!((chance(0.01, 0.0, 10_000), chance(0.99, 1.0, 10_000)), (0.0, 0.0));
        assert_eq!((chance(0.0, 0.0, 9), chance(1.0, 1.0, 9)), (1.0, 1.0));
    }

    #[test]
    fn all_checks_share_the_risk() {
        let check = |observed, exact, replicates| {
            let chance = chance(observed, exact, 1e-9, replicates);
            Disagreement { cell: String::new(), metric: Metric::Accepted, observed, exact, chance }
        };
        let disagreements = |checks| Agreement { checks }.disagreements();
        // 2 exp(-n KL(1, 1/2)) = 2^(1 - n): 21 heads in a row are rarer than 1e-6 / 1 but not 1e-6 / 3.
        let odd = check(1.0, 0.5, 22);
        assert!(odd.chance < 0.5e-6 && odd.chance > 0.4e-6);
        assert_eq!(disagreements(vec![odd.clone()]).len(), 1);
        assert_eq!(disagreements(vec![odd, check(0.5, 0.5, 22), check(0.5, 0.5, 22)]), []);
    }
}
