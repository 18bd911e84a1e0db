//! The event queue: a total order over everything that happens.

use std::cmp::Reverse;

use dary_heap::QuaternaryHeap;
use slab::Slab;

use super::Time;

/// What orders events of one instant: a keyed draw, so that equal latencies favour nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TieKey(pub u64);

/// Bits of a slot's number; above them an entry of the heap has its insertion number.
const SLOT_BITS: u32 = 28;

/// Events in the order (time, tie key, insertion number).
///
/// The heap holds small keys only, the events themselves stay in a slab, so that large events are not moved about. Neither
/// allocates once it has been as large as it gets.
#[derive(Debug)]
pub struct EventQueue<E> {
    /// The third number orders by insertion, and says in which slot the event is.
    heap: QuaternaryHeap<Reverse<(Time, TieKey, u64)>>,
    slab: Slab<E>,
    /// Events since the queue was empty.
    inserted: u64,
}

impl<E> Default for EventQueue<E> {
    fn default() -> Self {
        Self { heap: QuaternaryHeap::new(), slab: Slab::new(), inserted: 0 }
    }
}

impl<E> EventQueue<E> {
    /// An empty queue.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts `event` at `time`; among the events of that instant `tie` decides, then who came first.
    ///
    /// # Panics
    /// With 2^28 events waiting, or 2^36 since the queue was empty.
    pub fn push(&mut self, time: Time, tie: TieKey, event: E) {
        let slot = self.slab.insert(event) as u64;
        assert!(slot >> SLOT_BITS == 0, "2^28 events are waiting");
        self.inserted = if self.heap.is_empty() { 0 } else { self.inserted + 1 };
        assert!(self.inserted >> (u64::BITS - SLOT_BITS) == 0, "2^36 events since the queue was empty");
        self.heap.push(Reverse((time, tie, self.inserted << SLOT_BITS | slot)));
    }

    /// Takes the next event with its time.
    pub fn pop(&mut self) -> Option<(Time, E)> {
        let Reverse((time, _, last)) = self.heap.pop()?;
        let slot = last & ((1 << SLOT_BITS) - 1);
        Some((time, self.slab.remove(slot as usize)))
    }

    /// How many events are waiting.
    #[must_use]
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether nothing is waiting.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{DrawKey, Draws};

    #[test]
    fn order_is_time_then_tie_then_insertion() {
        let mut queue = EventQueue::new();
        for (time, tie, name) in [(2, 0, "f"), (1, 9, "d"), (1, 9, "e"), (1, 3, "c"), (0, 7, "b"), (0, 1, "a")] {
            queue.push(Time::from_nanos(time), TieKey(tie), name);
        }
        let order: Vec<_> = std::iter::from_fn(|| queue.pop()).map(|(_, name)| name).collect();
        assert_eq!(order, ["a", "b", "c", "d", "e", "f"]);
    }

    /// Against a plain search for the least, with ties of every kind.
    #[test]
    fn any_sequence_comes_out_in_order() {
        let draw = |at: u32, what| Draws::new(1, 0).draw(DrawKey { site: what, parts: [at, 0, 0, 0, 0] });
        let (mut queue, mut waiting) = (EventQueue::new(), Vec::new());
        for at in 0..3_000 {
            // First it grows, then it shrinks.
            if draw(at, 0).below(3_000) > u64::from(at) {
                let key = (draw(at, 1).below(40), draw(at, 2).below(3), at);
                queue.push(Time::from_nanos(key.0), TieKey(key.1), at);
                waiting.push(key);
            } else {
                let least = waiting.iter().copied().min();
                waiting.retain(|key| Some(*key) != least);
                assert_eq!(queue.pop(), least.map(|(time, _, at)| (Time::from_nanos(time), at)));
            }
            assert_eq!((queue.len(), queue.is_empty()), (waiting.len(), waiting.is_empty()));
        }
    }

    #[test]
    fn slots_are_used_again() {
        let mut queue = EventQueue::new();
        for round in 0..100 {
            queue.push(Time::from_nanos(round), TieKey(0), round);
            assert_eq!(queue.pop(), Some((Time::from_nanos(round), round)));
        }
        assert!(queue.slab.capacity() < 10, "{}", queue.slab.capacity());
        assert!(queue.is_empty());
    }
}
