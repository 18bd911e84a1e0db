//! Cells that are worth their price: of those that meet the same world, none is both cheaper and faster.

use super::figure::value;
use crate::experiment::{CellSummary, Metric, RunSummary};

/// Whether an axis is somebody's choice; everything else is the world that choices meet.
fn is_choice(key: &str) -> bool {
    key.starts_with("aggregator.")
        || matches!(key, "capability_don.payload_holders" | "capability_don.observation" | "request.schedule")
        || key.starts_with("capability_don.response_")
}

/// All bytes where OCR3 rounds are simulated; those between the two DONs otherwise, as OCR is the same for all choices.
pub(super) fn sent(cell: &CellSummary) -> Metric {
    if cell.estimate(Metric::Epochs).is_some() { Metric::AllBytes } else { Metric::TotalBytes }
}

/// The bytes and the latency that a cell offers; `None` where its latency is beyond the deadline.
fn offer(cell: &CellSummary) -> Option<(f64, f64)> {
    value(cell, sent(cell)).zip(value(cell, Metric::LatencyP99))
}

/// The ids of cells that no other of the same world beats in one of bytes and latency without losing in the other; empty
/// where that tells nothing, as every cell is among them.
pub(super) fn best(run: &RunSummary) -> Vec<&str> {
    let world = |cell: &CellSummary| -> Vec<String> {
        let axes = run.axes.iter().zip(&cell.axes).filter(|(axis, _)| !is_choice(&axis.key));
        axes.map(|(_, value)| value.text.clone()).collect()
    };
    let offers: Vec<(&CellSummary, Vec<String>, (f64, f64))> =
        run.cells.iter().filter_map(|cell| Some((cell, world(cell), offer(cell)?))).collect();
    let beaten = |world: &[String], (bytes, latency): (f64, f64)| {
        offers
            .iter()
            .any(|(_, other, (b, l))| other == world && *b <= bytes && *l <= latency && (*b < bytes || *l < latency))
    };
    let best: Vec<&str> =
        offers.iter().filter(|(_, world, offer)| !beaten(world, *offer)).map(|(cell, _, _)| cell.id.as_str()).collect();
    if best.len() == offers.len() { Vec::new() } else { best }
}
