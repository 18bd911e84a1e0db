//! `runs.csv`: one row a request and workflow node.

use std::io::Write;

use crate::engine::Span;
use crate::experiment::Block;
use crate::sim::{Row, RuleSets};

use super::columns::AxisColumn;
use super::summary_csv::{begin, finish};

/// A row, with what its answers cost in the baseline.
struct Entry<'a> {
    replicate: u64,
    row: &'a Row,
    rule_sets: &'a RuleSets,
    holders: Option<u32>,
    baseline: Option<u64>,
}

/// A column and how its fields are made.
type Column = (&'static str, fn(&Entry<'_>) -> String);

/// The columns behind the cell's id and axes.
const COLUMNS: [Column; 22] = [
    ("replicate", |it| it.replicate.to_string()),
    ("request", |it| it.row.request.to_string()),
    ("workflow_node", |it| it.row.workflow_node.to_string()),
    ("outcome", |it| it.row.outcome.name().to_owned()),
    ("latency_ns", |it| optional(it.row.latency.map(Span::as_nanos))),
    ("served", |it| u8::from(it.row.served).to_string()),
    ("disagreement", |it| u8::from(it.row.disagreement).to_string()),
    ("failure_cause", |it| optional(it.row.unreachable.map(|unreachable| unreachable.cause))),
    ("unreachable_ns", |it| optional(it.row.unreachable.map(|unreachable| unreachable.after.as_nanos()))),
    ("judgement", |it| it.row.judgement.name().to_owned()),
    ("request_bytes", |it| it.row.bytes.request.to_string()),
    ("response_bytes", |it| it.row.bytes.response.to_string()),
    ("duplicate_payload_bytes", |it| it.row.bytes.duplicate_payload.to_string()),
    ("attestation_bytes", |it| it.row.bytes.attestation.to_string()),
    ("error_bytes", |it| it.row.bytes.error.to_string()),
    ("coordination_bytes", |it| it.row.bytes.coordination.to_string()),
    ("envelope_bytes", |it| it.row.bytes.envelope.to_string()),
    ("answer_bytes", |it| it.row.bytes.answers().to_string()),
    ("answer_bytes_baseline", |it| optional(it.baseline)),
    ("signatures_verified", |it| it.row.signatures_verified.to_string()),
    ("holders", |it| optional(it.holders)),
    ("error", |it| it.row.error.clone()),
];

fn optional(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// Column for runs whose workflow nodes have different rule sets.
const RULE_SET: Column = ("rule_set", |it| it.rule_sets.of(it.row.workflow_node).name().to_owned());

fn columns(mixed: bool) -> impl Iterator<Item = Column> {
    COLUMNS.into_iter().chain(mixed.then_some(RULE_SET))
}

/// The header line; `mixed` when workflow nodes of some cell have different rule sets.
pub(super) fn header(axes: &[AxisColumn], mixed: bool) -> csv::Result<Vec<u8>> {
    finish(begin(axes, &columns(mixed).map(|(name, _)| name).collect::<Vec<_>>())?)
}

/// The rows of a block.
pub(super) fn write_block<W: Write>(
    writer: &mut csv::Writer<W>,
    axes: &[AxisColumn],
    mixed: bool,
    block: &Block<'_>,
) -> csv::Result<()> {
    let mut cell = vec![block.cell.id.clone()];
    cell.extend(axes.iter().zip(&block.cell.axes).map(|(column, value)| column.field(value)));
    for ((replicate, result), before) in (block.first..).zip(block.replicates).zip(block.before) {
        let Some(world) = result else { continue };
        for (at, row) in world.rows.iter().enumerate() {
            let holders = world.requests.get(row.request as usize).map(|request| request.holders);
            let baseline = before.as_ref().and_then(|before| before.answers(at));
            let rule_sets = &block.cell.setup.aggregator.rule_set;
            let entry = Entry { replicate, row, rule_sets, holders, baseline };
            cell.iter().try_for_each(|field| writer.write_field(field))?;
            writer.write_record(columns(mixed).map(|(_, field)| field(&entry)))?;
        }
    }
    Ok(())
}
