//! Sweeps of many cells: what is kept of them, and how many there may be.

use super::*;

/// 100 x 100 combinations.
fn many(condition: &str) -> String {
    let range = |to: &str| format!("{{ from = 0, to = {to}, step = 0.001 }}");
    format!(
        "[run]\nreplicates = 1000\n[sweep]\n{condition}\n[sweep.grid]\nnetwork.loss = {}\nnetwork.duplication = {}\n",
        range("0.099"),
        range("0.099")
    )
}

/// Of 10,000 cells nothing is kept, or their numbers when a condition chose them; each is made when it is asked for.
#[test]
fn cells_are_made_and_not_kept() {
    let all = plan(&many(""));
    assert_eq!((all.cell_count(), all.kept_bytes()), (10_000, 0));
    let some = plan(&many("where = 'network.loss < 0.05 or network.duplication < network.loss'"));
    assert_eq!((some.cell_count(), some.kept_bytes()), (5_000 + (50..100).sum::<u64>(), 4 * some.cell_count()));
    let ids: BTreeSet<_> = (0..some.cell_count()).map(|index| some.cell(index).id).collect();
    assert_eq!(ids.len() as u64, some.cell_count());
}

#[test]
fn a_condition_may_choose_among_many_combinations() {
    let axis = |key: &str, points: u32| format!("{key} = {{ from = 1, to = {points}, step = 1 }}\n");
    let grid =
        format!("[sweep.grid]\n{}{}", axis("request.count", 1_000), axis("capability_don.payload_holders", 1_000));
    let few = plan(&format!("[capability_don]\nnodes = 1000\n[sweep]\nwhere = 'request.count > 999'\n{grid}"));
    assert_eq!(few.cell_count(), 1_000);
    let without = errors(&grid).to_string();
    assert!(without.contains("too many cells: 1000 x 1000") && without.contains("at most 100000"), "{without}");
    let more = format!("[sweep]\nwhere = 'request.count > 999'\n{grid}{}", axis("aggregator.min_responses", 2));
    let more = errors(&more).to_string();
    assert!(more.contains("too many cells: 1000 x 1000 x 2") && more.contains("at most 1000000"), "{more}");
}
