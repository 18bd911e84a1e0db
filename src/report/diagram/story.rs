//! What happened to one request between one caller and the capability nodes.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::aggregator::{Basis, Decision};
use crate::engine::Time;
use crate::network::Node;
use crate::sim::{AnswerClass, Happening, Message, OcrHappening, Outcome, Row, Signal, What};
use crate::wire::PAYLOAD_NOT_AVAILABLE;

use super::super::happenings::{borrowed_name, lost_words, verdict_words};
use super::super::plots::number::fixed;
use super::clock::Span;
use super::notes::{Gist, Note};
use super::stages::{Stage, Stages, bytes};

/// Request and caller that are told about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestAt {
    /// Number of the request.
    pub request: u32,
    /// Number of the workflow node.
    pub caller: u32,
}

impl RequestAt {
    /// The first request and honest caller of `rows` that `wanted` lets pass and that did not accept the right response;
    /// the first honest one that it lets pass where all did, and the first at all where none is honest.
    pub fn choose(rows: &[Row], wanted: impl Fn(Self) -> bool) -> Option<Self> {
        let subject = |row: &Row| Self { request: row.request, caller: row.workflow_node };
        let honest = |row: &&Row| row.outcome != Outcome::Byzantine;
        let passing = || rows.iter().filter(|row| wanted(subject(row)));
        let bad = passing().filter(honest).find(|row| !row.outcome.is_right());
        bad.or_else(|| passing().find(honest)).or_else(|| passing().next()).map(subject)
    }
}

/// One request at one caller.
#[derive(Debug)]
pub struct Story {
    pub(in crate::report) subject: RequestAt,
    pub(in crate::report) caller: Node,
    /// Faults that the caller has, and when they act.
    pub(in crate::report) caller_faults: BTreeSet<&'static str>,
    pub(in crate::report) caller_acts: Vec<Time>,
    pub(in crate::report) started: Option<Time>,
    pub(in crate::report) deadline: Option<Time>,
    /// Decision, or crash, of the caller.
    pub(in crate::report) ended: Option<(Time, Gist, String)>,
    /// Instant in which success became unreachable, and why.
    pub(in crate::report) unreachable: Option<(Time, String)>,
    /// Capability nodes that are told about, by number.
    pub(in crate::report) nodes: BTreeMap<usize, Actor>,
    /// Messages between them and the caller, one for each copy, in the order in which they were sent.
    pub(in crate::report) messages: Vec<Passage>,
    /// Texts beside the caller, in order of time.
    pub(in crate::report) notes: Vec<Note>,
    /// Agreement of the capability DON, in order of time.
    pub(in crate::report) stages: Vec<Stage>,
}

/// A capability node.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::report) struct Actor {
    /// Whether it holds the payload; `None` as long as that has not come out.
    pub(in crate::report) holds: Option<bool>,
    /// Faults that it has, whether or not they act.
    pub(in crate::report) faults: BTreeSet<&'static str>,
    /// Time in which it is busy with the request.
    pub(in crate::report) doings: Vec<(Time, Time, Doing)>,
    pub(in crate::report) marks: Vec<(Time, Mark)>,
}

/// Business of a capability node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) enum Doing {
    /// It executes.
    Executes,
    /// It has its observation and waits for the report.
    Waits,
}

/// Something that happens at a capability node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report) enum Mark {
    /// A fault acts.
    Fault,
    /// It is down, or does not take the request.
    Deaf,
    /// It commits the outcome of a round that agrees on the request.
    Commits,
    /// It has the attestation.
    Attested,
}

impl Mark {
    /// Name for people.
    pub(in crate::report) const fn name(self) -> &'static str {
        match self {
            Self::Fault => "fault acts",
            Self::Deaf => "down, or does not take the request",
            Self::Commits => "commits the round that agrees",
            Self::Attested => "has the attestation",
        }
    }
}

/// Kinds of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report) enum Kind {
    Request,
    Response,
    /// The right response, but not with the genuine attestation and metering.
    Altered,
    /// A response that no honest node sends.
    False,
    /// The error of a node that has the report, but no payload for it.
    NoPayload,
    Error,
    /// Announcement, pull or stop.
    Signal,
}

impl Kind {
    pub(in crate::report) const ALL: [Self; 7] =
        [Self::Request, Self::Response, Self::Altered, Self::False, Self::NoPayload, Self::Error, Self::Signal];

    fn of(message: &Message) -> Self {
        match (&message.class, message.signal, message.from) {
            (_, Some(_), _) => Self::Signal,
            (_, _, Node::Workflow(_)) => Self::Request,
            (AnswerClass::Error(text), ..) if text.contains(PAYLOAD_NOT_AVAILABLE) => Self::NoPayload,
            (AnswerClass::Error(_), ..) => Self::Error,
            (AnswerClass::Other, ..) => Self::False,
            (AnswerClass::Right { attested: true }, ..) => Self::Altered,
            (AnswerClass::Genuine | AnswerClass::Right { attested: false }, ..) => Self::Response,
        }
    }

    /// Name for people.
    pub(in crate::report) const fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response with payload",
            Self::Altered => "response, attestation or metering altered",
            Self::False => "false response",
            Self::NoPayload => "payload not available (PNA)",
            Self::Error => "other error",
            Self::Signal => "announce, pull or stop",
        }
    }
}

/// A copy of a message on its way.
#[derive(Clone, Debug)]
pub(in crate::report) struct Passage {
    pub(in crate::report) from: Node,
    pub(in crate::report) to: Node,
    pub(in crate::report) kind: Kind,
    /// Content in a few words.
    pub(in crate::report) words: String,
    /// Bytes on the line.
    pub(in crate::report) bytes: u64,
    pub(in crate::report) sent: Time,
    pub(in crate::report) fate: Fate,
    /// What the receiver makes of it.
    pub(in crate::report) reception: String,
    message: Rc<Message>,
    is_through: bool,
}

/// End of a message's way.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::report) enum Fate {
    Arrives(Time),
    /// Reaches a receiver that has heard the sender too often.
    Refused(Time),
    /// Never arrives, and why.
    Lost(String),
}

impl Fate {
    /// Instant in which it is at the receiver.
    pub(in crate::report) const fn arrival(&self) -> Option<Time> {
        match self {
            Self::Arrives(at) | Self::Refused(at) => Some(*at),
            Self::Lost(_) => None,
        }
    }

    /// Whether the receiver gets it.
    pub(in crate::report) const fn is_lost(&self) -> bool {
        !matches!(self, Self::Arrives(_))
    }
}

impl Story {
    /// The story of a subject; `None` where the stream tells nothing about it. Its row says whether what the caller accepted
    /// is right, which the caller does not know.
    pub fn read(rows: &[Row], happenings: &[Happening], subject: RequestAt) -> Option<Self> {
        let is_it = |row: &&Row| (row.request, row.workflow_node) == (subject.request, subject.caller);
        let outcome = rows.iter().find(is_it).map(|row| row.outcome);
        let mut reader = Reader::new(happenings, subject, outcome);
        for happening in happenings {
            reader.hear(happening);
        }
        reader.finish()
    }

    /// The story of these capability nodes alone, by number, and of what all have in common; `None` where there is no such node.
    #[must_use]
    pub fn of_nodes(mut self, numbers: &[u32]) -> Option<Self> {
        let numbers: BTreeSet<usize> = numbers.iter().map(|number| *number as usize).collect();
        let is_told = |node: &Node| *node == self.caller || numbers.contains(&node.position());
        self.messages.retain(|way| is_told(&way.from) && is_told(&way.to));
        self.notes.retain(|note| note.peers.iter().all(is_told));
        self.nodes.retain(|at, _| numbers.contains(at));
        (self.nodes.len() == numbers.len()).then_some(self)
    }

    /// The story with the faults of these nodes: what happens tells only those that act.
    #[must_use]
    pub fn with_faults(mut self, faulty: &[(Node, &'static str)]) -> Self {
        for (node, fault) in faulty {
            if *node == self.caller {
                self.caller_faults.insert(fault);
            } else if let Node::Capability(number) = node
                && let Some(actor) = self.nodes.get_mut(&(*number as usize))
            {
                actor.faults.insert(fault);
            }
        }
        self
    }

    /// Every instant in which something happens, rising; with `executions` those in which nodes have executed, too.
    pub(in crate::report) fn instants(&self, executions: bool) -> BTreeSet<Time> {
        let flights = self.messages.iter().flat_map(|way| [Some(way.sent), way.fate.arrival()]);
        let notes = self.notes.iter().map(|note| Some(note.from));
        let stages = self.stages.iter().flat_map(|stage| [Some(stage.from), Some(stage.to)]);
        let actors = self.nodes.values().flat_map(|node| {
            let doings = node.doings.iter().filter(|(_, _, doing)| executions && *doing == Doing::Executes);
            let marks = node.marks.iter().map(|(at, _)| Some(*at));
            doings.flat_map(|(from, to, _)| [Some(*from), Some(*to)]).chain(marks)
        });
        flights.chain(notes).chain(stages).chain(actors).chain([self.started, self.deadline]).flatten().collect()
    }

    /// Spans in which something goes on: messages on their way, and nodes that execute.
    pub(in crate::report) fn spans(&self) -> impl Iterator<Item = Span> {
        let flights = self.messages.iter().filter_map(|way| {
            let to = way.fate.arrival()?;
            Some(Span { from: way.sent, to, most: Span::FLIGHT })
        });
        let doings = self.nodes.values().flat_map(|node| &node.doings);
        let executions = doings.filter(|(_, _, doing)| *doing == Doing::Executes);
        flights.chain(executions.map(|&(from, to, _)| Span { from, to, most: Span::EXECUTION }))
    }
}

/// An instant as people read it.
pub(in crate::report) fn millis(at: Time) -> String {
    format!("{} ms", fixed(at.as_nanos() as f64 / 1e6, 3))
}

/// A stretch of time as people read it.
pub(in crate::report) fn millis_between(from: Time, to: Time) -> String {
    if from == to { millis(from) } else { format!("{} to {}", millis(from), millis(to)) }
}

/// What is known by now of a request at a caller.
struct Reader {
    story: Story,
    outcome: Option<Outcome>,
    stages: Stages,
    observed: BTreeMap<usize, Time>,
    executing: BTreeMap<usize, Time>,
}

impl Reader {
    fn new(happenings: &[Happening], subject: RequestAt, outcome: Option<Outcome>) -> Self {
        let ends = happenings.iter().flat_map(|happening| [happening.node, happening.peer]).flatten();
        let count = ends.filter(|node| matches!(node, Node::Capability(_))).map(|node| node.position() + 1).max();
        let story = Story {
            subject,
            caller: Node::Workflow(subject.caller),
            caller_faults: BTreeSet::new(),
            caller_acts: Vec::new(),
            started: None,
            deadline: None,
            ended: None,
            unreachable: None,
            nodes: (0..count.unwrap_or(0)).map(|at| (at, Actor::default())).collect(),
            messages: Vec::new(),
            notes: Vec::new(),
            stages: Vec::new(),
        };
        let stages = Stages::new(subject.request);
        Self { story, outcome, stages, observed: BTreeMap::new(), executing: BTreeMap::new() }
    }

    fn finish(mut self) -> Option<Story> {
        let started = self.story.started?;
        let arrivals = self.story.messages.iter().map(|way| way.fate.arrival().unwrap_or(way.sent));
        let end = arrivals.chain(self.story.deadline).max().unwrap_or(started);
        for (node, from) in std::mem::take(&mut self.observed) {
            self.node(node).doings.push((from, end, Doing::Waits));
        }
        for node in self.story.nodes.values_mut() {
            node.marks.retain(|(at, _)| (started..=end).contains(at));
        }
        self.story.stages = self.stages.finish(started, end);
        // Losses are known when they are sent, and stand where that is.
        self.story.notes.sort_by_key(|note| note.from);
        let ended = self.story.ended.as_ref().map(|(at, _, _)| *at);
        let late = |note: &&mut Note| !note.gist.is_turn() && ended.is_some_and(|ended| note.from > ended);
        self.story.notes.iter_mut().filter(late).for_each(|note| note.gist = Gist::Late);
        Some(self.story)
    }

    fn hear(&mut self, happening: &Happening) {
        let Happening { time, request, node, peer, what } = happening;
        if request.is_some_and(|request| request != self.story.subject.request) {
            return;
        }
        self.stages.hear(happening);
        match (node, peer) {
            (Some(node), peer) if *node == self.story.caller => self.at_caller(*time, *peer, what),
            (Some(Node::Capability(at)), peer) => self.at_node(*time, *at as usize, *peer, what),
            (None, _) => self.at_all(*time, what),
            _ => {}
        }
    }

    fn node(&mut self, at: usize) -> &mut Actor {
        self.story.nodes.entry(at).or_default()
    }

    fn note(&mut self, note: Note) {
        self.story.notes.push(note);
    }

    fn at_caller(&mut self, now: Time, peer: Option<Node>, what: &What) {
        match what {
            What::Started { deadline } => {
                (self.story.started, self.story.deadline) = (Some(now), Some(*deadline));
            }
            What::Sent { .. } => self.sends(now, self.story.caller, peer, what),
            What::Delivered { message } => {
                self.through(now, message, false);
                if message.signal.is_some() {
                    self.note(Note::new(now, Gist::Plain, peer, words(message, Kind::Signal)));
                }
            }
            What::Refused { message } => {
                self.through(now, message, true);
                self.note(Note::new(now, Gist::Loss, peer, "dropped, too many of this sender"));
            }
            What::Judged { message, verdict } => {
                let verdict = verdict_words(message, verdict);
                self.receives(now, message, &verdict);
            }
            What::Unread { message, dead } => {
                let words = if *dead { "not looked at, crashed before" } else { "not looked at, decided before" };
                self.receives(now, message, words);
            }
            What::Decided { decision } => {
                let gist = match self.outcome {
                    _ if decision.error().is_some() => Gist::Failure,
                    Some(Outcome::AcceptedWrong) => Gist::Wrong,
                    Some(Outcome::AcceptedTainted) => Gist::Tainted,
                    _ => Gist::Success,
                };
                self.ends(now, gist, decided_words(decision, gist));
            }
            What::FaultActed { .. } => self.story.caller_acts.push(now),
            What::Crashed => self.ends(now, Gist::Failure, "crashed by this message".to_owned()),
            What::Unreachable { cause } => {
                self.story.unreachable = Some((now, cause.to_string()));
                let words = format!("{}: success unreachable, cause {cause}", millis(now));
                self.note(Note::new(now, Gist::Unreachable, None, words));
            }
            _ => {}
        }
    }

    fn ends(&mut self, now: Time, gist: Gist, words: String) {
        self.note(Note::new(now, gist, None, format!("{}: {words}", millis(now))));
        self.story.ended = Some((now, gist, words));
    }

    fn at_node(&mut self, now: Time, at: usize, peer: Option<Node>, what: &What) {
        let is_ours = peer == Some(self.story.caller);
        let is_in_round = matches!(peer, Some(Node::Capability(_)));
        let node = self.story.nodes.entry(at).or_default();
        match what {
            What::Executing { .. } => {
                self.executing.insert(at, now);
            }
            What::Observed { holds } => {
                node.holds = Some(*holds);
                let from = self.executing.remove(&at).unwrap_or(now);
                node.doings.push((from, now, Doing::Executes));
                self.observed.insert(at, now);
            }
            What::Down { .. } if is_ours || peer.is_none() => node.marks.push((now, Mark::Deaf)),
            // In rounds, nodes speak to each other.
            What::FaultActed { .. } if is_ours || is_in_round => node.marks.push((now, Mark::Fault)),
            What::Answering { .. } | What::Ocr(OcrHappening::AgreedOnError) => self.waits_no_more(now, at),
            What::Ocr(what) => self.in_round(now, at, what),
            What::Missed if is_ours => node.marks.push((now, Mark::Deaf)),
            What::Repeated if is_ours => {
                self.note(Note::new(now, Gist::Loss, Some(node_of(at)), "drops a second request"));
            }
            What::Dropped { .. } if is_ours => {
                self.note(Note::new(now, Gist::Loss, Some(node_of(at)), "is down, drops its answer"));
            }
            What::Sent { .. } if is_ours => self.sends(now, node_of(at), peer, what),
            What::Delivered { message } if is_ours => self.through(now, message, false),
            What::Refused { message } if is_ours => self.through(now, message, true),
            _ => {}
        }
    }

    fn in_round(&mut self, now: Time, at: usize, what: &OcrHappening) {
        let node = self.story.nodes.entry(at).or_default();
        match what {
            OcrHappening::Captured { .. } => {
                if let Some(from) = self.executing.remove(&at) {
                    node.doings.push((from, now, Doing::Executes));
                    self.observed.insert(at, now);
                }
            }
            OcrHappening::Committed { agreed, .. } if agreed.contains(&self.story.subject.request) => {
                node.marks.push((now, Mark::Commits));
            }
            OcrHappening::Attested { holds, .. } => {
                node.holds = Some(*holds);
                node.marks.push((now, Mark::Attested));
                self.waits_no_more(now, at);
            }
            _ => {}
        }
    }

    fn at_all(&mut self, now: Time, what: &What) {
        if matches!(what, What::Reported | What::NothingAgreed) {
            for at in 0..self.story.nodes.len() {
                self.waits_no_more(now, at);
            }
        }
    }

    fn waits_no_more(&mut self, now: Time, at: usize) {
        if let Some(from) = self.observed.remove(&at) {
            self.node(at).doings.push((from, now, Doing::Waits));
        }
    }

    fn sends(&mut self, now: Time, from: Node, to: Option<Node>, what: &What) {
        let (Some(to), What::Sent { message, bytes: size, arrivals, barrier }) = (to, what) else { return };
        let kind = Kind::of(message);
        let size = size.total();
        let way = Passage {
            from,
            to,
            kind,
            words: words(message, kind),
            bytes: size,
            sent: now,
            fate: Fate::Lost(lost_words(*barrier)),
            reception: String::new(),
            message: Rc::clone(message),
            is_through: false,
        };
        let peer = if from == self.story.caller { to } else { from };
        if kind == Kind::NoPayload {
            // Who is asked when the report is there observes nothing.
            self.node(from.position()).holds.get_or_insert(false);
        }
        if from == self.story.caller {
            self.note(Note::new(now, Gist::Plain, Some(to), &*way.words).about(kind, Some(size), ""));
        }
        if arrivals[0].is_none() {
            let note = Note::new(now, Gist::Loss, Some(peer), &*way.words);
            self.note(note.about(kind, None, lost_words(*barrier)));
            self.story.messages.push(way.clone());
        }
        let copies = arrivals.iter().flatten().map(|at| Passage { fate: Fate::Arrives(*at), ..way.clone() });
        self.story.messages.extend(copies);
    }

    /// A copy of `message` is through the downlink: the one that reached it first of those that are not yet.
    fn through(&mut self, now: Time, message: &Rc<Message>, refused: bool) {
        let under_way = self.story.messages.iter_mut().filter(|way| !way.is_through && way.is(message));
        if let Some(way) = under_way.min_by_key(|way| way.fate.arrival()) {
            way.is_through = true;
            way.fate = if refused { Fate::Refused(now) } else { Fate::Arrives(now) };
        }
    }

    fn receives(&mut self, now: Time, message: &Rc<Message>, reception: &str) {
        let open = |way: &&mut Passage| way.is(message) && way.is_through && way.reception.is_empty();
        let Some(way) = self.story.messages.iter_mut().find(open) else { return };
        reception.clone_into(&mut way.reception);
        let note = Note::new(now, Gist::Plain, Some(way.from), &*way.words);
        let note = note.about(way.kind, Some(way.bytes), reception);
        self.note(note);
    }
}

impl Passage {
    fn is(&self, message: &Rc<Message>) -> bool {
        Rc::ptr_eq(&self.message, message) && !matches!(self.fate, Fate::Lost(_))
    }
}

fn node_of(at: usize) -> Node {
    Node::Capability(at as u32)
}

fn words(message: &Message, kind: Kind) -> String {
    let words = match (kind, message.signal) {
        (_, Some(Signal::Announce)) => "announces the payload".to_owned(),
        (_, Some(Signal::Pull)) => "pull".to_owned(),
        (_, Some(Signal::Stop)) => "stop".to_owned(),
        (Kind::NoPayload, _) => "error PNA".to_owned(),
        _ => message.describe(),
    };
    match borrowed_name(message) {
        Some(name) => format!("{words} in the name of {name}"),
        None => words,
    }
}

fn decided_words(decision: &Decision, gist: Gist) -> String {
    let accepted = match gist {
        Gist::Wrong => "a wrong response accepted",
        Gist::Tainted => "success with wrong metering or capdon_n",
        _ => "success",
    };
    match decision {
        Decision::Success(success) => {
            let size = bytes(success.response.len() as u64);
            match success.basis {
                Basis::Attestation => format!("{accepted} on a valid attestation, {size}"),
                Basis::Quorum => format!("{accepted} on {} identical responses, {size}", success.support.len()),
            }
        }
        Decision::Failure(text) if text.contains(PAYLOAD_NOT_AVAILABLE) => "failure, error PNA".to_owned(),
        Decision::Failure(text) => format!("failure, {text}"),
        Decision::Expired => "deadline, request expired".to_owned(),
    }
}
