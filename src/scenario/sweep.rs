//! `[sweep]`: axes, the order of cells, and the settings of each.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::diagnostics::{Diagnostic, Place, did_you_mean};
use super::document::{Entry, Node, Override, Raw, Segment, segments};
use super::files::Files;
use super::lower::Lowering;
use super::schema::{Kind, PARAMETERS, parameter};
use super::settings::{Settings, Target, whole};
use super::value::{FileNames, Value};
use super::{Axis, AxisValue};

/// More cells than this are a slip of the keyboard.
const MAX_CELLS: u64 = 100_000;

/// An axis as the file has it.
#[derive(Debug)]
struct RawAxis {
    zip: bool,
    at: Option<Place>,
    target: Target,
    values: Vec<Arc<Node>>,
    /// Whether `--set` put one value in place of the file's.
    pinned: bool,
}

/// Axes whose values are not yet understood.
#[derive(Debug, Default)]
pub(super) struct RawSweep {
    at: Option<Place>,
    axes: Vec<RawAxis>,
}

impl RawSweep {
    /// Reads `[sweep]`; what is no axis is reported and left out.
    pub fn read(entry: Option<&Entry>, settings: &Settings, findings: &mut Vec<Diagnostic>) -> Self {
        let Some(entry) = entry else { return Self::default() };
        let mut sweep = Self { at: Some(entry.key_at), axes: Vec::new() };
        let Raw::Table(tables) = &entry.value.raw else {
            let finding = Diagnostic::new(entry.value.at, "`sweep` must be a table");
            let finding = finding.label(format!("found {}", entry.value.describe()));
            findings.push(finding.help("write [sweep.grid], and its axes below"));
            return sweep;
        };
        for table in tables {
            let known = matches!(table.key.as_str(), "zip" | "grid");
            if known && !matches!(table.value.raw, Raw::Table(_)) {
                let message = format!("`sweep.{}` must be a table", table.key);
                let finding = Diagnostic::new(table.value.at, message);
                let finding = finding.label(format!("found {}", table.value.describe()));
                findings.push(finding.help(format!("write [sweep.{}], and its axes below", table.key)));
            } else if known {
                sweep.flatten(table.key == "zip", &[], &table.value, settings, findings);
            } else {
                let message = format!("unknown key `{}` in `sweep`", table.key);
                let help = did_you_mean(&table.key, ["grid", "zip"]);
                findings.push(Diagnostic::new(table.key_at, message).label("not known here").help(help));
            }
        }
        // The zipped group is the slowest, then come grid axes in the order of the file.
        sweep.axes.sort_by_key(|axis| !axis.zip);
        sweep
    }

    fn flatten(&mut self, zip: bool, path: &[Segment], node: &Node, settings: &Settings, out: &mut Vec<Diagnostic>) {
        match &node.raw {
            Raw::Table(entries) => {
                for entry in entries {
                    let path: Vec<_> = path.iter().cloned().chain(segments(&entry.key, entry.key_at)).collect();
                    self.flatten(zip, &path, &entry.value, settings, out);
                }
            }
            Raw::Array(items) if items.is_empty() => {
                let finding = Diagnostic::new(node.at, "an axis needs at least one value").label("empty");
                out.push(finding.help("list its values, or remove the axis"));
            }
            Raw::Array(items) => match self.sweepable(path, settings) {
                Ok(target) => {
                    let values = items.iter().map(|item| Arc::new(item.clone())).collect();
                    self.axes.push(RawAxis { zip, at: whole(path), target, values, pinned: false });
                }
                Err(finding) => out.push(finding),
            },
            _ => out.push(
                Diagnostic::new(node.at, "an axis is an array of values")
                    .label(format!("found {}", node.describe()))
                    .help("put the values in brackets: [ …, … ]"),
            ),
        }
    }

    fn sweepable(&self, path: &[Segment], settings: &Settings) -> Result<Target, Diagnostic> {
        let target = settings.target(path)?;
        let section = settings.groups[target.group].section;
        if !section.sweepable {
            let finding = Diagnostic::new(whole(path), format!("`{}` cannot be swept", target.dotted));
            return Err(finding.label("the same in every cell").help("give it in its own table, or with --set"));
        }
        if !target.rest.is_empty() && parameter_kind(&target).is_none() {
            let last = target.rest.last().map_or("", String::as_str);
            let finding = Diagnostic::new(whole(path), format!("unknown parameter `{last}` in `{}`", target.dotted));
            return Err(finding.label("not known here").help(did_you_mean(last, PARAMETERS.iter().copied())));
        }
        let clash = self.axes.iter().find(|axis| overlap(&axis.target, &target));
        match clash {
            Some(other) => Err(Diagnostic::new(whole(path), format!("`{}` is swept twice", target.dotted))
                .label(format!("clashes with the axis `{}`", other.target.dotted))
                .help("keep one of the two axes")),
            None => Ok(target),
        }
    }

    /// Puts a `--set` value in place of an axis; `false` when there is none of this key.
    pub fn pin(&mut self, target: &Target, set: &Override) -> bool {
        let found = self.axes.iter().position(|axis| axis.target == *target);
        let Some(index) = found else { return false };
        let mut axis = self.axes.remove(index);
        (axis.values, axis.pinned) = (vec![Arc::new(set.value.clone())], true);
        // Out of the zipped group it goes, for that has more values; it keeps its place otherwise.
        let place = if axis.zip { self.axes.iter().filter(|other| other.zip).count() } else { index };
        axis.zip = false;
        self.axes.insert(place, axis);
        true
    }

    /// Why a `--set` value for `target` would do nothing: an axis holds a part of it, or all that it is a part of.
    pub fn clash(&self, target: &Target, set: &Override) -> Option<Diagnostic> {
        let axis = self.axes.iter().find(|axis| overlap(&axis.target, target))?;
        let (key, swept) = (&target.dotted, &axis.target.dotted);
        let finding = Diagnostic::new(whole(&set.path), format!("`{key}` cannot be set while `{swept}` is swept"));
        let finding = finding.label("a part of what is swept");
        Some(finding.help(format!("set `{swept}` itself: that puts one value in place of the axis")))
    }

    /// Whether any axis touches the key in this slot without being all of it.
    pub fn touches_part_of(&self, group: usize, slot: usize) -> bool {
        let same = |target: &Target| (target.group, target.slot) == (group, slot);
        self.axes.iter().any(|axis| same(&axis.target) && !axis.target.rest.is_empty())
    }

    /// Group and slot of every swept key.
    pub fn slots(&self) -> impl Iterator<Item = (usize, usize)> {
        self.axes.iter().map(|axis| (axis.target.group, axis.target.slot))
    }

    /// Names all files that axes name.
    pub fn for_each_file(&self, visit: &mut impl FnMut(&str)) {
        for axis in &self.axes {
            let names_files = axis.target.rest.last().is_some_and(|last| last == "file");
            for value in &axis.values {
                match &value.raw {
                    Raw::Text(name) if names_files => visit(name),
                    _ => value.for_each_file(visit),
                }
            }
        }
    }

    /// Understands all values and lays out the cells; `None` when the axes do not make a plan.
    pub fn lower(self, settings: &Settings, lowering: &mut Lowering<'_>) -> Option<Sweep> {
        let Self { at, axes: raw } = self;
        let unzip = raw.iter().any(|axis| axis.pinned);
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
        let count = sizes.clone().try_fold(1_u64, u64::checked_mul).filter(|count| *count <= MAX_CELLS);
        if count.is_none() {
            let product = sizes.map(|size| size.to_string()).collect::<Vec<_>>().join(" x ");
            let message = format!("the sweep has too many cells: {product}");
            lowering.findings.push(
                Diagnostic::new(at, message)
                    .label("too many")
                    .help(format!("use fewer values: at most {MAX_CELLS} cells are possible")),
            );
        }
        Some(Sweep { axes, zipped, count: count.filter(|_| equal)? })
    }
}

fn overlap(a: &Target, b: &Target) -> bool {
    (a.group, a.slot) == (b.group, b.slot) && (a.rest.starts_with(&b.rest) || b.rest.starts_with(&a.rest))
}

fn parameter_kind(target: &Target) -> Option<Kind> {
    parameter(target.rest.last()?)
}

/// What a value of the key, or of the part of it, that `target` names has to be.
pub(super) fn kind_at(settings: &Settings, target: &Target) -> Kind {
    parameter_kind(target).unwrap_or(settings.key(target).kind)
}

fn unequal(zipped: &[RawAxis]) -> Option<Diagnostic> {
    let first = zipped.first()?;
    let odd = zipped.iter().find(|axis| axis.values.len() != first.values.len())?;
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
    let points = raw.values.into_iter().map(|node| {
        let value = lowering.value(kind, &raw.target.dotted, &node).map(Arc::new);
        Point { shown: value.as_ref().map(|value| value.axis_value()), node, value }
    });
    AxisPlan { points: points.collect(), axis: Axis { key: raw.target.dotted.clone(), group: 0 }, target: raw.target }
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

/// A value on an axis.
#[derive(Clone, Debug)]
struct Point {
    node: Arc<Node>,
    /// `None` when it was refused.
    value: Option<Arc<Value>>,
    shown: Option<AxisValue>,
}

/// An axis with its values.
#[derive(Debug)]
pub(super) struct AxisPlan {
    /// Its name and group.
    pub axis: Axis,
    /// What it sweeps.
    pub target: Target,
    points: Vec<Point>,
}

impl AxisPlan {
    /// Its values as the reader sees them.
    pub fn shown(&self) -> impl Iterator<Item = &AxisValue> + Clone {
        self.points.iter().filter_map(|point| point.shown.as_ref())
    }

    /// Its values as a TOML array.
    pub fn print(&self, names: FileNames) -> String {
        let values = self.points.iter().filter_map(|point| Some(point.value.as_ref()?.print(names)));
        format!("[{}]", values.collect::<Vec<_>>().join(", "))
    }
}

/// All axes, and by them all cells.
#[derive(Debug)]
pub(super) struct Sweep {
    /// Zipped axes, then grid axes in the order of the file.
    pub axes: Vec<AxisPlan>,
    /// How many axes are zipped.
    pub zipped: usize,
    /// How many cells there are.
    pub count: u64,
}

impl Sweep {
    /// The positions of a cell on all axes; the last grid axis runs fastest.
    fn positions(&self, index: u64) -> Vec<usize> {
        let mut rest = index;
        let mut positions = vec![0; self.axes.len()];
        for (axis, position) in self.axes.iter().zip(&mut positions).skip(self.zipped).rev() {
            let size = axis.points.len() as u64;
            *position = (rest % size) as usize;
            rest /= size;
        }
        for (axis, position) in self.axes.iter().zip(&mut positions).take(self.zipped) {
            *position = (rest % axis.points.len() as u64) as usize;
        }
        positions
    }

    fn points(&self, index: u64) -> impl Iterator<Item = (&AxisPlan, &Point)> {
        self.axes.iter().zip(self.positions(index)).map(|(axis, position)| (axis, &axis.points[position]))
    }

    /// A cell's values on all axes.
    pub fn values(&self, index: u64) -> Vec<AxisValue> {
        let none = || AxisValue { text: String::new(), number: None, unit: "" };
        self.points(index).map(|(_, point)| point.shown.clone().unwrap_or_else(none)).collect()
    }

    /// A cell in words: `network.loss = 0.1, aggregator.rule_set = attested`.
    pub fn describe(&self, index: u64) -> String {
        let values = self.values(index);
        let pairs = self.axes.iter().zip(values).map(|(axis, value)| format!("{} = {}", axis.axis.key, value.text));
        pairs.collect::<Vec<_>>().join(", ")
    }

    /// Where a cell's value on the fastest axis stands.
    pub fn place(&self, index: u64) -> Option<Place> {
        self.points(index).last().map(|(_, point)| point.node.at)
    }

    /// `base` with a cell's values in it and all derived defaults filled.
    pub fn settings(&self, base: &Settings, index: u64, files: &Files, findings: &mut Vec<Diagnostic>) -> Settings {
        let mut settings = base.clone();
        let mut parts = BTreeSet::new();
        for (axis, point) in self.points(index) {
            let (group, slot) = (axis.target.group, axis.target.slot);
            settings.groups[group].slots[slot].swept = true;
            if let Err(finding) = settings.give(&axis.target, &point.node) {
                findings.push(finding);
            }
            let slot_ref = &mut settings.groups[group].slots[slot];
            if !axis.target.rest.is_empty() {
                parts.insert((group, slot));
            } else if let Some(value) = &point.value {
                (slot_ref.value, slot_ref.broken) = (Arc::clone(value), false);
            } else {
                slot_ref.broken = true;
            }
        }
        for (group, slot) in parts {
            let mut lowering = Lowering::new(files);
            settings.lower(group, slot, &mut lowering);
            findings.append(&mut lowering.findings);
        }
        settings.derive();
        settings
    }
}
