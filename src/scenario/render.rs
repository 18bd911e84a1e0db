//! Settings as text: `resolved.toml` for people and for loading again, and the bare forms that ids are made of.

use std::fmt::Write as _;

use super::files::FileNames;
use super::kinds::Value;
use super::schema::{EXPECT, Key, Preset, SWEEP};
use super::settings::{Group, Settings, Slot};
use super::stop::StopRules;
use super::sweep::Sweep;
use super::tables::INHERITED;

/// The scenario with every default filled in, commented; `first` is its first cell.
pub(super) fn resolved(first: &Settings, sweep: &Sweep) -> String {
    let mut out = String::from("# Written by donsim: the scenario with every key it has, defaults included.\n");
    let has_sweep = !sweep.axes.is_empty() || first.group(SWEEP).iter().any(|(_, slot)| slot.value.is_some());
    let is_there = |group: &&Group| group.written().next().is_some() && (has_sweep || group.section.path != SWEEP);
    for group in first.groups.iter().filter(is_there) {
        out.push('\n');
        header(&mut out, group);
        for (key, slot) in group.written() {
            commented_key(&mut out, key, slot, sweep);
        }
    }
    axes(&mut out, sweep, FileNames::Stored);
    out
}

fn commented_key(out: &mut String, key: &Key, slot: &Slot, sweep: &Sweep) {
    let name = key.name;
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(out, "# {}", key.meaning);
    let print = |value: &Value| value.print(FileNames::Stored);
    match (key.preset, &slot.value) {
        (Preset::Derived(rule, _), _) if varies(key, slot, sweep) => {
            let _ = writeln!(out, "# {name}: {rule}, in every cell.");
        }
        // A copy would outlive a later `--set` of its original.
        (Preset::Derived(rule, _), value) if key.origin().is_some() && slot.given.is_none() => {
            let text = value.as_ref().map_or_else(|| "no limit".into(), print);
            let _ = writeln!(out, "# {name}: {text}, as {rule}.");
        }
        (Preset::Open(meaning), None) => {
            let _ = writeln!(out, "# {name}: {meaning}.");
        }
        (_, None) => {
            let _ = writeln!(out, "# {name}: other keys decide it.");
        }
        (_, value) => {
            let swept = if slot.swept { "  # swept; this is the first cell's" } else { "" };
            let _ = writeln!(out, "{name} = {}{swept}", value.as_ref().map(print).unwrap_or_default());
        }
    }
}

/// The scenario as its id sees it: no comments, no description, no expectations unless they end cells, files by their contents.
/// Which cells a condition leaves is for others to tell.
pub(super) fn identity(first: &Settings, sweep: &Sweep) -> String {
    let mut out = String::new();
    let counts = |group: &&Group| match group.section.path {
        EXPECT => StopRules::of(first).is_some_and(|rules| rules.decided),
        path => path != SWEEP && group.written().next().is_some(),
    };
    for group in first.groups.iter().filter(counts) {
        header(&mut out, group);
        let entries = group.iter().filter(|(key, slot)| key.name != "description" && !varies(key, slot, sweep));
        for (key, slot) in entries {
            plain_key(&mut out, key, slot);
        }
    }
    axes(&mut out, sweep, FileNames::Digest);
    out
}

/// A cell as its id sees it: what its worlds depend on, and nothing about the sweep that it is part of.
pub(super) fn cell(settings: &Settings) -> String {
    let mut out = String::with_capacity(3_000);
    for group in settings.groups.iter().filter(|group| group.section.sweepable) {
        header(&mut out, group);
        // Two cells that differ in nothing but what gives others their default are equal.
        let is_template = |key: &Key| INHERITED.iter().any(|[_, origin]| *origin == (group.section.path, key.name));
        for (key, slot) in group.iter().filter(|(key, _)| !is_template(key)) {
            plain_key(&mut out, key, slot);
        }
    }
    out
}

fn header(out: &mut String, group: &Group) {
    let _ = match (group.section.path, group.section.list) {
        ("", _) => Ok(()),
        (path, true) => writeln!(out, "[[{path}]]"),
        (path, false) => writeln!(out, "[{path}]"),
    };
}

fn plain_key(out: &mut String, key: &Key, slot: &Slot) {
    if let Some(value) = &slot.value {
        let _ = writeln!(out, "{} = {}", key.name, value.print(FileNames::Digest));
    }
}

/// Whether a derived default differs from cell to cell, so that writing it down once would change the others.
fn varies(key: &Key, slot: &Slot, sweep: &Sweep) -> bool {
    let Preset::Derived(_, inputs) = key.preset else { return false };
    let swept = |input: &str| sweep.axes.iter().any(|axis| axis.target.dotted.starts_with(input));
    slot.given.is_none() && inputs.iter().any(|input| swept(input))
}

fn axes(out: &mut String, sweep: &Sweep, names: FileNames) {
    let (zip, grid) = sweep.axes.split_at(sweep.zipped());
    for (title, axes) in [("zip", zip), ("grid", grid)] {
        if !axes.is_empty() {
            let _ = writeln!(out, "\n[sweep.{title}]");
        }
        for axis in axes {
            let _ = writeln!(out, "{} = {}", axis.target.dotted, axis.print(names));
        }
    }
}
