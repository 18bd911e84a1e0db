//! Determinism of a scenario, tried: some replicates of every cell are simulated twice, on different threads, once with
//! everything reused that can be and once with nothing, and compared happening by happening.

use std::io;
use std::thread;

use crate::scenario::{Cell, Scenario};
use crate::sim::{Happening, Listener, Replicate, ReplicateCache};

use super::group::Traced;

/// A replicate that was simulated twice and differs from itself.
///
/// ```
/// # use std::path::Path;
/// use donsim::experiment::{Divergence, verify};
/// # use donsim::scenario::Scenario;
/// use donsim::sim::{RealAggregators, simulate_with};
///
/// # let scenario = Scenario::parse(Path::new("mine.toml"), "schema = 1\n".to_owned(), &[])?;
/// let main = std::thread::current().id();
/// let describe = |_: &_| String::from(if std::thread::current().id() == main { "here" } else { "there" });
/// let found = verify(
///     &scenario,
///     1,
///     &|setup, number, cache, to| simulate_with(setup, number, cache, &RealAggregators, to),
///     &describe,
/// )?;
/// let Some(Divergence { replicate: 0, at: 0, happenings, .. }) = found else { panic!("the words differ by thread") };
/// assert_eq!(happenings, [Some("here".to_owned()), Some("there".to_owned())]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// Id of the cell.
    pub cell: String,
    /// Number of the replicate.
    pub replicate: u64,
    /// Number of the first happening that differs, from 0; how many there are where outcomes alone differ.
    pub at: usize,
    /// That happening in words, in both; `None` beyond the end of one, and in both where outcomes alone differ.
    pub happenings: [Option<String>; 2],
}

/// Words for a happening that tell it from every other.
///
/// ```
/// use donsim::experiment::Describe;
/// use donsim::scenario::Scenario;
/// use donsim::sim::{ReplicateCache, replay};
///
/// let in_words: &Describe<'_> = &|happening| format!("{happening:?}");
/// let setup = Scenario::parse("mine.toml".as_ref(), "schema = 1\n".to_owned(), &[])?.cell(0).setup;
/// let (_, happenings) = replay(&setup, 0, &mut ReplicateCache::new(setup.run.seed));
/// assert!(in_words(&happenings[0]).contains("what: Started"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type Describe<'a> = dyn Fn(&Happening) -> String + Sync + 'a;

/// The first replicate that differs from itself, among `sample` of each cell, spread evenly over its replicates.
///
/// ```
/// use std::path::Path;
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use donsim::experiment::{Describe, Divergence, Traced, verify};
/// use donsim::scenario::Scenario;
/// use donsim::sim::{Happening, RealAggregators, simulate_with};
///
/// # let scenario = Scenario::parse(Path::new("mine.toml"), "schema = 1\n".to_owned(), &[])?;
/// let real: &Traced<'_> = &|setup, number, cache, to| simulate_with(setup, number, cache, &RealAggregators, to);
/// let in_words: &Describe<'_> = &|happening| format!("{happening:?}");
/// assert_eq!(verify(&scenario, 3, real, in_words)?, None);
///
/// let calls = AtomicU64::new(0);
/// let in_new_words = |_: &Happening| calls.fetch_add(1, Ordering::Relaxed).to_string();
/// assert!(matches!(verify(&scenario, 3, real, &in_new_words)?, Some(Divergence { replicate: 0, at: 0, .. })));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When the system gives no second thread.
///
/// # Panics
/// When a replicate does.
pub fn verify(
    scenario: &Scenario,
    sample: u64,
    simulate: &Traced<'_>,
    describe: &Describe<'_>,
) -> io::Result<Option<Divergence>> {
    let run = scenario.run();
    let mut reused = ReplicateCache::new(run.seed);
    for cell in (0..scenario.cell_count()).map(|index| scenario.cell(index)) {
        let count = sample.min(run.replicates);
        for replicate in (0..count).map(|number| number * run.replicates / count) {
            let once = trace(&cell, replicate, &mut reused, (simulate, describe));
            let again = thread::scope(|scope| {
                let cell = &cell;
                let again = move || {
                    let mut fresh = ReplicateCache::without_reuse(run.seed);
                    trace(cell, replicate, &mut fresh, (simulate, describe))
                };
                Ok::<_, io::Error>(thread::Builder::new().spawn_scoped(scope, again)?.join())
            })?;
            let again = again.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            if once != again {
                return Ok(Some(divergence(&cell, replicate, &once.1, &again.1)));
            }
        }
    }
    Ok(None)
}

/// Outcome of a replicate, and its happenings in words.
type Trace = (Replicate, Vec<String>);

struct Scribe<'a> {
    describe: &'a Describe<'a>,
    lines: Vec<String>,
}

impl Listener for Scribe<'_> {
    fn hear(&mut self, happening: &Happening) {
        self.lines.push((self.describe)(happening));
    }
}

fn trace(
    cell: &Cell,
    replicate: u64,
    cache: &mut ReplicateCache,
    (simulate, describe): (&Traced<'_>, &Describe<'_>),
) -> Trace {
    let mut scribe = Scribe { describe, lines: Vec::new() };
    let outcome = simulate(&cell.setup, replicate, cache, Some(&mut scribe));
    (outcome, scribe.lines)
}

fn divergence(cell: &Cell, replicate: u64, once: &[String], again: &[String]) -> Divergence {
    let longest = once.len().max(again.len());
    let at = (0..longest).find(|at| once.get(*at) != again.get(*at)).unwrap_or(longest);
    Divergence { cell: cell.id.clone(), replicate, at, happenings: [once, again].map(|lines| lines.get(at).cloned()) }
}
