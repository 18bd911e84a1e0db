//! Replays that the tests of drawings share, and what a story has to have.

use std::path::Path;

use crate::network::Node;
use crate::report::happening_line;
use crate::scenario::Scenario;
use crate::sim::{self, Happening, OcrHappening, Outcome, Replicate, ReplicateCache, Setup, What};

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

fn setup(text: &str) -> Setup {
    Scenario::parse(Path::new("scenario.toml"), text.to_owned(), &[]).unwrap().cell(0).setup
}

pub(in crate::report) fn replay(text: &str, number: u64) -> (Replicate, Vec<Happening>) {
    let setup = setup(text);
    sim::replay(&setup, number, &mut ReplicateCache::new(setup.run.seed))
}

pub(in crate::report) fn happenings(text: &str, number: u64) -> Vec<Happening> {
    replay(text, number).1
}

/// Story of the first request at the first caller.
pub(in crate::report) fn story(text: &str, number: u64) -> Story {
    let (replicate, happenings) = replay(text, number);
    let story = Story::read(&replicate.rows, &happenings, RequestAt { request: 0, caller: 0 }).unwrap();
    story.with_faults(&sim::faulty_nodes(&setup(text), number))
}

#[test]
fn mermaid_says_every_message_and_stays_short() {
    let many_rounds = ROUNDS.replace("nodes = 4", "nodes = 31");
    for text in [LOSSY, ROUNDS, MANY, PULL, SPAM, &many_rounds] {
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
    let story = story(&OMITTED.replace("[[", "[aggregator]\ntimeout = \"60s\"\n[["), 1);
    let rounds: Vec<&str> =
        story.stages.iter().filter(|stage| stage.step == Step::Round).map(|stage| &*stage.words).collect();
    let [first, others, last] = rounds.as_slice() else { panic!("{rounds:?}") };
    let (_, ending) = first.split_once(", ").unwrap();
    assert!(others.starts_with("rounds ") && others.ends_with(ending), "{others}");
    assert!(last.ends_with(": agreed"), "{last}");
    assert!(story.stages.len() < 30, "{} stages", story.stages.len());
}

/// The phases of one round that agrees and of one that does not are told, however many epochs there are.
#[test]
fn phases_are_told_once_an_ending() {
    let text = OMITTED.replace("[[", "[aggregator]\ntimeout = \"300s\"\n[[");
    let text = text.replace("nodes = 4", "nodes = 7").replace("nodes = 1", "nodes = 2");
    let mut longest = 0;
    for number in 0..10 {
        let story = story(&text, number);
        let count = |begin: &str| story.stages.iter().filter(|stage| stage.words.starts_with(begin)).count();
        let agreed = story.stages.iter().filter(|stage| stage.words.ends_with(": agreed")).count();
        let failed = story.stages.iter().any(|stage| stage.words.ends_with(": not agreed on the request"));
        assert_eq!((agreed, count("round start: ")), (1, 1 + usize::from(failed)), "{:#?}", story.stages);
        longest = longest.max(count("rounds "));
    }
    assert!(longest > 1, "one epoch after the other fails");
}

/// A leader that leaves requests out.
pub(in crate::report) const OMITTED: &str =
    "schema = 1\n[capability_don]\nnodes = 4\nocr = \"round\"\n[[faults.ocr_omitted_requests]]\nnodes = 1\n";

/// Thirty-one nodes of which many answer too late, with different errors.
pub(in crate::report) const SPAM: &str = "schema = 1\nname = \"spam\"\n[capability_don]\nnodes = 31\npayload_holders = \"f+1\"\n\
    execution = { dist = \"lognormal\", p50 = \"180ms\", p99 = \"900ms\" }\n[network]\nloss = 0.05\n\
    latency = { dist = \"lognormal\", p50 = \"40ms\", p99 = \"180ms\" }\n[[faults.error_spam]]\nnodes = 9\ndistinct = true\n";

/// Whatever is bundled, every node of every note is still counted.
fn assert_all_are_counted(story: &Story, bundled: &[Note]) {
    let peers = |notes: &[Note]| {
        let mut peers: Vec<_> = notes.iter().flat_map(|note| note.peers.clone()).collect();
        peers.sort_unstable();
        peers
    };
    assert_eq!(peers(bundled), peers(&story.notes));
    assert!(bundled.iter().all(|note| note.from <= note.to));
}

#[test]
fn what_comes_after_the_decision_is_one_note_a_kind() {
    for text in [LOSSY, ROUNDS, MANY, PULL, SPAM] {
        let story = story(text, 0);
        let (ended, ..) = story.ended.clone().unwrap();
        let bundled = Note::bundled(&story.notes, Reach::Instant, None);
        let mut late: Vec<String> = bundled.iter().filter(|note| note.from > ended).map(Note::text).collect();
        let kinds = |text: &String| text.split_once(['×', ':']).unwrap().1.split(", ").next().unwrap().to_owned();
        let count = late.len();
        late.sort_by_key(kinds);
        late.dedup_by_key(|text| kinds(text));
        assert_eq!(late.len(), count, "{bundled:?}");
        assert_all_are_counted(&story, &bundled);
    }
    let story = story(SPAM, 0);
    let texts: Vec<String> = Note::bundled(&story.notes, Reach::Instant, None).iter().map(Note::text).collect();
    assert!(texts.iter().any(|text| text.contains(" × other error, ")), "{texts:?}");
}

#[test]
fn notes_of_a_kind_are_one_where_there_is_no_room() {
    // One answer decides nothing, so that none is late.
    let story = story(&SPAM.replace("nodes = 9", "nodes = 30"), 0);
    let count = |reach| Note::bundled(&story.notes, reach, None).len();
    let [instant, row, kind] = [Reach::Instant, Reach::Row, Reach::Kind].map(count);
    assert!(kind < 10 && kind < row && row <= instant, "{instant} {row} {kind}");
    assert_all_are_counted(&story, &Note::bundled(&story.notes, Reach::Kind, None));
}

#[test]
fn no_note_goes_across_the_instant_in_which_worlds_part() {
    let story = story(MANY, 0);
    for parting in story.notes.iter().map(|note| note.from) {
        let bundled = Note::bundled(&story.notes, Reach::Kind, Some(parting));
        assert!(bundled.iter().all(|note| note.from >= parting || note.to < parting), "{bundled:?}");
        assert_all_are_counted(&story, &bundled);
    }
}

/// Who reads of a rejection knows nodes by their numbers, not by their peer ids.
#[test]
fn rejections_name_nodes_by_number() {
    let text = "schema = 1\n[capability_don]\nnodes = 4\n[aggregator]\nrule_set = \"identical\"\n";
    let mut rejected = [0, 0];
    for (number, fault) in (0..20).flat_map(|number| [(number, "impersonation"), (number, "duplicate_answers")]) {
        let text = format!("{text}[[faults.{fault}]]\nnodes = 1\n");
        let story = story(&text, number);
        let texts: Vec<String> = Note::bundled(&story.notes, Reach::Instant, None).iter().map(Note::text).collect();
        let lines: Vec<String> = happenings(&text, number).iter().filter_map(happening_line).collect();
        for told in texts.iter().chain(&lines).chain([&story.mermaid("")]) {
            assert!(!told.contains("12D3KooW"), "{told}");
        }
        let says = |words: &str| usize::from(texts.iter().any(|text| text.contains(words)));
        rejected[0] += says("rejected: its sender has already answered");
        rejected[1] += says(", in whose name it comes, has already answered");
    }
    assert!(rejected.iter().all(|count| *count > 0), "{rejected:?}");
}

#[test]
fn a_story_may_be_of_some_nodes_alone() {
    let all = story(MANY, 0);
    let ended = all.ended.clone();
    let three = story(MANY, 0).of_nodes(&[3, 30, 3]).unwrap();
    assert_eq!(three.nodes.keys().copied().collect::<Vec<_>>(), [3, 30]);
    let is_theirs = |node: &Node| [Node::Capability(3), Node::Capability(30)].contains(node);
    let ours = |way: &&Passage| is_theirs(&way.from) || is_theirs(&way.to);
    assert_eq!(three.messages.len(), all.messages.iter().filter(ours).count());
    assert!(three.notes.iter().all(|note| note.peers.iter().all(is_theirs)));
    assert_eq!((three.ended.clone(), lanes(&three, 8).len()), (ended, 2));
    assert!(all.of_nodes(&[31]).is_none());
}

/// Late answers of a lane are one statement a kind.
#[test]
fn mermaid_bundles_what_is_late() {
    let story = story(SPAM, 0);
    let diagram = story.mermaid("");
    let late: Vec<&str> = diagram.lines().filter(|line| line.contains("not looked at")).collect();
    let kind = |line: &str| format!("{}{}", line.split(':').next().unwrap(), line.split(" × ").last().unwrap());
    let mut kinds: Vec<String> = late.iter().map(|line| kind(line)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds.len(), late.len(), "{late:#?}");
    assert!(late.iter().any(|line| line.contains(" × error PNA")), "{late:#?}");
}

/// A node with a lane of its own that says the same again and again is told once, too.
#[test]
fn mermaid_bundles_a_flood() {
    let text = "schema = 1\n[capability_don]\nnodes = 4\n[[faults.caller_flood]]\nnodes = 1\n";
    let (replicate, happenings) = replay(text, 0);
    let stories =
        (0..4).filter_map(|caller| Story::read(&replicate.rows, &happenings, RequestAt { request: 0, caller }));
    let flooded = stories.max_by_key(|story| story.messages.len()).unwrap();
    let diagram = flooded.mermaid("");
    assert!(flooded.messages.len() > 400 && diagram.lines().count() < 100, "{diagram}");
    assert!(diagram.contains(" × request, ") && diagram.contains(" × error TIMEOUT"), "{diagram}");
}

#[test]
fn times_do_not_fall_along_a_clock_and_breaks_are_where_nothing_happens() {
    for text in [LOSSY, ROUNDS, MANY, PULL] {
        let story = story(text, 1);
        let instants = story.instants(true);
        let spans: Vec<_> = story.spans().collect();
        let clock = Clock::new(&instants, &spans, None, (100.0, 500.0));
        let places: Vec<f64> = instants.iter().map(|at| clock.at(*at)).collect();
        assert!(places.windows(2).all(|pair| pair[0] <= pair[1]), "{places:?}");
        assert!(clock.pieces().iter().any(|piece| piece.kind == Stretch::LeftOut), "the deadline is far away");
        for piece in clock.pieces().iter().filter(|piece| piece.kind == Stretch::LeftOut) {
            assert!(instants.iter().all(|at| at.as_nanos() <= piece.from || at.as_nanos() >= piece.to));
        }
    }
}

/// Nodes that tell the caller of their own timeout long after its deadline leave the room to what came before it.
#[test]
fn what_comes_after_the_end_takes_half_of_a_clock_at_most() {
    let text = "schema = 1\n[capability_don]\nnodes = 13\nocr = \"round\"\n[network]\nlatency = \"40ms\"\n\
                loss = 0.4\n[aggregator]\nrule_set = \"identical\"\n";
    let late = (0..20).find_map(|replicate| {
        let story = story(text, replicate);
        let (end, ..) = story.ended.clone().unwrap();
        let instants = story.instants(true);
        let spans: Vec<_> = story.spans().collect();
        let clock = Clock::new(&instants, &spans, Some(end), (100.0, 600.0));
        let faster = clock.pieces().iter().find(|piece| matches!(piece.kind, Stretch::Faster(_)))?;
        assert_eq!(faster.from, end.as_nanos());
        Some((clock.at(end), clock.bottom(), Clock::new(&instants, &spans, None, (100.0, 600.0)).at(end)))
    });
    let (end, bottom, on_one_scale) = late.expect("timeouts long after the deadline");
    assert!(end - 100.0 >= 400.0 && bottom > end, "{end} of {bottom}");
    assert!(on_one_scale < end, "{on_one_scale}");
}

/// A faulty caller is drawn only where it is asked for.
#[test]
fn who_is_drawn_is_honest() {
    let text = "schema = 1\n[capability_don]\nnodes = 4\n[[faults.caller_repeats]]\nnodes = 1\n";
    let rows = (0..20).map(|number| replay(text, number).0.rows);
    let rows = rows.into_iter().find(|rows| rows[0].outcome == Outcome::Byzantine).expect("the first caller is faulty");
    let chosen = |wanted: &dyn Fn(RequestAt) -> bool| RequestAt::choose(&rows, wanted).map(|request| request.caller);
    assert_eq!((chosen(&|_| true), chosen(&|request| request.caller == 0)), (Some(1), Some(0)));
}

/// A node has one place in both pictures of a pair, whatever it does in them.
#[test]
fn pairs_have_the_same_lanes() {
    let identical = MANY.replace("\"identical\"", "\"attested\"");
    let (one, other) = (story(MANY, 0), story(&identical, 0));
    let [left, right] = same_lanes([&one, &other], 7);
    let nodes = |lanes: &[Lane]| lanes.iter().map(|lane| lane.nodes.clone()).collect::<Vec<_>>();
    assert_eq!(nodes(&left), nodes(&right));
    assert!(left.len() > 1 && nodes(&left).concat().len() == 31);
    assert_ne!(nodes(&left), nodes(&lanes(&one, 7)), "alone, nodes are bundled by what they do in one");
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
