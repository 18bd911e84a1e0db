//! The axes as the file and the command line give them; their values are not yet understood.

use super::super::diagnostics::{Diagnostic, did_you_mean, is_enough};
use super::super::document::{Entry, Node, Override, Path, Raw};
use super::super::kinds::PARAMETERS;
use super::super::range;
use super::super::schema::{AXES, SWEEP};
use super::super::settings::{Settings, Target};
use super::{AxisPlan, Point, Sweep};

impl Sweep {
    /// Reads `[sweep]`; what is no axis is reported and left out.
    pub fn read(entry: Option<&Entry>, settings: &Settings, findings: &mut Vec<Diagnostic>) -> Self {
        let Some(entry) = entry else { return Self::default() };
        let mut sweep = Self { at: Some(entry.key_at), ..Self::default() };
        let Raw::Table(tables) = &entry.value.raw else {
            findings.push(entry.value.is_no_table(SWEEP, "[sweep.grid]", "axes"));
            return sweep;
        };
        let keys = settings.group(SWEEP).section;
        for table in tables.iter().filter(|table| keys.index_of(&table.key).is_none()) {
            let known = AXES.iter().any(|(name, _)| *name == table.key);
            if known && !matches!(table.value.raw, Raw::Table(_)) {
                let path = format!("sweep.{}", table.key);
                findings.push(table.value.is_no_table(&path, &format!("[{path}]"), "axes"));
            } else if known {
                sweep.flatten(table.key == "zip", &Path::default(), &table.value, settings, findings);
            } else {
                let message = format!("unknown key `{}` in `sweep`", table.key);
                let keys = keys.keys.iter().map(|key| key.name);
                let help = did_you_mean(&table.key, AXES.iter().map(|(name, _)| *name).chain(keys));
                findings.push(Diagnostic::new(table.key_at, message).label("not known here").help(help));
            }
        }
        // The zipped group is the slowest, then come grid axes in the order of the file.
        sweep.axes.sort_by_key(|axis| !axis.zip);
        sweep
    }

    fn flatten(&mut self, zip: bool, path: &Path, node: &Node, settings: &Settings, out: &mut Vec<Diagnostic>) {
        match &node.raw {
            Raw::Table(entries) if !is_axis(path, node, settings) => {
                for entry in entries {
                    self.flatten(zip, &path.join(&entry.key, entry.key_at), &entry.value, settings, out);
                }
            }
            _ if is_enough(out) => {}
            _ => match self.axis(path, node, settings, out) {
                Ok(axis) => self.axes.push(AxisPlan { zip, ..axis }),
                Err(finding) => out.push(finding),
            },
        }
    }

    /// An axis of the grid with the values that `node` lists, or is a range of.
    fn axis(
        &self,
        path: &Path,
        node: &Node,
        settings: &Settings,
        out: &mut Vec<Diagnostic>,
    ) -> Result<AxisPlan, Diagnostic> {
        let values = match &node.raw {
            Raw::Array(items) if items.is_empty() => {
                let finding = Diagnostic::new(node.at, "an axis needs at least one value").label("empty");
                return Err(finding.help("list its values, or remove the axis"));
            }
            Raw::Array(items) => Some(items.clone()),
            Raw::Table(_) => None,
            _ => {
                return Err(Diagnostic::new(node.at, "an axis is an array of values, or a range")
                    .label(format!("found {}", node.describe()))
                    .help("put the values in brackets: [ …, … ]"));
            }
        };
        let target = self.sweepable(path, settings)?;
        let values = values.or_else(|| range::expand(settings.kind(&target), &target.dotted, node, out));
        let broken = values.is_none();
        let points = values.unwrap_or_else(|| vec![node.clone()]).into_iter().map(Point::new).collect();
        Ok(AxisPlan { zip: false, at: path.at, target, points, unzipped: false, broken })
    }

    fn sweepable(&self, path: &Path, settings: &Settings) -> Result<Target, Diagnostic> {
        let target = settings.target(path)?;
        let section = settings.groups[target.group].section;
        if !section.sweepable {
            let finding = Diagnostic::new(path.at, format!("`{}` cannot be swept", target.dotted));
            return Err(finding.label("the same in every cell").help("give it in its own table, or with --set"));
        }
        if !target.rest.is_empty() && target.parameter().is_none() {
            let last = target.rest.last().map_or("", String::as_str);
            let finding = Diagnostic::new(path.at, format!("unknown parameter `{last}` in `{}`", target.dotted));
            return Err(finding
                .label("not known here")
                .help(did_you_mean(last, PARAMETERS.iter().map(|parameter| parameter.name))));
        }
        let clash = self.axes.iter().find(|axis| overlap(&axis.target, &target));
        match clash {
            Some(other) => Err(Diagnostic::new(path.at, format!("`{}` is swept twice", target.dotted))
                .label(format!("clashes with the axis `{}`", other.target.dotted))
                .help("keep one of the two axes")),
            None => Ok(target),
        }
    }

    /// Puts a `--set` value in place of an axis; `false` when there is none of this key.
    pub fn pin(&mut self, target: &Target, set: &Override) -> bool {
        let found = self.axes.iter().position(|axis| axis.target == *target);
        let Some(index) = found else { return false };
        let axis = self.axes.remove(index);
        let points = vec![Point::new(set.value.clone())];
        self.put_back(index, AxisPlan { points, broken: false, ..axis });
        true
    }

    /// Puts an axis with other values where it was. Out of the zipped group it goes, for that has other values.
    fn put_back(&mut self, index: usize, mut axis: AxisPlan) {
        let place = if axis.zip { self.zipped() } else { index };
        axis.unzipped |= axis.zip;
        axis.zip = false;
        self.axes.insert(place, axis);
    }

    /// Adds the axis of a `--sweep` argument, behind all others or in place of the one of the same key.
    pub fn put(&mut self, sweep: &Override, settings: &Settings, findings: &mut Vec<Diagnostic>) {
        let same = settings.target(&sweep.path).ok();
        let index = self.axes.iter().position(|axis| Some(&axis.target) == same.as_ref());
        let former = index.map(|index| (index, self.axes.remove(index)));
        // A table that is no range is a value by itself.
        let is_list = matches!(sweep.value.raw, Raw::Array(_)) || range::is_range(&sweep.value);
        let list = if is_list {
            sweep.value.clone()
        } else {
            Node { at: sweep.value.at, raw: Raw::Array(vec![sweep.value.clone()]) }
        };
        match (self.axis(&sweep.path, &list, settings, findings), former) {
            (Ok(axis), Some((index, former))) => self.put_back(index, AxisPlan { zip: former.zip, ..axis }),
            (Ok(axis), None) => self.axes.push(axis),
            (Err(finding), _) => findings.push(finding),
        }
    }

    /// Why a `--set` value for `target` would do nothing: an axis holds a part of it, or all that it is a part of.
    pub fn clash(&self, target: &Target, set: &Override) -> Option<Diagnostic> {
        let axis = self.axes.iter().find(|axis| overlap(&axis.target, target))?;
        let (key, swept) = (&target.dotted, &axis.target.dotted);
        let finding = Diagnostic::new(set.path.at, format!("`{key}` cannot be set while `{swept}` is swept"));
        let finding = finding.label("a part of what is swept");
        Some(finding.help(format!("set `{swept}` itself: that puts one value in place of the axis")))
    }

    /// Whether any axis touches the key in this slot without being all of it.
    pub fn touches_part_of(&self, group: usize, slot: usize) -> bool {
        let same = |target: &Target| (target.group, target.slot) == (group, slot);
        self.axes.iter().any(|axis| same(&axis.target) && !axis.target.rest.is_empty())
    }

    /// Names all files that axes name.
    pub fn for_each_file(&self, visit: &mut impl FnMut(&str)) {
        for axis in &self.axes {
            let names_files = axis.target.rest.last().is_some_and(|last| last == "file");
            for point in &axis.points {
                match &point.node.raw {
                    Raw::Text(name) if names_files => visit(name),
                    _ => point.node.for_each_file(visit),
                }
            }
        }
    }
}

/// Whether a table is the value of an axis, and does not only lead to some.
fn is_axis(path: &Path, node: &Node, settings: &Settings) -> bool {
    let leads_on = |entry: &Entry| matches!(entry.value.raw, Raw::Array(_) | Raw::Table(_));
    let is_leaf = matches!(&node.raw, Raw::Table(entries) if !entries.iter().any(leads_on));
    let is_whole = || settings.target(path).is_ok_and(|target| settings.kind(&target).table().is_none());
    range::is_range(node) || (is_leaf && is_whole())
}

fn overlap(a: &Target, b: &Target) -> bool {
    (a.group, a.slot) == (b.group, b.slot) && (a.rest.starts_with(&b.rest) || b.rest.starts_with(&a.rest))
}
