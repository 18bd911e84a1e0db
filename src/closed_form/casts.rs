//! Numbers of nodes that give each answer: who holds the payload and who is faulty are drawn by lot, so that there is a
//! probability to every combination of numbers.

use std::collections::BTreeMap;

use crate::sim::effect::{Answer, Bearer, Effect};
use crate::sim::{Fault, FaultyNodes, PayloadHolders, Setup, Side};

use super::binomial::{binomial, hypergeometric};
use super::{Absent, MOST_CASTS};

/// Number of nodes that give each answer.
pub(super) type Cast = BTreeMap<Answer, u32>;

/// Every cast with its probability.
#[derive(Clone, Debug, Default)]
pub(super) struct Casts {
    /// Those with something to agree on.
    pub(super) agreed: Vec<(Cast, f64)>,
    /// Those without.
    pub(super) nothing: Vec<(Cast, f64)>,
}

/// Nodes that are left for further faults: holders, others, and the answers of those that are taken.
type Draft = (u32, u32, Cast);

/// Holders first, then the faults that take a number of nodes, then those that nodes have with a probability, each in
/// their order and among the nodes that are left.
pub(super) fn casts(setup: &Setup) -> Result<Casts, Absent> {
    let don = &setup.capability_don;
    let mut casts = Casts::default();
    for (holders, probability) in holders(setup) {
        let mut drafts = BTreeMap::from([((holders, don.nodes - holders, Cast::new()), probability)]);
        let faults = setup.faults.iter().filter(|fault| fault.kind.side() == Side::Capability);
        let faults = faults.filter(|fault| fault.nodes.most(don.nodes) > 0);
        let (given, by_chance): (Vec<&Fault>, _) =
            faults.partition(|fault| matches!(fault.nodes, FaultyNodes::Count(_)));
        for fault in given.into_iter().chain(by_chance) {
            drafts = assign(fault, &drafts, don.f + 1)?;
        }
        let agrees = !matches!(don.payload_holders, PayloadHolders::Agree(_)) || holders > don.f;
        let kept = if agrees { &mut casts.agreed } else { &mut casts.nothing };
        for ((holders, others, mut cast), probability) in drafts {
            add(&mut cast, Answer::honest(true), holders);
            add(&mut cast, Answer::honest(false), others);
            kept.push((cast, probability));
        }
        if kept.len() > MOST_CASTS {
            return Err(Absent::new("there are too many ways to assign faults to nodes"));
        }
    }
    Ok(casts)
}

fn holders(setup: &Setup) -> Vec<(u32, f64)> {
    let don = &setup.capability_don;
    match don.payload_holders {
        PayloadHolders::FPlusOne => vec![((don.f + 1).min(don.nodes), 1.0)],
        PayloadHolders::All => vec![(don.nodes, 1.0)],
        PayloadHolders::Count(count) => vec![(count.min(don.nodes), 1.0)],
        PayloadHolders::Agree(p) => (0..).zip(binomial(don.nodes as usize, p)).filter(|(_, p)| *p > 0.0).collect(),
    }
}

/// Gives a fault to its nodes in every draft.
fn assign(fault: &Fault, drafts: &BTreeMap<Draft, f64>, required: u32) -> Result<BTreeMap<Draft, f64>, Absent> {
    let mut assigned = BTreeMap::new();
    for ((holders, others, cast), probability) in drafts {
        for ((from_holders, from_others), share) in choices(fault, *holders, *others) {
            let mut cast = cast.clone();
            let signers = from_holders + from_others;
            for (holds, nodes) in [(true, from_holders), (false, from_others)] {
                add(&mut cast, answer(fault, holds, signers, required)?, nodes);
            }
            let draft = (holders - from_holders, others - from_others, cast);
            *assigned.entry(draft).or_default() += probability * share;
        }
    }
    Ok(assigned)
}

/// Numbers of holders and others that a fault takes, each with its probability.
fn choices(fault: &Fault, holders: u32, others: u32) -> Vec<((u32, u32), f64)> {
    let nodes = match fault.nodes {
        FaultyNodes::Each(p) => {
            let of = |nodes: u32| (0..).zip(binomial(nodes as usize, p)).filter(|(_, p)| *p > 0.0);
            let pairs = of(holders).flat_map(|(first, p)| of(others).map(move |(second, q)| ((first, second), p * q)));
            return pairs.collect();
        }
        FaultyNodes::Count(nodes) => nodes,
    };
    if let Some(wanted) = fault.holders {
        return vec![((wanted.min(holders), (nodes - wanted).min(others)), 1.0)];
    }
    let taken = nodes.min(holders + others);
    let split = hypergeometric((holders + others) as usize, holders as usize, taken as usize);
    (0..).zip(split).filter(|(_, p)| *p > 0.0).map(|(of_holders, p)| ((of_holders, taken - of_holders), p)).collect()
}

/// Answer of a node with a fault that `accomplices` nodes have.
fn answer(fault: &Fault, holds: bool, accomplices: u32, required: u32) -> Result<Answer, Absent> {
    match fault.kind.effect(Bearer { holds, accomplices, required }) {
        Effect::Answers(answer) => Ok(answer),
        Effect::NeverAsks | Effect::Unknown(_) => {
            Err(Absent::new(format!("the fault {} is not modelled", fault.kind.name())))
        }
    }
}

fn add(cast: &mut Cast, answer: Answer, nodes: u32) {
    if nodes > 0 {
        *cast.entry(answer).or_default() += nodes;
    }
}
