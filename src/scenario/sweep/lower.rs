//! From the axes of a file to the cells that they make.

use std::collections::BTreeSet;

use super::super::axis::{Axis, AxisValue};
use super::super::diagnostics::{Diagnostic, is_enough};
use super::super::document::Node;
use super::super::files::FileNames;
use super::super::kinds::Lowering;
use super::super::settings::Settings;
use super::raw::{RawAxis, RawSweep};
use super::{AxisPlan, Point, Sweep, kind_at};

impl RawSweep {
    /// Understands all values and lays out the cells, as many as `most`; `None` when the axes do not make a plan.
    pub fn lower(self, settings: &Settings, most: u64, lowering: &mut Lowering<'_>) -> Option<Sweep> {
        let Self { at, axes: raw } = self;
        let unzip = raw.iter().any(|axis| axis.unzipped);
        let zipped = raw.iter().filter(|axis| axis.zip).count();
        let unequal = unequal(&raw[..zipped]);
        let equal = unequal.is_none();
        lowering.findings.extend(unequal);
        let mut axes: Vec<_> = raw.into_iter().map(|axis| lower_axis(settings, axis, lowering)).collect();
        if unzip {
            drop_repeated_rows(&mut axes[..zipped]);
        }
        let first_grid_group = usize::from(zipped > 0);
        for (index, axis) in axes.iter_mut().enumerate().skip(zipped) {
            axis.axis.group = first_grid_group + index - zipped;
        }
        let sizes = axes.iter().skip(zipped.saturating_sub(1)).map(|axis| axis.points.len() as u64);
        let count = sizes.clone().try_fold(1_u64, u64::checked_mul).filter(|count| *count <= most);
        if count.is_none() {
            let product = sizes.map(|size| size.to_string()).collect::<Vec<_>>().join(" x ");
            let message = format!("the sweep has too many cells: {product}");
            let finding = Diagnostic::new(at, message).label("too many");
            lowering.findings.push(finding.help(format!("use fewer values: at most {most} are possible")));
        }
        Some(Sweep { axes, zipped, count: count.filter(|_| equal)? })
    }
}

fn unequal(zipped: &[RawAxis]) -> Option<Diagnostic> {
    let mut known = zipped.iter().filter(|axis| !axis.broken);
    let first = known.next()?;
    let odd = known.find(|axis| axis.values.len() != first.values.len())?;
    let message = format!(
        "axes of [sweep.zip] differ in length: `{}` has {}, `{}` has {}",
        first.target.dotted,
        first.values.len(),
        odd.target.dotted,
        odd.values.len()
    );
    let finding = Diagnostic::new(odd.at, message).label(format!("length {}", odd.values.len()));
    Some(finding.help("zipped axes advance together; use [sweep.grid] for every combination"))
}

fn lower_axis(settings: &Settings, raw: RawAxis, lowering: &mut Lowering<'_>) -> AxisPlan {
    let kind = kind_at(settings, &raw.target);
    let broken = raw.broken;
    let key = &raw.target.dotted;
    let points = raw.values.into_iter().map(|node| {
        let is_read = !broken && !is_enough(lowering.findings);
        let value = is_read.then(|| kind.read(lowering, key, &node)).flatten();
        let shown = value.as_ref().map(|value| value.axis_value());
        let is_missing = |shown: &&AxisValue| MISSING.contains(&shown.text.as_str());
        lowering.findings.extend(shown.as_ref().filter(is_missing).map(|shown| missing(key, &node, &shown.text)));
        Point { node, value, shown }
    });
    let points = points.collect();
    AxisPlan { points, broken, axis: Axis { key: key.clone(), group: 0 }, target: raw.target }
}

/// Texts that pandas, readr or R's own `read.csv` take for a missing value where nobody tells them otherwise.
const MISSING: [&str; 19] = [
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
    "NULL", "NaN", "None", "n/a", "nan", "null",
];

fn missing(key: &str, node: &Node, text: &str) -> Diagnostic {
    let finding = Diagnostic::new(node.at, format!("readers of tables would take a value of `{key}` for missing"));
    match text {
        "" => finding
            .label("nothing at all")
            .help("sweep values that say something; what has none is a scenario of its own"),
        text => finding
            .label(format!("`{text}` stands for no value"))
            .help(format!("call it otherwise, such as \"{text}_\"")),
    }
}

/// After an axis has left the group, rows that only it told apart are one.
fn drop_repeated_rows(zipped: &mut [AxisPlan]) {
    let rows = zipped.iter().map(|axis| axis.points.len()).min().unwrap_or_default();
    let mut seen = BTreeSet::new();
    let keep: Vec<bool> = (0..rows)
        .map(|row| {
            let printed = |axis: &AxisPlan| axis.points[row].value.as_ref().map(|value| value.print(FileNames::Digest));
            seen.insert(zipped.iter().map(printed).collect::<Vec<_>>())
        })
        .collect();
    for axis in zipped {
        let mut row = 0..;
        axis.points.retain(|_| row.next().and_then(|row| keep.get(row).copied()).unwrap_or(true));
    }
}
