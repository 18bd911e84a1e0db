//! Replays that the tests of drawings share, and what a story has to have.

use std::path::Path;

use crate::scenario::Scenario;
use crate::sim::{self, Happening, OcrHappening, Replicate, ReplicateCache, What};

use super::*;

/// Four nodes and lost answers.
pub(in crate::report) const LOSSY: &str = "schema = 1\nname = \"lossy\"\n[capability_don]\nnodes = 4\n\
    [aggregator]\nrule_set = \"attested\"\n[network]\nloss = 0.2\nduplication = 0.2\n[run]\nreplicates = 40\n";

/// Four nodes that agree in rounds.
pub(in crate::report) const ROUNDS: &str = "schema = 1\nname = \"rounds\"\n[capability_don]\nnodes = 4\nocr = \"round\"\n\
    [network]\nloss = 0.02\n[run]\nreplicates = 40\n";

/// Thirty-one nodes, some of them faulty.
pub(in crate::report) const MANY: &str = "schema = 1\nname = \"many\"\n[capability_don]\nnodes = 31\n\
    execution = { dist = \"lognormal\", p50 = \"180ms\", p99 = \"900ms\" }\n[aggregator]\nrule_set = \"identical\"\n\
    [network]\nloss = 0.08\n[[faults.forged_signature]]\nnodes = 2\nholders = 1\n[[faults.silent]]\nnodes = 2\n\
    [run]\nreplicates = 40\n";

/// Holders that wait to be asked, some of them in vain.
pub(in crate::report) const PULL: &str = "schema = 1\nname = \"pull\"\n[capability_don]\nnodes = 7\n\
    response_strategy = \"pull\"\nresponse_delay = \"400ms\"\npayload_holders = \"f+1\"\n[request]\npayload_size = \"128KiB\"\n\
    [[faults.silent]]\nnodes = 2\nholders = 2\n[run]\nreplicates = 40\n";

pub(in crate::report) fn replay(text: &str, number: u64) -> (Replicate, Vec<Happening>) {
    let scenario = Scenario::parse(Path::new("scenario.toml"), text.to_owned(), &[]).unwrap();
    let setup = scenario.cell(0).setup;
    sim::replay(&setup, number, &mut ReplicateCache::new(setup.run.seed))
}

pub(in crate::report) fn happenings(text: &str, number: u64) -> Vec<Happening> {
    replay(text, number).1
}

/// Story of the first request at the first caller.
pub(in crate::report) fn story(text: &str, number: u64) -> Story {
    let (replicate, happenings) = replay(text, number);
    Story::read(&replicate.rows, &happenings, RequestAt { request: 0, caller: 0 }).unwrap()
}

#[test]
fn mermaid_says_every_message_and_stays_short() {
    for text in [LOSSY, ROUNDS, MANY, PULL] {
        let story = story(text, 3);
        let diagram = story.mermaid("a; b # c\nd\u{202e}e");
        assert!(diagram.starts_with("sequenceDiagram\n    title a#59; b #35; c d\\u202ee\n"), "{diagram}");
        assert!(diagram.len() < 50_000);
        let messages = diagram.lines().filter(|line| line.contains("->>") || line.contains("-x"));
        let many = |line: &str| line.split(" × ").next()?.rsplit(' ').next()?.parse::<usize>().ok();
        let count: usize = messages.map(|line| many(line).filter(|_| line.contains(" × ")).unwrap_or(1)).sum();
        assert_eq!(count, story.messages.len(), "{diagram}");
    }
}

/// The caller cannot tell such a response from the right one; who reads the diagram has to.
#[test]
fn a_wrong_response_is_no_success() {
    for (fault, gist, words) in [
        ("tampered_fields", Gist::Wrong, "a wrong response accepted on a valid attestation"),
        ("tampered_metering", Gist::Tainted, "success with wrong metering or capdon_n on a valid attestation"),
    ] {
        let text = format!("schema = 1\n[capability_don]\nnodes = 4\n[[faults.{fault}]]\nnodes = 1\nholders = 1\n");
        let story = story(&text, 0);
        let (_, found, said) = story.ended.as_ref().unwrap();
        assert_eq!(*found, gist);
        assert!(said.starts_with(words), "{said}");
        assert!(story.mermaid("").contains(words));
    }
}

/// A silent leader costs its epoch; the next leader begins with the same sequence number.
#[test]
fn a_round_that_begins_again_has_a_leader_in_each_epoch() {
    let text =
        ROUNDS.replace("[network]", "[[faults.ocr_silent_leader]]\nnodes = 1\n[network]").replace("loss = 0.02", "");
    let mut again = 0;
    for number in 0..20 {
        let (replicate, happenings) = replay(&text, number);
        let story = Story::read(&replicate.rows, &happenings, RequestAt { request: 0, caller: 0 }).unwrap();
        let mut epochs = std::collections::BTreeMap::<u64, usize>::new();
        for happening in &happenings {
            let What::Ocr(OcrHappening::RoundStarted { epoch, seq_nr, requests }) = &happening.what else { continue };
            if requests.contains(&0) {
                let begin = format!("round {seq_nr}, epoch {epoch}, led by {}: ", happening.node.unwrap());
                assert!(story.stages.iter().any(|stage| stage.words.starts_with(&begin)), "{begin}");
                *epochs.entry(*seq_nr).or_default() += 1;
            }
        }
        again += usize::from(epochs.values().any(|count| *count > 1));
    }
    assert!(again > 0, "the silent node never leads");
}

/// A leader that leaves requests out goes on doing so until its epoch is over.
#[test]
fn rounds_that_end_alike_are_told_once() {
    let text = "schema = 1\n[capability_don]\nnodes = 4\nocr = \"round\"\n[[faults.ocr_omitted_requests]]\nnodes = 1\n";
    let story = story(text, 1);
    let rounds: Vec<&str> =
        story.stages.iter().filter(|stage| stage.step == Step::Round).map(|stage| &*stage.words).collect();
    let [first, others, last] = rounds.as_slice() else { panic!("{rounds:?}") };
    let (_, ending) = first.split_once(", ").unwrap();
    assert!(others.starts_with("rounds ") && others.ends_with(ending), "{others}");
    assert!(last.ends_with(": agreed"), "{last}");
    assert!(story.stages.len() < 30, "{} stages", story.stages.len());
}

#[test]
fn times_do_not_fall_along_a_clock_and_breaks_are_where_nothing_happens() {
    for text in [LOSSY, ROUNDS, MANY, PULL] {
        let story = story(text, 1);
        let instants = story.instants(true);
        let flights: Vec<_> = story.flights().collect();
        let clock = Clock::new(&instants, &flights, 100.0, 500.0);
        let places: Vec<f64> = instants.iter().map(|at| clock.at(*at)).collect();
        assert!(places.windows(2).all(|pair| pair[0] <= pair[1]), "{places:?}");
        assert!(clock.pieces().iter().any(|piece| piece.is_break), "the deadline is far away");
        for piece in clock.pieces().iter().filter(|piece| piece.is_break) {
            assert!(instants.iter().all(|at| at.as_nanos() <= piece.from || at.as_nanos() >= piece.to));
        }
    }
}

#[test]
fn worlds_part_where_rule_sets_judge_apart() {
    let identical = LOSSY.replace("\"attested\"", "\"identical\"");
    let (one, other) = (happenings(LOSSY, 0), happenings(&identical, 0));
    let request = RequestAt { request: 0, caller: 0 };
    assert_eq!(Difference::first([&one, &one], request), None);
    let difference = Difference::first([&one, &other], request).unwrap();
    assert_ne!(difference.happens[0], difference.happens[1]);
    let start = Story::read(&[], &one, request).unwrap().started.unwrap();
    assert!(difference.at > start, "requests do not depend on the rule set");
}
