//! Everything that a node wants done after it has handled an input: timers set, things sent, happenings told.

use crate::engine::Time;
use crate::network::Node;

use super::happening::What;

/// One thing that a node wants done, in the order in which it wants it. `T` are its timers, `S` what it sends.
pub(super) enum Output<T, S> {
    /// Wake it at that time.
    Timer(Time, T),
    /// Send this.
    Send(S),
    /// Tell whoever listens; `request` is the one that it belongs to, if it belongs to one.
    Happened { request: Option<u32>, peer: Option<Node>, what: What },
}

/// Outputs of a node. One that is drained keeps its memory for the next.
pub(super) struct Outbox<T, S>(Vec<Output<T, S>>);

impl<T, S> Default for Outbox<T, S> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, S> Outbox<T, S> {
    pub(super) fn timer(&mut self, at: Time, timer: T) {
        self.0.push(Output::Timer(at, timer));
    }

    pub(super) fn send(&mut self, it: S) {
        self.0.push(Output::Send(it));
    }

    pub(super) fn tell(&mut self, request: impl Into<Option<u32>>, peer: Option<Node>, what: What) {
        self.0.push(Output::Happened { request: request.into(), peer, what });
    }

    /// Outputs so far, in their order.
    pub(super) fn drain(&mut self) -> std::vec::Drain<'_, Output<T, S>> {
        self.0.drain(..)
    }
}
