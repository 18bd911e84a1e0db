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
use super::settings::Settings;
use super::sweep::Sweep;
use super::validate;

/// All that a scenario is made of.
pub(super) struct Draft {
    pub settings: Settings,
    /// `None` when its axes do not make a plan.
    pub sweep: Option<Sweep>,
    pub files: Files,
}

/// Lays the file, the overrides and the schema's defaults over each other, reads the files they name, and understands
/// every value.
pub(super) fn read(path: &Path, root: &Node, adjustments: &Read, findings: &mut Vec<Diagnostic>) -> Draft {
    let mut settings = Settings::read(root, findings);
    let mut sweep = Sweep::read(root.entry(SWEEP), &settings, findings);
    adjust(&mut settings, &mut sweep, adjustments, findings);
    name_after(path, &mut settings, findings);
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut files = Files::default();
    let mut load = |name: &str| files.load(folder, name);
    let given = settings.groups.iter().flat_map(|group| &group.slots).filter_map(|slot| slot.given.as_ref());
    given.for_each(|node| node.for_each_file(&mut load));
    sweep.for_each_file(&mut load);
    let in_file = settings.group(SWEEP).slots.iter().any(|slot| slot.given.is_some());
    let most = if in_file || !adjustments.filter.is_empty() { MAX_COMBINATIONS } else { MAX_CELLS };
    let mut lowering = Lowering::new(&files, findings);
    for group in 0..settings.groups.len() {
        for slot in 0..settings.groups[group].slots.len() {
            // A table that an axis completes may be incomplete by itself; every cell reads it anew.
            if !sweep.touches_part_of(group, slot) && !is_enough(lowering.findings) {
                settings.lower(group, slot, &mut lowering);
            }
        }
    }
    let sweep = if sweep.lower(&settings, most, &mut lowering) {
        Some(sweep)
    } else {
        findings.extend(check_unswept(&settings, &sweep));
        None
    };
    Draft { settings, sweep, files }
}

/// Lays what the command line gives over the file.
fn adjust(settings: &mut Settings, sweep: &mut Sweep, adjustments: &Read, findings: &mut Vec<Diagnostic>) {
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
            set.path.dotted.strip_prefix(&axis.path.dotted).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        match adjustments.set.iter().find(is_hidden) {
            Some(set) => findings.push(set_and_swept(set)),
            None => sweep.put(axis, settings, findings),
        }
    }
}

/// Findings about the file as a whole when its sweep makes no cells; nothing of keys that it sweeps.
fn check_unswept(settings: &Settings, sweep: &Sweep) -> Vec<Diagnostic> {
    let mut settings = settings.clone();
    for axis in &sweep.axes {
        settings.groups[axis.target.group].slots[axis.target.slot].broken = true;
    }
    settings.derive();
    validate::check(&settings)
}

fn set_and_swept(set: &Override) -> Diagnostic {
    let finding = Diagnostic::new(set.path.at, format!("`{}` is both set and swept", set.path.dotted));
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
