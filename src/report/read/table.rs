//! A CSV file whose every field knows its place.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::ReadError;
use crate::report::rows_file;
use crate::report::units::Units;

/// Longer fields are cut in errors.
const MOST_SHOWN: usize = 60;

/// A table in memory.
pub(super) struct Table {
    pub(super) path: PathBuf,
    pub(super) header: Vec<String>,
    /// Each with its line, from 1.
    records: Vec<(u64, csv::StringRecord)>,
}

/// One row of a table.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) table: &'a Table,
    pub(super) line: u64,
    record: &'a csv::StringRecord,
}

/// The path and the bytes of the table `name` of a results folder.
pub(super) fn load(folder: &Path, name: &'static str) -> Result<(PathBuf, Vec<u8>), ReadError> {
    let path = folder.join(name);
    let missing = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            let mut files = [name].into_iter().chain(rows_file::NAMES);
            let is_partial =
                Units::kept(folder).is_some() || files.any(|file| folder.join(format!("{file}.part")).exists());
            let folder = folder.to_owned();
            if is_partial { ReadError::Incomplete(folder) } else { ReadError::NoResults(folder, name) }
        }
        _ => ReadError::Read(path.clone(), source),
    };
    let bytes = fs::read(&path).map_err(missing)?;
    Ok((path, bytes))
}

impl Table {
    /// The table in `bytes`, which were read from `path`.
    pub(super) fn parse(path: PathBuf, bytes: &[u8]) -> Result<Self, ReadError> {
        let mut table = Self { path, header: Vec::new(), records: Vec::new() };
        if !bytes.ends_with(b"\n") {
            let lines = bytes.split(|byte| *byte == b'\n').count();
            return Err(table.wrong(Some(lines as u64), None, "the file is cut off"));
        }
        let mut reader = csv::Reader::from_reader(bytes);
        let header = reader.headers().map_err(|error| table.malformed(&error))?;
        table.header = header.iter().map(str::to_owned).collect();
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).map_err(|error| table.malformed(&error))? {
            let line = record.position().map_or(0, csv::Position::line);
            table.records.push((line, record.clone()));
        }
        let mut names: Vec<&String> = table.header.iter().collect();
        names.sort_unstable();
        match names.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(table.wrong(Some(1), Some(pair[0]), "the column is there twice")),
            None => Ok(table),
        }
    }

    fn malformed(&self, error: &csv::Error) -> ReadError {
        let line = error.position().map(csv::Position::line);
        let problem = match error.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                format!("the line has {len} fields, the header has {expected_len}")
            }
            csv::ErrorKind::Utf8 { .. } => "the line is not UTF-8 text".to_owned(),
            _ => error.to_string(),
        };
        self.wrong(line, None, problem)
    }

    /// Checks that there are columns of these names.
    pub(super) fn require(&self, names: &[&str]) -> Result<(), ReadError> {
        let missing = names.iter().find(|name| !self.header.iter().any(|header| header == *name));
        missing.map_or(Ok(()), |name| Err(self.wrong(Some(1), None, format!("there is no column `{name}`"))))
    }

    pub(super) fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        self.records.iter().map(|(line, record)| Row { table: self, line: *line, record })
    }

    /// An error in this table.
    pub(super) fn wrong(&self, line: Option<u64>, column: Option<&str>, problem: impl Into<String>) -> ReadError {
        let (path, column, problem) = (self.path.clone(), column.map(str::to_owned), problem.into());
        ReadError::Wrong { path, line, column, problem }
    }
}

/// Fields by the names of their columns, which the table has to have.
impl<'a> Row<'a> {
    pub(super) fn text(self, column: &str) -> &'a str {
        let at = self.table.header.iter().position(|name| name == column);
        at.and_then(|at| self.record.get(at)).unwrap_or_default()
    }

    /// The number in a column, which may not be empty.
    pub(super) fn number(self, column: &str) -> Result<f64, ReadError> {
        let number = self.text(column).parse().ok().filter(|number: &f64| number.is_finite());
        number.ok_or_else(|| self.wrong(column, format!("{} is no number", self.quoted(column))))
    }

    /// The number in a column, from the first of `range` to the second; an empty field is none.
    pub(super) fn within(self, column: &str, range: (f64, f64)) -> Result<Option<f64>, ReadError> {
        if self.text(column).is_empty() { Ok(None) } else { self.number_within(column, range).map(Some) }
    }

    /// As [`Self::within`], where there has to be a number.
    pub(super) fn number_within(self, column: &str, range: (f64, f64)) -> Result<f64, ReadError> {
        let number = self.number(column)?;
        let (side, end) = match number {
            _ if is_above(range.0, number) => ("below", range.0),
            _ if is_above(number, range.1) => ("above", range.1),
            _ => return Ok(number),
        };
        Err(self.wrong(column, format!("{} is {side} {end}", self.quoted(column))))
    }

    pub(super) fn count(self, column: &str) -> Result<u64, ReadError> {
        let text = self.text(column);
        // Other programs write counts as floats where a column has missing values.
        let count = text.parse().ok().or_else(|| text.strip_suffix(".0")?.parse().ok());
        count.ok_or_else(|| self.wrong(column, format!("{} is no count", self.quoted(column))))
    }

    /// A column's text for errors.
    pub(super) fn quoted(self, column: &str) -> String {
        quoted(self.text(column))
    }

    /// An error in this column.
    pub(super) fn wrong(self, column: &str, problem: impl Into<String>) -> ReadError {
        self.table.wrong(Some(self.line), Some(column), problem)
    }

    /// The first column in which another row says something else, and what; numbers may be written differently.
    pub(super) fn disagreement(self, other: Row<'a>) -> Option<ReadError> {
        let same = |a: &str, b: &str| a == b || a.parse::<f64>().is_ok_and(|a| b.parse() == Ok(a));
        let mut fields = self.record.iter().zip(other.record).zip(&self.table.header);
        let ((own, stated), column) = fields.find(|((own, stated), _)| !same(own, stated))?;
        Some(self.wrong(column, format!("{} where all else says {}", quoted(own), quoted(stated))))
    }
}

/// Whether `a` is above `b` by more than sums and quotients of floats are off.
pub(super) fn is_above(a: f64, b: f64) -> bool {
    a > b + 1e-9 * b.abs().max(1.0)
}

/// A field in an error, cut where it is long.
fn quoted(text: &str) -> String {
    match text.char_indices().nth(MOST_SHOWN) {
        _ if text.is_empty() => "nothing".to_owned(),
        Some((end, _)) => format!("`{}…`", text[..end].escape_debug()),
        None => format!("`{}`", text.escape_debug()),
    }
}
