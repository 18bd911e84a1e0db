//! Faults that nodes have with a probability, answers that get lost, and replicates that are dealt to strata.

#[path = "common/binary.rs"]
mod binary;
#[expect(dead_code, reason = "faults here are no holders by number")]
mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::num::NonZero;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use binary::{donsim, results};
use common::{replicates, setup};
use donsim::aggregator::RuleSet;
use donsim::engine::{Distribution, Span};
use donsim::experiment::{Metric, Options, RunSummary, Simulate, run};
use donsim::network::Node;
use donsim::scenario::Scenario;
use donsim::sim::{Fault, FaultKind, Happening, PayloadHolders, ReplicateCache, Setup, Strata, What, replay, simulate};

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

/// By value of an axis, then statistic, the value of a metric with the ends of its interval.
fn values(folder: &Path, axis: &str, metric: &str) -> BTreeMap<(String, String), [f64; 3]> {
    let mut summary = csv::Reader::from_path(folder.join("summary.csv")).unwrap();
    let header = summary.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let rows = summary.records().map(Result::unwrap).filter(|row| &row[at("metric")] == metric);
    let number = |text: &str| text.parse().unwrap_or(f64::NAN);
    rows.map(|row| {
        let key = (row[at(axis)].to_owned(), row[at("stat")].to_owned());
        (key, ["value", "ci_low", "ci_high"].map(|name| number(&row[at(name)])))
    })
    .collect()
}

const FAULT: &str = "[[faults.silent]]\nnodes = { each = 0.1 }\n";
const EACH: &str = "faults.silent.nodes.each";
const LOSS: &str = "network.response.loss";

/// Estimates and closed forms of so many probabilities are those of a law, the first with intervals whose ends are this
/// factor apart at most.
fn is_curve(found: &BTreeMap<(String, String), [f64; 3]>, points: usize, factor: f64, law: impl Fn(f64) -> f64) {
    assert_eq!(found.len(), 2 * points);
    for ((probability, stat), [value, low, high]) in found {
        let exact = law(probability.parse().unwrap());
        if stat == "exact" {
            assert!((value / exact - 1.0).abs() < 1e-9, "{probability}: {value} {exact}");
        } else {
            // What is certain is so but for the last digit.
            let (least, most) = (low * (1.0 - 1e-14), high * (1.0 + 1e-14));
            assert!(least <= exact && exact <= most && *low > 0.0, "{probability}: {value} [{low}, {high}]");
            assert!(high / low < factor && low <= value && value <= high, "{probability}: {value} [{low}, {high}]");
        }
    }
}

/// A request fails when both answers get lost.
#[test]
fn one_run_gives_the_whole_curve_over_lost_answers() {
    let folder = tempfile::tempdir().unwrap();
    let losses = "{ from = 1e-9, to = 0.1, points = 9, scale = \"log\" }";
    let text = |head: &str, replicates: u32| {
        format!("{head}[run]\nreplicates = {replicates}\nstrata = true\n[sweep.grid]\n{LOSS} = {losses}\n")
    };
    let lossy = HEAD.replace(FAULT, "");
    let one_caller = lossy.replace("nodes = 2\n", "nodes = 1\n");
    let made = results(folder.path(), "one", &text(&one_caller, 1500), &[]);
    is_curve(&values(&made, LOSS, "not_accepted"), 9, 2.0, |p| p * p);
    assert!(made.join("plots/nines.svg").exists());
    // The losses of two callers are in the same strata: fewer of them hit both holders of one.
    let made = results(folder.path(), "two", &text(&lossy, 3600), &[]);
    is_curve(&values(&made, LOSS, "not_accepted"), 9, 3.0, |p| p * p);
    // Whatever the order of the answers, all but one may get lost.
    let all = one_caller.replace("\"f+1\"", "\"all\"");
    let made = results(folder.path(), "all", &text(&all, 1500), &[]);
    is_curve(&values(&made, LOSS, "not_accepted"), 9, 1.001, |p| p * p * p * p);
}

/// Intervals hold as often as promised, over seeds; two callers, whose losses depend on each other.
#[test]
fn intervals_over_lost_answers_cover_the_truth() {
    let head = HEAD.replace(FAULT, "");
    let covered = covered(60, &head, 180, [1e-5, 0.02, 0.3], |p| p * p);
    // Of 60 intervals that cover 95 % each, 52 or fewer do with a probability of half a percent.
    assert!(covered.iter().all(|covered| *covered > 52), "{covered:?}");
}

/// Likewise where both holders may also be silent.
#[test]
fn intervals_over_lost_answers_and_silent_nodes_cover_the_truth() {
    let head = HEAD.replace("nodes = 2\n", "nodes = 1\n").replace("0.1 }", "1e-4 }");
    let each = |p: f64| p + 1e-4 * (1.0 - p);
    let covered = covered(40, &head, 500, [1e-6, 1e-4, 0.01], |p| each(p) * each(p));
    // Of 40, 33 or fewer do with a probability of 0.3 %.
    assert!(covered.iter().all(|covered| *covered > 33), "{covered:?}");
}

/// By loss, how many of so many seeds have an interval that holds the law, none of them absurdly wide.
fn covered(seeds: u32, head: &str, replicates: u32, losses: [f64; 3], law: impl Fn(f64) -> f64) -> [u32; 3] {
    let text = format!("{head}[run]\nreplicates = {replicates}\nstrata = true\n[sweep.grid]\n{LOSS} = {losses:?}\n");
    let mut covered = [0; 3];
    for seed in 0..seeds {
        let text = text.replace("[run]\n", &format!("[run]\nseed = {seed}\n"));
        for ((cell, p), covered) in summary(&text, &simulate).cells.iter().zip(losses).zip(&mut covered) {
            let estimate = cell.estimate(Metric::NotAccepted).unwrap();
            let (low, high) = (estimate.ci_low.unwrap(), estimate.ci_high.unwrap());
            assert!(high < 10.0 * law(p), "{p}: [{low}, {high}]");
            *covered += u32::from((low..=high).contains(&law(p)));
        }
    }
    covered
}

fn summary(text: &str, simulate: &Simulate<'_>) -> RunSummary {
    let scenario = Scenario::parse(Path::new("dealt.toml"), text.to_owned(), &[]).unwrap();
    let stop = AtomicBool::new(false);
    let options = Options::new(NonZero::new(2).unwrap(), &stop);
    run(&scenario, options, simulate, &mut ()).unwrap().summary
}

#[test]
fn cells_that_differ_in_loss_share_their_simulations() {
    let head = HEAD.replace(FAULT, "");
    let made = |losses: &str| {
        let worlds = AtomicU32::new(0);
        let counted = |setup: &Setup, replicate: u64, cache: &mut ReplicateCache| {
            worlds.fetch_add(1, Ordering::Relaxed);
            simulate(setup, replicate, cache)
        };
        let text = format!("{head}[run]\nreplicates = 18\nstrata = true\n[sweep.grid]\n{LOSS} = {losses}\n");
        assert_eq!(summary(&text, &counted).cells.len(), losses.split(',').count());
        worlds.into_inner()
    };
    // Each replicate and its baseline, once.
    assert_eq!([made("[1e-9]"), made("[1e-9, 1e-3, 0.3, 0.9]")], [36, 36]);
}

/// Links on which an answer got lost in a replicate.
fn lost(setup: &Setup, replicate: u64) -> BTreeSet<(Node, Node)> {
    let (_, happenings) = replay(setup, replicate, &mut ReplicateCache::new(setup.run.seed));
    let link = |it: Happening| match (it.what, it.node, it.peer) {
        (What::Sent { arrivals: [None, None], .. }, Some(from @ Node::Capability(_)), Some(to)) => Some((from, to)),
        _ => None,
    };
    happenings.into_iter().filter_map(link).collect()
}

#[test]
fn so_many_answers_get_lost_and_those_that_plain_losses_begin_with() {
    let lossy = |loss: f64, strata: bool| {
        let mut setup = silent(0.0);
        setup.faults.clear();
        setup.workflow_don.nodes = 2;
        setup.network.response.loss = loss;
        setup.run.strata = strata;
        setup
    };
    let dealt = lossy(0.5, true);
    let strata = Strata::of(&dealt).unwrap();
    assert_eq!(strata.len(), 15);
    let mut cache = ReplicateCache::new(1);
    for replicate in 0..45 {
        let stratum = strata.of_replicate(replicate);
        let those = lost(&dealt, replicate);
        assert_eq!((those.len(), &those), (stratum, &lost(&lossy(1e-30, true), replicate)));
        let plain = lost(&lossy(0.3, false), replicate);
        assert!(those.is_subset(&plain) || plain.is_subset(&those), "{those:?} {plain:?}");
        // The world of so many lost answers is the same without strata.
        let world = strata.world(&dealt, stratum);
        assert_eq!(simulate(&dealt, replicate, &mut cache), simulate(&world, replicate, &mut cache));
    }
    assert!(Strata::of(&lossy(1.0, true)).unwrap().len() == 1 && lost(&lossy(1.0, true), 0).len() == 14);
}

/// With F = 1 a request fails when both holders are faulty: with the square of the probability.
#[test]
fn one_run_gives_the_whole_curve() {
    let folder = tempfile::tempdir().unwrap();
    let sweep = "faults.silent.nodes.each = { from = 1e-9, to = 0.1, points = 9, scale = \"log\" }";
    let made = results(folder.path(), "curve", &scenario("replicates = 1500\nstrata = true\nseed = 3", sweep), &[]);
    is_curve(&values(&made, EACH, "not_accepted"), 9, 2.0, |p| p * p);
    // What has no interval is empty, and the page is made again from the tables.
    assert!(values(&made, EACH, "latency_p99").values().flatten().all(|number| number.is_nan()));
    let picture = fs::read(made.join("plots/nines.svg")).unwrap();
    let said = donsim(folder.path(), &["report", made.to_str().unwrap()]);
    assert_eq!((said.code, fs::read(made.join("plots/nines.svg")).unwrap()), (0, picture), "{said:?}");
}

#[test]
fn strata_agree_with_plain_replicates_where_those_can_count() {
    agrees_with_plain_replicates(HEAD, EACH, "[0.1, 0.4]");
}

#[test]
fn strata_of_lost_answers_agree_with_plain_replicates() {
    let lossy = HEAD.replace(FAULT, "");
    agrees_with_plain_replicates(&lossy, LOSS, "[0.1, 0.3]");
    // Requests that get lost are left to chance.
    agrees_with_plain_replicates(&lossy, "network.loss", "[0.2]");
    // Silent nodes and lost answers at once.
    agrees_with_plain_replicates(HEAD, LOSS, "[0.3]");
}

fn agrees_with_plain_replicates(head: &str, axis: &str, given: &str) {
    let folder = tempfile::tempdir().unwrap();
    let text = |run: &str| format!("{head}[run]\n{run}\n[sweep.grid]\n{axis} = {given}\n");
    let dealt = results(folder.path(), "dealt", &text("replicates = 1500\nstrata = true"), &[]);
    let plain = results(folder.path(), "plain", &text("replicates = 1500"), &[]);
    let mut compared = 0;
    for metric in ["accepted", "served", "expired", "failed", "cause_faulty", "cause_lost", "total_bytes", "holders_2"]
    {
        let (dealt, plain) = (values(&dealt, axis, metric), values(&plain, axis, metric));
        compared += plain.len();
        for (key, [_, low, high]) in plain.iter().filter(|(key, _)| key.1 != "exact") {
            let [_, other_low, other_high] = dealt[key];
            assert!(
                *low <= other_high && other_low <= *high,
                "{metric} {key:?}: {low} {high} {other_low} {other_high}"
            );
        }
    }
    assert!(compared >= 8 && values(&plain, axis, "not_accepted").is_empty());
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
    assert!(refused(&counted).contains("no number of faulty nodes or lost answers is left to chance"));
    for (more, way_out) in [
        ("[request]\ncount = 2\n", "use `request.count = 1`"),
        ("[capability_don]\nresponse_strategy = \"pull\"\n", "use `response_strategy = \"all\"`"),
        ("[network]\nduplication = 0.1\n", "use `network.request.duplication = 0`"),
        ("[[faults.duplicate_answers]]\nnodes = 1\n", "leave the fault out"),
        ("[[faults.caller_repeats]]\nnodes = 1\n", "leave the fault out"),
    ] {
        let (table, key) = more.split_once('\n').unwrap();
        let lossy = HEAD.replace("[[faults.silent]]", "response.loss = 0.1\n[[faults.silent]]");
        let several = if lossy.contains(table) {
            lossy.replace(table, &format!("{table}\n{key}"))
        } else {
            format!("{lossy}{more}")
        };
        let said = refused(&format!("{several}[run]\nstrata = true\n"));
        assert!(said.contains(way_out) && said.contains("or leave `run.strata` out"), "{said}");
        assert_eq!(said.matches("error: ").count(), 1, "{said}");
    }
    let few = format!("{HEAD}[run]\nstrata = true\nreplicates = 4\n");
    assert!(refused(&few).contains("use `run.replicates = 5` at least"));
    let holders = HEAD.replace("{ each = 0.1 }", "{ each = 0.1 }\nholders = 1");
    assert!(refused(&holders).contains("holders are as likely to be faulty as others"));
    let quantile = format!("{HEAD}[run]\nstrata = true\n[[expect]]\nthat = \"p99 <= 5s\"\n");
    assert!(refused(&quantile).contains("cannot be judged with `run.strata`"));
}
