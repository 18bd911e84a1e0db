//! The network between the DONs as a sans-IO value.
//!
//! A message passes it in two calls, each of which says when the next thing happens: [`Network::handle_send`] takes it
//! at the sender's uplink and says when its copies reach the receiver, [`Network::handle_arrival`] takes a copy there
//! and says when it is through the downlink. The caller keeps the clock and hands the randomness in.

mod cuts;
mod latency;
mod limits;
mod links;

pub use cuts::{Barrier, Cut, NodeSet, Partition};
pub use latency::{Latency, RegionMatrix};
pub use limits::{Rate, TransportLimits};
pub use links::{Chance, LinkSetup, Network, NetworkSetup, Placement, Sent};

/// A node of one of the two DONs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    /// A caller.
    Workflow(u32),
    /// A callee.
    Capability(u32),
}

impl Node {
    /// A number that does not change when either DON grows.
    #[must_use]
    pub const fn key(self) -> u32 {
        match self {
            Self::Workflow(at) => at,
            Self::Capability(at) => at | 1 << 31,
        }
    }

    /// Its position in its own DON.
    #[must_use]
    pub const fn position(self) -> usize {
        match self {
            Self::Workflow(at) | Self::Capability(at) => at as usize,
        }
    }
}

impl std::fmt::Display for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Workflow(at) => write!(f, "workflow.{at}"),
            Self::Capability(at) => write!(f, "capability.{at}"),
        }
    }
}
