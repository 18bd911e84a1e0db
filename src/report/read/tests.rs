//! Tables that are written, read, and spoilt.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use tempfile::{TempDir, tempdir};

use super::{Changed, read};
use crate::experiment::{
    Axis, AxisValue, CauseSummary, CellSummary, Difference, Estimate, Exact, FaultSummary, HoldersSummary, Metric,
    RunSummary, Stat,
};
use crate::report::folder::{MANIFEST, TABLES, tables};
use crate::report::manifest::digest;
use crate::report::{report_md, table};
use crate::sim::FailureCause;

fn number(value: f64, unit: &'static str) -> AxisValue {
    AxisValue::of_number(value, unit).expect("it is one")
}

fn text(value: &str) -> AxisValue {
    AxisValue { text: value.to_owned(), number: None, unit: "" }
}

/// Something of everything that a run may find: missing values, curves, exact values, differences, faults, and texts that
/// CSV has to quote.
pub(in crate::report) fn sample() -> RunSummary {
    let axes = ["network.latency", "capability_don.payload_holders", "network.loss", "aggregator.rule_set"];
    let axes = axes.into_iter().zip([0, 0, 1, 2]).map(|(key, group)| Axis { key: key.to_owned(), group });
    let cells = (0..4_u32).map(|at| {
        let holders = ["a \"quoted\", list\nof λ", "3"][at as usize / 2];
        let (latency, loss) = ([40.0, 1500.0][at as usize / 2], [0.0, 0.05][at as usize % 2]);
        cell(at, vec![number(latency, "ms"), text(holders), number(loss, ""), text("identical")])
    });
    RunSummary {
        name: "sample-1".to_owned(),
        id: "3f9c1a7e".to_owned(),
        replicates: 30,
        axes: axes.collect(),
        cells: cells.collect(),
        expectations: Vec::new(),
    }
}

fn cell(at: u32, axes: Vec<AxisValue>) -> CellSummary {
    let share = 1.0 / f64::from(at + 3);
    let estimate = |metric: &Metric| {
        let is_missing = metric.unit() == "ms" && at == 0;
        let scale = if matches!(metric.stat(), Stat::Rate | Stat::Ratio) { 1.0 } else { 100.0 };
        let value = (!is_missing).then_some(share * scale);
        let ci_high = value.filter(|_| at != 1).map(|value| value * 1.1);
        Estimate { metric: *metric, value, ci_low: Some(share / 2.0), ci_high, n: u64::from(30 - at) }
    };
    let cause = |cause| CauseSummary { cause, share: Some(0.0), ci_low: Some(0.0), ci_high: Some(share) };
    let missing = if at == 3 { "of latency: it is \"odd\"".to_owned() } else { String::new() };
    let exact = Exact { values: vec![(Metric::Accepted, share), (Metric::Failed, 0.1)], survival: curve(at), missing };
    let difference = |metric| Difference {
        metric,
        versus: format!("cell{}", at - 1),
        value: Some(-share),
        ci_low: Some(-0.5),
        ci_high: None,
        unpaired_low: None,
        unpaired_high: Some(share),
        n: 29,
    };
    let fault = |name: &str| FaultSummary { name: name.to_owned(), nodes: at, fired: 7, holder_shortfall: 1 };
    CellSummary {
        id: format!("cell{at}"),
        axes,
        rule_set: "attested".to_owned(),
        payload_holders: "f+1".to_owned(),
        deadline_ms: 2500.5,
        replicates: 30,
        ended: None,
        estimates: Metric::ALL.iter().filter(|metric| !metric.is_of_strata()).map(estimate).collect(),
        survival: if at == 0 { Vec::new() } else { curve(at + 1) },
        exact: if at == 2 { Err("losses, and \"cuts\"".to_owned()) } else { Ok(exact) },
        differences: if at == 0 {
            Vec::new()
        } else {
            vec![difference(Metric::Accepted), difference(Metric::TotalBytes)]
        },
        causes: FailureCause::SINGLE.into_iter().map(cause).collect(),
        holders: vec![HoldersSummary { holders: 6, share: Some(1.0), ci_low: Some(0.9), ci_high: None }],
        faults: vec![fault("faults.slow.0"), fault("faults.slow.1")],
    }
}

fn curve(steps: u32) -> Vec<(f64, f64)> {
    (0..=steps).map(|step| (f64::from(step) * 1.1 + 0.1, 1.0 / f64::from(step + 2))).collect()
}

fn write(run: &RunSummary) -> TempDir {
    let folder = tempdir().expect("there is room");
    for (name, bytes) in tables(run).expect("they fit") {
        fs::write(folder.path().join(name), bytes).expect("there is room");
    }
    folder
}

/// Writes the manifest that vouches for the tables as they are.
fn vouch(folder: &Path) {
    let digest = |name: &&str| ((*name).to_owned(), digest(&fs::read(folder.join(name)).expect("it is there")).into());
    let files: serde_json::Map<_, _> = TABLES.iter().map(digest).collect();
    fs::write(folder.join(MANIFEST), serde_json::json!({ "files": files }).to_string()).expect("there is room");
}

/// As [`sample`], every row on a line of its own.
fn simple() -> RunSummary {
    let mut run = sample();
    run.cells.iter_mut().for_each(|cell| cell.axes[1] = text("f+1"));
    run
}

/// Changes a table.
fn change(folder: &Path, name: &str, change: impl FnOnce(&mut String)) {
    let path = folder.join(name);
    let mut text = fs::read_to_string(&path).expect("it is there");
    let before = text.clone();
    change(&mut text);
    assert_ne!(text, before, "the change does nothing");
    fs::write(&path, text).expect("there is room");
}

/// What is said against a folder, without the path to it.
fn error(folder: &Path, changed: Changed) -> String {
    let error = read(folder, changed).expect_err("it is wrong").to_string();
    error.replace(&format!("{}/", folder.display()), "").replace(&format!("{}", folder.display()), "FOLDER")
}

/// What reading says after one change of a table, without a manifest.
fn after(name: &str, with: impl FnOnce(&mut String)) -> String {
    let folder = write(&simple());
    change(folder.path(), name, with);
    error(folder.path(), Changed::Accepted)
}

type Change = Box<dyn FnOnce(&mut String)>;

fn swap(from: &str, to: &str) -> impl FnOnce(&mut String) {
    move |text| *text = text.replacen(from, to, 1)
}

#[test]
fn what_was_written_is_read() {
    let mut run = sample();
    assert_eq!(read(write(&run).path(), Changed::Accepted).expect("it is whole"), run);
    // How many nodes a fault has may be an axis of the same name.
    run.axes[2].key = "faults.slow.1.nodes".to_owned();
    run.cells.iter_mut().for_each(|cell| cell.axes[2] = number(f64::from(cell.faults[1].nodes), ""));
    assert_eq!(read(write(&run).path(), Changed::Accepted).expect("it is whole"), run);
    run.axes.clear();
    run.cells.truncate(1);
    run.cells[0].axes.clear();
    run.cells[0].faults.clear();
    run.cells[0].exact = Err(String::new());
    assert_eq!(read(write(&run).path(), Changed::Accepted).expect("it is whole"), run);
}

#[test]
fn other_line_ends_and_spellings_of_numbers_are_read() {
    let (run, folder) = (simple(), write(&simple()));
    for name in TABLES {
        let path = folder.path().join(name);
        let text = fs::read_to_string(&path).expect("it is there");
        let text = text.replace(",30,", ",30.0,").replace(",0.05,", ",5e-2,").replace('\n', "\r\n");
        fs::write(&path, text).expect("there is room");
    }
    assert_eq!(read(folder.path(), Changed::Accepted).expect("it is whole"), run);
}

#[test]
fn errors_name_file_line_column_and_remedy() {
    let remedy = "; bring the tables back as `donsim run` wrote them, or run the scenario again";
    let cases: [(&str, Change, &str); 17] = [
        ("summary.csv", Box::new(swap(",rate,", ",rote,")), "line 2, column `stat`: `rote` is no stat of `accepted`"),
        ("summary.csv", Box::new(swap("accepted,", "axepted,")), "line 2, column `metric`: `axepted` is no metric"),
        ("summary.csv", Box::new(swap("cause_too_late", "cause_by_fate")), "`cause_by_fate` is no metric"),
        ("summary.csv", Box::new(swap("cell0", "cell9")), "line 2, column `cell`: cells.csv has no cell `cell9`"),
        ("summary.csv", Box::new(swap(",ci_low", ",ci_lo")), "line 1: there is no column `ci_low`"),
        ("summary.csv", Box::new(swap(",0.333", ",0,333")), "line 2: the line has 15 fields, the header has 14"),
        ("summary.csv", Box::new(|text| text.truncate(text.len() - 3)), "the file is cut off"),
        ("summary.csv", Box::new(swap(",0.333", ",NaN")), "line 2, column `value`: `NaN"),
        ("cells.csv", Box::new(swap("2500.5", "soon")), "line 2, column `deadline_ms`: `soon` is no number"),
        ("cells.csv", Box::new(swap(",30,", ",-30,")), "line 2, column `replicates`: `-30` is no count"),
        (
            "cells.csv",
            Box::new(swap("sample-1/", "../../etc/")),
            "column `run`: `../../etc/3f9c1a7e` is no `<name>/<id>`",
        ),
        (
            "cells.csv",
            Box::new(swap(",faults.slow.0.fired", ",faults.slow.1.fired")),
            "`faults.slow.1.fired`: the column is there twice",
        ),
        ("cells.csv", Box::new(swap(",0.333", ",0.433")), "line 2, column `accepted`: `0.4333"),
        (
            "axes.csv",
            Box::new(swap("number", "numeral")),
            "line 2, column `kind`: `numeral` is neither `number` nor `text`",
        ),
        ("axes.csv", Box::new(swap(",ms,", ",s,")), "line 2, column `unit`: `s` is no unit here"),
        ("latency.csv", Box::new(swap("simulated", "guessed")), "`guessed` is neither `simulated` nor `exact`"),
        ("latency.csv", Box::new(swap(",waiting", ",wait")), "line 1: there is no column `waiting`"),
    ];
    for (name, change, expected) in cases {
        let said = after(name, change);
        assert!(said.starts_with(name) && said.contains(expected) && said.ends_with(remedy), "{expected}: {said}");
    }
}

/// The first line that contains all of these.
fn line_with(text: &str, words: [&str; 2]) -> String {
    let line = text.split_inclusive('\n').find(|line| words.iter().all(|word| line.contains(word)));
    line.expect("it is there").to_owned()
}

/// Removes it.
fn without(words: [&'static str; 2]) -> Change {
    Box::new(move |text| *text = text.replacen(&line_with(text, words), "", 1))
}

/// Repeats it at the end, with `from` replaced by `to`.
fn again(words: [&'static str; 2], (from, to): (&'static str, &'static str)) -> Change {
    Box::new(move |text| text.push_str(&line_with(text, words).replace(from, to)))
}

#[test]
fn rows_that_are_missing_or_too_many_are_seen() {
    let no_curve = |text: &mut String| {
        let is_kept = |line: &&str| !(line.starts_with("cell1,") && line.contains(",simulated,"));
        *text = text.split_inclusive('\n').filter(is_kept).collect();
    };
    let only_header = |text: &mut String| text.truncate(text.find('\n').expect("a header") + 1);
    for (name, said, expected) in [
        ("cells.csv", after("cells.csv", only_header), "line 1: there are no cells"),
        (
            "summary.csv",
            after("cells.csv", without(["cell2", "attested"])),
            "column `cell`: cells.csv has no cell `cell2`",
        ),
        (
            "cells.csv",
            after("axes.csv", without(["network.loss", "1"])),
            "column `network.loss`: there is no such column",
        ),
        (
            "summary.csv",
            after("summary.csv", without(["cell3", "disagreement"])),
            "0 rows of `disagreement` for the cell cell3",
        ),
        (
            "summary.csv",
            after("summary.csv", again(["cell3", "cause_node_crashed"], ("", ""))),
            "2 rows of `cause_node_crashed` for the cell cell3, not 1",
        ),
        (
            "summary.csv",
            after("summary.csv", without(["cell1", ",difference,"])),
            "column `stat`: it does not stand behind its `difference`",
        ),
        (
            "cells.csv",
            after("summary.csv", again(["cell1", ",exact,"], ("cell1", "cell2"))),
            "column `no_closed_form`: `losses, and \\\"cuts\\\"` where all else says nothing",
        ),
        // A curve that lost its end contradicts the share of censored requests.
        (
            "latency.csv, line ",
            after("latency.csv", without(["cell1", ",simulated,2.3"])),
            "column `waiting`: the curve of `cell1` ends at 0.3333333333333333, but summary.csv, line ",
        ),
        (
            "latency.csv, column",
            after("latency.csv", no_curve),
            "`waiting`: the curve of `cell1` ends at 1, but summary.csv",
        ),
    ] {
        assert!(said.starts_with(name) && said.contains(expected), "{expected}: {said}");
    }
}

/// Impossible values are refused where they stand, whether changes are accepted or not.
#[test]
fn values_that_no_run_finds_are_refused() {
    let in_row = |words: [&'static str; 2], from: &'static str, to: &'static str| -> Change {
        Box::new(move |text| {
            let line = line_with(text, words);
            *text = text.replacen(&line, &line.replacen(from, to, 1), 1);
        })
    };
    let third = "0.3333333333333333,0.16666666666666666,0.3666666666666667";
    let first = |to| in_row(["cell0", ",accepted,rate"], third, to);
    let exact = |to| in_row(["cell0", ",accepted,exact"], "exact,0.333", to);
    let difference = |to| in_row(["cell1", ",accepted,difference,"], ",difference,-0.25,-0.5,", to);
    let cases: [(&str, Change, &str); 16] = [
        ("summary.csv", first("-1,,"), "line 2, column `value`: `-1` is below 0"),
        ("summary.csv", first("7,,"), "line 2, column `value`: `7` is above 1"),
        ("summary.csv", first("0.3,2,"), "line 2, column `ci_low`: `2` is above 1"),
        ("summary.csv", first("0.3,0.4,0.5"), "line 2, column `ci_low`: `0.4` is above 0.3"),
        ("summary.csv", first(",0.6,0.5"), "line 2, column `ci_low`: `0.6` is above 0.5"),
        ("summary.csv", first("0.3,0.1,0.2"), "line 2, column `ci_high`: `0.2` is below 0.3"),
        ("summary.csv", first("0.3,0.1,-0.2"), "line 2, column `ci_high`: `-0.2` is below 0"),
        ("summary.csv", exact("exact,1.333"), "column `value`: `1.333"),
        ("summary.csv", difference(",difference,-1.25,-0.5,"), "column `value`: `-1.25` is below -1"),
        ("summary.csv", difference(",difference,-0.25,-1.5,"), "column `ci_low`: `-1.5` is below -1"),
        ("summary.csv", difference(",difference,-0.75,-0.5,"), "column `ci_low`: `-0.5` is above -0.75"),
        ("summary.csv", in_row(["cell1", ",total_bytes,mean"], "mean,25,", "mean,-25,"), "`value`: `-25` is below 0"),
        (
            "summary.csv",
            in_row(["cell1", ",saved_total,ratio"], "ratio,0.25", "ratio,1.25"),
            "`value`: `1.25` is above 1",
        ),
        ("cells.csv", Box::new(swap("2500.5", "-2500.5")), "line 2, column `deadline_ms`: `-2500.5` is below 0"),
        ("latency.csv", Box::new(swap(",0.5\n", ",-1\n")), "line 2, column `waiting`: `-1` is below 0"),
        ("latency.csv", Box::new(swap(",0.1,0.5\n", ",-0.1,0.5\n")), "line 2, column `latency_ms`: `-0.1` is below 0"),
    ];
    for (name, with, expected) in cases {
        let said = after(name, with);
        assert!(said.starts_with(name) && said.contains(expected), "{expected}: {said}");
    }
    let second = ["cell1", ",simulated,1.2"];
    let falls = after("latency.csv", in_row(second, ",1.2", ",0.01"));
    assert!(falls.starts_with("latency.csv") && falls.contains("is before the step above, 0.1"), "{falls}");
    let rises = after("latency.csv", in_row(second, ",0.3333333333333333", ",0.9"));
    assert!(rises.starts_with("latency.csv") && rises.contains("`0.9` is more than in the step above, 0.5"), "{rises}");
}

/// The manifest tells who is wrong, also where it shows in another table.
#[test]
fn tables_that_were_changed_are_blamed() {
    let folder = write(&simple());
    let refused = |expected: &str| {
        let said = error(folder.path(), Changed::Refused);
        assert!(said.starts_with(expected), "{expected}: {said}");
        assert!(said.ends_with(", or take the tables as they are with --accept-changed"), "{said}");
    };
    refused("the run in `FOLDER` is incomplete: there is no manifest.json in it; run the scenario to its end");
    read(folder.path(), Changed::Accepted).expect("it is whole");
    vouch(folder.path());
    assert_eq!(read(folder.path(), Changed::Refused).expect("it is whole"), simple());

    // What is changed in one table shows in the other.
    let written = fs::read(folder.path().join("summary.csv")).expect("it is there");
    change(folder.path(), "summary.csv", swap(",accepted,rate,0.333", ",accepted,rate,0.343"));
    refused("summary.csv: changed after the run, as manifest.json tells; bring the tables back as `donsim run` wrote");
    let odds = "summary.csv: changed after the run, as manifest.json tells, and at odds with the rest: cells.csv, line 2, \
                column `accepted`: `0.3333333333333333` where all else says `0.343";
    assert!(error(folder.path(), Changed::Accepted).starts_with(odds), "{}", error(folder.path(), Changed::Accepted));
    change(folder.path(), "cells.csv", swap(",0.333", ",0.343"));
    refused("cells.csv, summary.csv: changed after the run");
    let run = read(folder.path(), Changed::Accepted).expect("they agree");
    assert!(run.cells[0].estimates[0].value > Some(0.343));
    fs::write(folder.path().join("summary.csv"), written).expect("there is room");
    refused("cells.csv: changed after the run");
    assert!(error(folder.path(), Changed::Accepted).starts_with("cells.csv, line 2, column `accepted`: `0.343"));

    // A manifest that cannot be read vouches for nothing.
    let folder = write(&simple());
    for (manifest, expected) in [
        ("{", "manifest.json: it is no JSON: "),
        ("{\"files\": {}}", "manifest.json: there is no digest of axes.csv; "),
    ] {
        fs::write(folder.path().join(MANIFEST), manifest).expect("there is room");
        let said = error(folder.path(), Changed::Refused);
        assert!(said.starts_with(expected), "{said}");
        read(folder.path(), Changed::Accepted).expect("it is whole");
    }
}

#[test]
fn what_is_no_complete_run_is_said_so() {
    let said = |folder: &Path| read(folder, Changed::Refused).expect_err("it is none").to_string();
    let folder = tempdir().expect("there is room");
    assert!(said(folder.path()).contains("is no results folder: there is no cells.csv in it; name a folder that"));
    assert!(said(&folder.path().join("nowhere")).contains("is no results folder"));
    fs::write(folder.path().join("cells.csv.part"), "").expect("there is room");
    assert!(said(folder.path()).contains("is incomplete, its tables are missing"));
    assert!(said(&folder.path().join("cells.csv.part")).contains("is no results folder"), "a file");
    let whole = write(&sample());
    fs::remove_file(whole.path().join("latency.csv")).expect("it is there");
    assert!(said(whole.path()).contains("there is no latency.csv in it"));
    fs::create_dir(whole.path().join("latency.csv")).expect("there is room");
    assert!(said(whole.path()).starts_with("cannot read "));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever happens to a byte, it is read as a run that can be shown, or refused.
    #[test]
    fn spoilt_tables_never_panic(table_at in 0..4_usize, place in any::<prop::sample::Index>(), kind in 0..4, byte in any::<u8>()) {
        let folder = write(&sample());
        let path = folder.path().join(TABLES[table_at]);
        let mut bytes = fs::read(&path).expect("it is there");
        let at = place.index(bytes.len());
        match kind {
            0 => bytes[at] = byte,
            1 => bytes.insert(at, b",\n\"-9e.x"[usize::from(byte) % 8]),
            2 => bytes.truncate(at),
            _ => { bytes.drain(at..(at + usize::from(byte)).min(bytes.len())); }
        }
        fs::write(&path, bytes).expect("there is room");
        match read(folder.path(), Changed::Accepted) {
            Ok(run) => {
                prop_assert!(!table(&run).is_empty());
                prop_assert!(report_md::page(&run, &["reliability"]).starts_with("# "));
            }
            Err(error) => prop_assert!(error.to_string().contains(".csv")),
        }
    }

    /// Every finite number comes back with the same bits.
    #[test]
    fn numbers_come_back(
        values in prop::collection::vec(any::<f64>().prop_filter("finite", |x| x.is_finite()), 4),
        shares in prop::collection::vec(0.0..=1.0, 2),
    ) {
        let mut run = sample();
        let cell = &mut run.cells[1];
        cell.survival = vec![(values[0].abs(), shares[0])];
        for (at, value) in [(Metric::Accepted, shares[1]), (Metric::TotalBytes, values[1].abs())] {
            let estimate = cell.estimates.iter_mut().find(|estimate| estimate.metric == at).expect("all are there");
            (estimate.value, estimate.ci_low, estimate.ci_high) = (Some(value), None, Some(value));
        }
        (cell.causes[0].share, cell.causes[0].ci_high) = (Some(shares[0]), None);
        (cell.differences[1].value, cell.differences[1].ci_low) = (Some(values[2]), None);
        cell.differences[1].unpaired_high = None;
        cell.deadline_ms = values[3].abs();
        prop_assert_eq!(read(write(&run).path(), Changed::Accepted).expect("it is whole"), run);
    }

    /// A number's text follows from it, whatever the unit.
    #[test]
    fn quantities_come_back(count in 0..1_u64 << 50) {
        for (unit, scale) in [("ms", 1e6), ("bytes", 1.0), ("Mbit/s", 1e6)] {
            let value = AxisValue::of_number(count as f64 / scale, unit).expect("it is one");
            let again = AxisValue::of_number(value.number.expect("it has one"), unit).expect("it is one");
            prop_assert_eq!(value, again);
        }
    }
}
