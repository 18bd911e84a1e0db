//! From the axes of a file to the cells that they make.

use std::collections::BTreeSet;

use super::super::diagnostics::{Diagnostic, is_enough};
use super::super::document::Node;
use super::super::files::FileNames;
use super::super::kinds::{Kind, Lowering};
use super::super::settings::Settings;
use super::{AxisPlan, Sweep};

impl Sweep {
    /// Understands all values and lays out the cells, as many as `most`; `false` when the axes do not make a plan.
    pub fn lower(&mut self, settings: &Settings, most: u64, lowering: &mut Lowering<'_>) -> bool {
        let zipped = self.zipped();
        let unequal = unequal(&self.axes[..zipped]);
        let is_equal = unequal.is_none();
        lowering.findings.extend(unequal);
        for axis in &mut self.axes {
            axis.lower(settings.kind(&axis.target), lowering);
        }
        if self.axes.iter().any(|axis| axis.unzipped) {
            drop_repeated_rows(&mut self.axes[..zipped]);
        }
        let sizes = self.axes.iter().skip(zipped.saturating_sub(1)).map(|axis| axis.points.len() as u64);
        let count = sizes.clone().try_fold(1_u64, u64::checked_mul).filter(|count| *count <= most);
        if count.is_none() {
            let product = sizes.map(|size| size.to_string()).collect::<Vec<_>>().join(" x ");
            let message = format!("the sweep has too many cells: {product}");
            let finding = Diagnostic::new(self.at, message).label("too many");
            lowering.findings.push(finding.help(format!("use fewer values: at most {most} are possible")));
        }
        self.count = count.unwrap_or_default();
        is_equal && count.is_some()
    }
}

fn unequal(zipped: &[AxisPlan]) -> Option<Diagnostic> {
    let mut known = zipped.iter().filter(|axis| !axis.broken);
    let first = known.next()?;
    let odd = known.find(|axis| axis.points.len() != first.points.len())?;
    let message = format!(
        "axes of [sweep.zip] differ in length: `{}` has {}, `{}` has {}",
        first.target.dotted,
        first.points.len(),
        odd.target.dotted,
        odd.points.len()
    );
    let finding = Diagnostic::new(odd.at, message).label(format!("length {}", odd.points.len()));
    Some(finding.help("zipped axes advance together; use [sweep.grid] for every combination"))
}

impl AxisPlan {
    fn lower(&mut self, kind: &dyn Kind, lowering: &mut Lowering<'_>) {
        let key = &self.target.dotted;
        for point in &mut self.points {
            let is_read = !self.broken && !is_enough(lowering.findings);
            point.value = is_read.then(|| kind.read(lowering, key, &point.node)).flatten();
            point.shown = point.value.as_ref().map(|value| value.axis_value());
            let text = point.shown.as_ref().map_or("-", |shown| &shown.text);
            lowering.findings.extend(MISSING.contains(&text).then(|| missing(key, &point.node, text)));
        }
    }
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
