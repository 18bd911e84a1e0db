//! The race of answers at one caller: how it ends after how many answers, when every order is equally likely.

use std::collections::BTreeMap;

use super::answers::{Card, Rules};
use super::{Absent, MOST_STEPS};

/// End of a race, where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The right response is accepted.
    Right,
    /// Another one is.
    Wrong,
    /// It ends with an error.
    Failed,
    /// The caller crashes.
    Crashed,
}

/// For each end the probability that it has come within the first 0, 1, … answers, and behind those that none has: added
/// up on its own, so that a probability of 1e-20 is not lost in a difference from 1.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ends(pub(super) [Vec<f64>; 5]);

/// Where [`Ends`] has what has not ended.
pub(super) const UNDECIDED: usize = 4;

/// Kinds of cards and how many there are of each.
pub(super) type Hand = BTreeMap<Card, u32>;

/// Plays a hand in every order at once: over the numbers of cards of each kind that may have been played, with the
/// probability that a random order comes by them undecided. `steps` counts the work that is done.
pub(super) fn play(rules: &Rules, hand: &Hand, steps: &mut u64) -> Result<Ends, Absent> {
    let cards: Vec<(&Card, u32)> = hand.iter().map(|(card, count)| (card, *count)).collect();
    let n: u32 = cards.iter().map(|(_, count)| count).sum();
    // What ends the race at once is never among what was played before.
    let radix: Vec<usize> =
        cards.iter().map(|(card, count)| if ends_at_once(card) { 1 } else { *count as usize + 1 }).collect();
    let states = radix.iter().try_fold(1_u64, |product, radix| product.checked_mul(*radix as u64));
    *steps = steps.saturating_add(states.unwrap_or(u64::MAX).saturating_mul(cards.len().max(1) as u64));
    if *steps > MOST_STEPS {
        return Err(Absent::new("there are too many kinds of answers"));
    }
    let mut ends = Ends(std::array::from_fn(|_| vec![0.0; n as usize + 1]));
    let mut undecided = vec![0.0; states.unwrap_or(1) as usize];
    undecided[0] = 1.0;
    let mut played = vec![0_u32; cards.len()];
    for at in 0..undecided.len() {
        let probability = undecided[at];
        if probability > 0.0 {
            let heard: u32 = played.iter().sum();
            ends.0[UNDECIDED][heard as usize] += probability;
            let mut stride = 1;
            for (kind, (card, count)) in cards.iter().enumerate() {
                let left = count - played[kind];
                if left > 0 {
                    let share = probability * f64::from(left) / f64::from(n - heard);
                    played[kind] += 1;
                    match judge(rules, &cards, &played, card) {
                        Some(end) => ends.0[end as usize][heard as usize + 1] += share,
                        None => undecided[at + stride] += share,
                    }
                    played[kind] -= 1;
                }
                stride *= radix[kind];
            }
        }
        count_on(&mut played, &radix);
    }
    for end in &mut ends.0[..UNDECIDED] {
        (1..end.len()).for_each(|at| end[at] += end[at - 1]);
    }
    Ok(ends)
}

/// The next number in a mixed radix.
fn count_on(digits: &mut [u32], radix: &[usize]) {
    for (digit, radix) in digits.iter_mut().zip(radix) {
        *digit += 1;
        if (*digit as usize) < *radix {
            return;
        }
        *digit = 0;
    }
}

const fn ends_at_once(card: &Card) -> bool {
    matches!(card, Card::Proof | Card::FalseProof | Card::Crash)
}

/// Whether the race ends with `card`, the last of those that were `played`.
fn judge(rules: &Rules, cards: &[(&Card, u32)], played: &[u32], card: &Card) -> Option<End> {
    let count = |is_meant: &dyn Fn(&Card) -> bool| -> u32 {
        cards.iter().zip(played).filter(|((card, _), _)| is_meant(card)).map(|(_, played)| played).sum()
    };
    let equal = count(&|other| other == card);
    let errors = || count(&|card| matches!(card, Card::Error(_) | Card::OddError | Card::Shortage));
    let too_many = rules.nodes - rules.required + 1;
    let end = match card {
        Card::Void | Card::Shortage => return None,
        Card::Proof => Some(End::Right),
        Card::FalseProof => Some(End::Wrong),
        Card::Crash => Some(End::Crashed),
        Card::Right => (equal == rules.required).then_some(End::Right),
        Card::Wrong(_) | Card::Hollow => (equal == rules.required).then_some(End::Wrong),
        Card::Odd => (rules.required == 1).then_some(End::Wrong),
        Card::Error(_) => return (equal == rules.required || errors() == too_many).then_some(End::Failed),
        Card::OddError => return (rules.required == 1 || errors() == too_many).then_some(End::Failed),
    };
    end.or_else(|| {
        let is_hopeless = rules.definition.gives_up_early && {
            let heard: u32 = played.iter().sum();
            best(cards, played) + (rules.nodes - heard) < rules.required
        };
        is_hopeless.then_some(End::Failed)
    })
}

/// Largest number of equal responses.
fn best(cards: &[(&Card, u32)], played: &[u32]) -> u32 {
    let of = |((card, _), played): (&(&Card, u32), &u32)| match card {
        Card::Right | Card::Wrong(_) | Card::Hollow => *played,
        Card::Odd => (*played).min(1),
        _ => 0,
    };
    cards.iter().zip(played).map(of).max().unwrap_or(0)
}
