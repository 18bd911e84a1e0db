//! Outcome that a cell must have, by mathematics: the probability that a caller accepts, fails or expires, and the law of
//! its latency, exactly, where the cell is simple enough for it.
//!
//! Nothing here calls the simulation or the aggregator: their rules are written down a second time, on numbers of
//! answers instead of messages, so that either side checks the other.
//!
//! # Derivation
//!
//! All honest callers are alike, so the share of requests that are accepted is the probability that one caller accepts.
//!
//! 1. *Answers* (`answers.rs`). As far as the rules can tell, a node's answer is one of few kinds: the right payload with
//!    or without a valid attestation, a lie that others share or not, an error by its text, bytes that do not decode, or
//!    none. The kind follows from whether the node holds the payload and which fault it has.
//! 2. *Casts* (`casts.rs`). Holders and faulty nodes are drawn by lot, so the numbers of nodes of each kind are a
//!    mixture of few vectors: binomial for `{ agree = p }`, hypergeometric for faults that take whoever it happens to be.
//! 3. *Race* (`race.rs`). Given these numbers every order of the answers is equally likely, for ways back are independent
//!    and alike and ties are broken by lot. Let `C(l)` be the probability that the first `l` of a random order lead to
//!    acceptance. It is found over vectors of numbers: a random order comes by the vector `s` undecided with a
//!    probability that is a sum over the vectors before it, the next answer being of kind `k` with probability
//!    `(c_k - s_k) / (n - |s|)`, where `c_k` of the `n` answers are of that kind. The same for failures.
//! 4. *Arrival* (`arrival.rs`). If each answer has arrived by some time with probability `x`, independently, those that have are
//!    a prefix of binomial length of a random order: the caller has accepted with probability
//!    `A(x) = sum over l of C(l) P(Bin(n, x) = l)`, a polynomial in Bernstein's form, which stays one when nodes that
//!    never answer are added as blanks and when casts are mixed. Where a given number of all links lose their answers,
//!    those among the first `j` are hypergeometric and left out, which makes coefficients of coefficients.
//! 5. *Asking* (`asking.rs`). Requests get lost with probability `q`. A node executes if at least `F_w + 1` of the
//!    callers' requests arrive, and it answers this caller if its request is among them. Nodes do so independently and
//!    regardless of what they answer, so those that answer are again a random prefix; their number goes together with
//!    the existence of a report, for which `floor((N + F) / 2) + 1` nodes must execute.
//! 6. *Time* (`latency.rs`). With the report at time `s` after the start, the same for all answers, a way back of the
//!    distribution function `G` and loss `p`, it is `x(t) = (1 - p) G(t - s)`, and the latency's law is
//!    `H(t) = E[A((1 - p) G(t - s))]` over `s`. Integrated by parts that is the mean of `P(s <= t - y)` over the way back
//!    `y` of the deciding answer, which takes place number `u` in `G` with density `(1 - p) A'((1 - p) u)`. The report's
//!    time is a quorum's observation, an order statistic of order statistics of ways there, and an agreement. Constant
//!    times, and values of a file, are sums and exact; integrals are accurate to about 1e-9, to about 1e-6 where both
//!    the observation and the agreement are drawn ([`ClosedForm::tolerance`] tells).
//!
//! # Assumptions
//!
//! All answers leave at one moment, so whoever executes was asked by all and has observed by the time of the report. An
//! endless tail may break that: the probability is bounded by adding up all that may go wrong; up to one in a million
//! is tolerated and added to the tolerance, above it there is no closed form. Where executions take no time, answers
//! that leave later do so whatever they say, and every order is still equally likely; where nothing but acceptance can come
//! of any answers, their order does not matter; and where callers start at different times their common `s` is gone. Then
//! there is no law of the latency, and no probability of acceptance either unless every answer comes before the deadline.
//!
//! Whatever makes nodes unlike each other or lets messages wait for others is beyond this: bandwidth, regions, partitions
//! and cuts, staged schedules, ties against the caller, faults that act now and then, late, twice or under other names.
//! [`of`] then says which.

mod answers;
mod arrival;
mod asking;
mod assumptions;
mod binomial;
mod bounds;
mod casts;
mod latency;
mod laws;
mod quadrature;
mod race;
#[cfg(test)]
mod tests;

use crate::sim::Setup;

use self::arrival::{Polynomials, common_value, executing, polynomials};
use self::asking::Asking;
use self::assumptions::{Times, negligible};
use self::binomial::Bernstein;
pub(crate) use self::binomial::binomial;
use self::casts::{Cast, Casts, casts};
use self::latency::Latency;
use self::race::End;

/// Probability that the assumptions fail, at most.
const NEGLIGIBLE: f64 = 1e-6;
/// Nodes of a DON for which there is a closed form.
const MOST_NODES: u32 = 500;
/// Ways to assign faults.
const MOST_CASTS: usize = 3_000;
/// Steps of all races of a cell.
const MOST_STEPS: u64 = 4_000_000;
/// Bytes below which two random payloads may well be the same.
const LEAST_PAYLOAD: u64 = 8;
/// Points of a survival function between its ends.
const SURVIVAL_POINTS: u32 = 72;

/// Reason that there is no closed form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Absent(String);

impl Absent {
    fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

/// Probabilities that a cell must come to.
#[derive(Clone, Debug)]
pub struct ClosedForm {
    /// The probability that a caller accepts the right response.
    pub accepted: f64,
    /// The probability that it accepts another one.
    pub accepted_wrong: f64,
    /// The probability that a message crashes it.
    pub crashed: f64,
    /// The probability that a caller does not accept the right response, and its error at most. Added up on its own: both
    /// may be far below the accuracy of the others. `None` where answers may well come after the deadline.
    pub not_accepted: Option<(f64, f64)>,
    /// The probabilities of what else may become of a request.
    pub otherwise: Result<Otherwise, Absent>,
    /// Error of the probabilities at most, from what the assumptions neglect and the integrals lose.
    pub tolerance: f64,
    /// Probability of acceptance by the share of the answers that has arrived.
    acceptance: Bernstein,
    latency: Result<Latency, Absent>,
    /// `T` in ns.
    deadline: f64,
}

/// Ends of requests that are not accepted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Otherwise {
    /// The probability of an error.
    pub failed: f64,
    /// The probability of no decision at the deadline.
    pub expired: f64,
    /// The probability that there was nothing to agree on.
    pub no_agreement: f64,
}

/// The closed form of a cell.
///
/// # Errors
/// Why there is none.
pub fn of(setup: &Setup) -> Result<ClosedForm, Absent> {
    let times = assumptions::times(setup)?;
    let casts = casts(setup)?;
    let asking = Asking::new(&times, bounds::byzantine_quorum(setup));
    let outcomes = polynomials(setup, &casts.agreed, &asking)?;
    let not_accepted = not_accepted(&times, &casts, &outcomes);
    let ends = outcomes.ends;
    let no_agreement = casts.nothing.iter().fold(0.0, |sum, (cast, p)| sum + p * asking.reports(executing(cast)));
    let executing = common_value(casts.agreed.iter().map(|(cast, _)| executing(cast)));
    // More answers never do harm, so their order does not matter.
    let is_race = ends[1..].iter().any(|end| !end.is_zero());
    let (latency, doubt) = timing(&times, executing.filter(|_| times.request.loss == 0.0), asking.quorum, is_race)?;
    let rates = ends.each_ref().map(|end| match &latency {
        Ok(latency) => whole(latency.decided_by(end, times.deadline - 0.5)),
        Err(_) => whole(end.at(1.0 - times.response.loss)),
    });
    if let Ok(latency) = &latency {
        let tie = ends.iter().zip(rates).any(|(end, rate)| latency.decided_by(end, times.deadline + 0.5) - rate > TIE);
        if tie {
            return Err(Absent::new("answers come in the very instant of the deadline"));
        }
    }
    let [accepted, accepted_wrong, failed, crashed] = rates;
    let expired = 1.0 - whole(accepted + accepted_wrong + failed + crashed + no_agreement);
    let otherwise = if times.servers_give_up_first() && casts_get_stuck(&times, &casts, &asking) {
        Err(Absent::new("nodes that give up on a request may say so before the last caller gives up"))
    } else {
        Ok(Otherwise { failed, expired, no_agreement })
    };
    let [acceptance, ..] = ends;
    let tolerance = doubt + ACCURACY;
    Ok(ClosedForm {
        accepted,
        accepted_wrong,
        crashed,
        not_accepted,
        otherwise,
        tolerance,
        acceptance,
        latency,
        deadline: times.deadline,
    })
}

/// Probability of any end but the right one when every answer that is not lost comes in time, and of what might upset
/// that. Without losses nothing is subtracted anywhere: what cannot be is exactly zero.
fn not_accepted(times: &Times, casts: &Casts, outcomes: &Polynomials) -> Option<(f64, f64)> {
    let [_, others @ ..] = &outcomes.ends;
    let ended: f64 = others.iter().chain([&outcomes.undecided]).map(|end| end.but_for(times.response.loss)).sum();
    let nothing: f64 = casts.nothing.iter().map(|(_, probability)| probability).sum();
    let is_race = others.iter().any(|end| !end.is_zero());
    let order = if times.is_exchangeable() || !is_race { 0.0 } else { times.scattered() };
    let lossless = times.request.loss == 0.0 && times.response.loss == 0.0;
    let error = times.late() + order + if lossless { 0.0 } else { ROUNDING };
    (error <= NEGLIGIBLE).then_some((ended + outcomes.unreported + nothing, error))
}

/// A probability; one that is off by rounding alone is 1.
fn whole(probability: f64) -> f64 {
    if probability > 1.0 - ROUNDING { 1.0 } else { probability.max(0.0) }
}

/// Error of a sum of many probabilities.
const ROUNDING: f64 = 1e-12;
/// Probability that may lie within the nanosecond of the deadline: more than a smooth law has there.
const TIE: f64 = 1e-5;
/// Error of sums and integrals, where not said otherwise.
const ACCURACY: f64 = 1e-9;
/// Error of tables.
const TABLE_ACCURACY: f64 = 1e-6;

/// The law of the latency, or why there is none; and how much is neglected.
fn timing(
    times: &Times,
    executing: Option<usize>,
    quorum: usize,
    is_race: bool,
) -> Result<(Result<Latency, Absent>, f64), Absent> {
    let scattered = times.scattered();
    let latency = if times.skew.constant().is_none() {
        Err(Absent::new("callers start at different times"))
    } else if scattered > NEGLIGIBLE {
        Err(Absent::new("answers may leave after the report"))
    } else {
        Latency::new(times, executing, quorum)
    };
    let drawn = times.request.constant().is_none() || times.execution.constant().is_none();
    let doubt = if scattered <= NEGLIGIBLE {
        scattered
    } else if times.is_exchangeable() || !is_race {
        0.0
    } else {
        return Err(Absent::new(
            "nodes may be asked, or observe, after the report, so answers leave at different times",
        ));
    };
    if latency.is_ok() {
        let tables = if drawn && times.ocr.atoms().is_none() { TABLE_ACCURACY } else { 0.0 };
        return Ok((latency, doubt + tables));
    }
    let late =
        negligible(times.late(), "answers may come after the deadline, and the law of their times is not known")?;
    Ok((latency, doubt + late))
}

/// Whether nodes may come to know that a request leads to nothing.
fn casts_get_stuck(times: &Times, casts: &Casts, asking: &Asking) -> bool {
    let short = |(cast, _): &(Cast, f64)| executing(cast) < asking.quorum;
    times.request.loss > 0.0 || !casts.nothing.is_empty() || casts.agreed.iter().any(short)
}

impl ClosedForm {
    /// Parts that it lacks, each with the reason, such as `of latency: callers start at different times`; empty when it
    /// is whole.
    #[must_use]
    pub fn missing(&self) -> String {
        let latency = self.latency.as_ref().err().map(|why| format!("of latency: {why}"));
        let otherwise = self.otherwise.as_ref().err().map(|why| format!("of failed, expired, no_agreement: {why}"));
        latency.into_iter().chain(otherwise).collect::<Vec<_>>().join("; ")
    }

    /// The probability that the right response is accepted within `nanos`, the end of that nanosecond included; from the
    /// deadline on that of acceptance at all.
    ///
    /// # Errors
    /// Why the law of the latency is not known.
    pub fn latency_cdf(&self, nanos: f64) -> Result<f64, Absent> {
        let latency = self.latency.as_ref().map_err(Clone::clone)?;
        if nanos >= self.deadline {
            return Ok(self.accepted);
        }
        Ok(latency.decided_by(&self.acceptance, nanos + 0.5).clamp(0.0, self.accepted))
    }

    /// The least whole number of ns within which a share of at least `p` is accepted; `None` where fewer are before the
    /// deadline, or the law is not known.
    #[must_use]
    pub fn latency_quantile(&self, p: f64) -> Option<f64> {
        if p > self.accepted || self.latency.is_err() {
            return None;
        }
        let (mut below, mut above) = (-1.0, self.deadline);
        while above - below > 1.0 {
            let middle = libm::floor(0.5 * (below + above));
            if self.latency_cdf(middle).is_ok_and(|share| share >= p) { above = middle } else { below = middle }
        }
        Some(above)
    }

    /// The share of requests that are still waiting, or are never accepted, by time in ns, rising in it: from the first
    /// acceptances to the deadline; empty where the law is not known.
    #[must_use]
    pub fn survival(&self) -> Vec<(f64, f64)> {
        let quantile = |share: f64| self.latency_quantile(share * self.accepted);
        let ends = [1e-4, 0.99, 1.0 - 1e-6].map(quantile);
        let [Some(first), Some(most), Some(last)] = ends else { return Vec::new() };
        if self.accepted <= 0.0 {
            return Vec::new();
        }
        let half = SURVIVAL_POINTS / 2;
        let between = |from: f64, to: f64, step: u32| from + (to - from) * f64::from(step) / f64::from(half);
        let early = (0..half).map(|step| between(first, most, step));
        let late = (0..=half).map(|step| between(most, last, step));
        let mut times: Vec<f64> = early.chain(late).chain([self.deadline]).map(libm::round).collect();
        times.dedup();
        // Digits behind the accuracy say nothing.
        let point = |t: f64| Some((t, libm::round((1.0 - self.latency_cdf(t).ok()?) * 1e9) / 1e9));
        times.into_iter().filter_map(point).collect()
    }
}

// The order of ends is that of the polynomials.
const _: () = assert!(
    End::Right as usize == 0 && End::Wrong as usize == 1 && End::Failed as usize == 2 && End::Crashed as usize == 3
);
