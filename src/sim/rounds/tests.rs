//! Rounds as a whole: what comes of them with faulty nodes, lost messages and a moving chain, and the bytes that they take.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use prost::Message as _;
use prost::bytes::Bytes;

use super::observation::Observation;
use super::value::{Observed, Value};
use super::{Certified, Don, OcrBody, OcrHappening, OcrMessage, Outcome, Proposal};
use crate::engine::{Distribution, Draws, Span, Time, Window};
use crate::network::Node;
use crate::sim::request::Request;
use crate::sim::setup::{ObservationContent, ObservationSetup, Ocr, Read, RoundsSetup, Setup};
use crate::sim::{
    Fault, FaultKind, Happening, Outcome as RowOutcome, PayloadHolders, Replicate, ReplicateCache, What, ocr_bytes,
    replay,
};
use crate::wire::ocr;

/// Seven nodes of which two may be faulty, with the timers of the original and a patient caller.
fn setup() -> Setup {
    let mut setup = crate::sim::oracle_tests::worlds::setup(1);
    setup.faults.clear();
    setup.network.cuts.clear();
    setup.network.downlink = None;
    for link in [&mut setup.network.request, &mut setup.network.response, &mut setup.network.ocr] {
        (link.loss, link.duplication) = (0.0, 0.0);
    }
    setup.request.count = 1;
    setup.request.schedule = crate::sim::Schedule::AllAtOnce;
    setup.aggregator.rule_set = crate::aggregator::RuleSet::Attested.into();
    setup.aggregator.min_responses = 0;
    setup.aggregator.timeout = Span::from_secs(120);
    (setup.aggregator.expiry, setup.aggregator.engine_limit) = (crate::sim::Expiry::Deadline, None);
    (setup.network.limits, setup.capability_don.max_executions) = (None, None);
    setup.capability_don.response_strategy = crate::sim::ResponseStrategy::default();
    (setup.capability_don.nodes, setup.capability_don.f) = (7, 2);
    setup.capability_don.payload_holders = PayloadHolders::FPlusOne;
    (setup.workflow_don.nodes, setup.workflow_don.f) = (4, 1);
    setup.capability_don.ocr = Ocr::Rounds(Box::default());
    setup
}

fn rounds(setup: &mut Setup) -> &mut RoundsSetup {
    match &mut setup.capability_don.ocr {
        Ocr::Rounds(rounds) => rounds,
        Ocr::Latency(_) => panic!("rounds"),
    }
}

fn played(setup: &Setup, replicate: u64) -> (Replicate, Vec<Happening>) {
    replay(setup, replicate, &mut ReplicateCache::new(setup.run.seed))
}

fn ocr_happenings(happenings: &[Happening]) -> impl Iterator<Item = (&Happening, &OcrHappening)> {
    happenings.iter().filter_map(|happening| match &happening.what {
        What::Ocr(what) => Some((happening, what)),
        _ => None,
    })
}

/// All that must hold in every replicate: no two nodes commit different outcomes, a request is agreed on once, reports have
/// `F + 1` signers, and the bytes of the uplinks are those of the causes.
fn check_safety(setup: &Setup, replicate: &Replicate, happenings: &[Happening]) {
    let mut committed: BTreeMap<u64, &Vec<u32>> = BTreeMap::new();
    let mut agreed: BTreeMap<u32, u64> = BTreeMap::new();
    let mut sent = 0;
    for (_, what) in ocr_happenings(happenings) {
        match what {
            OcrHappening::Committed { seq_nr, agreed: requests, .. } => {
                assert_eq!(*committed.entry(*seq_nr).or_insert(requests), requests, "round {seq_nr}");
                for request in requests {
                    assert_eq!(*agreed.entry(*request).or_insert(*seq_nr), *seq_nr, "request {request} twice");
                }
            }
            OcrHappening::Attested { signers, .. } => {
                let distinct: BTreeSet<&u32> = signers.iter().collect();
                assert!(distinct.len() == setup.capability_don.f as usize + 1 && signers.is_sorted());
            }
            OcrHappening::Sent { bytes, .. } => sent += bytes,
            _ => {}
        }
    }
    assert_eq!(sent, replicate.ocr.total());
}

fn faulty(name: &str, nodes: u32) -> Setup {
    let mut setup = setup();
    let values = crate::sim::oracle_tests::worlds::catalogue().into_iter().find(|kind| kind.name() == name);
    setup.faults = vec![Fault::new(values.expect("a fault of this name"), nodes, None)];
    setup
}

#[test]
fn every_request_is_reported_whatever_two_faulty_nodes_do() {
    let names: Vec<&str> =
        crate::sim::FAULTS.iter().filter(|fault| fault.is_in_rounds).map(|fault| fault.name).chain(["crash"]).collect();
    assert_eq!(names.len(), 8);
    for name in names {
        let setup = faulty(name, 2);
        let mut acted = 0;
        for number in 0..25 {
            let (replicate, happenings) = played(&setup, number);
            check_safety(&setup, &replicate, &happenings);
            acted += replicate.faults[0].fired;
            let facts = replicate.requests[0];
            assert!(facts.epochs.is_some_and(|epochs| epochs <= 3), "{name}: {facts:?}");
            assert!(replicate.rows.iter().all(|row| row.outcome.is_right()), "{name}: {:?}", replicate.rows);
        }
        assert!(acted > 0, "{name} never acted");
    }
}

#[test]
fn a_silent_leader_costs_an_epoch() {
    let setup = faulty("ocr_silent_leader", 2);
    let epochs: Vec<u64> = (0..30).map(|number| played(&setup, number).0.epochs).collect();
    assert!(epochs.contains(&0) && epochs.contains(&1), "{epochs:?}");
    let slow = (0..30).map(|number| played(&setup, number).0).find(|replicate| replicate.epochs == 1);
    let latency = slow.and_then(|replicate| replicate.rows[0].latency).expect("it is served");
    // Nothing was committed for `delta_progress`.
    assert!(latency > Span::from_secs(5), "{latency}");
}

#[test]
fn too_many_silent_nodes_stop_everything() {
    let mut setup = faulty("crash", 3);
    setup.aggregator.timeout = Span::from_secs(20);
    let (replicate, _) = played(&setup, 0);
    assert!(replicate.rows.iter().all(|row| row.outcome == RowOutcome::Expired));
    assert_eq!(replicate.requests[0].epochs, None);
}

/// A network that brings requests half an hour later does not keep nodes agreeing for as long.
#[test]
fn rounds_end_when_nobody_waits_any_more() {
    let mut setup = setup();
    let late = Distribution::uniform(Span::from_millis(10), Span::from_secs(2_000)).expect("a law");
    setup.network.request.latency = crate::network::Latency::Distribution(late);
    setup.aggregator.timeout = Span::from_secs(20);
    let (_, happenings) = played(&setup, 0);
    let last_request = happenings.iter().filter(|it| matches!(it.what, What::Asked { .. })).map(|it| it.time).max();
    assert!(last_request > Some(Time::ZERO + Span::from_secs(500)), "{last_request:?}");
    let starts = |what: &OcrHappening| matches!(what, OcrHappening::Sent { message, .. } if matches!(message.body, OcrBody::RoundStart(_)));
    let rounds = ocr_happenings(&happenings).filter(|(_, what)| starts(what)).map(|(it, _)| it.time).max();
    assert!(rounds.is_some_and(|at| at < Time::ZERO + Span::from_secs(60)), "{rounds:?}");
}

#[test]
fn lost_and_doubled_messages_do_no_harm() {
    let mut setup = setup();
    (setup.network.ocr.loss, setup.network.ocr.duplication) = (0.03, 0.2);
    setup.request.count = 5;
    setup.request.arrival = Distribution::constant(Span::from_millis(1_300));
    let (mut asked, mut reported) = (0, 0);
    for number in 0..15 {
        let (replicate, happenings) = played(&setup, number);
        check_safety(&setup, &replicate, &happenings);
        reported += replicate.requests.iter().filter(|facts| facts.epochs.is_some()).count();
        let is_ask = |what: &OcrHappening| matches!(what, OcrHappening::Sent { message, .. } if message.body == OcrBody::CertifiedCommitRequest);
        asked += ocr_happenings(&happenings).filter(|(_, what)| is_ask(what)).count();
    }
    assert_eq!(reported, 15 * 5);
    assert!(asked > 0, "nobody ever missed a commit");
}

#[test]
fn a_leader_that_crashes_between_its_rounds_is_followed_by_another() {
    let mut setup = setup();
    setup.request.count = 8;
    setup.request.arrival = Distribution::constant(Span::from_secs(2));
    let mut epochs = BTreeSet::new();
    for number in 0..20 {
        // Somebody is down from a moment in the midst of a round on.
        let mut fault = Fault::new(FaultKind::named("crash", []), 2, None);
        let start = Time::ZERO + Span::from_millis(3_000 + 83 * number);
        fault.window = Window { start, end: start + Span::from_secs(9) };
        setup.faults = vec![fault];
        let (replicate, happenings) = played(&setup, number);
        check_safety(&setup, &replicate, &happenings);
        assert!(replicate.requests.iter().all(|facts| facts.epochs.is_some()), "{:?}", replicate.requests);
        epochs.insert(replicate.epochs);
    }
    assert!(epochs.len() > 1, "a leader crashed at times: {epochs:?}");
}

#[test]
fn an_epoch_has_so_many_rounds() {
    let mut setup = setup();
    rounds(&mut setup).r_max = 2;
    setup.request.count = 6;
    setup.request.arrival = Distribution::constant(Span::from_secs(1));
    let (replicate, happenings) = played(&setup, 0);
    check_safety(&setup, &replicate, &happenings);
    assert!(replicate.epochs >= 2 && replicate.rows.iter().all(|row| row.outcome.is_right()));
    let mut by_epoch: BTreeMap<u64, BTreeSet<u64>> = BTreeMap::new();
    for (_, what) in ocr_happenings(&happenings) {
        if let OcrHappening::RoundStarted { epoch, seq_nr, .. } = what {
            by_epoch.entry(*epoch).or_default().insert(*seq_nr);
        }
    }
    assert!(by_epoch.values().all(|rounds| rounds.len() <= 2), "{by_epoch:?}");
}

#[test]
fn holders_come_out_of_what_nodes_observe() {
    let holders = |change: &dyn Fn(&mut RoundsSetup)| -> Vec<u32> {
        let mut setup = setup();
        change(rounds(&mut setup));
        (0..40).map(|number| played(&setup, number).0.requests[0].holders).collect()
    };
    let all = holders(&|_| {});
    // A node that is late observes nothing in time.
    assert!(all.iter().filter(|holders| **holders == 7).count() >= 35, "{all:?}");
    let differing = holders(&|rounds| rounds.observation.differ = 0.4);
    assert!(differing.contains(&3) && differing.iter().all(|holders| *holders != 1));
    let latest = |read| {
        move |rounds: &mut RoundsSetup| {
            rounds.observation = ObservationSetup {
                providers: 7,
                block_time: Span::from_millis(400),
                lag: Distribution::Exponential { mean: Span::from_millis(400) },
                change: 0.7,
                read,
                ..ObservationSetup::default()
            };
        }
    };
    let (moving, agreed) = (holders(&latest(Read::Latest)), holders(&latest(Read::AgreedHeight)));
    let mean = |holders: &[u32]| f64::from(holders.iter().sum::<u32>()) / holders.len() as f64;
    assert!(mean(&moving) < 6.0 && mean(&agreed) > 6.5, "{moving:?} {agreed:?}");
    let payloads = holders(&|rounds| {
        rounds.content = ObservationContent::Payload;
        rounds.observation.differ = 0.4;
    });
    assert!(payloads.iter().all(|holders| [0, 7].contains(holders)), "{payloads:?}");
}

#[test]
fn an_error_of_the_rpc_is_agreed_on_and_answered_by_all() {
    let mut setup = setup();
    rounds(&mut setup).observation.errors = 1.0;
    let (replicate, happenings) = played(&setup, 0);
    check_safety(&setup, &replicate, &happenings);
    for row in &replicate.rows {
        assert_eq!(row.outcome, RowOutcome::Failed, "{row:?}");
        assert!(row.error.contains(super::RPC_ERROR), "{row:?}");
        assert_eq!(row.unreachable.map(|it| it.cause.to_string()).as_deref(), Some("agreed_on_error"));
    }
}

#[test]
fn what_does_not_fit_waits_for_the_next_round() {
    let mut setup = setup();
    setup.request.count = 3;
    rounds(&mut setup).max_batch = 1;
    let (replicate, happenings) = played(&setup, 0);
    check_safety(&setup, &replicate, &happenings);
    assert!(replicate.rows.iter().all(|row| row.outcome.is_right()));
    let batches = ocr_happenings(&happenings).filter_map(|(_, what)| match what {
        OcrHappening::RoundStarted { requests, .. } => Some(requests.len()),
        _ => None,
    });
    assert!(batches.max() == Some(1));
    // A payload that fits into no observation is never agreed on.
    rounds(&mut setup).content = ObservationContent::Payload;
    rounds(&mut setup).max_observation = 100;
    setup.request.payload_size = 200;
    setup.aggregator.timeout = Span::from_secs(5);
    let (replicate, _) = played(&setup, 0);
    assert!(replicate.rows.iter().all(|row| row.outcome == RowOutcome::Expired));
}

fn has_value(message: &OcrMessage) -> bool {
    matches!(&message.body, OcrBody::Observation(observation) if !observation.values.is_empty())
}

/// Rounds without failures cost what the closed count of their messages says, but for the rounds that came too early for the
/// request and the digits of numbers.
#[test]
fn bytes_are_those_of_the_accounted_rounds() {
    for (content, payload) in
        [(ObservationContent::Hash, 1_024), (ObservationContent::Payload, 1_024), (ObservationContent::Payload, 60_000)]
    {
        let mut setup = setup();
        rounds(&mut setup).content = content;
        setup.request.payload_size = payload;
        let accounted = ocr_bytes(&setup, content);
        let mut exact = 0;
        for number in 0..30 {
            let (replicate, happenings) = played(&setup, number);
            let started = |what: &OcrHappening| matches!(what, OcrHappening::RoundStarted { .. });
            let rounds = ocr_happenings(&happenings).filter(|(_, what)| started(what)).count();
            let observers: BTreeSet<Option<Node>> = ocr_happenings(&happenings)
                .filter(|(_, what)| matches!(what, OcrHappening::Sent { message, .. } if has_value(message)))
                .map(|(happening, _)| happening.node)
                .collect();
            // The leader's own does not leave its node.
            if rounds == 1 && observers.len() == 6 && replicate.requests[0].holders == 7 {
                exact += 1;
                let difference = replicate.ocr.total().abs_diff(accounted);
                assert!(difference * 500 < accounted, "{} {accounted}", replicate.ocr.total());
            }
        }
        assert!(exact > 3, "requests in the first round: {exact}");
    }
}

#[test]
fn announced_lengths_are_those_of_encoded_messages_which_decode_to_themselves() {
    let setup = setup();
    let Ocr::Rounds(rules) = &setup.capability_don.ocr else { panic!("rounds") };
    let mut cache = ReplicateCache::new(1);
    let draws: Draws = cache.begin(1, 0);
    let requests: Vec<Request> = (0..2).map(|n| Request::new(&setup, &draws, &mut cache, n, Time::ZERO)).collect();
    let don = Don::new(&setup, rules, &draws, requests.iter().map(|request| &*request.ids));
    let observed = |request, value| Observed { request, value, bytes: Bytes::from_static(&[7; 32]) };
    let values = vec![observed(0, Value::Response { version: 0 }), observed(1, Value::Failure)];
    let observation = |node| Rc::new(Observation::new(&don, node, 20_000_000, values.clone(), vec![1]));
    let proposal = Rc::new(Proposal::new(1_000, (0..7).map(observation).collect()));
    let outcome = proposal.outcome(&don);
    assert_eq!(outcome.agreed, values);
    let certified = Certified { epoch: 3, committed: true, outcome: Rc::clone(&outcome) };
    for body in [
        OcrBody::NewEpochWish,
        OcrBody::EpochStartRequest(certified.clone()),
        OcrBody::EpochStart(certified),
        OcrBody::RoundStart(Rc::new([0, 1])),
        OcrBody::Observation(observation(6)),
        OcrBody::Proposal(Rc::clone(&proposal)),
        OcrBody::Prepare(Rc::clone(&outcome)),
        OcrBody::Commit(Rc::clone(&outcome)),
        OcrBody::ReportSignatures { over: Rc::clone(&outcome), genuine: true },
        OcrBody::CertifiedCommitRequest,
        OcrBody::CertifiedCommit(Rc::clone(&outcome)),
    ] {
        let message = OcrMessage::new(&don, 3, 1_000, 0, body);
        let encoded = message.wire(&don).encode_to_vec();
        assert_eq!(message.len(), encoded.len() as u64, "{message:?}");
        assert_eq!(ocr::OcrMessage::decode(&encoded[..]).expect("it decodes"), message.wire(&don));
    }
}

#[test]
fn agreement_needs_a_quorum_and_enough_equal_values() {
    let setup = setup();
    let Ocr::Rounds(rules) = &setup.capability_don.ocr else { panic!("rounds") };
    let mut cache = ReplicateCache::new(1);
    let draws: Draws = cache.begin(1, 0);
    let request = Request::new(&setup, &draws, &mut cache, 0, Time::ZERO);
    let don = Don::new(&setup, rules, &draws, std::iter::once(&*request.ids));
    let agreed = |observers: &[Option<u32>]| -> (Vec<Value>, usize) {
        let observation = |(node, version): (u32, &Option<u32>)| {
            let value = |version: &u32| Value::Response { version: *version };
            let observed = |version| Observed { request: 0, value: value(version), bytes: Bytes::new() };
            Rc::new(Observation::new(&don, node, 0, version.iter().map(observed).collect(), Vec::new()))
        };
        let outcome: Outcome =
            super::outcome::outcome(&don, 1, &(0..).zip(observers).map(observation).collect::<Vec<_>>());
        (outcome.agreed.iter().map(|agreed| agreed.value).collect(), outcome.split.len())
    };
    let one = vec![Value::Response { version: 1 }];
    assert_eq!(agreed(&[Some(1); 5]), (one.clone(), 0));
    assert_eq!(agreed(&[Some(1), Some(1), Some(1), Some(1), None]), (Vec::new(), 0));
    assert_eq!(agreed(&[Some(1), Some(1), Some(1), Some(2), Some(3)]), (one.clone(), 0));
    assert_eq!(agreed(&[Some(1), Some(1), Some(2), Some(2), Some(3)]), (Vec::new(), 1));
    // On a tie the lowest observer's.
    let tie = [Some(1), Some(2), Some(2), Some(2), Some(1), Some(1)];
    assert_eq!(agreed(&tie), (one, 0));
}

#[test]
fn the_leader_waits_for_late_observations() {
    let (_, happenings) = played(&setup(), 0);
    let time = |wanted: &dyn Fn(&OcrHappening) -> bool| {
        ocr_happenings(&happenings).find(|(_, what)| wanted(what)).map(|(happening, _)| happening.time)
    };
    let started = time(&|what| matches!(what, OcrHappening::RoundStarted { .. })).expect("a round");
    let proposed =
        time(&|what| matches!(what, OcrHappening::Proposed { observations: 7, .. })).expect("a proposal of all");
    assert!(proposed.since(started) >= Span::from_millis(500));
    let lead = ocr_happenings(&happenings).find_map(|(happening, what)| match what {
        OcrHappening::RoundStarted { .. } => happening.node,
        _ => None,
    });
    assert!(matches!(lead, Some(Node::Capability(_))));
}
