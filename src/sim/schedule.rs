//! In which order and when a workflow node asks the capability nodes.
//!
//! ```
//! use donsim::sim::schedule::permutation;
//!
//! let first = |number: u32| permutation(&format!("Execute:wf-exec:ref-{number}"), 16)[0];
//! assert!((1..20).any(|number| first(number) != first(0)), "no node is the first of all requests");
//! ```

use aes::Aes128;
use ctr::cipher::{KeyIvInit, StreamCipher};
use sha3::{Digest, Keccak256};

use super::setup::Schedule;
use crate::engine::Span;

/// The delay of every capability node's copy of a request, by its position in the member list.
pub(crate) fn delays(schedule: Schedule, delta_stage: Span, request_id: &str, nodes: u32) -> Vec<Span> {
    match schedule {
        Schedule::AllAtOnce => vec![Span::ZERO; nodes as usize],
        Schedule::OneAtATime => {
            permutation(request_id, nodes).into_iter().map(|stage| delta_stage.times(u64::from(stage))).collect()
        }
    }
}

/// The original's permutation of `0..n` for a request id: the shuffle of Go's `math/rand` over a stream of AES-128-CTR
/// that is keyed by keccak256 of the id.
///
/// ```
/// use donsim::sim::schedule::permutation;
///
/// let mut order = permutation("Execute:wf-exec:ref-1", 7);
/// assert_ne!(order, permutation("Execute:wf-exec:ref-2", 7));
/// order.sort_unstable();
/// assert!(order.into_iter().eq(0..7));
/// ```
#[must_use]
pub fn permutation(request_id: &str, n: u32) -> Vec<u32> {
    let mut stream = KeyStream::new(request_id);
    let mut order: Vec<u32> = (0..n).collect();
    for i in (1..n).rev() {
        let j = stream.below(i + 1);
        order.swap(i as usize, j as usize);
    }
    order
}

struct KeyStream(ctr::Ctr128BE<Aes128>);

impl KeyStream {
    fn new(request_id: &str) -> Self {
        let hash = Keccak256::digest(request_id);
        let mut key = [0; 16];
        key.copy_from_slice(&hash[..16]);
        Self(ctr::Ctr128BE::new(&key.into(), &[0; 16].into()))
    }

    /// The upper half of the next 63-bit value.
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 8];
        self.0.apply_keystream(&mut bytes);
        let value = u64::from_le_bytes(bytes) & (u64::MAX >> 1);
        (value >> 31) as u32
    }

    /// Uniform in `0..bound` without bias, as Go's `int31n` draws it.
    fn below(&mut self, bound: u32) -> u32 {
        let refused = bound.wrapping_neg() % bound;
        loop {
            let product = u64::from(self.next_u32()) * u64::from(bound);
            if product as u32 >= refused {
                return (product >> 32) as u32;
            }
        }
    }
}
