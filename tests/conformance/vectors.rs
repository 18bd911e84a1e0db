//! Reading vector files, and counting what was compared.

use std::fmt;
use std::io::Read;
use std::ops::AddAssign;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::hardened::Hardened;

/// Compares the lines of one file.
pub type Check = fn(&[String]) -> Result<Report, String>;

/// What was compared.
#[derive(Clone, Copy, Debug, Default)]
pub struct Report {
    pub lines: usize,
    pub sequences: usize,
    pub differences: usize,
    pub hardened: Hardened,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} lines", self.lines)?;
        if self.sequences > 0 {
            write!(f, ", {} sequences", self.sequences)?;
        }
        write!(f, ", {} differences", self.differences)
    }
}

impl AddAssign for Report {
    fn add_assign(&mut self, other: Self) {
        self.lines += other.lines;
        self.sequences += other.sequences;
        self.differences += other.differences;
        self.hardened += other.hardened;
    }
}

/// The lines of `<name>.jsonl` or `<name>.jsonl.gz` in `folder`.
pub fn read(folder: &Path, name: &str) -> Result<Vec<String>, String> {
    let plain = folder.join(format!("{name}.jsonl"));
    let packed = folder.join(format!("{name}.jsonl.gz"));
    let (path, is_packed) = if plain.exists() { (plain, false) } else { (packed, true) };
    let bytes = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut text = String::new();
    let outcome = if is_packed {
        MultiGzDecoder::new(&bytes[..]).read_to_string(&mut text)
    } else {
        (&bytes[..]).read_to_string(&mut text)
    };
    outcome.map_err(|error| format!("{}: {error}", path.display()))?;
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if lines.is_empty() { Err(format!("{} is empty", path.display())) } else { Ok(lines) }
}

/// Parses one line.
pub fn parse<T: DeserializeOwned>(at: usize, line: &str) -> Result<T, String> {
    serde_json::from_str(line).map_err(|error| format!("line {}: {error}", at + 1))
}

/// Parses every line and compares it; `compare` says what differs.
pub fn each<T: DeserializeOwned>(
    lines: &[String],
    compare: impl Fn(&T) -> Result<(), String>,
) -> Result<Report, String> {
    let mut report = Report { lines: lines.len(), ..Report::default() };
    for (at, line) in lines.iter().enumerate() {
        if let Err(difference) = compare(&parse(at, line)?) {
            println!("line {}: {difference}", at + 1);
            report.differences += 1;
        }
    }
    Ok(report)
}

/// `Ok` when both are the same.
pub fn same<T: PartialEq + fmt::Debug>(what: &str, ours: &T, theirs: &T) -> Result<(), String> {
    if ours == theirs { Ok(()) } else { Err(format!("{what}: donsim {ours:?}, original {theirs:?}")) }
}

/// Bytes written as lower-case hex.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hex(pub Vec<u8>);

impl fmt::Debug for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        hex::decode(&text).map(Self).map_err(serde::de::Error::custom)
    }
}

impl Hex {
    /// As an array of a length that the vectors promise.
    pub fn array<const N: usize>(&self) -> Result<[u8; N], String> {
        self.0[..].try_into().map_err(|_| format!("{N} bytes expected, {} found", self.0.len()))
    }
}

/// A 64-bit number written as a decimal string.
pub fn decimal(text: &str) -> Result<u64, String> {
    text.parse().map_err(|error| format!("{text:?}: {error}"))
}
