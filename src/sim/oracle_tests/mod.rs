//! The oracle against brute force: what it calls unreachable, no order of the answers that were yet to come would have saved.
//!
//! In small worlds every answer that reaches a workflow node is kept, also what comes after the decision. For every
//! request that the oracle gives up, a fresh aggregator hears what was delivered until then, and then the rest in every
//! order.

pub(crate) mod worlds;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use prost::bytes::Bytes;

use crate::aggregator::{Answer, ClientRequest, Config, Decision, Memo, Rejection, Verdict};
use crate::engine::Time;
use crate::network::Node;
use crate::wire::Rope;

use super::aggregators::RealAggregators;
use super::endings::replicate as ended;
use super::failure_cause::FailureCause;
use super::happening::{Happening, Listener, What};
use super::message::Message;
use super::outcome::{Judgement, Outcome, Row};
use super::replicate_cache::ReplicateCache;
use super::request::Request;
use super::rule_sets::RuleSets;
use super::setup::Setup;
use super::truth::Truth;
use super::world::World;

/// Worlds, twelve for every rule set and entry of the catalogue of faults, and replicates of each.
const WORLDS: u64 = 3_480;
const REPLICATES: u64 = 3;

/// An answer that reached a workflow node before it gave up.
struct Heard {
    workflow: u32,
    time: Time,
    message: Rc<Message>,
}

/// Every answer that reached a workflow node in time, in their order.
#[derive(Default)]
struct Record {
    heard: Vec<Heard>,
    deadlines: BTreeMap<(u32, u32), Time>,
    expired: BTreeSet<(u32, u32)>,
}

impl Listener for Record {
    fn hear(&mut self, happening: &Happening) {
        let Some(Node::Workflow(workflow)) = happening.node else { return };
        let Some(request) = happening.request else { return };
        let (key, time) = ((workflow, request), happening.time);
        match &happening.what {
            What::Started { deadline } => drop(self.deadlines.insert(key, *deadline)),
            What::Decided { decision: Decision::Expired } => drop(self.expired.insert(key)),
            // In the instant of the deadline ties decide which comes first.
            What::Judged { message, .. } | What::Unread { message, .. }
                if time <= self.deadlines[&key] && !self.expired.contains(&key) =>
            {
                self.heard.push(Heard { workflow, time, message: Rc::clone(message) });
            }
            _ => {}
        }
    }
}

/// A world that has come to its end.
struct Ended {
    requests: Vec<Request>,
    configs: Vec<Arc<Config>>,
    rule_sets: RuleSets,
    record: Record,
    rows: Vec<Row>,
    /// When and why each row's request became unreachable.
    causes: Vec<Option<(Time, FailureCause)>>,
}

impl Ended {
    fn new(setup: &Setup, replicate: u64, cache: &mut ReplicateCache) -> Self {
        let mut record = Record::default();
        let mut world = World::new(setup, replicate, cache, &RealAggregators, Some(&mut record));
        world.play();
        let rows = ended(&world).rows;
        let cause = |row: &Row| world.observers.oracle.view(row.workflow_node, row.request).cause();
        let causes = rows.iter().map(cause).collect();
        let (requests, configs) = (world.requests, world.configs);
        Self { requests, configs, rule_sets: setup.aggregator.rule_set, record, rows, causes }
    }

    fn client(&self, row: &Row) -> ClientRequest {
        ClientRequest::new(Arc::clone(&self.configs[row.workflow_node as usize]), self.request(row).ids.clone())
    }

    fn wanted(&self, row: &Row) -> Wanted<'_> {
        let takes_signed_only = self.rule_sets.takes_signed_only(row.workflow_node);
        Wanted { truth: &self.request(row).truth, takes_signed_only }
    }

    fn request(&self, row: &Row) -> &Request {
        &self.requests[row.request as usize]
    }

    /// The answers to a request at a workflow node, up to the instant in which it became unreachable, and after.
    fn words(&self, row: &Row, cause: Option<(Time, FailureCause)>) -> (Vec<Word>, Vec<Word>) {
        let is_ours = |heard: &&Heard| (heard.workflow, heard.message.request) == (row.workflow_node, row.request);
        let is_after = |heard: &&Heard| cause.is_some_and(|(at, _)| heard.time > at);
        let (after, before): (Vec<&Heard>, Vec<&Heard>) = self.record.heard.iter().filter(is_ours).partition(is_after);
        let word = |heard: &Heard| {
            let (sender, answer) = heard.message.open_answer(true).expect("what donsim encodes decodes");
            Word { sender, answer, is_right: heard.message.class.is_right() }
        };
        (before.into_iter().map(word).collect(), after.into_iter().map(word).collect())
    }
}

/// The response that a row's aggregator has to accept.
struct Wanted<'a> {
    truth: &'a Truth,
    takes_signed_only: bool,
}

impl Wanted<'_> {
    fn is_accepted(&self, response: &Rope) -> bool {
        self.truth.judge(response, self.takes_signed_only).0.is_right()
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
    Open(Box<ClientRequest>),
    /// It has the right payload.
    Right,
    /// It has something else, or is dead.
    Lost,
}

impl End {
    fn of(verdict: &Verdict, client: ClientRequest, truth: &Wanted<'_>) -> Self {
        if matches!(verdict, Verdict::Crash(_)) {
            return Self::Lost;
        }
        match client.decision() {
            None => Self::Open(Box::new(client)),
            Some(Decision::Success(success)) if truth.is_accepted(&success.response) => Self::Right,
            Some(_) => Self::Lost,
        }
    }
}

/// Tells an aggregator everything in this order, until it has decided.
fn tell(client: ClientRequest, words: &[Word], truth: &Wanted<'_>, memo: &mut Memo) -> End {
    let mut end = End::Open(Box::new(client));
    for word in words {
        let End::Open(client) = end else { return end };
        let mut client = *client;
        let verdict = client.handle_message(word.sender.as_deref(), &word.answer, memo);
        end = End::of(&verdict, client, truth);
    }
    end
}

/// Whether some order of the answers ends in the right payload.
fn some_order_saves(client: &ClientRequest, words: &[Word], truth: &Wanted<'_>, memo: &mut Memo) -> bool {
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
fn some_order_fails(client: &ClientRequest, words: &[Word], truth: &Wanted<'_>, memo: &mut Memo) -> bool {
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
    causes: BTreeMap<FailureCause, u64>,
    /// Unreachable requests whose undecided aggregators still got answers after that.
    tried: u64,
    /// Of those, how often a right answer was among them.
    tried_right: u64,
    /// Requests that the aggregator failed early, and would not have in another order.
    squandered: u64,
}

/// Tries to save one request that was given up.
fn check_unreachable(
    ended: &Ended,
    row: &Row,
    (at, cause): (Time, FailureCause),
    memo: &mut Memo,
    sights: &mut Sights,
) {
    let (before, after) = ended.words(row, Some((at, cause)));
    let truth = &ended.wanted(row);
    if cause == FailureCause::AGGREGATOR_FAILED_EARLY {
        let all = [before.clone(), after.clone()].concat();
        sights.squandered += u64::from(some_order_saves(&ended.client(row), &all, truth, memo));
    }
    // Another request's answer may have crashed the node: what comes after finds nobody.
    if cause == FailureCause::NODE_CRASHED {
        return;
    }
    let context = || format!("request {} at workflow node {}: {cause} at {at}", row.request, row.workflow_node);
    match tell(ended.client(row), &before, truth, memo) {
        End::Lost => {}
        End::Right => panic!("unreachable though it had succeeded: {}", context()),
        End::Open(client) => {
            assert_ne!(cause, FailureCause::AGGREGATOR_FAILED_EARLY, "it had not failed: {}", context());
            if !after.is_empty() {
                sights.tried += 1;
                sights.tried_right += u64::from(after.iter().any(|word| word.is_right));
            }
            assert!(!some_order_saves(&client, &after, truth, memo), "it could be saved: {}", context());
        }
    }
}

/// What had to succeed succeeds in every order, and has; what could not has not.
fn check_judgement(ended: &Ended, row: &Row, memo: &mut Memo) {
    if row.judgement == Judgement::CouldNot {
        assert!(!row.outcome.is_right(), "{row:?}");
    }
    if row.judgement != Judgement::HadToSucceed {
        return;
    }
    assert!(row.outcome.is_right(), "{row:?}");
    let (all, _) = ended.words(row, None);
    let fails = some_order_fails(&ended.client(row), &all, &ended.wanted(row), memo);
    assert!(!fails, "another order fails: {row:?}");
}

/// What is right has no cause of failure; what is lost has one, and it shows.
fn check_books(row: &Row, cause: Option<(Time, FailureCause)>) {
    assert_eq!(row.breach, None, "the real aggregator keeps to its rules: {row:?}");
    if row.outcome.is_right() {
        assert_eq!(cause, None, "{row:?}");
        assert_eq!(row.unreachable, None, "{row:?}");
        return;
    }
    // A node that was dead before it could start has sent nothing, and what is accepted wrongly need not be lost before.
    let never_began = row.outcome == Outcome::Crashed && row.bytes.total() == 0;
    if !never_began && row.outcome != Outcome::AcceptedWrong {
        assert!(cause.is_some_and(|(_, cause)| !cause.is_empty()), "lost for no reason: {row:?}");
    }
    if !never_began {
        assert_eq!(row.unreachable.map(|unreachable| unreachable.cause), cause.map(|(_, cause)| cause), "{row:?}");
    }
}

/// What was kept, told again as it came, ends as it did.
fn check_record(ended: &Ended, row: &Row, cause: Option<(Time, FailureCause)>, memo: &mut Memo) {
    // A node that another request's answer has killed heard less.
    if cause.is_some_and(|(_, cause)| cause == FailureCause::NODE_CRASHED) {
        return;
    }
    let (all, _) = ended.words(row, None);
    let end = tell(ended.client(row), &all, &ended.wanted(row), memo);
    assert_eq!(matches!(end, End::Right), row.outcome.is_right(), "{row:?}");
}

fn check(setup: &Setup, replicate: u64, cache: &mut ReplicateCache, sights: &mut Sights) {
    let ended = Ended::new(setup, replicate, cache);
    for (row, cause) in ended.rows.iter().zip(&ended.causes) {
        if row.outcome == Outcome::Byzantine {
            continue;
        }
        sights.rows += 1;
        *sights.outcomes.entry(row.outcome.name()).or_default() += 1;
        check_books(row, *cause);
        check_record(&ended, row, *cause, &mut cache.memo);
        check_judgement(&ended, row, &mut cache.memo);
        *sights.judgements.entry(row.judgement.name()).or_default() += 1;
        if let Some(cause) = cause {
            *sights.causes.entry(cause.1).or_default() += 1;
            check_unreachable(&ended, row, *cause, &mut cache.memo, sights);
        }
    }
}

#[test]
fn no_order_of_answers_saves_what_the_oracle_calls_unreachable() {
    let mut cache = ReplicateCache::new(worlds::SEED);
    let mut sights = Sights::default();
    for number in 0..WORLDS {
        let setup = worlds::setup(number);
        for replicate in 0..REPLICATES {
            let told = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                check(&setup, number * REPLICATES + replicate, &mut cache, &mut sights);
            }));
            assert!(told.is_ok(), "in world {number}, replicate {replicate}: {setup:?}");
        }
    }
    println!("{sights:#?}");
    // The worlds are such that everything happens that can.
    for cause in FailureCause::SINGLE {
        assert!(sights.causes.contains_key(&cause), "{cause} never happened: {sights:#?}");
    }
    for outcome in Outcome::ALL {
        assert!(sights.outcomes.contains_key(outcome.name()), "{} never happened: {sights:#?}", outcome.name());
    }
    assert_eq!(sights.judgements.len(), 3, "all judgements: {sights:#?}");
    assert!(sights.tried_right > 0, "right answers came too late to matter: {sights:#?}");
    assert!(sights.squandered > 0, "another order would have saved some: {sights:#?}");
}
