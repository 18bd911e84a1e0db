//! Quantiles and survival of latencies, of which some are censored: not known but to be beyond the deadline.

use super::binomial::quantile_ranks;
use super::latencies::{Latencies, Sorted};
use super::proportion::Proportion;

/// The latencies of a cell in ns; rows that were not accepted before the deadline stay in every denominator.
///
/// ```
/// let latencies = [Some(40), Some(10), None, Some(20), Some(30)];
/// let quantiles = donsim::stats::Quantiles::new(&latencies, 1);
/// assert_eq!(quantiles.quantile(0.5), Some(30));
/// assert_eq!(quantiles.quantile(0.9), None);
/// ```
#[derive(Clone, Debug)]
pub struct Quantiles(Sorted);

/// An end of a quantile's interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// There is too little to tell.
    Unknown,
    /// This latency in ns.
    At(u64),
    /// Beyond the deadline.
    BeyondDeadline,
}

impl From<Latencies> for Quantiles {
    fn from(latencies: Latencies) -> Self {
        Self(latencies.sorted())
    }
}

impl Quantiles {
    /// Of `latencies` in ns, `None` where not accepted before the deadline, in the order of replicates with
    /// `rows_per_replicate` rows each (0 counts as 1).
    #[must_use]
    pub fn new(latencies: &[Option<u64>], rows_per_replicate: usize) -> Self {
        let mut all = Latencies::default();
        for replicate in latencies.chunks(rows_per_replicate.max(1)) {
            all.record(replicate.iter().copied());
        }
        all.into()
    }

    /// Number of rows, accepted or not.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.0.rows
    }

    /// The share of rows accepted within so many ns.
    #[must_use]
    pub fn share_within(&self, nanos: u64) -> Proportion {
        self.0.share_until(nanos)
    }

    /// The `q` quantile in ns: the smallest latency that a share of at least `q` of all rows does not exceed. `None`
    /// when it is beyond the deadline, without rows and for `q` outside 0 to 1.
    #[must_use]
    pub fn quantile(&self, q: f64) -> Option<u64> {
        self.0.at_rank(rank_of(q, self.rows())?)
    }

    /// The ends of the interval of the `q` quantile in ns, by test inversion: those latencies at which a share of `q`
    /// is not refused.
    ///
    /// How many rows lie below the true quantile is binomial with probability `q`, whatever the distribution; as the
    /// rows of a replicate depend on each other, not over all rows but over the effective number that
    /// [`Proportion::effective_rows`] finds for the share below the estimate. The ends are the order statistics of
    /// that binomial. Where the estimate is beyond the deadline, the share below the deadline stands for it, the last
    /// thing that was observed; the low end may still be known then.
    ///
    /// An end is unknown when there is too little to tell, such as the upper one of the 99 % quantile of 100 dependent
    /// replicates. The estimate is never outside.
    ///
    /// Source: R. S. Woodruff, "Confidence Intervals for Medians and Other Position Measures", JASA 47 (1952), with the
    /// binomial in place of the normal distribution, whose tails are wrong for quantiles near 1.
    #[must_use]
    pub fn ends(&self, q: f64, confidence: f64) -> (End, End) {
        let Some(rank) = rank_of(q, self.rows()) else { return (End::Unknown, End::Unknown) };
        let (low, high) = end_ranks(q, &self.share_within(self.0.at_rank(rank).unwrap_or(u64::MAX)), confidence);
        let end = |rank: Option<u64>| match rank {
            None => End::Unknown,
            Some(rank) => self.0.at_rank(rank).map_or(End::BeyondDeadline, End::At),
        };
        (end(low), end(high))
    }

    /// Steps of the survival function: (latency in ns, share of all rows that just after it still waits or is
    /// censored), rising in latency, from the first acceptance to the last, every step when there are at most
    /// `max_points`.
    ///
    /// Otherwise those are left out that a logarithmic axis of shares does not show: the kept ones are about evenly
    /// spaced on it, so the last steps, which are further from each other than that, all stay.
    #[must_use]
    pub fn survival(&self, max_points: usize) -> Vec<(u64, f64)> {
        let rows = self.rows() as f64;
        thinned(&|| self.steps(), max_points)
            .into_iter()
            .map(|(latency, waiting)| (latency, waiting as f64 / rows))
            .collect()
    }

    /// Every distinct latency with the number of rows that wait longer.
    fn steps(&self) -> impl Iterator<Item = Step> {
        let mut accepted = self.0.accepted().peekable();
        let mut waiting = self.rows();
        std::iter::from_fn(move || {
            let latency = accepted.next()?;
            waiting -= 1;
            while accepted.next_if_eq(&latency).is_some() {
                waiting -= 1;
            }
            Some((latency, waiting))
        })
    }
}

/// A latency in ns, and the number of rows that wait longer.
type Step = (u64, u64);

/// Ranks among the sorted rows of the ends of the interval of the `q` quantile, from 1; `None` for an end that is
/// unknown. All that they depend on is the share of rows `until` the estimate, or until the deadline when the
/// estimate is beyond it; [`Quantiles::ends`] says how.
///
/// ```
/// // 50 of 100 independent rows are not later than their median, which is between the 40th and the 61st.
/// let mut until = donsim::stats::Proportion::default();
/// (0..100).for_each(|row| until.record(u32::from(row < 50), 1));
/// assert_eq!(donsim::stats::end_ranks(0.5, &until, 0.95), (Some(40), Some(61)));
/// ```
#[must_use]
pub fn end_ranks(q: f64, until: &Proportion, confidence: f64) -> (Option<u64>, Option<u64>) {
    let rows = u64::try_from(until.rows()).unwrap_or(u64::MAX);
    let Some((rank, effective)) = rank_of(q, rows).zip(until.effective_rows(confidence)) else { return (None, None) };
    let (low, high) = quantile_ranks(q, effective, confidence);
    let rows_per_effective = rows as f64 / effective;
    let low = low.map(|low| (libm::floor(low * rows_per_effective) as u64).min(rank));
    let high = high.map(|high| (libm::ceil(high * rows_per_effective) as u64).max(rank));
    (low, high)
}

/// The smallest rank from 1 whose share of all rows is at least `q`; `None` without rows and for `q` outside 0 to 1.
fn rank_of(q: f64, rows: u64) -> Option<u64> {
    if rows == 0 || !(0.0..=1.0).contains(&q) {
        return None;
    }
    // The product is rounded, the quotient that decides is not off by more than `q` itself: 0.99 is 693 of 700.
    let reaches = |rank: u64| rank as f64 / rows as f64 >= q;
    let near = libm::ceil(q * rows as f64) as u64;
    (near.saturating_sub(1).max(1)..=rows).find(|rank| reaches(*rank))
}

/// At most `most` of the steps: the first and the last, and between them those after which the survival has fallen by
/// an even share of its logarithm. A step that falls by more is always kept, so the few of the tail are; what the
/// tail does not use of the budget is not missed, since on a logarithmic axis no kept step is far from the next.
fn thinned<I: Iterator<Item = Step>>(steps: &dyn Fn() -> I, most: usize) -> Vec<Step> {
    let (count, last) = steps().fold((0, None), |(count, _), step| (count + 1, Some(step)));
    let (Some(last), true) = (last, count > most && most >= 2) else { return steps().take(most).collect() };
    let height = |waiting: u64| libm::log(waiting.max(1) as f64);
    let mut kept: Vec<Step> = steps().take(1).collect();
    for step in steps().take(count - 1).skip(1) {
        let top = height(kept[kept.len() - 1].1);
        let left = most - kept.len();
        if left > 1 && top - height(step.1) >= (top - height(last.1)) / left as f64 {
            kept.push(step);
        }
    }
    kept.push(last);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::simulated::dependent_rows;

    fn without_censoring(count: u64) -> Vec<Option<u64>> {
        (1..=count).rev().map(Some).collect()
    }

    /// The latencies of both ends, where they have one.
    fn interval(quantiles: &Quantiles, q: f64, confidence: f64) -> (Option<u64>, Option<u64>) {
        let latency = |end| if let End::At(latency) = end { Some(latency) } else { None };
        let (low, high) = quantiles.ends(q, confidence);
        (latency(low), latency(high))
    }

    #[test]
    fn quantiles_are_the_smallest_latencies_that_reach() {
        let latencies = without_censoring(700);
        let quantiles = Quantiles::new(&latencies, 7);
        for (q, want) in [(0.0, 1), (0.001, 1), (0.5, 350), (0.501, 351), (0.9, 630), (0.99, 693), (1.0, 700)] {
            assert_eq!(quantiles.quantile(q), Some(want), "{q}");
        }
        // Whatever the division rounds to: k of n rows reach the quantile k / n.
        for n in 1..=150_u64 {
            let latencies = without_censoring(n);
            let quantiles = Quantiles::new(&latencies, 1);
            for k in 1..=n {
                assert_eq!(quantiles.quantile(k as f64 / n as f64), Some(k), "{k} of {n}");
            }
        }
    }

    #[test]
    fn censored_rows_count_as_late() {
        let latencies = [Some(30), None, Some(10), Some(20), None, None, Some(10), None, Some(40), None];
        let quantiles = Quantiles::new(&latencies, 1);
        for (q, want) in [(0.1, Some(10)), (0.2, Some(10)), (0.3, Some(20)), (0.5, Some(40)), (0.51, None), (1.0, None)]
        {
            assert_eq!(quantiles.quantile(q), want, "{q}");
        }
        assert_eq!(quantiles.survival(9), [(10, 0.8), (20, 0.7), (30, 0.6), (40, 0.5)]);
    }

    #[test]
    fn nonsense_has_no_quantile() {
        let latencies = [Some(1), Some(2)];
        for q in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert_eq!(Quantiles::new(&latencies, 1).quantile(q), None);
            assert_eq!(interval(&Quantiles::new(&latencies, 1), q, 0.95), (None, None));
        }
        let (empty, all_late) = (Quantiles::new(&[], 0), Quantiles::new(&[None, None, None], 0));
        for none in [&empty, &all_late] {
            assert_eq!((none.quantile(0.5), interval(none, 0.5, 0.95)), (None, (None, None)));
            assert_eq!(none.survival(5), []);
        }
        assert_eq!(interval(&Quantiles::new(&latencies, usize::MAX), 0.5, f64::NAN), (None, None));
    }

    #[test]
    fn independent_rows_get_the_order_statistics() {
        // Tables: of 100 values the 40th and the 61st enclose the median.
        let latencies = without_censoring(100);
        let quantiles = Quantiles::new(&latencies, 1);
        assert_eq!(interval(&quantiles, 0.5, 0.95), (Some(40), Some(61)));
        // 0.99^100 is above 2.5 %: all may be below the 99 % quantile.
        assert_eq!(interval(&quantiles, 0.99, 0.95), (Some(97), None));
        assert_eq!(interval(&quantiles, 0.01, 0.95), (None, Some(4)));
        assert_eq!(interval(&Quantiles::new(&latencies[..5], 1), 0.5, 0.95), (None, None));
    }

    #[test]
    fn agreeing_rows_count_once() {
        let latencies: Vec<_> = (1..=100).flat_map(|replicate| [Some(replicate); 7]).collect();
        let (low, high) = interval(&Quantiles::new(&latencies, 7), 0.5, 0.95);
        assert!(low.is_some_and(|low| (39..=41).contains(&low)), "{low:?}");
        assert!(high.is_some_and(|high| (60..=62).contains(&high)), "{high:?}");
        let (low, high) = interval(&Quantiles::new(&latencies, 1), 0.5, 0.95);
        assert!(low.is_some_and(|low| low > 45) && high.is_some_and(|high| high < 56));
    }

    #[test]
    fn ends_beyond_the_deadline_are_open() {
        let accepted = |count: u64| -> Vec<_> { (1..=100).map(|at| (at <= count).then_some(at)).collect() };
        for (count, estimate, ends) in [
            (61, Some(50), (Some(40), Some(61))),
            (60, Some(50), (Some(40), None)),
            (50, Some(50), (Some(40), None)),
            (49, None, (Some(40), None)),
            (40, None, (Some(40), None)),
            (39, None, (None, None)),
        ] {
            let latencies = accepted(count);
            let quantiles = Quantiles::new(&latencies, 1);
            assert_eq!(
                (quantiles.quantile(0.5), interval(&quantiles, 0.5, 0.95)),
                (estimate, ends),
                "{count} accepted"
            );
        }
        let ends = |count: u64, q: f64| Quantiles::new(&accepted(count), 1).ends(q, 0.95);
        assert_eq!(ends(39, 0.5), (End::BeyondDeadline, End::BeyondDeadline));
        assert_eq!(ends(100, 0.99), (End::At(97), End::Unknown));
        assert_eq!(ends(100, 0.01), (End::Unknown, End::At(4)));
    }

    #[test]
    fn the_estimate_is_inside() {
        let latencies: Vec<_> = (0..210).map(|at| (at % 11 != 0).then_some(at * at % 97)).collect();
        let quantiles = Quantiles::new(&latencies, 7);
        for step in 1..100 {
            let q = f64::from(step) / 100.0;
            for confidence in [0.0, 0.01, 0.5, 0.95, 0.999] {
                let (low, high) = interval(&quantiles, q, confidence);
                if let Some(estimate) = quantiles.quantile(q) {
                    assert!(low.is_none_or(|low| low <= estimate), "{q} {confidence}");
                    assert!(high.is_none_or(|high| high >= estimate), "{q} {confidence}");
                } else {
                    assert_eq!(high, None);
                }
            }
        }
    }

    #[test]
    fn long_survivals_are_thinned() {
        let latencies = without_censoring(100_000);
        let quantiles = Quantiles::new(&latencies, 7);
        let points = quantiles.survival(200);
        assert!((150..=200).contains(&points.len()), "{}", points.len());
        assert_eq!((points[0], points[points.len() - 1]), ((1, 0.999_99), (100_000, 0.0)));
        assert!(points.is_sorted_by(|a, b| a.0 < b.0 && a.1 > b.1));
        // The ten last steps are all there, and nowhere does the picture jump by more than 8 % but in the tail.
        assert!((99_991..=100_000).all(|latency| points.iter().any(|point| point.0 == latency)));
        let bulk = points.iter().filter(|point| point.1 > 5e-4).map(|point| point.1).collect::<Vec<_>>();
        assert!(bulk.windows(2).all(|pair| pair[1] / pair[0] > 0.92));
        for most in 0..40 {
            assert!(quantiles.survival(most).len() <= most, "{most}");
        }
    }

    #[test]
    fn censored_survivals_are_thinned() {
        let latencies: Vec<_> = (1..=50_000).map(|at| (at <= 20_000).then_some(at)).collect();
        let points = Quantiles::new(&latencies, 1).survival(100);
        assert!((90..=100).contains(&points.len()), "{}", points.len());
        assert_eq!(points[points.len() - 1], (20_000, 0.6));
        assert!(points.windows(2).all(|pair| pair[0].1 - pair[1].1 < 0.006));
    }

    /// Latencies of 100 replicates of dependent rows, uniform up to a second; those above `deadline` seconds are
    /// censored.
    fn simulate(experiment: u32, deadline: f64) -> Vec<Option<u64>> {
        let latency = |seconds: f64| (seconds <= deadline).then_some((seconds * 1e9) as u64);
        (0..100).flat_map(|replicate| dependent_rows(experiment, replicate, 0.6).map(latency)).collect()
    }

    #[test]
    fn coverage_is_as_promised() {
        const EXPERIMENTS: u32 = 500;
        // (quantile, deadline): the last is censored in about half of the experiments.
        for (q, deadline) in [(0.5, 1.0), (0.9, 1.0), (0.9, 0.9)] {
            let truth = (q * 1e9) as u64;
            let covers = |at: &u32| {
                let latencies = simulate(*at, deadline);
                let (low, high) = interval(&Quantiles::new(&latencies, 7), q, 0.95);
                low.is_none_or(|low| low <= truth) && high.is_none_or(|high| truth <= high)
            };
            let coverage = (0..EXPERIMENTS).filter(covers).count() as f64 / f64::from(EXPERIMENTS);
            assert!((0.925..=0.995).contains(&coverage), "q {q}, deadline {deadline}: {coverage}");
        }
    }
}
