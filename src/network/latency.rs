//! How long a message is under way.

use std::sync::Arc;

use crate::engine::{Distribution, Span, Uniform};

/// One-way latency.
#[derive(Clone, Debug, PartialEq)]
pub enum Latency {
    /// The same law on every link, independent draws.
    Distribution(Distribution),
    /// Half of the round trip between the nodes' regions, plus a jitter.
    Regions {
        /// The matrix.
        matrix: Arc<RegionMatrix>,
        /// Added to every message.
        jitter: Distribution,
    },
}

/// Round-trip times between regions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionMatrix {
    /// Names of the regions.
    pub regions: Vec<String>,
    /// Round-trip time by sender, then receiver; a square of `regions.len()`.
    pub round_trip: Vec<Vec<Span>>,
}

impl RegionMatrix {
    /// The row of a region.
    #[must_use]
    pub fn position(&self, region: &str) -> Option<usize> {
        self.regions.iter().position(|name| name == region)
    }

    fn one_way(&self, from: &str, to: &str) -> Span {
        let round_trip = self.position(from).zip(self.position(to)).map(|(row, column)| self.round_trip[row][column]);
        round_trip.map_or(Span::ZERO, |span| Span::from_nanos(span.as_nanos() / 2))
    }
}

impl Latency {
    /// The latency that belongs to a draw, between two regions (not looked at without a matrix).
    pub(super) fn sample(&self, from: &str, to: &str, uniform: Uniform) -> Span {
        match self {
            Self::Distribution(distribution) => distribution.sample(uniform),
            Self::Regions { matrix, jitter } => matrix.one_way(from, to) + jitter.sample(uniform),
        }
    }
}
