//! Which combinations of a sweep are cells, and which cells differ in nothing but one axis.

use std::collections::BTreeMap;

use super::sweep::Sweep;

/// Some combinations of a sweep, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cells {
    /// So many, all of them.
    All(u64),
    These(Vec<u32>),
}

impl Cells {
    pub fn len(&self) -> u64 {
        match self {
            Self::All(count) => *count,
            Self::These(chosen) => chosen.len() as u64,
        }
    }

    /// Cell number `at`; numbers wrap.
    pub fn get(&self, at: u64) -> u64 {
        let at = at % self.len().max(1);
        match self {
            Self::All(_) => at,
            Self::These(chosen) => chosen.get(at as usize).copied().map_or(0, u64::from),
        }
    }

    /// The number of the cell that is this combination, if it is one.
    pub fn number_of(&self, index: u64) -> Option<u64> {
        match self {
            Self::All(count) => Some(index).filter(|index| index < count),
            Self::These(chosen) => {
                let index = u32::try_from(index).ok()?;
                chosen.binary_search(&index).ok().map(|at| at as u64)
            }
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = u64> {
        (0..self.len()).map(|at| self.get(at))
    }

    /// The combinations, unless it is all of them.
    pub fn chosen(&self) -> Option<&[u32]> {
        match self {
            Self::All(_) => None,
            Self::These(chosen) => Some(chosen),
        }
    }
}

/// Every cell that has not the first value of the axis `key`, with the cell that has it and is equal on all other axes,
/// in the order of the plan. Cells without such a partner are left out.
pub(super) fn against_first(sweep: &Sweep, cells: &Cells, key: &str) -> Vec<(u64, u64)> {
    let Some(at) = sweep.axes.iter().position(|axis| axis.target.dotted == key) else { return Vec::new() };
    let first = sweep.axes[at].shown().next().map(|value| &value.text);
    let (mut firsts, mut others) = (BTreeMap::new(), Vec::new());
    for (cell, index) in (0..).zip(cells.iter()) {
        let rest = sweep.texts(index, |axis| axis != at);
        if sweep.value(index, at).map(|value| &value.text) == first {
            firsts.entry(rest).or_insert(cell);
        } else {
            others.push((cell, rest));
        }
    }
    others.into_iter().filter_map(|(cell, rest)| Some((cell, *firsts.get(&rest)?))).collect()
}
