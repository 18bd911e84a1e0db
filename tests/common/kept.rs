//! Runs a scenario in the library and keeps all that comes of it.

use std::collections::BTreeMap;
use std::io;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use donsim::experiment::{Baseline, Block, Findings, Observer, Options, Progress, Simulate, run};
use donsim::scenario::Scenario;
use donsim::sim::Replicate;

/// What came of a run.
pub struct Kept {
    pub scenario: Scenario,
    pub findings: Findings,
    /// By the cell's place in the plan.
    pub replicates: BTreeMap<u64, Vec<(Replicate, Baseline)>>,
}

#[derive(Default)]
struct Keeper(BTreeMap<u64, Vec<(Replicate, Baseline)>>);

impl Observer for Keeper {
    fn handle_block(&mut self, block: &Block<'_>) -> io::Result<()> {
        let whole = block.replicates.iter().zip(block.before);
        let whole = whole.filter_map(|(world, before)| Some((world.clone()?, Baseline::clone(before.as_ref()?))));
        self.0.entry(block.cell.index).or_default().extend(whole);
        Ok(())
    }

    fn handle_group_end(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn handle_progress(&mut self, _: &Progress<'_>) {}
}

/// Runs the scenario of this text, below `schema = 1`.
pub fn kept(text: &str, simulate: &Simulate) -> Kept {
    let scenario = Scenario::parse(Path::new("demo.toml"), format!("schema = 1\n{text}"), &[]);
    let scenario = scenario.unwrap_or_else(|findings| panic!("{findings}"));
    let (stop, mut keeper) = (AtomicBool::new(false), Keeper::default());
    let options = Options::new(NonZeroUsize::MIN.saturating_add(1), &stop);
    let findings = run(&scenario, options, simulate, &mut keeper).expect("nothing is written");
    Kept { scenario, findings, replicates: keeper.0 }
}
