//! Limits of the transport: what a stream takes and a receiver hears.
//!
//! A stream is all that one node sends another. What is too large is dropped before it leaves; what exceeds the sender's rates
//! waits; what exceeds the receiver's rate is dropped there, silently.

use std::collections::BTreeMap;

use super::Node;
use crate::engine::{Span, Time};

/// Limits of every stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransportLimits {
    /// Bytes of a message, at most.
    pub message: u64,
    /// Messages a second that a sender sends a receiver.
    pub send: Rate,
    /// Bytes a second that a sender sends a receiver.
    pub send_bytes: Rate,
    /// Messages a second that a receiver takes of a sender.
    pub receive: Rate,
}

/// A rate with bursts: a bucket that holds `burst` and is filled by `per_second`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Filled in a second; at least 1.
    pub per_second: u64,
    /// Held at most.
    pub burst: u64,
}

/// A bucket in use, counted in the time that fills it: nanoseconds until it is full again.
#[derive(Clone, Copy, Debug, Default)]
struct Bucket {
    full_at: Time,
}

impl Bucket {
    /// Instant from which `amount` is there, taken then.
    fn take(&mut self, now: Time, amount: u64, rate: Rate) -> Time {
        let ready = self.ready(now, amount, rate);
        self.full_at = self.full_at.max(ready) + time_of(amount, rate);
        ready
    }

    /// Instant from which `amount` is there.
    fn ready(self, now: Time, amount: u64, rate: Rate) -> Time {
        // What is more than a burst passes a full bucket.
        let spare = time_of(rate.burst.saturating_sub(amount), rate);
        now.max(Time::ZERO + (self.full_at.since(Time::ZERO + spare)))
    }
}

/// Time that fills a bucket by `amount`.
fn time_of(amount: u64, rate: Rate) -> Span {
    let nanos = u128::from(amount) * 1_000_000_000 / u128::from(rate.per_second.max(1));
    Span::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

/// All streams of a replicate.
#[derive(Clone, Debug, Default)]
pub(super) struct Streams(BTreeMap<(Node, Node), Stream>);

#[derive(Clone, Debug, Default)]
struct Stream {
    sent: Bucket,
    sent_bytes: Bucket,
    received: Bucket,
}

impl Streams {
    /// Instant in which a message goes to the uplink; `None` for one that is too large.
    pub(super) fn send(
        &mut self,
        now: Time,
        from: Node,
        to: Node,
        bytes: u64,
        limits: &TransportLimits,
    ) -> Option<Time> {
        if bytes > limits.message {
            return None;
        }
        let stream = self.0.entry((from, to)).or_default();
        let leaves = stream.sent.take(now, 1, limits.send);
        Some(stream.sent_bytes.take(leaves, bytes, limits.send_bytes))
    }

    /// Whether a receiver takes a message.
    pub(super) fn receive(&mut self, now: Time, from: Node, to: Node, limits: &TransportLimits) -> bool {
        let received = &mut self.0.entry((from, to)).or_default().received;
        let takes = received.ready(now, 1, limits.receive) <= now;
        if takes {
            received.take(now, 1, limits.receive);
        }
        takes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Node = Node::Workflow(0);
    const B: Node = Node::Capability(0);

    fn limits() -> TransportLimits {
        TransportLimits {
            message: 1_000,
            send: Rate { per_second: 10, burst: 3 },
            send_bytes: Rate { per_second: 10_000, burst: 2_000 },
            receive: Rate { per_second: 2, burst: 2 },
        }
    }

    fn ms(millis: u64) -> Time {
        Time::ZERO + Span::from_millis(millis)
    }

    #[test]
    fn a_burst_passes_and_the_rest_waits() {
        let mut streams = Streams::default();
        let mut leaves = |now, bytes| streams.send(now, A, B, bytes, &limits());
        assert_eq!([0; 5].map(|_| leaves(ms(0), 1)), [0, 0, 0, 100, 200].map(|millis| Some(ms(millis))));
        // A second later two of the three are there again, and after 0.1 s more the third.
        assert_eq!([0; 4].map(|_| leaves(ms(400), 1)), [400, 400, 500, 600].map(|millis| Some(ms(millis))));
        assert_eq!(leaves(ms(5_000), 1_001), None);
    }

    #[test]
    fn bytes_are_limited_beside_messages() {
        let mut streams = Streams::default();
        let mut leaves = |now, bytes| streams.send(now, A, B, bytes, &limits());
        assert_eq!([0; 3].map(|_| leaves(ms(0), 1_000)), [0, 0, 100].map(|millis| Some(ms(millis))));
        // Another stream has buckets of its own.
        assert_eq!(streams.send(ms(0), B, A, 1_000, &limits()), Some(ms(0)));
    }

    #[test]
    fn a_receiver_drops_what_comes_too_fast() {
        let mut streams = Streams::default();
        let mut takes = |now| streams.receive(now, A, B, &limits());
        assert_eq!(
            [ms(0), ms(1), ms(2), ms(499), ms(500), ms(501), ms(1_000)].map(&mut takes),
            [true, true, false, false, true, false, true]
        );
    }
}
