//! Wall clock of the measurements, on which no result of a scenario depends.

use std::time::{Duration, Instant};

/// Time that one turn of one arm takes, at least: long against a reading of the clock, short against the time that the
/// system leaves a thread alone.
const TURN: Duration = Duration::from_millis(1);

/// Calls that fill a turn.
pub(super) fn calls(work: &mut dyn FnMut()) -> u32 {
    let mut calls = 1;
    // The first calls pay for what later ones find ready.
    while elapsed(work, calls) < TURN {
        calls *= 2;
    }
    calls
}

/// Nanoseconds that a call takes.
pub(super) fn time(work: &mut dyn FnMut(), calls: u32) -> f64 {
    elapsed(work, calls).as_nanos() as f64 / f64::from(calls)
}

#[expect(clippy::disallowed_methods, reason = "a measurement is the one product that is made of time")]
fn elapsed(work: &mut dyn FnMut(), calls: u32) -> Duration {
    let began = Instant::now();
    for _ in 0..calls {
        work();
    }
    began.elapsed()
}
