//! Work that threads share, for results that do not depend on their number.

use std::iter;
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Results of `make` for `0..count`, in their order, whichever of the threads makes them.
pub(crate) fn on_threads<T: Send>(threads: NonZeroUsize, count: usize, make: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let threads = threads.get().min(count);
    let next = AtomicUsize::new(0);
    let work = || {
        let numbers = iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed)).take_while(|at| *at < count);
        numbers.map(|at| (at, make(at))).collect::<Vec<_>>()
    };
    let mut made = thread::scope(|scope| {
        // What the system gives no thread for, this one does.
        let others: Vec<_> =
            (1..threads).map_while(|_| thread::Builder::new().spawn_scoped(scope, work).ok()).collect();
        let mut made = work();
        for other in others {
            made.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        made
    });
    made.sort_by_key(|(at, _)| *at);
    made.into_iter().map(|(_, result)| result).collect()
}
