//! The event queue against std's heap, and a keyed draw against the next number of a generator.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hint::black_box;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::engine::{DrawKey, Draws, EventQueue, TieKey, Time};

use super::{Arms, Comparison, Figure};

pub(super) const COMPARISONS: &[Comparison] = &[
    hold("hold_100", || holds(100)),
    hold("hold_10000", || holds(10_000)),
    hold("hold_1000000", || holds(1_000_000)),
    Comparison {
        name: "draw",
        ours: "a keyed draw, with 63 others",
        reference: "the next number of one generator",
        figure: Figure::Ratio,
        aim: 3.0,
        warm_up: 1,
        arms: draws,
    },
];

/// The hold model: pop one event and push one, with the same delays and tie keys in both ways.
const fn hold(name: &'static str, arms: fn() -> Arms) -> Comparison {
    let (ours, reference) = ("1,000 steps of the event queue", "of a bare loop over std's heap");
    // 0.9 of its speed.
    Comparison { name, ours, reference, figure: Figure::Ratio, aim: 1.0 / 0.9, warm_up: 1, arms }
}

/// Steps of the hold model that are one call.
const STEPS: u32 = 1_000;

/// Draws that are one call, and how many of them are made together.
const DRAWS: u32 = 1_024;
const TOGETHER: u32 = 64;

/// Delays and tie keys, drawn beforehand.
struct Weather {
    numbers: Vec<(u64, u64)>,
    at: usize,
}

impl Weather {
    fn new() -> Self {
        let mut numbers = ChaCha8Rng::seed_from_u64(1);
        let mut next = || (numbers.next_u64() >> 34, numbers.next_u64());
        Self { numbers: (0..1 << 16).map(|_| next()).collect(), at: 0 }
    }

    fn next(&mut self) -> (u64, u64) {
        self.at = (self.at + 1) % self.numbers.len();
        self.numbers[self.at]
    }
}

fn holds(size: u32) -> Arms {
    Arms { ours: Box::new(queue(size)), reference: Box::new(bare_heap(size)) }
}

/// Steps of donsim's queue, with events as large as a world's.
fn queue(size: u32) -> impl FnMut() {
    let mut weather = Weather::new();
    let mut queue = EventQueue::new();
    for at in 0..size {
        let (delay, tie) = weather.next();
        queue.push(Time::from_nanos(delay), TieKey(tie), [u64::from(at); 5]);
    }
    move || {
        for _ in 0..STEPS {
            let Some((now, event)) = queue.pop() else { return };
            let (delay, tie) = weather.next();
            queue.push(Time::from_nanos(now.as_nanos() + delay), TieKey(tie), black_box(event));
        }
    }
}

/// Steps of std's heap, which orders the same keys and carries a number in place of an event.
pub(super) fn bare_heap(size: u32) -> impl FnMut() {
    let mut weather = Weather::new();
    let entry = |at| {
        let (delay, tie) = weather.next();
        Reverse((delay, tie, at))
    };
    let mut heap: BinaryHeap<Reverse<(u64, u64, u32)>> = (0..size).map(entry).collect();
    move || {
        for _ in 0..STEPS {
            let Some(Reverse((now, _, event))) = heap.pop() else { return };
            let (delay, tie) = weather.next();
            heap.push(Reverse((now + delay, tie, black_box(event))));
        }
    }
}

fn draws() -> Arms {
    let draws = Draws::new(1, 2);
    let key = |at| DrawKey { site: 11, parts: [0, 1, black_box(at), 0, 0] };
    let keyed = move || {
        for first in (0..DRAWS).step_by(TOGETHER as usize) {
            black_box(draws.draw_all((first..first + TOGETHER).map(key)));
        }
    };
    let mut numbers = ChaCha8Rng::seed_from_u64(1);
    let sequential = move || (0..DRAWS).for_each(|_| _ = black_box(numbers.next_u64()));
    Arms { ours: Box::new(keyed), reference: Box::new(sequential) }
}
