//! Ctrl-C: the first one stops a run after what is under way, a second one drops that, too.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::host::Clock;
use super::{exit, say};

/// Time within which another interrupt is an echo of the first: `timeout` signals a process and then its whole group.
const ECHO: Duration = Duration::from_secs(1);

/// A flag that Ctrl-C raises; a second Ctrl-C ends the process at once.
pub(super) fn flag() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let mut first: Option<Clock> = None;
    let installed = ctrlc::set_handler(move || match &first {
        Some(first) if first.elapsed() >= ECHO => std::process::exit(exit::KILLED.into()),
        Some(_) => {}
        None => {
            first = Some(Clock::start());
            flag.store(true, Ordering::Relaxed);
            say("interrupted: finishing what is under way, press Ctrl-C again to drop it");
        }
    });
    if let Err(error) = installed {
        say(format_args!("warning: Ctrl-C will lose what is under way: {error}"));
    }
    stop
}
