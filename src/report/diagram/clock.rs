//! Time along a picture: one scale until the request has ended, breaks where nothing happens, and a faster scale for what comes
//! after the end, where that would take the room of what is asked about.

use std::collections::BTreeSet;

use crate::engine::Time;

/// Height of a break.
pub(in crate::report) const BREAK: f64 = 44.0;
/// Breaks that a scale has at most.
const MOST_BREAKS: usize = 9;
/// Share of the height from which on what comes after the end has too much, and what it has then.
const TOO_LATE: f64 = 0.5;
const LATE: f64 = 1.0 / 3.0;
/// How much faster a scale of its own is at least.
const WORTH_A_SCALE: f64 = 1.5;

/// Places of instants.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::report) struct Clock {
    pieces: Vec<Piece>,
}

/// A stretch of time, and where it lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::report) struct Piece {
    pub(in crate::report) from: u64,
    pub(in crate::report) to: u64,
    pub(in crate::report) top: f64,
    pub(in crate::report) bottom: f64,
    /// Nanoseconds in a unit of height.
    pub(in crate::report) pace: f64,
    pub(in crate::report) kind: Stretch,
}

/// How a stretch of time is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::report) enum Stretch {
    Shown,
    LeftOut,
    /// No time at all: from here on it runs so many times as fast.
    Faster(f64),
}

/// A stretch of time in which something goes on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::report) struct Span {
    pub(in crate::report) from: Time,
    pub(in crate::report) to: Time,
    /// Share of the height that a gap between instants takes at most in it.
    pub(in crate::report) most: f64,
}

impl Span {
    /// For a message on its way: its slant is what a picture is about.
    pub(in crate::report) const FLIGHT: f64 = 2.0 / 3.0;
    /// For a node that executes.
    pub(in crate::report) const EXECUTION: f64 = 0.4;
}

impl Clock {
    /// Places from `top` down for `instants`, all that is not left out taking at most `height`; within `spans`, less is left out.
    /// What comes after `end` has half of the height at most.
    pub(in crate::report) fn new(
        instants: &BTreeSet<Time>,
        spans: &[Span],
        end: Option<Time>,
        (top, height): (f64, f64),
    ) -> Self {
        let instants: Vec<u64> = instants.iter().map(|at| at.as_nanos()).collect();
        let gaps: Vec<(u64, u64)> = instants.windows(2).map(|pair| (pair[0], pair[1])).collect();
        let whole = Scale::new(&gaps, spans, height);
        let after = end.map_or(gaps.len(), |end| gaps.partition_point(|(from, _)| *from < end.as_nanos()));
        let (before, after) = gaps.split_at(after);
        let mut clock = Self { pieces: Vec::new() };
        if before.is_empty() || whole.shown(after) as f64 <= whole.rest as f64 * TOO_LATE {
            clock.add(&whole, top);
            return clock;
        }
        let [main, mut late] =
            [(before, 1.0 - LATE), (after, LATE)].map(|(gaps, share)| Scale::new(gaps, spans, height * share));
        clock.add(&main, top);
        let faster = late.pace / main.pace;
        if faster < WORTH_A_SCALE {
            late.pace = main.pace;
        } else {
            let (at, top) = (after[0].0, clock.bottom());
            let kind = Stretch::Faster(faster);
            clock.pieces.push(Piece { from: at, to: at, top, bottom: top + BREAK, pace: late.pace, kind });
        }
        clock.add(&late, clock.bottom());
        clock
    }

    fn add(&mut self, scale: &Scale<'_>, top: f64) {
        let pace = scale.pace;
        let mut next = top;
        for &(from, to) in scale.gaps {
            let is_left_out = scale.left_out.contains(&from);
            let kind = if is_left_out { Stretch::LeftOut } else { Stretch::Shown };
            let room = if is_left_out { BREAK } else { (to - from) as f64 / pace };
            let together =
                |last: &&mut Piece| (last.kind, kind) == (Stretch::Shown, Stretch::Shown) && last.pace == pace;
            match self.pieces.last_mut().filter(together) {
                Some(last) => (last.to, last.bottom) = (to, next + room),
                None => self.pieces.push(Piece { from, to, top: next, bottom: next + room, pace, kind }),
            }
            next += room;
        }
    }

    /// Place of an instant; of one outside, the end that is nearer.
    pub(in crate::report) fn at(&self, time: Time) -> f64 {
        let nanos = time.as_nanos();
        let Some(last) = self.pieces.last() else { return 0.0 };
        let piece = self.pieces.iter().find(|piece| nanos <= piece.to).unwrap_or(last);
        let done = nanos.clamp(piece.from, piece.to) - piece.from;
        piece.top + (piece.bottom - piece.top) * (done as f64 / (piece.to - piece.from).max(1) as f64)
    }

    pub(in crate::report) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Where it ends.
    pub(in crate::report) fn bottom(&self) -> f64 {
        self.pieces.last().map_or(0.0, |piece| piece.bottom)
    }
}

/// Gaps between instants that are shown on one scale.
struct Scale<'a> {
    gaps: &'a [(u64, u64)],
    /// Beginnings of those that are left out.
    left_out: BTreeSet<u64>,
    /// Time that is left.
    rest: u64,
    /// Nanoseconds in a unit of height.
    pace: f64,
}

impl<'a> Scale<'a> {
    /// The longest gap is left out as long as it takes an eighth of the height, and twice the room of a break; within a span, as
    /// much as that has at most.
    fn new(gaps: &'a [(u64, u64)], spans: &[Span], height: f64) -> Self {
        let mut rest: u64 = gaps.iter().map(|(from, to)| to - from).sum();
        let mut longest = gaps.to_vec();
        longest.sort_by_key(|(from, to)| std::cmp::Reverse(to - from));
        let mut left_out = BTreeSet::new();
        for (from, to) in longest {
            let around = spans.iter().filter(|span| span.from.as_nanos() <= from && span.to.as_nanos() >= to);
            let most = around.map(|span| height * span.most).fold((height / 8.0).max(2.0 * BREAK), f64::max);
            let is_long = (to - from) as f64 * height > rest as f64 * most;
            // What is left has to be something.
            if is_long && left_out.len() < MOST_BREAKS && rest > to - from {
                left_out.insert(from);
                rest -= to - from;
            }
        }
        Self { gaps, left_out, rest, pace: rest.max(1) as f64 / height }
    }

    /// Time of `gaps` that is shown.
    fn shown(&self, gaps: &[(u64, u64)]) -> u64 {
        gaps.iter().filter(|(from, _)| !self.left_out.contains(from)).map(|(from, to)| to - from).sum()
    }
}
