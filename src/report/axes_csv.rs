//! `axes.csv`, one row a swept axis: what the axis columns of the other tables are.

use crate::experiment::RunSummary;

use super::summary_csv::{axes, finish};

/// The columns.
pub(super) const COLUMNS: [&str; 5] = ["axis", "header", "kind", "unit", "axis_group"];

/// The kind of an axis whose values are numbers of one unit.
pub(super) const NUMBER: &str = "number";

/// The kind of all other axes.
pub(super) const TEXT: &str = "text";

/// The table.
pub(super) fn table(run: &RunSummary) -> csv::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for (axis, column) in run.axes.iter().zip(axes(run)) {
        let kind = if column.unit.is_some() { NUMBER } else { TEXT };
        let (unit, group) = (column.unit.unwrap_or_default(), axis.group.to_string());
        writer.write_record([&axis.key, &column.header, kind, unit, &group])?;
    }
    finish(writer)
}
