//! Strata of a cell in statistics: the exact weight of each, and what mathematics knows of it for certain.

use crate::closed_form::{self, Absent, ClosedForm, binomial};
use crate::scenario::Metric;
use crate::sim::{Counts, FaultyNodes, Setup, Side, Strata, answering_links, candidates, is_by_chance};
use crate::stats::{Mean, Proportion, Stratum, stratified_interval, stratified_mean, stratified_rate};

use super::judgement::Bounds;

/// Strata that weigh less may be without replicates where a mean is asked for.
const LEAST_WEIGHT: f64 = 1e-9;

/// The strata of a cell.
pub(super) struct WeightedStrata {
    /// Probability of each.
    weights: Vec<f64>,
    /// Closed form of each.
    pub forms: Vec<Result<ClosedForm, Absent>>,
    /// Callers, where all of them are honest, so that a request is served when all of them accept.
    honest_callers: Option<f64>,
}

/// A quantity that may be certain in a stratum.
#[derive(Clone, Copy, Debug)]
pub(super) enum Quantity {
    /// A metric.
    Metric(Metric),
    /// How often something made success impossible.
    Cause,
    /// Anything else.
    Other,
}

impl WeightedStrata {
    /// Those of a setup that has such.
    pub fn of(setup: &Setup) -> Option<Self> {
        let strata = Strata::of(setup)?;
        let all = 0..strata.len();
        let weights = all.clone().map(|stratum| weight(setup, strata.counts(stratum))).collect();
        let forms = all.map(|stratum| closed_form::of(&strata.world(setup, stratum))).collect();
        let is_caller = |fault: &crate::sim::Fault| fault.kind.side() == Side::Workflow;
        let honest = !setup.faults.iter().any(is_caller);
        let honest_callers = honest.then(|| f64::from(setup.workflow_don.nodes));
        Some(Self { weights, forms, honest_callers })
    }

    /// A rate of the cell by the shares of its strata, with the ends of its interval.
    pub fn rate(&self, quantity: Quantity, shares: impl Iterator<Item = Proportion>, confidence: f64) -> Bounds {
        let stratum = |(at, share): (usize, Proportion)| Stratum {
            weight: self.weights[at],
            share,
            certain: self.certain(at, quantity),
        };
        let strata: Vec<Stratum> = shares.enumerate().map(stratum).collect();
        Bounds::new(stratified_rate(&strata), stratified_interval(&strata, confidence))
    }

    /// A mean of the cell by those of its strata, likewise.
    pub fn mean(&self, means: impl Iterator<Item = Mean>, confidence: f64) -> Bounds {
        let means: Vec<(f64, Mean)> = self.weights.iter().copied().zip(means).collect();
        stratified_mean(&means, LEAST_WEIGHT, confidence)
            .map_or_else(Bounds::default, |(value, interval)| Bounds::new(Some(value), interval))
    }

    /// Rate that a stratum has for certain, and its error at most: where every caller accepts, or none can.
    fn certain(&self, stratum: usize, quantity: Quantity) -> Option<(f64, f64)> {
        let form = self.forms[stratum].as_ref().ok()?;
        let (not_accepted, error) = form.not_accepted?;
        let (all, none) = (not_accepted == 0.0, form.accepted == 0.0);
        let of_request = || Some(error * self.honest_callers?);
        match quantity {
            Quantity::Metric(Metric::Accepted) if all || none => Some((if all { 1.0 } else { 0.0 }, error)),
            Quantity::Metric(Metric::NotAccepted) if all || none => Some((if all { 0.0 } else { 1.0 }, error)),
            Quantity::Metric(Metric::Served) if all => Some((1.0, of_request()?)),
            Quantity::Metric(Metric::NotServed) if all => Some((0.0, of_request()?)),
            Quantity::Metric(
                Metric::AcceptedTainted
                | Metric::AcceptedWrong
                | Metric::Failed
                | Metric::Expired
                | Metric::Crashed
                | Metric::NoAgreement,
            )
            | Quantity::Cause
                if all =>
            {
                Some((0.0, error))
            }
            _ => None,
        }
    }
}

/// Probability that so many nodes have the faults that nodes have with a probability, and that so many answers get lost.
fn weight(setup: &Setup, Counts { faulty, lost_answers }: &Counts) -> f64 {
    let of =
        |hits: u32, trials: u32, each: f64| binomial(trials as usize, each).get(hits as usize).copied().unwrap_or(0.0);
    let by_chance = setup.faults.iter().filter(|fault| is_by_chance(fault)).enumerate();
    let probability = |(at, fault): (usize, &crate::sim::Fault)| match fault.nodes {
        FaultyNodes::Each(each) => of(faulty[at], candidates(setup, fault, &faulty[..at]), each),
        FaultyNodes::Count(_) => 1.0,
    };
    let lost = lost_answers.map_or(1.0, |lost| of(lost, answering_links(setup), setup.network.response.loss));
    by_chance.map(probability).product::<f64>() * lost
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::oracle_tests::worlds;
    use crate::sim::{Fault, FaultKind};

    fn setup(probabilities: &[(&str, f64, bool)], given: u32) -> Setup {
        let mut setup = worlds::setup(0);
        setup.run.strata = true;
        setup.capability_don.nodes = 5;
        setup.faults = vec![Fault::new(FaultKind::named("crash", []), given, None)];
        setup.faults.extend(probabilities.iter().map(|(name, each, overlap)| Fault {
            overlap: *overlap,
            ..Fault::each(FaultKind::named(name, []), *each)
        }));
        setup
    }

    #[test]
    fn weights_are_those_of_the_law() {
        let weights = |setup: &Setup| {
            let strata = Strata::of(setup).unwrap();
            (0..strata.len())
                .map(|at| (strata.counts(at).faulty.clone(), weight(setup, strata.counts(at))))
                .collect::<Vec<_>>()
        };
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-14 * b;
        // One of five nodes is down already.
        let one = weights(&setup(&[("silent", 1e-5, false)], 1));
        assert_eq!(one.len(), 5);
        assert!(near(one[4].1, 1e-20) && near(one[1].1, 4e-5 * libm::pow(1.0 - 1e-5, 3.0)), "{one:?}");
        // The second fault takes from those that the first leaves.
        let two = weights(&setup(&[("at_deadline", 0.5, false), ("silent", 0.5, false)], 3));
        let expected = [([0, 0], 1.0), ([0, 1], 2.0), ([0, 2], 1.0), ([1, 0], 4.0), ([1, 1], 4.0), ([2, 0], 4.0)];
        assert!(two.iter().zip(expected).all(|(it, law)| it.0 == law.0 && near(it.1, law.1 / 16.0)), "{two:?}");
        assert_eq!(two.len(), expected.len());
        let shared = weights(&setup(&[("at_deadline", 0.5, false), ("silent", 0.5, true)], 3));
        assert_eq!(shared.len(), 18);
        // Lost answers are drawn besides.
        let mut lossy = setup(&[("silent", 1e-5, false)], 1);
        lossy.network.response.loss = 1e-3;
        lossy.workflow_don.nodes = 2;
        let lossy = weights(&lossy);
        assert_eq!(lossy.len(), 5 * 11);
        let two_lost = 45.0 * 1e-6 * libm::pow(1.0 - 1e-3, 8.0);
        assert!(near(lossy[11 * 4 + 2].1, 1e-20 * two_lost), "{lossy:?}");
        for all in [one, two, shared, lossy] {
            assert!(near(all.iter().map(|(_, weight)| weight).sum(), 1.0));
        }
    }
}
