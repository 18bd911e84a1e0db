//! `axes.csv` and `cells.csv`: which cells there are, and what tells them apart.

use crate::experiment::{Axis, AxisValue, CellSummary, Ended, Exact, FaultSummary, RunSummary};
use crate::report::axes_csv;
use crate::report::summary_csv::{CELL_COLUMNS, ENDED_BY, FAULT, NO_CLOSED_FORM, fault_column};
use crate::scenario::is_name;

use super::error::ReadError;
use super::table::{Row, Table};

/// An axis and where its values stand.
struct AxisColumn<'a> {
    axis: Axis,
    header: &'a str,
    /// The unit of its numbers; `None` for texts.
    unit: Option<&'static str>,
}

/// The run without what the other tables say.
pub(super) fn read(axes: &Table, cells: &Table) -> Result<RunSummary, ReadError> {
    let columns = axis_columns(axes, cells)?;
    let faults = fault_names(cells);
    cells.require(&["run", NO_CLOSED_FORM, "cell"])?;
    cells.require(&CELL_COLUMNS)?;
    let read: Vec<CellSummary> = cells.rows().map(|row| cell(row, &columns, &faults)).collect::<Result<_, _>>()?;
    let first = cells.rows().next().ok_or_else(|| cells.wrong(Some(1), None, "there are no cells"))?;
    let is_id = |id: &&str| !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric());
    let known = first.text("run").rsplit_once('/').filter(|(name, id)| is_name(name) && is_id(id));
    let (name, id) = known.ok_or_else(|| first.wrong("run", format!("{} is no `<name>/<id>`", first.quoted("run"))))?;
    Ok(RunSummary {
        name: name.to_owned(),
        id: id.to_owned(),
        replicates: read.iter().map(|cell| cell.replicates).max().unwrap_or_default(),
        axes: columns.into_iter().map(|column| column.axis).collect(),
        cells: read,
        expectations: Vec::new(),
    })
}

fn axis_columns<'a>(axes: &'a Table, cells: &Table) -> Result<Vec<AxisColumn<'a>>, ReadError> {
    axes.require(&axes_csv::COLUMNS)?;
    let column = |row: Row<'a>| {
        let known = AxisValue::UNITS.into_iter().find(|known| *known == row.text("unit"));
        let unit = match (row.text("kind"), known) {
            (axes_csv::NUMBER, Some(unit)) => Some(unit),
            (axes_csv::TEXT, Some("")) => None,
            (axes_csv::NUMBER | axes_csv::TEXT, _) => {
                return Err(row.wrong("unit", format!("{} is no unit here", row.quoted("unit"))));
            }
            _ => return Err(row.wrong("kind", format!("{} is neither `number` nor `text`", row.quoted("kind")))),
        };
        let axis = Axis { key: row.text("axis").to_owned(), group: row.count("axis_group")? as usize };
        let header = row.text("header");
        cells.require(&[header])?;
        Ok(AxisColumn { axis, header, unit })
    };
    axes.rows().map(column).collect()
}

/// The faults that the header names, in their order.
fn fault_names(cells: &Table) -> Vec<String> {
    let [_, fired, _] = FAULT;
    let name = |header: &String| Some(header.strip_suffix(fired)?.strip_suffix('.')?.to_owned());
    cells.header.iter().filter_map(name).collect()
}

fn cell(row: Row<'_>, axes: &[AxisColumn<'_>], faults: &[String]) -> Result<CellSummary, ReadError> {
    let text = |name: &str| row.text(name).to_owned();
    let fault = |name: &String| {
        let count = |what: &str| {
            let column = fault_column(name, what);
            row.table.require(&[&column])?;
            row.count(&column)
        };
        let [nodes, fired, holder_shortfall] = FAULT.map(count);
        let nodes = u32::try_from(nodes?).unwrap_or(u32::MAX);
        Ok(FaultSummary { name: name.clone(), nodes, fired: fired?, holder_shortfall: holder_shortfall? })
    };
    let missing = text(NO_CLOSED_FORM);
    Ok(CellSummary {
        id: text("cell"),
        axes: axes.iter().map(|axis| axis_value(row, axis)).collect::<Result<_, _>>()?,
        rule_set: text("rule_set"),
        payload_holders: text("payload_holders"),
        deadline_ms: row.number_within("deadline_ms", (0.0, f64::INFINITY))?,
        replicates: row.count("replicates")?,
        ended: ended(row)?,
        estimates: Vec::new(),
        survival: Vec::new(),
        // What begins so tells which part of one there is not.
        exact: if missing.starts_with("of ") { Ok(Exact { missing, ..Exact::default() }) } else { Err(missing) },
        differences: Vec::new(),
        causes: Vec::new(),
        holders: Vec::new(),
        faults: faults.iter().map(fault).collect::<Result<_, _>>()?,
    })
}

/// Why the cell has no more replicates, where the table says so.
fn ended(row: Row<'_>) -> Result<Option<Ended>, ReadError> {
    if !row.table.header.iter().any(|name| name == ENDED_BY) {
        return Ok(None);
    }
    let known = Ended::ALL.into_iter().find(|ended| ended.name() == row.text(ENDED_BY));
    known.map(Some).ok_or_else(|| row.wrong(ENDED_BY, format!("{} ends no cell", row.quoted(ENDED_BY))))
}

fn axis_value(row: Row<'_>, axis: &AxisColumn<'_>) -> Result<AxisValue, ReadError> {
    let text = row.text(axis.header);
    let Some(unit) = axis.unit else {
        return Ok(AxisValue { text: text.to_owned(), number: None, unit: "" });
    };
    let value = AxisValue::of_number(row.number(axis.header)?, unit);
    value.ok_or_else(|| row.wrong(axis.header, format!("no axis has {text} {unit}")))
}
