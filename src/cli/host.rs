//! What a run was made on: the content of `host.json`, on which no result depends.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::experiment::MAKER;

/// Measures a run by the wall clock.
pub(super) struct Clock {
    began: SystemTime,
}

impl Clock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the wall clock goes into host.json only, and tells Ctrl-C from an echo"
    )]
    pub(super) fn start() -> Self {
        Self { began: SystemTime::now() }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the wall clock goes into host.json only, and tells Ctrl-C from an echo"
    )]
    pub(super) fn elapsed(&self) -> Duration {
        SystemTime::now().duration_since(self.began).unwrap_or_default()
    }

    /// The content of `host.json`.
    pub(super) fn host(&self, threads: usize) -> Value {
        json!({
            "schema": "donsim.host/1",
            "donsim": MAKER,
            "os": std::env::consts::OS,
            "arch": std::env::consts::ARCH,
            "threads": threads,
            "started_unix_s": self.began.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs(),
            "wall_ms": self.elapsed().as_millis() as u64,
        })
    }
}
