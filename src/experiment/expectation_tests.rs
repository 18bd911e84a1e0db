//! Expectations on made-up replicates: what is asked, what is found, what follows.

use std::num::NonZeroUsize;
use std::sync::atomic::AtomicBool;

use super::Ruling::{Fail, Inconclusive, Pass};
use super::{Findings, Options, Ruling, Simulate, Verdict, check_power, run};
use crate::aggregator::RuleSet;
use crate::engine::Span;
use crate::scenario::Scenario;
use crate::sim::{Outcome, PayloadHolders, Replicate, Row, Setup};

fn scenario(text: &str) -> Scenario {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("demo.toml");
    std::fs::write(&path, format!("schema = 1\n{text}")).unwrap();
    Scenario::load(&path, &[]).unwrap_or_else(|error| panic!("{error}"))
}

/// A run of `text` in which every row of a replicate is accepted after `latency` ms, or expires without one.
fn simulated(text: &str, latency: impl Fn(&Setup, u64) -> Option<u64> + Sync + 'static) -> Findings {
    let simulate = move |setup: &Setup, replicate: u64| {
        let latency = latency(setup, replicate).map(Span::from_millis);
        let row = |workflow_node| Row {
            request: 0,
            workflow_node,
            outcome: if latency.is_some() { Outcome::Accepted } else { Outcome::Expired },
            latency,
            decided: latency,
            error: String::new(),
            served: latency.is_some(),
            disagreement: false,
            unreachable: None,
            breach: None,
            judgement: crate::sim::Judgement::Depended,
            bytes: crate::sim::Bytes { request: 100 + replicate % 2, ..Default::default() },
            signatures_verified: 2,
        };
        Replicate { rows: (0..setup.workflow_don.nodes).map(row).collect(), ..Replicate::default() }
    };
    let simulate: Box<Simulate> = Box::new(move |setup, replicate, _| simulate(setup, replicate));
    let stop = AtomicBool::new(false);
    let options = Options::new(NonZeroUsize::new(2).unwrap(), &stop);
    run(&scenario(text), options, &*simulate, &mut ()).unwrap()
}

fn rulings(found: &Findings) -> Vec<Ruling> {
    found.summary.expectations.iter().map(|judgement| judgement.ruling).collect()
}

/// The smallest number of replicates that `check_power` asks for.
fn needed(text: &str) -> u64 {
    let complaint = check_power(&scenario(&format!("[run]\nreplicates = 1\n{text}"))).unwrap_err();
    let help = complaint.iter().next().and_then(|item| item.suggestion().map(str::to_owned)).unwrap();
    let digits: String = help.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_else(|_| panic!("{help}"))
}

const ALONE: &str = "[workflow_don]\nnodes = 1\n";

#[test]
fn the_number_of_replicates_is_the_binomials() {
    for (that, replicates) in [
        // ln 0.05 / ln 0.999 and the like.
        ("accepted >= 0.999", 2_995),
        ("accepted >= 0.99", 299),
        ("expired <= 1%", 299),
        ("p99 <= 2s", 299),
        ("p50 <= 2s", 5),
        ("p50 >= 1ms", 5),
        ("total_bytes <= 1KiB", 2),
        ("saved_response >= 30%", 2),
        ("saved_total >= -5%", 2),
        ("accepted >= 0.05", 1),
    ] {
        let text = format!("{ALONE}[[expect]]\nthat = \"{that}\"");
        if replicates > 1 {
            assert_eq!(needed(&text), replicates, "{that}");
        }
        assert!(check_power(&scenario(&format!("[run]\nreplicates = {replicates}\n{text}"))).is_ok(), "{that}");
    }
}

#[test]
fn the_number_named_passes_and_one_fewer_does_not() {
    let sweep = "[sweep.grid]\naggregator.rule_set = [\"identical\", \"attested\"]\n";
    for (that, rest) in [
        ("accepted[attested] >= 0.95", sweep),
        ("p90[attested] <= 2s", sweep),
        ("accepted[attested] - accepted[identical] >= 0.8", sweep),
        ("expired <= 0.08", ""),
        ("served >= 0.93", ALONE),
    ] {
        let text = format!("[[expect]]\nthat = \"{that}\"\n{rest}");
        let replicates = needed(&text);
        let found = |replicates: u64| {
            let text = format!("[run]\nreplicates = {replicates}\n{text}");
            let found = simulated(&text, |setup, _| {
                // Perfect: what is expected to be accepted always is, in equal time.
                (setup.aggregator.rule_set == RuleSet::Attested.into()).then_some(1_000)
            });
            (check_power(&scenario(&text)).is_ok(), rulings(&found))
        };
        assert_eq!(found(replicates), (true, vec![Pass]), "{that}: {replicates}");
        assert_eq!(found(replicates - 1), (false, vec![Inconclusive]), "{that}: {replicates}");
    }
}

#[test]
fn underpowered_expectations_are_errors_with_a_way_out() {
    let text = "[run]\nreplicates = 100\n[workflow_don]\nnodes = 1\n\
                [[expect]]\nthat = \"accepted >= 0.999\"\n[[expect]]\nthat = \"accepted >= 1\"\n";
    let expected = "
error: `accepted >= 0.999` cannot pass with 100 replicates
 --> demo.toml:7:9
  |
7 | that = \"accepted >= 0.999\"
  |         ^^^^^^^^^^^^^^^^^ underpowered
  |
  = note: the best that 100 replicates can show is at least 0.9638
  = note: the confidence of 0.95 is shared by 2 checks of this scenario
  = help: use `run.replicates = 3688` at least, more if anything may go wrong

error: `accepted >= 1` cannot pass with 100 replicates
 --> demo.toml:9:9
  |
9 | that = \"accepted >= 1\"
  |         ^^^^^^^^^^^^^ underpowered
  |
  = note: the best that 100 replicates can show is at least 0.9638
  = note: the confidence of 0.95 is shared by 2 checks of this scenario
  = help: no number of replicates can show it; ask for a little less
";
    let rendered = check_power(&scenario(text)).unwrap_err().to_string();
    let place = rendered.find("--> ").unwrap() + 4..rendered.find("demo.toml").unwrap();
    assert_eq!(rendered.replace(&rendered[place], ""), expected.trim_matches('\n'));
}

#[test]
fn the_smallest_number_of_the_weakest_cell_counts() {
    // With one row per replicate the number of trials is known, with several it is estimated.
    let text =
        |nodes: &str| format!("[[expect]]\nthat = \"accepted >= 0.9\"\n[sweep.grid]\nworkflow_don.nodes = {nodes}");
    assert_eq!(needed(&text("[1, 7]")), needed(&text("[7, 10]")));
    assert!(needed(&text("[1]")) < needed(&text("[7]")));
}

#[test]
fn every_check_of_the_file_shares_the_risk() {
    let text = "[run]\nreplicates = 100\n[[expect]]\nthat = \"accepted >= 0.9\"\n[[expect]]\nthat = \"p50 <= 2s\"\n\
                where = \"network.loss == 0\"\nconfidence = 0.9\n[sweep.grid]\nnetwork.loss = [0, 0.1, 0.2]\n";
    let found = simulated(text, |_, _| Some(1_000));
    let levels: Vec<_> = found.summary.expectations.iter().map(|judgement| judgement.confidence).collect();
    assert_eq!(levels, [1.0 - 0.05 / 4.0, 1.0 - 0.05 / 4.0, 1.0 - 0.05 / 4.0, 1.0 - 0.1 / 4.0].map(|level: f64| level));
    assert_eq!(rulings(&found), [Pass; 4]);
    // What passes by itself may not pass in company.
    let one = |sweep: &str| {
        let text = format!("[run]\nreplicates = 40\n[[expect]]\nthat = \"accepted >= 0.91\"\n{sweep}");
        rulings(&simulated(&text, |_, _| Some(1_000)))[0]
    };
    assert_eq!(one(""), Pass);
    assert_eq!(one("[sweep.grid]\nnetwork.loss = [0, 0.1, 0.2]"), Inconclusive);
}

#[test]
fn quantiles_fail_when_even_their_low_end_is_late() {
    let text = "[run]\nreplicates = 100\n[[expect]]\nthat = \"p50 <= 2s\"\n[[expect]]\nthat = \"p50 >= 2s\"\n";
    let judged = |on_time: u64, latency: u64| {
        rulings(&simulated(text, move |_, replicate| (replicate < on_time).then_some(latency)))
    };
    assert_eq!(judged(100, 1_999), [Pass, Fail]);
    assert_eq!(judged(100, 2_000), [Pass, Pass]);
    assert_eq!(judged(100, 2_001), [Fail, Pass]);
    assert_eq!(judged(50, 1_000), [Inconclusive, Inconclusive]);
    assert_eq!(judged(20, 1_000), [Fail, Pass]);
    assert_eq!(judged(0, 1_000), [Fail, Pass]);
}

#[test]
fn amounts_are_a_request_over_the_don() {
    let text = "[run]\nreplicates = 100\n[[expect]]\nthat = \"request_bytes <= 402B\"\n\
                [[expect]]\nthat = \"request_bytes <= 403B\"\n[[expect]]\nthat = \"total_bytes >= 405B\"\n\
                [[expect]]\nthat = \"signatures_verified <= 8\"\n";
    let found = simulated(text, |_, _| Some(1));
    assert_eq!(rulings(&found), [Inconclusive, Pass, Fail, Pass]);
    assert_eq!(found.summary.expectations[0].bounds.observed, Some(402.0));
}

/// 20 cells: the first of each pair is in another group of cells than the second.
const PAIRS: &str = "[run]\nreplicates = 80\n[[expect]]\nthat = \"accepted[attested] - accepted[identical] >= 0.5\"\n\
    [sweep.grid]\naggregator.rule_set = [\"identical\", \"attested\"]\n\
    network.loss = [0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09]\n";

fn every_fourth(setup: &Setup, replicate: u64) -> Option<u64> {
    (setup.aggregator.rule_set == RuleSet::Attested.into() || replicate.is_multiple_of(4)).then_some(1)
}

#[test]
fn differences_are_paired_over_groups_of_cells() {
    let found = simulated(PAIRS, every_fourth);
    assert_eq!(rulings(&found), [Pass; 10]);
    for (judgement, at) in found.summary.expectations.iter().zip(0..) {
        let cells = [10 + at, at].map(|at: usize| found.summary.cells[at].id.clone());
        assert_eq!((judgement.cells.as_slice(), judgement.bounds.observed), (&cells[..], Some(0.75)));
    }
    assert_eq!(found.summary.expectations[1].place, "network.loss = 0.01");
    assert_eq!(Verdict::of(&found.summary, crate::sim::Safety::Holds, true), Verdict::Pass);
}

#[test]
fn replicates_that_panicked_leave_their_pairs() {
    let found = simulated(PAIRS, |setup, replicate| {
        // Not in the baseline.
        let slim = setup.capability_don.payload_holders == PayloadHolders::FPlusOne;
        let broken = slim && setup.aggregator.rule_set == RuleSet::Identical.into() && replicate == 3;
        assert!(!broken, "on purpose");
        every_fourth(setup, replicate)
    });
    assert_eq!(found.panicked.len(), 10);
    // 79 pairs, of which 20 agree.
    let observed = found.summary.expectations[0].bounds.observed.unwrap();
    assert!((observed - 59.0 / 79.0).abs() < 1e-12, "{observed}");
}

#[test]
fn one_failure_outranks_what_is_undecided() {
    let text =
        "[run]\nreplicates = 100\n[[expect]]\nthat = \"accepted >= 0.5\"\n[[expect]]\nthat = \"accepted >= 0.9\"\n";
    let verdict = |accepted: u64| {
        let found = simulated(text, move |_, replicate| (replicate < accepted).then_some(1));
        (rulings(&found), Verdict::of(&found.summary, crate::sim::Safety::Holds, true))
    };
    assert_eq!(verdict(100), (vec![Pass, Pass], Verdict::Pass));
    assert_eq!(verdict(90), (vec![Pass, Inconclusive], Verdict::Inconclusive));
    assert_eq!(verdict(50), (vec![Inconclusive, Fail], Verdict::Fail));
}
