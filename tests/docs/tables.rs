//! Tables of figures are made of what the commands of their page leave, or of the committed reference results, which
//! `.ci/run` makes again. A comment above a table says of which file, of which of its rows, and what stands in the columns:
//!
//! ```text
//! <!-- table of results/nines/summary.csv where metric=not_accepted stat=rate
//! faults.silent.nodes.each
//! value [ci_low, ci_high] where capability_don.payload_holders=f+1
//! -->
//! ```
//!
//! The second line has the fields that tell rows of the table apart; each further one is a column: fields, and conditions of its
//! own. Of a Markdown file it is the first table, as it is. `DONSIM_RENEW=1` writes the tables anew.

use std::fs;
use std::path::{Path, PathBuf};

use csv::{Reader, StringRecord};

use super::commands::reference_runs;
use super::{pages, root};

const START: &str = "<!-- table of ";

/// A page with its tables as the files in `folder` have them, and the names of files that no command has made: their tables stay.
pub fn renewed(text: &str, folder: &Path) -> (String, Vec<String>) {
    let (mut page, mut missing, mut rest) = (String::new(), Vec::new(), text);
    while let Some((before, from)) = rest.split_once(START) {
        let (declared, below) = from.split_once("-->\n").expect("the comment ends");
        let length = below.split_inclusive('\n').take_while(|line| line.starts_with('|')).map(str::len).sum();
        let (table, after) = below.split_at(length);
        let name = declared.split_whitespace().next().expect("a file");
        page += &[before, START, declared, "-->\n"].concat();
        match source(folder, name) {
            Some(file) if file.extension().is_some_and(|ending| ending == "md") => page += &first_table(&file),
            Some(file) => page += &(head(table) + &Table::new(declared, &file).rows()),
            None => {
                missing.push(name.to_owned());
                page += table;
            }
        }
        rest = after;
    }
    (page + rest, missing)
}

/// The file of a run, in the folder of the page's own commands or among the reference results.
fn source(folder: &Path, name: &str) -> Option<PathBuf> {
    let path = folder.join(name);
    if path.exists() {
        return Some(path);
    }
    let (run, file) = name.rsplit_once('/').expect("a file in a folder");
    let is_reference = run.rsplit('/').next().is_some_and(|run| reference_runs().contains(run));
    let mut roots = vec![folder];
    roots.extend(is_reference.then(root));
    let runs = roots.into_iter().find_map(|root| fs::read_dir(root.join(run)).ok())?;
    let mut files = runs.map(|entry| entry.expect("it is readable").path().join(file)).filter(|file| file.exists());
    let found = files.next();
    assert_eq!(files.next(), None, "which run of {run}?");
    found
}

fn first_table(file: &Path) -> String {
    let text = fs::read_to_string(file).expect("it is there");
    let lines = text.split_inclusive('\n').skip_while(|line| !line.starts_with('|'));
    lines.take_while(|line| line.starts_with('|')).collect()
}

/// Names of the columns, and the line below.
fn head(table: &str) -> String {
    table.split_inclusive('\n').take(2).collect()
}

struct Table<'a> {
    header: StringRecord,
    records: Vec<StringRecord>,
    keys: Vec<&'a str>,
    /// Fields, and conditions.
    columns: Vec<(&'a str, Vec<&'a str>)>,
}

impl<'a> Table<'a> {
    fn new(declared: &'a str, file: &Path) -> Self {
        let mut reader = Reader::from_path(file).expect("it is there");
        let header = reader.headers().expect("a header").clone();
        let records = reader.records().map(|record| record.expect("a record")).collect();
        let mut lines = declared.lines().map(|line| match line.split_once(" where ") {
            Some((fields, conditions)) => (fields, conditions.split_whitespace().collect()),
            None => (line, Vec::new()),
        });
        let ((_, all), (keys, _)) = (lines.next().expect("a file"), lines.next().expect("keys"));
        let mut table = Self { header, records, keys: keys.split_whitespace().collect(), columns: lines.collect() };
        let of_all = |record: &StringRecord| all.iter().all(|condition| table.is(record, condition));
        let records = table.records.iter().filter(|record| of_all(record)).cloned().collect();
        table.records = records;
        table
    }

    fn rows(&self) -> String {
        let mut keys: Vec<Vec<&str>> = Vec::new();
        for record in &self.records {
            let of_record = self.keys.iter().map(|key| self.field(record, key)).collect();
            if !keys.contains(&of_record) {
                keys.push(of_record);
            }
        }
        assert!(!keys.is_empty(), "no row of {:?}", self.keys);
        keys.iter().map(|keys| self.row(keys)).collect()
    }

    fn row(&self, keys: &[&str]) -> String {
        let names = self.keys.iter().zip(keys).map(|(key, value)| name(key, value));
        let is_here =
            |record: &&StringRecord| self.keys.iter().zip(keys).all(|(key, is)| self.field(record, key) == *is);
        let here: Vec<&StringRecord> = self.records.iter().filter(is_here).collect();
        let figures = self.columns.iter().map(|(fields, conditions)| {
            let found = here.iter().filter(|record| conditions.iter().all(|condition| self.is(record, condition)));
            let found: Vec<_> = found.collect();
            assert_eq!(found.len(), 1, "rows of {keys:?} for {fields} {conditions:?}");
            self.figures(found[0], fields)
        });
        format!("| {} |\n", names.chain(figures).collect::<Vec<_>>().join(" | "))
    }

    /// `key=value`, or one of several: `key=one|other`.
    fn is(&self, record: &StringRecord, condition: &str) -> bool {
        let (key, values) = condition.split_once('=').expect("a condition");
        values.split('|').any(|value| value == self.field(record, key))
    }

    fn field<'r>(&self, record: &'r StringRecord, key: &str) -> &'r str {
        let at = self.header.iter().position(|name| name == key).unwrap_or_else(|| panic!("no column {key}"));
        &record[at]
    }

    /// The fields with their values in place of their names.
    fn figures(&self, record: &StringRecord, fields: &str) -> String {
        let has_units = self.header.iter().any(|name| name == "unit");
        let word = |word: &str| {
            let name = word.trim_matches(['[', ']', ',']);
            let unit = if has_units { self.field(record, "unit") } else { name };
            word.replace(name, &figure(unit, self.field(record, name)))
        };
        fields.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
    }
}

/// A value on an axis.
fn name(key: &str, value: &str) -> String {
    match value.parse::<f64>() {
        Ok(bytes) if key.ends_with("bytes") && bytes < 1024.0 => format!("{bytes} B"),
        Ok(bytes) if key.ends_with("bytes") => format!("{} KiB", bytes / 1024.0),
        _ => value.to_owned(),
    }
}

/// A value of a metric, by the unit that its column ends in.
fn figure(unit: &str, value: &str) -> String {
    let Ok(value) = value.parse::<f64>() else {
        return "beyond the deadline".to_owned();
    };
    match unit {
        _ if unit.ends_with("bytes") => format!("{:.0} KiB", value / 1024.0),
        _ if unit.ends_with("_us") || unit == "us" => format!("{:.0} ms", value / 1000.0),
        _ if unit.ends_with("_ms") || unit == "ms" => format!("{value:.0} ms"),
        _ if value != 0.0 && value.abs() < 0.001 => format!("{value:.1e}"),
        // Small ones with as many digits that count as others have.
        _ if value != 0.0 && value.abs() < 0.1 => format!("{value:.4}"),
        _ if value.abs() <= 1.0 => format!("{value:.3}"),
        _ => format!("{value:.1}"),
    }
}

/// Whether a cell has a figure and nothing else: `0.97 [0.96, 0.98]`, `>10000`, `1843 ms`; not a sentence with a number in it.
fn is_figure(cell: &str) -> bool {
    let number = |word: &str| {
        let bare = word.trim_matches(['[', ']', ',', '<', '>', '+']);
        bare.replace(',', "").parse::<f64>().is_ok()
    };
    let is_unit = |word: &str| ["%", "ms", "s", "min", "B", "KiB", "MiB"].contains(&word);
    let mut words = cell.split_whitespace();
    words.next().is_some_and(number) && words.all(|word| number(word) || is_unit(word))
}

/// Whoever writes figures into a table says which run has them. The first cell names its row.
#[test]
fn every_table_of_figures_is_made_by_a_run() {
    // The catalogue of faults is made whole, by a test of its own; figures of benchmarks are those of the machine that is named there.
    let is_of_runs = |path: &Path| !path.ends_with("docs/faults.md") && !path.ends_with("benches/README.md");
    for (path, text) in pages().into_iter().filter(|(path, _)| is_of_runs(path)) {
        let (mut is_declared, mut is_code) = (false, false);
        for line in text.lines() {
            is_code ^= line.starts_with("```");
            is_declared = line.starts_with(START) || is_declared && !line.is_empty();
            let cells = line.starts_with('|').then(|| line.split('|').skip(2)).into_iter().flatten();
            let figure = cells.into_iter().find(|cell| is_figure(cell));
            assert!(is_code || is_declared || figure.is_none(), "{}: no run has {figure:?}", path.display());
        }
    }
}

#[test]
fn a_figure_in_a_cell_is_one_with_interval_sign_or_unit() {
    for figure in ["0.97", "300", ">10000", "1,843 ms", "0.5 [0.4, 0.6]", "+3 %", "9.1e-9"] {
        assert!(is_figure(figure), "{figure}");
    }
    for words in ["", "0 to 1", "2 * f + 1, at most all nodes", "90 % quantile of that time", "exit code 1", "`ms`"] {
        assert!(!is_figure(words), "{words}");
    }
}
