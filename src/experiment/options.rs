//! How a scenario is run: what changes no result.

use std::num::NonZeroUsize;
use std::sync::atomic::AtomicBool;

use super::blocks::Shard;
use super::record::Record;

/// Options of a run.
///
/// ```
/// # use std::path::Path;
/// use std::{num::NonZero, sync::atomic::AtomicBool};
/// use donsim::experiment::{Options, run};
/// # use donsim::{scenario::Scenario, sim::simulate};
///
/// # let scenario = Scenario::parse(Path::new("mine.toml"), "schema = 1\nrun.replicates = 40\n".to_owned(), &[])?;
/// let stop = AtomicBool::new(false);
/// let one = Options::new(NonZero::<usize>::MIN, &stop);
/// let three = Options { threads: NonZero::new(3).ok_or("zero")?, ..one };
/// let summary = |options| run(&scenario, options, &simulate, &mut ()).map(|found| found.summary);
/// assert_eq!(summary(one)?, summary(three)?, "threads change no result");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// Threads that simulate.
    pub threads: NonZeroUsize,
    /// Set it to stop after the blocks that are under way.
    pub stop: &'a AtomicBool,
    /// Record that finished replicates are taken from, and put into; `None` to simulate all and keep nothing.
    pub record: Option<&'a dyn Record>,
    /// Part of the work; `None` for all of it.
    pub shard: Option<Shard>,
    /// Whether nothing is simulated: one thread reads the record, and the run ends, incomplete, where something is missing.
    pub is_only_read: bool,
}

impl<'a> Options<'a> {
    /// All the work, without a record.
    #[must_use]
    pub const fn new(threads: NonZeroUsize, stop: &'a AtomicBool) -> Self {
        Self { threads, stop, record: None, shard: None, is_only_read: false }
    }
}
