//! A case that never ends is a find too, but it cannot say so itself.

use std::sync::{Mutex, PoisonError};

use crate::clock::Clock;

/// Cases take milliseconds.
const PATIENCE_SECONDS: u64 = 30;

/// What one worker is at.
pub struct Watch(Mutex<Current>);

struct Current {
    target: &'static str,
    input: Vec<u8>,
    since: Clock,
    done: bool,
}

impl Watch {
    pub fn new() -> Self {
        Self(Mutex::new(Current { target: "", input: Vec::new(), since: Clock::start(), done: false }))
    }

    /// A case begins, and the one before has ended.
    pub fn begin(&self, target: &'static str, input: &[u8]) {
        self.with(|current| {
            (current.target, current.since) = (target, Clock::start());
            input.clone_into(&mut current.input);
        });
    }

    /// There are no more cases.
    pub fn end(&self) {
        self.with(|current| current.done = true);
    }

    /// The case that takes too long, as its target and its input; `Ok(true)` when there is none to come.
    pub fn look(&self) -> Result<bool, (&'static str, Vec<u8>)> {
        self.with(|current| {
            let in_time = current.done || current.since.seconds() < PATIENCE_SECONDS;
            if in_time { Ok(current.done) } else { Err((current.target, current.input.clone())) }
        })
    }

    fn with<T>(&self, look: impl FnOnce(&mut Current) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
