//! `staggered`: holders take turns, a step apart, until the caller says stop. With growing waits holder `i` waits `i * i`
//! steps: hedging.

use super::{Definition, Turn};

pub(super) const STRATEGY: Definition = Definition {
    name: "staggered",
    meaning: "The holder of rank k sends the payload after k delays (k * k if they grow) unless the caller has said stop.",
    turn: |place| {
        let rank = u64::from((place.rank)());
        Turn::After(place.delay.times(if place.grows { rank * rank } else { rank }))
    },
    says_stop: true,
    asks: false,
};
