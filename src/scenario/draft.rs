//! A scenario in the making: the file and the command line laid over the schema's defaults.

use std::path::Path;
use std::sync::Arc;

use super::adjust::Read;
use super::diagnostics::{Diagnostic, Place, is_enough};
use super::document::{Node, Override};
use super::files::Files;
use super::kinds::{Lowering, is_name};
use super::schema::SWEEP;
use super::selection::{MAX_CELLS, MAX_COMBINATIONS};
use super::settings::{Settings, whole};
use super::sweep::{RawSweep, Sweep};
use super::validate;

/// A scenario in the making.
pub(super) struct Draft {
    pub settings: Settings,
    sweep: RawSweep,
    pub files: Files,
    /// Whether a filter chooses among the combinations.
    is_filtered: bool,
}

impl Draft {
    /// Lays the file, the overrides and the schema's defaults over each other and reads the files they name.
    pub fn read(path: &Path, root: &Node, adjustments: &Read, findings: &mut Vec<Diagnostic>) -> Self {
        let mut settings = Settings::read(root, findings);
        let mut sweep = RawSweep::read(root.entry(SWEEP), &settings, findings);
        for set in &adjustments.set {
            match settings.target(&set.path) {
                Ok(target) if sweep.pin(&target, set) => {}
                Ok(target) => {
                    let given = settings.give(&target, &Arc::new(set.value.clone()));
                    findings.extend(given.err().or_else(|| sweep.clash(&target, set)));
                }
                Err(finding) => findings.push(finding),
            }
        }
        for axis in &adjustments.sweep {
            let is_hidden = |set: &&Override| {
                set.path.len() >= axis.path.len() && axis.path.iter().zip(&set.path).all(|(a, b)| a.text == b.text)
            };
            match adjustments.set.iter().find(is_hidden) {
                Some(set) => findings.push(set_and_swept(set)),
                None => sweep.put(axis, &settings, findings),
            }
        }
        name_after(path, &mut settings, findings);
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut files = Files::default();
        let mut load = |name: &str| files.load(folder, name);
        let given = settings.groups.iter().flat_map(|group| &group.slots).filter_map(|slot| slot.given.as_ref());
        given.for_each(|node| node.for_each_file(&mut load));
        sweep.for_each_file(&mut load);
        Self { settings, sweep, files, is_filtered: !adjustments.filter.is_empty() }
    }

    /// Understands every value.
    pub fn lower(mut self, findings: &mut Vec<Diagnostic>) -> (Self, Option<Sweep>) {
        let in_file = self.settings.group(SWEEP).slots.iter().any(|slot| slot.given.is_some());
        let has_condition = self.is_filtered || in_file;
        let most = if has_condition { MAX_COMBINATIONS } else { MAX_CELLS };
        let mut lowering = Lowering::new(&self.files, findings);
        for group in 0..self.settings.groups.len() {
            for slot in 0..self.settings.groups[group].slots.len() {
                // A table that an axis completes may be incomplete by itself; every cell reads it anew.
                if !self.sweep.touches_part_of(group, slot) && !is_enough(lowering.findings) {
                    self.settings.lower(group, slot, &mut lowering);
                }
            }
        }
        let raw = std::mem::take(&mut self.sweep);
        let swept: Vec<(usize, usize)> = raw.slots().collect();
        let sweep = raw.lower(&self.settings, most, &mut lowering);
        if sweep.is_none() {
            findings.extend(self.check_unswept(&swept));
        }
        (self, sweep)
    }

    /// Findings about the file as a whole when its sweep makes no cells; nothing of keys that it sweeps.
    fn check_unswept(&self, swept: &[(usize, usize)]) -> Vec<Diagnostic> {
        let mut settings = self.settings.clone();
        for (group, slot) in swept {
            settings.groups[*group].slots[*slot].broken = true;
        }
        settings.derive();
        validate::check(&settings)
    }
}

fn set_and_swept(set: &Override) -> Diagnostic {
    let finding = Diagnostic::new(whole(&set.path), format!("`{}` is both set and swept", set.key()));
    finding.label("swept by --sweep").help("drop one of the two")
}

/// A scenario without a name has its file's.
fn name_after(path: &Path, settings: &mut Settings, findings: &mut Vec<Diagnostic>) {
    let stem = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let Some(slot) = settings.slot_mut("", "name").filter(|slot| slot.given.is_none()) else { return };
    if !is_name(&stem) {
        findings.push(
            Diagnostic::new(Place::NOWHERE, format!("the file's name {stem:?} cannot be a folder's"))
                .help("add `name = \"…\"` to the file, of at most 200 letters, digits, `_`, `-` and `.`"),
        );
    }
    slot.value = Some(Arc::new(stem));
}
