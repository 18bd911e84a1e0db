//! The reference of the scenario format for people: prose from a template, tables from the lists of the schema.

use std::fmt::Write as _;

use super::super::catalogue::{FaultDescription, fault_catalogue};
use super::super::kinds::{FORMS, Parameter};
use super::super::metric::{Metric, Stat};
use super::super::schema::{AXES, Key, Preset, RANGE, Section};
use super::super::tables::section;
use super::super::units::Quantity;
use crate::sim::Side;

/// Prose, with lines `@what` where a table belongs.
const TEMPLATE: &str = include_str!("template.md");

/// The reference of the scenario format in Markdown, with a line break at its end.
#[must_use]
pub fn markdown() -> String {
    TEMPLATE.lines().fold(String::new(), |out, line| match line.strip_prefix('@') {
        Some(what) => out + &generated(what),
        None => out + line + "\n",
    })
}

/// Text for a line of the template; nothing for a name that it should not have.
fn generated(what: &str) -> String {
    match what {
        "units" => units(),
        "distributions" => distributions(),
        "metrics" => metrics(),
        "axes" => pairs("table", AXES),
        "range" => pairs("parameter", RANGE),
        "faults capability" => faults(Side::Capability),
        "faults workflow" => faults(Side::Workflow),
        _ => match what.split_once(' ').unwrap_or((what, "")) {
            ("table", path) => section(path).map_or_else(String::new, about),
            ("keys", path) => section(path).map_or_else(String::new, keys),
            _ => String::new(),
        },
    }
}

/// A table in one line, and its keys.
fn about(section: &Section) -> String {
    let sweep = if section.sweepable { "" } else { " The same in every cell: these keys cannot be swept." };
    format!("{}{sweep}\n\n{}", section.meaning, keys(section))
}

/// The keys of a table.
fn keys(section: &Section) -> String {
    let mut out = format!("| key | value | default | example | meaning |\n{}", rule(5));
    for key in section.keys.iter() {
        row(&mut out, &[&code(key.name), &key.kind.about().words, &default(key), &code(&key.example()), key.meaning]);
    }
    out
}

fn default(key: &Key) -> String {
    match key.preset {
        Preset::Required => "required".into(),
        Preset::Value(text) => code(text),
        Preset::Derived(rule, []) => rule.into(),
        Preset::Derived(rule, inputs) if inputs.contains(&rule) => code(rule),
        Preset::Derived(words, _) | Preset::Open(words) => words.into(),
    }
}

fn units() -> String {
    let mut out = format!("| quantity | units | written |\n{}", rule(3));
    for (noun, quantity, example) in [
        ("duration", Quantity::Duration, "\"1.5s\""),
        ("size", Quantity::Size, "\"64KiB\""),
        ("bandwidth", Quantity::Bandwidth, "\"100Mbit/s\""),
    ] {
        let units = quantity.unit_names().map(code).collect::<Vec<_>>().join(" ");
        row(&mut out, &[noun, &units, &code(example)]);
    }
    out
}

fn distributions() -> String {
    let mut out = format!("| `dist` | parameters | meaning |\n{}", rule(3));
    for form in FORMS {
        let parameter = |Parameter { name, kind, default }: &Parameter| {
            format!("{}: {}{}", code(name), kind.about().words, default.map_or("", |_| "; may be left out"))
        };
        let parameters = form.parameters.iter().map(parameter).collect::<Vec<_>>().join("<br>");
        row(&mut out, &[&code(form.name), &parameters, form.meaning]);
    }
    out
}

/// A table of names and what they mean.
fn pairs(title: &str, names: &[(&str, &str)]) -> String {
    let mut out = format!("| {title} | meaning |\n{}", rule(2));
    for (name, meaning) in names {
        row(&mut out, &[&code(name), meaning]);
    }
    out
}

fn metrics() -> String {
    let mut out = format!("| metric | its bound | meaning |\n{}", rule(3));
    for metric in Metric::ALL {
        let bound = match (metric.stat(), metric.unit()) {
            (Stat::Rate, _) => "0 to 1, or a percentage",
            (Stat::Ratio, _) => "-1 to 1, or a percentage",
            (Stat::Quantile(_), _) => "duration",
            (Stat::Mean, "bytes") => "size",
            (Stat::Mean, _) => "number",
        };
        row(&mut out, &[&code(metric.name()), bound, metric.meaning()]);
    }
    out
}

/// The faults of one DON's nodes, with the keys that only they have.
fn faults(side: Side) -> String {
    let mut out = format!("| fault | what such a node does | keys of its own |\n{}", rule(3));
    for fault in fault_catalogue().iter().filter(|fault| fault.side == side) {
        let own = fault.own.iter().map(described).collect::<Vec<_>>().join("<br>");
        row(&mut out, &[&code(fault.name), &format!("{}{}", fault.meaning, lacking(fault)), &own]);
    }
    out
}

fn described(key: &Key) -> String {
    let default = match key.preset {
        Preset::Required => " (required)".into(),
        Preset::Value(value) => format!(" = {value}"),
        Preset::Derived(words, _) | Preset::Open(words) => format!(" (absent: {words})"),
    };
    format!("{}: {}", code(&format!("{}{default}", key.name)), key.meaning)
}

/// The common keys that a fault does not have.
fn lacking(fault: &FaultDescription) -> String {
    let same_side = fault_catalogue().iter().filter(|other| other.side == fault.side);
    let most = same_side.map(|other| other.common).max_by_key(|keys| keys.len()).unwrap_or_default();
    let lacks = most.iter().filter(|key| fault.common.iter().all(|other| other.name != key.name));
    let lacks: Vec<_> = lacks.map(|key| code(key.name)).collect();
    if lacks.is_empty() { String::new() } else { format!(" Has no {}.", lacks.join(" and no ")) }
}

fn rule(columns: usize) -> String {
    format!("|{}\n", " --- |".repeat(columns))
}

fn row(out: &mut String, cells: &[&str]) {
    let cells: Vec<_> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    // Writing to a string cannot fail.
    let _ = writeln!(out, "| {} |", cells.join(" | "));
}

fn code(text: &str) -> String {
    format!("`{text}`")
}
