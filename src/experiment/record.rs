//! The record of a run: finished replicates, from which all else is made, so that none is simulated twice.
//!
//! A unit holds up to 256 consecutive replicates of a cell, and says itself of which: it is worth the same to the run that made it,
//! to one that goes on after a kill, to one with more replicates or other cells, and to a merge of shards. Its bytes are a magic
//! line, the SHA-256 of the rest, and the rest in postcard's format.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::scenario::{Cell, RESULTS_VERSION, Scenario};
use crate::sim::{Replicate, Run, Setup};

use super::reading::Simulated;
use super::savings::{Baseline, OcrCost};

/// Replicates of a full unit: as many as a kill may lose of every cell that is under way.
pub(super) const REPLICATES_A_UNIT: u64 = 256;

const MAGIC: &[u8] = b"donsim unit 1\n";
const DIGEST_LEN: usize = 32;

/// Version and code of donsim that a unit is of: other code may come to other replicates, whatever its version.
pub(crate) const MAKER: &str = concat!(env!("CARGO_PKG_VERSION"), "+", env!("DONSIM_CODE"));

/// Place where units are kept, all of them made by one way to simulate: an aggregator of one's own needs a record of its own.
///
/// ```
/// use std::{collections::BTreeMap, io, num::NonZero, path::Path, sync::Mutex, sync::atomic::AtomicBool};
/// use donsim::experiment::{Options, Record, Shard, missing, run};
/// use donsim::scenario::Scenario;
/// use donsim::sim::simulate;
///
/// #[derive(Debug, Default)]
/// struct InMemory(Mutex<BTreeMap<String, Vec<u8>>>);
///
/// impl Record for InMemory {
///     fn read(&self, name: &str) -> Option<Vec<u8>> {
///         self.0.lock().expect("whole").get(name).cloned()
///     }
///
///     fn read_elsewhere(&self, _: &str) -> Vec<Vec<u8>> {
///         Vec::new()
///     }
///
///     fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
///         self.0.lock().expect("whole").insert(name.to_owned(), bytes.to_vec());
///         Ok(())
///     }
///
///     fn handle_unusable(&self, name: &str, reason: &str) {
///         panic!("{name}: {reason}");
///     }
/// }
///
/// let text = "schema = 1\nrun.replicates = 300\nrun.seed = 7\n";
/// let scenario = Scenario::parse(Path::new("mine.toml"), text.to_owned(), &[])?;
/// let (stop, record) = (AtomicBool::new(false), InMemory::default());
/// let options = Options { record: Some(&record), ..Options::new(NonZero::<usize>::MIN, &stop) };
/// run(&scenario, Options { shard: Some(Shard { number: 1, of: 2 }), ..options }, &simulate, &mut ())?;
/// assert!(missing(&scenario, &record).into_values().eq([vec![1]]), "the other shard has it");
/// run(&scenario, options, &simulate, &mut ())?;
/// assert!(missing(&scenario, &record).is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Record: Debug + Sync {
    /// The unit of this name that was kept for this run.
    fn read(&self, name: &str) -> Option<Vec<u8>>;

    /// Units of this name that other runs kept, which may be of use.
    fn read_elsewhere(&self, name: &str) -> Vec<Vec<u8>>;

    /// Keeps a unit, whole or not at all.
    ///
    /// # Errors
    /// When it cannot be kept.
    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()>;

    /// Hears that a unit of this run is damaged, or of another version, and is computed again.
    fn handle_unusable(&self, name: &str, reason: &str);
}

/// A replicate and its baseline, or the message of its panic.
pub(super) type Entry = Result<(Replicate, Arc<Baseline>), String>;

/// What a unit says of itself.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Header {
    results_version: u32,
    donsim: String,
    cell: String,
    seed: u64,
    strata: bool,
    first: u64,
}

impl Header {
    fn new(cell: &Cell, unit: u64) -> Self {
        let Run { seed, strata, .. } = cell.setup.run;
        let (donsim, cell) = (MAKER.to_owned(), cell.id.clone());
        Self { results_version: RESULTS_VERSION, donsim, cell, seed, strata, first: unit * REPLICATES_A_UNIT }
    }
}

/// Name of a unit: the cell's id and the unit's number in it.
fn name(cell: &Cell, unit: u64) -> String {
    format!("{}-{unit:05}", cell.id)
}

fn encode(header: &Header, entries: &[Entry]) -> io::Result<Vec<u8>> {
    let shared: Vec<Result<(&Replicate, &Baseline), &String>> =
        entries.iter().map(|entry| entry.as_ref().map(|(replicate, before)| (replicate, &**before))).collect();
    let body = postcard::to_allocvec(&(header, shared)).map_err(io::Error::other)?;
    Ok([MAGIC, &Sha256::digest(&body), &body].concat())
}

/// Entries of a unit; why there are none when the bytes are no unit, or not this one.
fn decode(bytes: &[u8], wanted: &Header) -> Result<Vec<Entry>, &'static str> {
    let rest = bytes.strip_prefix(MAGIC).ok_or("it is no unit of this version")?;
    let (digest, body) = rest.split_at_checked(DIGEST_LEN).ok_or("it is not whole")?;
    if digest != &Sha256::digest(body)[..] {
        return Err("it is damaged: its checksum is wrong");
    }
    let (header, rest) = postcard::take_from_bytes::<Header>(body).map_err(|_| "it is no unit of this version")?;
    if header != *wanted {
        return Err("it is of other code, or of another seed or cell");
    }
    let entries: Vec<Result<(Replicate, Baseline), String>> =
        postcard::from_bytes(rest).map_err(|_| "it is no unit of this version")?;
    let shared = |(replicate, before)| (replicate, Arc::new(before));
    Ok(entries.into_iter().map(|entry| entry.map(shared)).collect())
}

/// Entries of a unit, and whether they were kept for this run.
type Loaded = (Vec<Entry>, bool);

/// The longest of what is kept of a unit.
fn load(record: &dyn Record, cell: &Cell, unit: u64) -> Loaded {
    let (name, header) = (name(cell, unit), Header::new(cell, unit));
    let own = record.read(&name).map(|bytes| decode(&bytes, &header));
    let own = own.map(|entries| entries.inspect_err(|reason| record.handle_unusable(&name, reason)));
    let others = record.read_elsewhere(&name).into_iter().map(|bytes| decode(&bytes, &header));
    let own = own.into_iter().flatten().map(|entries| (entries, true));
    let others = others.flatten().map(|entries| (entries, false));
    // Of equally long ones the own, which comes last.
    others.chain(own).max_by_key(|(entries, _)| entries.len()).unwrap_or_default()
}

/// Numbers of a cell's units.
fn units(replicates: u64) -> Range<u64> {
    0..replicates.div_ceil(REPLICATES_A_UNIT)
}

/// Units that a scenario lacks: by cell, the numbers of those that are not there or too short.
///
/// ```
/// # use std::{io, path::Path};
/// use donsim::experiment::{Record, missing};
/// # use donsim::scenario::Scenario;
///
/// #[derive(Debug)]
/// struct Empty;
///
/// impl Record for Empty {
///     fn read(&self, _: &str) -> Option<Vec<u8>> {
///         None
///     }
/// #   fn read_elsewhere(&self, _: &str) -> Vec<Vec<u8>> {
/// #       Vec::new()
/// #   }
/// #   fn write(&self, _: &str, _: &[u8]) -> io::Result<()> {
/// #       Ok(())
/// #   }
/// #   fn handle_unusable(&self, _: &str, _: &str) {}
///     // …
/// }
///
/// # let scenario = Scenario::parse(Path::new("mine.toml"), "schema = 1\nrun.replicates = 600\n".to_owned(), &[])?;
/// assert_eq!(missing(&scenario, &Empty), [(scenario.cell(0).id, vec![0, 1, 2])].into(), "600 replicates are 3 units");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn missing(scenario: &Scenario, record: &dyn Record) -> BTreeMap<String, Vec<u64>> {
    let replicates = scenario.run().replicates;
    let mut missing: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for cell in (0..scenario.cell_count()).map(|index| scenario.cell(index)) {
        for unit in units(replicates) {
            let wanted = REPLICATES_A_UNIT.min(replicates - unit * REPLICATES_A_UNIT);
            if (load(record, &cell, unit).0.len() as u64) < wanted {
                missing.entry(cell.id.clone()).or_default().push(unit);
            }
        }
    }
    missing
}

/// What the record has of a group of cells, unit by unit, for one thread.
pub(super) struct Reader<'a> {
    record: &'a dyn Record,
    /// Number of the unit that is loaded, and by cell what is known of it.
    loaded: Option<(u64, Vec<Loaded>)>,
}

/// Replicates of a cell that the record has.
pub(super) struct Known {
    pub results: Vec<Result<Simulated, String>>,
    /// Whether they were kept for this run.
    pub is_own: bool,
}

impl<'a> Reader<'a> {
    pub fn new(record: &'a dyn Record) -> Self {
        Self { record, loaded: None }
    }

    /// Forgets a group of cells.
    pub fn clear(&mut self) {
        self.loaded = None;
    }

    /// By cell, replicates of one unit as far as all are there.
    pub fn read(&mut self, cells: &[Cell], replicates: &Range<u64>) -> Vec<Option<Known>> {
        let unit = replicates.start / REPLICATES_A_UNIT;
        if self.loaded.as_ref().is_none_or(|(loaded, _)| *loaded != unit) {
            self.loaded = Some((unit, cells.iter().map(|cell| load(self.record, cell, unit)).collect()));
        }
        let first = unit * REPLICATES_A_UNIT;
        let wanted = (replicates.start - first) as usize..(replicates.end - first) as usize;
        let known = |(cell, (entries, is_own)): (&Cell, &Loaded)| {
            Some(Known { results: simulated(&cell.setup, entries.get(wanted.clone())?), is_own: *is_own })
        };
        cells.iter().zip(self.loaded.iter().flat_map(|(_, entries)| entries)).map(known).collect()
    }
}

fn simulated(setup: &Setup, entries: &[Entry]) -> Vec<Result<Simulated, String>> {
    let ocr = OcrCost::of(setup);
    let simulated = |(replicate, before): (Replicate, Arc<Baseline>)| Simulated { replicate, before, ocr };
    entries.iter().cloned().map(|entry| entry.map(simulated)).collect()
}

/// The unit of a cell that is under way.
#[derive(Default)]
pub(super) struct OpenUnit {
    number: u64,
    entries: Vec<Entry>,
    /// Whether some of it is not in the record.
    is_new: bool,
}

impl OpenUnit {
    /// Takes the next replicates, all of one unit, and keeps it when it is full.
    pub fn add(
        &mut self,
        (record, cell): (&dyn Record, &Cell),
        first: u64,
        entries: impl Iterator<Item = Entry>,
        is_new: bool,
    ) -> io::Result<()> {
        self.number = first / REPLICATES_A_UNIT;
        self.is_new |= is_new;
        self.entries.extend(entries);
        if self.entries.len() as u64 == REPLICATES_A_UNIT { self.close(record, cell) } else { Ok(()) }
    }

    /// Keeps what there is of the unit, unless the record has it.
    pub fn close(&mut self, record: &dyn Record, cell: &Cell) -> io::Result<()> {
        let Self { number, entries, is_new } = std::mem::take(self);
        if is_new { record.write(&name(cell, number), &encode(&Header::new(cell, number), &entries)?) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_unit_is_read_back_or_refused() {
        let scenario = Scenario::parse(Path::new("demo.toml"), "schema = 1\n".to_owned(), &[]);
        let cell = scenario.unwrap_or_else(|findings| panic!("{findings}")).cell(0);
        let header = Header::new(&cell, 2);
        let entries: Vec<Entry> =
            vec![Ok((Replicate::default(), Arc::new(Baseline::default()))), Err("index out of bounds".to_owned())];
        let bytes = encode(&header, &entries).expect("it can be written");
        assert_eq!(decode(&bytes, &header), Ok(entries));
        assert!(decode(&bytes, &Header::new(&cell, 1)).is_err());
        let others = Header { donsim: "0.1.0+code of yesterday".to_owned(), ..Header::new(&cell, 2) };
        assert_eq!(decode(&bytes, &others), Err("it is of other code, or of another seed or cell"));
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert!(decode(&damaged, &header).is_err(), "byte {at}");
            assert!(decode(&bytes[..at], &header).is_err(), "cut at {at}");
        }
    }
}
