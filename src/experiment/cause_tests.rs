//! Is every request accounted for? Those that are accepted, those that have a cause of failure, and what is neither.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::AtomicBool;

use crate::scenario::Scenario;
use crate::sim::{FailureCause, Outcome, Row, simulate};

use super::{Block, CellSummary, Metric, Observer, Options, RunSummary, run};

/// Something goes wrong in most ways: messages get lost, holders lie in unison or crash callers, one caller is faulty.
const TROUBLE: &str = r#"
schema = 1
name = "trouble"
[run]
replicates = 60
[capability_don]
nodes = 7
payload_holders = "f+1"
[workflow_don]
nodes = 4
[request]
payload_size = "64B"
count = 2
[[faults.caller_silent]]
nodes = 1
[[faults.decimal_without_coefficient]]
nodes = 1
[[faults.wrong_payload]]
nodes = 3
collude = true
[safety]
expect = "violated"
[sweep.grid]
network.loss = [0, 0.3]
aggregator.rule_set = ["identical", "attested_early_fail"]
"#;

/// Keeps every row.
#[derive(Default)]
struct Rows(BTreeMap<String, Vec<Row>>);

impl Observer for Rows {
    fn handle_block(&mut self, block: &Block<'_>) -> std::io::Result<()> {
        let rows = block.replicates.iter().flatten().flat_map(|replicate| replicate.rows.clone());
        self.0.entry(block.cell.id.clone()).or_default().extend(rows);
        Ok(())
    }
}

fn trouble() -> (RunSummary, Rows) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trouble.toml");
    std::fs::write(&path, TROUBLE).unwrap();
    let scenario = Scenario::load(&path, &[]).unwrap_or_else(|findings| panic!("{findings}"));
    let (stop, mut rows) = (AtomicBool::new(false), Rows::default());
    let options = Options::new(NonZeroUsize::MIN, &stop);
    let findings = run(&scenario, options, &simulate, &mut rows).unwrap();
    (findings.summary, rows)
}

fn rate(cell: &CellSummary, metric: Metric) -> f64 {
    cell.estimate(metric).and_then(|estimate| estimate.value).unwrap()
}

#[test]
fn shares_of_ends_add_up_to_one() {
    let (summary, rows) = trouble();
    let mut others = 0;
    for cell in &summary.cells {
        let honest: Vec<&Row> = rows.0[&cell.id].iter().filter(|row| row.outcome != Outcome::Byzantine).collect();
        assert_eq!(honest.len(), 60 * 2 * 3);
        let share =
            |is_it: &dyn Fn(&Row) -> bool| honest.iter().filter(|row| is_it(row)).count() as f64 / honest.len() as f64;
        for cause in &cell.causes {
            let counted = share(&|row| row.unreachable.is_some_and(|unreachable| unreachable.cause == cause.cause));
            assert_eq!(cause.share, Some(counted), "{cause:?}");
            assert!(cause.ci_low.unwrap() <= counted && counted <= cause.ci_high.unwrap(), "{cause:?}");
        }
        // A wrong response that came while there was hope, and a node that died of another request's answer.
        let other = |row: &Row| matches!(row.outcome, Outcome::AcceptedWrong | Outcome::Crashed);
        let neither = share(&|row| other(row) && row.unreachable.is_none());
        others += usize::from(neither > 0.0);
        let causes: f64 = cell.causes.iter().filter_map(|summary| summary.share).sum();
        let sum = rate(cell, Metric::Accepted) + rate(cell, Metric::AcceptedTainted) + causes + neither;
        assert!((sum - 1.0).abs() < 1e-9, "{}: {sum}", cell.id);
    }
    assert!(summary.causes().len() >= 3 && others > 0, "{:?}, {others}", summary.causes());
}

#[test]
fn reasons_of_a_run_are_those_of_its_cells() {
    let (summary, _) = trouble();
    let occurring = |cell: &CellSummary| cell.causes.iter().filter(|cause| cause.share > Some(0.0)).count();
    assert!(summary.cells.iter().all(|cell| cell.causes.len() >= FailureCause::SINGLE.len()));
    assert!(summary.cells.iter().map(occurring).max() <= Some(summary.causes().len()));
    for cell in &summary.cells {
        let most = cell.causes.iter().filter_map(|cause| cause.share).fold(0.0, f64::max);
        assert_eq!(cell.main_cause().map(|(_, share)| share), (most > 0.0).then_some(most));
    }
}

#[test]
fn the_first_of_equally_frequent_reasons_is_named() {
    let (mut summary, _) = trouble();
    let cell = &mut summary.cells[0];
    cell.causes.iter_mut().for_each(|cause| cause.share = Some(0.0));
    assert_eq!(cell.main_cause(), None);
    cell.causes[2..5].iter_mut().for_each(|cause| cause.share = Some(0.25));
    assert_eq!(cell.main_cause(), Some((FailureCause::SINGLE[2], 0.25)));
}
