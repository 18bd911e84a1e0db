//! Assumptions of a closed form, and how surely they hold.
//!
//! Times without an upper end break every promise about order, if ever so rarely: the probability of that is bounded by
//! adding up the probabilities of all that might go wrong.

use crate::aggregator::Attestation;
use crate::engine::Window;
use crate::network::{Latency, LinkSetup};
use crate::sim::effect::{Answer, Bearer, Effect, Lie};
use crate::sim::{AggregatorSetup, Expiry, Ocr, ResponseStrategy, Schedule, Setup, Side, Ties};

use super::binomial::at_least;
use super::laws::Law;
use super::{Absent, LEAST_PAYLOAD, MOST_NODES, NEGLIGIBLE};

/// The laws of a request's times, and its numbers.
#[derive(Clone, Debug)]
pub(super) struct Times {
    pub(super) request: Law,
    pub(super) response: Law,
    pub(super) execution: Law,
    pub(super) ocr: Law,
    pub(super) skew: Law,
    /// Callers that ask.
    pub(super) callers: usize,
    /// Number of them that start an execution.
    pub(super) needed: usize,
    nodes: f64,
    /// `T` in ns.
    pub(super) deadline: f64,
}

/// Checks all that can be told without any law, and hands out the laws.
pub(super) fn times(setup: &Setup) -> Result<Times, Absent> {
    let network = &setup.network;
    let absent = |it: bool, why: &str| if it { Err(Absent::new(why)) } else { Ok(()) };
    absent(
        network.uplink.is_some() || network.downlink.is_some(),
        "bandwidth is limited, so messages wait for others",
    )?;
    absent(!network.partitions.is_empty() || !network.cuts.is_empty(), "partitions and cuts are not modelled")?;
    absent(network.limits.is_some(), "limits of the transport are not modelled")?;
    let don = &setup.capability_don;
    absent(don.response_strategy != ResponseStrategy::default(), "not every holder answers at once")?;
    absent(don.max_executions.is_some_and(|most| most < setup.request.count), "executions may have to wait")?;
    let AggregatorSetup { expiry, engine_limit, rule_set, .. } = setup.aggregator;
    absent(rule_set.is_mixed(), "workflow nodes have different rule sets")?;
    absent(don.attesting.is_some_and(|attesting| attesting < don.nodes), "some nodes do not attest")?;
    absent(
        rule_set.of(0).definition().attestation == Attestation::Signers,
        "what signatures prove depends on those of earlier answers",
    )?;
    absent(expiry != Expiry::Deadline || engine_limit.is_some(), "requests do not expire at the time-out")?;
    absent(setup.ties == Ties::Adversarial, "ties are ordered against the caller")?;
    absent(setup.request.schedule != Schedule::AllAtOnce, "nodes are not asked all at once")?;
    absent(setup.capability_don.nodes > MOST_NODES, "there are too many nodes")?;
    let law = |link: &LinkSetup| match &link.latency {
        Latency::Distribution(latency) => Ok(Law::of_link(latency, link)),
        Latency::Regions { .. } => Err(Absent::new("paths of a region matrix are not alike")),
    };
    let silent_callers = check_faults(setup)?;
    let (don, callers) = (&setup.capability_don, &setup.workflow_don);
    let ocr = match &don.ocr {
        Ocr::Latency(latency) => Law::of(latency),
        Ocr::Rounds(_) => return Err(Absent::new("OCR3 rounds have no law")),
    };
    Ok(Times {
        request: law(&network.request)?,
        response: law(&network.response)?,
        execution: Law::of(&don.execution),
        ocr,
        skew: Law::of(&callers.start_skew),
        callers: (callers.nodes - silent_callers.min(callers.nodes)) as usize,
        needed: callers.f as usize + 1,
        nodes: f64::from(don.nodes),
        deadline: setup.aggregator.timeout.as_nanos() as f64,
    })
}

/// Faults that do not always act the same; the number of callers that never ask.
fn check_faults(setup: &Setup) -> Result<u32, Absent> {
    let mut silent_callers = 0;
    for fault in setup.faults.iter().filter(|fault| fault.nodes.most(setup.capability_don.nodes) > 0) {
        let name = fault.kind.name();
        let acts_always = fault.kind.is_outage() || (fault.probability >= 1.0 && fault.targets.is_none());
        if fault.window != Window::ALWAYS || !acts_always {
            return Err(Absent::new(format!("the fault {name} does not act always and on all")));
        }
        if fault.overlap {
            return Err(Absent::new(format!("the fault {name} may overlap with others")));
        }
        let accomplices = fault.nodes.most(setup.capability_don.nodes);
        let bearer = Bearer { holds: true, accomplices, required: setup.capability_don.f + 1 };
        let effect = fault.kind.effect(bearer);
        if fault.kind.side() == Side::Workflow {
            if effect != Effect::NeverAsks {
                return Err(Absent::new(format!("the fault {name} is not modelled")));
            }
            silent_callers += fault.nodes.given();
        }
        let lies = matches!(effect, Effect::Answers(Answer::Lie(Lie::Shared | Lie::Own | Lie::ForCaller, _)));
        if lies && setup.request.payload_size < LEAST_PAYLOAD {
            return Err(Absent::new("the payload is so short that two lies may be the same"));
        }
        if matches!(effect, Effect::Answers(Answer::Bomb | Answer::Hollow)) && setup.request.count > 1 {
            return Err(Absent::new("a caller that crashes takes its other requests with it"));
        }
    }
    Ok(silent_callers)
}

impl Times {
    /// All answers leave at one moment, the report's: whoever executes has been asked by all, and has its own
    /// observation, by then. The probability that they do not, at most.
    pub(super) fn scattered(&self) -> f64 {
        let (first, agreed) = (self.skew.inf() + self.request.inf(), self.execution.inf() + self.ocr.inf());
        let late_requests = excess(&[Tail::of(&self.skew), Tail::of(&self.request)], first + agreed);
        let late_observations =
            excess(&[self.any_skew(), self.start_of_execution(), Tail::of(&self.execution)], first + agreed);
        self.nodes * (self.callers as f64 * late_requests + late_observations)
    }

    /// The probability that some answer comes more than the time-out after the first caller's earliest start, at most;
    /// lost ones left aside.
    pub(super) fn late(&self) -> f64 {
        let room = self.deadline + self.skew.inf();
        let [execution, ocr] = [&self.execution, &self.ocr].map(Tail::of);
        let by_report = [self.any_skew(), self.start_of_execution(), execution, ocr, Tail::of(&self.response)];
        let by_request = [&self.skew, &self.request, &self.response].map(Tail::of);
        self.nodes * (excess(&by_report, room) + self.callers as f64 * excess(&by_request, room))
    }

    /// Whether every answer leaves after a time whose law is the same for all nodes, whatever they answer.
    pub(super) fn is_exchangeable(&self) -> bool {
        self.execution.constant() == Some(0.0)
    }

    /// Whether a node that gives up on a request may say so before its caller does.
    pub(super) fn servers_give_up_first(&self) -> bool {
        self.skew.sup() - self.skew.inf() > self.request.inf() + self.response.inf()
    }

    fn any_skew(&self) -> Tail<'_> {
        Tail { beyond: Box::new(|t| self.callers as f64 * self.skew.tail(t)), ..Tail::of(&self.skew) }
    }

    /// From the last start of a caller to a node's execution.
    fn start_of_execution(&self) -> Tail<'_> {
        let late = move |t| {
            let one = self.request.tail(t);
            if self.request.loss > 0.0 {
                return (self.callers as f64 * one).min(1.0);
            }
            at_least(self.callers, one, (self.callers + 1).saturating_sub(self.needed))
        };
        Tail { beyond: Box::new(late), ..Tail::of(&self.request) }
    }
}

/// A time, as far as its tail is concerned.
struct Tail<'a> {
    inf: f64,
    sup: f64,
    beyond: Box<dyn Fn(f64) -> f64 + 'a>,
}

impl<'a> Tail<'a> {
    fn of(law: &'a Law) -> Self {
        Self { inf: law.inf(), sup: law.sup(), beyond: Box::new(|t| law.tail(t)) }
    }
}

/// The probability that independent times add up to more than `room`, at most: each is taken to the next higher multiple
/// of a cell.
fn excess(times: &[Tail<'_>], room: f64) -> f64 {
    let rest = room - times.iter().map(|time| time.inf).sum::<f64>();
    if times.iter().map(|time| time.sup).sum::<f64>() <= room {
        return 0.0;
    }
    if rest <= 0.0 {
        return 1.0;
    }
    // The probability of more than so many cells.
    let mut beyond = vec![0.0; CELLS + 1];
    for time in times.iter().filter(|time| time.sup > time.inf) {
        let width = rest / CELLS as f64;
        let own: Vec<f64> = (0..=CELLS).map(|at| (time.beyond)(time.inf + at as f64 * width).min(1.0)).collect();
        let takes = |cells: usize| if cells == 0 { 1.0 - own[0] } else { own[cells - 1] - own[cells] };
        let sum = |room: usize| own[room] + (0..=room).map(|cells| takes(cells) * beyond[room - cells]).sum::<f64>();
        beyond = (0..=CELLS).map(sum).collect();
    }
    beyond[CELLS].min(1.0)
}

/// Cells that room is divided into.
const CELLS: usize = 256;

/// An error when what must not happen may happen.
pub(super) fn negligible(probability: f64, what: &str) -> Result<f64, Absent> {
    if probability <= NEGLIGIBLE { Ok(probability) } else { Err(Absent::new(what)) }
}
