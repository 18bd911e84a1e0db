//! `runs.csv`: one row a request and workflow node.

use std::io::Write;

use crate::experiment::Block;
use crate::sim::Row;

use super::columns::AxisColumn;
use super::summary_csv::{begin, finish};

/// The columns behind the cell's id and axes.
const COLUMNS: [&str; 20] = [
    "replicate",
    "request",
    "workflow_node",
    "outcome",
    "latency_ns",
    "served",
    "disagreement",
    "failure_cause",
    "unreachable_ns",
    "judgement",
    "request_bytes",
    "response_bytes",
    "duplicate_payload_bytes",
    "attestation_bytes",
    "error_bytes",
    "envelope_bytes",
    "answer_bytes",
    "answer_bytes_baseline",
    "signatures_verified",
    "error",
];

/// The header line.
pub(super) fn header(axes: &[AxisColumn]) -> csv::Result<Vec<u8>> {
    finish(begin(axes, &COLUMNS)?)
}

/// The rows of a block.
pub(super) fn write_block<W: Write>(
    writer: &mut csv::Writer<W>,
    axes: &[AxisColumn],
    block: &Block<'_>,
) -> csv::Result<()> {
    let mut cell = vec![block.cell.id.clone()];
    cell.extend(axes.iter().zip(&block.cell.axes).map(|(column, value)| column.field(value)));
    for ((replicate, result), before) in (block.first..).zip(block.replicates).zip(block.before) {
        for (at, row) in result.iter().flat_map(|replicate| &replicate.rows).enumerate() {
            let before = before.as_ref().and_then(|before| before.answers(at));
            cell.iter().try_for_each(|field| writer.write_field(field))?;
            writer.write_record(fields(replicate, row, before))?;
        }
    }
    Ok(())
}

/// A row, with what its answers cost in the baseline.
fn fields(replicate: u64, row: &Row, before: Option<u64>) -> [String; COLUMNS.len()] {
    let flag = |is_set: bool| u8::from(is_set).to_string();
    [
        replicate.to_string(),
        row.request.to_string(),
        row.workflow_node.to_string(),
        row.outcome.name().to_owned(),
        row.latency.map_or_else(String::new, |latency| latency.as_nanos().to_string()),
        flag(row.served),
        flag(row.disagreement),
        row.unreachable.map_or_else(String::new, |unreachable| unreachable.cause.to_string()),
        row.unreachable.map_or_else(String::new, |unreachable| unreachable.after.as_nanos().to_string()),
        row.judgement.name().to_owned(),
        row.bytes.request.to_string(),
        row.bytes.response.to_string(),
        row.bytes.duplicate_payload.to_string(),
        row.bytes.attestation.to_string(),
        row.bytes.error.to_string(),
        row.bytes.envelope.to_string(),
        row.bytes.answers().to_string(),
        before.map_or_else(String::new, |bytes| bytes.to_string()),
        row.signatures_verified.to_string(),
        row.error.clone(),
    ]
}
