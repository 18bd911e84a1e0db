//! Allocations of the event queue at work: none, once it has been as large as it gets.

use std::hint::black_box;

use donsim::engine::{DrawKey, Draws, EventQueue, TieKey, Time};

const STEPS: u32 = 100_000;

fn main() {
    let draws = Draws::new(1, 2);
    let mut drawn = 0;
    let mut next = || {
        drawn += 1;
        draws.draw(DrawKey { site: 0, parts: [drawn, 0, 0, 0, 0] }).bits()
    };
    let mut queue = EventQueue::new();
    for _ in 0..10_000 {
        queue.push(Time::from_nanos(next() >> 34), TieKey(next()), [0_u64; 5]);
    }
    let mut steps = || {
        for _ in 0..STEPS {
            let Some((now, event)) = queue.pop() else { return };
            queue.push(Time::from_nanos(now.as_nanos() + (next() >> 34)), TieKey(next()), black_box(event));
        }
    };
    steps();
    let counted = allocation_counter::measure(steps);
    println!("allocations of {STEPS} events after warm-up: {} (0 wanted)", counted.count_total);
}
