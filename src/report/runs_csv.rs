//! `runs.csv`: one row a request and workflow node.

use std::borrow::Cow;
use std::io::Write;

use serde::Serialize;

use crate::engine::Span;
use crate::experiment::Block;
use crate::sim::{FailureCause, Row, RuleSets};

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

/// A field that is not text yet, as a row has more than twenty of them.
#[derive(Serialize)]
#[serde(untagged)]
enum Field<'a> {
    Number(u64),
    Text(Cow<'a, str>),
    Empty,
}

impl From<bool> for Field<'_> {
    fn from(value: bool) -> Self {
        Self::Number(value.into())
    }
}

impl From<u32> for Field<'_> {
    fn from(value: u32) -> Self {
        Self::Number(value.into())
    }
}

impl From<u64> for Field<'_> {
    fn from(value: u64) -> Self {
        Self::Number(value)
    }
}

impl From<Span> for Field<'_> {
    fn from(value: Span) -> Self {
        Self::Number(value.as_nanos())
    }
}

impl<'a> From<&'a str> for Field<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value.into())
    }
}

impl From<FailureCause> for Field<'_> {
    fn from(value: FailureCause) -> Self {
        Self::Text(value.to_string().into())
    }
}

impl<'a, T: Into<Field<'a>>> From<Option<T>> for Field<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

/// A column and how its fields are made.
type Column = (&'static str, for<'a> fn(&Entry<'a>) -> Field<'a>);

/// The columns behind the cell's id and axes.
const COLUMNS: [Column; 22] = [
    ("replicate", |it| it.replicate.into()),
    ("request", |it| it.row.request.into()),
    ("workflow_node", |it| it.row.workflow_node.into()),
    ("outcome", |it| it.row.outcome.name().into()),
    ("latency_ns", |it| it.row.latency.into()),
    ("served", |it| it.row.served.into()),
    ("disagreement", |it| it.row.disagreement.into()),
    ("failure_cause", |it| it.row.unreachable.map(|unreachable| unreachable.cause).into()),
    ("unreachable_ns", |it| it.row.unreachable.map(|unreachable| unreachable.after).into()),
    ("judgement", |it| it.row.judgement.name().into()),
    ("request_bytes", |it| it.row.bytes.request.into()),
    ("response_bytes", |it| it.row.bytes.response.into()),
    ("duplicate_payload_bytes", |it| it.row.bytes.duplicate_payload.into()),
    ("attestation_bytes", |it| it.row.bytes.attestation.into()),
    ("error_bytes", |it| it.row.bytes.error.into()),
    ("coordination_bytes", |it| it.row.bytes.coordination.into()),
    ("envelope_bytes", |it| it.row.bytes.envelope.into()),
    ("answer_bytes", |it| it.row.bytes.answers().into()),
    ("answer_bytes_baseline", |it| it.baseline.into()),
    ("signatures_verified", |it| it.row.signatures_verified.into()),
    ("holders", |it| it.holders.into()),
    ("error", |it| it.row.error.as_str().into()),
];

/// Column for runs whose workflow nodes have different rule sets.
const RULE_SET: Column = ("rule_set", |it| it.rule_sets.of(it.row.workflow_node).name().into());

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
            let place = cell.iter().map(|field| Field::from(field.as_str()));
            writer.serialize(place.chain(columns(mixed).map(|(_, field)| field(&entry))).collect::<Vec<_>>())?;
        }
    }
    Ok(())
}
