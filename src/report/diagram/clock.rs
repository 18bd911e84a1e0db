//! Time along a picture: one scale for all of it, and breaks where nothing happens.

use std::collections::BTreeSet;

use crate::engine::Time;

/// Height of a break.
pub(in crate::report) const BREAK: f64 = 44.0;
/// Breaks that a picture has at most.
const MOST_BREAKS: usize = 9;

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
    /// Whether it is left out.
    pub(in crate::report) is_break: bool,
}

impl Clock {
    /// Places from `top` down for `instants`, all that is not left out taking `height`; `flights` are spans in which a
    /// message is on its way, which are left out only if they are much longer than all else.
    pub(in crate::report) fn new(instants: &BTreeSet<Time>, flights: &[(Time, Time)], top: f64, height: f64) -> Self {
        let instants: Vec<u64> = instants.iter().map(|at| at.as_nanos()).collect();
        let gaps: Vec<(u64, u64)> = instants.windows(2).map(|pair| (pair[0], pair[1])).collect();
        let (left_out, rest) = left_out(&gaps, flights);
        let mut pieces: Vec<Piece> = Vec::new();
        let mut next = top;
        for (from, to) in gaps {
            let is_break = left_out.contains(&from);
            let room = if is_break { BREAK } else { height * (to - from) as f64 / rest.max(1) as f64 };
            match pieces.last_mut().filter(|last| !last.is_break && !is_break) {
                Some(last) => (last.to, last.bottom) = (to, next + room),
                None => pieces.push(Piece { from, to, top: next, bottom: next + room, is_break }),
            }
            next += room;
        }
        Self { pieces }
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

/// Beginnings of the gaps that are left out, and the time that is left: the longest gap goes as long as it is more than an
/// eighth of what is left with it, or two thirds where a message is on its way.
fn left_out(gaps: &[(u64, u64)], flights: &[(Time, Time)]) -> (BTreeSet<u64>, u64) {
    let mut rest: u64 = gaps.iter().map(|(from, to)| to - from).sum();
    let mut longest = gaps.to_vec();
    longest.sort_by_key(|(from, to)| std::cmp::Reverse(to - from));
    let mut left_out = BTreeSet::new();
    for (from, to) in longest {
        let in_flight = flights.iter().any(|(sent, there)| sent.as_nanos() <= from && there.as_nanos() >= to);
        let (share, of) = if in_flight { (2, 3) } else { (1, 8) };
        let is_long = u128::from(to - from) * of > u128::from(rest) * share;
        // What is left has to be something.
        if is_long && left_out.len() < MOST_BREAKS && rest > to - from {
            left_out.insert(from);
            rest -= to - from;
        }
    }
    (left_out, rest)
}
