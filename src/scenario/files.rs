//! Files that a scenario names: observed latencies and region matrices. Each is read once, before anything else is
//! understood, so that planning a cell needs no I/O.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::units::{Problem, Quantity};
use crate::engine::{Distribution, Span};
use crate::network::RegionMatrix;

/// More than any latency trace needs.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// U+FEFF in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A file that the scenario names, as results keep it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFile {
    /// Its name beside `resolved.toml`: `files/<digest16>-<basename>`.
    pub stored: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub digest: String,
    /// Its contents, without a byte order mark.
    pub bytes: Vec<u8>,
    /// Where it was read.
    pub path: PathBuf,
}

/// How a text names files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileNames {
    /// By their place beside `resolved.toml`.
    Stored,
    /// By their contents: for ids.
    Digest,
}

/// A file that could be read, understood in both ways; which of them is wanted, its user knows.
#[derive(Debug)]
pub(super) struct Loaded {
    named: NamedFile,
    pub distribution: Result<Distribution, String>,
    pub matrix: Result<Arc<RegionMatrix>, String>,
}

/// All files of a scenario by the name that it calls them.
#[derive(Debug, Default)]
pub(super) struct Files {
    by_name: BTreeMap<String, Result<Arc<Loaded>, String>>,
}

impl Files {
    /// Reads `name`, relative to `folder`, unless that was done before.
    pub fn load(&mut self, folder: &Path, name: &str) {
        if !self.by_name.contains_key(name) {
            let path = folder.join(name);
            let loaded = read(&path).map(|bytes| Arc::new(Loaded::new(name, path, bytes)));
            self.by_name.insert(name.into(), loaded.map_err(|error| error.to_string()));
        }
    }

    /// The file called `name`, or why it could not be read.
    pub fn get(&self, name: &str) -> Result<Arc<Loaded>, String> {
        self.by_name.get(name).cloned().unwrap_or_else(|| Err("it was not read".into()))
    }

    /// The files themselves, one for each stored name.
    pub fn named(&self) -> Vec<NamedFile> {
        let mut named = BTreeMap::new();
        for loaded in self.by_name.values().flatten() {
            named.entry(loaded.named.stored.clone()).or_insert_with(|| loaded.named.clone());
        }
        named.into_values().collect()
    }
}

impl Loaded {
    fn new(name: &str, path: PathBuf, bytes: Vec<u8>) -> Self {
        let digest = hex::encode(Sha256::digest(&bytes));
        let prefix = format!("{}-", &digest[..16]);
        let basename = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let basename = basename.strip_prefix(&prefix).unwrap_or(&basename);
        let stored = format!("files/{prefix}{basename}");
        let text = std::str::from_utf8(&bytes).map_err(|_| "it is not UTF-8 text".to_string());
        Self {
            distribution: text.clone().and_then(observations),
            matrix: text.and_then(|text| region_matrix(name, text)).map(Arc::new),
            named: NamedFile { stored, digest, bytes, path },
        }
    }

    /// Its name in one of the two kinds of text.
    pub fn name(&self, names: FileNames) -> &str {
        match names {
            FileNames::Stored => &self.named.stored,
            FileNames::Digest => &self.named.digest,
        }
    }

    /// Its original name without folder.
    pub fn label(&self) -> &str {
        self.named.stored.split_once('-').map_or(self.named.stored.as_str(), |(_, basename)| basename)
    }
}

/// The contents of `path`, within reason and without the byte order mark that some editors put first.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    // Looked at before it is opened: opening a pipe waits for its writer, and a device may never end.
    let kind = fs::metadata(path)?.file_type();
    if kind.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory"));
    }
    if !kind.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is a pipe or a device, not a regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than 64 MiB"));
    }
    if bytes.starts_with(BYTE_ORDER_MARK) {
        bytes.drain(..BYTE_ORDER_MARK.len());
    }
    Ok(bytes)
}

/// One duration a line, or bare numbers under a header such as `latency_ms`; `#` begins a comment.
fn observations(text: &str) -> Result<Distribution, String> {
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    let mut lines = lines.enumerate().filter(|(_, line)| !line.is_empty()).peekable();
    let unit = lines.peek().and_then(|(_, line)| header_unit(line)).unwrap_or_default();
    if !unit.is_empty() {
        lines.next();
    }
    let spans: Result<Vec<_>, _> = lines
        .map(|(index, line)| {
            duration(&format!("{line}{unit}")).map_err(|problem| format!("line {}: `{line}` {problem}", index + 1))
        })
        .collect();
    Distribution::empirical(spans?).map_err(|_| "there are no values in it".into())
}

fn header_unit(line: &str) -> Option<&'static str> {
    let is_word = line.starts_with(|c: char| c.is_ascii_alphabetic())
        && line.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let (_, suffix) = line.rsplit_once('_').filter(|_| is_word)?;
    ["ns", "us", "ms", "s"].into_iter().find(|unit| *unit == suffix)
}

fn duration(text: &str) -> Result<Span, String> {
    Quantity::Duration.parse(text).map(Span::from_nanos).map_err(|problem| match problem {
        Problem::MissingUnit => "lacks a unit: write `12.5ms`, or a first line such as `latency_ms`".into(),
        Problem::TooFine => "is finer than a nanosecond".into(),
        Problem::TooLarge => "is too long".into(),
        Problem::NotANumber | Problem::UnknownUnit { .. } => "is not a duration".to_string(),
    })
}

/// A square of round-trip times in ms under a header `from,<regions>`.
fn region_matrix(name: &str, text: &str) -> Result<RegionMatrix, String> {
    let mut reader =
        csv::ReaderBuilder::new().comment(Some(b'#')).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    if header.get(0) != Some("from") || header.len() < 2 {
        return Err(format!("its first line must be `from,` and names of regions; is {name:?} a region matrix?"));
    }
    let regions: Vec<String> = header.iter().skip(1).map(String::from).collect();
    let twice = regions.iter().enumerate().find(|(at, region)| regions[..*at].contains(region));
    if let Some((_, region)) = twice {
        return Err(format!("its first line names `{region}` twice"));
    }
    let mut rows: BTreeMap<String, Vec<Span>> = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        let row = matrix_row(&record, &regions).map_err(|problem| format!("line {line}: {problem}"))?;
        let from = record.get(0).unwrap_or_default();
        if rows.insert(from.into(), row).is_some() {
            return Err(format!("line {line}: a second row for `{from}`"));
        }
    }
    let round_trip: Result<_, _> = regions
        .iter()
        .map(|region| rows.remove(region).ok_or_else(|| format!("there is no row for `{region}`")))
        .collect();
    Ok(RegionMatrix { round_trip: round_trip?, regions })
}

fn matrix_row(record: &csv::StringRecord, regions: &[String]) -> Result<Vec<Span>, String> {
    let from = record.get(0).unwrap_or_default();
    if !regions.iter().any(|region| region == from) {
        return Err(format!("`{from}` is not a region of the first line"));
    }
    if record.len() != regions.len() + 1 {
        let (needed, found) = (regions.len(), record.len().saturating_sub(1));
        return Err(format!("{needed} regions need {needed} values, found {found}"));
    }
    let cell = |text: &str| duration(&format!("{text}ms")).map_err(|_| format!("`{text}` is not a number of ms"));
    record.iter().skip(1).map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(text: &str) -> Result<Vec<u64>, String> {
        match observations(text)? {
            Distribution::Empirical(spans) => Ok(spans.iter().map(|span| span.as_nanos()).collect()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn observations_have_units_or_a_header() {
        assert_eq!(spans("# trace\n\n2ms\n0.5ms # fast\n"), Ok(vec![500_000, 2_000_000]));
        assert_eq!(spans("latency_ms\n2\n0.5\n"), Ok(vec![500_000, 2_000_000]));
        assert_eq!(spans("x_us\r\n7\r\n"), Ok(vec![7_000]));
        let unit = "line 2: `3` lacks a unit: write `12.5ms`, or a first line such as `latency_ms`";
        assert_eq!(spans("1ms\n3"), Err(unit.into()));
        assert_eq!(spans("latency_ms\n\n3ms"), Err("line 3: `3ms` is not a duration".into()));
        assert_eq!(spans("# nothing\n"), Err("there are no values in it".into()));
        assert_eq!(spans(""), Err("there are no values in it".into()));
    }

    #[test]
    fn matrices_are_square() {
        let matrix = region_matrix("m.csv", "# source\nfrom,a,b\nb,3,1\na,1.5,2\n").unwrap();
        assert_eq!(matrix.regions, ["a", "b"]);
        assert_eq!(matrix.round_trip[0], [Span::from_nanos(1_500_000), Span::from_millis(2)]);
        for (text, problem) in [
            ("to,a\na,1", "its first line must be `from,` and names of regions; is \"m.csv\" a region matrix?"),
            ("from,a,b\na,1,2", "there is no row for `b`"),
            ("from,a,b\na,1", "line 2: 2 regions need 2 values, found 1"),
            ("from,a,b,a\na,1,2,3\nb,1,2,3", "its first line names `a` twice"),
            ("from,a\na,x", "line 2: `x` is not a number of ms"),
            ("# c\nfrom,a\nz,1", "line 3: `z` is not a region of the first line"),
            ("from,a\na,1\na,1", "line 3: a second row for `a`"),
        ] {
            assert_eq!(region_matrix("m.csv", text).unwrap_err(), problem);
        }
    }
}
