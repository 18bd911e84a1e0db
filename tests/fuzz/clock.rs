//! The one place that looks at a clock, and only to know when enough is enough.

use std::time::Instant;

/// A running clock.
#[derive(Clone, Copy)]
pub struct Clock(Instant);

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "how long to fuzz is said in real seconds; no case depends on it")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    pub fn seconds(self) -> u64 {
        self.0.elapsed().as_secs()
    }
}
