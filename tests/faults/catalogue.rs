//! The catalogue as users meet it: in scenario files and on the command line.

use std::fs;

use assert_cmd::Command;
use donsim::aggregator::RuleSet;
use donsim::scenario::{FaultDescription, Preset, Scenario, fault_catalogue};
use donsim::sim::{ReplicateCache, simulate};

/// A scenario with one faulty node and no more keys than needed.
fn scenario(fault: &FaultDescription) -> Scenario {
    let required = fault.common.iter().chain(&fault.own).filter(|key| key.preset == Preset::Required);
    let keys: String = required
        .map(|key| match key.name {
            "nodes" => "nodes = 1\n",
            "delay" => "delay = \"1s\"\n",
            other => panic!("what is {other} of {}?", fault.name),
        })
        .collect();
    let rule_sets = RuleSet::ALL.map(RuleSet::name);
    let agreement = if fault.name.starts_with("ocr_") { "ocr = \"round\"" } else { "payload_holders = \"all\"" };
    let text = format!(
        "schema = 1\n[capability_don]\nnodes = 4\n{agreement}\n[[faults.{}]]\n{keys}\
         [sweep.grid]\naggregator.rule_set = {rule_sets:?}\n",
        fault.name
    );
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("fault.toml");
    fs::write(&path, text).expect("written");
    Scenario::load(&path, &[]).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_fault_acts_under_every_rule_set() {
    for fault in fault_catalogue() {
        let scenario = scenario(fault);
        let mut cache = ReplicateCache::new(scenario.run().seed);
        for index in 0..scenario.cell_count() {
            let setup = scenario.cell(index).setup;
            let fired: u64 = (0..12).map(|number| simulate(&setup, number, &mut cache).faults[0].fired).sum();
            assert!(fired > 0, "{} under {:?}", fault.name, setup.aggregator.rule_set);
        }
    }
}

#[test]
fn the_command_lists_every_fault_with_its_keys() {
    let output = Command::cargo_bin("donsim").expect("built").arg("faults").assert().success().get_output().clone();
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    for fault in fault_catalogue() {
        let own = text.lines().any(|line| line.trim_start().starts_with(fault.name) && line.ends_with(fault.meaning));
        assert!(own, "{}", fault.name);
        assert!(fault.own.iter().all(|key| text.contains(key.meaning)), "{}", fault.name);
    }
    assert!(output.stderr.is_empty());
}
