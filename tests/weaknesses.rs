//! The scenarios of `scenarios/weaknesses/` show what they say: every expectation is met, `hardened` stands beside the rule
//! sets that fail, and docs/weaknesses.md has a row for each.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use donsim::aggregator::RuleSet;
use donsim::experiment::{Options, Ruling, Verdict, run};
use donsim::scenario::Scenario;
use donsim::sim::simulate;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn weaknesses() -> Vec<(PathBuf, Scenario)> {
    let folder = std::fs::read_dir(root().join("scenarios/weaknesses")).unwrap();
    let mut files: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 8, "{files:?}");
    let load = |file: &PathBuf| Scenario::load(file, &[]).unwrap_or_else(|findings| panic!("{findings}"));
    files.into_iter().map(|file| (file.clone(), load(&file))).collect()
}

#[test]
fn every_weakness_shows() {
    for (file, scenario) in weaknesses() {
        let stop = AtomicBool::new(false);
        let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let findings = run(&scenario, Options::new(threads, &stop), &simulate, &mut ()).unwrap();
        for judgement in &findings.summary.expectations {
            assert_eq!(judgement.ruling, Ruling::Pass, "{}: {judgement:?}", file.display());
        }
        let verdict = Verdict::of(&findings.summary, scenario.safety(), findings.is_complete());
        assert_eq!(verdict, Verdict::Pass, "{}", file.display());
    }
}

#[test]
fn every_weakness_is_held_against_hardened() {
    for (file, scenario) in weaknesses() {
        let is_hardened = |cell| scenario.cell(cell).setup.aggregator.rule_set == RuleSet::Hardened.into();
        let checked = scenario.expectations().iter().flat_map(|expectation| &expectation.subjects);
        let (hardened, others): (Vec<u64>, Vec<u64>) =
            checked.flat_map(|subject| subject.cells()).partition(|cell| is_hardened(*cell));
        assert!(!hardened.is_empty() && !others.is_empty(), "{}", file.display());
    }
}

#[test]
fn every_weakness_has_a_row_in_the_docs() {
    let page = std::fs::read_to_string(root().join("docs/weaknesses.md")).unwrap();
    for (file, _) in weaknesses() {
        let name = file.file_name().unwrap().to_string_lossy();
        assert!(page.contains(&format!("| [{name}](../scenarios/weaknesses/{name}) | ")), "{name}");
    }
}
