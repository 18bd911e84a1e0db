//! Virtual time, the event queue, keyed randomness and samplers.
//!
//! This room knows nothing of DONs: it orders events and turns random bits into numbers, the same numbers on every
//! machine. Nothing here reads a clock, allocates by hash order or calls the platform's mathematics.

mod cipher;
mod distribution;
mod queue;
mod random;
mod time;

pub use distribution::{Distribution, DistributionError, normal_quantile};
pub use queue::{EventQueue, TieKey};
pub use random::{DrawKey, Draws, Uniform};
pub use time::{Span, Time, Window};
