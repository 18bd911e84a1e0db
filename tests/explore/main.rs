//! The adversary that searches: it finds the known weaknesses and every broken aggregator by itself, from plain scenarios;
//! what it finds shows when it is run; nothing depends on the number of threads.

#[path = "../common/allocator.rs"]
mod allocator;
#[path = "../common/cores.rs"]
mod cores;
#[path = "../gate/mutants.rs"]
mod mutants;

use std::io;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use donsim::experiment::{self, Options, Verdict};
use donsim::explore::{Budget, Explored, Find, Goal, Observer, Simulate, explore};
use donsim::report::{explored_csv, explored_markdown};
use donsim::scenario::Scenario;
use donsim::sim::{RealAggregators, Side, simulate, simulate_with};

use cores::on_all_cores;
use mutants::Mutant;

/// A DON of which `F + 1` nodes hold the payload and `F` may be Byzantine, and nothing that goes wrong by itself.
fn plain(rule_set: &str, nodes: u32, more: &str) -> String {
    format!(
        "schema = 1\n[capability_don]\nnodes = {nodes}\nexecution = \"100ms\"\nocr = \"500ms\"\n{more}\n[workflow_don]\nnodes = 4\n\
         [aggregator]\nrule_set = \"{rule_set}\"\n[request]\npayload_size = \"100B\"\n\
         [network]\nlatency = {{ dist = \"lognormal\", p50 = \"40ms\", p99 = \"180ms\" }}\n"
    )
}

fn scenario(text: &str, vary: &[&str]) -> Scenario {
    let sweep = vary.iter().map(ToString::to_string).collect();
    let adjustments = donsim::scenario::Adjustments { sweep, ..Default::default() };
    Scenario::parse_adjusted(Path::new("plain.toml"), text.to_owned(), &adjustments)
        .unwrap_or_else(|findings| panic!("{findings}"))
}

fn budget(trials: u64) -> Budget {
    Budget { nodes: None, callers: 0, faults: Budget::faults(), trials, replicates: 20, confirming: 100, seed: 1 }
}

const REAL: &Simulate<'static> =
    &|setup, replicate, cache, listener| simulate_with(setup, replicate, cache, &RealAggregators, listener);

fn explored(scenario: &Scenario, trials: u64, threads: usize) -> Vec<Explored> {
    let stop = AtomicBool::new(false);
    let options = Options::new(NonZeroUsize::new(threads).unwrap(), &stop);
    explore(scenario, &[], Path::new(""), (&budget(trials), options), REAL, &mut ()).unwrap()
}

fn verdict(text: &str) -> Verdict {
    let scenario = scenario(text, &[]);
    let stop = AtomicBool::new(false);
    let options = Options::new(NonZeroUsize::MIN, &stop);
    let findings = experiment::run(&scenario, options, &simulate, &mut ()).unwrap();
    Verdict::of(&findings.summary, scenario.safety(), findings.is_complete())
}

/// Finds of the rule set under its first `trials` attacks; each shows when it is run, within the budget.
fn finds(rule_set: &str, nodes: u32, trials: u64) -> Vec<Find> {
    let finds = explored(&scenario(&plain(rule_set, nodes, ""), &[]), trials, 2).remove(0).finds;
    for find in &finds {
        let expected = if find.broken.goal == Goal::Safety { Verdict::SafetyViolated } else { Verdict::Fail };
        assert_eq!(verdict(&find.text), expected, "{}", find.text);
        let setup = scenario(&find.text, &[]).cell(0).setup;
        let faulty =
            setup.faults.iter().filter(|fault| fault.kind.side() == Side::Capability).map(|fault| fault.nodes.given());
        assert!(faulty.sum::<u32>() <= setup.capability_don.f, "{}", find.text);
    }
    finds
}

/// Finds in one line each.
fn told(finds: &[Find]) -> Vec<String> {
    finds
        .iter()
        .map(|find| format!("{} by {} ({})", find.broken.goal.words(), find.attack, find.broken.cause))
        .collect()
}

fn breaks(finds: &[Find], metric: &str, attack: &str, cause: &str) -> bool {
    finds.iter().any(|find| {
        let is_of =
            matches!(&find.broken.goal, Goal::Expectation(that) if that.starts_with(&format!("rate({metric})")));
        is_of && find.attack.contains(attack) && find.broken.cause.contains(cause)
    })
}

/// Enough to try every fault by itself, with some to spare.
const ALL_FAULTS: u64 = 240;

#[test]
fn payload_not_available_races_payloads_under_identical() {
    let finds = finds("identical", 4, 16);
    assert!(breaks(&finds, "accepted", "no fault", "aggregator_failed_early"), "{:#?}", told(&finds));
}

#[test]
fn strict_counts_payload_not_available_into_the_errors() {
    let finds = finds("attested_strict", 4, ALL_FAULTS);
    assert!(breaks(&finds, "accepted", "error_spam", "aggregator_failed_early"), "{:#?}", told(&finds));
}

#[test]
fn crash_messages_and_unsigned_fields_under_attested() {
    let finds = finds("attested", 4, ALL_FAULTS);
    assert!(breaks(&finds, "crashed", "missing_payload", ""), "{:#?}", told(&finds));
    assert!(breaks(&finds, "crashed", "decimal_without_coefficient", ""), "{:#?}", told(&finds));
    assert!(breaks(&finds, "accepted_tainted", "tampered_metering", ""), "{:#?}", told(&finds));
    assert!(finds.iter().any(|find| find.broken.goal == Goal::Safety && find.attack.contains("tampered_fields")));
}

#[test]
fn early_failure_loses_attested_answers() {
    let finds = finds("attested_early_fail", 7, ALL_FAULTS);
    assert!(breaks(&finds, "accepted", "", "aggregator_failed_early"), "{:#?}", told(&finds));
}

#[test]
fn hardened_bears_all_that_authenticated_links_let_through() {
    let finds = finds("hardened", 4, 400);
    assert!(finds.is_empty(), "{:#?}", told(&finds));
}

#[test]
fn nothing_depends_on_threads() {
    let scenario = scenario(&plain("attested_early_fail", 4, ""), &[]);
    let told = |threads| {
        let explored = explored(&scenario, 200, threads);
        let texts: Vec<String> = explored[0].finds.iter().map(|find| find.text.clone()).collect();
        (texts, explored_markdown(&[], &explored), explored_csv(&[], &explored).unwrap())
    };
    assert_eq!(told(1), told(3));
}

/// Stops at the first find that the real aggregator bears.
struct Hunter<'a> {
    stop: &'a AtomicBool,
    caught: Mutex<Option<String>>,
}

impl Observer for Hunter<'_> {
    fn handle_find(&mut self, find: &Find) -> io::Result<()> {
        if matches!(verdict(&find.text), Verdict::Pass | Verdict::Inconclusive) {
            self.caught.lock().unwrap().get_or_insert(format!("{} by {}", find.broken.goal.words(), find.attack));
            self.stop.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}

fn caught(mutant: Mutant, text: &str, vary: &[&str]) -> Option<String> {
    let scenario = scenario(text, vary);
    let stop = AtomicBool::new(false);
    let mut hunter = Hunter { stop: &stop, caught: Mutex::new(None) };
    let options = Options::new(NonZeroUsize::MIN, &stop);
    let bent: &Simulate<'_> = &|setup, replicate, cache, listener| {
        let setup = setup.clone();
        simulate_with(&setup, replicate, cache, &mutant, listener.map(|listener| listener as _))
    };
    let keys: Vec<String> = vary.iter().filter_map(|text| Some(text.split_once('=')?.0.to_owned())).collect();
    let budget = Budget { replicates: 12, ..budget(ALL_FAULTS) };
    explore(&scenario, &keys, Path::new(""), (&budget, options), bent, &mut hunter).unwrap();
    hunter.caught.into_inner().unwrap()
}

#[test]
fn every_mutant_is_found() {
    on_all_cores(Mutant::ALL, |mutant| {
        let worlds = [
            (plain("attested", 4, ""), vec![]),
            (plain("identical", 4, "payload_holders = \"all\""), vec!["network.loss=0,0.4"]),
            (format!("{}[[expect]]\nthat = \"rate(expired) <= 0.01\"\n", plain("identical", 4, "")), vec![]),
        ];
        let found = worlds.iter().find_map(|(text, vary)| caught(mutant, text, vary));
        println!("{mutant:?}: {}", found.unwrap_or_else(|| panic!("nothing finds {mutant:?}")));
    });
}
