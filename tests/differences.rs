//! Cells are compared with their partner under the first rule set, replicate by replicate.

#[path = "common/kept.rs"]
mod kept;

use donsim::experiment::{CellSummary, Difference, Metric};
use donsim::sim::{Outcome, Replicate, Row, simulate};
use kept::{Kept, kept};

/// Lost answers decide what is accepted, and are the same for all rule sets.
const LOSS: &str = "[run]\nreplicates = 150\n[capability_don]\nnodes = 7\n[workflow_don]\nnodes = 2\nf = 0\n\
    [request]\npayload_size = \"64B\"\ncount = 2\n";

const SWEEP: &str = "[sweep.grid]\nnetwork.response.loss = [0.4, 0.7]\n\
    aggregator.rule_set = [\"attested\", \"attested_strict\", \"identical\"]\n";

/// The cell with this loss and rule set.
fn cell<'a>(kept: &'a Kept, values: [&str; 2]) -> &'a CellSummary {
    let fits = |cell: &&CellSummary| cell.axes.iter().map(|value| value.text.as_str()).eq(values);
    kept.findings.summary.cells.iter().find(fits).unwrap_or_else(|| panic!("no cell {values:?}"))
}

fn difference(cell: &CellSummary, metric: Metric) -> &Difference {
    cell.differences.iter().find(|difference| difference.metric == metric).unwrap_or_else(|| panic!("{}", cell.id))
}

/// What a metric comes to in a replicate of `LOSS`, of 2 requests and 2 honest nodes.
fn own(metric: Metric, replicate: &Replicate) -> f64 {
    let rows = |is: &dyn Fn(&Row) -> bool| replicate.rows.iter().filter(|row| is(row)).count() as f64;
    let sum = |of: &dyn Fn(&Row) -> u64| replicate.rows.iter().map(of).sum::<u64>() as f64;
    match metric {
        Metric::Accepted => rows(&|row| row.outcome == Outcome::Accepted) / 4.0,
        Metric::AcceptedWrong => rows(&|row| row.outcome == Outcome::AcceptedWrong) / 4.0,
        Metric::Failed => rows(&|row| row.outcome == Outcome::Failed) / 4.0,
        Metric::Expired => rows(&|row| row.outcome == Outcome::Expired) / 4.0,
        Metric::Served => rows(&|row| row.served) / 4.0,
        Metric::TotalBytes => sum(&|row| row.bytes.total()) / 2.0,
        Metric::SignaturesVerified => sum(&|row| row.signatures_verified) / 2.0,
        other => panic!("{}", other.name()),
    }
}

/// The mean over replicates of the difference of two cells, by their places in the plan.
fn mean_difference(kept: &Kept, metric: Metric, of: u64, minus: u64) -> f64 {
    let pairs = kept.replicates[&of].iter().zip(&kept.replicates[&minus]);
    let differences: Vec<f64> = pairs.map(|((a, _), (b, _))| own(metric, a) - own(metric, b)).collect();
    differences.iter().sum::<f64>() / differences.len() as f64
}

#[test]
fn every_cell_is_compared_with_the_first_rule_set_in_its_weather() {
    let kept = kept(&format!("{LOSS}{SWEEP}"), &simulate);
    for (loss, first) in [("0.4", 0), ("0.7", 3)] {
        assert_eq!(cell(&kept, [loss, "attested"]).differences, []);
        for (rule_set, at) in [("attested_strict", first + 1), ("identical", first + 2)] {
            let one = cell(&kept, [loss, rule_set]);
            assert_eq!(one.differences.len(), 7);
            for difference in &one.differences {
                let metric = difference.metric;
                assert_eq!((difference.versus.as_str(), difference.n), (kept.scenario.cell(first).id.as_str(), 150));
                let expected = mean_difference(&kept, metric, at, first);
                let value = difference.value.unwrap();
                assert!((value - expected).abs() < 1e-9, "{}: {value}, {expected}", metric.name());
                assert!(difference.ci_low <= difference.value && difference.value <= difference.ci_high);
                assert!(difference.unpaired_low <= difference.value && difference.value <= difference.unpaired_high);
                let apart = |cell: &CellSummary| cell.estimate(metric).and_then(|estimate| estimate.value).unwrap();
                let between = apart(one) - apart(cell(&kept, [loss, "attested"]));
                assert!((value - between).abs() < 1e-9, "{}: {value}, {between}", metric.name());
            }
        }
        // Something is to be seen.
        assert!(difference(cell(&kept, [loss, "identical"]), Metric::Accepted).ci_high < Some(0.0));
    }
}

fn widths(difference: &Difference) -> [f64; 2] {
    [
        difference.ci_high.unwrap() - difference.ci_low.unwrap(),
        difference.unpaired_high.unwrap() - difference.unpaired_low.unwrap(),
    ]
}

/// Without liars the attested rule sets accept the same; what they accept depends on the weather alone.
#[test]
fn what_both_cells_have_in_common_drops_out() {
    let kept = kept(&format!("{LOSS}{SWEEP}"), &simulate);
    let [paired, unpaired] = widths(difference(cell(&kept, ["0.7", "attested_strict"]), Metric::Accepted));
    assert!(unpaired > 2.0 * paired, "{paired} {unpaired}");
    // Rule sets divide the same bytes: there is nothing to tell apart, however much they vary.
    let [paired, unpaired] = widths(difference(cell(&kept, ["0.4", "identical"]), Metric::TotalBytes));
    assert!(paired == 0.0 && unpaired > 0.0, "{paired} {unpaired}");
}

#[test]
fn a_partner_may_come_later_and_in_another_group() {
    // Of twelve cells those from 1 to 6 have partners: the first has cell 0, the others those from 7 on.
    let rule_sets = [["\"identical\""; 1].as_slice(), &["\"attested\""; 6], &["\"identical\""; 5]].concat().join(", ");
    let holders = "2, 2, 3, 4, 5, 6, 7, 3, 4, 5, 6, 7";
    let zip =
        format!("[sweep.zip]\naggregator.rule_set = [{rule_sets}]\ncapability_don.payload_holders = [{holders}]\n");
    let text = format!("{}{zip}", LOSS.replace("150", "20"));
    let kept = kept(&text, &simulate);
    for (number, cell) in (0..).zip(&kept.findings.summary.cells) {
        if !(1..7).contains(&number) {
            assert_eq!(cell.differences, []);
            continue;
        }
        let partner = if number == 1 { 0 } else { number + 5 };
        let accepted = difference(cell, Metric::Accepted);
        assert_eq!(accepted.versus, kept.scenario.cell(partner).id);
        let expected = mean_difference(&kept, Metric::Accepted, number, partner);
        assert!((accepted.value.unwrap() - expected).abs() < 1e-9);
    }
}

#[test]
fn without_other_rule_sets_there_is_nothing_to_compare() {
    for sweep in ["", "[sweep.grid]\nnetwork.loss = [0, 0.1]\n", "[sweep.grid]\naggregator.rule_set = [\"attested\"]\n"]
    {
        let kept = kept(&format!("{}{sweep}", LOSS.replace("150", "3")), &simulate);
        assert!(kept.findings.summary.cells.iter().all(|cell| cell.differences.is_empty()), "{sweep}");
    }
}
