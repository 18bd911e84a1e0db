//! Is the gate of `scenarios/ci/` a gate? The real rule sets pass it, and no broken aggregator does. Does the oracle blame
//! the aggregator for what is the aggregator's?

#[path = "../common/allocator.rs"]
mod allocator;
#[path = "../common/cores.rs"]
mod cores;
mod mutants;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use donsim::experiment::{Options, Simulate, Verdict, run};
use donsim::scenario::Scenario;
use donsim::sim::{Breach, FailureCause, Outcome, ReplicateCache, Row, simulate, simulate_with};

use cores::on_all_cores;
use mutants::Mutant;

/// Enough to refute what a mutant gets wrong nearly always.
const MUTANT_REPLICATES: &str = "run.replicates=40";

fn gate() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/ci");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        files.filter(|file| file.extension().is_some_and(|ending| ending == "toml")).collect();
    files.sort();
    assert!(files.len() >= 8, "{files:?}");
    files
}

fn verdict(file: &Path, overrides: &[String], threads: NonZeroUsize, simulate: &Simulate) -> Verdict {
    let scenario = Scenario::load(file, overrides).unwrap_or_else(|findings| panic!("{findings}"));
    let stop = AtomicBool::new(false);
    let findings = run(&scenario, Options::new(threads, &stop), simulate, &mut ()).unwrap();
    Verdict::of(&findings.summary, scenario.safety(), findings.is_complete())
}

#[test]
fn the_real_rule_sets_pass() {
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    for file in gate() {
        assert_eq!(verdict(&file, &[], threads, &simulate), Verdict::Pass, "{}", file.display());
    }
}

#[test]
fn every_mutant_is_caught() {
    let files = gate();
    on_all_cores(Mutant::ALL, |mutant| {
        let bent: Box<Simulate> =
            Box::new(move |setup, replicate, cache| simulate_with(setup, replicate, cache, &mutant, None));
        let caught = files.iter().find_map(|file| {
            let verdict = verdict(file, &[MUTANT_REPLICATES.to_owned()], NonZeroUsize::MIN, &*bent);
            matches!(verdict, Verdict::Fail | Verdict::SafetyViolated).then_some((file, verdict))
        });
        let (file, verdict) = caught.unwrap_or_else(|| panic!("nothing catches {mutant:?}"));
        println!("{mutant:?}: {} ({})", file.file_name().unwrap().to_string_lossy(), verdict.name());
    });
}

/// Rows of honest workflow nodes under a mutant, of a scenario of this text.
fn rows(text: &str, mutant: Mutant) -> Vec<Row> {
    let scenario = Scenario::parse(Path::new("demo.toml"), format!("schema = 1\n{text}"), &[]);
    let setup = scenario.unwrap_or_else(|findings| panic!("{findings}")).cell(0).setup;
    let mut cache = ReplicateCache::new(setup.run.seed);
    let replicate = |number| simulate_with(&setup, number, &mut cache, &mutant, None).rows;
    (0..20).flat_map(replicate).collect()
}

/// All nodes honest, everybody holds the payload, seven nodes of which two may be Byzantine.
const HONEST: &str = "[capability_don]\nnodes = 7\npayload_holders = \"all\"\n";

#[test]
fn a_wrong_formula_for_the_required_count_is_the_aggregators_fault() {
    for rule_set in ["identical", "attested"] {
        let text = format!("{HONEST}[aggregator]\nrule_set = \"{rule_set}\"\n");
        // One too many: the request succeeds in the end, and later than it had to.
        for row in rows(&text, Mutant::RequiresOneTooMany) {
            assert_eq!((row.outcome, row.breach), (Outcome::Accepted, Some(Breach::DidNotAccept)), "{row:?}");
        }
    }
    // One too few: nobody can tell from honest answers alone that it was luck.
    let text = format!("{HONEST}[aggregator]\nrule_set = \"identical\"\n");
    for row in rows(&text, Mutant::AcceptsOneTooFew) {
        assert_eq!((row.outcome, row.breach), (Outcome::Accepted, Some(Breach::AcceptedUnproven)), "{row:?}");
    }
    // With just F + 1 holders, one too many never come.
    let text = "[capability_don]\nnodes = 7\n[aggregator]\nrule_set = \"attested\"\n";
    for row in rows(text, Mutant::RequiresOneTooMany) {
        assert_eq!(row.breach, Some(Breach::DidNotAccept), "{row:?}");
        let cause = row.unreachable.expect("it is lost").cause;
        assert_eq!(cause, FailureCause::REJECTED_BY_AGGREGATOR, "{row:?}");
    }
}

#[test]
fn rejected_right_answers_are_the_aggregators_fault() {
    for mutant in [Mutant::RefusesAttestedResponses, Mutant::ReportsTheRequest] {
        let text = "[capability_don]\nnodes = 7\n[aggregator]\nrule_set = \"attested_strict\"\n\
            [[faults.silent]]\nnodes = 2\nholders = 2\n";
        for row in rows(text, mutant) {
            assert_eq!(row.breach, Some(Breach::DidNotAccept), "{mutant:?}: {row:?}");
            let cause = row.unreachable.expect("it is lost").cause;
            let both = FailureCause::FAULTY.and(FailureCause::REJECTED_BY_AGGREGATOR);
            assert_eq!(cause, both, "{mutant:?}: {row:?}");
        }
    }
}

#[test]
fn the_real_aggregator_never_breaks_its_rules() {
    for file in gate() {
        let scenario = Scenario::load(&file, &[]).unwrap_or_else(|findings| panic!("{findings}"));
        for index in 0..scenario.cell_count() {
            let setup = scenario.cell(index).setup;
            let mut cache = ReplicateCache::new(setup.run.seed);
            for row in (0..5).flat_map(|number| simulate(&setup, number, &mut cache).rows) {
                assert_eq!(row.breach, None, "{}: {row:?}", file.display());
            }
        }
    }
}
