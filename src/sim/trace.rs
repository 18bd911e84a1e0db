//! What happened in a world, for people: one line an event.

use std::fmt;

use crate::aggregator::{Basis, Decision, Verdict};
use crate::engine::Time;
use crate::network::{Node, Sent};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When.
    pub time: Time,
    /// In which request.
    pub request: u32,
    /// Who did it; `None` for the capability DON as a whole.
    pub from: Option<Node>,
    /// To whom.
    pub to: Option<Node>,
    /// What.
    pub what: String,
}

impl Line {
    /// Whether `node` did it or had it done to it.
    #[must_use]
    pub fn is_about(&self, node: Node) -> bool {
        self.from == Some(node) || self.to == Some(node)
    }
}

impl fmt::Display for Line {
    /// Milliseconds with six decimals, the request, who, to whom, and what.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |node: Option<Node>| node.map_or_else(|| "-".to_owned(), |node| node.to_string());
        write!(
            f,
            "{:>13} ms  request {}  {:<13} {:<13} {}",
            millis(self.time.as_nanos()),
            self.request,
            name(self.from),
            name(self.to),
            self.what
        )
    }
}

/// Nanoseconds as milliseconds with all their digits.
pub(super) fn millis(nanos: u64) -> String {
    format!("{}.{:06}", nanos / 1_000_000, nanos % 1_000_000)
}

/// The lines of a replicate, when somebody wants to read them.
#[derive(Debug, Default)]
pub(super) struct Trace(Option<Vec<Line>>);

impl Trace {
    /// Keeps lines.
    pub(super) const fn kept() -> Self {
        Self(Some(Vec::new()))
    }

    /// Notes what happened; `what` is not called when nobody reads it.
    pub(super) fn note(
        &mut self,
        time: Time,
        request: u32,
        (from, to): (impl Into<Option<Node>>, impl Into<Option<Node>>),
        what: impl FnOnce() -> String,
    ) {
        if let Some(lines) = &mut self.0 {
            lines.push(Line { time, request, from: from.into(), to: to.into(), what: what() });
        }
    }

    /// All lines.
    pub(super) fn into_lines(self) -> Vec<Line> {
        self.0.unwrap_or_default()
    }
}

/// What the network makes of a message.
pub(super) fn fate(sent: &Sent) -> String {
    match sent.arrivals {
        [None, _] => "lost on the way".to_owned(),
        [Some(time), None] => format!("arrives at {} ms", millis(time.as_nanos())),
        [Some(first), Some(second)] => {
            format!("arrives twice, at {} ms and {} ms", millis(first.as_nanos()), millis(second.as_nanos()))
        }
    }
}

/// What an aggregator says to a message.
pub(super) fn verdict(verdict: &Verdict, decision: Option<&Decision>) -> String {
    match verdict {
        Verdict::Taken => "taken".to_owned(),
        Verdict::Anomaly => "taken, and so many have no payload now that an honest one may be missing".to_owned(),
        Verdict::Ignored => "ignored, decided before".to_owned(),
        Verdict::Rejected(rejection) => format!("rejected: {rejection}"),
        Verdict::Crash(crash) => format!("crashes the node: {crash}"),
        Verdict::Decided => decision.map_or_else(String::new, decided),
    }
}

fn decided(decision: &Decision) -> String {
    match decision {
        Decision::Success(success) => {
            let basis = match success.basis {
                Basis::Attestation => "a valid attestation".to_owned(),
                Basis::Quorum => format!("{} identical responses", success.support.len()),
            };
            format!("decides: success on {basis}, {} bytes", success.response.len())
        }
        Decision::Failure(text) => format!("decides: failure, {text}"),
        Decision::Expired => "gives up: request expired".to_owned(),
    }
}
