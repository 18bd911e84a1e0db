//! Requests that the base run accepted and the new one did not, or later.

use std::collections::BTreeMap;

use crate::report::RequestAt;

use super::rows::{Cell, Pair};
use super::{Change, Comparison};

/// Cells of which one is shown.
const MOST: usize = 3;

/// The first request of a cell that the base run accepted and the new one did not, in the same replicate; where there is none, the
/// one that became slowest.
#[derive(Clone, Debug, PartialEq)]
pub struct Loss {
    /// Values of the cell on the axes.
    pub axes: Vec<String>,
    /// Its ids in the base run and in the new one.
    pub cells: [String; 2],
    /// Number of the replicate.
    pub replicate: u64,
    /// The request and its caller.
    pub request: RequestAt,
    /// Its latency in ns in both runs, where the new one accepted it, too.
    pub slower: Option<[u64; 2]>,
}

/// Losses of the cells in which something became worse, at most [`MOST`]: those first that lost most.
pub(super) fn losses(cells: &[Cell], all: &[Comparison]) -> Vec<Loss> {
    let mut worse: BTreeMap<&[String], f64> = BTreeMap::new();
    for it in all.iter().filter(|it| it.change == Change::Regressed) {
        let lost = if it.metric == "accepted" { it.difference } else { 0.0 };
        let most = worse.entry(&it.axes).or_default();
        *most = lost.min(*most);
    }
    let mut worse: Vec<(&Cell, f64)> =
        cells.iter().filter_map(|cell| Some((cell, *worse.get(&cell.axes[..])?))).collect();
    worse.sort_by(|(_, a), (_, b)| a.total_cmp(b));
    worse.into_iter().filter_map(|(cell, _)| Loss::first(cell).or_else(|| Loss::slowest(cell))).take(MOST).collect()
}

impl Loss {
    fn first(cell: &Cell) -> Option<Self> {
        let (replicate, (request, caller)) = cell.pairs.iter().find_map(|Pair { number, sides: [base, new] }| {
            let is_lost = |row: &&(u32, u32)| base.latencies.contains_key(row) && !base.missed.contains(row);
            Some((*number, *new.missed.iter().find(is_lost)?))
        })?;
        Some(Self::new(cell, replicate, (request, caller), None))
    }

    fn slowest(cell: &Cell) -> Option<Self> {
        let later = |Pair { number, sides: [base, new] }: &Pair| {
            let both = base.latencies.iter().filter_map(|(at, before)| Some((*at, [*before, *new.latencies.get(at)?])));
            both.map(|(at, latencies)| (*number, at, latencies)).collect::<Vec<_>>()
        };
        let growth = |(.., [before, after]): &(u64, (u32, u32), [u64; 2])| after.saturating_sub(*before);
        // Of equals the last is taken, so they come backwards.
        let most = cell.pairs.iter().rev().flat_map(|pair| later(pair).into_iter().rev()).max_by_key(growth)?;
        let (replicate, at, latencies) = Some(most).filter(|most| growth(most) > 0)?;
        Some(Self::new(cell, replicate, at, Some(latencies)))
    }

    fn new(cell: &Cell, replicate: u64, (request, caller): (u32, u32), slower: Option<[u64; 2]>) -> Self {
        let (axes, cells) = (cell.axes.clone(), cell.ids.clone());
        Self { axes, cells, replicate, request: RequestAt { request, caller }, slower }
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::Side;
    use super::*;

    fn side(latencies: &[u64]) -> Side {
        Side { latencies: (0..).map(|caller| (0, caller)).zip(latencies.iter().copied()).collect(), ..Side::default() }
    }

    /// Where nothing was lost, the request that became slowest shows a slower cell.
    #[test]
    fn of_what_was_not_lost_the_slowest_is_shown() {
        let cell = |pairs: [[&[u64]; 2]; 2]| {
            let pairs = (7..).zip(pairs).map(|(number, sides)| Pair { number, sides: sides.map(side) });
            Cell { axes: Vec::new(), ids: ["a".to_owned(), "b".to_owned()], pairs: pairs.collect() }
        };
        let slower = cell([[&[10, 20], &[15, 21]], [&[10, 20], &[12, 30]]]);
        let loss = Loss::slowest(&slower).expect("it is slower");
        assert_eq!((loss.replicate, loss.request.caller, loss.slower), (8, 1, Some([20, 30])));
        assert_eq!(Loss::slowest(&cell([[&[10], &[10]], [&[20], &[15]]])), None);
        let mut lost = slower;
        lost.pairs[0].sides[1].latencies.remove(&(0, 1));
        lost.pairs[0].sides[1].missed.insert((0, 1));
        let loss = Loss::first(&lost).expect("it is lost");
        assert_eq!((loss.replicate, loss.request.caller, loss.slower), (7, 1, None));
    }
}
