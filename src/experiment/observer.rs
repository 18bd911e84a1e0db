//! Whoever takes the results of a run as they come.

use std::io;
use std::sync::Arc;

use crate::scenario::Cell;
use crate::sim::Replicate;

use super::progress::Progress;
use super::savings::Baseline;

/// Some consecutive replicates of one cell.
///
/// ```
/// # use std::{io, num::NonZero, path::Path, sync::atomic::AtomicBool};
/// use donsim::experiment::{Block, Observer, Options, run};
/// # use donsim::{scenario::Scenario, sim::simulate};
///
/// struct Firsts(Vec<u64>);
///
/// impl Observer for Firsts {
///     fn handle_block(&mut self, &Block { first, replicates, before, .. }: &Block<'_>) -> io::Result<()> {
///         assert_eq!(replicates.len(), before.len());
///         self.0.push(first);
///         Ok(())
///     }
/// }
///
/// # let scenario = Scenario::parse(Path::new("mine.toml"), "schema = 1\nrun.replicates = 40\n".to_owned(), &[])?;
/// # let (stop, mut firsts) = (AtomicBool::new(false), Firsts(Vec::new()));
/// run(&scenario, Options::new(NonZero::<usize>::MIN, &stop), &simulate, &mut firsts)?;
/// assert_eq!(firsts.0, [0, 16, 32]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    /// The cell.
    pub cell: &'a Cell,
    /// Number of the first replicate.
    pub first: u64,
    /// Result of each; `None` for one that panicked.
    pub replicates: &'a [Option<Replicate>],
    /// Cost of each in the baseline; `None` for one that panicked.
    pub before: &'a [Option<Arc<Baseline>>],
}

/// Takes the results as they come, in an order that depends on the scenario alone; errors when they cannot be kept end
/// the run.
///
/// ```
/// use std::{io, num::NonZero, path::Path, sync::atomic::AtomicBool};
/// use donsim::experiment::{Block, Observer, Options, Progress, RunError, run};
/// use donsim::scenario::Scenario;
/// use donsim::sim::simulate;
///
/// #[derive(Default)]
/// struct Seen {
///     replicates: usize,
///     groups: u32,
///     share: f64,
/// }
///
/// impl Observer for Seen {
///     fn handle_block(&mut self, block: &Block<'_>) -> io::Result<()> {
///         self.replicates += block.replicates.len();
///         if self.replicates > 100 { Err(io::Error::other("enough")) } else { Ok(()) }
///     }
///
///     fn handle_group_end(&mut self) -> io::Result<()> {
///         self.groups += 1;
///         Ok(())
///     }
///
///     fn handle_progress(&mut self, progress: &Progress<'_>) {
///         self.share = progress.done as f64 / progress.total as f64;
///     }
/// }
///
/// let (stop, mut seen) = (AtomicBool::new(false), Seen::default());
/// let scenario = |replicates| {
///     let text = format!("schema = 1\nrun.replicates = {replicates}\n");
///     Scenario::parse(Path::new("mine.toml"), text, &[])
/// };
/// let options = Options::new(NonZero::<usize>::MIN, &stop);
/// run(&scenario(40)?, options, &simulate, &mut seen)?;
/// assert_eq!((seen.replicates, seen.groups, seen.share), (40, 1, 1.0));
/// let error = run(&scenario(80)?, options, &simulate, &mut seen).expect_err("too many");
/// assert!(matches!(error, RunError::Unkept(_)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Observer {
    /// The next replicates of a cell.
    ///
    /// # Errors
    /// Results that cannot be kept.
    fn handle_block(&mut self, _block: &Block<'_>) -> io::Result<()> {
        Ok(())
    }

    /// All cells that blocks have come for since the last call are complete, or the run ends.
    ///
    /// # Errors
    /// Results that cannot be kept.
    fn handle_group_end(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// Some more replicates are simulated.
    fn handle_progress(&mut self, _progress: &Progress<'_>) {}
}

/// Nobody: keeps nothing.
impl Observer for () {}
