//! Axes as columns: their names and values in tables and CSV files.

use crate::experiment::{Axis, AxisValue};

/// An axis as a CSV column.
///
/// Numbers stand without their unit, which the header carries last; what is not a number on every cell stays text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AxisColumn {
    pub(super) header: String,
    /// The unit of its numbers, empty for plain ones; `None` for a column of texts.
    pub(super) unit: Option<&'static str>,
    /// Whether any of its numbers has a fraction. Then all are written with one: programs that guess a column's type from
    /// its first rows would otherwise take it for whole.
    has_fractions: bool,
}

impl AxisColumn {
    /// The columns of `axes`, given each axis' values in all cells.
    pub(super) fn all(axes: &[Axis], cells: impl Iterator<Item = impl AsRef<[AxisValue]>>) -> Vec<Self> {
        // The unit of the numbers of each axis, as long as all its values are numbers of one unit.
        let mut units: Vec<Option<&'static str>> = vec![None; axes.len()];
        let mut fractions = vec![false; axes.len()];
        for (index, cell) in cells.enumerate() {
            for ((unit, has_fractions), value) in units.iter_mut().zip(&mut fractions).zip(cell.as_ref()) {
                *has_fractions |= value.number.is_some_and(|number| number != libm::trunc(number));
                let fits = value.number.is_some() && (index == 0 || *unit == Some(value.unit));
                *unit = fits.then_some(value.unit);
            }
        }
        let column = |((axis, unit), has_fractions): ((&Axis, Option<&'static str>), bool)| {
            let header = match unit {
                None | Some("") => axis.key.clone(),
                Some("Mbit/s") => format!("{}_mbit_per_s", axis.key),
                Some(unit) => format!("{}_{unit}", axis.key),
            };
            Self { header, unit, has_fractions }
        };
        axes.iter().zip(units).zip(fractions).map(column).collect()
    }

    /// A cell's value in this column.
    pub(super) fn field(&self, value: &AxisValue) -> String {
        match value.number {
            // The debug form is as short as the other, but with a fraction where there is none.
            Some(number) if self.unit.is_some() && self.has_fractions => format!("{number:?}"),
            Some(number) if self.unit.is_some() => number.to_string(),
            _ => value.text.clone(),
        }
    }
}

/// The value that all are.
pub(super) fn common<T: PartialEq>(mut values: impl Iterator<Item = T>) -> Option<T> {
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_go_into_the_header() {
        let axis = |key: &str| Axis { key: key.to_owned(), group: 0 };
        let value = |text: &str, number, unit| AxisValue { text: text.to_owned(), number, unit };
        let cells = [
            vec![value("40ms", Some(40.0), "ms"), value("all", None, ""), value("0.5", Some(0.5), "")],
            vec![value("1.5s", Some(1500.0), "ms"), value("3", Some(3.0), ""), value("0", Some(0.0), "")],
        ];
        let axes = [axis("network.latency"), axis("capability_don.payload_holders"), axis("network.loss")];
        let columns = AxisColumn::all(&axes, cells.iter());
        let headers: Vec<_> = columns.iter().map(|column| column.header.as_str()).collect();
        assert_eq!(headers, ["network.latency_ms", "capability_don.payload_holders", "network.loss"]);
        let fields: Vec<_> = columns.iter().zip(&cells[1]).map(|(column, value)| column.field(value)).collect();
        // The other loss has a fraction.
        assert_eq!(fields, ["1500", "3", "0.0"]);
    }
}
