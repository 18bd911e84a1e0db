//! The chain as capability nodes see it through their RPC providers, and what a poll of a request gives.

use crate::engine::{Draws, Span, Time};
use crate::sim::setup::{ObservationSetup, Read};
use crate::sim::site::Site;

use super::value::Value;

/// Height of the chain when a replicate begins.
const BASE_HEIGHT: u64 = 20_000_000;
/// Blocks before a replicate begins that a slow provider may not have yet.
const HISTORY: u64 = 32;

/// The chain of a replicate. Blocks are counted from [`HISTORY`] blocks before its beginning.
#[derive(Debug)]
pub(in crate::sim) struct Chain<'a> {
    setup: &'a ObservationSetup,
    draws: Draws,
    /// Time from the beginning of the replicate to its first block.
    phase: Span,
    /// By capability node, its provider.
    providers: Vec<u32>,
}

impl<'a> Chain<'a> {
    pub(in crate::sim) fn new(setup: &'a ObservationSetup, nodes: u32, draws: Draws) -> Self {
        let ranked = Site::ProviderRank.ranked(&draws, nodes, |node| [node, 0, 0, 0, 0]);
        let mut providers = vec![0; nodes as usize];
        for (rank, node) in (0..).zip(ranked) {
            providers[node as usize] = rank % setup.providers;
        }
        let period = setup.block_time.as_nanos().max(1);
        let phase = Span::from_nanos(Site::BlockPhase.draw(&draws, [0; 5]).below(period));
        Self { setup, draws, phase, providers }
    }

    /// Height that a node's observation reports.
    pub(super) fn height(&self, node: u32, now: Time) -> u64 {
        BASE_HEIGHT - HISTORY + u64::from(self.blocks(node, now))
    }

    /// Blocks that a node's provider has seen.
    fn blocks(&self, node: u32, now: Time) -> u32 {
        let period = self.setup.block_time.as_nanos();
        if period == 0 {
            return 0;
        }
        let now = now + self.setup.block_time.times(HISTORY);
        let latest = now.since(Time::ZERO + self.phase).as_nanos() / period + 1;
        let provider = self.providers[node as usize];
        let is_seen = |block: &u64| {
            let mined = self.phase + Span::from_nanos(period).times(block - 1);
            let lag = self.setup.lag.sample(Site::BlockLag.draw(&self.draws, [provider, *block as u32, 0, 0, 0]));
            Time::ZERO + mined + lag <= now
        };
        (1..=latest).rev().find(is_seen).unwrap_or_default() as u32
    }

    /// Value that poll number `poll` of a request gives a node when its answer comes at `now`; `height` is that which the
    /// nodes have agreed on. `None` when the provider fails, or has not reached that height.
    pub(in crate::sim) fn read(
        &self,
        node: u32,
        request: u32,
        poll: u32,
        now: Time,
        height: Option<u64>,
    ) -> Option<Value> {
        let (setup, draws) = (self.setup, &self.draws);
        let provider = self.providers[node as usize];
        let key = [request, provider, poll, 0, 0];
        if setup.failures > 0.0 && Site::RpcFailure.draw(draws, key).happens(setup.failures) {
            return None;
        }
        let block = match setup.read {
            Read::Pinned => 0,
            Read::Latest => self.blocks(node, now),
            Read::AgreedHeight => {
                let wanted = (height? + HISTORY).saturating_sub(BASE_HEIGHT) as u32;
                (self.blocks(node, now) >= wanted).then_some(wanted)?
            }
        };
        let happens =
            |site: Site, parts, probability| probability > 0.0 && site.draw(draws, parts).happens(probability);
        if happens(Site::RpcError, [request, 0, 0, 0, 0], setup.errors) {
            return Some(Value::Failure);
        }
        if happens(Site::Differs, [request, node, 0, 0, 0], setup.differ) {
            return Some(Value::Own { node, number: 0 });
        }
        let changes = |block: &u32| happens(Site::ChainChange, [request, *block, 0, 0, 0], setup.change);
        Some(Value::Response { version: (1..=block).filter(changes).count() as u32 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Distribution;

    fn setup() -> ObservationSetup {
        ObservationSetup {
            block_time: Span::from_secs(2),
            change: 0.5,
            read: Read::Latest,
            ..ObservationSetup::default()
        }
    }

    fn at(millis: u64) -> Time {
        Time::ZERO + Span::from_millis(millis)
    }

    #[test]
    fn the_head_moves_and_lags_by_provider() {
        let still = ObservationSetup { providers: 2, ..setup() };
        let chain = Chain::new(&still, 4, Draws::new(1, 0));
        let heads: Vec<u32> = (0..20).map(|second| chain.blocks(0, at(1000 * second))).collect();
        assert!(heads.windows(2).all(|pair| pair[0] <= pair[1] && pair[1] - pair[0] <= 1));
        assert!((41..=42).contains(&heads[19]), "{heads:?}");
        let lagging = ObservationSetup { lag: Distribution::constant(Span::from_secs(6)), ..still };
        let late = Chain::new(&lagging, 4, Draws::new(1, 0));
        assert_eq!(late.blocks(0, at(19_000)), chain.blocks(0, at(13_000)));
        // Nodes of one provider see the same, and providers have as many nodes each.
        assert_eq!((0..4).filter(|node| chain.providers[*node] == 0).count(), 2);
    }

    #[test]
    fn values_change_with_blocks_and_are_the_same_at_the_same_block() {
        let setup = setup();
        let chain = Chain::new(&setup, 4, Draws::new(1, 0));
        let versions: Vec<Value> =
            (0..60).filter_map(|second| chain.read(second % 4, 0, 0, at(1000 * u64::from(second)), None)).collect();
        assert!(versions.len() == 60 && versions.windows(2).all(|pair| pair[0] <= pair[1]));
        assert!(versions[0] != versions[59]);
        let pinned = ObservationSetup { read: Read::Pinned, ..setup };
        let chain = Chain::new(&pinned, 4, Draws::new(1, 0));
        assert_eq!(chain.read(3, 0, 7, at(50_000), None), Some(Value::Response { version: 0 }));
    }

    #[test]
    fn an_agreed_height_has_to_be_reached() {
        let agreed = ObservationSetup { read: Read::AgreedHeight, ..setup() };
        let chain = Chain::new(&agreed, 4, Draws::new(1, 0));
        assert_eq!(chain.read(0, 0, 0, at(9_000), None), None);
        let height = chain.height(0, at(9_000));
        let values = [9_000, 20_000].map(|millis| chain.read(1, 0, 1, at(millis), Some(height)));
        assert!(values[0].is_some() && values[0] == values[1]);
        assert_eq!(chain.read(0, 0, 0, at(9_000), Some(height + 1)), None);
    }

    #[test]
    fn failures_errors_and_differences_are_drawn() {
        let all =
            |errors, failures, differ| ObservationSetup { errors, failures, differ, ..ObservationSetup::default() };
        let read = |setup: &ObservationSetup| Chain::new(setup, 4, Draws::new(1, 0)).read(2, 0, 0, at(1), None);
        assert_eq!(read(&all(1.0, 0.0, 0.0)), Some(Value::Failure));
        assert_eq!(read(&all(0.0, 1.0, 0.0)), None);
        assert_eq!(read(&all(0.0, 0.0, 1.0)), Some(Value::Own { node: 2, number: 0 }));
        assert_eq!(read(&all(0.0, 0.0, 0.0)), Some(Value::Response { version: 0 }));
    }
}
