//! The aggregator under every rule set, message by message.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use donsim::aggregator::{Answer, ClientRequest, Config, Decision, Memo, Rejection, RequestIds, RuleSet, Verdict};
use donsim::wire::{ErrorCode, PeerId};
use serde::Deserialize;

use crate::vectors::{Hex, Report, parse};

#[derive(Deserialize)]
struct World {
    #[serde(rename = "world")]
    number: u64,
    n: usize,
    f: usize,
    workflow_execution_id: String,
    reference_id: String,
    peers: Vec<Hex>,
    signers: Vec<Hex>,
    payloads: Vec<Hex>,
    messages: Vec<Message>,
    sequences: Vec<Sequence>,
    results: BTreeMap<Hex, Hex>,
}

#[derive(Deserialize)]
struct Message {
    sender: Option<Hex>,
    code: i32,
    #[serde(default)]
    text: String,
    payload: i64,
    note: String,
}

#[derive(Deserialize)]
struct Sequence {
    order: Vec<usize>,
    expect: BTreeMap<String, Expectation>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
pub struct Expectation {
    pub steps: String,
    pub result_sha256: Option<Hex>,
    pub error: Option<String>,
}

/// What an aggregator made of a sequence, and the response that it accepted.
pub struct Played {
    pub steps: Expectation,
    pub response: Hex,
}

/// Worlds are independent of each other, so every core takes the next one.
pub fn compare(lines: &[String]) -> Result<Report, String> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut report = Report::default();
        while let Some(line) = lines.get(next.fetch_add(1, Ordering::Relaxed)) {
            let at = lines.iter().position(|other| std::ptr::eq(other, line)).unwrap_or_default();
            report += compare_world(&parse(at, line)?)?;
        }
        Ok::<_, String>(report)
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let reports: Vec<Result<Report, String>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|_| Err("a comparison panicked".into())))
            .collect()
    });
    let mut total = Report::default();
    for report in reports {
        total += report?;
    }
    if total.sequences == 0 {
        return Err("there are no sequences".into());
    }
    total.hardened.judged()?;
    Ok(total)
}

fn compare_world(world: &World) -> Result<Report, String> {
    let answers = answers(world)?;
    if world.peers.len() != world.n {
        return Err(format!("world {}: {} peers, n = {}", world.number, world.peers.len(), world.n));
    }
    let mut report = Report { lines: 1, ..Report::default() };
    let mut memo = Memo::new();
    // The original programs know nothing of `hardened`.
    for rule_set in RuleSet::ALL.into_iter().filter(|rule_set| *rule_set != RuleSet::Hardened) {
        let player = Player::new(world, &answers, rule_set)?;
        for (at, sequence) in world.sequences.iter().enumerate() {
            report.differences += player.compare(at, sequence, &mut memo)?;
        }
    }
    report.sequences = world.sequences.len();
    let players = [RuleSet::Attested, RuleSet::Hardened].map(|rule_set| Player::new(world, &answers, rule_set));
    let [attested, hardened] = players;
    let (attested, hardened) = (attested?, hardened?);
    for sequence in &world.sequences {
        report.hardened.count(&attested.play(sequence, &mut memo)?, &hardened.play(sequence, &mut memo)?)?;
    }
    Ok(report)
}

fn answers(world: &World) -> Result<Vec<Answer>, String> {
    let payloads: Vec<prost::bytes::Bytes> = world.payloads.iter().map(|payload| payload.0.clone().into()).collect();
    let answer = |message: &Message| {
        let payload = match usize::try_from(message.payload) {
            Ok(at) => payloads.get(at).cloned().ok_or_else(|| format!("world {}: no payload {at}", world.number))?,
            Err(_) => prost::bytes::Bytes::new(),
        };
        Ok(Answer { code: ErrorCode(message.code), text: message.text.clone(), payload: payload.into() })
    };
    world.messages.iter().map(answer).collect()
}

struct Player<'a> {
    world: &'a World,
    answers: &'a [Answer],
    config: Arc<Config>,
}

impl<'a> Player<'a> {
    fn new(world: &'a World, answers: &'a [Answer], rule_set: RuleSet) -> Result<Self, String> {
        let peers = world.peers.iter().map(|peer| peer.array().map(PeerId)).collect::<Result<_, _>>()?;
        let signers = world.signers.iter().map(|signer| signer.0.clone()).collect();
        let config = Config::new(peers, signers, world.f, rule_set).map_err(|error| error.to_string())?;
        Ok(Self { world, answers, config: Arc::new(config) })
    }

    /// Plays a sequence; prints and counts a difference.
    fn compare(&self, at: usize, sequence: &Sequence, memo: &mut Memo) -> Result<usize, String> {
        let world = self.world.number;
        let rule_set = self.config.rule_set().name();
        let theirs = sequence
            .expect
            .get(rule_set)
            .ok_or_else(|| format!("world {world}, sequence {at}: nothing is expected of {rule_set}"))?;
        let Played { steps: ours, response: bytes } = self.play(sequence, memo)?;
        let full = ours.result_sha256.as_ref().and_then(|digest| self.world.results.get(digest));
        if full.is_some_and(|full| *full != bytes) {
            return Err(format!("world {world}, sequence {at}: `results` does not belong to its digest"));
        }
        if ours == *theirs {
            return Ok(0);
        }
        let step = ours.steps.bytes().zip(theirs.steps.bytes()).take_while(|(a, b)| a == b).count();
        let message = sequence.order.get(step).and_then(|index| self.world.messages.get(*index));
        let note = message.map_or("past the end", |message| &message.note);
        println!("world {world}, sequence {at}, {rule_set}, message {step} ({note}):");
        println!("    donsim   {ours:?}\n    original {theirs:?}");
        Ok(1)
    }

    fn play(&self, sequence: &Sequence, memo: &mut Memo) -> Result<Played, String> {
        let ids = RequestIds {
            workflow_execution_id: self.world.workflow_execution_id.clone(),
            reference_id: self.world.reference_id.clone(),
        };
        let mut request = ClientRequest::new(Arc::clone(&self.config), Arc::new(ids));
        let mut ours = Expectation::default();
        for index in &sequence.order {
            let missing = || format!("world {}: no message {index}", self.world.number);
            let message = self.world.messages.get(*index).ok_or_else(missing)?;
            let sender = message.sender.as_ref().map(|sender| &sender.0[..]);
            let verdict = request.handle_message(sender, &self.answers[*index], memo);
            let crashed = matches!(verdict, Verdict::Crash(_));
            ours.steps.push(step(&verdict, request.decision()));
            if crashed {
                break;
            }
        }
        let mut bytes = Hex::default();
        match request.decision() {
            Some(Decision::Success(success)) => {
                bytes = Hex(success.response.to_bytes().to_vec());
                ours.result_sha256 = Some(Hex(success.response.sha256().to_vec()));
            }
            Some(decision) => ours.error = decision.error().map(str::to_owned),
            None => {}
        }
        Ok(Played { steps: ours, response: bytes })
    }
}

/// The vectors' character for a verdict.
fn step(verdict: &Verdict, decision: Option<&Decision>) -> char {
    match verdict {
        Verdict::Taken => '.',
        Verdict::Anomaly => 'n',
        Verdict::Decided if matches!(decision, Some(Decision::Success(_))) => 'S',
        Verdict::Decided => 'F',
        Verdict::Ignored => '-',
        Verdict::Crash(_) => '!',
        Verdict::Rejected(rejection) => match rejection {
            Rejection::NoSender => 's',
            Rejection::MalformedSender(_) => 'l',
            Rejection::UnexpectedSender(_) => 'u',
            Rejection::AlreadyHeard(_) => 'd',
            Rejection::Undecodable(_) => 'p',
            Rejection::InvalidAttestation => 'a',
        },
    }
}
