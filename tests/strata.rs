//! Faults that nodes have with a probability, and replicates that are dealt to strata.

#[path = "common/binary.rs"]
mod binary;
#[expect(dead_code, reason = "faults here are no holders by number")]
mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use binary::{donsim, results};
use common::{replicates, setup};
use donsim::aggregator::RuleSet;
use donsim::engine::{Distribution, Span};
use donsim::sim::{Fault, FaultKind, PayloadHolders, ReplicateCache, Setup, Strata, simulate};

fn silent(probability: f64) -> Setup {
    let latency = Distribution::uniform(Span::from_millis(20), Span::from_millis(60)).unwrap();
    let mut setup = setup(7, RuleSet::Attested, PayloadHolders::FPlusOne, latency);
    setup.faults.push(Fault::each(FaultKind::named("silent", []), probability));
    setup
}

/// Capability nodes that keep silent in a replicate; without strata.
fn faulty(setup: &Setup, replicate: u64) -> BTreeSet<u32> {
    let mut cache = donsim::sim::ReplicateCache::new(setup.run.seed);
    let (_, happenings) = donsim::sim::replay(setup, replicate, &mut cache);
    let acted = happenings.iter().filter(|it| matches!(it.what, donsim::sim::What::FaultActed { .. }));
    let node = |it: &donsim::sim::Happening| match it.node {
        Some(donsim::network::Node::Capability(node)) => Some(node),
        _ => None,
    };
    acted.filter_map(node).collect()
}

#[test]
fn each_node_is_faulty_on_its_own() {
    let count = |p: f64| (0..400).map(|replicate| faulty(&silent(p), replicate).len()).sum::<usize>() as f64 / 2_800.0;
    // Four standard deviations of 2,800 draws.
    assert!((count(0.3) - 0.3).abs() < 0.035 && count(0.0) == 0.0 && count(1.0) == 1.0, "{}", count(0.3));
}

#[test]
fn a_higher_probability_makes_more_nodes_faulty_and_no_other() {
    let mut grew = 0;
    for replicate in 0..100 {
        let (few, more) = (faulty(&silent(0.1), replicate), faulty(&silent(0.4), replicate));
        assert!(few.is_subset(&more), "{few:?} {more:?}");
        grew += usize::from(few.len() < more.len());
    }
    assert!(grew > 50, "{grew}");
}

#[test]
fn faults_by_chance_leave_given_ones_their_nodes() {
    let mut setup = silent(0.9);
    setup.faults.insert(0, Fault::new(FaultKind::named("crash", []), 3, None));
    setup.faults.insert(0, Fault::each(FaultKind::named("at_deadline", []), 0.9));
    let down = |replicate: &donsim::sim::Replicate| replicate.faults[1].fired;
    assert!(replicates(&setup, 50).all(|replicate| down(&replicate) == 3));
}

#[test]
fn a_replicate_has_the_numbers_of_its_stratum_whatever_the_probability() {
    let dealt = |p: f64| {
        let mut setup = silent(p);
        setup.run.strata = true;
        setup
    };
    let strata = Strata::of(&dealt(0.5)).unwrap();
    assert_eq!(strata.len(), 8);
    let mut cache = ReplicateCache::new(1);
    for replicate in 0..16 {
        let [rare, often] = [1e-9, 0.9].map(|p| simulate(&dealt(p), replicate, &mut cache));
        let stratum = strata.of_replicate(replicate);
        assert_eq!(faulty(&dealt(1e-9), replicate).len(), stratum);
        assert_eq!((&rare, stratum), (&often, (replicate % 8) as usize));
        // The world of so many silent nodes is the same without strata.
        assert_eq!(rare, simulate(&strata.world(&dealt(1e-9), stratum), replicate, &mut cache));
    }
}

const HEAD: &str = r#"
schema = 1
name = "dealt"
[capability_don]
nodes = 4
payload_holders = "f+1"
execution = { dist = "uniform", min = "100ms", max = "300ms" }
[workflow_don]
nodes = 2
f = 0
[request]
payload_size = "64B"
[network]
latency = { dist = "uniform", min = "20ms", max = "80ms" }
[[faults.silent]]
nodes = { each = 0.1 }
[aggregator]
rule_set = "attested"
"#;

fn scenario(run: &str, sweep: &str) -> String {
    format!("{HEAD}[run]\n{run}\n[sweep.grid]\n{sweep}\n")
}

/// By probability, then statistic, the value of a metric with the ends of its interval.
fn values(folder: &Path, metric: &str) -> BTreeMap<(String, String), [f64; 3]> {
    let mut summary = csv::Reader::from_path(folder.join("summary.csv")).unwrap();
    let header = summary.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let rows = summary.records().map(Result::unwrap).filter(|row| &row[at("metric")] == metric);
    let number = |text: &str| text.parse().unwrap_or(f64::NAN);
    rows.map(|row| {
        let key = (row[at("faults.silent.nodes.each")].to_owned(), row[at("stat")].to_owned());
        (key, ["value", "ci_low", "ci_high"].map(|name| number(&row[at(name)])))
    })
    .collect()
}

/// With F = 1 a request fails when both holders are faulty: with the square of the probability.
#[test]
fn one_run_gives_the_whole_curve() {
    let folder = tempfile::tempdir().unwrap();
    let sweep = "faults.silent.nodes.each = { from = 1e-9, to = 0.1, points = 9, scale = \"log\" }";
    let made = results(folder.path(), "curve", &scenario("replicates = 1500\nstrata = true\nseed = 3", sweep), &[]);
    let found = values(&made, "not_accepted");
    assert_eq!(found.len(), 18);
    for ((probability, stat), [value, low, high]) in &found {
        let p: f64 = probability.parse().unwrap();
        if stat == "exact" {
            assert!((value / (p * p) - 1.0).abs() < 1e-9, "{probability}: {value}");
        } else {
            assert!(*low <= p * p && p * p <= *high && *low > 0.0, "{probability}: {value} [{low}, {high}]");
            assert!(high / low < 2.0 && low <= value && value <= high, "{probability}: {value} [{low}, {high}]");
        }
    }
    // What has no interval is empty, and the page is made again from the tables.
    assert!(values(&made, "latency_p99").values().flatten().all(|number| number.is_nan()));
    let picture = fs::read(made.join("plots/nines.svg")).unwrap();
    let said = donsim(folder.path(), &["report", made.to_str().unwrap()]);
    assert_eq!((said.code, fs::read(made.join("plots/nines.svg")).unwrap()), (0, picture), "{said:?}");
}

#[test]
fn strata_agree_with_plain_replicates_where_those_can_count() {
    let folder = tempfile::tempdir().unwrap();
    let sweep = "faults.silent.nodes.each = [0.1, 0.4]";
    let dealt = results(folder.path(), "dealt", &scenario("replicates = 1500\nstrata = true", sweep), &[]);
    let plain = results(folder.path(), "plain", &scenario("replicates = 1500", sweep), &[]);
    for metric in ["accepted", "served", "expired", "failed", "cause_faulty", "total_bytes", "holders_2"] {
        let (dealt, plain) = (values(&dealt, metric), values(&plain, metric));
        for (key, [_, low, high]) in plain.iter().filter(|(key, _)| key.1 != "exact") {
            let [_, other_low, other_high] = dealt[key];
            assert!(
                *low <= other_high && other_low <= *high,
                "{metric} {key:?}: {low} {high} {other_low} {other_high}"
            );
        }
    }
    assert!(values(&plain, "not_accepted").is_empty());
}

#[test]
fn results_do_not_depend_on_threads_and_are_replayed() {
    let folder = tempfile::tempdir().unwrap();
    let text = scenario("replicates = 100\nstrata = true", "faults.silent.nodes.each = [1e-6, 0.3]");
    let [one, three] = ["1", "3"].map(|threads| results(folder.path(), threads, &text, &["-j", threads]));
    for name in ["manifest.json", "summary.csv", "runs.csv", "plots/nines.svg"] {
        assert!(fs::read(one.join(name)).unwrap() == fs::read(three.join(name)).unwrap(), "{name}");
    }
    // Replicate 9 is the second one in which all four nodes are silent.
    let mut cells = csv::Reader::from_path(one.join("cells.csv")).unwrap();
    let ids: Vec<String> = cells.records().map(|row| row.unwrap()[1].to_owned()).collect();
    for (replicate, accepted) in [("9", "0 of 2 accepted"), ("5", "2 of 2 accepted")] {
        let said = donsim(folder.path(), &["replay", "1.toml", "--cell", &ids[0], "--replicate", replicate]);
        assert!(said.stdout.contains(accepted), "{said:?}");
    }
}

#[test]
fn what_makes_no_strata_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |text: &str| {
        fs::write(folder.path().join("bad.toml"), text).unwrap();
        let said = donsim(folder.path(), &["check", "bad.toml"]);
        assert_eq!(said.code, 2, "{said:?}");
        said.stderr
    };
    let counted = HEAD.replace("{ each = 0.1 }", "1") + "[run]\nstrata = true\n";
    assert!(refused(&counted).contains("no number of nodes is left to chance"));
    let few = format!("{HEAD}[run]\nstrata = true\nreplicates = 4\n");
    assert!(refused(&few).contains("use `run.replicates = 5` at least"));
    let holders = HEAD.replace("{ each = 0.1 }", "{ each = 0.1 }\nholders = 1");
    assert!(refused(&holders).contains("holders are as likely to be faulty as others"));
    let quantile = format!("{HEAD}[run]\nstrata = true\n[[expect]]\nthat = \"p99 <= 5s\"\n");
    assert!(refused(&quantile).contains("cannot be judged with `run.strata`"));
}
