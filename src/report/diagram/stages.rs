//! Agreement of the capability DON on the response to a request: one draw of its time, or OCR3 rounds by their phases.

use std::collections::BTreeMap;

use crate::engine::Time;
use crate::network::Node;
use crate::report::plots::number::fixed;
use crate::sim::{Happening, OcrBody, OcrHappening, What};

/// A stretch of the agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::report) struct Stage {
    pub(in crate::report) from: Time,
    pub(in crate::report) to: Time,
    pub(in crate::report) words: String,
    pub(in crate::report) step: Step,
}

/// Kinds of stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report) enum Step {
    /// A whole round, or a whole agreement.
    Round,
    /// Messages of one kind in a round.
    Phase,
    /// Something that several nodes reach.
    Reached,
    /// Change of the epoch.
    Epoch,
}

/// Stages as they come together.
#[derive(Debug, Default)]
pub(super) struct Stages {
    request: u32,
    agreeing: Option<Time>,
    told: Vec<Stage>,
    /// Rounds by sequence number and epoch: a new epoch begins again with the number that the last one did not finish.
    rounds: BTreeMap<(u64, u64), Round>,
    /// Messages of changes of the epoch, by epoch.
    epochs: BTreeMap<u64, Phase>,
    /// Leader of each epoch that was entered.
    leaders: BTreeMap<u64, (Node, Phase)>,
    attested: BTreeMap<u64, (Phase, u32)>,
    errors: Option<Phase>,
}

#[derive(Debug)]
struct Round {
    leader: Option<Node>,
    is_ours: bool,
    span: Phase,
    phases: Vec<(&'static str, Phase)>,
    proposed: Option<(Time, u32)>,
    committed: Option<Phase>,
    agrees: bool,
}

/// Rounds in a row of which the same is said.
struct Alike {
    words: String,
    is_told: bool,
    rounds: Vec<(u64, Round)>,
}

/// Something that happens a number of times.
#[derive(Clone, Copy, Debug)]
struct Phase {
    from: Time,
    to: Time,
    count: u32,
    lost: u32,
    bytes: u64,
}

impl Phase {
    const fn at(now: Time) -> Self {
        Self { from: now, to: now, count: 0, lost: 0, bytes: 0 }
    }

    fn once_more(&mut self, now: Time) {
        self.to = self.to.max(now);
        self.count += 1;
    }
}

fn once_more(phase: &mut Option<Phase>, now: Time) {
    phase.get_or_insert_with(|| Phase::at(now)).once_more(now);
}

impl Stages {
    pub(super) fn new(request: u32) -> Self {
        Self { request, ..Self::default() }
    }

    pub(super) fn hear(&mut self, happening: &Happening) {
        let now = happening.time;
        match &happening.what {
            What::Agreeing { .. } => self.agreeing = Some(now),
            What::Reported => {
                let from = self.agreeing.take().unwrap_or(now);
                self.add(
                    from,
                    now,
                    "OCR, from a quorum of observations to the attested report".to_owned(),
                    Step::Round,
                );
            }
            What::NothingAgreed => {
                self.add(now, now, "quorum of observations, nothing to agree on".to_owned(), Step::Reached);
            }
            What::Ocr(what) => self.in_round(now, happening.node, what),
            _ => {}
        }
    }

    fn add(&mut self, from: Time, to: Time, words: String, step: Step) {
        self.told.push(Stage { from, to, words, step });
    }

    fn in_round(&mut self, now: Time, node: Option<Node>, what: &OcrHappening) {
        match what {
            OcrHappening::RoundStarted { epoch, seq_nr, requests } => {
                let is_ours = requests.contains(&self.request);
                let round = self.round(now, *epoch, *seq_nr);
                round.leader = node;
                round.is_ours |= is_ours;
            }
            OcrHappening::Proposed { epoch, seq_nr, observations } => {
                self.round(now, *epoch, *seq_nr).proposed = Some((now, *observations));
            }
            OcrHappening::Committed { epoch, seq_nr, agreed } => {
                let agrees = agreed.contains(&self.request);
                let epoch = self.epoch_of(*epoch, *seq_nr);
                let round = self.round(now, epoch, *seq_nr);
                round.agrees |= agrees;
                once_more(&mut round.committed, now);
            }
            OcrHappening::EpochEntered { epoch, leader } => {
                let entered = self.leaders.entry(*epoch).or_insert_with(|| (*leader, Phase::at(now)));
                entered.1.once_more(now);
            }
            OcrHappening::Attested { seq_nr, holds, .. } => {
                let attested = self.attested.entry(*seq_nr).or_insert_with(|| (Phase::at(now), 0));
                attested.0.once_more(now);
                attested.1 += u32::from(*holds);
            }
            OcrHappening::AgreedOnError => once_more(&mut self.errors, now),
            OcrHappening::Sent { message, bytes, arrivals, .. } => {
                let phase = match message.body {
                    OcrBody::NewEpochWish | OcrBody::EpochStartRequest(_) | OcrBody::EpochStart(_) => {
                        self.epochs.entry(message.epoch).or_insert_with(|| Phase::at(now))
                    }
                    OcrBody::ReportSignatures { .. }
                    | OcrBody::CertifiedCommitRequest
                    | OcrBody::CertifiedCommit(_) => {
                        let epoch = self.epoch_of(message.epoch, message.seq_nr);
                        self.round(now, epoch, message.seq_nr).phase(now, message.body.name())
                    }
                    _ => self.round(now, message.epoch, message.seq_nr).phase(now, message.body.name()),
                };
                phase.once_more(arrivals.iter().flatten().copied().max().unwrap_or(now));
                phase.lost += u32::from(arrivals[0].is_none());
                phase.bytes += bytes;
            }
            _ => {}
        }
    }

    /// Epoch of the round that something is about which is told in `epoch`: signatures of reports and missed commits may come
    /// in a later epoch than the round's.
    fn epoch_of(&self, epoch: u64, seq_nr: u64) -> u64 {
        let earlier = self.rounds.range((seq_nr, 0)..=(seq_nr, epoch)).next_back();
        earlier.map_or(epoch, |((_, epoch), _)| *epoch)
    }

    fn round(&mut self, now: Time, epoch: u64, seq_nr: u64) -> &mut Round {
        let round = self.rounds.entry((seq_nr, epoch)).or_insert_with(|| Round {
            leader: None,
            is_ours: false,
            span: Phase::at(now),
            phases: Vec::new(),
            proposed: None,
            committed: None,
            agrees: false,
        });
        round.span.to = now;
        round
    }

    /// All stages that begin between the two instants.
    pub(super) fn finish(mut self, start: Time, end: Time) -> Vec<Stage> {
        let mut phases_told = [false; 2];
        for Alike { words, is_told, rounds } in self.alike(start, end) {
            match rounds.as_slice() {
                // Those that end as the first do it in the same way, whoever leads them.
                [(seq_nr, first), rest @ ..] if is_told && !phases_told[usize::from(first.agrees)] => {
                    phases_told[usize::from(first.agrees)] = true;
                    self.tell_round(*seq_nr, first, &words);
                    self.tell_row(rest, &words, Step::Round);
                }
                rounds => self.tell_row(rounds, &words, if is_told { Step::Round } else { Step::Epoch }),
            }
        }
        for (epoch, (leader, phase)) in std::mem::take(&mut self.leaders) {
            let words = format!("epoch {epoch}, led by {leader}, entered by {}", nodes(phase.count));
            self.add(phase.from, phase.to, words, Step::Epoch);
        }
        for (epoch, phase) in std::mem::take(&mut self.epochs) {
            self.add(phase.from, phase.to, format!("change to epoch {epoch}: {}", messages(&phase)), Step::Epoch);
        }
        if let Some(phase) = self.errors {
            let words = format!("{} know that all agree on an error", nodes(phase.count));
            self.add(phase.from, phase.to, words, Step::Reached);
        }
        self.told.retain(|stage| (start..=end).contains(&stage.from));
        self.told.sort_by_key(|stage| (stage.from, stage.step, stage.to));
        self.told
    }

    /// All rounds in order, those without the request only between the two instants.
    fn alike(&mut self, start: Time, end: Time) -> Vec<Alike> {
        let mut all: Vec<Alike> = Vec::new();
        for ((seq_nr, epoch), round) in std::mem::take(&mut self.rounds) {
            let is_told = round.is_ours || round.agrees;
            if !is_told && !(start..end).contains(&round.span.from) {
                continue;
            }
            let words = if is_told { self.outcome(epoch, &round) } else { " without this request".to_owned() };
            match all.last_mut().filter(|last| last.words == words) {
                Some(last) => last.rounds.push((seq_nr, round)),
                None => all.push(Alike { words, is_told, rounds: vec![(seq_nr, round)] }),
            }
        }
        all
    }

    fn outcome(&self, epoch: u64, round: &Round) -> String {
        // An epoch may go on with what the one before has prepared, without a start of the round.
        let leader = round.leader.or_else(|| self.leaders.get(&epoch).map(|(leader, _)| *leader));
        let led = leader.map_or_else(String::new, |leader| format!(", led by {leader}"));
        let outcome = if round.agrees { "agreed" } else { "not agreed on the request" };
        format!(", epoch {epoch}{led}: {outcome}")
    }

    /// Rounds in a row as one stage.
    fn tell_row(&mut self, rounds: &[(u64, Round)], words: &str, step: Step) {
        let [(first, from), ..] = rounds else { return };
        let (last, to) = rounds.last().map_or((first, from), |(last, to)| (last, to));
        let which = if first == last { format!("round {first}") } else { format!("rounds {first}–{last}") };
        self.add(from.span.from, to.span.to, format!("{which}{words}"), step);
    }

    fn tell_round(&mut self, seq_nr: u64, round: &Round, words: &str) {
        self.add(round.span.from, round.span.to, format!("round {seq_nr}{words}"), Step::Round);
        for (name, phase) in &round.phases {
            let words = format!("{}: {}", name.replace('_', " "), messages(phase));
            self.add(phase.from, phase.to, words, Step::Phase);
        }
        if let Some((at, observations)) = round.proposed {
            self.add(at, at, format!("{observations} observations proposed"), Step::Reached);
        }
        if let Some(phase) = round.committed {
            self.add(phase.from, phase.to, format!("committed by {}", nodes(phase.count)), Step::Reached);
        }
        if let Some((phase, holders)) = round.committed.and_then(|_| self.attested.remove(&seq_nr)) {
            let words = format!("attested at {}, {holders} hold the payload", nodes(phase.count));
            self.add(phase.from, phase.to, words, Step::Reached);
        }
    }
}

impl Round {
    fn phase(&mut self, now: Time, name: &'static str) -> &mut Phase {
        let at = self.phases.iter().position(|(other, _)| *other == name).unwrap_or_else(|| {
            self.phases.push((name, Phase::at(now)));
            self.phases.len() - 1
        });
        &mut self.phases[at].1
    }
}

fn nodes(count: u32) -> String {
    if count == 1 { "1 node".to_owned() } else { format!("{count} nodes") }
}

fn messages(phase: &Phase) -> String {
    let count = |count| fixed(f64::from(count), 0);
    let lost = if phase.lost == 0 { String::new() } else { format!(" ({} lost)", count(phase.lost)) };
    format!("{} messages{lost}, {}", count(phase.count), bytes(phase.bytes))
}

/// Bytes as people write them.
pub(in crate::report) fn bytes(count: u64) -> String {
    format!("{} bytes", fixed(count as f64, 0))
}

/// The fewest and the most bytes of several messages.
pub(super) fn byte_range([least, most]: [u64; 2]) -> String {
    if least == most { bytes(least) } else { format!("{} to {}", fixed(least as f64, 0), bytes(most)) }
}
