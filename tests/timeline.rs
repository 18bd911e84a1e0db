//! The time line of a request, step by step: on constant latencies every instant is known.

mod common;

use std::sync::Arc;

use common::{EXECUTION, OCR, corrupt_holders, replicates};
use donsim::aggregator::RuleSet;
use donsim::engine::{Distribution, Span, Time, Window};
use donsim::network::{Cut, Latency, NodeSet, Partition, RegionMatrix};
use donsim::sim::{Fault, FaultKind, FaultReport, Outcome, PayloadHolders, Replicate, Schedule, Setup, Ties};
use donsim::wire::PAYLOAD_NOT_AVAILABLE;

/// From a workflow node to a capability node.
const ASK: Span = Span::from_millis(10);
/// From a capability node to a workflow node.
const ANSWER: Span = Span::from_millis(20);

/// Four capability nodes that all hold the payload, one workflow node that is content with one attested answer.
fn line() -> Setup {
    let mut setup = common::setup(4, RuleSet::Attested, PayloadHolders::All, Distribution::constant(ASK));
    setup.network.response.latency = Latency::Distribution(Distribution::constant(ANSWER));
    setup
}

/// From the first send to the acceptance on [`line`].
fn whole_line() -> Span {
    ASK + EXECUTION + OCR + ANSWER
}

const fn ms(millis: u64) -> Span {
    Span::from_millis(millis)
}

fn at(time: Span) -> Time {
    Time::ZERO + time
}

/// From `start` up to, but without, `end`.
fn window(start: Span, end: Span) -> Window {
    Window { start: at(start), end: at(end) }
}

/// Four workflow nodes, of which one may be faulty: two must ask.
fn four_callers(setup: &mut Setup) {
    (setup.workflow_don.nodes, setup.workflow_don.f) = (4, 1);
}

/// Gives every link its own latency: `ask` and `answer` in ms, by workflow node, then capability node.
fn place(setup: &mut Setup, ask: impl Fn(usize, usize) -> u64, answer: impl Fn(usize, usize) -> u64) {
    let (callers, callees) = (setup.workflow_don.nodes as usize, setup.capability_don.nodes as usize);
    let one_way = |from: usize, to: usize| match (from < callers, to < callers) {
        (true, false) => ask(from, to - callers),
        (false, true) => answer(to, from - callers),
        _ => 0,
    };
    let all = 0..callers + callees;
    let regions: Vec<String> = all.clone().map(|at| format!("region {at}")).collect();
    let row = |from: usize| all.clone().map(|to| ms(2 * one_way(from, to))).collect();
    setup.workflow_don.regions = regions[..callers].to_vec();
    setup.capability_don.regions = regions[callers..].to_vec();
    let matrix = Arc::new(RegionMatrix { round_trip: all.clone().map(row).collect(), regions });
    let latency = Latency::Regions { matrix, jitter: Distribution::constant(Span::ZERO) };
    setup.network.request.latency = latency.clone();
    setup.network.response.latency = latency;
}

fn add_fault(setup: &mut Setup, kind: FaultKind, nodes: u32, window: Window) {
    setup.faults.push(Fault { window, ..Fault::new(kind, nodes, None) });
}

fn first(setup: &Setup) -> Replicate {
    replicates(setup, 1).next().expect("one was asked for")
}

/// When each row's node accepted, counted from its first send; row by row of the first replicate.
fn latencies(setup: &Setup) -> Vec<Option<Span>> {
    first(setup).rows.iter().map(|row| row.latency).collect()
}

fn outcomes(setup: &Setup) -> Vec<Outcome> {
    first(setup).rows.iter().map(|row| row.outcome).collect()
}

/// Bytes of an error: its code is a tag and a value, its text a tag, a length and the text itself.
const fn error_bytes(text: &str) -> u64 {
    2 + 2 + text.len() as u64
}

fn unavailable_bytes() -> u64 {
    error_bytes(&format!("Public:User:Unknown:{PAYLOAD_NOT_AVAILABLE}"))
}

const EXPIRED_AT_SERVER: u64 = error_bytes("request expired by executable server");

#[test]
fn an_attested_acceptance_takes_every_step_once() {
    assert_eq!(latencies(&line()), [Some(whole_line())]);
    let mut setup = line();
    four_callers(&mut setup);
    assert_eq!(latencies(&setup), [Some(whole_line()); 4]);
    setup.aggregator.rule_set = RuleSet::Identical.into();
    assert_eq!(latencies(&setup), [Some(whole_line()); 4]);
}

/// The second request to arrive starts the execution; the third finds it running and the fourth finds it done.
#[test]
fn enough_requesters_start_the_execution_and_late_ones_get_the_answer() {
    let mut setup = line();
    four_callers(&mut setup);
    let ask = [10, 500, 900, 3_000];
    place(&mut setup, |caller, _| ask[caller], |_, _| 20);
    let early = ms(500) + EXECUTION + OCR + ANSWER;
    let late = ms(3_000) + ANSWER;
    assert_eq!(latencies(&setup), [Some(early), Some(early), Some(early), Some(late)]);
}

#[test]
fn latency_counts_from_a_nodes_own_start() {
    let mut setup = line();
    four_callers(&mut setup);
    let skew = ms(300);
    setup.workflow_don.start_skew = Distribution::Uniform { min: Span::ZERO, max: skew };
    for replicate in replicates(&setup, 20) {
        let mut waits: Vec<Span> = replicate.rows.iter().map(|row| row.latency.expect("accepted")).collect();
        waits.sort_unstable();
        // The later a node starts, the shorter it waits: the second to start is the one that waits for every step.
        assert_eq!(waits[2], whole_line());
        assert!(waits[0] < waits[1] && waits[1] < waits[2] && waits[2] < waits[3] && waits[3] < whole_line() + skew);
    }
}

/// A capability node that observes after the report answers when it has observed, though it starts after the report, if
/// it is given the payload; one that is not says at once that it has none.
#[test]
fn a_node_that_is_late_for_the_report_answers_late() {
    let report = ASK + EXECUTION + OCR;
    for (holders, ask, expected, errors) in [
        (PayloadHolders::All, ms(1_500), Some(report + ANSWER), 0),
        (PayloadHolders::All, ms(1_550), Some(ms(1_550) + EXECUTION + ANSWER), 0),
        (PayloadHolders::All, ms(1_620), Some(ms(1_620) + EXECUTION + ANSWER), 0),
        (PayloadHolders::Count(0), ms(1_620), None, 4 * unavailable_bytes()),
    ] {
        let mut setup = line();
        setup.capability_don.payload_holders = holders;
        let ask = ask.as_nanos() / 1_000_000;
        place(&mut setup, |_, callee| if callee == 3 { ask } else { 10 }, |_, _| 20);
        let others = NodeSet { workflow: vec![], capability: vec![0, 1, 2] };
        let caller = NodeSet { workflow: vec![0], capability: vec![] };
        setup.network.cuts.push(Cut { from: others, to: caller, window: Window::ALWAYS });
        let row = &first(&setup).rows[0];
        assert_eq!((row.latency, row.bytes.error), (expected, errors), "asked after {ask} ms");
    }
}

#[test]
fn too_few_requesters_expire_on_both_sides() {
    let mut setup = line();
    four_callers(&mut setup);
    let mute = NodeSet { workflow: vec![1, 2, 3], capability: vec![] };
    let callees = NodeSet { workflow: vec![], capability: vec![0, 1, 2, 3] };
    setup.network.cuts.push(Cut { from: mute, to: callees, window: Window::ALWAYS });
    let rows = first(&setup).rows;
    assert!(rows.iter().all(|row| row.outcome == Outcome::Expired && row.latency.is_none()));
    let errors: Vec<u64> = rows.iter().map(|row| row.bytes.error).collect();
    assert_eq!(errors, [4 * EXPIRED_AT_SERVER, 0, 0, 0]);
}

#[test]
fn an_execution_beyond_the_time_out_is_answered_with_an_error() {
    let mut setup = line();
    setup.capability_don.ocr = donsim::sim::Ocr::Latency(Distribution::constant(setup.aggregator.timeout));
    let row = &first(&setup).rows[0];
    assert_eq!((row.outcome, row.bytes.error), (Outcome::Expired, 4 * EXPIRED_AT_SERVER));
    assert_eq!((row.bytes.response, row.bytes.duplicate_payload), (0, 0));
}

/// The report needs a Byzantine quorum of observers: 3 of 4, 5 of 7. A silent node observes, a crashed one does not.
#[test]
fn ocr_waits_for_a_quorum_of_observations() {
    for (nodes, spare) in [(4, 1), (7, 2)] {
        let outcome = |kind, faulty| {
            let mut setup = line();
            (setup.capability_don.nodes, setup.capability_don.f) = (nodes, spare);
            add_fault(&mut setup, kind, faulty, Window::ALWAYS);
            outcomes(&setup)[0]
        };
        assert_eq!(outcome(FaultKind::named("crash", []), spare), Outcome::Accepted);
        assert_eq!(outcome(FaultKind::named("crash", []), spare + 1), Outcome::Expired);
        assert_eq!(outcome(FaultKind::named("silent", []), spare + 1), Outcome::Accepted);
    }
}

#[test]
fn nothing_to_agree_on_is_an_outcome_of_its_own() {
    for (agree, outcome) in [(0.0, Outcome::NoAgreement), (1.0, Outcome::Accepted)] {
        let mut setup = line();
        setup.capability_don.payload_holders = PayloadHolders::Agree(agree);
        assert_eq!(outcomes(&setup), [outcome]);
    }
}

#[test]
fn a_crash_loses_what_arrives_and_what_was_known() {
    let (asked, answered) = (ASK, ASK + EXECUTION + OCR);
    let instant = Span::from_nanos(1);
    for (start, end, is_lost) in [
        (Span::ZERO, asked, false),
        (asked, asked + instant, true),
        (asked + instant, asked + instant + instant, true),
        (answered - instant, answered, true),
        (answered, answered + instant, true),
        (answered + instant, ms(5_000), false),
    ] {
        let mut setup = line();
        add_fault(&mut setup, FaultKind::named("crash", []), 4, window(start, end));
        let Replicate { rows, faults, .. } = first(&setup);
        let expected = (!is_lost).then(whole_line);
        assert_eq!(rows[0].latency, expected, "down from {start} to {end}");
        assert_eq!(faults[0].fired > 0, is_lost, "down from {start} to {end}");
    }
}

/// Two callers ask before a crash, two after it: the node starts anew for the latter, and what the first execution
/// would have observed by then is lost.
#[test]
fn after_a_crash_the_execution_starts_anew() {
    let mut setup = line();
    four_callers(&mut setup);
    let ask = [10, 10, 500, 500];
    place(&mut setup, |caller, _| ask[caller], |_, _| 20);
    let execution = ms(600);
    setup.capability_don.execution = Distribution::constant(execution);
    add_fault(&mut setup, FaultKind::named("crash", []), 4, window(ms(100), ms(200)));
    let anew = ms(500) + execution + OCR + ANSWER;
    assert_eq!(latencies(&setup), [None, None, Some(anew), Some(anew)]);
}

/// As before; the ticker that was set for the first two callers does not end what the last two have just begun.
#[test]
fn after_a_crash_the_time_out_starts_anew() {
    let mut setup = line();
    four_callers(&mut setup);
    let ask = [10, 10, 500, 500];
    place(&mut setup, |caller, _| ask[caller], |_, _| 20);
    setup.aggregator.timeout = ms(1_000);
    // The answers leave 980 ms after the second start.
    setup.capability_don.ocr = donsim::sim::Ocr::Latency(Distribution::constant(ms(880)));
    add_fault(&mut setup, FaultKind::named("crash", []), 4, window(ms(100), ms(200)));
    for Replicate { rows, .. } in replicates(&setup, 20) {
        let errors: Vec<u64> = rows.iter().map(|row| row.bytes.error).collect();
        assert_eq!(errors, [0; 4]);
        assert!(rows[0].bytes.duplicate_payload == 0 && rows[2].bytes.duplicate_payload > 0);
    }
}

/// After a crash the answers are forgotten: late callers' requests are executed anew.
#[test]
fn after_a_crash_an_answer_is_forgotten() {
    let mut setup = line();
    four_callers(&mut setup);
    let ask = [10, 10, 3_000, 3_000];
    place(&mut setup, |caller, _| ask[caller], |_, _| 20);
    add_fault(&mut setup, FaultKind::named("crash", []), 4, window(ms(2_000), ms(2_100)));
    let Replicate { rows, faults, .. } = first(&setup);
    let seen: Vec<_> = rows.iter().map(|row| (row.latency, row.bytes.error)).collect();
    let (answered, anew) = ((Some(whole_line()), 0), (Some(ms(3_000) + EXECUTION + ANSWER), 0));
    assert_eq!(seen, [answered, answered, anew, anew]);
    assert_eq!(faults[0].fired, 4);
}

#[test]
fn stages_ask_one_node_after_the_other() {
    let mut setup = line();
    setup.request.schedule = Schedule::OneAtATime;
    setup.request.delta_stage = ms(2_000);
    let row = &first(&setup).rows[0];
    // Three observers are a quorum.
    assert_eq!(row.latency, Some(ms(2 * 2_000) + whole_line()));
    assert_eq!(row.bytes.error, 0);
}

/// The first stage falls into the outage, the other three come after it.
#[test]
fn outages_end() {
    let outage = window(Span::ZERO, ms(1_000));
    let nodes = NodeSet { workflow: vec![0], capability: vec![] };
    let crash = |setup: &mut Setup| add_fault(setup, FaultKind::named("crash", []), 4, outage);
    let partition = |setup: &mut Setup| {
        setup.network.partitions.push(Partition { nodes: nodes.clone(), window: outage });
    };
    for add in [&crash as &dyn Fn(&mut Setup), &partition] {
        let mut setup = line();
        setup.request.schedule = Schedule::OneAtATime;
        setup.request.delta_stage = ms(2_000);
        add(&mut setup);
        assert_eq!(latencies(&setup), [Some(ms(3 * 2_000) + whole_line())]);
    }
}

#[test]
fn cuts_stop_what_leaves_while_they_last() {
    let (asked, answered) = (Span::ZERO, ASK + EXECUTION + OCR);
    let instant = Span::from_nanos(1);
    let callers = NodeSet { workflow: vec![0], capability: vec![] };
    let callees = NodeSet { workflow: vec![], capability: vec![0, 1, 2, 3] };
    for (start, end, stops_requests, stops_answers) in [
        (asked, instant, true, false),
        (instant, answered, false, false),
        (answered, answered + instant, false, true),
        (answered + instant, ms(5_000), false, false),
    ] {
        let accepted = |from: &NodeSet, to: &NodeSet| {
            let mut setup = line();
            setup.network.cuts.push(Cut { from: from.clone(), to: to.clone(), window: window(start, end) });
            latencies(&setup) == [Some(whole_line())]
        };
        assert_eq!(accepted(&callers, &callees), !stops_requests, "requests from {start} to {end}");
        assert_eq!(accepted(&callees, &callers), !stops_answers, "answers from {start} to {end}");
    }
}

#[test]
fn slow_nodes_are_late_by_their_delay() {
    let slow = || FaultKind::named("slow", [Distribution::constant(ms(300)).into()]);
    let mut setup = line();
    corrupt_holders(&mut setup, slow(), 4);
    assert_eq!(latencies(&setup), [Some(whole_line() + ms(300))]);
    // One attested answer in time is enough, two equal ones are as late as the second.
    setup.faults.clear();
    corrupt_holders(&mut setup, slow(), 3);
    assert_eq!(latencies(&setup), [Some(whole_line())]);
    setup.aggregator.rule_set = RuleSet::Identical.into();
    assert_eq!(latencies(&setup), [Some(whole_line() + ms(300))]);
}

#[test]
fn equal_errors_of_more_than_the_bound_fail() {
    let spam = |distinct: bool| {
        let mut setup = line();
        setup.capability_don.payload_holders = PayloadHolders::FPlusOne;
        corrupt_holders(&mut setup, FaultKind::named("error_spam", ["no RPC".to_owned().into(), distinct.into()]), 2);
        let row = first(&setup).rows.remove(0);
        (row.outcome, row.error, row.latency)
    };
    assert_eq!(spam(false), (Outcome::Failed, "INTERNAL_ERROR : no RPC".to_owned(), None));
    // The other two answer that they have no payload, which is no error here.
    assert_eq!(spam(true).0, Outcome::Expired);
}

/// An answer that arrives at the very deadline meets it or not by the tie draw, and always the same way.
#[test]
fn answers_at_the_very_deadline_are_decided_by_a_draw() {
    let outcomes = |timeout| {
        let mut setup = line();
        setup.aggregator.timeout = timeout;
        let outcome = |replicate: Replicate| replicate.rows[0].outcome;
        replicates(&setup, 40).map(outcome).collect::<Vec<_>>()
    };
    let instant = Span::from_nanos(1);
    assert_eq!(outcomes(whole_line() + instant), [Outcome::Accepted; 40]);
    assert_eq!(outcomes(whole_line() - instant), [Outcome::Expired; 40]);
    let drawn = outcomes(whole_line());
    assert!(drawn.contains(&Outcome::Accepted) && drawn.contains(&Outcome::Expired));
    assert_eq!(outcomes(whole_line()), drawn);
}

#[test]
fn requests_of_a_replicate_do_not_disturb_each_other() {
    let mut one = line();
    four_callers(&mut one);
    one.network.request.latency = Latency::Distribution(Distribution::Exponential { mean: ms(40) });
    one.network.response.loss = 0.3;
    let mut three = one.clone();
    three.request.count = 3;
    three.request.arrival = Distribution::constant(ms(100));
    for (alone, among_others) in replicates(&one, 20).zip(replicates(&three, 20)) {
        assert_eq!(alone.rows, among_others.rows[..4]);
        let requests: Vec<u32> = among_others.rows.iter().map(|row| row.request).collect();
        assert_eq!(requests, [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
    }
}

#[test]
fn a_window_strikes_the_requests_inside_it() {
    let mut setup = line();
    setup.request.count = 3;
    setup.request.arrival = Distribution::constant(ms(5_000));
    add_fault(&mut setup, FaultKind::named("silent", []), 4, window(ms(5_000), ms(10_000)));
    let Replicate { rows, faults, .. } = first(&setup);
    let latencies: Vec<Option<Span>> = rows.iter().map(|row| row.latency).collect();
    assert_eq!(latencies, [Some(whole_line()), None, Some(whole_line())]);
    assert_eq!(faults, [FaultReport { fired: 4, holder_shortfall: 0 }]);
}

#[test]
fn what_comes_twice_counts_once() {
    for rule_set in RuleSet::ALL {
        let mut once = line();
        four_callers(&mut once);
        once.aggregator.rule_set = rule_set.into();
        // One liar among the holders: his second copy must not make a quorum.
        corrupt_holders(&mut once, FaultKind::named("wrong_payload", [true.into()]), 1);
        let mut twice = once.clone();
        (twice.network.request.duplication, twice.network.response.duplication) = (1.0, 1.0);
        for (once, twice) in replicates(&once, 5).zip(replicates(&twice, 5)) {
            assert_eq!(once, twice, "{}", rule_set.name());
            assert!(once.rows.iter().all(|row| row.outcome == Outcome::Accepted));
        }
    }
}

/// Each node answers each of three callers: that is how often a fault can act.
#[test]
fn faults_count_how_often_they_acted() {
    let report = |kind, nodes, holders, payload_holders| {
        let mut setup = line();
        setup.workflow_don.nodes = 3;
        setup.capability_don.payload_holders = payload_holders;
        setup.faults.push(Fault::new(kind, nodes, holders));
        let FaultReport { fired, holder_shortfall } = first(&setup).faults[0];
        (fired, holder_shortfall)
    };
    let slow = FaultKind::named("slow", [Distribution::constant(ms(1)).into()]);
    let spam = FaultKind::named("error_spam", ["no".to_owned().into(), true.into()]);
    let lie = FaultKind::named("wrong_payload", [false.into()]);
    for kind in [FaultKind::named("silent", []), slow, spam, lie, FaultKind::named("forged_signature", [])] {
        assert_eq!(report(kind.clone(), 2, None, PayloadHolders::All), (6, 0), "{}", kind.name());
        assert_eq!(report(kind.clone(), 0, None, PayloadHolders::All), (0, 0), "{}", kind.name());
    }
    // A crashed node is struck by every message that it does not receive.
    assert_eq!(report(FaultKind::named("crash", []), 1, None, PayloadHolders::All), (3, 0));
    // Without a payload there is no attestation to forge.
    assert_eq!(report(FaultKind::named("forged_signature", []), 3, Some(1), PayloadHolders::Count(1)), (3, 0));
    // Three holders are asked for where there are two; the third node is not replaced.
    assert_eq!(report(FaultKind::named("silent", []), 3, Some(3), PayloadHolders::Count(2)), (6, 1));
}

/// All four holders' answers land in the very instant of the deadline: by chance some requests make it, against the caller
/// none does, and both are the same whenever they are simulated.
#[test]
fn ties_go_by_chance_or_against_the_caller() {
    let tied = |ties| {
        let mut setup = line();
        setup.aggregator.timeout = whole_line();
        setup.ties = ties;
        let outcome = |replicate: Replicate| replicate.rows[0].outcome;
        let outcomes: Vec<Outcome> = replicates(&setup, 200).map(outcome).collect();
        assert_eq!(outcomes, replicates(&setup, 200).map(outcome).collect::<Vec<_>>());
        outcomes.iter().filter(|outcome| **outcome == Outcome::Accepted).count()
    };
    let by_chance = tied(Ties::Random);
    assert!((1..200).contains(&by_chance), "{by_chance} of 200 accepted");
    assert_eq!(tied(Ties::Adversarial), 0);
}
