//! The results folder `<root>/<name>/<id>/`.
//!
//! 1. A run takes the folder's lock, so that nobody else writes into it.
//! 2. It removes what an earlier run of the same scenario says, the manifest first, and keeps its record, `units/`.
//! 3. Files grow as `.part` and are renamed when the run is complete, so that a file without that ending is whole. The
//!    rows of a group's cells come interleaved: each cell's are kept apart until the group ends, then joined in order.
//! 4. The manifest is written last: a folder without one is incomplete.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::experiment::{Block, Findings, RunSummary, Verdict};
use crate::scenario::Scenario;

use super::columns::AxisColumn;
use super::expectations::expectations_document;
use super::files::{FolderError, at, write_whole};
use super::html::{self, Account};
use super::junit::{Suite, junit};
use super::lock::Lock;
use super::manifest::{digest, digest_of, manifest};
use super::plots::{self, Formats};
use super::report_md;
use super::rows_file::{self, RowsFile};
use super::units::UNITS;
use super::witness::{Exhibits, Look};
use super::{axes_csv, latency_csv, runs_csv, summary_csv};

/// Rows above which they are compressed in any case.
const MOST_PLAIN_ROWS: u64 = 1_000_000;

/// A results folder that is being written.
pub struct ResultsFolder {
    path: PathBuf,
    axes: Vec<AxisColumn>,
    /// Whether workflow nodes of some cell have different rule sets.
    mixed: bool,
    rows: RowsFile,
    /// Name of their file.
    rows_name: &'static str,
    /// The first cell of the present group, by its place in the plan: its rows are the next ones.
    first: Option<u64>,
    /// Rows of the group's other cells, which wait until those before them are complete.
    spools: BTreeMap<u64, csv::Writer<BufWriter<File>>>,
    /// Digests of the finished files.
    digests: BTreeMap<String, String>,
    /// Held until the folder is finished or given up.
    _lock: Lock,
}

impl ResultsFolder {
    /// Makes the folder below `root`, or takes one that is there, and puts the scenario and nothing else into it. Its
    /// record stays, unless `fresh`; its rows are compressed when there are many of them, or with `gzip`.
    ///
    /// # Errors
    /// When it cannot be written, or another process writes into it.
    pub fn create(root: &Path, scenario: &Scenario, fresh: bool, gzip: bool) -> Result<Self, FolderError> {
        Self::take(path_of(root, scenario), scenario, fresh, gzip)
    }

    /// As [`ResultsFolder::create`], of the folder at `path`, wherever it was brought.
    pub(crate) fn take(path: PathBuf, scenario: &Scenario, fresh: bool, gzip: bool) -> Result<Self, FolderError> {
        fs::create_dir_all(&path).map_err(at(&path))?;
        let lock = Lock::take(&path, "")?;
        clear(&path)?;
        if fresh {
            gone(&path.join(UNITS), |path| fs::remove_dir_all(path))?;
        }
        let (mut mixed, mut count) = (false, 0_u64);
        let cells = (0..scenario.cell_count()).map(|index| scenario.cell(index));
        let cells = cells.inspect(|cell| {
            mixed |= cell.setup.aggregator.rule_set.is_mixed();
            count = count.saturating_add(cell.setup.rows().saturating_mul(scenario.run().replicates));
        });
        let axes = AxisColumn::all(scenario.axes(), cells.map(|cell| cell.axes));
        let gzip = gzip || count > MOST_PLAIN_ROWS;
        let rows_name = rows_file::NAMES[usize::from(gzip)];
        let part = path.join(format!("{rows_name}.part"));
        let mut rows = RowsFile::create(&part, gzip).map_err(at(&part))?;
        rows.write_all(&runs_csv::header(&axes, mixed)?).map_err(at(&part))?;
        let (spools, digests) = (BTreeMap::new(), BTreeMap::new());
        let mut folder = Self { path, axes, mixed, rows, rows_name, first: None, spools, digests, _lock: lock };
        for (name, bytes) in scenario_files(scenario) {
            folder.write(name, bytes)?;
        }
        Ok(folder)
    }

    /// Path of the folder.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Name of the file that the rows will be in.
    #[must_use]
    pub const fn rows_name(&self) -> &'static str {
        self.rows_name
    }

    /// Takes the next rows of a cell.
    pub(crate) fn add(&mut self, block: &Block<'_>) -> io::Result<()> {
        let index = block.cell.index;
        if *self.first.get_or_insert(index) == index {
            let mut rows = csv::Writer::from_writer(&mut self.rows);
            runs_csv::write_block(&mut rows, &self.axes, self.mixed, block)?;
            return rows.flush();
        }
        if !self.spools.contains_key(&index) {
            let file = File::create(self.spool_path(index))?;
            // The header stands in `runs.csv` already.
            self.spools.insert(index, csv::Writer::from_writer(BufWriter::new(file)));
        }
        let Some(spool) = self.spools.get_mut(&index) else { return Ok(()) };
        runs_csv::write_block(spool, &self.axes, self.mixed, block).map_err(io::Error::from)
    }

    /// Joins the rows of the group's cells to those of the groups before.
    pub(crate) fn end_group(&mut self) -> io::Result<()> {
        self.first = None;
        for (index, spool) in std::mem::take(&mut self.spools) {
            // Closing the file also brings what was buffered to it.
            drop(spool.into_inner().map_err(csv::IntoInnerError::into_error)?);
            let path = self.spool_path(index);
            self.rows.append(&mut File::open(&path)?)?;
            fs::remove_file(&path)?;
        }
        Ok(())
    }

    /// Completes a folder, or leaves what there is of it in `.part` files. What shows a failure is looked at again with `look`.
    pub(crate) fn finish(
        mut self,
        scenario: &Scenario,
        (findings, verdict): (&Findings, Verdict),
        formats: Formats,
        look: &Look<'_>,
    ) -> Result<(), FolderError> {
        let run = &findings.summary;
        let ending = if findings.is_complete() { "" } else { ".part" };
        for (name, bytes) in tables(run)? {
            self.write(&format!("{name}{ending}"), &bytes)?;
        }
        if findings.is_complete() {
            self.complete(scenario, (findings, verdict), formats, look)?;
        }
        Ok(())
    }

    fn complete(
        &mut self,
        scenario: &Scenario,
        (findings, verdict): (&Findings, Verdict),
        formats: Formats,
        look: &Look<'_>,
    ) -> Result<(), FolderError> {
        let name = self.rows_name;
        let (part, whole) = (self.path.join(format!("{name}.part")), self.path.join(name));
        self.rows.finish().and_then(|()| fs::rename(&part, &whole)).map_err(at(&part))?;
        self.digests.insert(name.to_owned(), digest_of_file(&whole).map_err(at(&whole))?);
        let expectations = expectations_document(&findings.summary, &findings.witnesses);
        self.write("expectations.json", format!("{expectations:#}\n").as_bytes())?;
        let cases = junit(&[Suite::new(scenario, findings)]).map_err(at(&self.path))?;
        self.write("junit.xml", &cases)?;
        let so_far = manifest(scenario, (&findings.summary, verdict), &self.digests);
        let account = Account::new(&so_far, &expectations, scenario.text());
        for (name, bytes) in drawn(&findings.summary, &account, formats, look)? {
            self.write(&name, &bytes)?;
        }
        let manifest = manifest(scenario, (&findings.summary, verdict), &self.digests);
        self.write(MANIFEST, format!("{manifest:#}\n").as_bytes())
    }

    /// Writes a file, whole or not at all, and remembers its digest.
    pub(crate) fn write(&mut self, name: &str, bytes: &[u8]) -> Result<(), FolderError> {
        let path = self.path.join(name);
        write_whole(&path, bytes).map_err(at(&path))?;
        self.digests.insert(name.to_owned(), digest(bytes));
        Ok(())
    }

    /// Notes what the run was made on; the one file that may differ between two runs.
    pub(crate) fn write_host(&self, host: &serde_json::Value) -> Result<(), FolderError> {
        let path = self.path.join("host.json");
        write_whole(&path, format!("{host:#}\n").as_bytes()).map_err(at(&path))
    }

    fn spool_path(&self, index: u64) -> PathBuf {
        self.path.join(format!("runs.csv.{index}.part"))
    }
}

/// Results folder of a scenario below `root`.
pub fn path_of(root: &Path, scenario: &Scenario) -> PathBuf {
    root.join(scenario.name()).join(scenario.id())
}

/// Files that say what a run is of, by their places in its folder.
pub(super) fn scenario_files(scenario: &Scenario) -> impl Iterator<Item = (&str, &[u8])> {
    let own = [("scenario.toml", scenario.text().as_bytes()), ("resolved.toml", scenario.resolved().as_bytes())];
    own.into_iter().chain(scenario.files().iter().map(|file| (file.stored.as_str(), file.bytes.as_slice())))
}

/// Whether a run put a file with such a path in it into its results folder: its manifest says so, or it lies there.
pub fn has_file(folder: &Path, is_such: impl Fn(&Path) -> bool) -> bool {
    let manifest = fs::read(folder.join(MANIFEST)).unwrap_or_default();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap_or_default();
    let mut listed = manifest["files"].as_object().into_iter().flat_map(|files| files.keys());
    let lies_there = |place: &str| {
        let mut entries = fs::read_dir(folder.join(place)).into_iter().flatten().flatten();
        entries.any(|entry| is_such(&Path::new(place).join(entry.file_name())))
    };
    listed.any(|name| is_such(Path::new(name))) || ["", "plots"].into_iter().any(lies_there)
}

/// The file that is there when all others are.
pub(super) const MANIFEST: &str = "manifest.json";

/// Files of a run besides its tables, pictures and the scenario; the manifest, which vouches for all, comes first.
const SAYINGS: [&str; 5] = [MANIFEST, "expectations.json", "junit.xml", "report.html", "report.md"];

/// Removes what an earlier run left in `folder`, complete or not. The scenario is replaced later, each file at once: it may
/// be the one that is being run.
fn clear(folder: &Path) -> Result<(), FolderError> {
    for name in SAYINGS.into_iter().chain(rows_file::NAMES).chain(TABLES) {
        gone(&folder.join(name), |path| fs::remove_file(path))?;
    }
    gone(&folder.join("plots"), |path| fs::remove_dir_all(path))?;
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let path = entry.map_err(at(folder))?.path();
        if path.extension().is_some_and(|ending| ending == "part") {
            gone(&path, |path| fs::remove_file(path))?;
        }
    }
    Ok(())
}

/// Removes what may be at `path`.
fn gone(path: &Path, remove: impl FnOnce(&Path) -> io::Result<()>) -> Result<(), FolderError> {
    match remove(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(path)(error)),
        _ => Ok(()),
    }
}

/// The tables of a run's findings, from which all that [`drawn`] makes can be made again.
pub(super) const TABLES: [&str; 4] = ["axes.csv", "cells.csv", "latency.csv", "summary.csv"];

/// The bytes of [`TABLES`], by name.
pub(super) fn tables(run: &RunSummary) -> csv::Result<Vec<(&'static str, Vec<u8>)>> {
    let bytes = [axes_csv::table(run)?, summary_csv::cells(run)?, latency_csv::table(run)?, summary_csv::summary(run)?];
    Ok(TABLES.into_iter().zip(bytes).collect())
}

/// Files that are made of the tables, pictures and `report.md`, and with the account of the run `report.html`: each by its
/// place in the folder.
fn drawn(
    run: &RunSummary,
    account: &Account,
    formats: Formats,
    look: &Look<'_>,
) -> Result<Vec<(String, Vec<u8>)>, FolderError> {
    let pictures = plots::draw(run, formats)?;
    let exhibits = Exhibits::new(account.witnesses(), look);
    let diagrams = exhibits.shown.iter().map(|exhibit| exhibit.files(formats)).collect::<Result<Vec<_>, _>>()?;
    let names: Vec<&str> = pictures.iter().map(|drawing| drawing.picture.name).collect();
    let pages =
        [("report.md", report_md::page(run, &names)), ("report.html", html::page(run, account, &exhibits, &pictures))];
    let pages = pages.map(|(name, text)| (name.to_owned(), text.into_bytes()));
    let pictures = pictures.into_iter().flat_map(|drawing| drawing.files).chain(diagrams.into_iter().flatten());
    Ok(pictures.map(|(name, bytes)| (format!("plots/{name}"), bytes)).chain(pages).collect())
}

/// Writes `report.md`, `report.html` and `plots/` into `folder`, each file whole or not at all. What tables do not tell is
/// taken from the other files of the results folder `from`, as far as they are there; what shows a failure is looked at again
/// with `look`.
pub fn redraw(
    run: &RunSummary,
    [from, folder]: [&Path; 2],
    formats: Formats,
    look: &Look<'_>,
) -> Result<(), FolderError> {
    let document = |name| {
        let bytes = fs::read(from.join(name)).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or(Value::Null)
    };
    let scenario = fs::read_to_string(from.join("scenario.toml")).unwrap_or_default();
    let account = Account::new(&document(MANIFEST), &document("expectations.json"), &scenario);
    fs::create_dir_all(folder).map_err(at(folder))?;
    let _lock = Lock::take(folder, "")?;
    let keep = |(name, bytes): &(String, Vec<u8>)| {
        let path = folder.join(name);
        write_whole(&path, bytes).map_err(at(&path))
    };
    drawn(run, &account, formats, look)?.iter().try_for_each(keep)
}

fn digest_of_file(path: &Path) -> io::Result<String> {
    digest_of(&mut BufReader::new(File::open(path)?))
}
