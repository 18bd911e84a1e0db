//! Checks that do not depend on each other, on all cores: a long one leaves none idle.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::thread;

/// Runs `check` on every item; fails where one fails.
pub fn on_all_cores<T>(items: impl IntoIterator<Item = T, IntoIter: Send>, check: impl Fn(T) + Sync) {
    let items = Mutex::new(items.into_iter());
    let next = || items.lock().expect("no panic while it is held").next();
    let work = || std::iter::from_fn(next).for_each(&check);
    thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        (0..threads).for_each(|_| drop(scope.spawn(work)));
    });
}
