//! The event queue: a total order over everything that happens.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Time;

/// What orders events of one instant: a keyed draw, so that equal latencies favour nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TieKey(pub u64);

/// Events in the order (time, tie key, insertion number).
///
/// The heap holds small keys only, the events themselves stay in a slab, so that large events are not moved about.
#[derive(Debug)]
pub struct EventQueue<E> {
    heap: BinaryHeap<Reverse<(Time, TieKey, u64, usize)>>,
    slab: Vec<Option<E>>,
    free: Vec<usize>,
    inserted: u64,
}

impl<E> Default for EventQueue<E> {
    fn default() -> Self {
        Self { heap: BinaryHeap::new(), slab: Vec::new(), free: Vec::new(), inserted: 0 }
    }
}

impl<E> EventQueue<E> {
    /// An empty queue.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts `event` at `time`; among the events of that instant `tie` decides, then who came first.
    pub fn push(&mut self, time: Time, tie: TieKey, event: E) {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slab.push(None);
            self.slab.len() - 1
        });
        self.slab[slot] = Some(event);
        self.heap.push(Reverse((time, tie, self.inserted, slot)));
        self.inserted += 1;
    }

    /// Takes the next event with its time.
    pub fn pop(&mut self) -> Option<(Time, E)> {
        let Reverse((time, _, _, slot)) = self.heap.pop()?;
        self.free.push(slot);
        self.slab[slot].take().map(|event| (time, event))
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

    #[test]
    fn order_is_time_then_tie_then_insertion() {
        let mut queue = EventQueue::new();
        for (time, tie, name) in [(2, 0, "f"), (1, 9, "d"), (1, 9, "e"), (1, 3, "c"), (0, 7, "b"), (0, 1, "a")] {
            queue.push(Time::from_nanos(time), TieKey(tie), name);
        }
        let order: Vec<_> = std::iter::from_fn(|| queue.pop()).map(|(_, name)| name).collect();
        assert_eq!(order, ["a", "b", "c", "d", "e", "f"]);
    }

    #[test]
    fn slots_are_used_again() {
        let mut queue = EventQueue::new();
        for round in 0..100 {
            queue.push(Time::from_nanos(round), TieKey(0), round);
            assert_eq!(queue.pop(), Some((Time::from_nanos(round), round)));
        }
        assert_eq!(queue.slab.len(), 1);
        assert!(queue.is_empty());
    }
}
