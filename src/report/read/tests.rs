//! Tables that are written, read, and spoilt.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use tempfile::{TempDir, tempdir};

use super::read;
use crate::experiment::{
    Axis, AxisValue, CauseSummary, CellSummary, Difference, Estimate, Exact, FaultSummary, Metric, RunSummary,
};
use crate::report::folder::{TABLES, tables};
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
        let value = (!is_missing).then_some(share * 100.0);
        let ci_high = value.filter(|_| at != 1).map(|value| value * 1.1);
        Estimate { metric: *metric, value, ci_low: Some(share), ci_high, n: u64::from(30 - at) }
    };
    let cause = |cause| CauseSummary { cause, share: Some(0.0), ci_low: Some(0.0), ci_high: Some(share) };
    let exact = Exact { values: vec![(Metric::Accepted, share), (Metric::Failed, 0.1)], survival: curve(at) };
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
        estimates: Metric::ALL.iter().map(estimate).collect(),
        survival: if at == 0 { Vec::new() } else { curve(at + 1) },
        exact: if at == 2 { Err("losses, and \"cuts\"".to_owned()) } else { Ok(exact) },
        differences: if at == 0 {
            Vec::new()
        } else {
            vec![difference(Metric::Accepted), difference(Metric::TotalBytes)]
        },
        causes: FailureCause::SINGLE.into_iter().map(cause).collect(),
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

/// As [`sample`], every row on a line of its own.
fn simple() -> RunSummary {
    let mut run = sample();
    run.cells.iter_mut().for_each(|cell| cell.axes[1] = text("f+1"));
    run
}

/// What reading says after one change of a table.
fn after(name: &str, change: impl FnOnce(&mut String)) -> String {
    let folder = write(&simple());
    let path = folder.path().join(name);
    let mut text = fs::read_to_string(&path).expect("it is there");
    let before = text.clone();
    change(&mut text);
    assert_ne!(text, before, "the change does nothing");
    fs::write(&path, text).expect("there is room");
    let error = read(folder.path()).expect_err("it is wrong").to_string();
    error.replace(&format!("{}/", folder.path().display()), "")
}

type Change = Box<dyn FnOnce(&mut String)>;

fn swap(from: &str, to: &str) -> impl FnOnce(&mut String) {
    move |text| *text = text.replacen(from, to, 1)
}

#[test]
fn what_was_written_is_read() {
    let mut run = sample();
    assert_eq!(read(write(&run).path()).expect("it is whole"), run);
    // How many nodes a fault has may be an axis of the same name.
    run.axes[2].key = "faults.slow.1.nodes".to_owned();
    run.cells.iter_mut().for_each(|cell| cell.axes[2] = number(f64::from(cell.faults[1].nodes), ""));
    assert_eq!(read(write(&run).path()).expect("it is whole"), run);
    run.axes.clear();
    run.cells.truncate(1);
    run.cells[0].axes.clear();
    run.cells[0].faults.clear();
    run.cells[0].exact = Err(String::new());
    assert_eq!(read(write(&run).path()).expect("it is whole"), run);
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
    assert_eq!(read(folder.path()).expect("it is whole"), run);
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
        ("summary.csv", Box::new(swap(",33.33", ",33,33")), "line 2: the line has 15 fields, the header has 14"),
        ("summary.csv", Box::new(|text| text.truncate(text.len() - 3)), "the file is cut off"),
        ("summary.csv", Box::new(swap(",33.33", ",NaN")), "line 2, column `value`: `NaN"),
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
        ("cells.csv", Box::new(swap(",33.33", ",34.33")), "column `accepted`: `34.33"),
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
            "summary.csv",
            after("latency.csv", without(["cell1", ",simulated,2.3"])),
            "column `censored`: `0.25` where all else says `0.33",
        ),
    ] {
        assert!(said.starts_with(name) && said.contains(expected), "{expected}: {said}");
    }
}

#[test]
fn what_is_no_complete_run_is_said_so() {
    let said = |folder: &Path| read(folder).expect_err("it is none").to_string();
    let folder = tempdir().expect("there is room");
    assert!(said(folder.path()).contains("is no results folder: there is no cells.csv in it; name a folder that"));
    assert!(said(&folder.path().join("nowhere")).contains("is no results folder"));
    fs::write(folder.path().join("cells.csv.part"), "").expect("there is room");
    assert!(said(folder.path()).contains("is incomplete, its tables end in .part; run the scenario to its end"));
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
        match read(folder.path()) {
            Ok(run) => {
                prop_assert!(!table(&run).is_empty());
                prop_assert!(report_md::page(&run, &["reliability"]).starts_with("# "));
            }
            Err(error) => prop_assert!(error.to_string().contains(".csv")),
        }
    }

    /// Every finite number comes back with the same bits.
    #[test]
    fn numbers_come_back(values in prop::collection::vec(any::<f64>().prop_filter("finite", |x| x.is_finite()), 6)) {
        let mut run = sample();
        let cell = &mut run.cells[1];
        cell.survival = vec![(values[0], values[1])];
        cell.estimates[0].value = Some(values[2]);
        cell.estimates[0].ci_high = Some(values[3]);
        cell.causes[0].share = Some(values[4]);
        cell.deadline_ms = values[5];
        prop_assert_eq!(read(write(&run).path()).expect("it is whole"), run);
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
