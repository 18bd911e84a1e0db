//! `results/README.md` is right: every column, metric, picture and word of the tables is explained there, and nothing that
//! does not exist.

#[path = "common/binary.rs"]
mod binary;
#[path = "common/everything.rs"]
mod everything;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use donsim::experiment::Metric;
use donsim::sim::{FailureCause, Outcome};
use everything::EVERYTHING;
use tempfile::{TempDir, tempdir};

/// A table of the dictionary: the fields of its rows as Markdown, behind the header.
struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// The dictionary's text below a heading, until the next of its rank.
fn section(heading: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("results/README.md");
    let text = fs::read_to_string(path).expect("it is there");
    let (_, rest) = text.split_once(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("no section {heading}"));
    rest.split("\n## ").next().expect("there is a first").to_owned()
}

/// The tables below a heading.
fn tables(heading: &str) -> Vec<Table> {
    let mut tables = Vec::new();
    let mut lines: Vec<Vec<String>> = Vec::new();
    for line in section(heading).lines().chain([""]) {
        match line.strip_prefix("| ").and_then(|line| line.strip_suffix(" |")) {
            Some(line) => lines.push(line.split(" | ").map(str::to_owned).collect()),
            None if lines.len() > 2 => {
                let mut rows = lines.drain(..);
                let (header, _rule) = (rows.next().expect("a header"), rows.next());
                tables.push(Table { header, rows: rows.collect() });
            }
            None => lines.clear(),
        }
    }
    tables
}

/// The one table below a heading whose first column is this.
fn table(heading: &str, first: &str) -> Table {
    let found = tables(heading).into_iter().find(|table| table.header[0] == first);
    let table = found.unwrap_or_else(|| panic!("{heading} has no table by {first}"));
    assert!(table.rows.iter().all(|row| row.len() == table.header.len()), "{heading}: a row of another length");
    table
}

/// What stands in backticks.
fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// A run that has everything.
fn everything() -> (TempDir, PathBuf) {
    let folder = tempdir().expect("there is room");
    let path = binary::results(folder.path(), "out", EVERYTHING, &[]);
    (folder, path)
}

/// The header and rows of a CSV file.
fn csv(path: &Path) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_path(path).expect("it is there");
    let header = reader.headers().expect("it has one").iter().map(str::to_owned).collect();
    let fields = |record: csv::StringRecord| record.iter().map(str::to_owned).collect();
    (header, reader.records().map(|record| fields(record.expect("it is one"))).collect())
}

/// Every value of a column.
fn values(path: &Path, column: &str) -> BTreeSet<String> {
    let (header, rows) = csv(path);
    let at = header.iter().position(|name| name == column).unwrap_or_else(|| panic!("no {column}"));
    rows.into_iter().map(|row| row[at].clone()).collect()
}

/// The columns that a pattern of the dictionary stands for.
fn columns(pattern: &str, axes: &[String], header: &[String]) -> Vec<String> {
    let is_special = |metric: &Metric| metric.is_of_rounds() || metric.is_of_strata();
    let special = |name: &String| Metric::ALL.iter().any(|metric| is_special(metric) && metric.name() == name);
    let there = |name: &String| header.contains(name) || !special(name);
    let metrics =
        || table("Metrics", "metric").rows.into_iter().flat_map(|row| quoted(&row[1])).filter(there).collect();
    let numbered = |room: &str, what: &str| {
        let is_it = |name: &&String| {
            let parts: Vec<&str> = name.split('.').collect();
            matches!(parts[..], [first, _, number, last] if first == room && number.parse::<u32>().is_ok() && last == what)
        };
        header.iter().filter(is_it).cloned().collect()
    };
    match pattern.split_once(">.<number>.") {
        Some(("faults.<kind", what)) => numbered("faults", what),
        Some(("network.<list", what)) => numbered("network", what),
        _ if pattern == "<axis>" => axes.to_vec(),
        _ if pattern == "<metric>" => metrics(),
        _ => vec![pattern.to_owned()],
    }
}

#[test]
fn every_column_is_explained_and_every_explained_column_is_there() {
    let (_folder, path) = everything();
    let mut axes: Vec<String> = csv(&path.join("axes.csv")).1.into_iter().map(|row| row[1].clone()).collect();
    axes.sort_unstable();
    let files = fs::read_dir(&path).expect("it is there").map(|entry| entry.expect("it is readable").path());
    let files: Vec<PathBuf> = files.filter(|file| file.extension().is_some_and(|ending| ending == "csv")).collect();
    assert_eq!(files.len(), 5, "{files:?}");
    for file in files {
        let name = file.file_name().and_then(|name| name.to_str()).expect("it has one");
        let header = csv(&file).0;
        let mut explained = Vec::new();
        for pattern in table(name, "column").rows.iter().flat_map(|row| quoted(&row[0])) {
            let columns = columns(&pattern, &axes, &header);
            assert!(!columns.is_empty(), "{name}: nothing is `{pattern}`");
            explained.extend(columns);
        }
        // What is said twice, such as a fault's nodes that are an axis, is one column.
        let (explained, there): (BTreeSet<_>, BTreeSet<_>) = (explained.iter().collect(), header.iter().collect());
        let (unexplained, absent) = (there.difference(&explained), explained.difference(&there));
        let (unexplained, absent): (Vec<_>, Vec<_>) = (unexplained.collect(), absent.collect());
        assert!(unexplained.is_empty() && absent.is_empty(), "{name}: unexplained {unexplained:?}, absent {absent:?}");
        assert_eq!(there.len(), header.len(), "{name}: a column twice");
    }
}

#[test]
fn every_metric_is_explained_with_its_column_stat_and_unit() {
    let found: Vec<[String; 4]> = table("Metrics", "metric")
        .rows
        .iter()
        .map(|row| {
            let word = |at: usize| quoted(&row[at]).concat();
            assert!(row[4].len() > 10, "{row:?}");
            [word(0), word(1), word(2), word(3)]
        })
        .collect();
    let expected = Metric::ALL.iter().map(|metric| {
        let column = match metric.unit() {
            unit @ ("ms" | "us" | "bytes_per_s") => format!("{}_{unit}", metric.name()),
            _ => metric.name().to_owned(),
        };
        [metric.name().to_owned(), column, metric.stat().name().to_owned(), metric.unit().to_owned()]
    });
    assert_eq!(found, expected.collect::<Vec<_>>());

    let (_folder, path) = everything();
    let summary = path.join("summary.csv");
    let causes = FailureCause::SINGLE.iter().map(|cause| format!("cause_{cause}"));
    let names: BTreeSet<String> = Metric::ALL
        .iter()
        .filter(|metric| !metric.is_of_rounds() && !metric.is_of_strata())
        .map(|metric| metric.name().to_owned())
        .chain(causes)
        .collect();
    // Where several causes share the blame, their names are joined; a number of holders follows from the scenario.
    let is_single = |name: &String| !name.contains('+') && !name.starts_with("holders_");
    assert_eq!(values(&summary, "metric").into_iter().filter(is_single).collect::<BTreeSet<_>>(), names);
    let explained: BTreeSet<String> =
        table("summary.csv", "stat").rows.iter().flat_map(|row| quoted(&row[0])).collect();
    let stats =
        Metric::ALL.iter().map(|metric| metric.stat().name()).chain(["exact", "difference", "difference_unpaired"]);
    assert_eq!(explained, stats.map(str::to_owned).collect());
    assert!(values(&summary, "stat").is_subset(&explained));
}

/// The words that columns hold, each explained in its row.
#[test]
fn every_word_is_explained() {
    let (_folder, path) = everything();
    let explained = |file: &str, column: &str| -> BTreeSet<String> {
        let rows = table(file, "column").rows;
        let row = rows.iter().find(|row| quoted(&row[0]).iter().any(|name| name == column));
        quoted(&row.unwrap_or_else(|| panic!("{file}: {column}"))[1]).into_iter().collect()
    };
    for (file, column) in [
        ("runs.csv", "outcome"),
        ("runs.csv", "failure_cause"),
        ("runs.csv", "judgement"),
        ("axes.csv", "kind"),
        ("axes.csv", "unit"),
        ("latency.csv", "source"),
        ("summary.csv", "unit"),
    ] {
        let (words, values) = (explained(file, column), values(&path.join(file), column));
        // Where several causes share the blame, their names are joined.
        let there: BTreeSet<String> = values.iter().flat_map(|value| value.split('+')).map(str::to_owned).collect();
        let there: BTreeSet<String> = there.into_iter().filter(|word| !word.is_empty()).collect();
        assert!(!there.is_empty() && there.is_subset(&words), "{file}, {column}: {there:?} of {words:?}");
    }
    let outcomes = Outcome::ALL.map(|outcome| outcome.name().to_owned());
    assert!(BTreeSet::from(outcomes).is_subset(&explained("runs.csv", "outcome")));
    let causes = FailureCause::SINGLE.map(|cause| cause.to_string());
    assert!(BTreeSet::from(causes).is_subset(&explained("runs.csv", "failure_cause")));
}

#[test]
fn every_picture_is_explained() {
    let (_folder, path) = everything();
    let explained: BTreeSet<String> = table("plots/", "picture").rows.iter().flat_map(|row| quoted(&row[0])).collect();
    let entries = fs::read_dir(path.join("plots")).expect("it is there").map(|entry| entry.expect("it is").path());
    let stem = |path: PathBuf| path.file_stem().and_then(|stem| stem.to_str()).expect("it has one").to_owned();
    let drawn: BTreeSet<String> = entries.map(stem).collect();
    assert!(drawn.len() >= 4 && drawn.is_subset(&explained), "{drawn:?} of {explained:?}");
    let page = fs::read_to_string(path.join("report.md")).expect("it is there");
    for name in &drawn {
        let (_, behind) = page.split_once(&format!("](plots/{name}.svg)\n\n")).unwrap_or_else(|| panic!("{name}"));
        assert!(behind.starts_with(|c: char| c.is_ascii_uppercase()), "report.md has no sentence about {name}");
    }
}
