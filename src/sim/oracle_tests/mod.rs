//! The oracle against brute force: what it calls unreachable, no order of the answers that were yet to come would have saved.
//!
//! In small worlds every answer that reaches a workflow node is kept, also what comes after the decision. For every
//! request that the oracle gives up, a fresh aggregator hears what was delivered until then, and then the rest in every
//! order.

pub(crate) mod worlds;

use std::collections::BTreeMap;

use prost::bytes::Bytes;

use crate::aggregator::{Answer, ClientRequest, Decision, Memo, Rejection, Verdict};
use crate::engine::Time;

use super::endings::rows;
use super::hope::FailureCause;
use super::judgement::Judgement;
use super::mail::Mail;
use super::oracle::Truth;
use super::outcome::{Outcome, Row};
use super::replicate_cache::ReplicateCache;
use super::workflow_node::{config, open};
use super::world::World;

/// Worlds, twelve for every rule set and entry of the catalogue of faults, and replicates of each.
const WORLDS: u64 = 2_304;
const REPLICATES: u64 = 3;

/// An answer that reached a workflow node.
pub(super) struct Heard {
    workflow: u32,
    mail: Mail,
    /// Whether the request was unreachable before it came.
    is_unreachable: bool,
    /// Whether the node had not given up yet.
    is_in_time: bool,
}

impl World<'_> {
    /// Keeps an answer for the test.
    pub(super) fn hear(&mut self, now: Time, workflow: u32, mail: &Mail) {
        let unreachable = self.hopes[workflow as usize][mail.request as usize].unreachable();
        let deadline = self.workflow[workflow as usize].deadline(mail.request, self.setup);
        // In the instant of the deadline ties decide which comes first.
        let is_in_time = now < deadline || (now == deadline && unreachable != Some((deadline, FailureCause::TooLate)));
        self.heard.push(Heard { workflow, mail: mail.clone(), is_unreachable: unreachable.is_some(), is_in_time });
    }
}

/// What an aggregator is told.
#[derive(Clone, PartialEq)]
struct Word {
    sender: Option<Bytes>,
    answer: Answer,
    is_right: bool,
}

/// What happens to an aggregator.
enum End {
    /// It still waits.
    Open(ClientRequest),
    /// It has the right payload.
    Right,
    /// It has something else, or is dead.
    Lost,
}

impl End {
    fn of(verdict: &Verdict, client: ClientRequest, truth: &Truth) -> Self {
        if matches!(verdict, Verdict::Crash(_)) {
            return Self::Lost;
        }
        match client.decision() {
            None => Self::Open(client),
            Some(Decision::Success(success)) if truth.judge(&success.response).0.is_right() => Self::Right,
            Some(_) => Self::Lost,
        }
    }
}

/// Tells an aggregator everything in this order, until it has decided.
fn tell(client: ClientRequest, words: &[Word], truth: &Truth, memo: &mut Memo) -> End {
    let mut end = End::Open(client);
    for word in words {
        let End::Open(mut client) = end else { return end };
        let verdict = client.handle_message(word.sender.as_deref(), &word.answer, memo);
        end = End::of(&verdict, client, truth);
    }
    end
}

/// Whether some order of the answers ends in the right payload.
fn some_order_saves(client: &ClientRequest, words: &[Word], truth: &Truth, memo: &mut Memo) -> bool {
    (0..words.len()).any(|first| {
        let word = &words[first];
        // Orders that begin with an equal answer were tried.
        if words[..first].contains(word) {
            return false;
        }
        let mut client = client.clone();
        let verdict = client.handle_message(word.sender.as_deref(), &word.answer, memo);
        // What nobody listens to changes nothing, wherever it comes: orders that begin with something else show it.
        if let Verdict::Rejected(rejection) = &verdict
            && !matches!(rejection, Rejection::Undecodable(_) | Rejection::InvalidAttestation)
        {
            return false;
        }
        match End::of(&verdict, client, truth) {
            End::Open(client) => {
                let others = [&words[..first], &words[first + 1..]].concat();
                some_order_saves(&client, &others, truth, memo)
            }
            End::Right => true,
            End::Lost => false,
        }
    })
}

/// Whether some order of the answers ends without the right payload.
fn some_order_fails(client: &ClientRequest, words: &[Word], truth: &Truth, memo: &mut Memo) -> bool {
    words.is_empty()
        || (0..words.len()).any(|first| {
            let word = &words[first];
            if words[..first].contains(word) {
                return false;
            }
            let mut client = client.clone();
            let verdict = client.handle_message(word.sender.as_deref(), &word.answer, memo);
            match End::of(&verdict, client, truth) {
                End::Open(client) => {
                    let others = [&words[..first], &words[first + 1..]].concat();
                    some_order_fails(&client, &others, truth, memo)
                }
                End::Right => false,
                End::Lost => true,
            }
        })
}

/// What the test has seen, to tell that it was not vacuous.
#[derive(Debug, Default)]
struct Sights {
    rows: u64,
    judgements: BTreeMap<&'static str, u64>,
    outcomes: BTreeMap<&'static str, u64>,
    /// Rows by the reason why they were unreachable.
    reasons: BTreeMap<&'static str, u64>,
    /// Of them, how many undecided aggregators still got answers after that, by reason.
    tried: BTreeMap<&'static str, u64>,
    /// Of those, how often a right answer was among them.
    tried_right: u64,
    /// Requests that the aggregator failed early, and would not have in another order.
    squandered: u64,
}

/// The answers to a request at a workflow node, before it was unreachable and after.
fn words(world: &World<'_>, row: &Row) -> (Vec<Word>, Vec<Word>) {
    let is_ours = |heard: &&Heard| (heard.workflow, heard.mail.request) == (row.workflow_node, row.request);
    let in_time = world.heard.iter().filter(is_ours).filter(|heard| heard.is_in_time);
    let (after, before): (Vec<&Heard>, Vec<&Heard>) = in_time.partition(|heard| heard.is_unreachable);
    let word = |heard: &Heard| {
        let (sender, answer) = open(&heard.mail).expect("what donsim encodes decodes");
        Word { sender, answer, is_right: heard.mail.is_right() }
    };
    (before.into_iter().map(word).collect(), after.into_iter().map(word).collect())
}

/// Tries to save one request that was given up.
fn check_unreachable(world: &mut World<'_>, row: &Row, (at, reason): (Time, FailureCause), sights: &mut Sights) {
    let (before, after) = words(world, row);
    let config = config(world.setup, world.cache);
    let call = &world.calls[row.request as usize];
    let memo = &mut world.cache.memo;
    let client = ClientRequest::new(config, call.ids.clone());
    if reason == FailureCause::AggregatorFailedEarly {
        let all = [before.clone(), after.clone()].concat();
        sights.squandered += u64::from(some_order_saves(&client, &all, &call.truth, memo));
    }
    // Another request's answer may have crashed the node: what comes after finds nobody.
    if reason == FailureCause::NodeCrashed {
        return;
    }
    let context = || format!("request {} at workflow node {}: {reason:?} at {at}", row.request, row.workflow_node);
    match tell(client, &before, &call.truth, memo) {
        End::Lost => {}
        End::Right => panic!("unreachable though it had succeeded: {}", context()),
        End::Open(client) => {
            assert_ne!(reason, FailureCause::AggregatorFailedEarly, "it had not failed: {}", context());
            if !after.is_empty() {
                *sights.tried.entry(reason.name()).or_default() += 1;
                sights.tried_right += u64::from(after.iter().any(|word| word.is_right));
            }
            assert!(!some_order_saves(&client, &after, &call.truth, memo), "it could be saved: {}", context());
        }
    }
}

/// What had to succeed succeeds in every order, and has; what could not has not.
fn check_judgement(world: &mut World<'_>, row: &Row) {
    if row.judgement == Judgement::CouldNot {
        assert!(!row.outcome.is_right(), "{row:?}");
    }
    if row.judgement != Judgement::HadToSucceed {
        return;
    }
    assert!(row.outcome.is_right(), "{row:?}");
    let (before, after) = words(world, row);
    let config = config(world.setup, world.cache);
    let call = &world.calls[row.request as usize];
    let client = ClientRequest::new(config, call.ids.clone());
    let all = [before, after].concat();
    let fails = some_order_fails(&client, &all, &call.truth, &mut world.cache.memo);
    assert!(!fails, "another order fails: {row:?}");
}

/// What is right is not unreachable; what is lost has a reason, and it shows.
fn check_books(row: &Row, unreachable: Option<(Time, FailureCause)>) {
    if row.outcome.is_right() {
        assert_eq!(unreachable, None, "{row:?}");
        assert_eq!(row.unreachable, None, "{row:?}");
        return;
    }
    // A node that was dead before it could start has sent nothing, and what is accepted wrongly need not be lost before.
    let never_began = row.outcome == Outcome::Crashed && row.bytes.total() == 0;
    if !never_began && row.outcome != Outcome::AcceptedWrong {
        assert!(unreachable.is_some(), "lost for no reason: {row:?}");
    }
    if !never_began {
        assert_eq!(
            row.unreachable.map(|unreachable| unreachable.cause),
            unreachable.map(|(_, reason)| reason),
            "{row:?}"
        );
    }
}

/// What was kept, told again as it came, ends as it did.
fn check_record(world: &mut World<'_>, row: &Row, unreachable: Option<(Time, FailureCause)>) {
    // A node that another request's answer has killed heard less.
    if unreachable.is_some_and(|(_, reason)| reason == FailureCause::NodeCrashed) {
        return;
    }
    let (before, after) = words(world, row);
    let config = config(world.setup, world.cache);
    let call = &world.calls[row.request as usize];
    let client = ClientRequest::new(config, call.ids.clone());
    let end = tell(client, &[before, after].concat(), &call.truth, &mut world.cache.memo);
    assert_eq!(matches!(end, End::Right), row.outcome.is_right(), "{row:?}");
}

fn check(world: &mut World<'_>, sights: &mut Sights) {
    world.play();
    for row in rows(world) {
        if row.outcome == Outcome::Byzantine {
            continue;
        }
        sights.rows += 1;
        *sights.outcomes.entry(row.outcome.name()).or_default() += 1;
        let unreachable = world.hopes[row.workflow_node as usize][row.request as usize].unreachable();
        check_books(&row, unreachable);
        check_record(world, &row, unreachable);
        check_judgement(world, &row);
        *sights.judgements.entry(row.judgement.name()).or_default() += 1;
        if let Some(unreachable) = unreachable {
            *sights.reasons.entry(unreachable.1.name()).or_default() += 1;
            check_unreachable(world, &row, unreachable, sights);
        }
    }
}

#[test]
fn no_order_of_answers_saves_what_the_oracle_calls_doomed() {
    let mut cache = ReplicateCache::new(worlds::SEED);
    let mut sights = Sights::default();
    for number in 0..WORLDS {
        let setup = worlds::setup(number);
        for replicate in 0..REPLICATES {
            let told = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                check(&mut World::new(&setup, number * REPLICATES + replicate, &mut cache), &mut sights);
            }));
            assert!(told.is_ok(), "in world {number}, replicate {replicate}: {setup:?}");
        }
    }
    println!("{sights:#?}");
    // The worlds are such that everything happens that can.
    for reason in FailureCause::ALL {
        assert!(sights.reasons.contains_key(reason.name()), "{} never happened: {sights:#?}", reason.name());
    }
    for outcome in Outcome::ALL {
        assert!(sights.outcomes.contains_key(outcome.name()), "{} never happened: {sights:#?}", outcome.name());
    }
    assert_eq!(sights.judgements.len(), 3, "all judgements: {sights:#?}");
    assert!(sights.tried_right > 0, "right answers came after all hope: {sights:#?}");
    assert!(sights.squandered > 0, "another order would have saved some: {sights:#?}");
}
