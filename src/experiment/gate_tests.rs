//! Is the gate of `scenarios/ci/` a gate? The real rule sets pass it, and no broken aggregator does.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use crate::scenario::Scenario;
use crate::sim::mutants::Mutant;
use crate::sim::{ReplicateCache, simulate};

use super::{Block, Observer, Options, Simulate, Verdict, run};

/// Enough to refute what a mutant gets wrong nearly always.
const CANARY_REPLICATES: &str = "run.replicates=40";

/// Keeps nothing.
pub(super) struct Nobody;

impl Observer for Nobody {
    fn handle_block(&mut self, _: &Block<'_>) -> std::io::Result<()> {
        Ok(())
    }

    fn handle_group_end(&mut self) -> std::io::Result<()> {
        Ok(())
    }

    fn handle_progress(&mut self, _: u64, _: u64) {}
}

fn gate() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/ci");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        files.filter(|file| file.extension().is_some_and(|ending| ending == "toml")).collect();
    files.sort();
    assert!(files.len() >= 8, "{files:?}");
    files
}

fn verdict(file: &Path, overrides: &[String], simulate: &Simulate) -> Verdict {
    let scenario = Scenario::load(file, overrides).unwrap_or_else(|findings| panic!("{findings}"));
    let stop = AtomicBool::new(false);
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let findings = run(&scenario, Options { threads, stop: &stop }, simulate, &mut Nobody).unwrap();
    Verdict::of(&findings.summary, scenario.safety(), findings.is_complete())
}

#[test]
fn the_real_rule_sets_pass() {
    for file in gate() {
        assert_eq!(verdict(&file, &[], &simulate), Verdict::Pass, "{}", file.display());
    }
}

#[test]
fn every_canary_is_caught() {
    let files = gate();
    for mutant in Mutant::ALL {
        let bent: Box<Simulate> = Box::new(move |setup, replicate, _| {
            simulate(setup, replicate, &mut ReplicateCache::with_canary(setup.run.seed, mutant))
        });
        let caught = files.iter().find_map(|file| {
            let verdict = verdict(file, &[CANARY_REPLICATES.to_owned()], &*bent);
            matches!(verdict, Verdict::Fail | Verdict::SafetyViolated).then_some((file, verdict))
        });
        let (file, verdict) = caught.unwrap_or_else(|| panic!("nothing catches {mutant:?}"));
        println!("{mutant:?}: {} ({})", file.file_name().unwrap().to_string_lossy(), verdict.name());
    }
}
