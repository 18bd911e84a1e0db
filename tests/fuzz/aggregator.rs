//! The aggregator under every rule set: any bytes, in any order, from anybody.

use std::collections::BTreeSet;
use std::mem::discriminant;
use std::sync::Arc;

use donsim::aggregator::{
    Answer, Basis, ClientRequest, Config, Decision, Fresh, Memo, Opened, Rejection, RuleSet, Success, Verdict, Work,
};
use donsim::wire::{ErrorCode, Response};

use crate::bytes;
use crate::dice::Dice;
use crate::script::{Event, LINE, Script, World};
use crate::seeds;
use crate::target::{Behaviours, Target, promise};

/// Payloads after which the memory is given up.
const MEMORY: usize = 20_000;

/// Plays the input as a script.
pub struct Aggregator {
    worlds: Vec<World>,
    memo: Memo,
    remembered: usize,
}

impl Aggregator {
    pub fn new() -> Self {
        Self { worlds: seeds::worlds().iter().map(World::new).collect(), memo: Memo::new(), remembered: 0 }
    }
}

impl Target for Aggregator {
    fn name(&self) -> &'static str {
        "aggregator"
    }

    fn seeds(&self) -> Vec<Vec<u8>> {
        let header = |world: usize| [world as u8, 0, 0, 0];
        let of_world = |(at, world): (usize, &World)| {
            // All sequences of a world are much alike.
            let some = world.sequences.iter().step_by(10);
            some.map(|lines| [&header(at)[..], lines].concat()).collect::<Vec<_>>()
        };
        self.worlds.iter().enumerate().flat_map(of_world).collect()
    }

    fn mutate(&self, dice: &mut Dice, input: &mut Vec<u8>, other: &[u8]) {
        bytes::mutate(dice, input, other, LINE, &[]);
    }

    fn run(&mut self, input: &[u8], seen: &mut Behaviours) -> Result<(), String> {
        let script = Script::read(&self.worlds, input);
        self.remembered += script.events.len();
        if self.remembered > MEMORY {
            (self.memo, self.remembered) = (Memo::new(), 0);
        }
        for rule_set in RuleSet::ALL {
            let config = Arc::new(script.config(rule_set).map_err(|error| error.to_string())?);
            let play = Play::new(&script, &config, &mut self.memo)?;
            play.check(&script, &config, &mut self.memo)
                .map_err(|problem| format!("{}: {problem}", rule_set.name()))?;
            play.note(&config, seen);
            // Without memory it is slow; once in a while is enough.
            if input.len() % 16 == 4 {
                let fresh = Play::new(&script, &config, &mut Fresh)?;
                promise(play == fresh, || format!("{}: memory changes the outcome", rule_set.name()))?;
            }
        }
        Ok(())
    }
}

/// What an aggregator made of a script.
#[derive(PartialEq)]
struct Play {
    verdicts: Vec<Verdict>,
    decision: Option<Decision>,
}

impl Play {
    fn new(script: &Script<'_>, config: &Arc<Config>, work: &mut dyn Work) -> Result<Self, String> {
        Self::of(script, config, script.events.iter(), work)
    }

    /// Plays some events; a decision must stand once it is made.
    fn of<'e>(
        script: &Script<'_>,
        config: &Arc<Config>,
        events: impl Iterator<Item = &'e Event>,
        work: &mut dyn Work,
    ) -> Result<Self, String> {
        let mut request = ClientRequest::new(Arc::clone(config), Arc::new(script.world.ids.clone()));
        let mut verdicts = Vec::new();
        for event in events {
            let before = request.decision().cloned();
            let verdict = match event {
                Event::Answer(sender, answer) => request.handle_message(sender.as_deref(), answer, work),
                Event::Expiry => request.handle_expiry(),
            };
            let expected = match (&before, request.decision()) {
                (Some(before), after) => after == Some(before) && verdict == Verdict::Ignored,
                (None, Some(_)) => verdict == Verdict::Decided,
                (None, None) => !matches!(verdict, Verdict::Decided | Verdict::Ignored),
            };
            promise(expected, || format!("{verdict:?} took {before:?} to {:?}", request.decision()))?;
            verdicts.push(verdict);
        }
        let peers = config.expected() as u64;
        promise(request.signatures_checked() <= peers * 255, || "too many signatures were checked".into())?;
        Ok(Self { verdicts, decision: request.decision().cloned() })
    }

    /// What a success has to be; and that messages whose senders were refused might as well not have come.
    fn check(&self, script: &Script<'_>, config: &Arc<Config>, work: &mut dyn Work) -> Result<(), String> {
        if let Some(Decision::Success(success)) = &self.decision {
            let needed = if success.basis == Basis::Quorum { config.required() } else { 1 };
            promise(success.support.len() == needed, || format!("{} peers support it", success.support.len()))?;
            check_success(success, config.rule_set(), script, work)?;
        }
        let admitted = |verdict: &Verdict| !(5..9).contains(&kind(verdict));
        let events = script.events.iter().zip(&self.verdicts);
        let rest =
            Self::of(script, config, events.filter(|(_, verdict)| admitted(verdict)).map(|(event, _)| event), work)?;
        let verdicts = self.verdicts.iter().filter(|verdict| admitted(verdict));
        promise(rest.decision == self.decision && verdicts.eq(&rest.verdicts), || "a refused sender was heard".into())
    }

    fn note(&self, config: &Config, seen: &mut Behaviours) {
        let rule_set = config.rule_set().name();
        // How often a verdict comes matters up to the size of a small DON.
        let mut counts = [0_u8; 11];
        for verdict in &self.verdicts {
            let count = &mut counts[kind(verdict)];
            *count = (*count + 1).min(3);
        }
        seen.note((rule_set, counts));
        seen.note((rule_set, config.expected(), config.required(), self.decision.as_ref().map(discriminant)));
        match &self.decision {
            Some(Decision::Success(success)) => {
                let quorum = success.basis == Basis::Quorum;
                seen.note((rule_set, quorum, success.support.len(), counts[0]));
            }
            Some(decision) => seen.note_kind(rule_set, decision.error().unwrap_or_default()),
            None => {}
        }
        for verdict in &self.verdicts {
            if let Verdict::Rejected(Rejection::Undecodable(error)) = verdict {
                seen.note_kind("undecodable", &error.to_string());
            }
        }
    }
}

/// A success is canonical, says what one of the messages said, and rests on peers that sent it.
fn check_success(success: &Success, rule_set: RuleSet, script: &Script<'_>, work: &mut dyn Work) -> Result<(), String> {
    let decided =
        Response::decode(success.response.clone()).map_err(|error| format!("undecodable success: {error}"))?;
    promise(decided.rope() == success.response, || "the success is not canonical".into())?;
    let id = decided.id();
    // Of what is signed alone the rest need not be what was said.
    let signed_alone = rule_set == RuleSet::Hardened && success.basis == Basis::Attestation;
    let is_said = |opened: &Opened| {
        if signed_alone { opened.response.payload_value() == decided.payload_value() } else { opened.id == id }
    };
    let mut sends = |answer: &Answer| {
        answer.code == ErrorCode::OK && work.open(&answer.payload).is_ok_and(|opened| is_said(&opened))
    };
    for peer in &success.support {
        let said = script
            .events
            .iter()
            .any(|event| matches!(event, Event::Answer(Some(sender), answer) if sender[..] == peer.0 && sends(answer)));
        promise(said, || format!("{peer} supports what it never said"))?;
    }
    let distinct: BTreeSet<_> = success.support.iter().collect();
    promise(distinct.len() == success.support.len(), || "a peer supports twice".into())
}

fn kind(verdict: &Verdict) -> usize {
    match verdict {
        Verdict::Taken => 0,
        Verdict::Anomaly => 1,
        Verdict::Decided => 2,
        Verdict::Ignored => 3,
        Verdict::Crash(_) => 4,
        Verdict::Rejected(rejection) => match rejection {
            Rejection::NoSender => 5,
            Rejection::MalformedSender(_) => 6,
            Rejection::UnexpectedSender(_) => 7,
            Rejection::AlreadyHeard(_) => 8,
            Rejection::Undecodable(_) => 9,
            Rejection::InvalidAttestation => 10,
        },
    }
}
