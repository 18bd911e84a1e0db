//! A rate or a mean of a mixture of strata, of which every weight is known exactly and each was sampled by itself.
//!
//! Rates near 0 and 1 that no number of plain replicates could tell from them are sums of such parts: a weight of 1e-12
//! times a rate of a half. What is certain in a stratum, by mathematics and not because nothing else was seen, adds no
//! doubt; without that a stratum of weight 1 would leave its own "3 in n" to the sum.

use super::binomial::Interval;
use super::{Mean, Proportion};

/// A stratum's part in a rate.
#[derive(Clone, Copy, Debug)]
pub struct Stratum {
    /// Probability of the stratum.
    pub weight: f64,
    /// The sample.
    pub share: Proportion,
    /// The rate, where it is certain, and by how much that may be off.
    pub certain: Option<(f64, f64)>,
}

impl Stratum {
    /// The certain rate, unless the sample contradicts it.
    fn known(&self) -> Option<(f64, f64)> {
        self.certain.filter(|(rate, _)| self.share.estimate().is_none_or(|seen| seen == *rate))
    }
}

/// The rate of the mixture; `None` where no stratum has one. What is not known of a stratum without rows counts as zero.
#[must_use]
pub fn stratified_rate(strata: &[Stratum]) -> Option<f64> {
    let rate = |stratum: &Stratum| stratum.known().map(|(rate, _)| rate).or_else(|| stratum.share.estimate());
    let parts: Vec<f64> = strata.iter().filter_map(|stratum| Some(stratum.weight * rate(stratum)?)).collect();
    (!parts.is_empty()).then(|| parts.iter().sum::<f64>().min(1.0))
}

/// An interval of the rate of the mixture that covers it at least as often as `confidence` promises: the exact interval
/// of every stratum, weighted and added up. The risk that one of them is wrong is the sum of theirs, whatever they have
/// in common, so it is divided among those that are not certain: by their weights, so that a stratum that matters little
/// costs the others nothing. `None` where no stratum has a rate.
#[must_use]
pub fn stratified_interval(strata: &[Stratum], confidence: f64) -> Option<Interval> {
    stratified_rate(strata)?;
    let open: f64 = strata.iter().filter(|stratum| stratum.known().is_none()).map(|stratum| stratum.weight).sum();
    let ends = |stratum: &Stratum| {
        if let Some((rate, within)) = stratum.known() {
            return Interval { low: (rate - within).max(0.0), high: (rate + within).min(1.0) };
        }
        let risk = (1.0 - confidence) * stratum.weight / open;
        stratum.share.exact_interval(1.0 - risk).unwrap_or(Interval::WHOLE)
    };
    let parts: Vec<(f64, Interval)> =
        strata.iter().filter(|stratum| stratum.weight > 0.0).map(|stratum| (stratum.weight, ends(stratum))).collect();
    let sum = |end: fn(&Interval) -> f64| parts.iter().map(|(weight, ends)| weight * end(ends)).sum::<f64>();
    Some(Interval { low: sum(|ends| ends.low).min(1.0), high: sum(|ends| ends.high).min(1.0) })
}

/// The mean of the mixture, and Student's t interval of it, with every mean's own degrees of freedom; nothing where a
/// stratum that weighs more than `least` has none.
#[must_use]
pub fn stratified_mean(strata: &[(f64, Mean)], least: f64, confidence: f64) -> Option<(f64, Option<Interval>)> {
    let heavy = || strata.iter().filter(|(weight, _)| *weight > least);
    let mut sum = 0.0;
    for (weight, mean) in heavy() {
        sum += weight * mean.estimate()?;
    }
    let half = |(weight, mean): &(f64, Mean)| Some(weight * (mean.interval(confidence)?.high - mean.estimate()?));
    let halves: Option<Vec<f64>> = heavy().map(half).collect();
    let half = halves.map(|halves| libm::sqrt(halves.iter().map(|half| half * half).sum()));
    Some((sum, half.map(|half| Interval { low: sum - half, high: sum + half })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{DrawKey, Draws};
    use crate::stats::simulated::dependent_rows;

    fn share(hits: u64, replicates: u64) -> Proportion {
        let mut share = Proportion::default();
        share.record_many(hits, 1, 1);
        share.record_many(replicates - hits, 0, 1);
        share
    }

    fn stratum(weight: f64, hits: u64, replicates: u64) -> Stratum {
        Stratum { weight, share: share(hits, replicates), certain: None }
    }

    #[test]
    fn a_rate_is_the_sum_of_its_parts() {
        let strata = [stratum(0.9, 0, 100), stratum(0.1, 50, 100)];
        assert_eq!(stratified_rate(&strata), Some(0.05));
        assert_eq!(stratified_rate(&[stratum(1.0, 0, 0)]), None);
        assert!(stratified_interval(&[stratum(1.0, 0, 0)], 0.95).is_none());
        // One stratum is a plain sample with the exact interval.
        let whole = stratum(1.0, 3, 10);
        assert_eq!(stratified_interval(&[whole], 0.95), whole.share.exact_interval(0.95));
    }

    #[test]
    fn what_is_certain_adds_no_doubt() {
        let sampled = Stratum { certain: None, ..stratum(1.0 - 1e-12, 0, 100) };
        let certain = Stratum { certain: Some((0.0, 1e-20)), ..sampled };
        let rare = stratum(1e-12, 50, 100);
        let doubtful = stratified_interval(&[sampled, rare], 0.95).unwrap();
        assert!(doubtful.high > 0.03, "{doubtful:?}");
        let interval = stratified_interval(&[certain, rare], 0.95).unwrap();
        let half = rare.share.exact_interval(0.95).unwrap();
        assert!((interval.low - 1e-12 * half.low).abs() < 1e-20, "{interval:?}");
        assert!((interval.high - 1e-12 * half.high - 1e-20).abs() < 1e-24, "{interval:?}");
        // A sample that says otherwise is believed.
        let refuted = Stratum { share: share(1, 100), ..certain };
        assert!(stratified_rate(&[refuted, rare]).unwrap() > 0.009);
    }

    #[test]
    fn a_stratum_without_rows_may_be_anything() {
        let interval = stratified_interval(&[stratum(0.75, 75, 75), stratum(0.25, 0, 0)], 0.95).unwrap();
        assert!(interval.low < 0.75 && interval.low > 0.7 && interval.high == 1.0, "{interval:?}");
        assert_eq!(stratified_interval(&[stratum(1.0, 1, 2)], f64::NAN), Some(Interval::WHOLE));
    }

    #[test]
    fn means_are_weighted() {
        let mean = |values: [u64; 3]| {
            let mut mean = Mean::default();
            for value in values {
                mean.record(value);
            }
            mean
        };
        let strata = [(0.75, mean([10, 10, 10])), (0.25, mean([20, 22, 24]))];
        let (value, interval) = stratified_mean(&strata, 0.0, 0.95).unwrap();
        // Student's t of 2 degrees times a quarter of sqrt(4 / 3).
        let half = 4.302_652_73 * libm::sqrt(4.0 / 3.0) / 4.0;
        assert_eq!(value, 13.0);
        assert!((interval.unwrap().high - 13.0 - half).abs() < 1e-6);
        let lacking = [strata[0], (0.25, Mean::default())];
        assert!(stratified_mean(&lacking, 0.0, 0.95).is_none());
        assert!(stratified_mean(&lacking, 0.3, 0.95).is_some());
    }

    /// A mixture of binomials with these weights, rates and numbers of replicates.
    fn sample(experiment: u32, mixture: &[(f64, f64, u32)]) -> Vec<Stratum> {
        let of = |(at, (weight, rate, replicates)): (usize, &(f64, f64, u32))| {
            let hits = |replicate: u32| {
                let key = DrawKey { site: 2, parts: [experiment, at as u32, replicate, 0, 0] };
                Draws::new(17, 0).draw(key).happens(*rate)
            };
            let hits = (0..*replicates).filter(|replicate| hits(*replicate)).count();
            stratum(*weight, hits as u64, u64::from(*replicates))
        };
        mixture.iter().enumerate().map(of).collect()
    }

    #[test]
    fn coverage_is_at_least_as_promised() {
        const EXPERIMENTS: u32 = 1_000;
        let rare = [(1.0 - 1e-9, 0.0, 40), (9e-10, 0.2, 40), (1e-10, 0.7, 40)];
        let even = [(0.25, 0.02, 40), (0.25, 0.3, 40), (0.25, 0.9, 40), (0.25, 1.0, 40)];
        let one = [(0.3, 0.0, 20), (0.69, 0.08, 30), (0.01, 1.0, 10)];
        // How wide they are at most, where they could be 1e-9, 0.75 and 0.7.
        for (mixture, widest) in [(&rare[..], 4e-10), (&even[..], 0.35), (&one[..], 0.35)] {
            let truth: f64 = mixture.iter().map(|(weight, rate, _)| weight * rate).sum();
            let covers = |experiment: &u32| {
                let mut strata = sample(*experiment, mixture);
                for (stratum, (_, rate, _)) in strata.iter_mut().zip(mixture) {
                    stratum.certain = (*rate == 0.0).then_some((0.0, 0.0));
                }
                let found = stratified_interval(&strata, 0.95).unwrap();
                assert!(found.high - found.low < widest, "{found:?}");
                found.contains(truth)
            };
            let coverage = (0..EXPERIMENTS).filter(covers).count() as f64 / f64::from(EXPERIMENTS);
            // Exact intervals cover 95 % at least; so many experiments may come out two percent lower.
            assert!(coverage >= 0.93, "{mixture:?}: {coverage}");
        }
    }

    /// Replicates of several rows that depend on each other.
    #[test]
    fn coverage_holds_for_dependent_rows() {
        const EXPERIMENTS: u32 = 400;
        let mixture = [(1.0 - 1e-6, 0.0), (9e-7, 0.1), (1e-7, 0.6)];
        for dependence in [0.0, 0.6, 1.0] {
            let covers = |experiment: &u32| {
                let strata: Vec<Stratum> = (0..)
                    .zip(mixture)
                    .map(|(at, (weight, rate))| {
                        let mut share = Proportion::default();
                        for replicate in 0..50 {
                            let rows = dependent_rows(3 * experiment + at, replicate, dependence);
                            share.record(rows.iter().filter(|unit| **unit < rate).count() as u32, rows.len() as u32);
                        }
                        Stratum { weight, share, certain: (rate == 0.0).then_some((0.0, 0.0)) }
                    })
                    .collect();
                stratified_interval(&strata, 0.95).is_some_and(|found| found.contains(9e-8 + 6e-8))
            };
            let coverage = (0..EXPERIMENTS).filter(covers).count() as f64 / f64::from(EXPERIMENTS);
            assert!(coverage >= 0.93, "{dependence}: {coverage}");
        }
    }
}
