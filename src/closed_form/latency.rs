//! The law of a request's latency where all answers leave with the report: the report's time, which all answers share,
//! and a way back, which each has for itself.

use super::Absent;
use super::assumptions::Times;
use super::binomial::{Bernstein, at_least};
use super::laws::Law;
use super::quadrature::{Table, first_where, integral};

/// The law of the time from the caller's start to the moment when a request is decided, given how it depends on the
/// share of answers that have arrived.
#[derive(Clone, Debug)]
pub(super) struct Latency {
    response: Law,
    report: Report,
}

/// The law of the time from the callers' common start to the report.
#[derive(Clone, Debug)]
enum Report {
    /// These times with their probabilities.
    Steps(Vec<(f64, f64)>),
    /// A smooth law, and where it must be cut into pieces to be so.
    Smooth { law: Smooth, breaks: Vec<f64> },
}

#[derive(Clone, Debug)]
enum Smooth {
    /// So much and a time of this law.
    Agreement(f64, Law),
    /// A quorum's observation, and one of these times with their probabilities.
    Observation(Quorum, Vec<(f64, f64)>),
    Table(Table),
}

/// The law of the moment when a quorum has observed.
#[derive(Clone, Debug)]
struct Quorum {
    times: Box<Times>,
    nodes: usize,
    /// Number of them that must have observed.
    least: usize,
    /// The law of one node's observation, where both parts of it are drawn.
    one: Option<Table>,
}

impl Latency {
    /// Of a request that `nodes` nodes execute; they are `None` when that depends on chance.
    pub(super) fn new(times: &Times, nodes: Option<usize>, quorum: usize) -> Result<Self, Absent> {
        let report = if let (Some(request), Some(execution)) = (times.request.constant(), times.execution.constant()) {
            Report::after(request + execution, &times.ocr)
        } else {
            let has_steps = |law: &Law| law.steps().is_some() && law.constant().is_none();
            if has_steps(&times.request) || has_steps(&times.execution) {
                return Err(Absent::new("ways there or observations take the values of a list"));
            }
            let chance = || Absent::new("how many nodes execute depends on chance");
            Report::of_quorum(times, nodes.filter(|nodes| *nodes >= quorum).ok_or_else(chance)?, quorum)
        };
        Ok(Self { response: times.response.clone(), report })
    }

    /// The probability that a request is decided within `t` ns, where `decided` says how probable that is once so large
    /// a share of the answers has arrived.
    pub(super) fn decided_by(&self, decided: &Bernstein, t: f64) -> f64 {
        let arriving = 1.0 - self.response.loss;
        let share = |p: f64| decided.at(arriving * p);
        let (law, breaks) = match &self.report {
            Report::Steps(steps) => return steps.iter().map(|(at, p)| p * share(self.response.cdf(t - at))).sum(),
            Report::Smooth { law, breaks } => (law, breaks),
        };
        if let Some(steps) = self.response.steps() {
            let mut before = 0.0;
            let step = |(value, up_to): &(f64, f64)| {
                let here = share(*up_to);
                (here - std::mem::replace(&mut before, here)) * law.cdf(t - value)
            };
            return steps.iter().map(step).sum();
        }
        // Over the place that the deciding answer's way has in its law, from the shortest to the longest: what is not
        // decided yet, so that nothing is lost where everything is.
        let cuts: Vec<f64> = breaks.iter().map(|at| self.response.cdf(t - at)).collect();
        let later = integral(&cuts, |p| {
            let later = 1.0 - law.cdf(t - self.response.quantile(p));
            if later > 0.0 { arriving * decided.slope(arriving * p) * later } else { 0.0 }
        });
        share(1.0) - later
    }
}

impl Report {
    /// So long after the start, and the agreement.
    fn after(observed: f64, ocr: &Law) -> Self {
        if let Some(atoms) = ocr.atoms() {
            return Self::Steps(atoms.into_iter().map(|(value, p)| (observed + value, p)).collect());
        }
        let (inf, sup) = (observed + ocr.inf(), observed + ocr.sup());
        let breaks = breaks(observed, f64::MAX, |t| ocr.cdf(t - observed), inf, sup);
        Self::Smooth { law: Smooth::Agreement(observed, ocr.clone()), breaks }
    }

    /// After a quorum of `nodes` has observed, and the agreement.
    fn of_quorum(times: &Times, nodes: usize, quorum: usize) -> Self {
        let (low, high) = (times.request.inf() + times.execution.inf(), times.deadline);
        let mut observed = Quorum { times: Box::new(times.clone()), nodes, least: quorum, one: None };
        if times.request.constant().is_none() && times.execution.constant().is_none() {
            observed.one = Some(Table::of(low, high.max(low), |t| observed.one(t)));
        }
        let (first, last) = (low + times.ocr.inf(), high.max(low + times.ocr.inf()));
        let law = if let Some(atoms) = times.ocr.atoms() {
            Smooth::Observation(observed, atoms)
        } else {
            let quorum = Table::of(low, high.max(low), |t| observed.cdf(t));
            Smooth::Table(Table::of(first, last, |t| over(&times.ocr, t, low, |rest| quorum.at(rest))))
        };
        let breaks = breaks(first, last, |t| law.cdf(t), first, last);
        Self::Smooth { law, breaks }
    }
}

/// Places to cut a law: at its ends, and between them so that no piece holds all that happens.
fn breaks(low: f64, high: f64, cdf: impl Fn(f64) -> f64, inf: f64, sup: f64) -> Vec<f64> {
    let mut end = sup;
    if !end.is_finite() {
        end = low + 1.0;
        while cdf(end) < 1.0 - 1e-9 && end < high {
            end = low + 2.0 * (end - low);
        }
    }
    let inner = [1e-6, 1e-3, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999, 1.0 - 1e-6];
    let inner = inner.iter().map(|level| first_where(inf, end, *level, &cdf));
    inner.chain([inf, end]).collect()
}

/// The mean of `f` over what is left of `t` after a time of an uncountable law; `f` is zero below `inf`.
fn over(law: &Law, t: f64, inf: f64, f: impl Fn(f64) -> f64) -> f64 {
    let cuts = [0.02, 0.3, 0.7, 0.98].map(|p| p * law.cdf(t - inf));
    integral(&[&cuts[..], &[law.cdf(t - inf)]].concat(), |p| f(t - law.quantile(p)))
}

impl Smooth {
    fn cdf(&self, t: f64) -> f64 {
        match self {
            Self::Agreement(observed, ocr) => ocr.cdf(t - observed),
            Self::Observation(quorum, ocr) => ocr.iter().map(|(value, p)| p * quorum.cdf(t - value)).sum(),
            Self::Table(table) => table.at(t),
        }
    }
}

impl Quorum {
    /// The probability that a quorum has observed by `t`.
    fn cdf(&self, t: f64) -> f64 {
        at_least(self.nodes, self.one.as_ref().map_or_else(|| self.one(t), |table| table.at(t)), self.least)
    }

    /// The probability that one node has.
    fn one(&self, t: f64) -> f64 {
        let Times { request, execution, .. } = &*self.times;
        match (request.constant(), execution.constant()) {
            (_, Some(execution)) => self.executing(t - execution),
            (Some(request), None) => execution.cdf(t - request),
            (None, None) => over(execution, t, request.inf(), |rest| self.executing(rest)),
        }
    }

    /// The probability that a node executes by `t`.
    fn executing(&self, t: f64) -> f64 {
        at_least(self.times.callers, self.times.request.cdf(t), self.times.needed)
    }
}
