//! Ends of a request by the share of its answers that has arrived: races of all casts, weighed by who answers at all.

use std::collections::BTreeMap;

use crate::sim::Setup;
use crate::sim::effect::Answer;

use super::answers::{Card, Rules};
use super::asking::Asking;
use super::binomial::Bernstein;
use super::casts::Cast;
use super::race::{Hand, play};
use super::{Absent, bounds};

/// Nodes that take part in the agreement when they are asked.
pub(super) fn executing(cast: &Cast) -> usize {
    cast.iter().filter(|(answer, _)| **answer != Answer::Absence).map(|(_, nodes)| *nodes as usize).sum()
}

/// The value that all are.
pub(super) fn common_value(mut values: impl Iterator<Item = usize>) -> Option<usize> {
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}

/// Ends of races added up, as [`super::race::Ends`] has them.
type Sums = [Vec<f64>; 5];

/// Ends of a cell's requests.
pub(super) struct Polynomials {
    /// For each way to end its probability, by the share of answers that have arrived; in the order of [`End`].
    pub(super) ends: [Bernstein; 4],
    /// The same for no end.
    pub(super) undecided: Bernstein,
    /// Probability of no report, and so of no answer.
    pub(super) unreported: f64,
}

pub(super) fn polynomials(setup: &Setup, casts: &[(Cast, f64)], asking: &Asking) -> Result<Polynomials, Absent> {
    let don = &setup.capability_don;
    let required = bounds::required(setup);
    let rules = Rules {
        definition: setup.aggregator.rule_set.of(0).definition(),
        nodes: don.nodes,
        required,
        attestation_suffices: required == don.f + 1,
    };
    // By the number of answers that matter and of nodes that execute besides.
    let mut races: BTreeMap<(usize, usize), (Sums, f64)> = BTreeMap::new();
    let mut steps = 0;
    for (cast, probability) in casts {
        let hand = hand(&rules, cast);
        let matter: usize = hand.values().map(|count| *count as usize).sum();
        let ends = play(&rules, &hand, &mut steps)?;
        let (sums, weight) = races
            .entry((matter, executing(cast) - matter))
            .or_insert_with(|| (std::array::from_fn(|_| vec![0.0; matter + 1]), 0.0));
        *weight += probability;
        for (sum, end) in sums.iter_mut().flatten().zip(ends.0.iter().flatten()) {
            *sum += probability * end;
        }
    }
    let zero = || Bernstein::zero(don.nodes as usize);
    let (mut polynomials, mut unreported) = (std::array::from_fn::<_, 5, _>(|_| zero()), 0.0);
    for ((matter, others), (ends, weight)) in races {
        let answering = asking.answering(matter, others);
        unreported += weight * (1.0 - answering.iter().sum::<f64>()).max(0.0);
        for (answering, probability) in answering.into_iter().enumerate() {
            for (polynomial, end) in polynomials.iter_mut().zip(&ends) {
                if probability > 0.0 && end[..=answering].iter().any(|end| *end > 0.0) {
                    polynomial.add(probability, &end[..=answering]);
                }
            }
        }
    }
    if let Some(lost) = setup.network.lost_answers {
        let links = don.nodes as usize * setup.workflow_don.nodes as usize;
        polynomials = polynomials.map(|polynomial| polynomial.losing(lost as usize, links));
    }
    let [right, wrong, failed, crashed, undecided] = polynomials;
    Ok(Polynomials { ends: [right, wrong, failed, crashed], undecided, unreported })
}

/// Effects of the answers of a cast; those that do nothing are left out where nobody counts them.
pub(super) fn hand(rules: &Rules, cast: &Cast) -> Hand {
    let mut hand = Hand::new();
    for (answer, nodes) in cast {
        let card = rules.card(answer);
        let counts = |card: &Card| *card != Card::Void || rules.definition.gives_up_early;
        if let Some(card) = card.filter(counts) {
            *hand.entry(card).or_default() += nodes;
        }
    }
    hand
}
