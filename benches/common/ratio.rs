//! Two arms of one measurement, in turns, so that what else the machine does meets both.

use std::time::{Duration, Instant};

/// Turns of a measurement; the quickest of each arm counts, for noise only ever adds.
const TURNS: usize = 15;

/// Time of each arm.
pub fn in_turns(mut one: impl FnMut(), mut other: impl FnMut()) -> [Duration; 2] {
    let mut best = [Duration::MAX; 2];
    for _ in 0..TURNS {
        best = [best[0].min(timed(&mut one)), best[1].min(timed(&mut other))];
    }
    best
}

fn timed(arm: &mut impl FnMut()) -> Duration {
    let start = Instant::now();
    arm();
    start.elapsed()
}
