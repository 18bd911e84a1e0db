//! The room as its users see it: texts in, plans or diagnostics out.

mod conditions;
mod errors;
mod expectations;
mod plans;
mod ranges;
mod sizes;

use std::collections::BTreeSet;
use std::path::Path;

use super::{Diagnostics, Scenario};

/// Loads `text` as if it stood in `demo.toml`, below `schema = 1`.
fn load(text: &str, overrides: &[&str]) -> Result<Scenario, Diagnostics> {
    let overrides: Vec<String> = overrides.iter().map(|text| (*text).into()).collect();
    Scenario::parse(Path::new("demo.toml"), format!("schema = 1\n{text}"), &overrides)
}

fn plan(text: &str) -> Scenario {
    load(text, &[]).unwrap_or_else(|error| panic!("{error}"))
}

fn errors(text: &str) -> Diagnostics {
    load(text, &[]).expect_err(text)
}

/// What the first finding underlines.
fn underlined(found: &Diagnostics) -> String {
    let rendered = found.to_string();
    // The carets stand in the line below the offending text.
    let lines: Vec<_> = rendered.lines().collect();
    let Some(carets) = lines.iter().position(|line| line.contains('^')) else { return String::new() };
    let columns = |line: &str, c: char| line.chars().position(|other| other == c);
    let start = columns(lines[carets], '^').unwrap_or_default();
    let length = lines[carets].matches('^').count();
    lines[carets - 1].chars().skip(start).take(length).collect()
}

/// A column of a plan's axis values, as the reader sees them.
fn cells(scenario: &Scenario) -> Vec<String> {
    let row = |index| {
        let texts: Vec<_> = scenario.cell(index).axes.into_iter().map(|value| value.text).collect();
        texts.join("/")
    };
    (0..scenario.cell_count()).map(row).collect()
}

#[test]
fn the_oracle_is_tried_against_every_fault() {
    let known: BTreeSet<&str> = super::fault_catalogue().iter().map(|fault| fault.name).collect();
    let tried = crate::sim::oracle_tests::worlds::catalogue();
    let tried: BTreeSet<&str> = tried.iter().map(crate::sim::FaultKind::name).collect();
    assert_eq!(tried, known);
}
