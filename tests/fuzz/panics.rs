//! Panics as errors, with their place.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};

thread_local! {
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
}

/// From here on panics are remembered and not printed.
pub fn silence() {
    set_hook(Box::new(|info| LAST.set(info.to_string())));
}

/// What `work` returns, or what it panicked with.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    // A target keeps nothing between cases but answers that depend on their questions alone.
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| LAST.take())
}
