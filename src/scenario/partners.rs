//! Which cells of a sweep differ in nothing but one axis.

use std::collections::BTreeMap;

use super::cells::Cells;
use super::sweep::Sweep;

/// Every cell that has not the first value of the axis `key`, with the cell that has it and is equal on all other axes,
/// in the order of the plan. Cells without such a partner are left out.
pub(super) fn against_first(sweep: &Sweep, cells: &Cells, key: &str) -> Vec<(u64, u64)> {
    let Some(at) = sweep.axes.iter().position(|axis| axis.axis.key == key) else { return Vec::new() };
    let Some(first) = sweep.axes[at].shown().next() else { return Vec::new() };
    let mut firsts = BTreeMap::new();
    let mut others = Vec::new();
    for cell in 0..cells.len() {
        let mut values = sweep.values(cells.get(cell));
        let value = values.remove(at);
        let rest: Vec<String> = values.into_iter().map(|value| value.text).collect();
        if value.text == first.text {
            firsts.entry(rest).or_insert(cell);
        } else {
            others.push((cell, rest));
        }
    }
    others.into_iter().filter_map(|(cell, rest)| Some((cell, *firsts.get(&rest)?))).collect()
}
