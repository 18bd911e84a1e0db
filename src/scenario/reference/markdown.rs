//! The reference of the scenario format for people: prose from a template, tables from the lists of the schema.

use super::super::catalogue::{FaultDescription, fault_catalogue};
use super::super::kinds::{FORMS, Form, Parameter};
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
    let row = |key: &Key| {
        [code(key.name), key.kind.about().words, default(key), code(&key.example()), key.meaning.to_owned()]
    };
    rows("| key | value | default | example | meaning |", section.keys.iter().map(row))
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
    let row = |(noun, quantity, example): (&str, Quantity, &str)| {
        [noun.to_owned(), quantity.unit_names().map(code).collect::<Vec<_>>().join(" "), code(example)]
    };
    let quantities = [
        ("duration", Quantity::Duration, "\"1.5s\""),
        ("size", Quantity::Size, "\"64KiB\""),
        ("bandwidth", Quantity::Bandwidth, "\"100Mbit/s\""),
    ];
    rows("| quantity | units | written |", quantities.map(row))
}

fn distributions() -> String {
    let parameter = |Parameter { name, kind, default }: &Parameter| {
        format!("{}: {}{}", code(name), kind.about().words, default.map_or("", |_| "; may be left out"))
    };
    let row = |form: &Form| {
        let parameters = form.parameters.iter().map(parameter).collect::<Vec<_>>().join("<br>");
        [code(form.name), parameters, form.meaning.to_owned()]
    };
    rows("| `dist` | parameters | meaning |", FORMS.iter().map(row))
}

/// A table of names and what they mean.
fn pairs(title: &str, names: &[(&str, &str)]) -> String {
    let row = |(name, meaning): &(&str, &str)| [code(name), (*meaning).to_owned()];
    rows(&format!("| {title} | meaning |"), names.iter().map(row))
}

fn metrics() -> String {
    let row = |metric: &Metric| {
        let bound = match (metric.stat(), metric.unit()) {
            (Stat::Rate, _) => "0 to 1, or a percentage",
            (Stat::Ratio, _) => "-1 to 1, or a percentage",
            (Stat::Quantile(_), _) => "duration",
            (Stat::Mean, "bytes") => "size",
            (Stat::Mean, _) => "number",
        };
        [code(metric.name()), bound.to_owned(), metric.meaning().to_owned()]
    };
    rows("| metric | its bound | meaning |", Metric::ALL.iter().map(row))
}

/// The faults of one DON's nodes, with the keys that only they have.
fn faults(side: Side) -> String {
    let row = |fault: &FaultDescription| {
        let own = fault.own.iter().map(described).collect::<Vec<_>>().join("<br>");
        [code(fault.name), format!("{}{}", fault.meaning, fault.lacks()), own]
    };
    let faults = fault_catalogue().iter().filter(|fault| fault.side == side);
    rows("| fault | what such a node does | keys of its own |", faults.map(row))
}

fn described(key: &Key) -> String {
    let default = match key.preset {
        Preset::Required => " (required)".into(),
        Preset::Value(value) => format!(" = {value}"),
        Preset::Derived(words, _) | Preset::Open(words) => format!(" (absent: {words})"),
    };
    format!("{}: {}", code(&format!("{}{default}", key.name)), key.meaning)
}

/// A Markdown table below `head`.
fn rows<const N: usize>(head: &str, rows: impl IntoIterator<Item = [String; N]>) -> String {
    let head = format!("{head}\n|{}\n", " --- |".repeat(N));
    rows.into_iter()
        .fold(head, |out, cells| out + &format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | ")))
}

fn code(text: &str) -> String {
    format!("`{text}`")
}
