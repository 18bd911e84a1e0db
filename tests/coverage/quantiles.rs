//! Quantiles of latencies, some of them beyond the deadline.
//!
//! With probability `share` the rows of a replicate have one latency, otherwise each has its own; so the correlation of
//! two rows is `share`. The law of the latency does not matter, only ranks do. The deadline is absent, or just at the
//! true quantile, so that the estimate is beyond it in half of the experiments.
//!
//! To sort 70,000 rows in each of 180,000 experiments is too much. But an interval is a function of the share of rows
//! up to the estimate (`end_ranks`, which is what `Quantiles` itself calls), and it covers the truth if the ends' ranks
//! are on the right sides of the number of rows up to the truth. That number is drawn first; from there single rows are
//! passed, in the order of their latencies, until the estimate is reached: some hundred at most. At 100 replicates
//! `the_short_way_is_the_long_way` compares with sorted rows.
//!
//! An end that is open covers: it claims nothing. At 100 replicates the 99 % quantile is never bounded from above, so
//! 97.5 % is promised there.

use std::collections::BTreeMap;

use donsim::stats::{End, Interval, Proportion, Quantiles, end_ranks};

use super::clustered::ROWS;
use super::draw::{Chance, Law, REPLICATES, binomial_chances};
use super::table::{CONFIDENCE, Row, Said, judge};

/// How many replicates are of which kind, seen from some latency.
#[derive(Clone, Copy)]
struct State {
    /// By number of rows up to it, of replicates whose rows have latencies of their own.
    own: [u32; ROWS as usize + 1],
    /// Replicates whose rows have one latency: beyond it, up to it.
    common: [u32; 2],
    /// Rows up to it.
    until: u32,
}

impl State {
    /// Seen from the true `q` quantile.
    fn draw(chance: &mut Chance, n: u32, q: f64, share: f64) -> Self {
        let mut chances = vec![share * (1.0 - q), share * q];
        chances.extend(binomial_chances(ROWS, q).iter().map(|own| (1.0 - share) * own));
        let counts = chance.multinomial(n, &chances);
        let mut own = [0; ROWS as usize + 1];
        own.copy_from_slice(&counts[2..]);
        let until = counts[1] * ROWS + (0..).zip(own).map(|(rows, count)| rows * count).sum::<u32>();
        Self { own, common: [counts[0], counts[1]], until }
    }

    /// To the next latency, `later` or earlier. All that are to come are alike: each is the next with the same chance.
    fn step(&mut self, chance: &mut Chance, later: bool) {
        let [from, to] = if later { [0, 1] } else { [1, 0] };
        let all = ROWS * self.own.iter().sum::<u32>();
        let own_until = self.until - ROWS * self.common[1];
        let own = if later { all - own_until } else { own_until };
        let mut at = chance.below(u64::from(own + self.common[from])) as u32;
        if at < self.common[from] {
            self.common[from] -= 1;
            self.common[to] += 1;
            self.until = if later { self.until + ROWS } else { self.until - ROWS };
            return;
        }
        at -= self.common[from];
        for rows in 0..=ROWS {
            let here = if later { ROWS - rows } else { rows } * self.own[rows as usize];
            if at < here {
                let next = if later { rows + 1 } else { rows - 1 };
                self.own[rows as usize] -= 1;
                self.own[next as usize] += 1;
                self.until = self.until + next - rows;
                return;
            }
            at -= here;
        }
    }

    /// To the latency of the row of this rank.
    fn walk(mut self, chance: &mut Chance, rank: u32) -> Self {
        if self.until < rank {
            while self.until < rank {
                self.step(chance, true);
            }
            return self;
        }
        loop {
            let here = self;
            self.step(chance, false);
            if self.until < rank {
                return here;
            }
        }
    }

    /// Replicates by number of rows up to here.
    fn counts(&self) -> [u32; ROWS as usize + 1] {
        let mut counts = self.own;
        counts[0] += self.common[0];
        counts[ROWS as usize] += self.common[1];
        counts
    }
}

/// Ranks of the ends by the bits of the effective number of rows, of which they are a function for one quantile and number of rows.
type KnownEnds = BTreeMap<u64, (Option<u64>, Option<u64>)>;

/// A case: the quantile, the dependence of rows, whether the deadline is at the true quantile.
#[derive(Clone, Copy)]
struct Case {
    q: f64,
    share: f64,
    censored: bool,
}

impl Case {
    fn law(&self) -> String {
        format!("dependence {}{}", self.share, if self.censored { ", deadline at the truth" } else { "" })
    }

    /// An experiment of `n` replicates by its sums.
    fn draw(self, chance: &mut Chance, until: &Law<Proportion, u64>, n: u32, known: &mut KnownEnds) -> Said {
        let truth = State::draw(chance, n, self.q, self.share);
        // The smallest whose share of the rows is at least q; no such product is whole by chance of rounding.
        let rank = libm::ceil(self.q * f64::from(n * ROWS) - 1e-6) as u32;
        let beyond_deadline = self.censored && truth.until < rank;
        let seen_from = if beyond_deadline { truth } else { truth.walk(chance, rank) };
        let within = until.sum(&seen_from.counts());
        let effective = within.effective_rows(CONFIDENCE).expect("there are rows");
        let (low, high) = *known.entry(effective.to_bits()).or_insert_with(|| end_ranks(self.q, &within, CONFIDENCE));
        let rows = u64::from(truth.until);
        if low.is_some_and(|low| low > rows) {
            Said::TooHigh
        } else if high.is_some_and(|high| high <= rows) {
            Said::TooLow
        } else {
            Said::Covered
        }
    }

    /// An experiment of 100 replicates row by row. Latencies are uniform, over a second.
    fn simulate(self, chance: &mut Chance) -> Said {
        let deadline = if self.censored { self.q } else { 1.0 };
        let mut latencies = Vec::new();
        for _ in 0..100 {
            let common = (chance.unit() < self.share).then(|| chance.unit());
            let latency = |unit: f64| (unit <= deadline).then_some((unit * 1e9) as u64);
            latencies.extend((0..ROWS).map(|_| latency(common.unwrap_or_else(|| chance.unit()))));
        }
        let seconds = |end: End, unknown: f64| match end {
            End::Unknown => unknown,
            End::At(nanos) => nanos as f64 / 1e9,
            End::BeyondDeadline => f64::INFINITY,
        };
        let (low, high) = Quantiles::new(&latencies, ROWS as usize).ends(self.q, CONFIDENCE);
        Said::of(self.q, Some(Interval { low: seconds(low, 0.0), high: seconds(high, f64::INFINITY) }))
    }
}

/// The share of hits up to some latency, from the number of replicates with each number of them.
fn until() -> Law<Proportion, u64> {
    let kinds: Vec<(f64, u64)> = (0..=u64::from(ROWS)).map(|rows| (1.0, rows)).collect();
    Law::new(Proportion::default(), &kinds, |sum, n, hits| sum.record_many(u64::from(n), *hits, u64::from(ROWS)))
}

/// A quantile of every kind of law covers on average, at every number of replicates.
fn covers_on_average(q: f64) {
    let until = until();
    let mut rows = Vec::new();
    for n in REPLICATES {
        for share in [0.0, 0.3, 1.0] {
            for censored in [false, true] {
                let case = Case { q, share, censored };
                let group = format!("p{}", 100.0 * q);
                let mut known = KnownEnds::new();
                rows.push(Row::run(&group, &case.law(), n, |chance| case.draw(chance, &until, n, &mut known)));
            }
        }
    }
    judge(&rows, (0.93, 0.97));
}

#[test]
fn medians_cover_on_average() {
    covers_on_average(0.5);
}

#[test]
fn quantiles_of_90_percent_cover_on_average() {
    covers_on_average(0.9);
}

#[test]
fn quantiles_of_99_percent_cover_on_average() {
    covers_on_average(0.99);
}

#[test]
fn the_short_way_is_the_long_way() {
    let until = until();
    for (q, censored) in [(0.5, true), (0.9, false), (0.9, true)] {
        let case = Case { q, share: 0.3, censored };
        let mut known = KnownEnds::new();
        let short = Row::run("short", &case.law(), 100, |chance| case.draw(chance, &until, 100, &mut known));
        let long = Row::run("long", &case.law(), 100, |chance| case.simulate(chance));
        println!("p{}, {}: {} in short, {} row by row", 100.0 * q, case.law(), short.coverage(), long.coverage());
        // Four standard errors of the difference of two such shares.
        assert!((short.coverage() - long.coverage()).abs() < 0.0125);
    }
}
