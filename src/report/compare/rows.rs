//! Rows of two runs, cell by cell and replicate by replicate.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::report::rows_file::open;

/// Columns whose sum is all bytes between the two DONs.
const BYTES: [&str; 7] = [
    "request_bytes",
    "response_bytes",
    "duplicate_payload_bytes",
    "attestation_bytes",
    "error_bytes",
    "coordination_bytes",
    "envelope_bytes",
];

/// Reason why two runs cannot be compared.
#[derive(Debug, Error)]
pub enum CompareError {
    /// A table that cannot be read.
    #[error("cannot read {}: {source}; name two results folders that have their rows", .0.display(), source = .1)]
    Read(PathBuf, #[source] io::Error),
    /// A table that no run wrote.
    #[error("{}: {reason}; it is not what `donsim run` writes", .0.display(), reason = .1)]
    Wrong(PathBuf, String),
    /// Runs with other axes.
    #[error("the runs sweep other axes: {} and {}", .0.join(", "), .1.join(", "))]
    OtherAxes(Vec<String>, Vec<String>),
    /// Runs without a cell and a replicate that both have.
    #[error("the runs have no cell with a replicate in common")]
    NothingInCommon,
}

/// A replicate of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Side {
    /// Rows of honest workflow nodes.
    pub rows: u32,
    pub accepted: u32,
    pub tainted: u32,
    pub wrong: u32,
    pub crashed: u32,
    /// Rows of requests that were served.
    pub served: u32,
    pub bytes: u64,
    pub signatures: u64,
    /// By request and workflow node, the latency in ns of those that accepted.
    pub latencies: BTreeMap<(u32, u32), u64>,
    /// By request and workflow node, the honest ones that did not accept the right response.
    pub missed: BTreeSet<(u32, u32)>,
}

/// A replicate in the base run and in the new one.
pub(super) struct Pair {
    pub number: u64,
    pub sides: [Side; 2],
}

impl Pair {
    /// Mean latency in ns of the rows that accepted in both; `None` where there is none.
    pub fn latency(&self) -> Option<[u64; 2]> {
        let [base, new] = &self.sides;
        let both = base.latencies.iter().filter_map(|(row, before)| Some((*before, *new.latencies.get(row)?)));
        let (count, before, now) =
            both.fold((0, 0, 0), |(count, sum, other), (before, now)| (count + 1, sum + before, other + now));
        (count > 0).then(|| [before / count, now / count])
    }
}

/// A cell that both runs have.
pub(super) struct Cell {
    /// Values on the axes.
    pub axes: Vec<String>,
    /// Its ids in the base run and in the new one.
    pub ids: [String; 2],
    /// By number, the replicates that both have.
    pub pairs: Vec<Pair>,
}

/// Axes of a run, and by cell its id and by number its replicates; cells in their order.
struct Run {
    axes: Vec<String>,
    order: Vec<Vec<String>>,
    cells: BTreeMap<Vec<String>, (String, BTreeMap<u64, Side>)>,
}

/// Axes, the cells that both runs have, and how many only one has.
pub(super) fn cells(base: &Path, new: &Path) -> Result<(Vec<String>, Vec<Cell>, usize), CompareError> {
    let (mut base, mut new) = (read(base)?, read(new)?);
    if base.axes != new.axes {
        return Err(CompareError::OtherAxes(base.axes, new.axes));
    }
    let mut unpaired = new.order.iter().filter(|axes| !base.cells.contains_key(*axes)).count();
    let mut cells = Vec::new();
    for axes in base.order {
        let (Some((id, before)), Some((new_id, mut now))) = (base.cells.remove(&axes), new.cells.remove(&axes)) else {
            unpaired += 1;
            continue;
        };
        let pair = |(number, before)| Some(Pair { number, sides: [before, now.remove(&number)?] });
        let pairs = before.into_iter().filter_map(pair).collect();
        cells.push(Cell { axes, ids: [id, new_id], pairs });
    }
    if cells.iter().all(|cell| cell.pairs.is_empty()) {
        return Err(CompareError::NothingInCommon);
    }
    Ok((base.axes, cells, unpaired))
}

fn read(folder: &Path) -> Result<Run, CompareError> {
    let (path, rows) = open(folder);
    let rows = rows.map_err(|error| CompareError::Read(path.clone(), error))?;
    let wrong = |reason: String| CompareError::Wrong(path.clone(), reason);
    let broken = |error: csv::Error| match error.into_kind() {
        csv::ErrorKind::Io(error) => CompareError::Read(path.clone(), error),
        kind => wrong(format!("{kind:?}")),
    };
    let mut reader = csv::Reader::from_reader(rows);
    let header = reader.headers().map_err(broken)?.clone();
    let at = |name: &str| header.iter().position(|column| column == name);
    let column = |name: &str| at(name).ok_or_else(|| wrong(format!("there is no column {name}")));
    let replicate = column("replicate")?;
    let keys = [replicate, column("request")?, column("workflow_node")?];
    let (outcome, latency, served) = (column("outcome")?, column("latency_ns")?, column("served")?);
    let bytes = BYTES.map(column).into_iter().collect::<Result<Vec<_>, _>>()?;
    let signatures = column("signatures_verified")?;
    let axes: Vec<String> = header.iter().take(replicate).skip(1).map(str::to_owned).collect();
    let mut run = Run { axes, order: Vec::new(), cells: BTreeMap::new() };
    for record in reader.records() {
        let record = record.map_err(broken)?;
        let line = record.position().map_or(0, csv::Position::line);
        let number = |at: usize| -> Result<u64, CompareError> {
            let text = &record[at];
            text.parse().map_err(|_| wrong(format!("line {line}, column {}: {text:?} is no number", &header[at])))
        };
        let cell: Vec<String> = record.iter().take(replicate).skip(1).map(str::to_owned).collect();
        if !run.cells.contains_key(&cell) {
            run.order.push(cell.clone());
            run.cells.insert(cell.clone(), (record[0].to_owned(), BTreeMap::new()));
        }
        let side = run.cells.entry(cell).or_default().1.entry(number(keys[0])?).or_default();
        for at in &bytes {
            side.bytes += number(*at)?;
        }
        side.signatures += number(signatures)?;
        if &record[outcome] == "byzantine" {
            continue;
        }
        side.rows += 1;
        side.served += number(served)? as u32;
        match &record[outcome] {
            "accepted" => side.accepted += 1,
            "accepted_tainted" => side.tainted += 1,
            "accepted_wrong" => side.wrong += 1,
            "crashed" => side.crashed += 1,
            _ => {}
        }
        let row = (number(keys[1])? as u32, number(keys[2])? as u32);
        if !matches!(&record[outcome], "accepted" | "accepted_tainted") {
            side.missed.insert(row);
        }
        if !record[latency].is_empty() && record[outcome].starts_with("accepted") {
            side.latencies.insert(row, number(latency)?);
        }
    }
    Ok(run)
}
