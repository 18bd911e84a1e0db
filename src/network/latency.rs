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

    fn one_way(&self, row: usize, column: usize) -> Span {
        Span::from_nanos(self.round_trip[row][column].as_nanos() / 2)
    }
}

impl Latency {
    /// Row of a region in the matrix; `None` without a matrix.
    pub(super) fn row(&self, region: &str) -> Option<usize> {
        match self {
            Self::Distribution(_) => None,
            Self::Regions { matrix, .. } => matrix.position(region),
        }
    }

    /// The latency that belongs to a draw, between two rows of the matrix.
    pub(super) fn sample(&self, ends: Option<(usize, usize)>, uniform: Uniform) -> Span {
        match self {
            Self::Distribution(distribution) => distribution.sample(uniform),
            Self::Regions { matrix, jitter } => {
                ends.map_or(Span::ZERO, |(from, to)| matrix.one_way(from, to)) + jitter.sample(uniform)
            }
        }
    }
}
