//! Workflow nodes on different rule sets, and capability nodes that do not attest.

use std::path::Path;

use donsim::scenario::Scenario;
use donsim::sim::{Replicate, ReplicateCache, Row, Setup, replay, simulate};

/// A DON in which a holder lies where nobody has signed, under each of these rule sets.
fn setups(rule_sets: &str, more: &str) -> Vec<Setup> {
    let text = format!(
        "schema = 1\n[capability_don]\nnodes = 7\n{more}[[faults.tampered_fields]]\nnodes = 1\nholders = 1\n\
         [sweep.grid]\naggregator.rule_set = [{rule_sets}]\n"
    );
    let scenario = Scenario::parse(Path::new("migration.toml"), text, &[]).unwrap_or_else(|found| panic!("{found}"));
    // What is written down with every default says the same.
    let resolved = scenario.resolved().to_owned();
    let again = Scenario::parse(Path::new("migration.toml"), resolved, &[]).unwrap_or_else(|found| panic!("{found}"));
    assert_eq!(again.id(), scenario.id());
    (0..scenario.cell_count()).map(|cell| scenario.cell(cell).setup).collect()
}

fn replicates(setup: &Setup) -> Vec<Replicate> {
    let mut cache = ReplicateCache::new(setup.run.seed);
    (0..40).map(|number| simulate(setup, number, &mut cache)).collect()
}

/// What a workflow node came to, whatever became of the others.
fn own(row: &Row) -> Row {
    Row { served: false, disagreement: false, ..row.clone() }
}

/// In the same weather a node's end depends on its own rule set alone.
#[test]
fn a_node_of_a_mixture_ends_as_where_all_have_its_rule_set() {
    let names = ["identical", "attested", "attested_early_fail", "hardened"];
    let alone = setups(&names.map(|name| format!("{name:?}")).join(", "), "attesting = 5\n");
    let alone: Vec<_> = alone.iter().map(replicates).collect();
    let mixtures =
        "{ hardened = 1, identical = 1, attested = 1, attested_early_fail = 1 }, { attested = 2, hardened = 2 }";
    let mixtures = setups(mixtures, "attesting = 5\n");
    let orders = [[0, 1, 2, 3], [1, 1, 3, 3]];
    let mut disagreements = 0;
    for (setup, order) in mixtures.iter().zip(orders) {
        for (number, replicate) in replicates(setup).iter().enumerate() {
            for (row, rule_set) in replicate.rows.iter().zip(order) {
                assert_eq!(setup.aggregator.rule_set.of(row.workflow_node).name(), names[rule_set]);
                let twin = &alone[rule_set][number].rows[row.workflow_node as usize];
                assert_eq!(own(row), own(twin), "replicate {number}");
                disagreements += u32::from(row.disagreement);
            }
        }
    }
    assert!(disagreements > 0, "the lie shows between rule sets");
}

#[test]
fn a_node_that_does_not_attest_answers_without_attestation() {
    let bytes = |more: &str| -> u64 {
        let rows = replicates(&setups("\"attested\"", more)[0]).into_iter().flat_map(|replicate| replicate.rows);
        rows.map(|row| row.bytes.attestation).sum()
    };
    let [none, some, all] = [0, 3, 7].map(|attesting| bytes(&format!("attesting = {attesting}\n")));
    assert!(none == 0 && some > 0 && some < all && all == bytes(""), "{none}, {some}, {all}");
    let rounds = [0, 7].map(|attesting| {
        let text = format!("schema = 1\n[capability_don]\nnodes = 4\nocr = \"round\"\nattesting = {attesting}\n");
        let text = if attesting == 7 { text.replace("attesting = 7\n", "") } else { text };
        let scenario = Scenario::parse(Path::new("rounds.toml"), text, &[]).unwrap_or_else(|found| panic!("{found}"));
        let setup = scenario.cell(0).setup;
        let (replicate, _) = replay(&setup, 0, &mut ReplicateCache::new(setup.run.seed));
        assert!(replicate.rows.iter().all(|row| row.outcome.is_right()), "{:?}", replicate.rows);
        (replicate.ocr, replicate.rows.iter().map(|row| row.bytes.attestation).sum::<u64>())
    });
    // They take part in the rounds as before.
    assert_eq!(rounds[0].0, rounds[1].0);
    assert!(rounds[0].1 == 0 && rounds[1].1 > 0, "{rounds:?}");
}
