//! Texts beside the caller, and how many of them become one.

use crate::engine::Time;
use crate::network::Node;

use super::stages::byte_range;
use super::story::Kind;

/// A text beside the caller.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::report) struct Note {
    pub(in crate::report) from: Time,
    /// Last instant, where it bundles several.
    pub(in crate::report) to: Time,
    pub(in crate::report) gist: Gist,
    /// Nodes at the other end.
    pub(in crate::report) peers: Vec<Node>,
    /// Kind of the message that it is about, and the bytes of the smallest and the largest where they are told.
    message: Option<(Kind, Option<[u64; 2]>)>,
    what: String,
    /// What comes of it.
    end: String,
}

/// Weight of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) enum Gist {
    /// One of many.
    Plain,
    /// Something went wrong on the way.
    Loss,
    /// Comes after the end of the request and changes nothing.
    Late,
    Success,
    /// The right payload was accepted, with metering or `capdon_n` that are not.
    Tainted,
    /// A wrong response was accepted.
    Wrong,
    Failure,
    /// Success became unreachable.
    Unreachable,
}

impl Gist {
    /// Whether it is of a turn that the request takes.
    pub(in crate::report) const fn is_turn(self) -> bool {
        !matches!(self, Self::Plain | Self::Loss | Self::Late)
    }
}

/// How far apart notes may be that become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) enum Reach {
    /// In one instant.
    Instant,
    /// One after the other.
    Row,
    /// Wherever, and errors whatever their texts.
    Kind,
}

impl Note {
    pub(super) fn new(at: Time, gist: Gist, peer: Option<Node>, what: impl Into<String>) -> Self {
        let peers = peer.into_iter().collect();
        Self { from: at, to: at, gist, peers, message: None, what: what.into(), end: String::new() }
    }

    /// The note about a message of a kind, with its bytes where they are told, and what comes of it.
    pub(super) fn about(self, kind: Kind, bytes: Option<u64>, end: impl Into<String>) -> Self {
        Self { message: Some((kind, bytes.map(|bytes| [bytes; 2]))), end: end.into(), ..self }
    }

    /// The whole text.
    pub(in crate::report) fn text(&self) -> String {
        let mut text = self.what.clone();
        if let Some((_, Some(sizes))) = self.message {
            text = format!("{text}, {}", byte_range(sizes));
        }
        if !self.end.is_empty() {
            text = format!("{text}: {}", self.end);
        }
        match self.peers.as_slice() {
            [] => text,
            [only] => format!("{only}: {text}"),
            [first, others @ ..] if others.iter().all(|other| other == first) => {
                format!("{first}: {} × {text}", self.peers.len())
            }
            many => format!("{} × {text}", many.len()),
        }
    }

    /// `notes` with those bundled that say the same within `reach`, whatever the nodes and the bytes; late ones wherever they
    /// are. None goes across `parting`.
    pub(in crate::report) fn bundled(notes: &[Self], reach: Reach, parting: Option<Time>) -> Vec<Self> {
        let mut bundled: Vec<Self> = Vec::new();
        for note in notes {
            let parts = |earlier: &Self| parting.is_some_and(|at| earlier.from < at && note.from >= at);
            let takes = |at: &usize| {
                let earlier = &bundled[*at];
                !parts(earlier) && earlier.takes(note, reach, at + 1 == bundled.len())
            };
            match (0..bundled.len()).rev().find(takes) {
                Some(at) => bundled[at].take(note),
                None => bundled.push(note.clone()),
            }
        }
        bundled
    }

    fn takes(&self, next: &Self, reach: Reach, in_row: bool) -> bool {
        let reach = if self.gist == Gist::Late { Reach::Kind } else { reach };
        let is_near = match reach {
            Reach::Instant => self.to == next.from,
            Reach::Row => in_row || self.to == next.from,
            Reach::Kind => true,
        };
        let are_errors = reach == Reach::Kind && [self, next].iter().all(|note| note.kind() == Some(Kind::Error));
        let same = (self.gist, &self.end) == (next.gist, &next.end) && (are_errors || self.what == next.what);
        is_near && same && !next.peers.is_empty()
    }

    fn take(&mut self, next: &Self) {
        self.to = next.to;
        self.peers.extend(&next.peers);
        if let (Some((_, Some([least, most]))), Some((_, Some(other)))) = (&mut self.message, next.message) {
            (*least, *most) = ((*least).min(other[0]), (*most).max(other[1]));
        }
        if self.what != next.what {
            Kind::Error.name().clone_into(&mut self.what);
        }
    }

    fn kind(&self) -> Option<Kind> {
        self.message.map(|(kind, _)| kind)
    }
}
